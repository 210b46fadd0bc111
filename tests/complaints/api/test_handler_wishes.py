"""Another handler through the API."""

from complaints.services import casework


def test_a_wish_is_taken_down_granted_and_refused(program, agent, handler, supervisor, acknowledged, refused):
    office, leads, case = program(agent), program(supervisor), acknowledged.reference
    asked = {"reasons": "He shouted.", "through": "phone"}
    refused(office.send(f"{case}/ask_another/", asked), 409, "illegal_move")
    casework.assign(complaint_id=acknowledged.pk, by=agent, to=handler)
    refused(office.send(f"{case}/ask_another/", asked | {"wish": "nobody"}), 400, "invalid", "wish")
    [wish] = office.send(f"{case}/ask_another/", asked).json()["handler_wishes"]
    assert (wish["state"], wish["wish"], wish["holder"]) == ("open", "another", handler.email)
    refused(office.send(f"{case}/refuse_another/", {"answer": "No."}), 403, "not_allowed")
    refused(leads.send(f"{case}/refuse_another/", {"answer": ""}), 400, "invalid", "answer")
    [wish] = leads.send(f"{case}/refuse_another/", {"answer": "No."}).json()["handler_wishes"]
    assert (wish["state"], wish["answer"], wish["decided_by"]) == ("refused", "No.", supervisor.email)
    office.send(f"{case}/ask_another/", asked)
    refused(leads.send(f"{case}/grant_another/", {"to": handler.email}), 400, "conflict_of_interest", "to")
    told = leads.send(f"{case}/grant_another/", {"to": supervisor.email, "answer": "I take it."}).json()
    assert (told["holder"], told["handler_wishes"][1]["went_to"]) == (supervisor.email, supervisor.email)
    refused(leads.send(f"{case}/grant_another/"), 409, "illegal_move")
