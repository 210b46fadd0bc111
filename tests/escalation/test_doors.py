"""What the desk, the API, the admin and the commands show of deadlines."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import services as accounts
from accounts.models import ApiToken, User
from complaints.services import casework
from escalation import selectors
from escalation.models import Calendar, CalendarVersion, Clock, Policy, Tier
from tests.escalation.conftest import taipei
from tests.factories.escalation import OFFICE_HOURS, WEEKDAYS, publish_calendar, working_hours

MONDAY = "2026-03-02 09:00"


@pytest.fixture
def case(office, register, at):
    with at(MONDAY):
        return register().complaint


@pytest.fixture
def over_the_weekend(office, register, at):
    with at("2026-03-06 09:00"):
        return register().complaint


@pytest.fixture
def api(agent):
    _token, plain = accounts.issue_token(user=agent, name="tests", scopes=[ApiToken.Scope.READ])
    return {"HTTP_AUTHORIZATION": f"Bearer {plain}"}


# --- desk ---------------------------------------------------------------------------------------------------


def test_the_dossier_fetches_the_chips_of_all_promises(case, client, agent):
    client.force_login(agent)
    response = client.get(reverse("escalation:deadlines", args=[case.reference]), HTTP_HX_REQUEST="true")
    text = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in text
    for kind in ("Acknowledgement", "First reply", "Resolution"):
        assert kind in text
    assert text.count("Why this date?") == 3
    assert "data-remaining" in text


def test_the_page_says_why_each_date_is_what_it_is(over_the_weekend, client, agent):
    client.force_login(agent)
    text = client.get(reverse("escalation:deadlines", args=[over_the_weekend.reference])).content.decode()
    assert "<html" in text
    assert f'id="clock-{Clock.objects.get(complaint=over_the_weekend, kind="resolution").pk}"' in text
    assert "of working time count" in text
    assert "day off, not counted" in text


def test_a_paused_promise_says_so(case, client, agent, at):
    with at(MONDAY):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop was it?")
    client.force_login(agent)
    text = client.get(reverse("escalation:deadlines", args=[case.reference])).content.decode()
    assert "chip--paused" in text
    assert "paused while waiting, not counted" in text


def test_whoever_may_not_see_the_complaint_sees_no_deadlines(case, client, outsider):
    client.force_login(outsider)
    assert client.get(reverse("escalation:deadlines", args=[case.reference])).status_code == 404


def test_the_deadlines_need_a_person(case, client):
    assert client.get(reverse("escalation:deadlines", args=[case.reference])).status_code == 302


def test_the_chips_of_a_list_cost_one_query_however_long_it_is(office, register, at):
    template = Template(
        "{% load escalation %}{% next_clocks complaints as clocks %}"
        "{% for complaint in complaints %}{% next_deadline clocks complaint %}{% endfor %}"
    )
    with at(MONDAY):
        complaints = [register().complaint for _ in range(6)]
    costs = []
    for page in (complaints[:3], complaints):
        with at("2026-03-02 10:00"), CaptureQueriesContext(connection) as queries:
            html = template.render(Context({"complaints": page}))
        assert html.count('data-remaining="10800"') == len(page), "three of four working hours are left"
        costs.append(len(queries))
    assert costs == [1, 1]


def test_a_chip_stands_still_outside_working_hours_and_says_until_when(case):
    noon, night = taipei("2026-03-02 11:30"), taipei("2026-03-02 20:00")
    (at_noon,) = selectors.next_clocks([case], now=noon).values()
    assert (at_noon.remaining, at_noon.ticking, at_noon.holds_for) == (1.5 * 3600, True, 1800)
    (at_night,) = selectors.next_clocks([case], now=night).values()
    assert (at_night.remaining, at_night.ticking, at_night.holds_for) == (-4 * 3600, False, 13 * 3600)


def test_next_is_the_first_reply_until_it_has_been_given(case, agent, at):
    """Zammad #5177: another target overruled the first response."""
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
    assert selectors.next_clocks([case])[case.pk].clock.kind == "first_response"


# --- API ----------------------------------------------------------------------------------------------------


def test_the_json_of_a_complaint_has_its_clocks(case, client, api):
    answer = client.get(f"/api/v1/complaints/{case.reference}/", **api).json()
    assert answer["due_at"] == "2026-03-02T06:00:00Z"
    assert [clock["kind"] for clock in answer["clocks"]] == ["acknowledge", "first_response", "resolution"]
    assert answer["clocks"][0] == {
        "id": case.clocks.get(kind="acknowledge").pk,
        "kind": "acknowledge",
        "number": 1,
        "about": "",
        "state": "running",
        "cycle": 1,
        "started_at": "2026-03-02T01:00:00Z",
        "due_at": "2026-03-02T06:00:00Z",
        "met_at": None,
        "breached_at": None,
        "provisional": False,
    }


def test_the_clocks_have_a_door_that_also_says_why(case, client, api):
    answer = client.get(f"/api/v1/complaints/{case.reference}/clocks/", **api).json()
    resolution = answer["results"][-1]
    assert (resolution["kind"], resolution["policy"], resolution["calendar"]) == ("resolution", "standard", "office")
    assert sum(stretch["counted_seconds"] for stretch in resolution["why"]) == 24 * 3600
    assert resolution["why"][0]["start"] == resolution["started_at"].replace("Z", "+00:00")


def test_a_foreign_complaint_has_no_clocks(case, client, outsider):
    _token, plain = accounts.issue_token(user=outsider, name="tests", scopes=[ApiToken.Scope.READ])
    response = client.get(f"/api/v1/complaints/{case.reference}/clocks/", HTTP_AUTHORIZATION=f"Bearer {plain}")
    assert response.status_code == 404


# --- admin --------------------------------------------------------------------------------------------------


@pytest.fixture
def workshop(client, db):
    client.force_login(User.objects.create_superuser("root@example.org", "correct horse battery", name="Root"))
    return client


CALENDAR = {"name": "Office", "timezone": "Asia/Taipei", "week": dict.fromkeys(WEEKDAYS, OFFICE_HOURS)}
POLICY = {"calendar": "office", "clocks": {"resolution": {"target": working_hours(8)}}}


def save(workshop, model, pk=None, **fields):
    name = f"admin:escalation_{model}_{'change' if pk else 'add'}"
    management = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    return workshop.post(reverse(name, args=[pk] if pk else []), {**fields, **management})


def test_the_workshop_publishes_a_calendar_and_then_its_next_version(workshop):
    assert save(workshop, "calendar", code="office", name="Office", document=json.dumps(CALENDAR)).status_code == 302
    calendar = Calendar.objects.get()
    changed = CALENDAR | {"days": {"2026-03-03": []}}
    assert save(workshop, "calendar", calendar.pk, name="Office", document=json.dumps(changed)).status_code == 302
    assert list(calendar.versions.values_list("number", flat=True)) == [2, 1]
    same = save(workshop, "calendar", calendar.pk, name="Our office", document=json.dumps(changed))
    assert same.status_code == 302
    assert calendar.versions.count() == 2, "a new name is no new version"
    calendar.refresh_from_db()
    assert calendar.name == "Our office"
    assert workshop.get(reverse("admin:escalation_calendar_change", args=[calendar.pk])).status_code == 200


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (CALENDAR | {"week": {}}, "No weekday has any working time"),
        (CALENDAR | {"timezone": "Asia/Nowhere"}, "No time zone is called"),
        ([1], "must be an object"),
    ],
)
def test_a_calendar_that_cannot_be_used_is_refused_with_a_sentence(workshop, document, sentence):
    response = save(workshop, "calendar", code="office", name="Office", document=json.dumps(document))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Calendar.objects.exists()


def test_what_is_not_json_is_refused_with_a_sentence(workshop):
    response = save(workshop, "calendar", code="office", name="Office", document="{")
    assert "This is not JSON." in response.content.decode()


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (POLICY | {"clocks": {}}, "The policy has no target"),
        (POLICY | {"calendar": "nowhere"}, "There is no calendar with the code"),
        (POLICY | {"match": {"department": ["nowhere"]}}, "Nothing here has the code"),
        (POLICY | {"clocks": {"resolution": {"target": {"unit": "moons", "amount": 1}}}}, "choose one of"),
    ],
)
def test_a_policy_that_could_keep_no_promise_is_refused_with_a_sentence(workshop, document, sentence):
    publish_calendar()
    response = save(
        workshop, "policy", code="standard", name="Standard", position=1, is_active="on", document=json.dumps(document)
    )
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Policy.objects.exists()


def test_the_workshop_publishes_a_policy(workshop):
    publish_calendar()
    response = save(
        workshop, "policy", code="standard", name="Standard", position=1, is_active="on", document=json.dumps(POLICY)
    )
    assert response.status_code == 302
    assert Policy.objects.get().versions.get().document["calendar"] == "office"


def test_the_workshop_shows_clocks_tiers_and_no_way_to_change_what_happened(workshop, case):
    clock = Clock.objects.filter(complaint=case).first()
    Tier.objects.get_or_create(number=1, defaults={"name": "Handler", "role": "handler"})
    assert workshop.get(reverse("admin:escalation_clock_changelist")).status_code == 200
    assert workshop.get(reverse("admin:escalation_clock_change", args=[clock.pk])).status_code == 200
    assert workshop.get(reverse("admin:escalation_tier_change", args=[1])).status_code == 200
    assert workshop.post(reverse("admin:escalation_clock_change", args=[clock.pk]), {}).status_code == 403


# --- commands -----------------------------------------------------------------------------------------------


def test_a_calendar_is_loaded_from_a_file_and_not_twice(db, tmp_path, capsys):
    file = tmp_path / "office.json"
    file.write_text(json.dumps(CALENDAR | {"covers_until": "2026-12-31"}), encoding="utf-8")
    for _ in range(2):
        call_command("load_calendar", str(file), "--code", "office")
        assert capsys.readouterr().out == "office: version 1, complete until 2026-12-31.\n"
    assert CalendarVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "not JSON"),
        ("中文".encode("big5"), "not text in UTF-8"),
        (json.dumps(CALENDAR | {"week": {}}).encode(), "No weekday has any working time"),
        (json.dumps(CALENDAR | {"name": "Our office"}).encode(), "without spaces"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_with_a_sentence(db, tmp_path, content, sentence):
    file = tmp_path / "calendar.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        call_command("load_calendar", str(file))


def test_explain_says_what_counted_and_what_did_not(over_the_weekend, capsys):
    call_command("explain", over_the_weekend.reference.lower())
    out = capsys.readouterr().out
    assert "Resolution (cycle 1): 2026-03-10T18:00+08:00" in out
    assert "day off, not counted" in out


def test_explain_knows_no_such_complaint(db):
    with pytest.raises(CommandError, match="no complaint"):
        call_command("explain", "R26-000000-X")


def test_as_of_needs_a_dry_run_and_a_moment(db):
    with pytest.raises(CommandError, match="needs --dry-run"):
        call_command("sweep", "--as-of", "2026-03-02")
    with pytest.raises(CommandError, match="not a moment"):
        call_command("sweep", "--dry-run", "--as-of", "soon")


def test_the_columns_of_clocks_say_what_their_ledgers_say(case, agent, at, sweep_at, capsys):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop was it?")
    with at("2026-03-03 10:00"):
        casework.resume(complaint_id=case.pk, by=agent)
    sweep_at("2026-03-20 09:00")
    call_command("rebuild_clocks", "--check")
    assert capsys.readouterr().out == "0 differences.\n"

    Clock.objects.filter(complaint=case, kind="resolution").update(provisional=True, met_at=None)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("rebuild_clocks", "--check")
    call_command("rebuild_clocks")
    call_command("rebuild_clocks", "--check")


def test_a_clock_that_nobody_would_wake_any_more_is_found_and_woken(case, sweep_at, capsys):
    Clock.objects.filter(complaint=case, kind="resolution").update(wake_at=None)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("rebuild_clocks", "--check")
    call_command("rebuild_clocks")
    call_command("rebuild_clocks", "--check")
    assert sweep_at("2026-03-20 09:00").firings == 3


def test_rebuilding_goes_by_the_clock_of_the_database(case, at, sweep_at, capsys):
    """A machine whose clock is behind would take back breaches that were noted, and they would be noted twice."""
    sweep_at("2026-03-20 09:00")
    with at("2026-03-02 10:00"):
        call_command("rebuild_clocks", "--check")
    assert capsys.readouterr().out == "0 differences.\n"
