"""Looking into a complaint and judging it, for programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from complaints.models import InvestigationEntry, Judgement
from complaints.services import tasks
from complaints.tasking import TaskKind
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.judging import look_into

FACT = {
    "source": "record", "what": "Booked twice.", "verified": True, "how": "The journal.", "amount": "1280.00",
    "currency": "TWD",
}  # fmt: skip
ORIGIN = {"cause": "mistake", "cause_note": "Pressed again.", "party": "nobody"}
JUDGED = {
    "grounds": "founded", "grounds_reasons": "The journal.", "demand": "none", "origin": ORIGIN,
    "enough_because": "The journal leaves no doubt.",
}  # fmt: skip


@pytest.fixture
def complaint(register):
    return register().complaint


@pytest.fixture
def reference(complaint):
    return complaint.reference


def test_from_the_facts_to_the_outcome(program, agent, handler, reference, refused):
    caller = program(agent)
    refused(caller.send(f"{reference}/judge/", JUDGED), 409, "not_judged")
    assert caller.send(f"{reference}/investigate/", FACT).status_code == 200
    photo = {"file": SimpleUploadedFile("till.txt", b"twice"), "entry": 1}
    assert caller.post(f"/api/v1/complaints/{reference}/attach/", photo, format="multipart").status_code == 200
    [fact] = caller.read(f"{reference}/facts/").json()["results"]
    assert (fact["number"], fact["amount"], fact["recorded_by"], len(fact["attachments"])) == (
        1, "1280.00", agent.email, 1,
    )  # fmt: skip
    inquiry = caller.read(f"{reference}/inquiry/").json()
    assert (inquiry["depth"], inquiry["why"], inquiry["heard"]) == ("ordinary", "no_thresholds", False)
    assert [gap["code"] for gap in inquiry["gaps"]] == ["not_heard"]
    assert inquiry["judgement"] is None
    blamed = ORIGIN | {"party": "person", "person": handler.email}
    assert caller.send(f"{reference}/judge/", JUDGED | {"origin": blamed}).status_code == 200
    judgement = caller.read(f"{reference}/inquiry/").json()["judgement"]
    assert (judgement["grounds"], judgement["person"], judgement["state"]) == ("founded", handler.email, "in_force")
    assert [one["number"] for one in caller.read(f"{reference}/judgements/").json()["results"]] == [1]
    answer = caller.send(f"{reference}/resolve/", {"outcome": "not_upheld", "reasons": "x", "message": "y"})
    assert "Upheld, Partly upheld" in refused(answer, 400, "contradicts_judgement", "outcome")["detail"]
    kinds = [event["kind"] for event in caller.read(f"{reference}/events/").json()["results"]]
    assert kinds == ["register", "investigate", "attach", "judge"]


def test_valid_demands_it(program, agent, reference, refused):
    caller = program(agent)
    valid = {"complaint_class": "valid", "class_kind": "harm", "reasons": "x", "fault": "mistake", "harmed": "user"}
    refused(caller.send(f"{reference}/classify/", valid), 400, "invalid", "complaint_class")
    caller.send(f"{reference}/investigate/", FACT)
    refused(caller.send(f"{reference}/classify/", valid), 400, "invalid", "complaint_class")
    caller.send(f"{reference}/judge/", JUDGED)
    assert caller.send(f"{reference}/classify/", valid).json()["complaint_class"] == "valid"


def test_both_sides_and_what_else_is_on_record(program, agent, handler, complaint, register, reference):
    statement = {"kind": TaskKind.STATEMENT, "what": "Tell us.", "department": complaint.department}
    tasks.issue(complaint_id=complaint.pk, by=agent, **statement, owner=handler)
    tasks.finish(complaint_id=complaint.pk, number=1, by=handler, result="The line was down.")
    other = register().complaint
    inquiry = program(agent).read(f"{reference}/inquiry/").json()
    [said] = inquiry["statements"]
    assert (said["task"], said["by"], said["words"], inquiry["heard"]) == (
        1, handler.email, "The line was down.", True,
    )  # fmt: skip
    assert inquiry["same_person"] == {
        "references": [other.reference], "counts": [{"ended": "open", "number": 1}], "more": False,
    }  # fmt: skip
    assert inquiry["same_subject"]["references"] == []


@pytest.mark.parametrize(
    ("act", "wrong", "field"),
    [
        ("investigate", {"source": "gossip"}, "source"), ("investigate", {"what": ""}, "what"),
        ("investigate", {"how": ""}, "how"), ("investigate", {"replaces": 4}, "replaces"),
        ("investigate", {"replaces": 10**30}, "replaces"), ("investigate", {"amount": "1.005"}, "amount"),
        ("investigate", {"amount": "NaN"}, "amount"), ("investigate", {"currency": "$"}, "currency"),
        ("investigate", {"verified": "perhaps"}, "verified"), ("investigate", {"colour": "red"}, "colour"),
        ("judge", {"grounds": "perhaps"}, "grounds"), ("judge", {"grounds_reasons": " "}, "grounds_reasons"),
        ("judge", {"demand": "reasonable"}, "demand_reasons"), ("judge", {"share": 101}, "share"),
        ("judge", {"share": 10**30}, "share"), ("judge", {"share": 10}, "share_reasons"),
        ("judge", {"origin": 5}, "origin"), ("judge", {"origin": ORIGIN | {"cause": "fate"}}, "origin.cause"),
        ("judge", {"origin": ORIGIN | {"party": "person"}}, "person"),
        ("judge", {"origin": ORIGIN | {"person": "x@example.org"}}, "origin.person"),
        ("judge", {"enough_because": ""}, "enough_because"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, agent, complaint, reference, refused, act, wrong, field):
    if act == "judge":
        look_into(complaint, agent)
    given = (FACT if act == "investigate" else JUDGED) | wrong
    refused(program(agent).send(f"{reference}/{act}/", given), 400, "invalid", field)
    assert InvestigationEntry.objects.count() == (act == "judge")
    assert not Judgement.objects.exists()


def test_who_may_not(program, head_office, agent, handler, complaint, reference, outsider, refused):
    for place in ("facts", "judgements", "inquiry"):
        refused(program(outsider).read(f"{reference}/{place}/"), 404, "not_found")
    repairs = DepartmentFactory(code="repairs", name="Repairs", parent=head_office)
    mechanic = program(UserFactory(role=Role.HANDLER, department=repairs))
    tasks.issue(complaint_id=complaint.pk, by=agent, kind=TaskKind.SITE_VISIT, what="Look.", department=repairs)
    caller = program(agent)
    caller.send(f"{reference}/investigate/", FACT)
    caller.send(f"{reference}/judge/", JUDGED | {"origin": ORIGIN | {"party": "person", "person": handler.email}})
    refused(mechanic.send(f"{reference}/judge/", JUDGED), 403, "not_allowed")
    assert mechanic.read(f"{reference}/inquiry/").json()["judgement"]["person"] is None
    assert mechanic.read(f"{reference}/judgements/").json()["results"][0]["person"] is None


def test_if_match(program, agent, reference, refused):
    refused(program(agent).send(f"{reference}/investigate/", FACT, **{"If-Match": '"9"'}), 412, "changed_meanwhile")


def test_twice_as_many_cost_the_same(
    program, agent, reference, register, django_assert_num_queries, django_assert_max_num_queries
):
    caller = program(agent)

    def more():
        for _number in range(2):
            caller.send(f"{reference}/investigate/", FACT)
            caller.send(f"{reference}/judge/", JUDGED)
            register()

    more()
    places = [f"{reference}/{part}/" for part in ("facts", "judgements", "inquiry")]
    counts = []
    for place in places:
        caller.read(place)
        with django_assert_max_num_queries(25) as captured:
            caller.read(place)
        counts.append(len(captured))
    more()
    for place, count in zip(places, counts, strict=True):
        with django_assert_num_queries(count):
            caller.read(place)
