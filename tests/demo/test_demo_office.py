"""The demo office as its command leaves it."""

import json
import stat
from collections import defaultdict
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from accounts import selectors as people
from accounts.models import ApiToken, Department, DutyShift, Membership, User
from accounts.roles import TIER_HOLDERS, TOP_TIER, Role
from accounts.services import token_digest
from complaints import lifecycle, permissions, selectors, verification
from complaints.judging import Depth
from complaints.lifecycle import Status
from complaints.models import (
    Attachment,
    Category,
    Complaint,
    Decision,
    Event,
    FinalResponse,
    Judgement,
    Matter,
    Objection,
    Proposal,
    Remedy,
    Signature,
    SupplierClaim,
    Task,
)
from complaints.selectors import head_office, objecting, proposals, routes, transfers
from demo import acts
from demo.acts import Stage
from demo.people import PASSWORD, STAND_INS
from escalation import selectors as deadlines
from escalation.models import Clock, Extension, Firing
from tests.demo.looking import everything, sweep_at

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_who_holds_a_complaint_already_need_not_be_assigned(demo, db):
    """The roster of the hour may have given it to them."""
    complaint = Complaint.objects.filter(status__in=lifecycle.OPEN, holder__isnull=False).first()
    stage = Stage({"lead": complaint.registered_by, "holder": complaint.holder}, {})
    acts.play({"act": "assign", "by": "lead", "to": "holder"}, complaint, stage)
    assert complaint.event_count == Complaint.objects.get(pk=complaint.pk).event_count


def test_it_is_a_whole_office(demo):
    assert 30 <= Complaint.objects.count() <= 50
    assert set(Complaint.objects.values_list("status", flat=True)) == set(Status.values)
    for department in Department.objects.all():
        assert set(department.translations) == {"zh-hant", "zh-hans"}
    for category in Category.objects.all():
        assert set(category.translations) == {"zh-hant", "zh-hans"}
        assert category.children.exists() or routes.department_of(category).parent is not None
    assert list(verification.broken_chains()) == []


def test_all_that_has_happened_can_be_read(demo, client):
    """In as few dossiers as hold every kind of event between them."""
    reader = User.objects.filter(memberships__role=Role.ADMINISTRATOR).first()
    client.force_login(reader)
    kinds: dict[str, set[str]] = defaultdict(set)
    events = Event.objects.filter(complaint__in=permissions.visible_to(reader))
    for reference, kind in events.values_list("complaint__reference", "kind"):
        kinds[reference].add(kind)
    unread = set.union(*kinds.values())
    assert len(unread) > 50
    while unread:
        reference = max(kinds, key=lambda each: len(kinds[each] & unread))
        assert client.get(f"/desk/complaints/{reference}/").status_code == HTTPStatus.OK, reference
        unread -= kinds[reference]


def test_every_role_has_a_person_who_can_sign_in(demo):
    held = set(Membership.objects.values_list("role", flat=True))
    assert held == set(Role.values)
    for given in json.loads((demo / "demo.json").read_text(encoding="utf-8"))["accounts"]:
        assert authenticate(username=given["email"], password=given["password"]) is not None


def test_every_tier_of_every_branch_has_a_holder(demo):
    now = timezone.now()
    for branch in Department.objects.filter(code__in=STAND_INS):
        line = people.lineage(branch.pk)
        for role in TIER_HOLDERS.values():
            assert Membership.objects.filter(department__in=line, role=role).exists(), (branch.code, role)
        holders = {deadlines.holder_of(branch.pk, tier, now) for tier in range(2, TOP_TIER + 1)}
        assert None not in holders
        assert len(holders) == TOP_TIER - 1, "somebody else on every tier of the climb, also when the branch is closed"


def test_nights_and_weekends_of_the_next_weeks_are_covered(demo):
    for branch in Department.objects.filter(code__in=STAND_INS):
        shifts = DutyShift.objects.filter(department=branch, tier=2)
        for day in range(28):
            night = (timezone.localtime() + timedelta(days=day)).replace(hour=23, minute=30)
            assert shifts.filter(starts_at__lte=night, ends_at__gt=night).count() == 1


def test_a_second_time_changes_nothing_and_says_so(demo, capsys):
    before, file = everything(), (demo / "demo.json").read_bytes()
    call_command("demo")
    assert "nothing changed" in capsys.readouterr().out
    assert everything() == before
    assert (demo / "demo.json").read_bytes() == file


def test_the_office_is_worth_looking_at(demo, monkeypatch):
    proposal = Decision.objects.get(state=Decision.State.PROPOSED, conversion="")
    assert Complaint.objects.filter(conversions=1, complaint_class="valid", cycle=2).exists()
    objection = Objection.objects.get(state="open")
    assert objection in objecting.waiting_for(User.objects.get(email__startswith="tu.chihming"))
    assert Clock.objects.get(kind="objection").due_at == objection.decision.review_at
    seniors = User.objects.filter(memberships__role=Role.SUPERVISOR, memberships__department__code="kaohsiung")
    assert proposal in selectors.waiting_for_second_person(seniors.get())
    assert Decision.objects.filter(complaint_class="upgrade", none_found=True).exists()
    assert Decision.objects.filter(complaint_class="upgrade", earlier__isnull=False).exists()
    assert Complaint.objects.filter(complainant__anonymous=True).exists()
    assert Complaint.objects.exclude(complainant__on_behalf_of="").exists()
    assert Complaint.objects.filter(form="oral", read_back=True).exists()
    assert Complaint.objects.filter(cycle=2, status=Status.ASSESSING).exists(), "one was disputed"
    assert set(Matter.objects.values_list("state", flat=True)) == {"open", "settled", "split_off"}
    assert Clock.objects.filter(state="paused").exists()
    assert Clock.objects.filter(kind="promise", state="running", due_at__gt=timezone.now()).exists()
    assert Clock.objects.filter(kind="authority_report", state="running").exists()
    request = Extension.objects.get()
    assert request in deadlines.requests_to_decide(User.objects.get(email__startswith="peng.yiching"), timezone.now())
    assert set(Attachment.objects.values_list("content_type", flat=True)) == {"image/png", "application/pdf"}
    assert FinalResponse.objects.filter(state="sent", approved_by__isnull=False).exists()
    assert FinalResponse.objects.filter(state="ready").exists(), "one waits for a second person"
    open_ones = Complaint.objects.filter(status__in=["received", "assessing", "waiting"])
    overdue = selectors.overdue(open_ones, timezone.now())
    assert 4 <= overdue.count() <= 8
    assert open_ones.filter(due_at__gt=timezone.now()).count() > 2 * overdue.count()
    sweep_at(monkeypatch, timezone.now())
    assert set(Complaint.objects.values_list("tier", flat=True)) >= {1, 2, 3, 5}
    upgraded = Complaint.objects.filter(complaint_class="upgrade")
    assert {(one.tier, one.holder.department.code) for one in upgraded} == {(4, "escalation-desk")}
    about = Complaint.objects.get(subjects__user__email__startswith="lai.yuchen")
    assert about.tier >= 2
    assert about.holder is not None
    assert not about.holder.email.startswith("lai.yuchen"), "nobody is handed a complaint about themselves"


def test_the_short_fuse_burns_down_and_the_complaint_climbs_to_the_top(demo, monkeypatch):
    first, second = Complaint.objects.filter(category__code="short-fuse").order_by("pk")
    assert (first.status, second.status) == (Status.RECEIVED, Status.ASSESSING)
    start = first.received_at
    sweep_at(monkeypatch, start + timedelta(minutes=1))
    for complaint in (first, second):
        complaint.refresh_from_db()
        assert complaint.tier == 1, "still burning a minute after the start"
        assert complaint.due_at > start + timedelta(minutes=1)
    holders = [second.holder]
    for minutes, tier in [(2.5, 2), (4.5, 3), (6.5, 4), (9.5, 5)]:
        sweep_at(monkeypatch, start + timedelta(minutes=minutes))
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.tier, second.tier) == (tier, tier)
        holders.append(second.holder)
    assert len(set(holders)) == 5, "somebody else on every tier"
    fired = Firing.objects.filter(clock__complaint=second, clock__kind="first_response")
    assert list(fired.order_by("step").values_list("step", flat=True)) == [1, 2, 3, 4, 5]


def test_another_short_fuse_can_be_lit_at_any_time(demo, capsys):
    call_command("demo", "--short-fuse")
    newest = Complaint.objects.latest("pk")
    assert newest.category.code == "short-fuse"
    assert newest.holder is not None
    assert newest.reference in capsys.readouterr().out


def test_demo_json_has_the_shape_the_launcher_reads(demo, settings):
    path = demo / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    document = json.loads(path.read_text(encoding="utf-8"))
    assert set(document) == {"url", "accounts", "api_token"}
    assert document["url"] == settings.BASE_URL
    assert all(set(account) == {"email", "password", "role", "department"} for account in document["accounts"])
    assert {account["role"] for account in document["accounts"]} == set(Role.values)
    assert {account["password"] for account in document["accounts"]} == {PASSWORD}
    token = ApiToken.objects.get(digest=token_digest(document["api_token"]))
    assert token.scopes == ["read", "write"]
    assert permissions.visible_to(token.user).count() == permissions.unrestricted().count()


def test_complaints_have_been_judged_some_thoroughly_and_one_shared(demo):
    valid = Complaint.objects.filter(complaint_class="valid", conversions=0)  # what was converted is judged next
    assert set(valid.values_list("pk", flat=True)) == set(Judgement.objects.values_list("complaint", flat=True))
    assert set(Judgement.objects.values_list("depth", flat=True)) == set(Depth.values)
    assert Judgement.objects.filter(share__gt=0).exists()
    assert Task.objects.get(kind="statement").state == "done"


def test_a_visit_has_been_made_and_an_opinion_is_asked_for(demo):
    statement = Task.objects.get(kind="statement")
    visit, consultation = Task.objects.exclude(pk=statement.pk).order_by("number")
    assert (visit.kind, visit.state) == ("site_visit", "done")
    assert visit.result
    assert (consultation.kind, consultation.state, consultation.blocking) == ("consultation", "issued", True)
    clocks = Clock.objects.filter(kind="task", complaint=visit.complaint_id).order_by("id")
    assert [(clock.about, clock.state) for clock in clocks] == [("task:1", "met"), ("task:2", "running")]


def test_one_complaint_goes_to_and_fro_one_is_in_arbitration_and_one_is_watched(demo):
    bounced = Complaint.objects.get(bounces=1, transfers__state="asked")
    assert bounced.transfers.count() == 3, "there, back, and there again"
    disputed = Complaint.objects.get(transfers__state="arbitration")
    assert disputed.events.last().data["asked"], "somebody above both is asked"
    assert Clock.objects.filter(kind="transfer", state="running").count() == 2
    [watched] = head_office.watched_by(User.objects.get(email__startswith="shen.shuwen"))
    assert Clock.objects.get(kind="briefing", complaint=watched).state == "running"
    [untold] = transfers.to_tell(User.objects.get(email__startswith="hsu.yating"))
    assert untold.complaint == bounced


def test_a_return_has_been_sent_back_and_signed_and_another_waits_for_its_second_signature(demo):
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["open", "refused", "signed"]
    signed = Signature.objects.filter(proposal__state="signed")
    assert signed.values("signer").distinct().count() == 3
    [waiting] = proposals.to_sign(User.objects.get(email__startswith="jin.haibo"))
    assert waiting.state == "open"
    assert Clock.objects.get(complaint=waiting.complaint, kind="signoff").state == "running"


def test_remedies_are_offered_for_choice_agreed_and_carried_out(demo):
    by_state = dict(Remedy.objects.values_list("state").annotate(count=Count("pk")))
    assert by_state == {"planned": 1, "offered": 2, "accepted": 1, "carried_out": 1}
    assert Complaint.objects.filter(status=Status.CARRYING_OUT).count() == 1
    assert SupplierClaim.objects.get().is_open
