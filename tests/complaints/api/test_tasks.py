"""Tasks for programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from complaints.models import Task
from tests.factories import DepartmentFactory, UserFactory

VISIT = {"kind": "site_visit", "what": "Look at the till.", "department": "repairs"}


@pytest.fixture
def mechanic(head_office):
    repairs = DepartmentFactory(code="repairs", name="Repairs", parent=head_office)
    return UserFactory(name="Mechanic", role=Role.HANDLER, department=repairs)


@pytest.fixture
def reference(register, mechanic):
    return register().complaint.reference


def test_issue_accept_finish(program, agent, mechanic, reference, refused):
    caller, worker = program(agent), program(mechanic)
    assert worker.read(f"{reference}/").status_code == 404
    answer = caller.send(f"{reference}/tasks/", VISIT)
    assert answer.status_code == 201
    [task] = answer.json()["tasks"]
    assert (task["number"], task["state"], task["owner"], task["blocking"]) == (1, "issued", None, True)
    told = caller.send(f"{reference}/resolve/", {"outcome": "upheld", "reasons": "x", "message": "y"})
    assert "no. 1 (Site visit, Repairs)" in refused(told, 409, "tasks_open")["detail"]
    assert worker.send(f"{reference}/tasks/1/accept/").json()["tasks"][0]["owner"] == mechanic.email
    photo = {"file": SimpleUploadedFile("visit.txt", b"seen"), "task": 1}
    assert worker.post(f"/api/v1/complaints/{reference}/attach/", photo, format="multipart").status_code == 200
    done = worker.send(f"{reference}/tasks/1/finish/", {"result": "The drawer jams."}).json()["tasks"][0]
    assert (done["state"], done["ended_by"], len(done["attachments"])) == ("done", mechanic.email, 1)
    [listed] = caller.read(f"{reference}/tasks/").json()["results"]
    assert listed == done
    assert "issue_task" in caller.read(f"{reference}/").json()["acts"]
    assert not {"accept_task", "cancel_task"} & set(caller.read(f"{reference}/").json()["acts"])


def test_refuse_and_cancel(program, agent, mechanic, reference, refused):
    caller, worker = program(agent), program(mechanic)
    appraisal = {"body": "Institute", "cost": "10.50", "currency": "TWD", "payer": "office"}
    task = caller.send(f"{reference}/tasks/", VISIT | {"kind": "appraisal", "appraisal": appraisal}).json()["tasks"][0]
    assert (task["cost"], task["currency"], task["payer"]) == ("10.50", "TWD", "office")
    refused(caller.send(f"{reference}/tasks/", VISIT | {"appraisal": appraisal}), 400, "invalid", "appraisal.body")
    caller.send(f"{reference}/tasks/", VISIT | {"parent": 1})
    refused(caller.send(f"{reference}/tasks/1/refuse/", {"reasons": "x"}), 403, "not_allowed")
    refused(worker.send(f"{reference}/tasks/1/finish/", {"result": "x"}), 409, "tasks_open")
    answer = caller.send(f"{reference}/tasks/1/cancel/", {"reasons": "Settled."}).json()
    assert [task["state"] for task in answer["tasks"]] == ["cancelled", "cancelled"]
    refused(caller.send(f"{reference}/tasks/1/cancel/", {"reasons": "x"}), 409, "illegal_move")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("kind", "gossip"), ("what", ""), ("what", "x" * 20_001), ("department", "moon"), ("owner", "x@example.org"),
        ("parent", 9), ("parent", "x"), ("parent", 10**30), ("due", "2020-01-01T00:00:00Z"), ("due", "x"),
        ("appraisal", {"body": "x", "cost": "1.001", "currency": "TWD"}), ("appraisal", {"body": "x", "cost": "NaN"}),
        ("appraisal", 5), ("blocking", "perhaps"), ("colour", "red"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, agent, reference, refused, field, wrong):
    answer = program(agent).send(f"{reference}/tasks/", VISIT | {"kind": "appraisal"} | {field: wrong})
    refused(answer, 400, "invalid")
    assert not Task.objects.exists()


def test_a_task_that_is_not_there(program, agent, reference, refused):
    for number in (1, 99_999_999_999_999_999_999):
        refused(program(agent).send(f"{reference}/tasks/{number}/cancel/", {"reasons": "x"}), 404, "not_found")


def test_if_match_and_sending_twice(program, agent, reference, refused):
    caller = program(agent)
    refused(caller.send(f"{reference}/tasks/", VISIT, **{"If-Match": '"77"'}), 412, "changed_meanwhile")
    key = {"Idempotency-Key": "one", "If-Match": '"1"'}
    assert caller.send(f"{reference}/tasks/", VISIT, **key).status_code == 201
    again = caller.send(f"{reference}/tasks/", VISIT, **key)
    assert (again.status_code, again["Idempotent-Replayed"], len(again.json()["tasks"])) == (201, "true", 1)
    refused(caller.send(f"{reference}/tasks/", VISIT | {"what": "Else."}, **key), 409, "idempotency_conflict")
    refused(
        caller.send(f"{reference}/tasks/1/cancel/", {"reasons": "x"}, **{"If-Match": '"1"'}), 412, "changed_meanwhile"
    )
    assert Task.objects.count() == 1


def test_twice_as_many_tasks_cost_the_same(
    program, agent, reference, django_assert_num_queries, django_assert_max_num_queries
):
    caller = program(agent)
    for _number in range(2):
        caller.send(f"{reference}/tasks/", VISIT)
    caller.read(f"{reference}/")
    with django_assert_max_num_queries(40) as captured:
        caller.read(f"{reference}/")
    first = len(captured)
    for _number in range(2):
        caller.send(f"{reference}/tasks/", VISIT)
    with django_assert_num_queries(first):
        caller.read(f"{reference}/")
