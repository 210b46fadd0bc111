import pytest
from django.utils import timezone

from accounts import services as people
from complaints.classes import ComplaintClass, Kind
from complaints.converting import Conversion
from complaints.models import Subject
from complaints.services import conversions, decisions
from complaints.vocabulary import SubjectKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(complaint, agent):
    decisions.classify(
        complaint_id=complaint.pk, by=agent, complaint_class=ComplaintClass.COMMUNICATIVE, kind=Kind.HELP, reasons="x"
    )
    complaint.refresh_from_db()
    conversions.propose([complaint], because=Conversion.OVERDUE, at=timezone.now())
    return complaint


def test_the_dossier_proposes_and_the_supervisor_decides(desk, proposed, agent, supervisor, words):
    for person, may in ((agent, False), (supervisor, True)):
        page = words(desk(person).opens(proposed))
        assert "A date that was promised to the complainant has passed." in page
        assert (f"/desk/complaints/{proposed.reference}/convert/" in page) is may
    assert "Conversions to decide about" in words(desk(supervisor).get("/desk/"))
    assert "Conversions to decide about" not in words(desk(agent).get("/desk/"))
    sheet = words(desk(supervisor).opens(proposed, "convert", headers={"HX-Request": "true"}))
    assert "somebody senior decides" in sheet
    assert desk(supervisor).does("convert", proposed, reasons="", fault="x", harmed="").status_code == 422
    desk(supervisor).does("convert", proposed, reasons="Nobody called back.", fault="mistake", harmed="user")
    page = words(desk(agent).opens(proposed))
    assert "converted the complaint from communicative to valid." in page
    assert "Converted once" in page
    listed = words(desk(agent).get("/desk/complaints/?converted=true"))
    assert proposed.reference in listed
    assert "1 complaint" in listed
    assert proposed.reference not in words(desk(agent).get("/desk/complaints/?converted=false"))


def test_whom_it_is_about_is_offered_neither(desk, proposed, supervisor, words):
    Subject.objects.create(complaint=proposed, kind=SubjectKind.PERSON, name="S", user=supervisor)
    page = words(desk(supervisor).opens(proposed))
    assert f"/desk/complaints/{proposed.reference}/convert/" not in page
    assert "The complaint concerns you." in words(desk(supervisor).opens(proposed, "keep-class"))


def test_it_may_stay_what_it_is(desk, proposed, supervisor, words):
    desk(supervisor).does("keep-class", proposed, reasons="One call was missed.")
    assert "the complaint stays communicative." in words(desk(supervisor).opens(proposed))
    assert "No conversion is proposed here." in words(desk(supervisor).opens(proposed, "convert"))


def test_through_the_api(proposed, supervisor, agent, client):
    def calls(user):
        _token, plain = people.issue_token(user=user, name="tests", scopes=("read", "write"), expires_at=None)
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {plain}"
        return client

    at = f"/api/v1/complaints/{proposed.reference}/"
    body = {"reasons": "Nobody called back.", "fault": "mistake", "harmed": "user"}
    assert calls(agent).post(f"{at}convert/", body, content_type="application/json").status_code == 403
    program = calls(supervisor)
    assert program.post(f"{at}convert/", {"reasons": "x"}, content_type="application/json").status_code == 400
    told = program.post(f"{at}convert/", body, content_type="application/json").json()
    assert (told["complaint_class"], told["conversions"]) == ("valid", 1)
    decisions_told = program.get(f"{at}decisions/").json()["results"]
    assert [each["conversion"] for each in decisions_told] == ["", "overdue"]
    assert decisions_told[1]["decided_by"] is None
    results = program.get("/api/v1/complaints/?converted=true").json()["results"]
    assert [each["reference"] for each in results] == [proposed.reference]
    again = program.post(f"{at}keep_class/", {"reasons": "x"}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
