"""The last rung: the referral to an external body, prepared by the ladder or by hand, sent by a person."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiToken
from accounts.services import tokens
from complaints.errors import IllegalMove, Invalid, NotAllowed
from complaints.lifecycle import Verb
from complaints.services import casework, correspondence
from complaints.services.intake import ComplainantDetails
from escalation import selectors
from escalation.errors import NoReferral, ReferralSettled
from escalation.happenings import Happening
from escalation.models import ExternalBody, Referral
from escalation.services import referrals
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

pytestmark = pytest.mark.django_db

State = Referral.State


@pytest.fixture
def board():
    return ExternalBody.objects.create(
        code="mediation",
        name="Consumer mediation board",
        translations={"zh-hant": "消費爭議調解委員會"},
        address="1 Market Square",
        email="board@example.org",
    )


@pytest.fixture
def last_rung(agent, handler, supervisor, manager, specialist, executive, administrator):
    """A ladder whose step at the deadline refers the complaint, and goes on repeating."""
    publish_calendar()
    step = {
        "effects": {"refer": True, "raise_to_tier": 5, "assign": True, "notify": ["holder"]},
        "repeat": {"every_working_hours": 1, "times": 3},
    }
    publish_policy(clocks={"resolution": {"target": working_hours(8), "steps": [step]}})


@pytest.fixture
def complaint(last_rung, register, at):
    with at("2026-03-02 09:00"):
        return register().complaint


# --- which body ---------------------------------------------------------------------------------------------


def test_the_first_body_that_serves_the_complaint_is_named(board, complaint, branch):
    ExternalBody.objects.create(code="report", name="Ombudsman", position=1, match={"track": ["report"]})
    near = ExternalBody.objects.create(code="north", name="Near", position=2, match={"department": ["head-office"]})
    assert selectors.bodies_for([complaint.pk]) == {complaint.pk: near}
    ExternalBody.objects.filter(pk=near.pk).update(is_active=False)
    assert selectors.bodies_for([complaint.pk]) == {complaint.pk: board}


def test_a_body_for_complaints_that_cannot_exist_is_refused_in_words():
    body = ExternalBody(code="b", name="B", match={"track": ["riot"]})
    with pytest.raises(ValidationError, match="No complaint ever has"):
        body.clean()


# --- by the ladder ------------------------------------------------------------------------------------------


def test_the_last_step_prepares_the_referral_once_and_tells_the_holder(board, complaint, sweep_at, executive):
    sweep_at("2026-03-03 09:00")
    referral = Referral.objects.get()
    assert (referral.complaint, referral.body, referral.state) == (complaint, board, State.PREPARED)
    assert referral.prepared_by is None
    (event,) = complaint.events.filter(kind=Happening.REFERRED)
    assert event.data["referral"] == referral.pk
    sweep_at("2026-03-03 14:00")
    assert Referral.objects.count() == complaint.events.filter(kind=Happening.REFERRED).count() == 1


def test_the_holder_is_told_to_print_and_send_it_within_the_letter_of_the_step(
    board, complaint, sweep_at, executive, settings
):
    settings.COMPLAINT_EVENT_HANDLERS = [*settings.COMPLAINT_EVENT_HANDLERS, "notifications.handlers.queue_messages"]
    sweep_at("2026-03-03 09:00")
    (letter,) = executive.outbox_messages.all()
    assert letter.kind == "escalated"
    assert "please print and send it" in letter.body


def test_without_a_body_the_referral_waits_for_somebody_to_choose_one(complaint, sweep_at, manager):
    sweep_at("2026-03-03 09:00")
    assert Referral.objects.get().body is None
    with pytest.raises(Invalid, match="Choose one first"):
        referrals.mark_sent(complaint_id=complaint.pk, by=manager)


def test_twice_as_many_complaints_cost_the_sweep_no_more_statements(board, last_rung, register, at, sweep_at):
    def cost(count, day) -> int:
        with at(f"{day} 09:00"):
            for _number in range(count):
                register()
        with CaptureQueriesContext(connection) as queries:
            sweep_at(f"{day} 18:00")
        return len(queries)

    cost(1, "2026-03-02")
    assert cost(6, "2026-03-04") == cost(3, "2026-03-05")


# --- by hand ------------------------------------------------------------------------------------------------


def test_a_button_pressed_twice_prepares_it_once(board, complaint, agent):
    first = referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    again = referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    assert (again.pk, again.prepared_at) == (first.pk, first.prepared_at)
    assert complaint.events.filter(kind=Verb.REFER).count() == 1


def test_a_person_prepares_sends_and_notes_it(board, complaint, agent):
    referral = referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    assert referral.prepared_by == agent
    sent = referrals.mark_sent(complaint_id=complaint.pk, by=agent, note="By registered mail.")
    assert (sent.state, sent.settled_by, sent.note) == (State.SENT, agent, "By registered mail.")
    states = complaint.events.filter(kind=Verb.REFER).order_by("sequence").values_list("data__state", flat=True)
    assert list(states) == ["prepared", "sent"]
    with pytest.raises(ReferralSettled):
        referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    with pytest.raises(ReferralSettled, match="Sent"):
        referrals.drop(complaint_id=complaint.pk, by=agent, note="Too late.")


def test_what_is_not_needed_needs_a_reason_and_can_be_taken_up_again(board, complaint, agent):
    referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    with pytest.raises(Invalid):
        referrals.drop(complaint_id=complaint.pk, by=agent, note=" ")
    assert referrals.drop(complaint_id=complaint.pk, by=agent, note="Settled.").state == State.NOT_NEEDED
    again = referrals.prepare(complaint_id=complaint.pk, by=agent)
    assert (again.state, again.settled_by, again.note, again.body) == (State.PREPARED, None, "", board)
    assert Referral.objects.count() == 1


def test_another_body_can_be_chosen_before_it_is_sent(board, complaint, agent):
    other = ExternalBody.objects.create(code="court", name="Small claims court")
    referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    assert referrals.prepare(complaint_id=complaint.pk, by=agent, body=other).body == other
    ExternalBody.objects.filter(pk=board.pk).update(is_active=False)
    board.refresh_from_db()
    with pytest.raises(Invalid, match="not in use"):
        referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)


def test_what_was_never_prepared_cannot_be_sent(complaint, agent):
    with pytest.raises(NoReferral):
        referrals.mark_sent(complaint_id=complaint.pk, by=agent)


def test_whoever_may_not_handle_the_complaint_may_not_refer_it(board, complaint, outsider):
    with pytest.raises(NotAllowed):
        referrals.prepare(complaint_id=complaint.pk, by=outsider, body=board)


def test_a_withdrawn_complaint_is_not_referred(board, complaint, agent):
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="They said so.")
    with pytest.raises(IllegalMove):
        referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)


def test_a_new_cycle_has_a_referral_of_its_own(board, complaint, agent):
    referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    type(complaint).objects.filter(pk=complaint.pk).update(cycle=2)
    complaint.refresh_from_db()
    assert selectors.referral_of(complaint) is None
    assert referrals.prepare_many([complaint], at=complaint.received_at)[0].cycle == 2


def test_the_database_keeps_one_referral_a_cycle_and_who_settled_it(board, complaint, agent):
    referral = referrals.prepare(complaint_id=complaint.pk, by=agent, body=board)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(complaint=complaint, cycle=1, prepared_at=complaint.received_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(state=State.SENT)


# --- the page and the letter --------------------------------------------------------------------------------


@pytest.fixture
def page(client, agent, complaint):
    client.force_login(agent)
    return reverse("escalation:refer", args=[complaint.reference])


def test_the_letter_holds_the_facts_of_the_case_and_nothing_internal(client, page, board, complaint, agent, sweep_at):
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="We are on it.")
    correspondence.note(complaint_id=complaint.pk, by=agent, body="Between us: hopeless.")
    sweep_at("2026-03-03 09:00")
    html = client.get(page).content.decode()
    letter = html[html.index("<article") : html.index("</article>")]
    for fact in (
        "Consumer mediation board",
        "1 Market Square",
        complaint.reference,
        "Lin Mei-hua",
        "lin@example.org",
        "The card was charged twice for one purchase.",
        "Resolution",
        "Monday 2 March 2026, 18:00",
        "Broken",
        "We wrote to the complainant.",
    ):
        assert fact in letter
    for word in ("hopeless", "Tier", "unclassified", "Handler"):
        assert word not in letter


def test_the_letter_is_in_the_language_of_the_complaint(client, agent, last_rung, board, register):
    client.force_login(agent)
    complaint = register(language="zh-hant").complaint
    html = client.get(reverse("escalation:refer", args=[complaint.reference])).content.decode()
    assert '<article class="card letter" lang="zh-hant">' in html
    assert "消費爭議調解委員會" in html


def test_an_anonymous_complainant_stays_so(client, agent, last_rung, board, register):
    client.force_login(agent)
    complaint = register(complainant=ComplainantDetails(anonymous=True, email="secret@example.org")).complaint
    html = client.get(reverse("escalation:refer", args=[complaint.reference])).content.decode()
    assert "Wishes to stay anonymous" in html
    assert "secret@example.org" not in html


def test_a_person_prepares_it_and_marks_it_as_sent(client, page, board):
    response = client.post(page, {"state": "prepared", "body": board.pk})
    assert response.status_code == 302
    assert "Mark as sent" in client.get(page).content.decode()
    client.post(page, {"state": "sent", "body": board.pk, "note": "By mail."})
    assert Referral.objects.get().state == State.SENT
    html = client.get(page).content.decode()
    assert "By mail." in html
    assert "Mark as sent" not in html


def test_with_htmx_the_page_stays(client, page, board):
    response = client.post(page, {"state": "prepared", "body": board.pk}, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert "prepared" in response.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"state": "prepared"}, "choose one"),
        ({"state": "not_needed"}, "Say why it is not needed"),
        ({"state": "lost"}, "lost"),
    ],
)
def test_what_is_missing_is_said_in_words(client, page, given, says):
    response = client.post(page, given)
    assert response.status_code == 422
    assert says in response.content.decode()


def test_whoever_does_not_see_the_complaint_finds_no_letter(client, page, outsider):
    client.force_login(outsider)
    assert client.get(page).status_code == 404


def test_the_dossier_says_that_a_referral_is_ready(client, page, complaint, board, sweep_at):
    sweep_at("2026-03-03 09:00")
    part = client.get(reverse("escalation:deadlines", args=[complaint.reference]), headers={"HX-Request": "true"})
    assert page in part.content.decode()
    story = client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()
    assert "prepared the referral to an external body" in story


# --- the API ------------------------------------------------------------------------------------------------


def test_the_api_prepares_and_settles_it(client, complaint, board, agent):
    _token, key = tokens.issue_token(user=agent, name="t", scopes=[ApiToken.Scope.READ, ApiToken.Scope.WRITE])
    headers = {"authorization": f"Bearer {key}"}
    address = reverse("api:refer", args=[complaint.reference])

    def post(**given):
        return client.post(address, given, content_type="application/json", headers=headers)

    assert post(state="prepared", body="mediation").status_code == 200
    assert post(state="not_needed").status_code == 400
    assert post(state="sent", note="By mail.").status_code == 200
    refused = post(state="sent")
    assert (refused.status_code, refused.json()["code"]) == (409, "referral_settled")
