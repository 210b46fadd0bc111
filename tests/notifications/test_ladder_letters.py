"""What the ladder tells, and how a storm becomes one message."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from complaints import events
from escalation.happenings import Happening
from notifications import services
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.notifications.ladder import step, sweep

pytestmark = pytest.mark.django_db


def test_the_new_holder_hears_that_a_complaint_has_climbed_and_what_is_at_stake(told, climbed, supervisor):
    (complaint,) = climbed()
    sweep([complaint])
    (letter,) = told()
    assert letter.recipient == supervisor
    assert complaint.reference in letter.subject
    assert "tier 2" in letter.subject
    assert "Resolution" in letter.body
    assert "The earliest of its deadlines has passed" in letter.body


def test_the_new_holder_hears_of_it_even_when_the_step_names_only_roles(told, climbed, supervisor, manager):
    sweep(climbed(), tell_holder=False, roles=[Role.MANAGER])
    assert {letter.recipient for letter in told()} == {supervisor, manager}


def test_a_role_that_nobody_holds_here_is_looked_for_above(told, climbed, specialist):
    sweep(climbed(), roles=[Role.SPECIALIST])
    assert len(told(to=specialist)) == 1


def test_a_missed_step_tells_nobody(told, climbed, supervisor):
    sweep(climbed(), notify=False, missed=True, roles=[Role.MANAGER], holder_before=supervisor.pk)
    assert told() == []


def test_whoever_holds_it_by_a_missed_step_hears_of_it_when_the_highest_step_names_others(
    told, climbed, supervisor, manager
):
    (complaint,) = climbed()
    events.record_many(
        [
            step(complaint, notify=False, missed=True, roles=[Role.EXECUTIVE]),
            step(complaint, holder_before=supervisor.pk, tell_holder=False, roles=[Role.MANAGER]),
        ]
    )
    assert {letter.recipient for letter in told()} == {supervisor, manager}


def test_whoever_holds_it_by_a_missed_step_hears_of_it_once(told, climbed, supervisor):
    (complaint,) = climbed()
    events.record_many(
        [
            step(complaint, notify=False, missed=True),
            step(complaint, kind=Happening.REMINDED, holder_before=supervisor.pk),
        ]
    )
    assert len(told(to=supervisor)) == 1


def test_the_new_holder_hears_of_a_step_that_names_nobody(told, climbed, supervisor):
    sweep(climbed(), notify=False, tell_holder=False)
    assert len(told(to=supervisor)) == 1


def test_whoever_no_longer_holds_it_after_a_later_step_is_not_told_that_it_is_theirs(told, climbed, handler):
    (complaint,) = climbed()
    sweep([complaint], holder=handler.pk)
    assert told() == []


def test_two_broken_promises_of_one_complaint_are_told_once(told, climbed):
    (complaint,) = climbed()
    events.record_many([step(complaint, clock_kind="first_response"), step(complaint, clock_kind="resolution")])
    (letter,) = told()
    assert "Resolution" in letter.body


def test_a_reminder_reaches_the_holder(told, climbed, supervisor):
    sweep(climbed(overdue=False), kind=Happening.REMINDED, holder_before=supervisor.pk)
    (letter,) = told(kind="reminded")
    assert letter.recipient == supervisor
    assert "due soon" in letter.subject


def test_a_reminder_about_what_nobody_holds_reaches_the_handlers(told, climbed, handler):
    sweep(climbed(holder=None, tier=1), kind=Happening.REMINDED)
    assert [letter.recipient for letter in told(kind="reminded")] == [handler]


def test_a_raised_priority_is_not_called_a_climb(told, climbed, supervisor):
    (complaint,) = climbed()
    sweep([complaint], tier_before=2, holder_before=supervisor.pk, priority_before="ordinary", priority="urgent")
    (letter,) = told()
    assert "more pressing" in letter.subject


def test_a_broken_promise_alone_is_not_mailed(told, climbed):
    (complaint,) = climbed()
    sweep([complaint], kind=Happening.BREACHED, clock_kind="first_response")
    assert told() == []


# --- storms -------------------------------------------------------------------------------------------------


def test_up_to_five_are_told_one_by_one(told, climbed):
    sweep(climbed(services.MOST_SINGLE))
    assert len(told()) == services.MOST_SINGLE


def test_more_become_one_digest_with_every_reference(told, climbed, supervisor):
    complaints = climbed(services.MOST_SINGLE + 1)
    sweep(complaints)
    (digest,) = told()
    assert digest.recipient == supervisor
    assert "6 complaints" in digest.subject
    for complaint in complaints:
        assert complaint.reference in digest.body


def test_another_readers_few_are_still_told_one_by_one(told, climbed, manager):
    sweep(climbed(7) + climbed(2, holder=manager))
    assert len(told(to=manager)) == 2


def test_digests_of_a_storm_over_several_sweeps_leave_as_one(climbed, supervisor, mail_server):
    for _number in range(3):
        sweep(climbed(10))
    assert services.send_due(limit=100) == 0  # they wait for each other
    OutboxMessage.objects.update(next_try_at=timezone.now())
    assert services.send_due(limit=100) == 1
    (mail,) = mail_server
    assert "30 complaints" in mail.subject
    carrier = OutboxMessage.objects.get(sent_with__isnull=True)
    assert carrier.state == OutboxMessage.State.SENT
    assert OutboxMessage.objects.filter(sent_with=carrier, state=OutboxMessage.State.SENT).count() == 2


def test_a_very_long_digest_names_some_and_counts_the_rest(told, climbed, monkeypatch):
    monkeypatch.setattr("notifications.letters.MOST_LISTED", 8)
    sweep(climbed(11))
    (digest,) = told()
    assert "3 more are not listed" in digest.body


def test_a_sweep_that_is_heard_twice_is_told_once(climbed, told, monkeypatch):
    from notifications.handlers import queue_messages

    heard = []
    monkeypatch.setattr("complaints.events._handlers", lambda: [heard.extend, queue_messages])
    sweep(climbed(7))
    queue_messages(heard)
    assert len(told()) == 1


def test_twice_as_many_complaints_cost_no_more_statements(climbed, branch):
    people = [UserFactory(department=branch, role=Role.SUPERVISOR) for _number in range(8)]

    def cost(count) -> int:
        complaints = [complaint for person in people[:count] for complaint in climbed(2, holder=person)]
        acts = [step(complaint, roles=[Role.MANAGER, Role.EXECUTIVE]) for complaint in complaints]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            events.record_many(acts)
        return len(queries)

    assert cost(8) == cost(4)


# --- the alarm that nobody is left --------------------------------------------------------------------------


def test_every_administrator_is_told_when_only_an_administrator_is_left_and_its_holder_once(
    told, climbed, administrator, outsider
):
    second = UserFactory(role=Role.ADMINISTRATOR, department=outsider.department)
    (complaint,) = climbed(holder=administrator)
    sweep([complaint], unmanned=True)
    assert {(letter.kind, letter.recipient) for letter in told()} == {
        ("unmanned", administrator),
        ("unmanned", second),
    }
    (own,) = told(to=administrator)
    assert "in your hands as an administrator" in own.body


def test_without_administrators_whoever_may_change_everything_is_told(told, climbed):
    root = UserFactory(is_superuser=True)
    sweep(climbed(holder=root), unmanned=True)
    assert [(letter.kind, letter.recipient) for letter in told()] == [("unmanned", root)]


def test_a_storm_of_alarms_is_one_message(told, climbed, administrator):
    sweep(climbed(9, holder=administrator), unmanned=True)
    (digest,) = told()
    assert (digest.kind, digest.recipient) == ("unmanned", administrator)
    assert "9 complaints have nobody to take them" in digest.subject


def test_a_missed_step_raises_no_alarm_of_its_own(told, climbed, administrator, specialist):
    sweep(climbed(holder=administrator), unmanned=True, missed=True, notify=False)
    assert [letter.kind for letter in told()] == ["escalated"], "the holder hears that it is theirs"
