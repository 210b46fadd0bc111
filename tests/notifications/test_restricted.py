"""What is told of restricted complaints stays within their circles."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints.services import casework, correspondence, restriction
from complaints.vocabulary import Track
from notifications import services
from notifications.models import OutboxMessage
from tests.factories import AbsenceFactory, UserFactory
from tests.notifications.ladder import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def restricted(register, manager, handler):
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=manager, to=handler)
    OutboxMessage.objects.all().delete()
    return restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="Private.")


def readers(told):
    return {letter.recipient for letter in told() if letter.recipient}


def test_whoever_comes_into_the_circle_is_told_without_the_subject(register, specialist, told, restricted, manager):
    report = register(track=Track.REPORT, subject="Scrap is sold on").complaint
    (letter,) = told(to=specialist)
    assert "put into your hands" in letter.body
    assert report.reference in letter.subject
    assert "Scrap" not in letter.subject + letter.body
    witness = UserFactory()
    restriction.admit(complaint_id=restricted.pk, by=manager, person=witness, reasons="Saw it.")
    (letter,) = told(to=witness)
    assert "admitted to the circle" in letter.body


def test_roles_outside_the_circle_are_not_told_what_the_ladder_does(restricted, told, supervisor, executive, manager):
    roles = [Role.SUPERVISOR, Role.EXECUTIVE]
    sweep([restricted], roles=roles, tell_holder=False, holder_before=restricted.holder_id)
    assert readers(told) == {restricted.holder, manager}


def test_nobody_outside_stands_in_for_somebody_who_is_away(restricted, told, supervisor):
    AbsenceFactory(user=restricted.holder)
    correspondence.hear(complaint_id=restricted.pk, body="Any news?")
    assert readers(told) == {restricted.holder}


def test_administrators_hear_nothing_of_one_that_nobody_could_take(restricted, told, administrator, manager):
    sweep([restricted], unmanned=True, roles=[], tell_holder=False)
    assert readers(told) == {restricted.holder, manager}


def test_what_waited_for_somebody_outside_is_not_sent(register, manager, handler, supervisor, mail_server):
    complaint, other = register().complaint, register().complaint
    given = {
        "recipient": supervisor,
        "address": supervisor.email,
        "language": "en",
        "headers": {"Message-ID": "<1@x>"},
    }
    now = timezone.now()
    items = [{"reference": each.reference} for each in (complaint, other)]
    single = OutboxMessage.objects.create(
        kind="escalated", key="1", subject=complaint.reference, body="x", complaint=complaint, **given
    )
    digest = OutboxMessage.objects.create(
        kind="escalated", key="2", subject="2", body=complaint.reference, items=items, **given
    )
    restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="Private.")
    OutboxMessage.objects.update(next_try_at=now - timedelta(seconds=1))
    services.send_due(limit=50)
    for row in (single, digest):
        row.refresh_from_db()
    assert (single.state, digest.state) == ("withheld", "sent")
    sent = [mail for mail in mail_server if supervisor.email in mail.to]
    assert [other.reference in mail.body for mail in sent] == [True]
    assert not any(complaint.reference in mail.body + mail.subject for mail in sent)


def test_an_administrator_does_not_read_its_reference_in_a_digest(client, restricted, register, administrator):
    other = register().complaint
    items = [{"reference": each.reference} for each in (restricted, other)]
    digest = OutboxMessage.objects.create(
        kind="escalated",
        key="digest",
        address="someone@example.org",
        language="en",
        subject="2",
        body=" and ".join(item["reference"] for item in items),
        items=items,
    )
    client.force_login(administrator)
    page = client.get(f"/desk/mailbox/{digest.pk}/").content.decode()
    assert other.reference in page
    assert restricted.reference not in page
