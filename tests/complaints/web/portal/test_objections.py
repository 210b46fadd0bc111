"""What the complainant reads of a grave class, and how they object to it."""

import pytest

from complaints import access
from complaints.classes import ComplaintClass, Kind
from complaints.models import Objection
from complaints.services import class_reviews, decisions, objections
from notifications.models import OutboxMessage
from tests.factories.grave import TOLD, call_malicious

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(client, register, agent, supervisor):
    complaint = register().complaint
    call_malicious(complaint, agent, supervisor)
    client.get(access.signed_link(complaint).removeprefix("http://127.0.0.1:8000"), follow=True)
    return complaint


def page(client, complaint):
    return client.get(f"/track/{complaint.reference}/").content.decode()


def letters(complaint):
    return {letter.kind: letter.body for letter in OutboxMessage.objects.filter(complaint=complaint, recipient=None)}


def test_the_decision_is_told_without_its_name_and_objected_to(client, case, manager, agent, supervisor):
    told = page(client, case)
    assert TOLD in told
    assert "People of our office were insulted over this complaint." in told
    assert "every date that we promised you stands" in told
    for internal in ("alicious", "Shouts at everybody", "Three recordings", "I listened to them", "Supervisor"):
        assert internal not in told
    letter = letters(case)["class_told"]
    assert TOLD in letter
    assert "You can object until" in letter
    empty = client.post(f"/track/{case.reference}/object/", {"object-body": " "})
    assert empty.status_code == 422
    assert "Say what is wrong with the decision" in empty.content.decode()
    client.post(f"/track/{case.reference}/object/", {"object-body": "I was only loud."})
    assert Objection.objects.get().words == "I was only loud."
    assert "looks at it and writes to you" in page(client, case)
    assert "objection_received" in letters(case)
    assert {letter.recipient for letter in OutboxMessage.objects.filter(kind="object")} == {manager}
    again = client.post(f"/track/{case.reference}/object/", {"object-body": "And again."})
    assert again.status_code == 422
    assert "And again." in again.content.decode(), "what was typed is handed back"
    objections.decide_objection(complaint_id=case.pk, by=manager, upheld=True, answer="Nobody had listened to you.")
    assert "agrees with you: the decision is lifted" in page(client, case)
    assert "Nobody had listened to you." in letters(case)["objection_decided"]
    told_to = {letter.recipient for letter in OutboxMessage.objects.filter(kind="decide_objection")}
    assert told_to == {agent, supervisor}


def test_what_has_lapsed_is_told_and_no_longer_shown(client, case, manager):
    class_reviews.lapse_class(complaint_id=case.pk, by=manager, reasons="He said sorry.")
    told = page(client, case)
    assert TOLD not in told
    assert "no longer applies" in told
    assert "It no longer applies." in letters(case)["class_lifted"]


def test_a_case_that_is_not_open_here_takes_no_objection(client, register, agent, supervisor, case):
    other = register().complaint
    call_malicious(other, agent, supervisor)
    assert client.post(f"/track/{other.reference}/object/", {"object-body": "No."}).status_code == 403
    assert client.get(f"/track/{case.reference}/object/").url == f"/track/{case.reference}/"


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_the_letter_is_in_the_complainants_language(register, agent, supervisor, language):
    complaint = register(language=language).complaint
    call_malicious(complaint, agent, supervisor)
    letter = OutboxMessage.objects.get(complaint=complaint, kind="class_told")
    assert letter.language == language


def test_classes_that_nobody_is_told_of_stay_inside(client, register, agent):
    complaint = register().complaint
    decisions.classify(
        complaint_id=complaint.pk, by=agent, complaint_class=ComplaintClass.COMMUNICATIVE, kind=Kind.HELP, reasons="x"
    )
    assert "class_lifted" not in letters(complaint)
