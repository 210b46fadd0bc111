"""The doors to taking over: the dossier, the API, and the link in a letter."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import ApiToken, Membership
from accounts.roles import Role
from complaints.services import casework
from escalation import takeover_links
from escalation.services import taking_over
from notifications.models import OutboxMessage
from tests.escalation.conftest import taipei
from tests.factories import DepartmentFactory
from tests.factories.escalation import LADDER, publish_policy, working_hours

MONDAY = "2026-03-02 09:00"
DEADLINE = "2026-03-04 18:00"
MORNING = "2026-03-05 10:00"


@pytest.fixture
def case(office, register, at):
    with at(MONDAY):
        return register().complaint


@pytest.fixture
def climbed(case, sweep_at):
    sweep_at(DEADLINE)
    case.refresh_from_db()
    return case


def taken(complaint):
    return complaint.events.filter(kind="take_over")


# --- the dossier --------------------------------------------------------------------------------------------


@pytest.fixture
def shown(client, at):
    def _shown(person, complaint, moment=MORNING):
        client.force_login(person)
        with at(moment):
            address = reverse("escalation:deadlines", args=[complaint.reference])
            return client.get(address, headers={"HX-Request": "true"}).content.decode()

    return _shown


def test_the_dossier_offers_it_once_it_has_climbed(case, sweep_at, shown, supervisor):
    assert "/take-over/" not in shown(supervisor, case, MONDAY)
    sweep_at(DEADLINE)
    assert "/take-over/" in shown(supervisor, case)


def test_pressing_the_button_leads_back_to_the_dossier_which_says_until_when(climbed, client, at, shown, supervisor):
    client.force_login(supervisor)
    with at(MORNING):
        answer = client.post(reverse("escalation:take-over", args=[climbed.reference]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk:dossier", args=[climbed.reference])
    assert f"You have taken {climbed.reference} over. The climb rests until" in answer.content.decode()
    text = shown(supervisor, climbed, "2026-03-05 10:01")
    assert "Supervisor has taken it over. The climb rests until" in text
    assert "Take over again, from now" in text


def test_with_htmx_the_dossier_is_opened_anew_for_it_has_another_holder(climbed, client, at, manager):
    client.force_login(manager)
    with at(MORNING):
        address = reverse("escalation:take-over", args=[climbed.reference])
        answer = client.post(address, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("desk:dossier", args=[climbed.reference])


def test_others_read_who_has_taken_it_over_and_are_refused(climbed, client, at, shown, supervisor, manager):
    with at(MORNING):
        taking_over.take_over(complaint_id=climbed.pk, by=supervisor)
    text = shown(manager, climbed, "2026-03-05 10:30")
    assert "Supervisor has taken it over." in text
    assert "/take-over/" not in text
    with at("2026-03-05 10:30"):
        answer = client.post(reverse("escalation:take-over", args=[climbed.reference]), follow=True)
    assert "Supervisor has taken this complaint over until" in answer.content.decode()
    assert taken(climbed).count() == 1


def test_a_mere_look_changes_nothing_and_strangers_find_nothing(climbed, client, at, supervisor, outsider):
    address = reverse("escalation:take-over", args=[climbed.reference])
    client.force_login(supervisor)
    assert client.get(address).url == reverse("escalation:deadlines", args=[climbed.reference])
    client.force_login(outsider)
    assert client.post(address).status_code == 404
    client.logout()
    assert client.post(address).status_code == 302
    assert not taken(climbed).exists()


def test_the_story_tells_it(climbed, client, at, manager):
    with at(MORNING):
        taking_over.take_over(complaint_id=climbed.pk, by=manager)
    client.force_login(manager)
    text = client.get(reverse("desk:dossier", args=[climbed.reference])).content.decode()
    assert "took the complaint over from Supervisor." in text
    assert re.search(r"The climb rests until <time[^>]*15:00 Taipei time\"", text)


def test_only_the_last_who_was_asked_stands_among_the_deadlines(office, register, at, sweep_at, shown, specialist):
    clocks = {
        "resolution": {"target": working_hours(24), "steps": LADDER},
        "takeover": {"target": working_hours(1), "steps": [{"effects": {"raise_to_tier": "next", "assign": True}}]},
    }
    publish_policy("asks", position=1, clocks=clocks)
    with at(MONDAY):
        case = register().complaint
    sweep_at(DEADLINE)
    sweep_at("2026-03-05 10:00")
    assert case.clocks.filter(kind="takeover").count() == 2
    text = shown(specialist, case)
    assert text.count("<span>Taking over") == 1
    assert "Cancelled" not in text


# --- the API ------------------------------------------------------------------------------------------------


@pytest.fixture
def send(client, at):
    def _send(person, complaint, body=None, **headers):
        _token, plain = accounts.issue_token(user=person, name="tests", scopes=list(ApiToken.Scope))
        return client.post(
            f"/api/v1/complaints/{complaint.reference}/take_over/",
            body or {},
            content_type="application/json",
            headers={"Authorization": f"Bearer {plain}", **headers},
        )

    return _send


def test_a_program_takes_it_over(climbed, send, supervisor):
    answer = send(supervisor, climbed, **{"If-Match": f'"{climbed.event_count}"'})
    assert answer.status_code == 200, answer.content
    assert answer.json()["holder"] == supervisor.email
    assert answer["ETag"] == f'"{climbed.event_count + 1}"'
    assert taken(climbed).get().data["letter_of"] is None


def test_a_program_is_refused_with_a_reason(case, climbed, send, supervisor, manager, agent, outsider):
    assert send(supervisor, climbed, **{"If-Match": '"0"'}).json()["code"] == "changed_meanwhile"
    assert send(supervisor, climbed, {"until": "2026-03-06"}).json()["code"] == "invalid"
    assert send(outsider, climbed).status_code == 404
    assert send(supervisor, climbed).status_code == 200
    told = send(manager, climbed)
    assert (told.status_code, told.json()["code"]) == (409, "taken_over")
    assert "Supervisor" in told.json()["detail"]


def test_what_has_not_climbed_is_refused_to_programs_as_well(case, send, handler):
    told = send(handler, case)
    assert (told.status_code, told.json()["code"]) == (409, "nothing_to_take_over")


# --- the link in a letter -----------------------------------------------------------------------------------


@pytest.fixture
def letter(settings, office, register, at, sweep_at, supervisor):
    """The letter that tells the supervisor that it has climbed to them."""
    settings.COMPLAINT_EVENT_HANDLERS = [
        "escalation.handlers.keep_clocks",
        "notifications.handlers.queue_messages",
    ]
    with at(MONDAY):
        case = register().complaint
    sweep_at(DEADLINE)
    case.refresh_from_db()
    message = OutboxMessage.objects.get(kind="escalated", address=supervisor.email)
    return case, message


def path_in(message):
    return re.search(r"/desk/take-over/\?key=\S+", message.body).group(0)


@pytest.fixture
def follow(client, at):
    def _follow(path, moment=MORNING, *, press=False):
        with at(moment):
            return client.post(path, follow=True) if press else client.get(path)

    return _follow


def test_the_letter_holds_the_link_and_the_mailbox_does_not_give_it_away(letter, client, administrator):
    _case, message = letter
    path = path_in(message)
    client.force_login(administrator)
    shown = client.get(reverse("notifications:mailbox")).content.decode()
    assert path not in shown


def test_people_who_are_only_told_get_no_link(settings, office, letter, sweep_at, executive, manager):
    case, _message = letter
    sweep_at("2026-03-05 14:00")
    assert "/desk/take-over/" not in OutboxMessage.objects.get(address=executive.email).body
    assert "/desk/take-over/" in OutboxMessage.objects.get(address=manager.email).body
    case.refresh_from_db()
    assert case.tier == 3


def test_following_it_shows_one_button_and_changes_nothing(letter, follow):
    case, message = letter
    page = follow(path_in(message))
    text = page.content.decode()
    assert page.status_code == 200
    assert case.reference in text
    for private in (case.subject, "Supervisor", "Lin"):
        assert private not in text, "the reference alone"
    assert text.count('type="submit" class="button button--primary"') == 1
    assert "no-store" in page["Cache-Control"]
    assert not taken(case).exists()


def test_pressing_it_takes_the_complaint_over_without_signing_anybody_in(letter, follow, client, supervisor):
    case, message = letter
    path = path_in(message)
    text = follow(path, press=True).content.decode()
    assert "You have taken it over. The climb rests until" in text
    event = taken(case).get()
    assert event.actor == supervisor
    assert event.data["letter_of"] == case.events.get(kind="escalated", data__tier=2).pk
    assert "_auth_user_id" not in client.session
    assert follow(path, press=True).status_code == 200
    assert taken(case).count() == 1, "pressed twice is pressed once"
    assert "the agreed time ended" in follow(path, "2026-03-05 15:00").content.decode()


def test_the_button_is_guarded_against_other_sites(letter, at):
    case, message = letter
    with at(MORNING):
        assert Client(enforce_csrf_checks=True).post(path_in(message)).status_code == 403
    assert not taken(case).exists()


def test_after_somebody_else_took_it_over_it_says_so_calmly(letter, follow, at, manager):
    case, message = letter
    with at("2026-03-05 09:30"):
        taking_over.take_over(complaint_id=case.pk, by=manager)
    text = follow(path_in(message), press=True).content.decode()
    assert "Somebody else has taken it over until" in text
    assert "Manager" not in text
    assert taken(case).count() == 1


def test_after_it_changed_hands_or_ended_it_says_so_calmly(letter, follow, at, supervisor, manager):
    case, message = letter
    with at("2026-03-05 09:30"):
        casework.assign(complaint_id=case.pk, by=supervisor, to=manager)
    assert "in other hands by now" in follow(path_in(message), press=True).content.decode()
    with at("2026-03-05 09:40"):
        casework.resolve(complaint_id=case.pk, by=manager, outcome="upheld", reasons="True.", message="Sorry.")
    assert "answered or ended meanwhile" in follow(path_in(message), press=True).content.decode()
    assert not taken(case).exists()


def test_it_opens_for_seven_days(letter, follow):
    case, _message = letter
    event = case.events.get(kind="escalated", data__tier=2)
    with time_machine.travel(taipei(DEADLINE), tick=False):
        link = takeover_links.signed_link(user_id=case.holder_id, complaint_id=case.pk, event_id=event.pk)
    path = link.partition("/desk/")[1] + link.partition("/desk/")[2]
    in_time = taipei(DEADLINE) + timedelta(days=7)
    assert follow(path, f"{in_time:%Y-%m-%d %H:%M}").status_code == 200
    too_late = follow(path, f"{in_time + timedelta(minutes=1):%Y-%m-%d %H:%M}")
    assert too_late.status_code == 404
    assert case.reference not in too_late.content.decode()


@pytest.mark.parametrize("harm", ["gone", "moved away"])
def test_it_opens_nothing_for_whoever_is_gone_or_may_not_any_more(letter, follow, supervisor, manager, at, harm):
    case, message = letter
    if harm == "gone":
        supervisor.is_active = False
        supervisor.save(update_fields=["is_active"])
    else:
        Membership.objects.filter(user=supervisor).delete()
        Membership.objects.create(user=supervisor, department=DepartmentFactory(), role=Role.SUPERVISOR)
        case.holder = manager
        case.save(update_fields=["holder"])
    page = follow(path_in(message), press=True)
    assert page.status_code == 404
    assert case.reference not in page.content.decode()
    assert not taken(case).exists()


@pytest.mark.parametrize("key", ["", "1-2-3", "1-2-3.abc.def", "\x00", "退款", "x" * 5_000])
def test_a_broken_key_opens_nothing(db, client, key):
    assert client.get("/desk/take-over/", {"key": key}).status_code == 404


def test_it_speaks_the_language_of_the_reader_unless_the_browser_has_chosen(letter, follow, client, supervisor):
    _case, message = letter
    supervisor.language = "zh-hant"
    supervisor.save(update_fields=["language"])
    assert 'lang="zh-Hant"' in follow(path_in(message)).content.decode()
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in follow(path_in(message)).content.decode()


def test_too_many_tries_from_one_address_have_to_wait(letter, follow, settings):
    settings.RATELIMIT_ENABLE = True
    settings.TAKE_OVER_RATE = "2/m"
    cache.clear()
    _case, message = letter
    answers = [follow(path_in(message)).status_code for _try in range(4)]
    assert answers[:2] == [200, 200]
    assert answers[-1] == 429
