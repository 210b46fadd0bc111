"""Matters: a letter about several things, each settled by itself, and what belongs elsewhere split off."""

from datetime import timedelta
from itertools import combinations_with_replacement

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import permissions, settling
from complaints.errors import ComplaintError, ConflictOfInterest, IllegalMove, Invalid, MattersOpen, NotAllowed
from complaints.lifecycle import ABOUT_ONE_MATTER, Verb
from complaints.models import Complaint, Event, Matter, MatterFinding, Message
from complaints.selectors import matters as reads
from complaints.selectors.public_matters import public_matters, to_dispute
from complaints.services import casework, evidence, matters, splitting
from complaints.services.intake import SubjectDetails
from complaints.services.matters import MOST_MATTERS, Part
from complaints.settling import LIVE, MatterState
from complaints.vocabulary import Demand, Outcome, SubjectKind, Track
from escalation.models import Clock
from notifications.models import OutboxMessage
from tests.factories import CategoryFactory, DepartmentFactory
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

U, P, N, F, R, W = (
    Outcome.UPHELD,
    Outcome.PARTLY_UPHELD,
    Outcome.NOT_UPHELD,
    Outcome.NO_FAULT,
    Outcome.OUTSIDE_REMIT,
    Outcome.WITHDRAWN,
)

# --- the rule -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "whole"),
    [
        ([U], U), ([U, U], U), ([U, N], P), ([U, F], P), ([U, R], P), ([P], P), ([P, N], P), ([P, W], P),
        ([N, F], N), ([N, R], N), ([N, F, R], N), ([F, R], F), ([F], F), ([R, R], R), ([W, W], W), ([W, U], U),
    ],
)  # fmt: skip
def test_how_a_complaint_ends_follows_from_its_matters(ended, whole):
    assert settling.derived(ended) == whole
    assert settling.derived(ended[::-1]) == whole


def test_the_rule_answers_for_every_mixture_and_keeps_its_promises():
    for size in (1, 2, 3, 4):
        for ended in combinations_with_replacement(Outcome, size):
            whole = settling.derived(ended)
            judged = [outcome for outcome in ended if outcome != W]
            assert (whole == W) == (not judged), "what was taken back does not count beside others"
            assert (whole in (U, P)) == bool({U, P} & set(judged)), "something was right, or nothing was"
            assert len(set(judged)) != 1 or whole == judged[0], "all alike end alike"


@pytest.mark.parametrize("state", list(MatterState))
@pytest.mark.parametrize("verb", sorted(ABOUT_ONE_MATTER))
def test_what_has_left_the_letter_does_not_move(state, verb):
    if state in LIVE:
        assert settling.after(state, verb) != MatterState.OPEN
    else:
        with pytest.raises(IllegalMove):
            settling.after(state, verb)


# --- splitting and settling ---------------------------------------------------------------------------------


@pytest.fixture
def complaint(register):
    return register().complaint


@pytest.fixture
def split(complaint, agent):
    """The complaint with matters of these names."""

    def _split(*names):
        parts = [Part(name) for name in names or ("The till", "The queue")]
        return matters.split(complaint_id=complaint.pk, by=agent, parts=parts)

    return _split


@pytest.fixture
def settle(complaint, agent):
    def _settle(number, outcome=U, by=agent, **changes):
        given = {"finding": f"Told of {number}.", "reasons": f"Why {number}."} | changes
        return matters.settle(complaint_id=complaint.pk, number=number, by=by, outcome=outcome, **given)

    return _settle


@pytest.fixture
def answer(complaint, agent):
    def _answer(by=agent, **changes):
        return casework.resolve(complaint_id=complaint.pk, by=by, message="Here is our answer.", **changes)

    return _answer


def test_a_letter_is_split_and_each_matter_settled(complaint, split, settle, answer):
    split("The till", "The queue", "The parking")
    settle(1, U)
    settle(2, N)
    with pytest.raises(MattersOpen, match=r"no\. 3 \(The parking\)") as refusal:
        answer()
    assert "no. 1" not in str(refusal.value)
    settle(3, W)
    resolved = answer(reasons="The branch was told.")
    assert (resolved.status, resolved.outcome) == ("resolved", P)
    assert resolved.outcome_reasons == (
        "1. The till: Why 1.\n\n2. The queue: Why 2.\n\n3. The parking: Why 3.\n\nThe branch was told."
    )
    kinds = list(complaint.events.values_list("kind", flat=True))
    assert kinds == ["register", "split", "settle_matter", "settle_matter", "settle_matter", "resolve"]
    event = Event.objects.get(kind="resolve")
    assert event.data["matter_outcomes"] == [[1, "upheld"], [2, "not_upheld"], [3, "withdrawn"]]
    assert "Told of" not in str(list(complaint.events.values_list("data", flat=True)))


def test_a_complaint_that_was_never_split_ends_as_a_whole(complaint, answer):
    with pytest.raises(Invalid) as refusal:
        answer(reasons="x")
    assert "outcome" in refusal.value.errors
    with pytest.raises(Invalid) as refusal:
        answer(outcome=U)
    assert "reasons" in refusal.value.errors
    assert answer(outcome=U, reasons="x").outcome == U


def test_the_outcome_of_a_split_complaint_is_nobodys_to_say(split, settle, answer, complaint):
    split()
    settle(1), settle(2)
    with pytest.raises(Invalid) as refusal:
        answer(outcome=N, reasons="x")
    assert "outcome" in refusal.value.errors
    settle(1, W), settle(2, W)
    with pytest.raises(IllegalMove, match="Withdraw"):
        answer()
    complaint.refresh_from_db()
    assert complaint.status == "received"


def test_until_it_is_told_a_matter_may_be_settled_anew(split, settle):
    split()
    settle(1, U)
    matter = settle(1, N)
    assert (matter.state, matter.outcome) == ("settled", N)
    first, second = MatterFinding.objects.filter(matter=matter).order_by("id")
    assert (first.outcome, first.counts, second.outcome, second.counts) == (U, False, N, True)
    assert Event.objects.filter(kind="settle_matter").last().data["outcome_before"] == U


def test_overlooked_matters_are_added_and_wrong_ones_dropped(complaint, agent, split, settle, answer):
    split()
    split("The parking")
    assert list(complaint.matters.values_list("number", flat=True)) == [1, 2, 3]
    settle(1, N)
    for number in (1, 2):
        matters.drop(complaint_id=complaint.pk, number=number, by=agent, reasons="Named twice.")
    assert not MatterFinding.objects.filter(replaced_at=None).exists()
    settle(3, F)
    assert answer().outcome == F


def test_when_the_last_matter_is_dropped_the_complaint_ends_as_a_whole_again(complaint, agent, split, answer):
    split()
    for number in (1, 2):
        matters.drop(complaint_id=complaint.pk, number=number, by=agent, reasons="It is one thing.")
    assert answer(outcome=N, reasons="x").outcome == N


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("parts", []),
        ("parts", [Part("Alone")]),
        ("parts", [Part(str(number)) for number in range(MOST_MATTERS + 1)]),
        ("parts.1.subject", [Part("a"), Part("  ")]),
        ("parts.0.subject", [Part("x" * 201), Part("b")]),
        ("parts.1.words", [Part("a"), Part("b", words="x" * 20_001)]),
        ("parts.0.about", [Part("a", about="Nobody"), Part("b")]),
        ("parts.1.subject", [Part("The flood"), Part(" the FLOOD ", words="again")]),
    ],
)
def test_what_cannot_be_split(complaint, agent, field, parts):
    with pytest.raises(Invalid) as refusal:
        matters.split(complaint_id=complaint.pk, by=agent, parts=parts)
    assert list(refusal.value.errors) in ([field], ["parts"])
    assert not Matter.objects.exists()


def test_a_category_that_is_no_longer_in_use(complaint, agent):
    old = CategoryFactory(is_active=False)
    with pytest.raises(Invalid) as refusal:
        matters.split(complaint_id=complaint.pk, by=agent, parts=[Part("a", category=old), Part("b")])
    assert list(refusal.value.errors) == ["parts.0.category"]


def test_several_respondents_each_with_their_matter(register, agent):
    named = [SubjectDetails(name="Shop"), SubjectDetails(name="Maker", kind=SubjectKind.OTHER)]
    complaint = register(subjects=named).complaint
    parts = [Part("Sold as new", about="shop"), Part("It burns", about="Maker")]
    first, second = matters.split(complaint_id=complaint.pk, by=agent, parts=parts)
    assert (first.about.name, second.about.name) == ("Shop", "Maker")


@pytest.mark.parametrize(
    ("field", "changes"), [("finding", {"finding": " "}), ("reasons", {"reasons": ""}), ("matter", {"number": 9})]
)
def test_a_matter_is_not_settled_without_words(split, settle, field, changes):
    split()
    with pytest.raises(Invalid) as refusal:
        settle(**{"number": 1} | changes)
    assert list(refusal.value.errors) == [field]
    assert not MatterFinding.objects.exists()


def test_who_may_not(complaint, split, settle, agent, outsider, administrator):
    split()
    for person in (outsider, administrator):
        with pytest.raises(NotAllowed):
            settle(1, by=person)
        with pytest.raises(NotAllowed):
            matters.split(complaint_id=complaint.pk, by=person, parts=[Part("x")])
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="x")
    for act in (lambda: settle(1), lambda: split("x")):
        with pytest.raises(ComplaintError):
            act()


def test_whom_the_complaint_concerns_settles_and_drops_none_of_its_matters(register, agent, handler, supervisor):
    about = SubjectDetails(name="Handler", kind=SubjectKind.PERSON, user=handler)
    complaint = register(subjects=[about]).complaint
    matters.split(complaint_id=complaint.pk, by=agent, parts=[Part("a"), Part("b")])
    given = {"complaint_id": complaint.pk, "number": 1, "outcome": N, "finding": "x", "reasons": "y"}
    for person in (handler, supervisor):
        with pytest.raises(ConflictOfInterest):
            matters.settle(**given, by=person)
        with pytest.raises(ConflictOfInterest):
            matters.drop(complaint_id=complaint.pk, number=1, by=person, reasons="There is nothing in it.")
    assert matters.settle(**given, by=agent).outcome == N


@pytest.mark.parametrize(
    "wrong", [{"state": "settled"}, {"outcome": "upheld"}, {"state": "dropped"}, {"state": "split_off"}, {"number": 0}]
)
def test_the_database_refuses_a_state_without_what_belongs_to_it(split, wrong):
    [first, _second] = split()
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=first.pk).update(**wrong)


def test_the_database_lets_one_finding_count(split, settle):
    split()
    settle(1), settle(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        MatterFinding.objects.update(replaced_at=None)


# --- disputing and opening again ----------------------------------------------------------------------------


def test_only_the_disputed_matters_are_looked_at_again(complaint, split, settle, answer, supervisor):
    split("The till", "The queue", "The parking")
    settle(1, N), settle(2, N), settle(3, U)
    answer()
    casework.dispute(complaint_id=complaint.pk, body="Not so.", matter_numbers=[2])
    assert list(complaint.matters.values_list("state", flat=True)) == ["settled", "open", "settled"]
    assert Event.objects.get(kind="dispute").data["matters"] == [2]
    settle(2, U, by=supervisor, finding="You are right after all.")
    findings = MatterFinding.objects.filter(matter__number=2).order_by("id")
    assert [(one.cycle, one.outcome, one.counts) for one in findings] == [(1, N, False), (2, U, True)]
    assert answer(by=supervisor).outcome == P


def test_without_a_number_all_of_them_are(complaint, split, settle, answer, supervisor):
    split()
    settle(1), settle(2)
    answer()
    casework.reopen(complaint_id=complaint.pk, by=supervisor, reasons="New facts.")
    assert set(complaint.matters.values_list("state", flat=True)) == {"open"}
    with pytest.raises(MattersOpen):
        answer(by=supervisor)


def test_a_matter_that_was_not_answered_cannot_be_disputed(complaint, split, settle, answer):
    split()
    settle(1), settle(2)
    answer()
    for numbers in ([3], [0, 1]):
        with pytest.raises(Invalid) as refusal:
            casework.dispute(complaint_id=complaint.pk, body="x", matter_numbers=numbers)
        assert list(refusal.value.errors) == ["matter_numbers"]
    complaint.refresh_from_db()
    assert (complaint.status, complaint.cycle) == ("resolved", 1)


def test_the_complainant_reads_of_a_matter_only_what_was_answered(complaint, split, settle, answer):
    split("The till", "The queue")
    settle(1, N), settle(2, U)
    complaint.refresh_from_db()
    assert [matter.finding for matter in public_matters(complaint)] == ["", ""]
    complaint = answer()
    assert [(matter.outcome, matter.finding) for matter in public_matters(complaint)] == [
        ("Not upheld", "Told of 1."),
        ("Upheld", "Told of 2."),
    ]
    assert [matter.number for matter in to_dispute(complaint)] == [1, 2]
    complaint = casework.dispute(complaint_id=complaint.pk, body="x", matter_numbers=[1])
    assert [matter.finding for matter in public_matters(complaint)] == ["", "Told of 2."]


def test_the_letter_of_the_answer_tells_of_each_matter(split, settle, answer):
    split("The till", "The queue")
    settle(1, U), settle(2, N, reasons="A secret reason.")
    answer()
    body = OutboxMessage.objects.get(kind="resolve").body
    for words in ("1. The till: Upheld", "Told of 1.", "2. The queue: Not upheld", "Told of 2.", "Partly upheld"):
        assert words in body
    assert "secret" not in body


# --- splitting off ------------------------------------------------------------------------------------------


@pytest.fixture
def billing(head_office):
    return DepartmentFactory(code="billing", name="Billing", parent=head_office)


@pytest.fixture
def letter(register, agent, handler):
    """A letter of three days ago, acknowledged, with a file and two matters."""
    letter = register(
        by=agent,
        received_at=timezone.now() - timedelta(days=3),
        subjects=[SubjectDetails(name="Handler", kind=SubjectKind.PERSON, user=handler)],
        demands=[Demand.REFUND],
    ).complaint
    casework.acknowledge(complaint_id=letter.pk, by=agent)
    file = evidence.check_file(ContentFile(b"a bill", name="bill.txt"))
    evidence.attach(complaint_id=letter.pk, by=agent, file=file, internal=True)
    parts = [Part("The till", words="The card was charged twice."), Part("Points are missing")]
    matters.split(complaint_id=letter.pk, by=agent, parts=parts)
    letter.refresh_from_db()
    return letter


@pytest.fixture
def split_off(letter, agent, billing):
    def _split_off(number=1, by=agent, **changes):
        given = {"message": "Billing looks into the till.", "department": billing} | changes
        return splitting.split_off(complaint_id=letter.pk, number=number, by=by, **given)

    return _split_off


def test_a_matter_goes_on_as_a_complaint_of_its_own(letter, split_off, billing, agent):
    part = split_off(file_ids=[letter.attachments.get().pk])
    matter = letter.matters.get(number=1)
    assert (matter.state, matter.went_to, part.came_from) == ("split_off", part, matter)
    assert (part.subject, part.description) == ("The till", "The card was charged twice.")
    assert (part.department, part.registered_by, part.holder) == (billing, agent, None)
    assert (part.received_at, part.registered_at > part.received_at) == (letter.received_at, True)
    assert part.reference != letter.reference
    assert part.access_digest != letter.access_digest
    assert (part.complainant.name, part.complainant.email) == ("Lin Mei-hua", "lin@example.org")
    assert part.complainant != letter.complainant
    assert part.demands == ["refund"]
    assert part.subjects.get().user == letter.subjects.get().user, "a conflict of interest goes along"
    copy, original = part.attachments.get(), letter.attachments.get()
    assert (copy.name, copy.sha256, copy.internal) == (original.name, original.sha256, True)
    assert copy.file.name != original.file.name
    with copy.file.open() as file:
        assert file.read() == b"a bill"
    event = letter.events.get(kind="split_off")
    assert (event.data["matter"], event.data["went_to"], event.data["track"]) == (1, part.pk, "complaint")
    assert part.events.get(kind="register").data["split_from"] == letter.pk


def test_the_acknowledgement_of_the_letter_counts_for_its_part(letter, split_off):
    part = split_off()
    assert (part.status, part.acknowledged_at) == ("assessing", letter.acknowledged_at)
    assert part.events.get(kind="acknowledge").occurred_at == letter.acknowledged_at


def test_what_was_not_acknowledged_yet_is_acknowledged_by_those_who_have_it(complaint, split, agent, billing):
    split()
    part = splitting.split_off(
        complaint_id=complaint.pk, number=1, by=agent, message="x", track=Track.PRAISE, department=billing
    )
    assert (part.status, part.track, part.acknowledged_at, part.demands) == ("received", "praise", None, [])
    assert part.description == complaint.description, "no words of its own: the whole letter"


def test_a_category_says_where_it_goes(letter, split_off, billing):
    category = CategoryFactory(department=billing)
    assert split_off(department=None, category=category).department == billing


def test_clocks_count_from_the_day_of_the_letter(register, agent, billing):
    publish_calendar()
    hours = {"target": working_hours(8)}
    publish_policy(clocks={"acknowledge": hours, "first_response": hours, "resolution": {"target": working_hours(40)}})
    letter = register(by=agent, received_at=timezone.now() - timedelta(hours=2)).complaint
    casework.acknowledge(complaint_id=letter.pk, by=agent)
    matters.split(complaint_id=letter.pk, by=agent, parts=[Part("a"), Part("b")])
    part = splitting.split_off(complaint_id=letter.pk, number=2, by=agent, message="x", department=billing)
    for clock in Clock.objects.filter(complaint=part):
        assert clock.started_at == letter.received_at
        assert clock.due_at == Clock.objects.get(complaint=letter, kind=clock.kind).due_at
    states = dict(Clock.objects.filter(complaint=part).values_list("kind", "state"))
    assert states == {"acknowledge": "met", "first_response": "running", "resolution": "running"}
    assert Clock.objects.get(complaint=letter, kind="first_response").state == "met", "the complainant was written to"


def test_the_complainant_is_told_once(letter, split_off):
    OutboxMessage.objects.all().delete()
    part = split_off()
    told = OutboxMessage.objects.get()
    assert (told.kind, told.address, told.complaint) == ("split_off", "lin@example.org", letter)
    for words in ("Billing looks into the till.", part.reference, "The till", f"/track/{part.reference}/?key="):
        assert words in told.body
    assert letter.messages.get().kind == Message.Kind.REPLY


def test_the_rest_of_the_letter_is_answered_without_it(letter, split_off, agent):
    split_off()
    found = {"outcome": F, "finding": "x", "reasons": "y"}
    matters.settle(complaint_id=letter.pk, number=2, by=agent, **found)
    assert casework.resolve(complaint_id=letter.pk, by=agent, message="z").outcome == F


def test_a_settled_matter_may_still_turn_out_to_belong_elsewhere(letter, split_off, agent):
    matters.settle(complaint_id=letter.pk, number=1, by=agent, outcome=R, finding="x", reasons="y")
    split_off()
    assert not MatterFinding.objects.filter(replaced_at=None).exists()
    assert letter.matters.get(number=1).outcome == ""


def test_what_cannot_be_split_off(letter, split_off, branch, billing, outsider, agent):
    before = Complaint.objects.count()
    for field, changes in [
        ("message", {"message": " "}),
        ("department", {"department": branch}),
        ("file_ids", {"file_ids": [letter.attachments.get().pk + 99]}),
        ("matter", {"number": 7}),
        ("category", {"category": CategoryFactory(is_active=False)}),
        ("department", {"department": DepartmentFactory(is_active=False)}),
    ]:
        with pytest.raises(Invalid) as refusal:
            split_off(**changes)
        assert list(refusal.value.errors) == [field]
    with pytest.raises(NotAllowed):
        split_off(by=outsider)
    letter.attachments.get().file.delete(save=False)
    split_off(department=branch, track=Track.SUGGESTION)
    with pytest.raises(IllegalMove, match="last matter"):
        split_off(2)
    with pytest.raises(IllegalMove):
        split_off(1)
    assert Complaint.objects.count() == before + 1


def test_a_file_that_is_gone_cannot_go_along(letter, split_off):
    file = letter.attachments.get()
    file.file.storage.delete(file.file.name)
    with pytest.raises(Invalid, match=r"bill\.txt"):
        split_off(file_ids=[file.pk])
    assert letter.matters.get(number=1).state == "open"


def test_the_link_is_shown_to_those_who_see_the_other_complaint(letter, split_off, agent, handler, outsider):
    part = split_off()
    allowed = frozenset(Verb)

    def seen(user, complaint):
        split = reads.of(user, complaint, allowed=allowed)
        return [entry.went_to for entry in split.entries if entry.went_to], split.origin

    assert seen(agent, letter) == ([part], None)
    assert seen(agent, part) == ([], letter)
    assert part not in permissions.visible_to(handler)
    assert seen(handler, letter) == ([], None)
    assert seen(outsider, part) == ([], None)
    assert reads.of(outsider, part, allowed=allowed).came_from is not None
