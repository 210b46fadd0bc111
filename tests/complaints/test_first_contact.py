"""What a word settles is recorded and answered in one act: at the desk, through the API, all of it or nothing."""

import pytest

from complaints.classes import Kind
from complaints.errors import Invalid, NotAllowed
from complaints.models import Complaint
from complaints.services import first_contact
from complaints.services.first_contact import Settled
from complaints.services.intake import ComplainantDetails, Registration
from complaints.vocabulary import Outcome

pytestmark = pytest.mark.django_db

SETTLED = Settled(kind=Kind.ENQUIRY, outcome=Outcome.NO_FAULT, reasons="A question.", message="We open at nine.")
FORM = {
    "channel": "phone",
    "form": "oral",
    "language": "en",
    "track": "complaint",
    "subject": "When do you open?",
    "description": "I stood before a closed door.",
    "impact": "low",
    "urgency": "low",
    "subjects-TOTAL_FORMS": "0",
    "subjects-INITIAL_FORMS": "0",
}


def asked(department):
    complainant = ComplainantDetails(name="Lin", email="lin@example.org")
    return Registration(
        subject="When do you open?", description="Closed.", department=department, complainant=complainant
    )


def test_it_is_registered_classed_and_answered_at_once(agent, branch):
    complaint = first_contact.register(registration=asked(branch), by=agent, settled=SETTLED).complaint
    assert (complaint.status, complaint.complaint_class, complaint.class_kind) == (
        "resolved",
        "communicative",
        "enquiry",
    )
    assert list(complaint.events.order_by("sequence").values_list("kind", flat=True)) == [
        "register",
        "classify",
        "resolve",
    ]


@pytest.mark.parametrize("kind", [Kind.HARM, Kind.ABUSE])
def test_only_what_is_communicative_is_settled_like_that(agent, branch, kind):
    wrong = Settled(kind=kind, outcome=Outcome.NO_FAULT, reasons="x", message="y")
    with pytest.raises(Invalid):
        first_contact.register(registration=asked(branch), by=agent, settled=wrong)
    assert not Complaint.objects.exists(), "all of it, or nothing"


def test_whoever_may_not_answer_there_registers_nothing(outsider, branch):
    with pytest.raises(NotAllowed):
        first_contact.register(registration=asked(branch), by=outsider, settled=SETTLED)
    assert not Complaint.objects.exists()


def test_at_the_desk(client, agent, branch):
    client.force_login(agent)
    form = FORM | {"department": branch.pk, "settled_kind": "help", "settled_outcome": "no_fault"}
    refused = client.post("/desk/register/", form)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"settled_message", "settled_reasons"}
    half = client.post("/desk/register/", FORM | {"department": branch.pk, "settled_message": "At nine."})
    assert set(half.context["form"].errors) == {"settled_kind"}
    said = {"settled_message": "We open at nine.", "settled_reasons": "A question."}
    assert client.post("/desk/register/", form | said).status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.status, complaint.class_kind) == ("resolved", "help")


def test_what_the_answer_is_refused_for_stands_in_the_form(client, outsider, branch):
    client.force_login(outsider)
    said = {"settled_kind": "help", "settled_message": "At nine.", "settled_reasons": "A question."}
    response = client.post("/desk/register/", FORM | {"department": branch.pk} | said)
    assert response.status_code == 422
    assert "You may not do" in response.content.decode()
    assert not Complaint.objects.exists()
