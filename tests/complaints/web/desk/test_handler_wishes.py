"""Another handler at the desk: the wish taken down, My work of who decides, granted and refused."""

from complaints.services import casework


def test_a_wish_is_taken_down_and_decided(desk, agent, handler, supervisor, register, words):
    complaint = register().complaint
    office, leads = desk(agent), desk(supervisor)
    assert "there is nobody to be replaced" in words(office.opens(complaint, "ask-another"))
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    part = office.does("ask-another", complaint, wish="another", reasons="", headers={"HX-Request": "true"})
    assert part.status_code == 422
    asked = {"wish": "supervisor", "reasons": "He shouted.", "through": "phone"}
    assert office.does("ask-another", complaint, **asked).status_code == 302
    assert f"asks for somebody else than {handler.name}" in words(office.opens(complaint))
    assert office.does("ask-another", complaint, **asked).status_code == 409
    assert "/grant-another/" not in office.opens(complaint).content.decode()
    assert office.does("refuse-another", complaint, answer="No.").status_code == 403
    assert "Complainants who ask for another handler" in words(leads.get("/desk/"))
    assert "He shouted." in words(leads.opens(complaint, "refuse-another"))
    assert leads.does("refuse-another", complaint, answer="").status_code == 422
    assert leads.does("refuse-another", complaint, answer="I heard both.").status_code == 302
    assert "I heard both." in words(leads.opens(complaint))
    assert office.does("ask-another", complaint, **asked).status_code == 302
    assert leads.does("grant-another", complaint, to=handler.pk, answer="").status_code == 422
    assert leads.does("grant-another", complaint, to=supervisor.pk, answer="I take it.").status_code == 302
    assert f"gave the complaint to {supervisor.name} instead of {handler.name}" in words(leads.opens(complaint))
    assert "Complainants who ask for another handler" not in words(leads.get("/desk/"))
    assert "Nobody asks for another handler" in words(leads.opens(complaint, "grant-another"))
