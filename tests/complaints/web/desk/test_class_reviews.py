"""A grave class at the desk: from the proposal to the third person, on pages and in lists."""

import pytest

from complaints.models import Decision
from complaints.services import objections
from tests.factories.grave import call_malicious, propose_malicious

pytestmark = pytest.mark.django_db


@pytest.fixture
def grave(complaint, agent, supervisor):
    call_malicious(complaint, agent, supervisor)
    return complaint


def test_from_the_objection_to_a_third_person(desk, grave, agent, supervisor, manager, words):
    dossier = words(desk(agent).opens(grave))
    assert "“Malicious: Abuse” stands until" in dossier
    assert f"/desk/complaints/{grave.reference}/object/" in dossier
    assert "lapse-class/" not in dossier.partition("Not possible now")[0]
    desk(agent).does("object", grave, words="He says he was only loud.", through="phone")
    assert "You had a part in this class" in words(desk(supervisor).opens(grave, "decide-objection"))
    assert "wait for you, a third person" in words(desk(manager).get("/desk/"))
    page = words(desk(manager).opens(grave, "decide-objection", headers={"HX-Request": "true"}))
    assert "He says he was only loud." in page
    assert "Our people were shouted at three times." in page
    refused = desk(manager).does("decide-objection", grave, upheld="", answer="")
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"upheld", "answer"}
    desk(manager).does("decide-objection", grave, upheld="true", answer="Nobody had listened.")
    grave.refresh_from_db()
    assert grave.complaint_class == "unclassified"
    dossier = words(desk(agent).opens(grave))
    for told in ("upheld the objection: the class is lifted.", "Nobody had listened.", "Lifted after an objection"):
        assert told in dossier


def test_renewing_and_letting_lapse(desk, grave, agent, manager, words):
    desk(agent).does("renew-class", grave, reasons="He did it again.", told="It happened again.")
    second_look = words(desk(manager).opens(grave, "confirm-class"))
    assert "It happened again." in second_look
    desk(manager).does("confirm-class", grave, reasons="I heard it.")
    assert grave.decisions.get(state=Decision.State.IN_FORCE).told == "It happened again."
    assert "proposed that the class “Malicious: Abuse” stands on" in words(desk(agent).opens(grave))
    desk(manager).does("lapse-class", grave, reasons="He said sorry.")
    grave.refresh_from_db()
    assert grave.complaint_class == "unclassified"
    dossier = words(desk(agent).opens(grave))
    assert "lapse before its date." in dossier
    assert "No grave class is in force here." in words(desk(manager).opens(grave, "renew-class"))


def test_a_renewal_waits_while_somebody_objects(desk, grave, agent, manager, words):
    desk(agent).does("renew-class", grave, reasons="He did it again.", told="It happened again.")
    objections.object_to_class(complaint_id=grave.pk, words="No.")
    assert "A third person must decide about that first." in words(desk(manager).opens(grave, "confirm-class"))
    assert "The complainant has objected." in words(desk(manager).opens(grave))


def test_the_proposal_asks_for_words_for_the_complainant(desk, complaint, agent, words):
    propose_malicious(complaint, agent)
    complaint.decisions.all().delete()
    answers = {"judgement": "malicious:abuse", "reasons": "Shouts.", "evidence": "A recording."}
    response = desk(agent).does("classify", complaint, **answers)
    assert response.status_code == 422
    assert "they read these reasons and may object" in str(response.context["form"].errors["told"])


def test_no_list_and_no_page_calls_the_person_malicious(desk, grave, agent, register, words):
    """Neither the other complaints of the same person nor any list of people says it."""
    other = register().complaint
    page = words(desk(agent).opens(other)).partition('aria-labelledby="complainant"')[2]
    assert grave.reference in page
    assert "malicious" not in page.lower()
    assert other.complaint_class == "unclassified"
