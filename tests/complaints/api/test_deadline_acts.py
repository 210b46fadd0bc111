"""The acts about deadlines through the API, in the manner of all acts."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from escalation.models import Clock, Extension
from tests.factories.escalation import ALL_DAY, publish_calendar, publish_policy


@pytest.fixture
def complaint(register):
    publish_calendar(week=ALL_DAY)
    publish_policy(
        clocks={
            "acknowledge": {"target": {"unit": "hours", "amount": 4}},
            "resolution": {
                "target": {"unit": "working_hours", "amount": 24},
                "extensions": {"times": 1, "most": 10},
            },
        }
    )
    return register().complaint


@pytest.fixture
def ask(program, agent, complaint):
    def _ask(**changes):
        body = {"clock": clock(complaint).pk, "amount": 8, "reason": "expert", "reasons": "The laboratory."} | changes
        return program(agent).send(f"{complaint.reference}/ask_extension/", body)

    return _ask


def clock(complaint, kind="resolution") -> Clock:
    return Clock.objects.get(complaint=complaint, kind=kind)


def ahead(hours: float) -> str:
    return (timezone.now() + timedelta(hours=hours)).isoformat()


def test_a_promise_and_that_it_was_kept(program, agent, complaint):
    caller = program(agent)
    told = caller.send(f"{complaint.reference}/promise/", {"until": ahead(5), "what": "Call."}).json()
    (promised,) = [one for one in told["clocks"] if one["kind"] == "promise"]
    assert (promised["number"], promised["state"]) == (1, "running")
    done = caller.send(f"{complaint.reference}/fulfil/", {"clock": promised["id"], "note": "Called."})
    assert done.status_code == 200
    assert [one["state"] for one in done.json()["clocks"] if one["kind"] == "promise"] == ["met"]


def test_more_time_asked_for_and_granted_by_somebody_else(program, supervisor, complaint, ask):
    before = clock(complaint).due_at
    assert ask().status_code == 200
    caller = program(supervisor)
    (row,) = [
        one for one in caller.read(f"{complaint.reference}/clocks/").json()["results"] if one["kind"] == "resolution"
    ]
    (asked,) = row["extensions"]
    assert (asked["standing"], asked["amount"], asked["unit"], asked["decided_by"]) == (
        "asked",
        8,
        "working_hours",
        None,
    )
    told = caller.send(f"{complaint.reference}/grant_extension/", {"extension": asked["id"]}).json()
    (moved,) = [one["due_at"] for one in told["clocks"] if one["kind"] == "resolution"]
    assert datetime.fromisoformat(moved) == (before + timedelta(hours=8)).astimezone(UTC)


def test_more_time_refused(program, supervisor, complaint, ask, refused):
    ask()
    extension = Extension.objects.get()
    caller = program(supervisor)
    refused(
        caller.send(f"{complaint.reference}/refuse_extension/", {"extension": extension.pk}), 400, "invalid", "reasons"
    )
    answer = caller.send(f"{complaint.reference}/refuse_extension/", {"extension": extension.pk, "reasons": "Now."})
    assert answer.status_code == 200
    refused(
        caller.send(f"{complaint.reference}/refuse_extension/", {"extension": extension.pk, "reasons": "Now."}),
        409,
        "already_decided",
    )


def test_ones_own_request_is_somebody_elses_to_decide(program, supervisor, complaint, refused):
    caller = program(supervisor)
    body = {"clock": clock(complaint).pk, "amount": 8, "reason": "other", "reasons": "Much."}
    caller.send(f"{complaint.reference}/ask_extension/", body)
    extension = Extension.objects.get()
    refused(caller.send(f"{complaint.reference}/grant_extension/", {"extension": extension.pk}), 403, "own_request")


def test_a_handler_does_not_grant(program, handler, complaint, ask, refused):
    ask()
    body = {"extension": Extension.objects.get().pk}
    refused(program(handler).send(f"{complaint.reference}/grant_extension/", body), 403, "not_allowed")


def test_what_the_policy_or_time_does_not_allow(complaint, ask, refused):
    refused(ask(clock=clock(complaint, "acknowledge").pk), 409, "not_extendable")
    ask()
    refused(ask(), 409, "already_asked")
    Extension.objects.all().delete()
    Clock.objects.filter(pk=clock(complaint).pk).update(state="breached_open", breached_at=clock(complaint).due_at)
    refused(ask(), 409, "deadline_passed")


@pytest.mark.parametrize("amount", [0, -1, 10**9, "eight", None, math.inf, [], {}, True, 10**400])
def test_amounts_that_are_none(ask, refused, amount):
    refused(ask(amount=amount), 400, "malformed" if amount == math.inf else "invalid")


@pytest.mark.parametrize("named", [0, -1, 10**30, "x", None, 1.5, 999_999])
def test_clocks_that_are_none(ask, refused, named):
    refused(ask(clock=named), 400, "invalid", "clock")


@pytest.mark.parametrize(
    "until", ["2026-01-01T10:00:00", "2020-01-01T10:00:00Z", "soon", None, 5, "9999-12-31T23:59:59Z"]
)
def test_moments_that_are_none(program, agent, complaint, refused, until):
    answer = program(agent).send(f"{complaint.reference}/promise/", {"until": until, "what": "Call."})
    refused(answer, 400, "invalid", "until")


def test_done_at_a_naive_moment_or_of_a_clock_that_another_act_keeps(program, agent, complaint, refused):
    address = f"{complaint.reference}/fulfil/"
    body = {"clock": clock(complaint).pk, "note": "x"}
    refused(program(agent).send(address, body | {"at": "2026-01-01T10:00:00"}), 400, "invalid", "at")
    refused(program(agent).send(address, body), 409, "kept_by_another_act")


def test_a_changed_complaint_is_not_promised_anything(program, agent, complaint, refused):
    caller = program(agent)
    tag = caller.read(f"{complaint.reference}/")["ETag"]
    body = {"until": ahead(5), "what": "Call."}
    address = f"{complaint.reference}/promise/"
    assert caller.send(address, body, **{"If-Match": tag}).status_code == 200
    refused(caller.send(address, body, **{"If-Match": tag}), 412, "changed_meanwhile")
    assert Clock.objects.filter(kind="promise").count() == 1


def test_a_token_that_only_reads_promises_nothing(program, agent, complaint, refused):
    answer = program(agent, scopes=["read"]).send(f"{complaint.reference}/promise/", {"until": ahead(5), "what": "x"})
    refused(answer, 403, "scope_missing")


def test_waiting_takes_a_reason(program, agent, complaint, refused):
    caller = program(agent)
    caller.send(f"{complaint.reference}/acknowledge/")
    address = f"{complaint.reference}/wait/"
    refused(caller.send(address, {"question": "x", "reason": "tired"}), 400, "invalid", "reason")
    assert caller.send(address, {"question": "It is tested.", "reason": "expert"}).json()["status"] == "waiting"
    assert complaint.events.get(kind="wait").data["reason"] == "expert"
