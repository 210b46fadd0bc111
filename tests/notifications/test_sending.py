"""Claim, commit, send, mark: what happens when the mail server or a worker fails in between."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from complaints.services import casework
from notifications import retries, services, tasks
from notifications.channels.email import MailSender
from notifications.errors import NotRetriable
from notifications.models import OutboxMessage
from notifications.services import marking, sending

pytestmark = pytest.mark.django_db

State = OutboxMessage.State


@pytest.fixture
def message(register):
    register()
    return OutboxMessage.objects.get()


def _age(message, **by):
    """Let time pass for one message."""
    OutboxMessage.objects.filter(pk=message.pk).update(next_try_at=timezone.now() - timedelta(**by))


def _fails_with(monkeypatch, error):
    def refuse(self, messages):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)


def test_what_is_due_is_sent_once_and_marked(message, mail_server):
    assert services.send_due(limit=10) == 1
    assert services.send_due(limit=10) == 0
    (mail_sent,) = mail_server
    assert mail_sent.to == [message.address]
    assert mail_sent.extra_headers["Message-ID"] == message.headers["Message-ID"]
    message.refresh_from_db()
    assert message.state == State.SENT
    assert message.sent_at is not None
    assert message.claimed_until is None


def test_without_a_mail_server_mail_is_kept_and_can_be_read(message, mailoutbox):
    assert services.send_due(limit=10) == 1
    message.refresh_from_db()
    assert message.state == State.KEPT
    assert message.body
    assert mailoutbox == []


def test_on_the_console_it_is_printed(register, settings, capsys):
    settings.MAIL_IS_KEPT = False
    settings.OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    complaint = register().complaint
    assert services.send_due(limit=10) == 1
    assert complaint.reference in capsys.readouterr().out
    assert OutboxMessage.objects.get().channel == OutboxMessage.Channel.CONSOLE


def test_what_another_worker_has_claimed_is_left_to_it(message, mail_server):
    OutboxMessage.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    assert services.send_due(limit=10) == 0
    assert mail_server == []


def test_a_worker_that_dies_between_sending_and_marking_sends_again_under_the_same_message_id(
    message, mail_server, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(parcel, state):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(marking, "sent", die)
        with pytest.raises(Killed):
            services.send_due(limit=10)
    assert services.send_due(limit=10) == 0  # its claim still stands
    OutboxMessage.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert services.send_due(limit=10) == 1
    first, second = mail_server
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_a_mail_server_that_is_down_costs_one_try_and_nothing_is_lost(message, mail_server, monkeypatch):
    _fails_with(monkeypatch, ConnectionRefusedError("down"))
    assert services.send_due(limit=10) == 0
    message.refresh_from_db()
    assert message.state == State.PENDING
    assert message.attempts == 1
    assert "ConnectionRefusedError" in message.last_error
    assert message.next_try_at > timezone.now() + timedelta(seconds=20)


def test_when_the_server_is_down_the_rest_of_the_batch_does_not_knock(register, mail_server, monkeypatch):
    for _number in range(3):
        register()
    knocks = []

    def refuse(self, messages):
        knocks.append(messages)
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    services.send_due(limit=10)
    assert len(knocks) == 1
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


def test_after_the_last_try_a_message_is_set_aside(message, mail_server, monkeypatch):
    _fails_with(monkeypatch, ConnectionRefusedError("down"))
    for _number in range(retries.MOST_TRIES):
        _age(message, seconds=1)
        services.send_due(limit=10)
    message.refresh_from_db()
    assert message.state == State.SET_ASIDE
    assert message.attempts == retries.MOST_TRIES
    _age(message, seconds=1)
    assert services.send_due(limit=10) == 0


def test_an_address_that_does_not_exist_is_set_aside_at_once_and_the_others_are_sent(
    register, mail_server, monkeypatch
):
    bad, good = register().complaint, register().complaint
    sending = MailSender.send

    def pick(self, message):
        if message.complaint_id == bad.pk:
            _fails_with(patch, smtplib.SMTPRecipientsRefused({message.address: (550, b"no such user")}))
        else:
            patch.undo()
        return sending(self, message)

    monkeypatch.setattr(MailSender, "send", pick)
    patch = pytest.MonkeyPatch()
    assert services.send_due(limit=10) == 1
    assert OutboxMessage.objects.get(complaint=bad).state == State.SET_ASIDE
    assert OutboxMessage.objects.get(complaint=good).state == State.SENT


def test_a_full_mailbox_for_now_is_tried_again(message, mail_server, monkeypatch):
    _fails_with(monkeypatch, smtplib.SMTPRecipientsRefused({message.address: (452, b"later")}))
    services.send_due(limit=10)
    message.refresh_from_db()
    assert message.state == State.PENDING


def test_a_message_that_cannot_even_be_built_does_not_stop_the_others(register, mail_server, caplog):
    bad, good = register().complaint, register().complaint
    OutboxMessage.objects.filter(complaint=bad).update(address="a@example.org\nBcc: all@example.org")
    assert services.send_due(limit=10) == 1
    assert OutboxMessage.objects.get(complaint=bad).attempts == 1
    assert OutboxMessage.objects.get(complaint=good).state == State.SENT
    assert "lin@example.org" not in caplog.text


def test_a_message_that_kills_its_worker_each_time_is_set_aside_in_the_end(message, mail_server):
    OutboxMessage.objects.update(attempts=retries.MOST_TRIES, claimed_until=timezone.now() - timedelta(seconds=1))
    services.send_due(limit=10)
    message.refresh_from_db()
    assert message.state == State.SET_ASIDE
    assert mail_server == []


def test_a_sender_whose_claim_runs_out_gives_the_rest_back_without_counting_a_try(message, mail_server, monkeypatch):
    monkeypatch.setattr(sending, "LEAVE_BEFORE", sending.CLAIM_LASTS + timedelta(minutes=1))
    assert services.send_due(limit=10) == 0
    message.refresh_from_db()
    assert (message.attempts, message.claimed_until) == (0, None)


def test_the_waits_grow_and_end_after_about_a_day():
    waits = [retries.wait_after(tries) for tries in range(1, retries.MOST_TRIES)]
    assert waits == sorted(waits)
    assert timedelta(hours=20) < sum(waits, timedelta()) < timedelta(hours=36)
    assert not retries.is_last(retries.MOST_TRIES - 1)
    assert retries.is_last(retries.MOST_TRIES)


def test_the_limit_is_kept(register, mail_server):
    for _number in range(3):
        register()
    assert services.send_due(limit=2) == 2


# --- again, by hand -----------------------------------------------------------------------------------------


def test_an_administrator_lets_it_be_tried_again_under_the_same_id(message, mail_server, administrator):
    OutboxMessage.objects.update(state=State.SET_ASIDE, attempts=retries.MOST_TRIES)
    services.retry(message_id=message.pk, by=administrator)
    assert services.send_due(limit=10) == 1
    assert mail_server[0].extra_headers["Message-ID"] == message.headers["Message-ID"]


def test_what_was_not_set_aside_cannot_be_tried_again(message, administrator):
    with pytest.raises(NotRetriable):
        services.retry(message_id=message.pk, by=administrator)


# --- Django's own mail --------------------------------------------------------------------------------------


@pytest.fixture
def reset_mail(settings, agent, client):
    """A password link, asked for at the door."""
    settings.EMAIL_BACKEND = "notifications.channels.email.OutboxBackend"
    client.post("/account/password/reset/", {"email": agent.email})
    return OutboxMessage.objects.get(kind="system")


def test_a_password_link_passes_through_the_outbox_and_its_text_is_erased_once_sent(reset_mail, mail_server, agent):
    assert reset_mail.address == agent.email
    assert services.send_due(limit=10) == 1
    assert "/account/password/reset/" in mail_server[0].body
    reset_mail.refresh_from_db()
    assert reset_mail.state == State.SENT
    assert reset_mail.body == ""


def test_a_kept_password_link_is_erased_when_it_has_expired(reset_mail, settings):
    services.send_due(limit=10)
    assert services.forget_secrets() == 0
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 1))
    assert services.forget_secrets() == 1
    reset_mail.refresh_from_db()
    assert reset_mail.body == ""


def test_an_erased_message_cannot_be_tried_again(reset_mail, administrator):
    OutboxMessage.objects.update(state=State.SET_ASIDE, body="")
    with pytest.raises(NotRetriable):
        services.retry(message_id=reset_mail.pk, by=administrator)


def test_each_recipient_of_django_mail_gets_a_message_of_their_own(settings):
    settings.EMAIL_BACKEND = "notifications.channels.email.OutboxBackend"
    mail.EmailMessage("Hello", "Text", to=["a@example.org", "b@example.org"], from_email="other@example.org").send()
    assert OutboxMessage.objects.count() == 2
    assert set(OutboxMessage.objects.values_list("headers__From", flat=True)) == {"other@example.org"}


def test_an_attachment_is_refused_aloud(settings):
    settings.EMAIL_BACKEND = "notifications.channels.email.OutboxBackend"
    message = mail.EmailMessage("Hello", "Text", to=["a@example.org"], attachments=[("a.txt", "a", "text/plain")])
    with pytest.raises(ValueError, match="plain text only"):
        message.send()


# --- the nudge ----------------------------------------------------------------------------------------------


def test_an_act_nudges_the_outbox_once_after_commit(
    register, agent, mail_server, monkeypatch, django_capture_on_commit_callbacks
):
    nudges = []
    monkeypatch.setattr(tasks.send_outbox, "apply_async", lambda **options: nudges.append(options))
    with django_capture_on_commit_callbacks(execute=True):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
        assert nudges == []
    assert len(nudges) == 1


def test_an_act_that_is_undone_does_not_nudge(register, monkeypatch, django_capture_on_commit_callbacks):
    def undone():
        with transaction.atomic():
            register()
            raise RuntimeError

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(RuntimeError):
        undone()
    assert callbacks == []


def test_a_broker_that_is_down_does_not_break_the_act(
    register, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def down(**options):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.send_outbox, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        complaint = register().complaint
    assert complaint.pk
    assert "waits for the next beat" in caplog.text


def test_the_task_sends_what_is_due(message, mail_server):
    tasks.send_outbox.delay()
    assert len(mail_server) == 1


def test_one_worker_at_a_time_is_busy_with_mail_so_that_a_slow_server_holds_up_no_deadline(message, mail_server):
    elsewhere = connection.copy()
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [tasks.SENDING])
        tasks.send_outbox()
        assert mail_server == []
        with elsewhere.cursor() as cursor:  # the end of a connection is noticed a moment later
            cursor.execute("SELECT pg_advisory_unlock(%s)", [tasks.SENDING])
    finally:
        elsewhere.close()
    tasks.send_outbox()
    assert len(mail_server) == 1
    tasks.send_outbox()  # the lock was given back


def test_mail_to_a_person_whose_account_was_closed_meanwhile_does_not_leave(register, agent, handler, mail_server):
    complaint = register().complaint
    services.send_due(limit=10)
    mail_server.clear()
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    handler.is_active = False
    handler.save(update_fields=["is_active"])
    assert services.send_due(limit=10) == 0
    assert mail_server == []
    letter = OutboxMessage.objects.get(recipient=handler)
    assert letter.state == State.WITHHELD
    assert letter.claimed_until is None
    assert letter.sent_at is None
    assert letter.attempts == 0
    assert services.send_due(limit=10) == 0


def test_a_closed_account_keeps_nobody_elses_mail(register, agent, handler, supervisor, mail_server):
    for to in (handler, supervisor):
        casework.assign(complaint_id=register().complaint.pk, by=agent, to=to)
    handler.is_active = False
    handler.save(update_fields=["is_active"])
    assert services.send_due(limit=10) == 3
    assert sorted(mail.to[0] for mail in mail_server).count(supervisor.email) == 1
    assert all(mail.to != [handler.email] for mail in mail_server)
