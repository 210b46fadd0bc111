"""Another handler at the complainant's wish: asked for, decided by somebody senior, never the same person again."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import conflicts, permissions, rehandling
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed, SecondPersonNeeded
from complaints.gravity import Criterion
from complaints.lifecycle import Verb
from complaints.models import Complaint, HandlerWish
from complaints.rehandling import Wish, WishState
from complaints.selectors import handler_wishes
from complaints.services import casework, majors, restriction
from complaints.services import rehandling as handing_on
from complaints.services.intake import SubjectDetails
from complaints.vocabulary import Channel, SubjectKind
from notifications.models import OutboxMessage
from tests.factories import AbsenceFactory, UserFactory

WHY = "He shouted at me."


@pytest.fixture
def complaint(register, agent, handler):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    return casework.assign(complaint_id=complaint.pk, by=agent, to=handler)


@pytest.fixture
def second(branch):
    """Another handler of the branch."""
    return UserFactory(name="Second handler", role=Role.HANDLER, department=branch)


@pytest.fixture
def wished(complaint):
    handing_on.ask_another(complaint_id=complaint.pk, reasons=WHY)
    return complaint


def test_who_stands_above_a_handler_decides_and_where_nobody_does_somebody_else_who_leads():
    supervisor, manager, executive = 1, 2, 3
    leading = {supervisor: 2, manager: 3, executive: 5}
    assert rehandling.deciding(leading, 9, 1) == {supervisor, manager, executive}
    assert rehandling.deciding(leading, supervisor, 2) == {manager, executive}
    assert rehandling.deciding(leading, executive, 5) == {supervisor, manager}
    assert rehandling.deciding({executive: 5}, executive, 5) == set()
    assert rehandling.rank([Role.AGENT, Role.SUPERVISOR]) == 2


def test_the_wish_is_granted_and_the_complaint_goes_to_another_person_who_keeps_it(
    supervisor, wished, handler, second, agent
):
    event = wished.events.last()
    assert (event.kind, event.data["holder"], event.data["asked"]) == (Verb.ASK_ANOTHER, handler.pk, [supervisor.pk])
    assert WHY not in str(event.data)
    assert [wish.complaint for wish in handler_wishes.waiting_for(supervisor)] == [wished]
    assert OutboxMessage.objects.get(kind="ask_another").recipient == supervisor
    with pytest.raises(IllegalMove, match="waits for a decision"):
        handing_on.ask_another(complaint_id=wished.pk, reasons="Again.")
    wish = handing_on.grant_another(complaint_id=wished.pk, by=supervisor, answer="Ms. Second calls you.")
    wished.refresh_from_db()
    assert (wished.holder, wish.state, wish.went_to_id) == (second, WishState.GRANTED, second.pk)
    assert handler_wishes.waiting_for(supervisor) == []
    letter = OutboxMessage.objects.get(kind="another_granted")
    assert "Ms. Second calls you." in letter.body
    assert second.name in letter.body
    assert {row.recipient for row in OutboxMessage.objects.filter(kind="grant_another")} == {handler, second}
    assert conflicts.concerned(wished)[handler.pk] == conflicts.Concern.REPLACED
    with pytest.raises(ConflictOfInterest, match="asked for somebody else"):
        casework.assign(complaint_id=wished.pk, by=agent, to=handler)


def test_a_refusal_says_why_and_the_complainant_may_ask_again(wished, handler, supervisor):
    with pytest.raises(Invalid) as refusal:
        handing_on.refuse_another(complaint_id=wished.pk, by=supervisor, answer=" ")
    assert "answer" in refusal.value.errors
    handing_on.refuse_another(complaint_id=wished.pk, by=supervisor, answer="I have heard both of you.")
    wished.refresh_from_db()
    assert wished.holder == handler
    assert "I have heard both of you." in OutboxMessage.objects.get(kind="another_refused").body
    with pytest.raises(IllegalMove, match="Nobody asks"):
        handing_on.grant_another(complaint_id=wished.pk, by=supervisor)
    again = handing_on.ask_another(complaint_id=wished.pk, reasons="Once more.", wish=Wish.SUPERVISOR)
    assert again.number == 2


def test_the_supervisor_takes_it_over_or_names_somebody_and_never_the_same(wished, handler, supervisor, outsider):
    given = {"complaint_id": wished.pk, "by": supervisor}
    for nobody, refusal in ((handler, ConflictOfInterest), (outsider, Invalid)):
        with pytest.raises(refusal) as said:
            handing_on.grant_another(**given, to=nobody)
        assert "to" in said.value.errors
    handing_on.grant_another(**given, to=supervisor)
    wished.refresh_from_db()
    assert wished.holder == supervisor


def test_what_was_declared_major_goes_to_nobody_but_those_who_lead(complaint, second, agent, manager, executive):
    majors.declare_major(complaint_id=complaint.pk, by=agent, criteria=[Criterion.LEGAL], reasons="x")
    handing_on.ask_another(complaint_id=complaint.pk, reasons="They do not listen.")
    with pytest.raises(Invalid, match="declared major"):
        handing_on.grant_another(complaint_id=complaint.pk, by=executive, to=second)
    handing_on.grant_another(complaint_id=complaint.pk, by=executive, to=executive)
    complaint.refresh_from_db()
    assert complaint.holder == executive


def test_nobody_decides_about_themselves_nor_about_who_stands_above_them(
    register, wished, handler, supervisor, manager, agent, outsider
):
    given = {"complaint_id": wished.pk, "answer": "No."}
    for person in (handler, agent, outsider):
        with pytest.raises(NotAllowed):
            handing_on.refuse_another(**given, by=person)
    casework.assign(complaint_id=wished.pk, by=agent, to=supervisor)
    with pytest.raises(IllegalMove, match="Nobody asks"):
        handing_on.refuse_another(**given, by=manager)
    handing_on.record_ask_another(complaint_id=wished.pk, by=agent, reasons=WHY, through=Channel.PHONE)
    assert [wish.state for wish in wished.handler_wishes.all()] == [WishState.OVERTAKEN, WishState.OPEN]
    with pytest.raises(SecondPersonNeeded):
        handing_on.refuse_another(**given, by=supervisor)
    equal = UserFactory(role=Role.SUPERVISOR, department=wished.department)
    with pytest.raises(NotAllowed, match="senior to the present handler"):
        handing_on.refuse_another(**given, by=equal)
    assert handler_wishes.waiting_for(equal) == []
    handing_on.refuse_another(**given, by=manager)
    about = [SubjectDetails(name=manager.name, kind=SubjectKind.PERSON, user=manager)]
    own = register(subjects=about).complaint
    Complaint.objects.filter(pk=own.pk).update(holder=handler)
    handing_on.ask_another(complaint_id=own.pk, reasons=WHY)
    with pytest.raises(ConflictOfInterest):
        handing_on.refuse_another(complaint_id=own.pk, by=manager, answer="No.")


def test_where_nobody_is_left_to_decide_the_administrators_hear_of_it(complaint, supervisor, administrator):
    Membership.objects.exclude(role__in=[Role.AGENT, Role.HANDLER, Role.ADMINISTRATOR]).delete()
    handing_on.ask_another(complaint_id=complaint.pk, reasons=WHY)
    assert complaint.events.last().data["unmanned"]
    assert OutboxMessage.objects.filter(kind="unmanned", recipient=administrator).exists()


def test_where_nobody_else_could_take_it_the_decider_is_told(wished, supervisor, handler):
    Membership.objects.exclude(user__in=[supervisor, handler]).delete()
    Membership.objects.filter(user=supervisor).update(role=Role.EXECUTIVE)
    Membership.objects.create(user=supervisor, department=wished.department, role=Role.SUPERVISOR)
    AbsenceFactory(user=supervisor)
    with pytest.raises(Invalid, match="take it over yourself"):
        handing_on.grant_another(complaint_id=wished.pk, by=supervisor)
    assert HandlerWish.objects.get().state == WishState.OPEN


def test_what_is_no_wish(register, complaint, agent, outsider):
    unheld = register().complaint
    with pytest.raises(IllegalMove, match="Nobody handles"):
        handing_on.ask_another(complaint_id=unheld.pk, reasons=WHY)
    given = {"complaint_id": complaint.pk, "by": agent, "reasons": WHY, "through": Channel.PHONE}
    for wrong in ({"reasons": " "}, {"through": Channel.WEB}):
        with pytest.raises(Invalid):
            handing_on.record_ask_another(**(given | wrong))
    with pytest.raises(NotAllowed):
        handing_on.record_ask_another(**(given | {"by": outsider}))
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="Done.")
    with pytest.raises(IllegalMove):
        handing_on.ask_another(complaint_id=complaint.pk, reasons=WHY)


def test_of_a_restricted_complaint_its_circle_decides_and_who_was_replaced_leaves_it(
    complaint, handler, supervisor, manager, second
):
    given = {"complaint_id": complaint.pk, "by": supervisor, "reasons": "Private."}
    restriction.restrict(**given, people=[second])
    handing_on.ask_another(complaint_id=complaint.pk, reasons=WHY)
    assert complaint.events.last().data["asked"] == [supervisor.pk], "the manager knows nothing of it"
    assert handler_wishes.waiting_for(manager) == []
    assert [wish.complaint for wish in handler_wishes.waiting_for(supervisor)] == [complaint]
    handing_on.grant_another(complaint_id=complaint.pk, by=supervisor, to=second)
    assert complaint not in permissions.visible_to(handler)
    assert complaint in permissions.visible_to(second)


def test_the_database_keeps_one_wish_and_never_lets_the_handler_decide(wished, handler, second):
    now = timezone.now()
    values = {"complaint": wished, "wish": "another", "reasons": "x", "through": "web", "made_at": now}
    decided = {"decided_by": second, "decided_at": now}
    wrong = [
        {"state": "open"},
        {"state": "open", "reasons": ""},
        {"state": "granted", **decided},
        {"state": "granted", **decided, "went_to": handler},
        {"state": "refused", **decided},
        {"state": "refused", "decided_by": handler, "decided_at": now, "answer": "No."},
        {"state": "overtaken", "answer": "No."},
    ]
    for columns in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            HandlerWish.objects.create(**(values | {"number": 2, "holder": handler} | columns))


def test_my_work_costs_the_same_however_many_wait(register, agent, handler, supervisor, django_assert_num_queries):
    def more():
        for _number in range(2):
            complaint = register().complaint
            casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
            handing_on.ask_another(complaint_id=complaint.pk, reasons=WHY)

    more()
    with CaptureQueriesContext(connection) as first:
        handler_wishes.waiting_for(supervisor)
    more()
    with django_assert_num_queries(len(first)):
        assert len(handler_wishes.waiting_for(supervisor)) == 4
