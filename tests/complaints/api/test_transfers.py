"""Transfers, briefings, watching and routing through the API."""

from tests.factories import CategoryFactory


def test_a_transfer_is_asked_for_objected_to_and_decided(program, agent, outsider, executive, acknowledged, refused):
    sender, receiver, above = program(agent), program(outsider), program(executive)
    case = acknowledged.reference
    refused(sender.send(f"{case}/transfer/", {"to": "south", "reasons": "x", "said": "y"}), 400, "invalid", "said")
    body = {"to": "south", "reasons": "Theirs.", "promised": "A call."}
    told = sender.send(f"{case}/transfer/", body).json()
    assert (told["department"], told["bounces"]) == ("north", 0)
    refused(sender.send(f"{case}/accept_transfer/"), 403, "not_allowed")
    refused(receiver.send(f"{case}/object_to_transfer/", {"reasons": "No.", "proposed": "moon"}), 400, "invalid")
    refused(receiver.send(f"{case}/take_back_transfer/", {"reasons": "x"}), 403, "not_allowed")
    told = sender.send(f"{case}/take_back_transfer/", {"reasons": "Ours after all."}).json()
    assert told["transfers"][0]["state"] == "called_off"
    sender.send(f"{case}/transfer/", body)
    answer = receiver.send(f"{case}/object_to_transfer/", {"reasons": "No."})
    assert answer.status_code == 200, answer.content
    refused(sender.send(f"{case}/arbitrate/", {"to": "south", "reasons": "x"}), 409, "second_person_needed")
    told = above.send(f"{case}/arbitrate/", {"to": "south", "reasons": "It is."}).json()
    assert (told["department"], told["bounces"]) == ("south", 1)
    _taken_back, transfer = above.read(f"{case}/transfers/").json()["results"]
    assert (transfer["state"], transfer["promised"], transfer["teller"]) == ("decided", "A call.", agent.email)
    assert receiver.send(f"{case}/introduce/").json()["transfers"][-1]["told_by"] == outsider.email
    refused(receiver.send(f"{case}/introduce/"), 409, "illegal_move")
    found = above.read(bounced="true").json()["results"]
    assert [row["reference"] for row in found] == [case]


def test_the_head_office_briefs_and_watches_and_the_branch_reports_back(
    program, handler, executive, acknowledged, refused
):
    above, below, case = program(executive), program(handler), acknowledged.reference
    refused(below.send(f"{case}/brief/", {"text": "x"}), 403, "not_allowed")
    refused(
        above.send(f"{case}/brief/", {"text": "x", "answer_by": "2020-01-01T00:00:00Z"}), 400, "invalid", "answer_by"
    )
    assert above.send(f"{case}/brief/", {"text": "Call her."}).status_code == 200
    assert above.send(f"{case}/watch/").status_code == 200
    assert [row["reference"] for row in above.read(watched="true").json()["results"]] == [case]
    assert below.read(watched="true").json()["results"] == []
    refused(below.send(f"{case}/report_back/", {"briefing": 2, "answer": "Done."}), 400, "invalid", "briefing")
    assert below.send(f"{case}/report_back/", {"briefing": 1, "answer": "Done."}).status_code == 200
    [briefing] = below.read(f"{case}/briefings/").json()["results"]
    assert (briefing["text"], briefing["answer"], briefing["answered_by"]) == ("Call her.", "Done.", handler.email)
    assert above.send(f"{case}/unwatch/").status_code == 200
    refused(above.send(f"{case}/unwatch/"), 409, "illegal_move")


def test_the_category_is_corrected_and_leads_to_its_department(program, agent, outsider, acknowledged, refused):
    category, sender, case = CategoryFactory(department=outsider.department), program(agent), acknowledged.reference
    refused(sender.send(f"{case}/categorise/", {"category": "moon"}), 400, "invalid", "category")
    refused(sender.send(f"{case}/categorise/", {"category": category.code, "keep": True}), 400, "invalid", "reasons")
    told = sender.send(f"{case}/categorise/", {"category": category.code}).json()
    assert (told["category"], told["transfers"][0]["by_category"]) == (category.code, True)
