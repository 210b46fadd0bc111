"""Transfers through the API."""


def test_a_transfer_is_asked_for_objected_to_and_decided(program, agent, outsider, executive, acknowledged, refused):
    sender, receiver, above = program(agent), program(outsider), program(executive)
    case = acknowledged.reference
    refused(sender.send(f"{case}/transfer/", {"to": "south", "reasons": "x", "said": "y"}), 400, "invalid", "said")
    body = {"to": "south", "reasons": "Theirs.", "promised": "A call."}
    told = sender.send(f"{case}/transfer/", body).json()
    assert (told["department"], told["bounces"]) == ("north", 0)
    refused(sender.send(f"{case}/accept_transfer/"), 403, "not_allowed")
    refused(receiver.send(f"{case}/object_to_transfer/", {"reasons": "No.", "proposed": "moon"}), 400, "invalid")
    answer = receiver.send(f"{case}/object_to_transfer/", {"reasons": "No."})
    assert answer.status_code == 200, answer.content
    refused(sender.send(f"{case}/arbitrate/", {"to": "south", "reasons": "x"}), 409, "second_person_needed")
    told = above.send(f"{case}/arbitrate/", {"to": "south", "reasons": "It is."}).json()
    assert (told["department"], told["bounces"]) == ("south", 1)
    [transfer] = above.read(f"{case}/transfers/").json()["results"]
    assert (transfer["state"], transfer["promised"], transfer["teller"]) == ("decided", "A call.", agent.email)
    assert receiver.send(f"{case}/introduce/").json()["transfers"][0]["told_by"] == outsider.email
    refused(receiver.send(f"{case}/introduce/"), 409, "illegal_move")
    found = above.read(bounced="true").json()["results"]
    assert [row["reference"] for row in found] == [case]
