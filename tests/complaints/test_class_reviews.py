"""A grave class is looked at again: objected to, decided about by a third person, renewed by two, or lapsed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from complaints.aftercare import CloseReason
from complaints.classes import ComplaintClass, Kind
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed, ThirdPersonNeeded
from complaints.malice import USUAL_REVIEW
from complaints.models import Decision, Objection, Subject
from complaints.selectors import digests, objecting
from complaints.services import casework, class_reviews, correspondence, decisions, objections
from complaints.services.intake import SubjectDetails
from complaints.vocabulary import Channel, Outcome, SubjectKind
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.factories.grave import TOLD, call_malicious, propose_malicious
from tests.factories.judging import BY_MISTAKE, judge

pytestmark = pytest.mark.django_db

State = Decision.State


@pytest.fixture
def case(register, agent, supervisor):
    complaint = register().complaint
    call_malicious(complaint, agent, supervisor)
    complaint.refresh_from_db()
    return complaint


@pytest.fixture
def objected(case):
    objections.object_to_class(complaint_id=case.pk, words="I was only loud because nobody listened.")
    return case


def the_class(complaint):
    complaint.refresh_from_db()
    return complaint.complaint_class, complaint.class_kind


def events_of(complaint):
    return list(complaint.events.order_by("sequence").values_list("kind", flat=True))


def test_it_stands_until_a_date_and_says_what_the_complainant_is_told(case):
    decision = case.decisions.get()
    assert (decision.state, decision.told) == (State.IN_FORCE, TOLD)
    assert abs(decision.review_at - decision.second_at - USUAL_REVIEW) < timedelta(seconds=1)


def test_words_for_the_complainant_are_demanded_of_a_grave_class_alone(register, agent):
    complaint = register().complaint
    judged = {"complaint_id": complaint.pk, "by": agent, "reasons": "x"}
    help_asked = {"complaint_class": ComplaintClass.COMMUNICATIVE, "kind": Kind.HELP}
    with pytest.raises(Invalid) as refusal:
        decisions.classify(**judged, **help_asked, told="Something.")
    assert list(refusal.value.errors) == ["told"]
    propose_malicious(complaint, agent)
    complaint.decisions.all().delete()
    grave = {"complaint_class": ComplaintClass.MALICIOUS, "kind": Kind.ABUSE, "evidence": "A recording."}
    with pytest.raises(Invalid) as refusal:
        decisions.classify(**judged, **grave, told="  ")
    assert list(refusal.value.errors) == ["told"]


# --- objecting


def test_a_third_person_upholds_the_objection_and_the_class_is_lifted(objected, manager):
    objection = objections.decide_objection(complaint_id=objected.pk, by=manager, upheld=True, answer="You are right.")
    assert the_class(objected) == ("unclassified", "")
    decision = objected.decisions.get()
    assert (decision.state, objection.state) == (State.LIFTED, "upheld")
    assert decision.ended_at == objection.decided_at
    assert objecting.grave_in_force(objected) is None
    with pytest.raises(IllegalMove):
        objections.object_to_class(complaint_id=objected.pk, words="Again.")


def test_a_dismissed_objection_lets_it_stand_and_cannot_be_made_twice(objected, manager, agent):
    objections.decide_objection(complaint_id=objected.pk, by=manager, upheld=False, answer="I heard the recordings.")
    assert the_class(objected) == ("malicious", "abuse")
    with pytest.raises(IllegalMove):
        objections.record_objection(complaint_id=objected.pk, by=agent, words="No!", through=Channel.PHONE)
    with pytest.raises(IllegalMove):
        objections.decide_objection(complaint_id=objected.pk, by=manager, upheld=True, answer="Or yes.")


def test_only_a_third_senior_person_without_a_conflict_decides(
    register, agent, supervisor, manager, executive, handler, branch, administrator
):
    accused = UserFactory(name="Accused", role=Role.MANAGER, department=branch)
    about = SubjectDetails(accused.name, SubjectKind.PERSON, accused.email)
    complaint = register(subjects=[about]).complaint
    call_malicious(complaint, manager, executive)
    objections.object_to_class(complaint_id=complaint.pk, words="No.")
    answer = {"complaint_id": complaint.pk, "upheld": False, "answer": "It stands."}
    for who, refusal in (
        (handler, NotAllowed),
        (manager, ThirdPersonNeeded),
        (executive, ThirdPersonNeeded),
        (accused, ConflictOfInterest),
        (supervisor, ConflictOfInterest),  # supervises whom it is about
    ):
        with pytest.raises(refusal):
            objections.decide_objection(**answer, by=who)
    assert objecting.deciders(complaint) == []
    alarm = OutboxMessage.objects.get(kind="unmanned", complaint=complaint)
    assert alarm.recipient == administrator, "nobody may decide: somebody must hear of it"
    objection = complaint.objections.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(
            state="upheld", decided_by=manager, decided_at=timezone.now(), answer="x"
        )


def test_whoever_may_decide_is_named_and_has_it_before_them(manager, specialist, objected, agent, supervisor):
    assert objected.events.get(kind="object").data["asked"] == [manager.pk]
    assert [each.complaint for each in objecting.waiting_for(manager)] == [objected]
    assert len(objecting.waiting_for(specialist)) == 1
    for person in (agent, supervisor):
        assert objecting.waiting_for(person) == []


def test_what_was_taken_back_waits_for_nobody_until_it_is_opened_again(objected, agent, manager):
    casework.withdraw(complaint_id=objected.pk, by=agent, reasons="Said so.")
    assert objecting.waiting_for(manager) == []
    casework.reopen(complaint_id=objected.pk, by=manager, reasons="Said so by mistake.")
    assert len(objecting.waiting_for(manager)) == 1


def test_whom_it_is_about_neither_renews_it_nor_lets_it_lapse(case, manager, supervisor):
    for person in (manager, supervisor):
        Subject.objects.create(complaint=case, kind=SubjectKind.PERSON, name=person.name, user=person)
    with pytest.raises(ConflictOfInterest):
        class_reviews.renew_class(complaint_id=case.pk, by=manager, reasons="x", told="y")
    with pytest.raises(ConflictOfInterest):
        class_reviews.lapse_class(complaint_id=case.pk, by=supervisor, reasons="x")


def test_a_question_explains_nothing(register, agent):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    casework.wait(complaint_id=complaint.pk, by=agent, question="Which shop was it?")
    grave = {"complaint_class": ComplaintClass.MALICIOUS, "kind": Kind.ABUSE, "evidence": "A recording.", "told": TOLD}
    with pytest.raises(Invalid, match="First explain the matter"):
        decisions.classify(complaint_id=complaint.pk, by=agent, reasons="x", **grave)
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="Here is how the price came about.")
    assert decisions.classify(complaint_id=complaint.pk, by=agent, reasons="x", **grave).state == State.PROPOSED


def test_the_office_records_what_it_was_told(case, agent, handler, outsider):
    words = {"complaint_id": case.pk, "words": "He says that he was only loud."}
    with pytest.raises(NotAllowed):
        objections.record_objection(**words, by=outsider, through=Channel.PHONE)
    with pytest.raises(Invalid):
        objections.record_objection(**words, by=handler, through=Channel.WEB)
    objection = objections.record_objection(**words, by=handler, through=Channel.PHONE)
    assert (objection.recorded_by, objection.through) == (handler, "phone")
    assert case.events.get(kind="object").actor == handler


def test_there_must_be_something_to_object_to(register, agent, case, supervisor):
    with pytest.raises(IllegalMove):
        objections.object_to_class(complaint_id=register().complaint.pk, words="No.")
    with pytest.raises(Invalid):
        objections.object_to_class(complaint_id=case.pk, words="  ")
    casework.withdraw(complaint_id=case.pk, by=agent, reasons="Said so.")
    with pytest.raises(IllegalMove):
        objections.object_to_class(complaint_id=case.pk, words="No.")


def test_after_the_answer_one_may_still_object(case, agent, supervisor, manager):
    answer = {"outcome": Outcome.NOT_UPHELD, "reasons": "Seen.", "message": "No."}
    casework.resolve(complaint_id=case.pk, by=agent, **answer)
    casework.close(complaint_id=case.pk, by=supervisor, reason=CloseReason.CONFIRMED, note="He said so.")
    objections.object_to_class(complaint_id=case.pk, words="I was only loud.")
    objections.decide_objection(complaint_id=case.pk, by=manager, upheld=True, answer="You are right.")
    assert the_class(case) == ("unclassified", "")
    assert case.status == "closed"


# --- renewing


def test_it_is_renewed_for_new_reasons_by_two_people_again(case, agent, supervisor, manager):
    first = case.decisions.get()
    renewal = class_reviews.renew_class(complaint_id=case.pk, by=supervisor, reasons="He did it again.", told="Again.")
    assert (renewal.state, renewal.renews, renewal.evidence) == (State.PROPOSED, first, first.evidence)
    with pytest.raises(IllegalMove):
        class_reviews.renew_class(complaint_id=case.pk, by=agent, reasons="x", told="y")
    decisions.confirm_class(complaint_id=case.pk, digest=digests.of_class(case), by=manager, reasons="I heard it.")
    first.refresh_from_db()
    renewal.refresh_from_db()
    assert (first.state, renewal.state) == (State.SUPERSEDED, State.IN_FORCE)
    assert renewal.review_at > first.review_at
    assert the_class(case) == ("malicious", "abuse")
    objections.object_to_class(complaint_id=case.pk, words="To the renewal as well.")


def test_it_is_not_renewed_over_the_head_of_somebody_who_objects(case, supervisor, manager, executive):
    class_reviews.renew_class(complaint_id=case.pk, by=supervisor, reasons="He did it again.", told="Again.")
    objections.object_to_class(complaint_id=case.pk, words="No.")
    with pytest.raises(IllegalMove):
        decisions.confirm_class(complaint_id=case.pk, digest=digests.of_class(case), by=manager, reasons="Yes.")
    objections.decide_objection(complaint_id=case.pk, by=executive, upheld=True, answer="Only loud.")
    assert not case.decisions.filter(state=State.PROPOSED).exists(), "what would renew a lifted class is over as well"


def test_what_has_lapsed_is_neither_renewed_nor_decided_about(case, objected, agent, supervisor, manager):
    with time_machine.travel(timezone.now() + USUAL_REVIEW + timedelta(minutes=1), tick=False):
        for act in (
            lambda: class_reviews.renew_class(complaint_id=case.pk, by=agent, reasons="x", told="y"),
            lambda: objections.decide_objection(complaint_id=case.pk, by=manager, upheld=False, answer="x"),
        ):
            with pytest.raises(IllegalMove):
                act()


def test_a_renewal_that_comes_too_late_renews_nothing(case, supervisor, manager):
    class_reviews.renew_class(complaint_id=case.pk, by=supervisor, reasons="He did it again.", told="Again.")
    with time_machine.travel(timezone.now() + USUAL_REVIEW, tick=False), pytest.raises(IllegalMove):
        decisions.confirm_class(complaint_id=case.pk, digest=digests.of_class(case), by=manager, reasons="I heard it.")


# --- lapsing


def test_on_its_date_it_lapses_by_itself_once_and_what_waits_is_over(objected, register, agent, supervisor):
    other = register().complaint
    call_malicious(other, agent, supervisor)
    class_reviews.renew_class(complaint_id=other.pk, by=supervisor, reasons="Again.", told="Again.")
    early = timezone.now() + USUAL_REVIEW - timedelta(minutes=1)
    late = timezone.now() + USUAL_REVIEW + timedelta(days=1)
    ids = [objected.pk, other.pk]
    with transaction.atomic():
        assert class_reviews.lapse_due(ids, now=early) == []
        assert len(class_reviews.lapse_due(ids, now=late)) == 2
        assert class_reviews.lapse_due(ids, now=late) == []
    assert the_class(objected) == the_class(other) == ("unclassified", "")
    assert objected.objections.get().state == "overtaken"
    assert set(other.decisions.values_list("state", flat=True)) == {"lapsed"}
    event = objected.events.get(kind="lapse_class")
    assert (event.actor, event.actor_kind, event.occurred_at) == (None, "system", objected.decisions.get().review_at)
    assert event.data["class_before"] == "malicious"


def test_many_lapse_with_as_many_statements_as_few(register, agent, supervisor, django_assert_max_num_queries):
    ids = []
    for _number in range(4):
        complaint = register().complaint
        call_malicious(complaint, agent, supervisor)
        ids.append(complaint.pk)
    late = timezone.now() + USUAL_REVIEW + timedelta(days=1)
    with transaction.atomic(), django_assert_max_num_queries(20):
        assert len(class_reviews.lapse_due(ids, now=late)) == 4


def test_a_senior_person_lets_it_lapse_before(case, agent, manager):
    with pytest.raises(NotAllowed):
        class_reviews.lapse_class(complaint_id=case.pk, by=agent, reasons="He said sorry.")
    class_reviews.lapse_class(complaint_id=case.pk, by=manager, reasons="He said sorry.")
    assert the_class(case) == ("unclassified", "")
    with pytest.raises(IllegalMove):
        class_reviews.lapse_class(complaint_id=case.pk, by=manager, reasons="x")


def test_another_class_in_its_place_tells_that_it_no_longer_applies(objected, agent):
    judge(objected, agent)
    valid = {"complaint_class": ComplaintClass.VALID, "kind": Kind.HARM, "reasons": "x", "basis": BY_MISTAKE}
    decisions.classify(complaint_id=objected.pk, by=agent, **valid)
    assert objected.objections.get().state == "overtaken"
    assert objected.events.filter(kind="classify").last().data["lifts"] is True


def test_it_never_sticks_to_the_person_and_the_work_goes_on(case, register, agent, handler):
    same_person = register().complaint
    assert the_class(same_person) == ("unclassified", "")
    casework.acknowledge(complaint_id=case.pk, by=agent)
    casework.assign(complaint_id=case.pk, by=agent, to=handler)
    answer = {"outcome": Outcome.PARTLY_UPHELD, "reasons": "Seen.", "message": "Partly."}
    casework.resolve(complaint_id=case.pk, by=handler, **answer)
    assert events_of(case)[-3:] == ["acknowledge", "assign", "resolve"]
    with pytest.raises(Exception, match=r"protected|foreign key"):
        case.delete()
