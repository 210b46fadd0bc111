"""What is grave, for programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import AuthorityReport, MajorIncident, MediaReport, SafetyIncident


@pytest.fixture
def reference(register):
    return register().complaint.reference


def test_major_from_the_declaration_to_the_report(program, agent, manager, reference, refused):
    caller, head = program(agent), program(manager)
    told = caller.send(f"{reference}/declare_major/", {"harmed": 3, "reasons": "Smoke."}).json()
    assert (told["priority"], told["holder"]) == ("major", manager.email)
    assert told["gravity"]["major"]["criteria"] == ["several_harmed"]
    refused(caller.send(f"{reference}/declare_major/", {"dead": 1, "reasons": "x"}), 409, "illegal_move")
    refused(caller.send(f"{reference}/acknowledge_major/", {}), 403, "not_allowed")
    told = head.send(f"{reference}/acknowledge_major/", {"remark": "Coming."}).json()
    assert told["gravity"]["major"]["acknowledged_by"] == manager.email
    form = {"file": SimpleUploadedFile("form.txt", b"seen"), "internal": True}
    caller.post(f"/api/v1/complaints/{reference}/attach/", form, format="multipart")
    [file] = caller.read(f"{reference}/attachments/").json()["results"]
    sent = {"body": "Fire service", "reference": "F-1", "what": "All of it.", "attachments": [file["id"]]}
    [report] = caller.send(f"{reference}/report_to_authority/", sent).json()["gravity"]["reports"]
    assert (report["number"], report["reference"], report["attachments"]) == (1, "F-1", [file["id"]])


def test_safety_and_media(program, agent, reference):
    caller = program(agent)
    happened = {"kind": "violence", "grade": "serious", "what": "Shouting.", "told": "other", "told_name": "Next door"}
    caller.send(f"{reference}/report_safety/", happened)
    told = {"incident": 1, "told": "police", "police_reference": "P-1"}
    [incident] = caller.send(f"{reference}/tell_safety/", told).json()["gravity"]["safety"]
    assert (incident["kind"], incident["grade"]) == ("violence", "serious")
    assert (incident["police_reference"], [one["told"] for one in incident["notices"]]) == ("P-1", ["other", "police"])
    written = {"source": "Post", "published_on": "2026-03-02", "link": "https://post.example/"}
    [report] = caller.send(f"{reference}/note_media/", written).json()["gravity"]["media"]
    assert report["published_on"] == "2026-03-02"


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("declare_major", {"reasons": "x"}), ("declare_major", {"criteria": ["x"], "reasons": "x"}),
        ("declare_major", {"criteria": ["death"], "reasons": "x"}), ("declare_major", {"dead": True, "reasons": "x"}),
        ("declare_major", {"dead": 10**30, "reasons": "x"}), ("declare_major", {"criteria": ["legal"]}),
        ("report_to_authority", {"body": "x", "reference": "x", "what": "x", "attachments": [10**30]}),
        ("report_to_authority", {"body": "x", "reference": "x", "what": "x", "at": "2999-01-01T00:00:00Z"}),
        ("report_to_authority", {"body": "x" * 201, "reference": "x", "what": "x"}),
        ("report_safety", {"kind": "x", "what": "x"}), ("report_safety", {"kind": "threat", "what": " "}),
        ("report_safety", {"kind": "threat", "what": "x", "told": "other"}),
        ("tell_safety", {"incident": 9, "told": "police"}), ("tell_safety", {"incident": "x", "told": "police"}),
        ("note_media", {"source": "x", "published_on": "x"}),
        ("note_media", {"source": "x", "published_on": "2026-01-01", "link": "ftp://x"}),
        ("note_media", {"source": "x", "published_on": "2026-01-01", "colour": "red"}),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, agent, reference, refused, verb, given):
    refused(program(agent).send(f"{reference}/{verb}/", given), 400, "invalid")
    for model in (MajorIncident, AuthorityReport, SafetyIncident, MediaReport):
        assert not model.objects.exists()
