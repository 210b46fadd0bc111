"""A communicative complaint that was badly handled becomes a valid one, and that is counted."""

import pytest

from complaints.classes import ComplaintClass, Kind
from complaints.converting import CONVERSION_PROPOSED, Conversion
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed, NotJudged
from complaints.models import Decision, Subject
from complaints.selectors import digests
from complaints.selectors.proposed_conversions import waiting_for
from complaints.services import casework, conversions, decisions, follow_ups
from complaints.vocabulary import Outcome, SubjectKind
from tests.factories.judging import BY_MISTAKE, judge

pytestmark = pytest.mark.django_db

State = Decision.State
HARM = {"fault": "mistake", "harmed": "user"}


@pytest.fixture
def answered(register, agent):
    complaint = register().complaint
    ask(complaint, agent)
    answer(complaint, agent)
    return complaint


def ask(complaint, by):
    decisions.classify(
        complaint_id=complaint.pk,
        by=by,
        complaint_class=ComplaintClass.COMMUNICATIVE,
        kind=Kind.HELP,
        reasons="A question.",
    )


def answer(complaint, by):
    casework.resolve(
        complaint_id=complaint.pk, by=by, outcome=Outcome.NOT_UPHELD, reasons="Explained.", message="It is like this."
    )


@pytest.fixture
def disputed(answered, manager):
    casework.dispute(complaint_id=answered.pk, body="That is no answer.")
    answered.refresh_from_db()
    return answered


def proposed(complaint):
    return complaint.decisions.filter(state=State.PROPOSED)


def test_a_disputed_one_is_proposed_and_nothing_counts_yet(disputed, supervisor, agent):
    decision = proposed(disputed).get()
    assert (decision.complaint_class, decision.conversion, decision.decided_by) == ("valid", "disputed", None)
    assert (disputed.complaint_class, disputed.conversions) == ("communicative", 0)
    event = disputed.events.get(kind=CONVERSION_PROPOSED)
    assert (event.actor, event.data["conversion"]) == (None, "disputed")
    assert list(waiting_for(supervisor)) == [decision]
    assert list(waiting_for(agent)) == []


def test_one_whose_follow_up_finds_them_right_is_proposed_as_well(answered, handler, supervisor):
    told = {"mode": "phone", "words": "Nothing was explained.", "reasons": "The answer was about something else."}
    follow_ups.follow_up(complaint_id=answered.pk, by=handler, result="dissatisfied", upheld=False, **told)
    assert not proposed(answered).exists()
    follow_ups.follow_up(complaint_id=answered.pk, by=handler, result="dissatisfied", upheld=True, **told)
    decision = proposed(answered).get()
    assert (decision.conversion, decision.cycle) == ("disputed", 2)
    assert list(waiting_for(supervisor)) == [decision]


def test_a_senior_person_converts_and_it_is_counted(disputed, supervisor, agent, handler):
    with pytest.raises(NotAllowed):
        conversions.convert(complaint_id=disputed.pk, by=agent, reasons="x", **HARM)
    with pytest.raises(Invalid) as refusal:
        conversions.convert(complaint_id=disputed.pk, by=supervisor, reasons="x", fault="", harmed="")
    assert set(refusal.value.errors) == {"fault", "harmed"}
    conversions.convert(complaint_id=disputed.pk, by=supervisor, reasons="Nobody explained anything.", **HARM)
    disputed.refresh_from_db()
    assert (disputed.complaint_class, disputed.class_kind, disputed.conversions) == ("valid", "harm", 1)
    assert list(disputed.decisions.values_list("state", flat=True)) == ["superseded", "in_force"]
    with pytest.raises(NotJudged):
        answer(disputed, supervisor)
    with pytest.raises(IllegalMove):
        conversions.convert(complaint_id=disputed.pk, by=supervisor, reasons="Again.", **HARM)


def test_one_that_is_rejected_is_not_proposed_again_in_this_cycle(disputed, supervisor, manager):
    conversions.keep_class(complaint_id=disputed.pk, by=supervisor, reasons="It was explained well.")
    conversions.propose([disputed], because=Conversion.OVERDUE, at=disputed.received_at)
    assert not proposed(disputed).exists()
    answer(disputed, supervisor)
    casework.dispute(complaint_id=disputed.pk, body="Still no answer.")
    assert proposed(disputed).count() == 1, "in the next cycle it is"


def test_what_still_waits_when_the_next_answer_is_disputed_goes_on_waiting_alone(disputed, manager, specialist):
    (waiting,) = proposed(disputed)
    answer(disputed, specialist)
    casework.dispute(complaint_id=disputed.pk, body="Still none.")
    disputed.refresh_from_db()
    assert disputed.cycle == 3
    assert list(proposed(disputed)) == [waiting]
    assert disputed.events.filter(kind=CONVERSION_PROPOSED).count() == 1


def test_only_open_communicative_ones_are_proposed_each_once(answered, register, agent):
    communicative, other = register().complaint, register().complaint
    ask(communicative, agent)
    for complaint in (communicative, other, answered):
        complaint.refresh_from_db()
    three = [communicative, other, answered]
    made = conversions.propose(three, because=Conversion.OVERDUE, at=communicative.received_at, clocks={})
    assert [decision.complaint_id for decision in made] == [communicative.pk]
    assert conversions.propose(three, because=Conversion.OVERDUE, at=communicative.received_at) == []


def test_whoever_finds_it_valid_themselves_converts_it_too(disputed, agent, supervisor):
    judge(disputed, supervisor)
    valid = {"complaint_class": ComplaintClass.VALID, "kind": Kind.HARM, "reasons": "x", "basis": BY_MISTAKE}
    decision = decisions.classify(complaint_id=disputed.pk, by=supervisor, **valid)
    disputed.refresh_from_db()
    assert (decision.conversion, disputed.conversions) == ("disputed", 1)
    assert not proposed(disputed).exists()


def test_a_finding_without_any_proposal_is_counted_as_well(register, agent):
    complaint = register().complaint
    ask(complaint, agent)
    judge(complaint, agent)
    valid = {"complaint_class": ComplaintClass.VALID, "kind": Kind.HARM, "reasons": "x", "basis": BY_MISTAKE}
    assert decisions.classify(complaint_id=complaint.pk, by=agent, **valid).conversion == "found"
    complaint.refresh_from_db()
    assert complaint.conversions == 1


def test_it_stands_beside_a_proposal_of_a_person(disputed, supervisor, manager):
    decisions.classify(
        complaint_id=disputed.pk,
        by=supervisor,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons="x",
        evidence="y",
        told="z",
    )
    assert proposed(disputed).count() == 2
    decisions.confirm_class(complaint_id=disputed.pk, digest=digests.of_class(disputed), by=manager, reasons="Yes.")
    assert not proposed(disputed).exists(), "what is malicious now is not communicative any more"
    with pytest.raises(IllegalMove):
        conversions.keep_class(complaint_id=disputed.pk, by=manager, reasons="x")


@pytest.mark.parametrize("kind", [Kind.ENQUIRY, Kind.UNRESOLVED])
def test_nobody_classes_a_proposal_away(disputed, agent, supervisor, kind):
    other = ComplaintClass.UPGRADE if kind == Kind.UNRESOLVED else ComplaintClass.COMMUNICATIVE
    for person in (agent, supervisor):
        with pytest.raises(IllegalMove, match="Somebody senior must convert it or keep its class first"):
            decisions.classify(
                complaint_id=disputed.pk,
                by=person,
                complaint_class=other,
                kind=kind,
                reasons="x",
                none_found=kind == Kind.UNRESOLVED,
            )
    assert proposed(disputed).exists()


def test_whom_it_is_about_does_not_decide_about_it(disputed, supervisor):
    Subject.objects.create(complaint=disputed, kind=SubjectKind.PERSON, name="S", user=supervisor)
    before = disputed.event_count
    with pytest.raises(ConflictOfInterest):
        conversions.keep_class(complaint_id=disputed.pk, by=supervisor, reasons="I did nothing wrong.")
    with pytest.raises(ConflictOfInterest):
        conversions.convert(complaint_id=disputed.pk, by=supervisor, reasons="x", **HARM)
    disputed.refresh_from_db()
    assert disputed.event_count == before
