"""Follow-ups, reasons for closing and promising replies for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.services import follow_ups
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

CALL = {"mode": "phone", "result": "satisfied", "words": "All is well."}
UNHAPPY = {"mode": "visit", "result": "partly", "words": "Half of it.", "upheld": True, "reasons": "It is so."}


@pytest.fixture
def answered(program, handler, acknowledged):
    body = {"outcome": "upheld", "reasons": "The till.", "message": "We pay it back."}
    assert program(handler).send(f"{acknowledged.reference}/resolve/", body).status_code == 200
    return acknowledged.reference


def test_follow_up_and_list(program, agent, answered):
    caller = program(agent)
    told = caller.send(f"{answered}/follow_up/", CALL).json()
    assert (told["status"], told["reworks"], told["closed_because"], told["objection_until"]) == (
        "resolved",
        0,
        "",
        None,
    )
    told = caller.send(f"{answered}/follow_up/", UNHAPPY).json()
    assert (told["status"], told["cycle"], told["reworks"]) == ("assessing", 2, 1)
    first, second = caller.read(f"{answered}/follow_ups/").json()["results"]
    assert (first["number"], first["words"], first["upheld"]) == (1, "All is well.", None)
    assert (second["led_to_rework"], second["by"], second["reasons"]) == (True, agent.email, "It is so.")
    assert told["links"]["follow_ups"].endswith("/follow_ups/")
    assert [row["reference"] for row in caller.read(reworked="true").json()["results"]] == [answered]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("mode", "smoke"),
        ("result", "blissful"),
        ("words", ""),
        ("words", None),
        ("words", "x" * 20_001),
        ("upheld", True),
        ("upheld", "perhaps"),
        ("own_words", "perhaps"),
        ("at", "soon"),
        ("at", "2126-01-01T00:00:00Z"),
        ("stars", 5),
    ],
)
def test_what_is_refused_names_its_field(program, agent, answered, refused, field, wrong):
    refused(program(agent).send(f"{answered}/follow_up/", CALL | {field: wrong}), 400, "invalid", field)


def test_who_may_not_and_when_not(program, agent, outsider, handler, answered, refused, register):
    refused(program(outsider).send(f"{answered}/follow_up/", CALL), 404, "not_found")
    refused(program(agent).send(f"{register().complaint.reference}/follow_up/", CALL), 409, "illegal_move")
    mine = CALL | {"result": "dissatisfied", "upheld": False, "reasons": "x"}
    refused(program(handler).send(f"{answered}/follow_up/", mine), 409, "second_person_needed")


def test_closing_takes_a_reason(program, agent, answered, refused):
    caller = program(agent)
    refused(caller.send(f"{answered}/close/"), 400, "invalid", "reason")
    refused(caller.send(f"{answered}/close/", {"reason": "silent"}), 400, "invalid", "reason")
    refused(caller.send(f"{answered}/close/", {"reason": "confirmed"}), 400, "invalid", "note")
    told = caller.send(f"{answered}/close/", {"reason": "confirmed", "note": "By phone."}).json()
    assert (told["status"], told["closed_because"]) == ("closed", "confirmed")


def test_ratings_are_read(program, agent, answered, acknowledged):
    follow_ups.rate(complaint_id=acknowledged.pk, satisfied=False, words="Too slow.")
    [rating] = program(agent).read(f"{answered}/").json()["ratings"]
    assert (rating["satisfied"], rating["cycle"], rating["words"]) == (False, 1, "Too slow.")


def test_a_reply_promises_a_date(program, agent, acknowledged, refused):
    caller, ahead = program(agent), (timezone.now() + timedelta(days=2)).isoformat()
    given = {"body": "We call you back.", "promise_until": ahead}
    refused(caller.send(f"{acknowledged.reference}/reply/", given), 409, "no_policy")
    publish_calendar()
    publish_policy(clocks={"resolution": {"target": working_hours(24)}})
    past = given | {"promise_until": "2001-01-01T00:00:00Z"}
    refused(caller.send(f"{acknowledged.reference}/reply/", past), 400, "invalid", "promise_until")
    told = caller.send(f"{acknowledged.reference}/reply/", given).json()
    assert [clock["kind"] for clock in told["clocks"]] == ["promise"]
