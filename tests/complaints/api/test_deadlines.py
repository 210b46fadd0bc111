"""What the deadline office adds to the JSON of a complaint."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.escalation import publish_calendar, publish_policy

BODY = {"subject": "Charged twice", "description": "The card was charged twice.", "department": "north"}


@pytest.fixture
def promises(head_office):
    publish_calendar()
    return publish_policy()


def test_a_new_complaint_says_what_is_promised(program, agent, promises):
    caller = program(agent)
    told = caller.send("", BODY).json()
    assert {clock["kind"] for clock in told["clocks"]} == {"acknowledge", "first_response", "resolution"}
    for clock in told["clocks"]:
        assert set(clock) == {
            "id",
            "kind",
            "number",
            "state",
            "cycle",
            "started_at",
            "due_at",
            "met_at",
            "breached_at",
            "provisional",
            "about",
        }
        assert (clock["state"], clock["cycle"]) == ("running", 1)
    assert told["due_at"] == min(clock["due_at"] for clock in told["clocks"])
    explained = caller.get(told["links"]["clocks"]).json()["results"]
    assert {clock["kind"] for clock in explained} == {clock["kind"] for clock in told["clocks"]}


def test_acts_move_the_clocks_in_the_same_answer(program, agent, promises):
    caller = program(agent)
    reference = caller.send("", BODY).json()["reference"]
    told = caller.send(f"{reference}/acknowledge/").json()
    assert {clock["kind"]: clock["state"] for clock in told["clocks"]}["acknowledge"] == "met"


def test_the_clocks_of_a_case_that_is_not_seen(program, agent, outsider, promises, refused):
    reference = program(agent).send("", BODY).json()["reference"]
    refused(program(outsider).read(f"{reference}/clocks/"), 404, "not_found")


def test_a_list_with_clocks_costs_the_same_for_twice_as_many(program, agent, promises, django_assert_num_queries):
    caller = program(agent)

    def more():
        for _each in range(3):
            caller.send("", BODY)

    more()
    caller.read()
    with CaptureQueriesContext(connection) as few:
        assert len(caller.read().json()["results"]) == 3
    cost = len(few)  # the log is emptied by the next request
    more()
    with django_assert_num_queries(cost):
        rows = caller.read().json()["results"]
    assert len(rows) == 6
    assert all(len(row["clocks"]) == 3 for row in rows)
