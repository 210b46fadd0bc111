"""Between departments at the desk: the panel, the acts, and what waits in My work."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.services import head_office
from complaints.services import transfers as moving
from tests.factories import CategoryFactory


def test_a_transfer_from_asking_to_deciding(desk, agent, outsider, executive, handler, register, words):
    complaint, south = register(by=agent).complaint, outsider.department
    sender, receiver = desk(agent), desk(outsider)
    response = sender.does("transfer", complaint, to=south.pk, reasons="Theirs.", knows="Ms. Chen, mornings")
    assert response.status_code == 302
    assert "South branch was asked to take this complaint." in words(sender.opens(complaint))
    assert "waits to be answered or decided" in words(sender.opens(complaint, "transfer"))
    assert "Transfers that wait for your answer" in words(receiver.get("/desk/"))
    page = words(receiver.opens(complaint))
    assert "Ms. Chen, mornings" in page
    assert "/object-to-transfer/" in page
    part = receiver.does("object-to-transfer", complaint, reasons="", headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert "“Why it does not belong here” may not be empty." in words(part)
    assert desk(handler).does("accept-transfer", complaint).status_code == 403
    assert receiver.does("object-to-transfer", complaint, reasons="Not ours.").status_code == 302
    decides = desk(executive)
    assert "In arbitration" in words(decides.get("/desk/"))
    page = words(decides.opens(complaint, "arbitrate"))
    assert "Not ours." in page
    assert decides.does("arbitrate", complaint, to=south.pk, reasons="It is.").status_code == 302
    page = words(decides.opens(complaint))
    assert "decided that the complaint goes from North branch to South branch." in page
    assert "Bounced once" in page
    assert "Bounced once" in words(decides.get("/desk/complaints/?bounced=true"))
    assert "There is nothing about which you may do this now." in words(decides.opens(complaint, "arbitrate"))
    assert "Complainants whom you have to tell" in words(sender.get("/desk/"))
    assert "Tells the complainant" in words(sender.opens(complaint))
    assert sender.does("introduce", complaint, words="Called her.").status_code == 302
    assert "noted that the complainant was told: South branch deals with the complaint now." in words(
        sender.opens(complaint)
    )
    assert "Complainants whom you have to tell" not in words(sender.get("/desk/"))


def test_briefing_watching_and_correcting_the_category(desk, handler, executive, outsider, register, words):
    category = CategoryFactory(name="Parking", department=outsider.department)
    complaint = register(
        category=CategoryFactory(name="Tills", department=handler.department), department=None
    ).complaint
    above, below = desk(executive), desk(handler)
    assert "Routed by its category “Tills”." in words(below.opens(complaint))
    assert "You watch no complaint" in words(above.get("/desk/watching/"))
    assert above.does("watch", complaint).status_code == 302
    assert complaint.reference in words(above.get("/desk/watching/"))
    assert above.does("brief", complaint, text="").status_code == 422
    assert above.does("brief", complaint, text="Call her.", answer_by="2999-01-01T10:00").status_code == 422
    assert above.does("brief", complaint, text="Call her.").status_code == 302
    assert below.does("brief", complaint, text="Call her.").status_code == 403
    page = words(below.opens(complaint))
    assert "wrote briefing no. 1 for North branch." in page
    assert "Watched by" in page
    assert "Call her." in words(below.opens(complaint, "report-back"))
    assert below.does("report-back", complaint, briefing_number=1, answer="Called.").status_code == 302
    assert "answered briefing no. 1." in words(above.opens(complaint))
    assert "No briefing waits for an answer." in words(below.opens(complaint, "report-back"))
    part = below.does("categorise", complaint, category=category.pk, keep="on", headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert below.does("categorise", complaint, category=category.pk).status_code == 302
    page = words(below.opens(complaint))
    assert "corrected the category from “Tills” to “Parking”." in page
    assert "The category was corrected, and leads there." in page
    assert above.does("unwatch", complaint).status_code == 302


def test_who_registers_against_the_category_says_why(desk, agent, branch, outsider, words):
    category = CategoryFactory(department=outsider.department)
    answers = {"category": category.pk, "department": branch.pk}
    assert "Say why it goes to this one." in words(desk(agent).post("/desk/register/", answers))
    answers |= {"routing_reason": "She stands here."}
    assert "Say why it goes to this one." not in words(desk(agent).post("/desk/register/", answers))


def test_the_dossier_and_my_work_cost_the_same_however_much_was_transferred(
    desk, agent, specialist, outsider, branch, complaint, register
):
    there, south = desk(outsider), outsider.department

    def cost():
        counts = []
        for address in (f"/desk/complaints/{complaint.reference}/", "/desk/"):
            with CaptureQueriesContext(connection) as queries:
                assert there.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    def ask_for(case):
        moving.transfer(complaint_id=case.pk, by=agent, to=south, reasons="Theirs.")

    ask_for(complaint)
    moving.accept(complaint_id=complaint.pk, by=outsider)
    head_office.brief(complaint_id=complaint.pk, by=specialist, text="Call her.")
    ask_for(register(by=agent).complaint)
    before = cost()
    for to in (branch, south):
        moving.transfer(complaint_id=complaint.pk, by=specialist, to=to, reasons="Rather there.")
        head_office.brief(complaint_id=complaint.pk, by=specialist, text="Call her.")
    for _ in range(2):
        ask_for(register(by=agent).complaint)
    assert cost() == before
