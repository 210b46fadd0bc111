"""What was handed to the mail server once is told again as it was: it is not folded away, nor anything into it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints.services import restriction
from notifications import retries, services
from notifications.channels.email import MailSender
from notifications.errors import Unreachable
from notifications.models import OutboxMessage
from notifications.services import marking
from tests.notifications.ladder import sweep
from tests.notifications.moments import at

pytestmark = pytest.mark.django_db

State = OutboxMessage.State


class Killed(BaseException):
    """What no handler catches: the worker is gone."""


def _let_it_be_due():
    OutboxMessage.objects.filter(state=State.PENDING).update(
        next_try_at=timezone.now(), claimed_until=None, not_before=None
    )


@pytest.fixture
def killed_before_marking(monkeypatch):
    """A worker that dies when the mail server has taken its first mail; its claim has run out afterwards."""

    def _killed() -> None:
        def die(parcel, state):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(marking, "sent", die)
            with pytest.raises(Killed):
                services.send_due(limit=100)
        _let_it_be_due()

    return _killed


def _said(mail):
    return mail.extra_headers["Message-ID"], mail.subject, mail.body


def test_a_letter_that_may_have_arrived_is_not_folded_into_a_digest(climbed, mail_server, killed_before_marking):
    sweep(climbed())
    killed_before_marking()
    sweep(climbed(services.MOST_SINGLE + 1))
    _let_it_be_due()
    assert services.send_due(limit=100) == 2
    first, *later = mail_server
    assert _said(first) in [_said(mail) for mail in later]
    assert len({mail.extra_headers["Message-ID"] for mail in mail_server}) == 2


def test_nothing_new_slips_into_a_digest_that_may_have_arrived(climbed, mail_server, killed_before_marking):
    """Else its reader's mail program would take it for the one it has, and the news would be lost."""
    sweep(climbed(10))
    sweep(climbed(10))
    _let_it_be_due()
    killed_before_marking()
    sweep(climbed(10))
    _let_it_be_due()
    assert services.send_due(limit=100) == 2
    first, again, new = mail_server
    assert _said(again) == _said(first)
    assert "20 complaints" in first.subject
    assert "10 complaints" in new.subject
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {State.SENT}


def test_a_letter_of_the_morning_is_repeated_as_it_was(closed_office, climbed, mail_server, killed_before_marking):
    with at("2026-03-06 22:00"):
        sweep(climbed(3))
        sweep(climbed(2))
    with at("2026-03-09 09:00"):
        killed_before_marking()
        services.send_due(limit=100)
    first, again = mail_server
    assert "5 complaints" in first.subject
    assert _said(again) == _said(first)


def test_what_was_only_claimed_by_the_worker_that_was_killed_is_still_one_digest(
    climbed, supervisor, manager, mail_server, killed_before_marking
):
    sweep(climbed())
    sweep(climbed(holder=manager))
    killed_before_marking()
    (first,) = mail_server
    spared = manager if first.to == [supervisor.email] else supervisor
    sweep(climbed(services.MOST_SINGLE, holder=spared))
    _let_it_be_due()
    services.send_due(limit=100)
    (digest,) = [mail for mail in mail_server if mail.to == [spared.email]]
    assert "6 complaints" in digest.subject


def test_while_the_mail_server_is_away_nothing_is_fixed(climbed, mail_server, monkeypatch):
    def gone(self):
        raise Unreachable("gone")

    sweep(climbed())
    with monkeypatch.context() as patch:
        patch.setattr(MailSender, "open", gone)
        services.send_due(limit=100)
    sweep(climbed(services.MOST_SINGLE))
    _let_it_be_due()
    assert services.send_due(limit=100) == 1
    assert "6 complaints" in mail_server[0].subject


def test_a_worker_whose_claim_has_passed_to_another_hands_nothing_over(climbed, mail_server, monkeypatch):
    def slow(self):
        OutboxMessage.objects.update(claimed_until=timezone.now() + timedelta(minutes=9))

    sweep(climbed())
    monkeypatch.setattr(MailSender, "open", slow)
    services.send_due(limit=100)
    assert mail_server == []
    assert OutboxMessage.objects.get().state == State.PENDING


def test_what_a_digest_carries_shares_its_fate(climbed, mail_server, administrator, monkeypatch):
    def refuse(self, message):
        raise Unreachable("gone in the middle")

    sweep(climbed(10))
    sweep(climbed(10))
    with monkeypatch.context() as patch:
        patch.setattr(MailSender, "send", refuse)
        for _try in range(retries.MOST_TRIES):
            _let_it_be_due()
            services.send_due(limit=100)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {State.SET_ASIDE}
    carrier = OutboxMessage.objects.get(sent_with=None)
    services.retry(message_id=carrier.pk, by=administrator)
    assert services.send_due(limit=100) == 1
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {State.SENT}


def test_what_was_restricted_between_two_tries_is_left_out_of_the_second(
    closed_office, climbed, mail_server, manager, handler, supervisor, killed_before_marking
):
    secret, other = climbed(2, holder=handler)
    with at("2026-03-06 22:00"):
        for complaint in (secret, other):
            sweep([complaint], tell_holder=False, holder_before=handler.pk, roles=[Role.SUPERVISOR])
    with at("2026-03-09 09:00"):
        killed_before_marking()
    restriction.restrict(complaint_id=secret.pk, by=manager, reasons="Private.")
    _let_it_be_due()
    services.send_due(limit=100)
    first, *later = mail_server
    assert secret.reference in first.body
    (again,) = [mail for mail in later if mail.extra_headers["Message-ID"] == first.extra_headers["Message-ID"]]
    assert other.reference in again.body
    assert secret.reference not in again.subject + again.body
