"""The mailbox page: whose it is, what it shows, and trying again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from complaints.services import casework
from notifications import letters, services
from notifications.models import OutboxMessage
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MAILBOX = "/desk/mailbox/"


@pytest.fixture
def message(register):
    register()
    return OutboxMessage.objects.get()


@pytest.fixture
def set_aside(message):
    OutboxMessage.objects.update(state="set_aside", attempts=8, last_error="550 no such user")
    return message


@pytest.fixture
def mailbox(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def secret(db):
    return OutboxMessage.objects.create(
        kind="system",
        key="system:1",
        address="agent@example.org",
        language="en",
        subject="Password",
        body="the-password-link",
        secret=True,
    )


def _page(message):
    return f"{MAILBOX}{message.pk}/"


def test_administrators_see_what_left_the_office(mailbox, message):
    page = mailbox.get(MAILBOX)
    assert page.status_code == 200
    assert message.subject in page.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_does(client, role, branch, message):
    client.force_login(UserFactory(role=role, department=branch))
    assert client.get(MAILBOX).status_code == 403
    assert client.get(_page(message)).status_code == 403
    assert client.post(f"{_page(message)}retry/").status_code == 403


def test_visitors_are_asked_to_sign_in(client):
    answer = client.get(MAILBOX)
    assert answer.status_code == 302
    assert "next=/desk/mailbox/" in answer["Location"]


def test_an_administrator_of_one_branch_sees_no_mail_about_another(client, outsider, message):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, department=outsider.department))
    assert message.subject not in client.get(MAILBOX).content.decode()
    assert client.get(_page(message)).status_code == 404


def test_a_state_chooses_and_an_unknown_one_chooses_nothing(mailbox, set_aside):
    assert set_aside.subject in mailbox.get(MAILBOX, {"state": "set_aside"}).content.decode()
    assert set_aside.subject not in mailbox.get(MAILBOX, {"state": "sent"}).content.decode()
    assert set_aside.subject in mailbox.get(MAILBOX, {"state": "nonsense", "cursor": "nonsense"}).content.decode()


def test_htmx_gets_the_list_alone(mailbox, message):
    page = mailbox.get(MAILBOX, headers={"HX-Request": "true"}).content.decode()
    assert message.subject in page
    assert "<html" not in page


def test_long_lists_come_in_pages(mailbox, register):
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            kind="system", key=f"k{number}", address="a@example.org", language="en", subject=f"Mail {number:03}"
        )
        for number in range(60)
    )
    first = mailbox.get(MAILBOX)
    assert "Mail 059" in first.content.decode()
    assert "Mail 000" not in first.content.decode()
    second = mailbox.get(MAILBOX, {"cursor": first.context["page"].next})
    assert "Mail 000" in second.content.decode()


def test_a_page_of_twice_as_many_costs_no_more_statements(mailbox, register):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            mailbox.get(MAILBOX)
        return len(queries)

    for _number in range(3):
        register()
    few = cost()
    for _number in range(3):
        register()
    assert cost() == few


def test_kept_mail_is_read_with_its_links(mailbox, message):
    services.send_due(limit=10)
    assert "?key=" in mailbox.get(_page(message)).content.decode()
    assert letters.without_keys(message.body) not in mailbox.get(_page(message)).content.decode()


def test_mail_that_was_sent_is_read_without_the_keys_of_its_links(mailbox, message, mail_server):
    services.send_due(limit=10)
    page = mailbox.get(_page(message)).content.decode()
    key = message.body.partition("?key=")[2].split()[0]
    assert "?key=…" in page
    assert key not in page


def test_a_password_link_is_not_shown_to_administrators(mailbox, secret):
    assert "the-password-link" not in mailbox.get(_page(secret)).content.decode()


def test_where_mail_is_kept_a_password_link_is_shown_to_who_could_set_the_password_anyway(client, secret):
    services.send_due(limit=10)
    client.force_login(UserFactory(is_superuser=True))
    assert "the-password-link" in client.get(_page(secret)).content.decode()


def test_what_a_mail_says_is_shown_as_text_not_as_markup(mailbox, message):
    OutboxMessage.objects.update(body="<script>alert(1)</script>")
    assert "<script>alert" not in mailbox.get(_page(message)).content.decode()


def test_a_message_that_was_set_aside_is_tried_again(mailbox, set_aside):
    answer = mailbox.post(f"{_page(set_aside)}retry/")
    assert answer.status_code == 302
    set_aside.refresh_from_db()
    assert (set_aside.state, set_aside.attempts) == ("pending", 0)


def test_with_htmx_the_page_stays_and_fetches_itself(mailbox, set_aside):
    answer = mailbox.post(f"{_page(set_aside)}retry/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "message-changed" in answer["HX-Trigger"]


def test_trying_again_what_was_not_set_aside_says_why_not(mailbox, message):
    answer = mailbox.post(f"{_page(message)}retry/", follow=True, headers={"Referer": f"http://testserver{MAILBOX}"})
    assert "was not set aside" in answer.content.decode()


def test_trying_again_needs_a_post_and_a_message(mailbox, message):
    assert mailbox.get(f"{_page(message)}retry/").status_code == 405
    assert mailbox.post(f"{MAILBOX}999999/retry/").status_code == 404


def test_the_set_up_table_shows_the_outbox_without_texts_and_changes_nothing(client, message, secret):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = client.get(f"/admin/notifications/outboxmessage/{secret.pk}/change/")
    assert page.status_code == 200
    assert "the-password-link" not in page.content.decode()
    assert client.get("/admin/notifications/outboxmessage/add/").status_code == 403
    assert client.post(f"/admin/notifications/outboxmessage/{secret.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_message_that_was_withheld_says_why(mailbox, register, agent, handler):
    casework.assign(complaint_id=register().complaint.pk, by=agent, to=handler)
    handler.is_active = False
    handler.save(update_fields=["is_active"])
    services.send_due(limit=10)
    withheld = OutboxMessage.objects.get(recipient=handler)
    assert withheld.subject in mailbox.get(MAILBOX, {"state": "withheld"}).content.decode()
    page = mailbox.get(_page(withheld)).content.decode()
    assert "Not sent" in page
    assert "account was closed before this message could leave" in page
    assert "Try again" not in page


@pytest.mark.parametrize(
    ("role", "is_staff", "offered"), [(Role.ADMINISTRATOR, False, True), (Role.AGENT, True, False)]
)
def test_the_rail_offers_the_mailbox_to_whoever_may_read_it(client, branch, role, is_staff, offered):
    client.force_login(UserFactory(role=role, department=branch, is_staff=is_staff))
    page = client.get("/desk/").content.decode()
    assert (f'href="{MAILBOX}"' in page) is offered
    assert ('href="/admin/"' in page) is is_staff
