"""Upgrades through the API."""

import json

import pytest

from complaints.models import Complaint, Upgrade
from complaints.services import casework

UPGRADES = "/api/v1/upgrades/"
UNRECORDED = {
    "subject": "Refund",
    "description": "They took it and forgot.",
    "grounds": ["unresolved"],
    "told_on": "2026-11-02",
    "complainant": {"name": "Wang", "phone": "0912 345 678"},
    "none_found": True,
}


@pytest.fixture
def held(register, agent, handler):
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    return complaint


def post(client, body, **headers):
    return client.post(UPGRADES, json.dumps(body), content_type="application/json", headers=headers)


def test_taking_a_complaint_further(program, refused, agent, handler, manager, held):
    client = program(agent)
    refused(client.send(f"{held.reference}/upgrade/", {"words": "x"}), 400, "invalid", "grounds")
    refused(client.send(f"{held.reference}/upgrade/", {"grounds": ["harm"], "words": "x"}), 400, "invalid", "grounds")
    answer = client.send(f"{held.reference}/upgrade/", {"grounds": ["overdue", "unresolved"], "words": "Too slow."})
    assert answer.status_code == 200, answer.content
    made = Complaint.objects.get(upgrade__earlier=held)
    assert answer.json()["taken_further"] == [made.reference]
    assert answer.json()["upgrade"] is None
    seen = client.read(f"{made.reference}/").json()
    assert (seen["complaint_class"], seen["class_kind"], seen["tier"]) == ("upgrade", "unresolved", 3)
    assert seen["holder"] == manager.email
    grounds = {ground["ground"]: ground for ground in seen["upgrade"]["grounds"]}
    assert (seen["upgrade"]["record"], seen["upgrade"]["earlier"]) == ("earlier", held.reference)
    assert grounds["unresolved"]["verdict"] == "confirmed"
    assert grounds["unresolved"]["sentence"] == "It has not been answered."
    again = client.send(f"{held.reference}/upgrade/", {"grounds": ["overdue"], "words": "Again."})
    refused(again, 409, "illegal_move")


def test_without_a_number_once_and_the_earlier_one_named_later(
    program, refused, agent, specialist, held, manager, head_office
):
    client = program(agent)
    refused(post(client, {"subject": "x"}), 400, "invalid", "grounds", "description")
    first = post(client, UNRECORDED, **{"Idempotency-Key": "k"})
    assert first.status_code == 201, first.content
    again = post(client, UNRECORDED, **{"Idempotency-Key": "k"})
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["access_secret"] == first.json()["access_secret"]
    refused(post(client, UNRECORDED | {"subject": "y"}, **{"Idempotency-Key": "k"}), 409, "idempotency_conflict")
    made = Upgrade.objects.get().complaint
    assert (made.upgrade.record, made.holder) == ("none", specialist)
    desk = program(specialist)
    named = desk.send(f"{made.reference}/name_earlier/", {"earlier": held.reference, "reasons": "Same name."})
    assert named.status_code == 200, named.content
    assert named.json()["upgrade"]["earlier"] == held.reference
    assert Upgrade.objects.get().record == "earlier"


def test_the_list_is_for_the_supervision_desk(program, refused, agent, specialist, head_office):
    assert post(program(agent), UNRECORDED).status_code == 201
    refused(program(agent).get(UPGRADES), 403, "not_allowed")
    client = program(specialist)
    [row] = client.get(UPGRADES).json()["results"]
    assert (row["record"], row["earlier"], row["tier"], row["told_on"]) == ("none", None, 4, "2026-11-02")
    assert client.get(UPGRADES, {"record": "earlier"}).json()["results"] == []
    assert len(client.get(UPGRADES, {"ground": "unresolved", "verdict": "silent"}).json()["results"]) == 1
    refused(client.get(UPGRADES, {"verdict": "maybe"}), 400, "invalid", "verdict")
    refused(client.get(UPGRADES, {"sort": "x"}), 400, "invalid", "sort")
