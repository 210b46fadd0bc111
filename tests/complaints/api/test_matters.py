"""Matters for programs."""

import pytest

from complaints.models import Complaint, Matter
from tests.factories import CategoryFactory, DepartmentFactory

PARTS = {"parts": [{"subject": "The till"}, {"subject": "The queue", "words": "I waited an hour."}]}
FOUND = {"outcome": "upheld", "finding": "You are right.", "reasons": "The journal."}


@pytest.fixture
def billing(head_office):
    return DepartmentFactory(code="billing", name="Billing", parent=head_office)


@pytest.fixture
def reference(register):
    return register().complaint.reference


def test_split_settle_answer_reopen(program, agent, supervisor, reference, refused):
    caller = program(agent)
    CategoryFactory(code="till")
    parts = [PARTS["parts"][0] | {"category": "till"}, PARTS["parts"][1]]
    first, second = caller.send(f"{reference}/split/", {"parts": parts}).json()["matters"]
    assert (first["number"], first["state"], first["category"], first["findings"]) == (1, "open", "till", [])
    assert (second["words"], second["went_to"]) == ("I waited an hour.", None)
    told = caller.send(f"{reference}/resolve/", {"message": "x"})
    assert "no. 1 (The till)" in refused(told, 409, "matters_open")["detail"]
    caller.send(f"{reference}/matters/1/settle/", FOUND)
    done = caller.send(f"{reference}/matters/2/settle/", FOUND | {"outcome": "not_upheld"}).json()["matters"]
    assert (done[0]["outcome"], done[0]["findings"][0]["settled_by"]) == ("upheld", agent.email)
    assert caller.read(f"{reference}/matters/").json()["results"] == done
    refused(caller.send(f"{reference}/resolve/", {"message": "x", "outcome": "upheld"}), 400, "invalid", "outcome")
    assert caller.send(f"{reference}/resolve/", {"message": "x"}).json()["outcome"] == "partly_upheld"
    leader = program(supervisor)
    again = {"reasons": "x", "matter_numbers": [2]}
    refused(leader.send(f"{reference}/reopen/", again | {"matter_numbers": [7]}), 400, "invalid", "matter_numbers")
    states = [matter["state"] for matter in leader.send(f"{reference}/reopen/", again).json()["matters"]]
    assert states == ["settled", "open"]
    dropped = leader.send(f"{reference}/matters/2/drop/", {"reasons": "Named twice."}).json()["matters"][1]
    assert (dropped["state"], dropped["drop_reasons"], len(dropped["findings"])) == ("dropped", "Named twice.", 1)
    acts = leader.read(f"{reference}/").json()["acts"]
    assert "split" in acts
    assert not {"settle_matter", "drop_matter", "split_off"} & set(acts)


def test_judged_matter_by_matter(program, agent, reference, refused):
    caller = program(agent)
    caller.send(f"{reference}/split/", PARTS)
    fact = {"source": "record", "what": "The till booked it twice.", "verified": True, "how": "The journal."}
    assert caller.send(f"{reference}/investigate/", fact).status_code == 200
    found = {"grounds": "unfounded", "grounds_reasons": "x", "demand": "none", "enough_because": "y"}
    refused(caller.send(f"{reference}/judge/", found | {"matter_number": 7}), 400, "invalid", "matter_number")
    assert caller.send(f"{reference}/judge/", found | {"matter_number": 2}).status_code == 200
    told = caller.read(f"{reference}/inquiry/").json()
    assert (told["judgement"], [one["matter"] for one in told["judgements_of_matters"]]) == (None, [2])
    refused(caller.send(f"{reference}/matters/2/settle/", FOUND), 400, "contradicts_judgement", "outcome")


def test_split_off(program, agent, handler, reference, billing, refused):
    caller = program(agent)
    caller.send(f"{reference}/split/", PARTS)
    moved = {"message": "Billing takes it.", "department": "billing"}
    told = caller.send(f"{reference}/matters/1/split_off/", moved).json()
    part = Complaint.objects.latest("pk")
    assert (told["matters"][0]["state"], told["matters"][0]["went_to"]) == ("split_off", part.reference)
    assert caller.read(f"{part.reference}/").json()["split_from"] == reference
    assert program(handler).read(f"{reference}/").json()["matters"][0]["went_to"] is None
    assert program(handler).read(f"{reference}/matters/").json()["results"][0]["went_to"] is None
    refused(caller.send(f"{reference}/matters/1/split_off/", moved), 409, "illegal_move")
    refused(caller.send(f"{reference}/matters/2/split_off/", moved), 409, "illegal_move")
    assert Complaint.objects.count() == 2


@pytest.mark.parametrize(
    ("door", "field", "wrong"),
    [
        ("split", "parts", []), ("split", "parts", [{"subject": "Alone"}]), ("split", "parts", "x"),
        ("split", "parts", [{"subject": "a", "colour": "red"}, {"subject": "b"}]), ("split", "colour", "red"),
        ("split", "parts", [{"subject": "a", "category": "moon"}, {"subject": "b"}]),
        ("split", "parts", [{"subject": "a", "about": "Nobody"}, {"subject": "b"}]),
        ("split", "parts", [{"subject": "x" * 201}, {"subject": "b"}]),
        ("matters/1/settle", "outcome", "won"), ("matters/1/settle", "finding", ""),
        ("matters/1/settle", "reasons", "x" * 20_001), ("matters/1/settle", "colour", "red"),
        ("matters/1/split_off", "track", "gossip"), ("matters/1/split_off", "message", " "),
        ("matters/1/split_off", "file_ids", [10**30]), ("matters/1/split_off", "file_ids", [77]),
        ("matters/1/split_off", "department", "north"), ("matters/1/drop", "reasons", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, agent, reference, billing, refused, door, field, wrong):
    caller = program(agent)
    given = {
        "split": PARTS,
        "matters/1/settle": FOUND,
        "matters/1/split_off": {"message": "x", "department": "billing"},
    }
    if door != "split":
        caller.send(f"{reference}/split/", PARTS)
    refused(caller.send(f"{reference}/{door}/", given.get(door, {}) | {field: wrong}), 400, "invalid")
    assert set(Matter.objects.values_list("state", flat=True)) <= {"open"}


def test_a_matter_that_is_not_there_and_a_complaint_that_moved_on(program, agent, reference, refused):
    caller = program(agent)
    for number in (1, 99_999_999_999_999_999_999):
        refused(caller.send(f"{reference}/matters/{number}/settle/", FOUND), 404, "not_found")
    caller.send(f"{reference}/split/", PARTS)
    stale = {"If-Match": '"1"'}
    refused(caller.send(f"{reference}/matters/1/settle/", FOUND, **stale), 412, "changed_meanwhile")
    refused(caller.send(f"{reference}/split/", PARTS, **stale), 412, "changed_meanwhile")


def test_twice_as_many_matters_cost_the_same(
    program, agent, reference, django_assert_num_queries, django_assert_max_num_queries
):
    caller = program(agent)
    caller.send(f"{reference}/split/", PARTS)
    caller.send(f"{reference}/matters/1/settle/", FOUND)
    caller.read(f"{reference}/")
    with django_assert_max_num_queries(40) as captured:
        caller.read(f"{reference}/")
    first = len(captured)
    caller.send(f"{reference}/split/", PARTS)
    caller.send(f"{reference}/matters/3/settle/", FOUND)
    with django_assert_num_queries(first):
        caller.read(f"{reference}/")
