import pytest

from tests.factories.grave import call_malicious, propose_malicious

pytestmark = pytest.mark.django_db


@pytest.fixture
def grave(register, agent, supervisor):
    complaint = register().complaint
    call_malicious(complaint, agent, supervisor)
    return complaint.reference


def test_objecting_deciding_renewing_and_lapsing(program, grave, agent, supervisor, manager, executive, refused):
    caller = program(agent)
    refused(caller.send(f"{grave}/object/", {"words": "No.", "through": "web"}), 400, "invalid", "through")
    refused(caller.send(f"{grave}/object/", {"words": "No."}), 400, "invalid", "through")
    told = caller.send(f"{grave}/object/", {"words": "I was only loud.", "through": "phone"}).json()
    assert told["complaint_class"] == "malicious"
    refused(caller.send(f"{grave}/object/", {"words": "No.", "through": "phone"}), 409, "illegal_move")
    refused(program(manager).send(f"{grave}/decide_objection/", {"answer": "x"}), 400, "invalid", "upheld")
    answer = {"upheld": False, "answer": "It stands."}
    refused(program(supervisor).send(f"{grave}/decide_objection/", answer), 409, "third_person_needed")
    refused(caller.send(f"{grave}/decide_objection/", answer), 403, "not_allowed")
    refused(caller.send(f"{grave}/renew_class/", {"reasons": "x", "told": "y"}), 409, "illegal_move")
    program(manager).send(f"{grave}/decide_objection/", answer)
    [decision] = caller.read(f"{grave}/decisions/").json()["results"]
    assert decision["told"]
    assert decision["review_at"]
    objection = decision["objection"]
    assert (objection["state"], objection["decided_by"], objection["answer"]) == (
        "dismissed",
        manager.email,
        "It stands.",
    )
    refused(caller.send(f"{grave}/renew_class/", {"reasons": "x"}), 400, "invalid", "told")
    caller.send(f"{grave}/renew_class/", {"reasons": "Again.", "told": "Again."})
    read = caller.read(f"{grave}/decisions/").json()["results"][-1]["digest"]
    program(executive).send(f"{grave}/confirm_class/", {"reasons": "Yes.", "digest": read})
    decisions = caller.read(f"{grave}/decisions/").json()["results"]
    assert [(each["state"], each["renewal"]) for each in decisions] == [("superseded", False), ("in_force", True)]
    told = program(manager).send(f"{grave}/lapse_class/", {"reasons": "Sorry was said."}).json()
    assert (told["complaint_class"], told["class_kind"]) == ("unclassified", "")


def test_a_grave_class_needs_words_for_the_complainant(program, register, agent, refused):
    complaint = register().complaint
    propose_malicious(complaint, agent)
    complaint.decisions.all().delete()
    body = {"complaint_class": "malicious", "class_kind": "abuse", "reasons": "x", "evidence": "y"}
    refused(program(agent).send(f"{complaint.reference}/classify/", body), 400, "invalid", "told")
