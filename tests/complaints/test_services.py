"""The acts of the office: each done once rightly, and each refusal."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import permissions, references, selectors
from complaints.aftercare import CloseReason
from complaints.classes import ComplaintClass, Kind
from complaints.errors import FileRefused, IllegalMove, Invalid, NotAllowed, SecondPersonNeeded
from complaints.limits import MAX_TEXT
from complaints.models import Complaint, Decision, Message
from complaints.selectors import digests, routes
from complaints.services import casework, correspondence, decisions, evidence, intake
from complaints.validity import NO_BASIS
from complaints.vocabulary import DeclineCode, Grade, Outcome, Priority
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory
from tests.factories.judging import BY_MISTAKE, judge

pytestmark = pytest.mark.django_db


def kinds(complaint: Complaint) -> list[str]:
    return list(complaint.events.values_list("kind", flat=True))


# --- intake


def test_a_complaint_needs_only_a_subject_and_own_words(head_office):
    registered = intake.register(
        registration=intake.Registration(subject=" Charged twice ", description="For one purchase."), by=None
    )
    complaint = Complaint.objects.get(pk=registered.complaint.pk)
    assert (complaint.subject, complaint.status, complaint.priority) == (
        "Charged twice",
        "received",
        "ordinary",
    )
    assert complaint.department == head_office
    assert references.normalise(complaint.reference) == complaint.reference
    assert complaint.access_digest == references.digest(registered.access_secret)
    assert registered.access_secret not in str(vars(complaint))


def test_everything_wrong_with_a_form_is_said_at_once(head_office):
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        intake.register(
            registration=intake.Registration(
                subject=" ",
                description="x" * (MAX_TEXT + 1),
                occurred_at=tomorrow,
                received_at=tomorrow,
                subjects=[intake.SubjectDetails(name="")],
            ),
            by=None,
        )
    errors = refusal.value.errors
    assert set(errors) == {"subject", "description", "occurred_at", "received_at", "subjects"}
    assert errors["occurred_at"] != errors["received_at"], "read one after the other, without their fields"
    assert not Complaint.objects.exists()


def test_what_happened_after_it_was_complained_about_is_refused(head_office, agent):
    now = timezone.now()
    with pytest.raises(Invalid) as refusal:
        intake.register(
            registration=intake.Registration(
                subject="a",
                description="b",
                received_at=now - timedelta(days=3),
                occurred_at=now - timedelta(days=1),
            ),
            by=agent,
        )
    assert list(refusal.value.errors) == ["occurred_at"]


def test_an_earlier_receipt_is_kept_as_the_moment_the_event_became_true(register, agent):
    received_at = timezone.now() - timedelta(days=3)
    complaint = register(by=agent, received_at=received_at, channel="letter").complaint
    event = complaint.events.get()
    assert complaint.received_at == event.occurred_at == received_at
    assert event.recorded_at > received_at


def test_only_some_may_state_an_earlier_receipt(register, handler):
    with pytest.raises(NotAllowed):
        register(by=handler, received_at=timezone.now() - timedelta(days=3))


def test_a_category_routes_to_its_department_or_that_of_the_one_above(head_office, branch):
    above = CategoryFactory(department=branch)
    assert routes.department_of(CategoryFactory(parent=above)) == branch
    assert routes.department_of(CategoryFactory()) == head_office
    branch.is_active = False
    branch.save()
    assert routes.department_of(above) == head_office


def test_what_has_no_category_goes_where_somebody_works(head_office, branch, administrator):
    Membership.objects.create(user=administrator, department=head_office, role=Role.EXECUTIVE)
    second = DepartmentFactory(code="operator")
    assert routes.head_office() == head_office, "as long as nobody does anywhere, it is the first"
    UserFactory(role=Role.HANDLER, department=branch)
    UserFactory(role=Role.HANDLER, department=second, is_active=False)
    assert routes.head_office() == head_office, "neither those of a branch count nor those who left"
    UserFactory(role=Role.AUDITOR, department=second)
    assert routes.head_office() == head_office, "nor those who only look"
    UserFactory(role=Role.SPECIALIST, department=second)
    assert routes.head_office() == second
    UserFactory(role=Role.EXECUTIVE, department=head_office)
    assert routes.head_office() == head_office, "the first one again"


def test_an_office_without_departments_says_so(db):
    with pytest.raises(Invalid, match="administrator"):
        intake.register(registration=intake.Registration(subject="a", description="b"), by=None)


def test_an_anonymous_complainant_leaves_no_name(register):
    complaint = register(complainant=intake.ComplainantDetails(name="Lin", anonymous=True)).complaint
    assert complaint.complainant.name == ""


def test_priority_follows_from_impact_and_urgency(register):
    assert register(impact=Grade.HIGH, urgency=Grade.HIGH).complaint.priority == Priority.MAJOR
    assert register(impact=Grade.LOW, urgency=Grade.HIGH).complaint.priority == Priority.URGENT


def test_the_same_external_number_is_taken_once(register, branch):
    given = intake.Registration(subject="a", description="b", department=branch)
    intake.register(registration=given, by=None, external=("till", "17"))
    with pytest.raises(IntegrityError), transaction.atomic():
        intake.register(registration=given, by=None, external=("till", "17"))


# --- the everyday acts


def test_the_straight_way_from_received_to_closed(register, agent, handler, supervisor):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    correspondence.reply(complaint_id=complaint.pk, by=handler, body="We are looking at the till roll.")
    judge(complaint, handler)
    decisions.classify(
        complaint_id=complaint.pk,
        by=handler,
        complaint_class=ComplaintClass.VALID,
        kind=Kind.HARM,
        reasons="The till roll shows both charges.",
        basis=BY_MISTAKE,
    )
    casework.resolve(
        complaint_id=complaint.pk,
        by=handler,
        outcome=Outcome.UPHELD,
        reasons="Double charge.",
        message="Refunded.",
    )
    casework.close(complaint_id=complaint.pk, by=handler, reason=CloseReason.CONFIRMED, note="Said so by phone.")
    complaint.refresh_from_db()
    assert complaint.status == "closed"
    assert (complaint.holder, complaint.outcome, complaint.complaint_class) == (handler, "upheld", "valid")
    assert complaint.acknowledged_at <= complaint.resolved_at <= complaint.closed_at
    judged = ["investigate", "judge", "classify"]
    assert kinds(complaint) == ["register", "acknowledge", "assign", "reply", *judged, "resolve", "close"]


def test_an_outsider_may_do_nothing_and_nothing_is_written(register, outsider):
    complaint = register().complaint
    with pytest.raises(NotAllowed):
        casework.acknowledge(complaint_id=complaint.pk, by=outsider)
    assert kinds(complaint) == ["register"]


def test_what_is_not_possible_now_is_refused_before_anything_is_asked(register, agent):
    complaint = register().complaint
    with pytest.raises(IllegalMove):
        casework.close(complaint_id=complaint.pk, by=agent, reason=CloseReason.OTHER)
    with pytest.raises(IllegalMove):
        casework.wait(complaint_id=complaint.pk, by=agent, question="")


def test_assigning_refuses_people_who_could_not_handle_it(register, agent, outsider, handler):
    complaint = register().complaint
    with pytest.raises(Invalid):
        casework.assign(complaint_id=complaint.pk, by=agent, to=outsider)
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    with pytest.raises(Invalid, match="already"):
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)


def test_a_transfer_changes_department_and_leaves_nobody_holding(register, agent, handler, specialist, head_office):
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    south = DepartmentFactory(parent=head_office)
    casework.transfer(complaint_id=complaint.pk, by=specialist, to=south, reasons="It happened there.")
    complaint.refresh_from_db()
    assert (complaint.department, complaint.holder) == (south, None)
    assert complaint.messages.get().kind == Message.Kind.NOTE


def test_overriding_the_priority_needs_reasons(register, agent):
    complaint = register().complaint
    act = {"complaint_id": complaint.pk, "by": agent, "impact": Grade.LOW, "urgency": Grade.LOW}
    with pytest.raises(Invalid) as refusal:
        casework.prioritise(**act, override=Priority.MAJOR)
    assert list(refusal.value.errors) == ["reasons"]
    assert casework.prioritise(**act, override=Priority.MAJOR, reasons="The mayor was there.").priority == "major"
    assert casework.prioritise(**act).priority_reason == ""


def test_waiting_asks_the_complainant_and_ends_with_the_answer(register, agent):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    assert casework.wait(complaint_id=complaint.pk, by=agent, question="Which till?").status == "waiting"
    correspondence.hear(complaint_id=complaint.pk, body="The second.")
    complaint.refresh_from_db()
    assert complaint.status == "assessing"
    assert [message.kind for message in complaint.messages.all()] == ["reply", "heard"]


def test_resolving_needs_reasons_and_a_message(register, agent):
    complaint = register().complaint
    for missing in ({"reasons": " ", "message": "Refunded."}, {"reasons": "Double charge.", "message": ""}):
        with pytest.raises(Invalid):
            casework.resolve(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, **missing)
    complaint.refresh_from_db()
    assert complaint.status == "received"
    assert not complaint.messages.exists()


def test_an_answer_is_never_that_the_complainant_withdrew(register, agent):
    complaint = register().complaint
    with pytest.raises(Invalid, match="takes a complaint back"):
        casework.resolve(complaint_id=complaint.pk, by=agent, outcome=Outcome.WITHDRAWN, reasons="x", message="y")
    assert kinds(complaint) == ["register"]


def test_the_database_itself_refuses_an_end_without_reasons(register):
    complaint = register().complaint
    for status in ("resolved", "closed", "declined", "merged"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Complaint.objects.filter(pk=complaint.pk).update(status=status)


def test_a_disputed_answer_begins_a_new_cycle_without_the_earlier_holder(register, agent, handler):
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    casework.resolve(
        complaint_id=complaint.pk,
        by=handler,
        outcome=Outcome.NOT_UPHELD,
        reasons="No trace.",
        message="No refund.",
    )
    casework.dispute(complaint_id=complaint.pk, body="I have the receipt.")
    complaint.refresh_from_db()
    assert (complaint.status, complaint.cycle, complaint.holder, complaint.outcome) == (
        "assessing",
        2,
        None,
        "",
    )
    assert complaint.events.last().data["holder_before"] == handler.pk


def test_a_confirmed_answer_closes(register, agent):
    complaint = register().complaint
    casework.resolve(
        complaint_id=complaint.pk,
        by=agent,
        outcome=Outcome.UPHELD,
        reasons="Double charge.",
        message="Refunded.",
    )
    assert casework.confirm(complaint_id=complaint.pk).status == "closed"


def test_reopening_is_for_those_who_lead(register, agent, supervisor):
    complaint = register().complaint
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="Settled on the phone.")
    with pytest.raises(NotAllowed):
        casework.reopen(complaint_id=complaint.pk, by=agent, reasons="It came back.")
    assert casework.reopen(complaint_id=complaint.pk, by=supervisor, reasons="It came back.").cycle == 2


def test_declining_says_why_and_where_else_to_turn(register, supervisor):
    complaint = register().complaint
    act = {"complaint_id": complaint.pk, "by": supervisor, "code": DeclineCode.OUTSIDE_REMIT}
    with pytest.raises(Invalid):
        casework.decline(**act, reasons="Not our shop.", recourse=" ")
    casework.decline(**act, reasons="Not our shop.", recourse="The landlord.")
    told = complaint.messages.get()
    assert "Not our shop." in told.body
    assert "The landlord." in told.body


def test_merging_ends_one_and_tells_both(register, agent):
    one, other = register().complaint, register().complaint
    casework.merge(complaint_id=one.pk, by=agent, into_id=other.pk)
    one.refresh_from_db()
    assert (one.status, one.merged_into) == ("merged", other)
    assert kinds(other)[-1] == "merged_from"
    with pytest.raises(Invalid):
        casework.merge(complaint_id=other.pk, by=agent, into_id=other.pk)
    with pytest.raises(Invalid, match="ended"):
        casework.merge(complaint_id=other.pk, by=agent, into_id=one.pk)


def test_merging_needs_the_right_on_both(register, agent, outsider):
    one = register().complaint
    other = register(department=outsider.department).complaint
    with pytest.raises(NotAllowed):
        casework.merge(complaint_id=one.pk, by=agent, into_id=other.pk)


# --- decisions


@pytest.fixture
def explained(register, agent):
    complaint = register().complaint
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="Here is how the price came about.")
    return complaint


def propose_malicious(complaint, by):
    return decisions.classify(
        complaint_id=complaint.pk,
        by=by,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.THREAT,
        reasons="Threatened the cashier.",
        evidence="Recording of the call.",
        told="Our people were shouted at.",
    )


def test_malicious_comes_into_force_only_by_a_second_senior_person(explained, supervisor, manager, agent):
    decision = propose_malicious(explained, supervisor)
    explained.refresh_from_db()
    assert (decision.state, explained.complaint_class) == (Decision.State.PROPOSED, "unclassified")
    with pytest.raises(SecondPersonNeeded):
        decisions.confirm_class(
            complaint_id=explained.pk,
            digest=digests.of_class(explained),
            by=supervisor,
            reasons="I agree with myself.",
        )
    with pytest.raises(NotAllowed):
        decisions.confirm_class(
            complaint_id=explained.pk, digest=digests.of_class(explained), by=agent, reasons="Me too."
        )
    decisions.confirm_class(
        complaint_id=explained.pk, digest=digests.of_class(explained), by=manager, reasons="I heard the recording."
    )
    explained.refresh_from_db()
    assert explained.complaint_class == "malicious"


def test_a_rejected_proposal_leaves_the_class_as_it_was(explained, agent, supervisor):
    propose_malicious(explained, agent)
    decisions.reject_class(complaint_id=explained.pk, by=supervisor, reasons="He was only loud.")
    explained.refresh_from_db()
    assert explained.complaint_class == "unclassified"
    with pytest.raises(IllegalMove):
        decisions.confirm_class(
            complaint_id=explained.pk, digest=digests.of_class(explained), by=supervisor, reasons="Too late."
        )


def test_one_proposal_waits_at_a_time(explained, agent):
    propose_malicious(explained, agent)
    with pytest.raises(IllegalMove):
        propose_malicious(explained, agent)


def test_the_database_itself_refuses_one_persons_word(explained, agent):
    decision = propose_malicious(explained, agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(state="in_force")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(state="in_force", second_person=agent, second_at=timezone.now())


def test_the_history_of_classes_is_kept(explained, agent):
    judge(explained, agent)
    for complaint_class, kind, basis in (
        (ComplaintClass.COMMUNICATIVE, Kind.ENQUIRY, NO_BASIS),
        (ComplaintClass.VALID, Kind.HARM, BY_MISTAKE),
    ):
        decisions.classify(
            complaint_id=explained.pk,
            by=agent,
            complaint_class=complaint_class,
            kind=kind,
            reasons="As it looks now.",
            basis=basis,
        )
    assert list(explained.decisions.values_list("complaint_class", "state")) == [
        ("communicative", "superseded"),
        ("valid", "in_force"),
    ]


def test_an_upgrade_names_the_earlier_complaint_or_states_none_was_found(register, explained, agent):
    earlier = register().complaint
    act = {
        "complaint_id": explained.pk,
        "by": agent,
        "complaint_class": ComplaintClass.UPGRADE,
        "kind": Kind.OVERDUE,
        "reasons": "Nobody called back.",
    }
    with pytest.raises(Invalid):
        decisions.classify(**act)
    with pytest.raises(Invalid):
        decisions.classify(**act, earlier=explained)
    decisions.classify(**act, earlier=earlier)
    explained.refresh_from_db()
    assert explained.earlier == earlier
    assert decisions.classify(**act, none_found=True).none_found


# --- evidence

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("receipt.png", PNG, "image/png"),
        ("收據.TXT", "雙重扣款".encode(), "text/plain"),
        ("notes.txt", "双重扣款".encode("gb18030"), "text/plain"),
        ("letter.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
    ],
)
def test_the_type_of_a_file_is_what_its_bytes_say(name, content, content_type):
    checked = evidence.check_file(SimpleUploadedFile(name, content, content_type="application/x-anything"))
    assert (checked.content_type, checked.size) == (content_type, len(content))
    assert checked.name == name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.png", b""),
        ("page.png", b"<html><script>alert(1)</script></html>"),
        ("page.txt", b"<html><script>alert(1)</script></html>"),
        ("broken.png", PNG[:40]),
        ("run.exe", b"MZ\x90\x00"),
        ("picture.png", b"%PDF-1.7\n"),
        ("no-suffix", PNG),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("zip.docx", b"PK\x03\x04" + b"\x00" * 60),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_name(name, content):
    with pytest.raises(FileRefused, match=name):
        evidence.check_file(SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    "name",
    ["1. " + "a long story " * 7 + ".txt", "a" + ".b" * 95 + ".txt", "\U00020000" * 190 + ".txt", "x" * 250 + ".txt"],
)
def test_a_long_name_is_kept_for_people_and_stays_out_of_the_store(register, agent, name):
    file = evidence.check_file(SimpleUploadedFile(name, b"It broke."))
    kept = evidence.attach(complaint_id=register().complaint.pk, by=agent, file=file, internal=False)
    assert kept.name == (name if len(name) <= 200 else "x" * 196 + ".txt")
    assert len(kept.file.name) < 100
    assert kept.file.name.isascii()
    assert kept.file.read() == b"It broke."
    kept.file.close()


def test_a_file_too_large_is_refused_with_the_limit(settings):
    settings.EVIDENCE_MAX_BYTES = 1024**2
    with pytest.raises(FileRefused, match="at most 1 MB"):
        evidence.check_file(SimpleUploadedFile("big.txt", b"x" * (1024**2 + 1)))


def test_more_files_than_there_is_room_for_leave_nothing_behind(register, settings):
    settings.EVIDENCE_MAX_FILES = 1
    files = [evidence.check_file(SimpleUploadedFile(f"{number}.txt", b"It broke.")) for number in range(6)]
    with pytest.raises(Invalid, match="very many files"):
        correspondence.hear(complaint_id=register().complaint.pk, body="See these.", files=files)
    assert not list(settings.MEDIA_ROOT.rglob("*.txt"))


def test_evidence_is_kept_with_its_digest_and_an_event(register, agent):
    complaint = register().complaint
    checked = evidence.check_file(SimpleUploadedFile("../../receipt.png", PNG))
    attachment = evidence.attach(complaint_id=complaint.pk, by=agent, file=checked, internal=True)
    assert (attachment.name, attachment.internal, attachment.uploaded_by) == ("receipt.png", True, agent)
    with attachment.file.open() as kept:
        assert kept.read() == PNG
    assert complaint.events.last().data["sha256"] == attachment.sha256


# --- reads


def test_the_queue_is_what_i_hold_and_what_nobody_holds_due_next_first(register, agent, handler, supervisor, manager):
    later, sooner, others, without = (register().complaint for _ in range(4))
    now = timezone.now()
    Complaint.objects.filter(pk=later.pk).update(due_at=now + timedelta(hours=2))
    Complaint.objects.filter(pk=sooner.pk).update(due_at=now + timedelta(hours=1), holder=agent)
    Complaint.objects.filter(pk=others.pk).update(due_at=now, holder=handler)
    Complaint.objects.filter(pk=without.pk).update(due_at=None)
    assert list(selectors.queue(agent)) == [sooner, later, without]
    assert list(selectors.queue(supervisor)) == [later, without], "whoever supervises gives them to somebody"
    assert list(selectors.queue(manager)) == []


@pytest.mark.parametrize("query", ["退費", "退费", "iphone 退款", "ＩＰＨＯＮＥ", "壞", "lin mei-hua", "R26"])
def test_search_folds_scripts_and_widths(register, agent, query):
    complaint = register(subject="iPhone 壞了要退費退款", description="台灣大哥大門市").complaint
    register(subject="Noise", description="Every night.", complainant=intake.ComplainantDetails())
    if query == "R26":
        query = complaint.reference.lower()
    assert list(selectors.with_text(permissions.visible_to(agent), query)) == [complaint]


def test_replies_are_searched_too(register, agent):
    complaint = register().complaint
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="收銀機故障")
    assert list(selectors.with_text(permissions.visible_to(agent), "收银机")) == [complaint]


def test_search_without_a_word_finds_nothing(register, agent):
    register()
    assert not selectors.with_text(permissions.visible_to(agent), " ，。!").exists()


def test_related_complaints_are_those_of_the_same_person_that_i_may_see(register, agent, outsider):
    complaint, same = register().complaint, register().complaint
    register(complainant=intake.ComplainantDetails(name="Lin Mei-hua", email="other@example.org"))
    register(department=outsider.department)
    assert list(selectors.related(agent, complaint)) == [same]


def test_a_second_look_waits_for_the_seniors_who_did_not_propose(explained, agent, supervisor, outsider):
    propose_malicious(explained, agent)
    assert selectors.waiting_for_second_person(supervisor).count() == 1
    assert selectors.waiting_for_second_person(agent).count() == 0
    assert selectors.waiting_for_second_person(outsider).count() == 0


def test_inactive_people_are_given_nothing(register, agent, branch):
    gone = UserFactory(department=branch, role="handler", is_active=False)
    with pytest.raises(Invalid):
        casework.assign(complaint_id=register().complaint.pk, by=agent, to=gone)
