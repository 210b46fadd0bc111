"""Policies and calendars for programs."""

import json

import pytest

from escalation.models import PolicyVersion
from tests.factories.escalation import LADDER, publish_calendar, publish_policy, working_hours

POLICIES, CALENDARS = "/api/v1/policies/", "/api/v1/calendars/"


@pytest.fixture
def rules(db):
    publish_calendar()
    return publish_policy()


def sent(caller, body, code="standard"):
    return caller.post(f"{POLICIES}{code}/versions/", json.dumps(body), content_type="application/json")


def next_version(**changes):
    document = {
        "calendar": "office",
        "clocks": {"resolution": {"target": working_hours(16), "steps": LADDER}},
    }
    return {"name": "Standard", "position": 5, "document": document} | changes


def test_a_program_reads_the_policies_in_their_order_in_words_and_as_documents(program, agent, rules):
    publish_policy("first", position=1, is_active=False)
    told = program(agent).get(POLICIES).json()
    assert [row["code"] for row in told["results"]] == ["first", "standard"]
    row = told["results"][1]
    assert (row["version"], row["is_active"], row["position"]) == (1, True, 100)
    assert row["document"] == rules.document
    resolution = row["clocks"][2]
    assert (resolution["kind"], resolution["promise"]) == ("resolution", "24 working hours")
    assert resolution["ladder"][0] == "after 50 % of the time: notify the person in charge"
    assert program(agent).get(f"{POLICIES}standard/").json() == row


def test_a_program_reads_the_calendars(program, agent, rules):
    told = program(agent).get(CALENDARS).json()["results"]
    assert [(row["code"], row["version"], row["covers_until"]) for row in told] == [("office", 1, None)]
    assert program(agent).get(f"{CALENDARS}office/").json() == told[0]


@pytest.mark.parametrize("path", [f"{POLICIES}nowhere/", f"{CALENDARS}nowhere/"])
def test_what_is_not_there_is_not_found(program, agent, rules, refused, path):
    refused(program(agent).get(path), 404, "not_found")


def test_an_administrators_program_publishes_and_is_named(program, administrator, rules):
    answer = sent(program(administrator), next_version(after=1))
    assert answer.status_code == 201, answer.content
    assert (answer.json()["version"], answer.json()["position"]) == (2, 5)
    assert PolicyVersion.objects.get(number=2).published_by == administrator


def test_nobody_else_publishes(program, administrator, executive, rules, refused):
    refused(sent(program(executive), next_version()), 403, "not_allowed")
    refused(sent(program(administrator, scopes=["read"]), next_version()), 403, "scope_missing")
    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document": {"calendar": "nowhere", "clocks": {"resolution": {"target": working_hours(1)}}}}, "calendar"),
        ({"document": {"calendar": "office", "clocks": {"resolution": {}}}}, "clocks.resolution.target"),
        ({"after": 0}, "code"),
    ],
)
def test_a_policy_that_cannot_be_published_is_refused_by_its_field(
    program, administrator, rules, refused, changes, field
):
    answer = sent(program(administrator), next_version(**changes))
    assert field in answer.json()["errors"], answer.content
    assert PolicyVersion.objects.count() == 1


def test_a_field_that_does_not_exist_is_refused(program, administrator, rules, refused):
    refused(sent(program(administrator), next_version(colour="red")), 400, "invalid", "colour")
