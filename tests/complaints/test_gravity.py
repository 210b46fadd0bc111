"""What is grave: the criteria, declaring, acknowledging, reporting, safety, and the press that changes nothing."""

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import gravity, permissions, selectors
from complaints.classes import ComplaintClass, Kind
from complaints.errors import ComplaintError, ConflictOfInterest, IllegalMove, Invalid, NotAllowed, SecondPersonNeeded
from complaints.gravity import Criterion, SafetyGrade, SafetyKind, Told
from complaints.lifecycle import Status, Verb
from complaints.models import AuthorityReport, Complaint, MajorIncident, SafetyIncident
from complaints.selectors import grave
from complaints.services import casework, correspondence, decisions, evidence, majors, media, safety
from complaints.services.intake import SubjectDetails
from complaints.vocabulary import Grade, Outcome, Priority, SubjectKind
from complaints.web.desk.offers.acts import TAKE, offers_for
from notifications.models import OutboxMessage
from tests.factories import DepartmentFactory, UserFactory

# --- the criteria -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judged", "harmed", "dead", "met"),
    [
        ([Criterion.LEGAL], 0, 0, [Criterion.LEGAL]),
        ([Criterion.LEGAL, Criterion.BUSINESS], 2, 0, [Criterion.BUSINESS, Criterion.LEGAL]),
        ([], 0, 1, [Criterion.DEATH]),
        ([], 3, 0, [Criterion.SEVERAL_HARMED]),
        ([], 2, 1, [Criterion.DEATH, Criterion.SEVERAL_HARMED]),
        ([Criterion.DEATH], 0, 1, [Criterion.DEATH]),
    ],
)
def test_what_makes_a_complaint_major(judged, harmed, dead, met):
    assert gravity.criteria_met(judged=judged, harmed=harmed, dead=dead) == met


@pytest.mark.parametrize(
    ("judged", "harmed", "dead", "field"),
    [
        ([], 0, 0, "criteria"),
        ([], 2, 0, "criteria"),
        ([Criterion.DEATH], 0, 0, "criteria"),
        ([Criterion.SEVERAL_HARMED], 2, 0, "criteria"),
        ([Criterion.LEGAL], -1, 0, "harmed"),
        ([Criterion.LEGAL], 0, 10**9, "dead"),
    ],
)
def test_what_does_not(judged, harmed, dead, field):
    with pytest.raises(Invalid) as refusal:
        gravity.criteria_met(judged=judged, harmed=harmed, dead=dead)
    assert list(refusal.value.errors) == [field]


# --- major --------------------------------------------------------------------------------------------------


@pytest.fixture
def complaint(register):
    return register().complaint


@pytest.fixture
def declare(complaint, agent):
    def _declare(**changes):
        given = {"criteria": [Criterion.LEGAL], "reasons": "A child was hurt."} | changes
        return majors.declare_major(complaint_id=complaint.pk, by=given.pop("by", agent), **given)

    return _declare


def test_declared_major_it_belongs_to_the_head_and_the_management_is_told(
    complaint, declare, agent, manager, executive, supervisor
):
    declared = declare(harmed=1)
    complaint.refresh_from_db()
    assert (complaint.priority, complaint.impact, complaint.urgency) == (Priority.MAJOR, Grade.HIGH, Grade.HIGH)
    assert (complaint.tier, complaint.holder) == (majors.HEADS_TIER, manager)
    assert (declared.criteria, declared.harmed, declared.declared_by) == (["legal"], 1, agent)
    event = complaint.events.latest("sequence")
    assert (event.kind, event.data["criteria"], event.data["holder"]) == ("declare_major", ["legal"], manager.pk)
    told = OutboxMessage.objects.filter(kind="declare_major")
    assert {letter.recipient for letter in told} == {manager, executive}
    assert all(letter.not_before is None for letter in told)
    assert "It is in your hands now" in told.get(recipient=manager).body
    assert "People harmed: 1" in told.get(recipient=executive).body


def test_what_was_declared_major_stays_with_those_who_lead(complaint, declare, agent, handler, manager, executive):
    declare()
    answer = {"outcome": Outcome.UPHELD, "reasons": "Seen.", "message": "We are sorry."}
    with pytest.raises(Invalid, match="it was declared major"):
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    with pytest.raises(NotAllowed, match="leads it in person"):
        casework.resolve(complaint_id=complaint.pk, by=handler, **answer)
    complaint.refresh_from_db()
    offered = offers_for(handler, complaint).by_name
    assert all("leads it in person" in offered[name].reason for name in (TAKE, Verb.RESOLVE))
    assert set(permissions.handlers_of(complaint, timezone.now())) == {manager, executive}
    casework.resolve(complaint_id=complaint.pk, by=manager, **answer)
    again = casework.dispute(complaint_id=complaint.pk, body="My child still limps.")
    assert (again.tier, again.holder) == (majors.HEADS_TIER, executive), "opened again it goes to no lower tier"
    casework.prioritise(complaint_id=complaint.pk, by=executive, impact=Grade.LOW, urgency=Grade.LOW)
    casework.assign(complaint_id=complaint.pk, by=executive, to=handler)


def test_where_nobody_leads_whoever_handles_it_answers_what_is_major(register, handler):
    complaint = register().complaint
    majors.declare_major(complaint_id=complaint.pk, by=handler, criteria=[Criterion.LEGAL], reasons="x")
    answer = {"outcome": Outcome.UPHELD, "reasons": "Seen.", "message": "We are sorry."}
    assert casework.resolve(complaint_id=complaint.pk, by=handler, **answer).status == "resolved"


def test_whoever_is_on_shift_at_night_is_told_as_well(complaint, declare, branch, manager, executive):
    officer = UserFactory(name="Officer", role=Role.DUTY_OFFICER, department=branch)
    now = timezone.now()
    officer.duty_shifts.create(
        department=branch, tier=1, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)
    )
    stand_in = UserFactory(name="Stand-in", role=Role.MANAGER, department=DepartmentFactory(code="elsewhere"))
    stand_in.duty_shifts.create(
        department=branch, tier=3, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)
    )
    declare()
    assert OutboxMessage.objects.filter(kind="declare_major", recipient=officer).exists()
    complaint.refresh_from_db()
    assert complaint.holder == stand_in
    assert "in your hands" in OutboxMessage.objects.get(kind="declare_major", recipient=stand_in).body


def test_by_day_the_duty_officer_is_left_in_peace(complaint, declare, branch, manager):
    officer = UserFactory(name="Officer", role=Role.DUTY_OFFICER, department=branch)
    declare()
    assert not OutboxMessage.objects.filter(recipient=officer).exists()


def test_what_has_climbed_higher_stays_there(complaint, declare, specialist, manager):
    Complaint.objects.filter(pk=complaint.pk).update(tier=4, holder=specialist)
    declare()
    complaint.refresh_from_db()
    assert (complaint.tier, complaint.holder) == (4, specialist)


def test_a_head_whom_it_is_about_does_not_lead_it(register, agent, manager, executive):
    about = SubjectDetails(kind=SubjectKind.PERSON, name="The manager", user=manager)
    complaint = register(subjects=[about]).complaint
    majors.declare_major(complaint_id=complaint.pk, by=agent, criteria=[Criterion.LEGAL], reasons="x")
    complaint.refresh_from_db()
    assert complaint.holder != manager
    assert not OutboxMessage.objects.filter(kind="declare_major", recipient=manager).exists()
    with pytest.raises(ConflictOfInterest):
        majors.acknowledge_major(complaint_id=complaint.pk, by=manager)


def test_it_is_declared_once_and_only_while_it_is_open(complaint, declare, manager, agent):
    with pytest.raises(Invalid):
        declare(criteria=[])
    with pytest.raises(Invalid):
        declare(reasons=" ")
    declare()
    with pytest.raises(IllegalMove):
        declare()
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="They called.")
    with pytest.raises(IllegalMove):
        declare()


def test_the_management_acknowledges_and_whoever_declared_it_hears_of_it(complaint, declare, agent, manager):
    declare()
    assert list(grave.majors_to_acknowledge(manager)) == [MajorIncident.objects.get()]
    done = majors.acknowledge_major(complaint_id=complaint.pk, by=manager, remark="I am on my way.")
    assert (done.acknowledged_by, done.remark) == (manager, "I am on my way.")
    assert OutboxMessage.objects.filter(kind="acknowledge_major", recipient=agent).exists()
    assert not grave.majors_to_acknowledge(manager)
    with pytest.raises(IllegalMove):
        majors.acknowledge_major(complaint_id=complaint.pk, by=manager)


def test_who_does_not_acknowledge(complaint, declare, agent, supervisor, manager, executive, outsider):
    with pytest.raises(IllegalMove):
        majors.acknowledge_major(complaint_id=complaint.pk, by=manager)
    declare(by=manager)
    for person in (agent, supervisor, outsider):
        with pytest.raises(NotAllowed):
            majors.acknowledge_major(complaint_id=complaint.pk, by=person)
    with pytest.raises(SecondPersonNeeded):
        majors.acknowledge_major(complaint_id=complaint.pk, by=manager)
    assert not grave.majors_to_acknowledge(manager)
    majors.acknowledge_major(complaint_id=complaint.pk, by=executive)


def test_only_the_management_sets_it_lower(complaint, declare, agent, manager):
    declare()
    lower = {"complaint_id": complaint.pk, "impact": Grade.LOW, "urgency": Grade.LOW}
    with pytest.raises(NotAllowed):
        casework.prioritise(by=agent, **lower)
    casework.prioritise(by=agent, complaint_id=complaint.pk, impact=Grade.HIGH, urgency=Grade.HIGH)
    casework.prioritise(by=manager, **lower)
    complaint.refresh_from_db()
    assert complaint.priority == Priority.ORDINARY


def test_the_database_keeps_the_rules_as_well(complaint, declare, agent):
    declared = declare()
    wrong = [
        {"criteria": []}, {"criteria": ["death"]}, {"criteria": ["several_harmed"], "harmed": 2}, {"dead": 1},
        {"reasons": ""}, {"acknowledged_at": timezone.now()},
        {"acknowledged_at": timezone.now(), "acknowledged_by": agent},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            MajorIncident.objects.filter(pk=declared.pk).update(**change)


# --- reports to authorities ---------------------------------------------------------------------------------


def report(complaint, by, **changes):
    given = {"body": "Fire service", "reference": "F-1", "what": "Smoke in the hall."} | changes
    return majors.report_to_authority(complaint_id=complaint.pk, by=by, **given)


def test_a_report_says_what_was_sent_to_whom(complaint, agent):
    letter = evidence.check_file(ContentFile(b"To the fire service", name="letter.txt"))
    kept = evidence.attach(complaint_id=complaint.pk, by=agent, internal=True, file=letter)
    form = evidence.check_file(ContentFile(b"Form 7", name="form.txt"))
    made = report(complaint, agent, attachments=[kept.pk], files=[form])
    assert sorted(file.name for file in made.files.all()) == ["form.txt", "letter.txt"]
    assert all(file.internal for file in made.files.all())
    assert (made.number, report(complaint, agent).number) == (1, 2)
    assert complaint.events.filter(kind="report_to_authority").first().data["number"] == 1


def test_what_cannot_be_a_report(complaint, register, agent, handler):
    other = register().complaint
    file = evidence.check_file(ContentFile(b"x", name="x.txt"))
    elsewhere = evidence.attach(complaint_id=other.pk, by=agent, internal=True, file=file)
    now = timezone.now()
    wrong = [
        {"body": " "}, {"reference": ""}, {"what": ""}, {"body": "x" * 201}, {"attachments": [elsewhere.pk]},
        {"at": now + timedelta(hours=1)}, {"at": now.replace(tzinfo=None)},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(Invalid):
            report(complaint, agent, **change)
    with pytest.raises(NotAllowed):
        report(complaint, handler, at=now - timedelta(hours=1))
    assert not AuthorityReport.objects.exists()
    assert report(complaint, agent, at=now - timedelta(hours=1)).reported_at == now - timedelta(hours=1)


# --- safety -------------------------------------------------------------------------------------------------


def test_a_threat_is_recorded_and_those_who_lead_are_told(complaint, agent, supervisor, manager):
    incident = safety.report_safety(
        complaint_id=complaint.pk,
        by=agent,
        kind=SafetyKind.THREAT,
        grade=SafetyGrade.CROWD,
        what="“I will come back with a knife.”",
        told=Told.SECURITY,
        told_name="Guard at door 2",
    )
    safety.tell_safety(complaint_id=complaint.pk, by=agent, number=1, told=Told.POLICE, police_reference="P-77")
    incident.refresh_from_db()
    assert [notice.whom for notice in incident.notices.all()] == ["security", "police"]
    assert (incident.police_reference, incident.grade) == ("P-77", SafetyGrade.CROWD)
    told = OutboxMessage.objects.filter(kind="report_safety")
    assert {letter.recipient for letter in told} == {supervisor, manager}
    assert all("knife" not in letter.body for letter in told)
    assert "knife" not in str([event.data for event in complaint.events.all()])


def test_it_goes_on_whatever_has_become_of_the_complaint(complaint, agent):
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="They called.")
    safety.report_safety(complaint_id=complaint.pk, by=agent, kind=SafetyKind.DISRUPTION, what="Shouting.")
    assert Complaint.objects.get(pk=complaint.pk).status == "withdrawn"


def test_what_cannot_be_recorded_about_safety(complaint, agent, outsider):
    given = {"complaint_id": complaint.pk, "by": agent, "kind": SafetyKind.THREAT, "what": "x"}
    wrong = [
        {"what": " "}, {"told": Told.OTHER}, {"happened_at": timezone.now() + timedelta(days=1)},
        {"police_reference": "x" * 201}, {"told": Told.POLICE, "told_name": "x" * 201}, {"by": outsider},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(ComplaintError):
            safety.report_safety(**given | change)
    with pytest.raises(Invalid):
        safety.tell_safety(complaint_id=complaint.pk, by=agent, number=1, told=Told.POLICE)
    assert not SafetyIncident.objects.exists()


def test_a_malicious_threat_calls_for_an_incident(complaint, agent, supervisor):
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="We have explained it to you.")
    assert grave.safety_called_for(complaint, complaint.decisions.all()) is None
    decisions.classify(
        complaint_id=complaint.pk,
        by=agent,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.THREAT,
        reasons="He threatened us.",
        evidence="Recording.",
        told="Our people were shouted at.",
    )
    assert grave.safety_called_for(complaint, complaint.decisions.all()) == SafetyKind.THREAT
    decisions.reject_class(complaint_id=complaint.pk, by=supervisor, reasons="He was only loud.")
    assert grave.safety_called_for(complaint, complaint.decisions.all()) is None


# --- the press ----------------------------------------------------------------------------------------------


def test_the_press_changes_no_order_no_priority_and_no_deadline(register, agent, handler):
    cases = [register().complaint for _number in range(3)]
    for number, case in enumerate(cases):
        due_at = timezone.now() + timedelta(hours=number + 1)
        Complaint.objects.filter(pk=case.pk).update(holder=handler, due_at=due_at)
    last = Complaint.objects.get(pk=cases[-1].pk)
    order = [case.pk for case in selectors.queue(handler)]
    media.note_media(
        complaint_id=last.pk,
        by=agent,
        source="Evening Post",
        published_on=date(2026, 3, 2),
        link="https://e.example/1",
    )
    assert [case.pk for case in selectors.queue(handler)] == order
    now = Complaint.objects.get(pk=last.pk)
    kept = ("priority", "impact", "urgency", "tier", "due_at", "holder_id", "status", "complaint_class", "received_at")
    assert [getattr(now, name) for name in kept] == [getattr(last, name) for name in kept]
    assert [each.source for each in grave.gravity_of(now).media] == ["Evening Post"]


def test_what_is_no_media_report(complaint, agent):
    given = {"complaint_id": complaint.pk, "by": agent, "source": "Post", "published_on": date(2026, 3, 2)}
    wrong = [
        {"source": " "}, {"source": "x" * 201}, {"published_on": date(2999, 1, 1)}, {"published_on": date(3, 1, 1)},
        {"link": "javascript:alert(1)"}, {"link": "https://x.example/" + "x" * 2000},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(Invalid):
            media.note_media(**given | change)


def test_an_answered_complaint_still_takes_what_is_grave(complaint, agent, branch):
    Membership.objects.create(user=agent, department=branch, role=Role.HANDLER)
    casework.resolve(
        complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
    )
    media.note_media(complaint_id=complaint.pk, by=agent, source="Post", published_on=date(2026, 3, 2))
    report(complaint, agent)
    complaint.refresh_from_db()
    assert (complaint.media_reports.count(), complaint.authority_reports.count()) == (1, 1)
    assert complaint.status == Status.RESOLVED


def test_what_happened_before_anybody_can_have_seen_it_is_a_slip_and_spoils_no_page(complaint, agent, supervisor):
    long_ago = datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Taipei"))
    report = {"body": "Health bureau", "reference": "7", "what": "All of it."}
    for field, act in (
        (
            "happened_at",
            partial(safety.report_safety, by=agent, kind=SafetyKind.THREAT, what="Here.", happened_at=long_ago),
        ),
        ("at", partial(majors.report_to_authority, by=supervisor, **report, at=long_ago)),
    ):
        with pytest.raises(Invalid, match="before the year 1900") as refusal:
            act(complaint_id=complaint.pk)
        assert list(refusal.value.errors) == [field]
    assert not complaint.safety_incidents.exists()
