from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from complaints import events, selectors, verification
from complaints.models import ActorKind, Event
from complaints.services import casework, correspondence

pytestmark = pytest.mark.django_db


def test_each_act_writes_one_event_that_follows_from_the_one_before(register, agent):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    first, second = Event.objects.filter(complaint=complaint)
    assert (first.kind, first.actor_kind, first.actor) == ("register", ActorKind.COMPLAINANT, None)
    assert (second.kind, second.actor_kind, second.actor) == ("acknowledge", ActorKind.STAFF, agent)
    assert second.previous_hash == first.hash
    assert list(verification.broken_chains()) == []


@pytest.mark.parametrize("statement", ["UPDATE complaints_event SET kind = 'praise'", "DELETE FROM complaints_event"])
def test_the_database_refuses_to_change_or_delete_an_event(register, statement):
    register()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_verification_names_the_event_that_was_changed(register, agent):
    complaint = register().complaint
    correspondence.note(complaint_id=complaint.pk, by=agent, body="Seen the receipt.")
    with trigger_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_event SET kind = 'praise' WHERE sequence = 1")
    (link,) = verification.broken_chains()
    assert (link.reference, link.sequence) == (complaint.reference, 1)


def test_verification_notices_that_the_last_event_is_gone(register, agent):
    complaint = register().complaint
    correspondence.note(complaint_id=complaint.pk, by=agent, body="Seen the receipt.")
    with trigger_off(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM complaints_event WHERE sequence = 2")
    (link,) = verification.broken_chains()
    assert link.sequence == 2


def test_verification_notices_an_event_taken_out_of_the_middle(register, agent):
    complaint = register().complaint
    for body in ("One.", "Two."):
        correspondence.note(complaint_id=complaint.pk, by=agent, body=body)
    with trigger_off(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM complaints_event WHERE sequence = 2")
    (link,) = verification.broken_chains()
    assert link.sequence == 2


def test_a_handler_that_fails_undoes_the_act(register, agent, settings):
    complaint = register().complaint
    settings.COMPLAINT_EVENT_HANDLERS = ["tests.complaints.test_events.failing_handler"]
    with pytest.raises(RuntimeError):
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
    complaint.refresh_from_db()
    assert complaint.status == "received"
    assert complaint.events.count() == 1


def failing_handler(occurrences):
    raise RuntimeError("The handler fails.")


def test_many_acts_cost_as_many_statements_as_few(register, django_assert_num_queries, settings):
    settings.COMPLAINT_EVENT_HANDLERS = []
    for number in (2, 20):
        held = [selectors.locked(register().complaint.pk) for _ in range(number)]
        with django_assert_num_queries(3):  # their numbers, the tips of their chains, the events
            events.record_many([events.Act(c, "reminded", None, timezone.now(), {"clock": 1}) for c in held])
    assert list(verification.broken_chains()) == []


def test_no_personal_data_reaches_an_event(register, agent):
    complaint = register(subject="CANARY-subject", description="CANARY-words").complaint
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="CANARY-reply")
    correspondence.hear(complaint_id=complaint.pk, body="CANARY-heard")
    casework.resolve(
        complaint_id=complaint.pk, by=agent, outcome="upheld", reasons="CANARY-reasons", message="CANARY-told"
    )
    written = str(list(Event.objects.values_list("data", flat=True)))
    assert "CANARY" not in written
    assert "Lin Mei-hua" not in written
    assert "lin@example.org" not in written


@contextmanager
def trigger_off():
    """What somebody with the database owner's rights could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE complaints_event DISABLE TRIGGER complaints_event_append_only")
        yield
        cursor.execute("ALTER TABLE complaints_event ENABLE TRIGGER complaints_event_append_only")
