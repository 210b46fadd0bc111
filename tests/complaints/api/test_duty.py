"""The duty roster for programs."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from accounts.models import DutyShift
from accounts.roles import Role
from escalation.api.duty import NewShiftIn
from tests.complaints.api.test_anything import bodies
from tests.factories import AbsenceFactory, DutyShiftFactory, UserFactory

DUTY, SHIFTS = "/api/v1/duty/", "/api/v1/duty/shifts/"


@pytest.fixture
def shift(handler, branch):
    return DutyShiftFactory(user=handler, department=branch)


@pytest.fixture
def body(handler):
    return {
        "department": "north",
        "user": handler.email,
        "tier": 2,
        "starts_at": "2026-11-23T18:00:00+08:00",
        "ends_at": "2026-11-24T09:00:00+08:00",
    }


def sent(caller, address, body, method="post"):
    raw = json.dumps(body)  # whatever JSON can say, lone surrogates as well
    return getattr(caller, method)(address, raw, content_type="application/json")


def test_a_program_reads_who_holds_each_tier_now_and_why(program, agent, shift, handler, supervisor, specialist):
    AbsenceFactory(user=UserFactory(role=Role.HANDLER, department=agent.department, name="On leave"))
    told = program(agent).get(DUTY, {"department": "north"}).json()
    assert (told["department"], told["timezone"]) == ("north", "Asia/Taipei")
    assert [row["tier"] for row in told["tiers"]] == [1, 2, 3, 4, 5]
    first, second, third = told["tiers"][:3]
    assert (first["way"], first["holder"]["email"]) == ("role", handler.email)
    assert [person["name"] for person in first["away"]] == ["On leave"]
    assert (second["way"], second["holder"]["email"], second["found_in"]) == ("shift", handler.email, "north")
    assert (third["holder"]["name"], third["found_in"], third["found_on_tier"]) == ("Specialist", "head-office", 4)
    assert not any(row["unmanned"] for row in told["tiers"][:4])
    assert told["tiers"][4] == told["tiers"][4] | {"holder": None, "unmanned": True, "found_in": None}


def test_a_program_lists_the_shifts_of_two_weeks_or_of_the_time_it_asks_for(program, agent, shift, handler, branch):
    now = timezone.now()
    far = DutyShiftFactory(
        user=handler, department=branch, starts_at=now + timedelta(days=30), ends_at=now + timedelta(days=31)
    )
    caller = program(agent)
    told = caller.get(SHIFTS, {"department": "north"}).json()
    assert [row["id"] for row in told["results"]] == [shift.pk]
    assert told["results"][0]["user"] == {"name": "Handler", "email": handler.email}
    asked = {"department": "north", "since": "2001-01-01T00:00:00Z", "until": "2001-02-01T00:00:00Z"}
    assert caller.get(SHIFTS, asked).json()["results"] == []
    later = {"department": "north", "since": (now + timedelta(days=29)).isoformat()}
    assert [row["id"] for row in caller.get(SHIFTS, later).json()["results"]] == [far.pk]


def test_a_planner_s_program_adds_changes_and_removes_a_shift(program, supervisor, body, agent, branch):
    caller = program(supervisor)
    added = sent(caller, SHIFTS, body)
    assert added.status_code == 201
    kept = DutyShift.objects.get()
    assert (kept.department, kept.tier, added.json()["id"]) == (branch, 2, kept.pk)
    del body["department"]
    changed = sent(caller, f"{SHIFTS}{kept.pk}/", body | {"user": agent.email, "tier": 1}, "put").json()
    assert (changed["user"]["name"], changed["tier"]) == ("Agent", 1)
    assert caller.delete(f"{SHIFTS}{kept.pk}/").status_code == 204
    assert not DutyShift.objects.exists()


def test_others_and_tokens_that_only_read_are_refused(program, refused, agent, supervisor, outsider, shift, body):
    for person in (agent, outsider):
        refused(sent(program(person), SHIFTS, body), 403, "not_allowed")
        refused(program(person).delete(f"{SHIFTS}{shift.pk}/"), 403, "not_allowed")
    refused(sent(program(supervisor, scopes=["read"]), SHIFTS, body), 403, "scope_missing")
    refused(program(supervisor, scopes=["read"]).delete(f"{SHIFTS}{shift.pk}/"), 403, "scope_missing")
    assert DutyShift.objects.get() == shift


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": "2026-11-23T18:00:00+08:00"}, "ends_at"),
        ({"ends_at": "2026-11-24T09:00:00"}, "ends_at"),
        ({"user": "nobody@example.org"}, "user"),
        ({"tier": 6}, "tier"),
        ({"department": "nowhere"}, "department"),
        ({"usr": "x"}, "usr"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(program, refused, supervisor, body, changes, field):
    refused(sent(program(supervisor), SHIFTS, body | changes), 400, "invalid", field)


def test_what_is_not_there_is_not_found(program, refused, supervisor, body):
    caller = program(supervisor)
    del body["department"]
    refused(sent(caller, f"{SHIFTS}999999999/", body, "put"), 404, "not_found")
    refused(caller.delete(f"{SHIFTS}{10**30}/"), 404, "not_found")
    for department in ("nowhere", "", "\x00"):
        refused(caller.get(DUTY, {"department": department}), 404, "not_found")
    refused(caller.get(SHIFTS), 400, "invalid", "department")
    refused(caller.get(SHIFTS, {"department": "north", "until": "9999-12-31T00:00:00Z"}), 400, "invalid", "until")
    refused(caller.get(SHIFTS, {"department": "north", "since": "soon"}), 400, "invalid", "since")


@pytest.mark.slow
def test_no_json_breaks_the_roster(program, supervisor):
    caller = program(supervisor)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(bodies(NewShiftIn))
    def attempt(body):
        answer = sent(caller, SHIFTS, body)
        assert answer.status_code < 500, (body, answer.content)

    attempt()
