"""Conflict of interest: who may not hold a complaint, and what follows from it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import conflicts, permissions, selectors
from complaints.aftercare import CloseReason
from complaints.classes import ComplaintClass, Kind
from complaints.conflicts import Concern
from complaints.errors import ConflictOfInterest
from complaints.judging import Cause, Party
from complaints.lifecycle import Verb
from complaints.models import Subject
from complaints.services import casework, decisions, tasks, transfers
from complaints.services.judgements import Origin
from complaints.tasking import TaskKind
from complaints.vocabulary import DeclineCode, Outcome, SubjectKind
from complaints.web.desk.offers.acts import offers_for
from tests.factories import AbsenceFactory, ComplaintFactory, DepartmentFactory, UserFactory
from tests.factories.judging import judge


@pytest.fixture
def complaint(register):
    return register().complaint


def about(complaint, person):
    return Subject.objects.create(complaint=complaint, kind=SubjectKind.PERSON, name=person.name, user=person)


def resolve(complaint, by):
    casework.resolve(complaint_id=complaint.pk, by=by, outcome=Outcome.NOT_UPHELD, reasons="No.", message="No.")


def dispute(complaint):
    return casework.dispute(complaint_id=complaint.pk, body="I have the receipt.")


def test_nobody_is_concerned_in_an_ordinary_complaint(complaint, handler, supervisor):
    assert conflicts.concerned(complaint) == {}


def test_whom_it_is_about_and_their_direct_supervisor_may_not_hold_it(complaint, handler, supervisor, manager):
    about(complaint, handler)
    assert conflicts.concerned(complaint) == {handler.pk: Concern.SUBJECT, supervisor.pk: Concern.SUPERVISOR}


def test_a_supervisor_it_is_about_is_named_once_and_for_the_gravest_reason(complaint, handler, supervisor, branch):
    colleague = UserFactory(role=Role.SUPERVISOR, department=branch)
    about(complaint, supervisor)
    about(complaint, colleague)
    assert conflicts.concerned(complaint) == {supervisor.pk: Concern.SUBJECT, colleague.pk: Concern.SUBJECT}


def test_the_supervisor_of_another_department_than_the_persons_own_is_not_concerned(complaint, outsider, supervisor):
    about(complaint, outsider)
    assert set(conflicts.concerned(complaint)) == {outsider.pk}


def test_whoever_held_or_answered_it_before_may_not_hold_it_again(complaint, agent, handler, supervisor):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    resolve(complaint, by=agent)
    assert conflicts.concerned(complaint) == {}, "nothing of it is earlier yet"
    dispute(complaint)
    assert conflicts.concerned(complaint) == {handler.pk: Concern.EARLIER, agent.pk: Concern.EARLIER}


def test_the_answer_of_the_present_cycle_concerns_nobody_yet(complaint, agent, handler, supervisor):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    resolve(complaint, by=handler)
    dispute(complaint)
    resolve(complaint, by=supervisor)
    assert set(conflicts.concerned(complaint)) == {handler.pk}
    dispute(complaint)
    assert set(conflicts.concerned(complaint)) == {handler.pk, supervisor.pk}


def test_whoever_declined_it_handled_it(complaint, supervisor, manager):
    casework.decline(
        complaint_id=complaint.pk,
        by=supervisor,
        code=DeclineCode.OUTSIDE_REMIT,
        reasons="Not ours.",
        recourse="There.",
    )
    assert dispute(complaint).holder == manager
    assert conflicts.concerned(complaint) == {supervisor.pk: Concern.EARLIER}


def test_a_complaint_taken_back_and_opened_again_was_judged_by_nobody(complaint, agent, handler, supervisor):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="They rang.")
    opened = casework.reopen(complaint_id=complaint.pk, by=supervisor, reasons="They rang again.")
    assert conflicts.concerned(complaint) == {}
    assert opened.holder == handler


def test_an_upgrade_is_held_by_nobody_who_handled_what_it_takes_further(register, agent, handler, supervisor, branch):
    first, second = register().complaint, register().complaint
    named = UserFactory(department=DepartmentFactory())
    about(first, named)
    casework.assign(complaint_id=first.pk, by=agent, to=handler)
    resolve(first, by=agent)
    taken_further(second, first, by=supervisor)
    assert conflicts.concerned(second) == {
        named.pk: Concern.SUBJECT,
        handler.pk: Concern.EARLIER,
        agent.pk: Concern.EARLIER,
        supervisor.pk: Concern.ABOVE_EARLIER,
    }


def taken_further(complaint, first, by):
    return decisions.classify(
        complaint_id=complaint.pk,
        by=by,
        complaint_class=ComplaintClass.UPGRADE,
        kind=Kind.UNRESOLVED,
        reasons="Not settled.",
        earlier=first,
    )


def test_an_upgrade_leaves_the_line_of_whoever_handled_what_it_takes_further(
    register, agent, handler, supervisor, manager
):
    first, second = register().complaint, register().complaint
    for complaint in (first, second):
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    taken_further(second, first, by=supervisor)
    second.refresh_from_db()
    assert second.holder == manager
    told = second.events.last()
    assert (told.kind, told.actor, told.data["holder_before"], told.data["holder"], told.data["passed_over"]) == (
        "assign",
        None,
        handler.pk,
        manager.pk,
        [],
    )


def test_an_upgrade_held_by_somebody_else_stays_with_them(register, agent, handler, supervisor, manager):
    first, second = register().complaint, register().complaint
    casework.assign(complaint_id=first.pk, by=agent, to=handler)
    casework.assign(complaint_id=second.pk, by=agent, to=manager)
    taken_further(second, first, by=supervisor)
    second.refresh_from_db()
    assert second.holder == manager
    assert second.events.last().kind == "classify"


def test_an_upgrade_that_nobody_else_can_take_goes_to_an_administrator(
    register, agent, handler, specialist, administrator, client
):
    first, second = register().complaint, register().complaint
    for complaint in (first, second):
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    Membership.objects.filter(user=specialist).delete()
    taken_further(second, first, by=handler)
    second.refresh_from_db()
    assert second.holder == administrator
    assert second.events.last().data["unmanned"] is True
    client.force_login(agent)
    page = client.get(reverse("desk:dossier", args=[second.reference])).content.decode()
    assert str(administrator) in page


def test_a_ring_of_earlier_complaints_ends(complaint, handler, branch):
    other = ComplaintFactory(department=branch, earlier=complaint, holder=handler)
    complaint.earlier = other
    complaint.save(update_fields=["earlier"])
    assert set(conflicts.concerned(complaint)) == {handler.pk}


def test_many_complaints_cost_one_query(register, handler, django_assert_num_queries):
    cases = [register().complaint for _ in range(3)]
    for case in cases[:2]:
        about(case, handler)
    with django_assert_num_queries(1):
        found = conflicts.concerned_in([case.pk for case in cases])
    assert set(found) == {case.pk for case in cases[:2]}
    with django_assert_num_queries(0):
        assert conflicts.concerned_in([]) == {}


def test_whom_it_is_about_neither_classes_nor_answers_nor_ends_it(register, handler, supervisor, manager, branch):
    complaint, other = register().complaint, register().complaint
    about(complaint, handler)
    it = {"complaint_id": complaint.pk}
    words = {"reasons": "No.", "message": "No."}
    for person in (handler, supervisor):
        shown = offers_for(person, complaint).by_name
        for verb, act in {
            Verb.RESOLVE: lambda by: casework.resolve(**it, by=by, outcome=Outcome.NOT_UPHELD, **words),
            Verb.WITHDRAW: lambda by: casework.withdraw(**it, by=by, reasons="They said so."),
            Verb.MERGE: lambda by: casework.merge(**it, by=by, into_id=other.pk),
            Verb.CLASSIFY: lambda by: decisions.classify(
                **it, by=by, complaint_class=ComplaintClass.COMMUNICATIVE, kind=Kind.VENTING, reasons="Hot air."
            ),
        }.items():
            with pytest.raises(ConflictOfInterest):
                act(person)
            assert "concerns you" in shown[verb].reason
    complaint.refresh_from_db()
    assert (complaint.status, complaint.complaint_class) == ("received", "unclassified")
    casework.resolve(**it, by=manager, outcome=Outcome.UPHELD, reasons="So.", message="So.")
    with pytest.raises(ConflictOfInterest):
        casework.close(**it, by=supervisor, reason=CloseReason.OTHER, note="Enough.")


def test_whoever_a_merged_complaint_is_about_does_not_hold_the_one_that_goes_on(register, agent, handler, supervisor):
    """What is one matter from now on is about everybody whom either letter named."""
    merged, into = register().complaint, register().complaint
    about(merged, handler)
    casework.assign(complaint_id=into.pk, by=agent, to=handler)
    casework.merge(complaint_id=merged.pk, by=agent, into_id=into.pk)
    into.refresh_from_db()
    assert conflicts.concerned(into) == {handler.pk: Concern.SUBJECT, supervisor.pk: Concern.SUPERVISOR}
    assert into.holder not in (handler, supervisor)
    passed_on = into.events.order_by("sequence").last()
    assert (passed_on.kind, passed_on.actor, passed_on.data["holder_before"]) == ("assign", None, handler.pk)
    casework.merge(complaint_id=register().complaint.pk, by=agent, into_id=into.pk)
    assert into.subjects.count() == 1
    assert into.events.filter(kind="assign").count() == 2, "who concerns nobody anew leaves it where it is"


@pytest.mark.parametrize("who", ["handler", "supervisor"])
def test_assigning_it_to_somebody_concerned_is_refused(complaint, agent, handler, supervisor, who):
    about(complaint, handler)
    person = {"handler": handler, "supervisor": supervisor}[who]
    with pytest.raises(ConflictOfInterest, match="The complaint is about"):
        casework.assign(complaint_id=complaint.pk, by=agent, to=person)
    complaint.refresh_from_db()
    assert complaint.holder is None


def test_they_are_not_offered_and_whoever_is_away_stands_last(complaint, agent, handler, supervisor, manager):
    away = AbsenceFactory(user=agent)
    offered = permissions.handlers_of(complaint, timezone.now())
    assert list(offered) == [handler, manager, supervisor, agent]
    assert [person.away_until for person in offered] == [None, None, None, away.ends_at]
    about(complaint, handler)
    assert list(permissions.handlers_of(complaint, timezone.now())) == [manager, agent]


def test_somebody_who_is_away_may_still_be_given_it(complaint, agent, handler):
    AbsenceFactory(user=handler)
    assert casework.assign(complaint_id=complaint.pk, by=agent, to=handler).holder == handler


# --- opening it again -------------------------------------------------------------------------------------------


def test_a_disputed_answer_goes_to_another_handler_of_the_tier(complaint, agent, handler, supervisor, branch):
    second = UserFactory(role=Role.HANDLER, department=branch)
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    resolve(complaint, by=handler)
    opened = dispute(complaint)
    assert opened.holder == second
    told = opened.events.last().data
    assert (told["holder_before"], told["holder"], told["passed_over"], told["unmanned"]) == (
        handler.pk,
        second.pk,
        [handler.pk],
        False,
    )


def test_without_another_handler_it_goes_one_up(complaint, agent, handler, supervisor):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    resolve(complaint, by=handler)
    assert dispute(complaint).holder == supervisor


def test_whoever_is_away_does_not_get_it(complaint, handler, supervisor, manager):
    resolve(complaint, by=handler)
    AbsenceFactory(user=supervisor)
    assert dispute(complaint).holder == manager


def test_where_only_an_administrator_is_left_it_waits_to_be_assigned(complaint, agent, handler, administrator):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    resolve(complaint, by=handler)
    opened = dispute(complaint)
    assert opened.holder is None
    assert opened.events.last().data["unmanned"] is True


# --- another department -----------------------------------------------------------------------------------------


@pytest.fixture
def south(outsider):
    """The outsider supervises it."""
    return outsider.department


def test_on_the_first_tier_it_is_put_down_where_the_others_see_it(complaint, agent, handler, south):
    there = UserFactory(role=Role.HANDLER, department=south)
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    casework.transfer(complaint_id=complaint.pk, by=agent, to=south, reasons="Theirs.")
    moved = transfers.accept(complaint_id=complaint.pk, by=there)
    assert moved.holder is None
    assert list(selectors.queue(there)) == [complaint]


def test_one_that_has_climbed_goes_to_whoever_holds_its_tier_there(complaint, supervisor, south, outsider):
    complaint.tier, complaint.holder = 2, supervisor
    complaint.save(update_fields=["tier", "holder"])
    casework.transfer(complaint_id=complaint.pk, by=supervisor, to=south, reasons="Theirs.")
    moved = transfers.accept(complaint_id=complaint.pk, by=outsider)
    assert moved.holder == outsider
    told = moved.events.last().data
    assert (told["holder_before"], told["holder"]) == (supervisor.pk, outsider.pk)


def test_whoever_holds_the_tier_for_both_departments_keeps_it(
    complaint, supervisor, south, outsider, specialist, head_office
):
    UserFactory(role=Role.SPECIALIST, department=head_office)
    complaint.tier, complaint.holder = 4, specialist
    complaint.save(update_fields=["tier", "holder"])
    casework.transfer(complaint_id=complaint.pk, by=supervisor, to=south, reasons="Theirs.")
    moved = transfers.accept(complaint_id=complaint.pk, by=outsider)
    assert moved.holder == specialist


def test_whoever_answers_for_it_does_nothing_but_say_how_it_was(register, agent, handler, supervisor, branch):
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    judge(complaint, supervisor, origin=Origin(Cause.CONDUCT, "Short-tempered.", Party.PERSON, person=handler))
    complaint.refresh_from_db()
    assert conflicts.concerned(complaint) == {handler.pk: Concern.RESPONSIBLE}, "and not who supervises them"
    assert complaint.holder != handler, "it changes hands with the judgement"
    assert complaint.events.last().data["holder_before"] == handler.pk
    with pytest.raises(ConflictOfInterest, match="concerns Handler") as refusal:
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    assert "answers for" not in str(refusal.value), "that is for few to know"
    with pytest.raises(ConflictOfInterest):
        casework.resolve(complaint_id=complaint.pk, by=handler, outcome=Outcome.UPHELD, reasons="x", message="y")
    statement = {"kind": TaskKind.STATEMENT, "what": "How was it?", "department": branch, "owner": handler}
    task = tasks.issue(complaint_id=complaint.pk, by=agent, **statement)
    tasks.finish(complaint_id=complaint.pk, number=task.number, by=handler, result="I was tired.")
    judge(complaint, supervisor, origin=Origin(Cause.CONDUCT, "The till failed.", Party.DEPARTMENT, department=branch))
    assert conflicts.concerned(complaint) == {}, "a judgement that is revised counts no more"


def test_who_answered_it_before_does_not_decline_it_now(complaint, supervisor, manager):
    resolve(complaint, supervisor)
    dispute(complaint)
    given = {"code": DeclineCode.OUT_OF_TIME, "reasons": "Too late.", "recourse": "The court."}
    with pytest.raises(ConflictOfInterest, match="handled this complaint before"):
        casework.decline(complaint_id=complaint.pk, by=supervisor, **given)
    assert "handled this complaint before" in offers_for(supervisor, complaint).by_name[Verb.DECLINE].reason
    assert casework.decline(complaint_id=complaint.pk, by=manager, **given).status == "declined"
