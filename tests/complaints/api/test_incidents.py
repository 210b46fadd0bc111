"""Mass incidents for programs."""

import json

import pytest

from complaints.models import IncidentUpdate, MassIncident, Message


@pytest.fixture
def call(program):
    def _call(user):
        caller = program(user)

        def send(path, body, **headers):
            return caller.post(
                f"/api/v1/incidents/{path}", json.dumps(body), content_type="application/json", headers=headers
            )

        return caller, send

    return _call


def test_open_gather_tell_close(call, register, supervisor, branch):
    references = [register().complaint.reference for _number in range(2)]
    caller, send = call(supervisor)
    opened = send("", {"title": "Power cut", "text": "A cable broke.", "department": "north"})
    assert opened.status_code == 201
    number = opened.json()["number"]
    for reference in references:
        told = caller.send(f"{reference}/gather/", {"incident": number})
        assert told.json()["gravity"]["incident"] == number
    read = caller.get(f"/api/v1/incidents/{number}/").json()
    assert (read["complaints"], read["open_complaints"], sorted(read["references"])) == (2, 2, sorted(references))
    for _time in range(2):
        sent = send(f"{number}/updates/", {"body": "It is back."}, **{"Idempotency-Key": "k"})
        assert (sent.status_code, sent.json()["reached"]) == (201, 2)
    assert Message.objects.filter(body="It is back.").count() == 2
    assert [one["body"] for one in caller.get(f"/api/v1/incidents/{number}/updates/").json()] == ["It is back."]
    caller.send(f"{references[0]}/release/", {"reasons": "Another street."})
    assert send(f"{number}/close/", {}).json()["closed_by"] == supervisor.email
    [row] = caller.get("/api/v1/incidents/").json()["results"]
    assert (row["complaints"], row["closed_at"] is not None) == (1, True)


def test_what_is_refused(call, register, agent, supervisor, outsider, refused):
    reference = register().complaint.reference
    caller, send = call(supervisor)
    for wrong in (
        {},
        {"title": "x", "text": "x", "department": "moon"},
        {"title": " ", "text": "x", "department": "north"},
    ):
        refused(send("", wrong), 400, "invalid")
    number = send("", {"title": "x", "text": "x", "department": "north"}).json()["number"]
    for wrong in (10**30, "x", True, number + 1, None):
        refused(caller.send(f"{reference}/gather/", {"incident": wrong}), 400, "invalid")
    refused(send(f"{number}/updates/", {"body": " "}), 400, "invalid")
    refused(send(f"{number}/updates/", {"body": "x"}), 409, "illegal_move")
    _caller, outside = call(outsider)
    refused(outside(f"{number}/updates/", {"body": "x"}), 404, "not_found")
    refused(outside("", {"title": "x", "text": "x", "department": "north"}), 403, "not_allowed")
    caller.send(f"{reference}/gather/", {"incident": number})
    _caller, low = call(agent)
    refused(low(f"{number}/updates/", {"body": "x"}), 403, "not_allowed")
    refused(low(f"{number}/close/", {}), 403, "not_allowed")
    assert not IncidentUpdate.objects.exists()
    assert MassIncident.objects.get().is_open
