"""The view from above: briefings with an answer, watching until the end; and where a category leads."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from complaints import permissions
from complaints.aftercare import CloseReason
from complaints.errors import IllegalMove, Invalid, NotAllowed
from complaints.lifecycle import Verb
from complaints.models import Briefing, Watch
from complaints.selectors import head_office as above
from complaints.services import casework, head_office, restriction, routing
from complaints.transferring import TransferState
from complaints.vocabulary import Outcome
from escalation.models import Clock
from escalation.replay import State
from notifications.models import OutboxMessage
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy


@pytest.fixture
def complaint(register, agent):
    return register(by=agent).complaint


# --- briefings ----------------------------------------------------------------------------------------------


def test_who_leads_above_briefs_and_the_department_reports_back_in_time(
    register, agent, handler, supervisor, manager, executive
):
    publish_calendar()
    publish_policy()
    complaint = register(by=agent).complaint
    by_then = timezone.now() + timedelta(days=2)
    given = {"complaint_id": complaint.pk, "text": "Call her today."}
    for person in (manager, supervisor, agent):  # nobody briefs their own department
        with pytest.raises(NotAllowed):
            head_office.brief(**given, by=person)
    for wrong in (timezone.now(), by_then.replace(tzinfo=None), timezone.now() + timedelta(days=400)):
        with pytest.raises(Invalid) as refusal:
            head_office.brief(**given, by=executive, answer_by=wrong)
        assert "answer_by" in refusal.value.errors
    briefing = head_office.brief(**given, by=executive, answer_by=by_then)
    clock = Clock.objects.get(complaint=complaint, kind="briefing")
    assert (clock.about, clock.due_at) == ("briefing:1", by_then)
    assert {row.recipient for row in OutboxMessage.objects.filter(kind="brief")} == {supervisor, handler}
    answer = {"complaint_id": complaint.pk, "by": handler, "briefing_number": briefing.number}
    with pytest.raises(Invalid):
        head_office.report_back(**answer, answer=" ")
    head_office.report_back(**answer, answer="Called her.")
    clock.refresh_from_db()
    assert clock.state == State.MET
    assert [row.recipient for row in OutboxMessage.objects.filter(kind="report_back")] == [executive]
    with pytest.raises(Invalid, match="waits for an answer"):
        head_office.report_back(**answer, answer="Again.")


def test_a_briefing_without_a_date_is_on_nobodys_clock(complaint, executive, branch):
    publish_calendar()
    publish_policy()
    head_office.brief(complaint_id=complaint.pk, by=executive, text="Be kind.")
    assert not Clock.objects.filter(kind="briefing").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Briefing.objects.create(
            complaint=complaint, number=2, department=branch, text="x", briefed_by=executive,
            briefed_at=timezone.now(), answered_at=timezone.now(),
        )  # fmt: skip


# --- watching -----------------------------------------------------------------------------------------------


def test_who_watches_is_told_once_when_it_ends_and_sees_it_until_then(
    complaint, agent, handler, executive, supervisor
):
    with pytest.raises(NotAllowed):
        head_office.watch(complaint_id=complaint.pk, by=handler)
    head_office.watch(complaint_id=complaint.pk, by=executive)
    with pytest.raises(IllegalMove, match="already"):
        head_office.watch(complaint_id=complaint.pk, by=executive)
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(complaint=complaint, user=executive, since=timezone.now())
    head_office.watch(complaint_id=complaint.pk, by=supervisor)
    head_office.unwatch(complaint_id=complaint.pk, by=supervisor)
    with pytest.raises(IllegalMove):
        head_office.unwatch(complaint_id=complaint.pk, by=supervisor)
    casework.resolve(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="Right.", message="Right.")
    assert list(above.watched_by(executive)) == [complaint], "an answer may be disputed"
    casework.close(complaint_id=complaint.pk, by=agent, reason=CloseReason.CONFIRMED, note="She rang.")
    assert [row.recipient for row in OutboxMessage.objects.filter(kind="watched_ended")] == [executive]
    assert not above.watched_by(executive).exists()
    with pytest.raises(IllegalMove):
        head_office.watch(complaint_id=complaint.pk, by=supervisor)


def test_who_watches_is_told_that_it_is_overdue_and_of_much_in_one_letter(register, agent, executive, sweep_all):
    for _ in range(7):
        case = register(by=agent, received_at=timezone.now() - timedelta(days=20)).complaint
        head_office.watch(complaint_id=case.pk, by=executive)
    sweep_all()
    [letter] = OutboxMessage.objects.filter(kind="watched_overdue")
    assert (letter.recipient, len(letter.items)) == (executive, 7)
    assert "7 complaints that you watch are overdue" in letter.subject


@pytest.fixture
def sweep_all():
    from escalation.services import sweep

    publish_calendar()
    publish_policy()
    return sweep.sweep


def test_what_is_restricted_is_watched_no_more_by_those_outside_its_circle(complaint, agent, manager, executive):
    head_office.watch(complaint_id=complaint.pk, by=executive)
    restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="Private.", people=[agent])
    assert not above.watched_by(executive).exists()
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="She asked us to.")
    assert not OutboxMessage.objects.filter(kind="watched_ended").exists()


# --- where a category leads ---------------------------------------------------------------------------------


@pytest.fixture
def billing(head_office):
    """Belongs to the accounts department, and so does what lies below it."""
    accounts = DepartmentFactory(code="accounts", name="Accounts", parent=head_office)
    return CategoryFactory(name="Billing", department=accounts)


def test_a_category_or_the_one_above_it_leads_to_its_department_and_the_event_says_so(register, billing, branch):
    refunds = CategoryFactory(parent=billing)
    routed = register(category=refunds, department=None).complaint
    assert routed.department == billing.department
    assert routed.events.first().data["routed_by"] == billing.pk
    chosen = register(category=refunds, department=branch, routing_reason="She stands here.").complaint
    data = chosen.events.first().data
    assert (data["routed_by"], data["department_overruled"]) == (None, billing.department.pk)
    assert chosen.messages.get().body == "She stands here."


def test_correcting_the_category_asks_its_department_unless_somebody_keeps_it_for_a_reason(
    complaint, agent, billing, branch, specialist
):
    given = {"complaint_id": complaint.pk, "by": agent, "category": billing}
    with pytest.raises(Invalid) as refusal:
        routing.categorise(**given, keep=True)
    assert "reasons" in refusal.value.errors
    with transaction.atomic():
        kept = routing.categorise(**given, keep=True, reasons="The till is here.")
        assert (kept.department, kept.category, kept.transfers.exists()) == (branch, billing, False)
        assert kept.events.last().data["kept"]
        transaction.set_rollback(True)
    with transaction.atomic():
        moved = routing.categorise(**(given | {"by": specialist}))
        assert (moved.department, moved.transfers.get().by_category) == (billing.department, True)
        transaction.set_rollback(True)
    asked = routing.categorise(**given)
    assert (asked.department, asked.transfers.get().state) == (branch, TransferState.ASKED)
    with pytest.raises(Invalid, match="already"):
        routing.categorise(**given)
    other = CategoryFactory(department=DepartmentFactory(parent=branch.parent))
    with pytest.raises(IllegalMove):
        routing.categorise(**(given | {"category": other}))
    complaint.refresh_from_db()
    assert complaint.category == billing, "what is refused leaves nothing behind"
    unrouted = CategoryFactory()
    assert routing.categorise(**(given | {"category": unrouted})).category == unrouted
    unrouted.is_active = False
    unrouted.save()
    routing.categorise(**(given | {"category": CategoryFactory()}))
    with pytest.raises(Invalid, match="no longer in use"):
        routing.categorise(**(given | {"category": unrouted}))


def test_a_restricted_complaint_stays_where_it_is_when_its_category_is_corrected(complaint, manager, billing):
    restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="Private.")
    with pytest.raises(Invalid) as refusal:
        routing.categorise(complaint_id=complaint.pk, by=manager, category=billing)
    assert "keep" in refusal.value.errors
    routing.categorise(complaint_id=complaint.pk, by=manager, category=billing, keep=True, reasons="Private.")


def test_somebody_who_leads_elsewhere_neither_briefs_nor_watches(complaint, outsider, head_office):
    for verb in (Verb.BRIEF, Verb.WATCH):
        assert not permissions.may(outsider, verb, complaint)
    chief = UserFactory(role=Role.SUPERVISOR, department=head_office)
    assert permissions.may(chief, Verb.BRIEF, complaint)
