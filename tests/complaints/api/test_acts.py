from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse

from complaints.api.acts import ACTS
from complaints.classes import ComplaintClass, Kind
from complaints.lifecycle import ABOUT_DEADLINES, ABOUT_ONE_PART, ABOUT_TASKS, COMPLAINANTS_OWN, Verb
from complaints.models import Complaint, Subject
from complaints.services import casework, correspondence, decisions
from tests.complaints.api.conftest import Program
from tests.factories.judging import judge

PNG = (  # one grey pixel
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)


def resolved(complaint, agent):
    return casework.resolve(
        complaint_id=complaint.pk, by=agent, outcome="upheld", reasons="The till.", message="We pay it back."
    )


def proposed(complaint, agent):
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="Patiently explained.")
    decisions.classify(
        complaint_id=complaint.pk,
        by=agent,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons="r",
        evidence="e",
        told="Our people were shouted at.",
    )


def test_every_verb_of_the_staff_has_its_door():
    below = ABOUT_ONE_PART | ABOUT_TASKS | {Verb.PLAN_REMEDY, Verb.CLAIM_FROM_SUPPLIER}
    assert set(ACTS) == set(Verb) - COMPLAINANTS_OWN - ABOUT_DEADLINES - below - {Verb.REGISTER}
    for verb in ACTS:
        assert reverse(f"api:{verb}", args=["R26-000001-K"]) == f"/api/v1/complaints/R26-000001-K/{verb}/"


def test_acknowledge(program, agent, register):
    answer = program(agent).send(f"{register().complaint.reference}/acknowledge/")
    assert answer.status_code == 200
    assert answer.json()["status"] == "assessing"
    assert answer.json()["acknowledged_at"].endswith("Z")
    assert "acknowledge" not in answer.json()["acts"]


def test_a_reference_may_be_typed_carelessly(program, agent, register):
    typed = register().complaint.reference.lower().replace("-", "")
    assert program(agent).send(f"{typed}/acknowledge/").status_code == 200


def test_assign(program, agent, handler, acknowledged):
    answer = program(agent).send(f"{acknowledged.reference}/assign/", {"to": handler.email.upper()})
    assert answer.json()["holder"] == handler.email
    assert answer.json()["holder_name"] == handler.name


def test_assign_to_somebody_who_cannot_handle_it(program, agent, outsider, acknowledged, refused):
    caller = program(agent)
    refused(caller.send(f"{acknowledged.reference}/assign/", {"to": outsider.email}), 400, "invalid", "to")
    for wrong in ("nobody@example.org", "a\x00b", 5, "\ud800", "x" * 100_000):
        refused(caller.send(f"{acknowledged.reference}/assign/", {"to": wrong}), 400, "invalid", "to")


def test_transfer(program, agent, specialist, head_office, acknowledged):
    body = {"to": head_office.code, "reasons": "Not the branch's doing."}
    told = program(agent).send(f"{acknowledged.reference}/transfer/", body).json()
    assert (told["department"], told["transfers"][0]["state"]) == ("north", "asked")
    told = program(specialist).send(f"{acknowledged.reference}/accept_transfer/").json()
    assert (told["department"], told["transfers"][0]["state"]) == (head_office.code, "accepted")


def test_transfer_to_a_department_that_is_not_there(program, agent, acknowledged, refused):
    answer = program(agent).send(f"{acknowledged.reference}/transfer/", {"to": "moon", "reasons": "x"})
    refused(answer, 400, "invalid", "to")


def test_classify_and_read_the_decision(program, agent, acknowledged, refused):
    caller = program(agent)
    judge(acknowledged, agent)
    body = {"complaint_class": "valid", "class_kind": "harm", "reasons": "Money is missing."}
    refused(caller.send(f"{acknowledged.reference}/classify/", body), 400, "invalid", "fault")
    body |= {"fault": "unintentional", "harmed": "public"}
    told = caller.send(f"{acknowledged.reference}/classify/", body).json()
    assert (told["complaint_class"], told["class_kind"]) == ("valid", "harm")
    [decision] = caller.read(f"{acknowledged.reference}/decisions/").json()["results"]
    assert (decision["state"], decision["decided_by"], decision["reasons"]) == (
        "in_force",
        agent.email,
        "Money is missing.",
    )
    assert (decision["fault"], decision["harmed"], decision["authority"]) == ("unintentional", "public", "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"complaint_class": "valid", "class_kind": "abuse", "reasons": "x"}, "class_kind"),
        ({"complaint_class": "unclassified", "class_kind": "harm", "reasons": "x"}, "complaint_class"),
        ({"complaint_class": "valid", "class_kind": "harm"}, "reasons"),
        ({"complaint_class": "upgrade", "class_kind": "overdue", "reasons": "x"}, "earlier"),
        ({"complaint_class": "malicious", "class_kind": "abuse", "reasons": "x", "evidence": "y"}, "complaint_class"),
        ({"complaint_class": "communicative", "class_kind": "help", "reasons": "x", "told": "y"}, "told"),
        (
            {"complaint_class": "upgrade", "class_kind": "overdue", "reasons": "x", "earlier": "R26-000001-A"},
            "earlier",
        ),
        ({"complaint_class": "upgrade", "class_kind": "overdue", "reasons": "x", "earlier": 4}, "earlier"),
    ],
)
def test_classify_refused(program, agent, acknowledged, refused, body, field):
    refused(program(agent).send(f"{acknowledged.reference}/classify/", body), 400, "invalid", field)


def test_an_upgrade_names_the_earlier_complaint(program, agent, register, acknowledged):
    earlier = register().complaint.reference
    body = {"complaint_class": "upgrade", "class_kind": "overdue", "reasons": "x", "earlier": earlier}
    assert program(agent).send(f"{acknowledged.reference}/classify/", body).json()["earlier"] == earlier


def test_an_upgrade_cannot_name_a_complaint_the_person_does_not_see(
    program, agent, head_office, register, acknowledged, refused
):
    hidden = register(department=head_office).complaint.reference
    body = {"complaint_class": "upgrade", "class_kind": "overdue", "reasons": "x", "earlier": hidden}
    refused(program(agent).send(f"{acknowledged.reference}/classify/", body), 400, "invalid", "earlier")


def test_a_grave_class_is_confirmed_by_a_second_person(program, agent, supervisor, acknowledged, refused):
    proposed(acknowledged, agent)
    caller, address = program(supervisor), f"{acknowledged.reference}/confirm_class/"
    [decision] = caller.read(f"{acknowledged.reference}/decisions/").json()["results"]
    body = {"reasons": "I agree.", "digest": decision["digest"]}
    refused(program(agent).send(address, body), 403, "not_allowed")
    refused(caller.send(address, {"reasons": "x"}), 400, "invalid", "digest")
    caller.send(f"{acknowledged.reference}/reject_class/", {"reasons": "Too hard."})
    proposed(acknowledged, agent)
    refused(caller.send(address, body), 400, "invalid", "digest")  # the same words, but another decision
    read = caller.read(f"{acknowledged.reference}/decisions/").json()["results"][-1]["digest"]
    told = caller.send(address, body | {"digest": read}).json()
    assert told["complaint_class"] == "malicious"


def test_nobody_confirms_their_own_proposal(program, supervisor, acknowledged, refused):
    proposed(acknowledged, supervisor)
    answer = program(supervisor).send(f"{acknowledged.reference}/confirm_class/", {"reasons": "x", "digest": "x"})
    refused(answer, 409, "second_person_needed")


def test_reject_class(program, agent, supervisor, acknowledged, refused):
    refused(program(supervisor).send(f"{acknowledged.reference}/reject_class/", {"reasons": "x"}), 409, "illegal_move")
    proposed(acknowledged, agent)
    told = program(supervisor).send(f"{acknowledged.reference}/reject_class/", {"reasons": "No."}).json()
    assert told["complaint_class"] == "unclassified"


def test_prioritise(program, agent, acknowledged, refused):
    caller = program(agent)
    told = caller.send(f"{acknowledged.reference}/prioritise/", {"impact": "high", "urgency": "high"}).json()
    assert told["priority"] == "major"
    body = {"impact": "high", "urgency": "high", "override": "ordinary"}
    refused(caller.send(f"{acknowledged.reference}/prioritise/", body), 400, "invalid", "reasons")
    told = caller.send(f"{acknowledged.reference}/prioritise/", body | {"reasons": "Settled."}).json()
    assert (told["priority"], told["priority_reason"]) == ("ordinary", "Settled.")


def test_a_word_that_is_none_of_ours_is_answered_with_those_that_are(program, agent, acknowledged, refused):
    answer = program(agent).send(f"{acknowledged.reference}/prioritise/", {"impact": "huge", "urgency": "high"})
    said = refused(answer, 400, "invalid", "impact")["errors"]["impact"]
    assert said == ["“huge” is none of these: low, medium, high."]


def test_reply_and_note_are_read_in_the_conversation(program, agent, acknowledged, refused):
    caller = program(agent)
    assert caller.send(f"{acknowledged.reference}/reply/", {"body": "我們查一下。"}).status_code == 200
    assert caller.send(f"{acknowledged.reference}/note/", {"body": "Ask the till."}).status_code == 200
    refused(caller.send(f"{acknowledged.reference}/reply/", {"body": " "}), 400, "invalid", "body")
    large = {"body": "我們保證不會再發生。"}
    held_back = refused(caller.send(f"{acknowledged.reference}/reply/", large), 400, "promises_too_much", "body")
    assert "“保證”" in str(held_back)
    assert caller.send(f"{acknowledged.reference}/reply/", large | {"meant": True}).status_code == 200
    refused(caller.send(f"{acknowledged.reference}/note/", {"body": "x" * 100_000}), 400, "invalid", "body")
    results = caller.read(f"{acknowledged.reference}/messages/").json()["results"]
    assert [(each["kind"], each["author"], each["body"]) for each in results] == [
        ("reply", agent.email, "我們查一下。"),
        ("note", agent.email, "Ask the till."),
        ("reply", agent.email, large["body"]),
    ]
    answer = {"outcome": "upheld", "reasons": "x", "message": "We guarantee it."}
    refused(caller.send(f"{acknowledged.reference}/resolve/", answer), 400, "promises_too_much", "message")
    assert caller.send(f"{acknowledged.reference}/resolve/", answer | {"meant": True}).status_code == 200


def test_attach_list_and_download(program, agent, outsider, acknowledged, refused):
    caller = program(agent)
    place = f"/api/v1/complaints/{acknowledged.reference}/attach/"
    for number, extra in enumerate([{}, {"internal": "false"}], start=1):
        file = SimpleUploadedFile(f"發票{number}.png", PNG, content_type="text/html")
        assert caller.post(place, {"file": file} | extra, format="multipart").status_code == 200
    first, second = caller.read(f"{acknowledged.reference}/attachments/").json()["results"]
    assert (first["internal"], second["internal"]) == (True, False)
    assert first["content_type"] == "image/png"
    download = caller.get(first["download"], headers={"Accept": "image/png"})
    assert b"".join(download.streaming_content) == PNG
    assert download["Content-Disposition"].startswith("attachment;")
    assert download["X-Content-Type-Options"] == "nosniff"
    refused(program(outsider).get(first["download"]), 404, "not_found")
    refused(caller.get(first["download"].replace(f"/{first['id']}/", "/99999999999999999999/")), 404, "not_found")


def test_a_file_that_left_the_store(program, agent, acknowledged, refused):
    caller = program(agent)
    file = SimpleUploadedFile("a.png", PNG)
    caller.post(f"/api/v1/complaints/{acknowledged.reference}/attach/", {"file": file}, format="multipart")
    kept = acknowledged.attachments.get()
    kept.file.storage.delete(kept.file.name)
    refused(caller.read(f"{acknowledged.reference}/attachments/{kept.pk}/"), 404, "not_found")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.png", b"<html><script>alert(1)</script></html>"),
        ("program.exe", b"MZ" + b"\x00" * 100),
        ("empty.png", b""),
        pytest.param("big.png", PNG + b"\x00" * 30_000_000, marks=pytest.mark.slow),
    ],
)
def test_files_that_are_refused(program, agent, acknowledged, refused, name, content):
    answer = program(agent).post(
        f"/api/v1/complaints/{acknowledged.reference}/attach/",
        {"file": SimpleUploadedFile(name, content)},
        format="multipart",
    )
    refused(answer, 400, "file_refused", "file")


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "file"), ({"file": "text"}, "file"), ({"file": SimpleUploadedFile("a.png", PNG), "colour": "x"}, "colour")],
)
def test_forms_without_a_good_file(program, agent, acknowledged, refused, body, field):
    place = f"/api/v1/complaints/{acknowledged.reference}/attach/"
    refused(program(agent).post(place, body, format="multipart"), 400, "invalid", field)


def test_a_broken_form(program, agent, acknowledged, refused):
    place = f"/api/v1/complaints/{acknowledged.reference}/attach/"
    caller = program(agent)
    refused(caller.post(place, b"nonsense", content_type="multipart/form-data"), 400, "malformed")
    refused(caller.post(place, b"nonsense", content_type="multipart/form-data; boundary=x"), 400, "invalid", "file")
    refused(caller.post(place, {"file": "x"}, format="json"), 415, "unsupported_media_type")


def test_wait_and_resume(program, agent, acknowledged, refused):
    caller = program(agent)
    refused(caller.send(f"{acknowledged.reference}/resume/"), 409, "illegal_move")
    assert caller.send(f"{acknowledged.reference}/wait/", {"question": "Which card?"}).json()["status"] == "waiting"
    assert caller.send(f"{acknowledged.reference}/resume/").json()["status"] == "assessing"


CLOSE = {"reason": "confirmed", "note": "Said so by phone."}


def test_resolve_close_and_reopen(program, agent, supervisor, acknowledged, refused):
    caller = program(agent)
    refused(caller.send(f"{acknowledged.reference}/close/", CLOSE), 409, "illegal_move")
    body = {"outcome": "upheld", "reasons": "The till.", "message": "We pay it back."}
    refused(caller.send(f"{acknowledged.reference}/resolve/", body | {"outcome": "won"}), 400, "invalid", "outcome")
    told = caller.send(f"{acknowledged.reference}/resolve/", body).json()
    assert (told["status"], told["outcome"], told["outcome_reasons"]) == ("resolved", "upheld", "The till.")
    assert caller.send(f"{acknowledged.reference}/close/", CLOSE).json()["status"] == "closed"
    refused(caller.send(f"{acknowledged.reference}/reopen/", {"reasons": "New facts."}), 403, "not_allowed")
    told = program(supervisor).send(f"{acknowledged.reference}/reopen/", {"reasons": "New facts."}).json()
    assert (told["status"], told["cycle"], told["outcome"]) == ("assessing", 2, "")


def test_withdraw(program, agent, acknowledged, refused):
    caller = program(agent)
    refused(caller.send(f"{acknowledged.reference}/withdraw/"), 400, "invalid", "reasons")
    told = caller.send(f"{acknowledged.reference}/withdraw/", {"reasons": "They said so by phone."}).json()
    assert (told["status"], told["outcome"]) == ("withdrawn", "withdrawn")


def test_decline(program, agent, supervisor, acknowledged, refused):
    body = {"code": "out_of_time", "reasons": "Ten years ago.", "recourse": "The consumer court."}
    refused(program(agent).send(f"{acknowledged.reference}/decline/", body), 403, "not_allowed")
    caller = program(supervisor)
    refused(caller.send(f"{acknowledged.reference}/decline/", body | {"recourse": ""}), 400, "invalid", "recourse")
    told = caller.send(f"{acknowledged.reference}/decline/", body).json()
    assert (told["status"], told["decline_code"], told["recourse"]) == (
        "declined",
        "out_of_time",
        "The consumer court.",
    )


def test_merge(program, agent, register, acknowledged, refused):
    caller = program(agent)
    other = register().complaint.reference
    itself = acknowledged.reference
    refused(caller.send(f"{itself}/merge/", {"into": itself}), 400, "invalid", "into")
    refused(caller.send(f"{itself}/merge/", {"into": other[:-1] + "?"}), 400, "invalid", "into")
    told = caller.send(f"{itself}/merge/", {"into": other}, **{"If-Match": "*"}).json()
    assert (told["status"], told["merged_into"]) == ("merged", other)
    assert {"note", "attach", "fulfil"} < set(told["acts"])
    assert not {"reply", "assign", "transfer", "classify", "judge", "resolve", "close", "reopen"} & set(told["acts"])


def test_an_act_that_is_not_possible_now(program, agent, acknowledged, refused):
    refused(program(agent).send(f"{acknowledged.reference}/acknowledge/"), 409, "illegal_move")


def test_a_field_that_the_act_does_not_know(program, agent, register, refused):
    complaint = register().complaint
    answer = program(agent).send(f"{complaint.reference}/acknowledge/", {"at": "noon"})
    refused(answer, 400, "invalid", "at")
    assert Complaint.objects.get().status == "received"


def test_an_outsider_finds_nothing_to_act_on(program, outsider, acknowledged, refused):
    caller = program(outsider)
    for verb in ACTS:
        refused(caller.send(f"{acknowledged.reference}/{verb}/"), 404, "not_found")


def test_a_wrong_check_character_is_said_to_be_one(program, agent, acknowledged, refused):
    right, caller = acknowledged.reference, program(agent)
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    for verb in ACTS:
        problem = refused(caller.send(f"{wrong}/{verb}/"), 404, "not_found")
        assert "check character" in problem["detail"]


def test_a_verb_takes_only_posts(program, agent, acknowledged, refused):
    caller = program(agent)
    for verb in ACTS:
        refused(caller.read(f"{acknowledged.reference}/{verb}/"), 405, "method_not_allowed")


def test_a_verb_that_does_not_exist(program, agent, acknowledged, refused):
    refused(program(agent).send(f"{acknowledged.reference}/forget/"), 404, "not_found")
    refused(program(agent).send(f"{acknowledged.reference}/hear/", {"body": "x"}), 404, "not_found")


# --- If-Match -----------------------------------------------------------------------------------------------


def test_a_change_asked_for_on_an_old_version_is_refused(program, agent, acknowledged, refused):
    caller = program(agent)
    seen = caller.read(f"{acknowledged.reference}/")["ETag"]
    told = caller.send(f"{acknowledged.reference}/note/", {"body": "first"}, **{"If-Match": seen})
    assert told.status_code == 200
    assert told["ETag"] != seen
    answer = caller.send(f"{acknowledged.reference}/note/", {"body": "second"}, **{"If-Match": seen})
    refused(answer, 412, "changed_meanwhile")
    assert acknowledged.messages.filter(body="second").count() == 0
    again = caller.send(f"{acknowledged.reference}/note/", {"body": "second"}, **{"If-Match": f'"x", {told["ETag"]}'})
    assert again.status_code == 200


@pytest.mark.parametrize("wanted", ["", "nonsense", '"'])
def test_an_if_match_that_names_no_version_matches_none(program, agent, acknowledged, refused, wanted):
    answer = program(agent).send(f"{acknowledged.reference}/note/", {"body": "x"}, **{"If-Match": wanted})
    refused(answer, 412, "changed_meanwhile")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_changes_on_the_same_version_one_is_refused(program, agent, acknowledged):
    plain = program(agent).plain
    seen = program(agent).read(f"{acknowledged.reference}/")["ETag"]
    start = Barrier(4)

    def change(number: int) -> int:
        try:
            start.wait(timeout=10)
            path = f"{acknowledged.reference}/note/"
            return Program(plain).send(path, {"body": f"{number}"}, **{"If-Match": seen}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, range(4))) == [200, 412, 412, 412]
    assert acknowledged.messages.count() == 1


def test_the_answer_is_given_even_when_the_complaint_has_left(program, agent, outsider, acknowledged, refused):
    body = {"to": outsider.department.code, "reasons": "Theirs."}
    assert program(agent).send(f"{acknowledged.reference}/transfer/", body).status_code == 200
    caller = program(outsider)
    assert caller.send(f"{acknowledged.reference}/object_to_transfer/", {"reasons": "Not ours."}).status_code == 200
    refused(caller.read(f"{acknowledged.reference}/"), 404, "not_found")


def test_a_complaint_is_not_put_into_the_hands_of_somebody_it_concerns(program, refused, agent, handler, acknowledged):
    Subject.objects.create(complaint=acknowledged, kind="person", name="The handler", user=handler)
    told = refused(
        program(agent).send(f"{acknowledged.reference}/assign/", {"to": handler.email}), 409, "conflict_of_interest"
    )
    assert "The complaint is about Handler" in told["detail"]
    acknowledged.refresh_from_db()
    assert acknowledged.holder is None
