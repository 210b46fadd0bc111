import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from complaints import references
from complaints.models import Complaint, IdempotentCreate
from complaints.vocabulary import Demand
from tests.complaints.api.conftest import Program
from tests.factories import CategoryFactory

SMALL = {"subject": "Charged twice", "description": "The card was charged twice."}
FULL = {
    "subject": "重複扣款",
    "description": "我在門市買了一台電鍋，信用卡被扣了兩次款。",
    "channel": "phone",
    "form": "oral",
    "track": "complaint",
    "category": "billing",
    "department": "north",
    "impact": "high",
    "urgency": "high",
    "language": "zh-hant",
    "occurred_at": "2026-01-19T18:30:00+08:00",
    "received_at": "2026-01-20T09:00:00+08:00",
    "complainant": {
        "name": "林美華",
        "email": "lin@example.org",
        "phone": "0912 345 678",
        "relation": "customer",
        "anonymous": False,
        "on_behalf_of": "林父",
        "authority": "written",
    },
    "subjects": [{"kind": "product", "name": "電鍋", "reference": "TAC-11"}, {"name": "門市"}],
    "demands": ["refund", "apology"],
    "demand_note": "退一次",
    "suggestion": "檢查刷卡機",
    "summary": "Double charge",
    "read_back": True,
}


def test_subject_and_description_are_enough(program, agent, head_office):
    answer = program(agent).send("", SMALL)
    assert answer.status_code == 201
    told = answer.json()
    complaint = Complaint.objects.get(reference=told["reference"])
    assert told["status"] == "received"
    assert told["complaint_class"] == "unclassified"
    assert told["class_kind"] == ""
    assert told["priority"] == "ordinary"
    assert told["track"] == "complaint"
    assert told["channel"] == "api"
    assert told["tier"] == 1
    assert told["holder"] is None
    assert told["department"] == head_office.code
    assert told["outcome"] == ""
    assert told["received_at"].endswith("Z")
    assert complaint.registered_by == agent
    assert references.digest(told["access_secret"]) == complaint.access_digest
    assert answer["Location"] == told["links"]["self"] == f"http://testserver/api/v1/complaints/{complaint.reference}/"
    assert answer["Cache-Control"] == "no-store"


def test_every_field_of_the_form_comes_back(program, agent, branch):
    CategoryFactory(code="billing")
    told = program(agent).send("", FULL).json()
    same = ["subject", "description", "channel", "form", "track", "category", "department", "impact", "urgency"]
    same += ["language", "demands", "demand_note", "suggestion", "summary", "read_back", "complainant"]
    assert {name: told[name] for name in same} == {name: FULL[name] for name in same}
    assert told["subjects"] == [
        {"kind": "product", "name": "電鍋", "reference": "TAC-11"},
        {"kind": "other", "name": "門市", "reference": ""},
    ]
    assert told["priority"] == "major"
    assert told["received_at"] == "2026-01-20T01:00:00Z"
    assert told["occurred_at"] == "2026-01-19T10:30:00Z"


def test_the_secret_is_shown_once(program, agent, head_office):
    caller = program(agent)
    reference = caller.send("", SMALL).json()["reference"]
    assert "access_secret" not in caller.read(f"{reference}/").json()


def test_the_language_is_the_persons_own_unless_told(program, agent, head_office):
    agent.language = "zh-hans"
    agent.save()
    assert program(agent).send("", SMALL).json()["language"] == "zh-hans"


def test_a_category_routes(program, agent, branch):
    CategoryFactory(code="billing", department=branch)
    assert program(agent).send("", SMALL | {"category": "billing"}).json()["department"] == branch.code


def test_backdating_needs_the_right_to(program, handler, refused):
    answer = program(handler).send("", SMALL | {"received_at": "2026-01-20T09:00:00+08:00"})
    refused(answer, 403, "not_allowed")
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["subject", "description"]),
        ({"subject": "", "description": "  "}, ["subject", "description"]),
        (SMALL | {"description": "x" * 100_000}, ["description"]),
        (SMALL | {"subject": "x" * 201}, ["subject"]),
        (SMALL | {"subject": "a\x00b"}, ["subject"]),
        (SMALL | {"subject": "a\ud800b"}, ["subject"]),
        (SMALL | {"subject": ["a list"]}, ["subject"]),
        (SMALL | {"description": None}, ["description"]),
        (SMALL | {"colour": "red", "Subject": "x"}, ["colour", "Subject"]),
        (SMALL | {"channel": "pigeon"}, ["channel"]),
        (SMALL | {"channel": {"a": 1}}, ["channel"]),
        (SMALL | {"channel": "\ud800"}, ["channel"]),
        (SMALL | {"\ud800": 1}, ["?"]),
        (SMALL | {"department": "nowhere"}, ["department"]),
        (SMALL | {"department": "a\x00b"}, ["department"]),
        (SMALL | {"department": "\ud800"}, ["department"]),
        (SMALL | {"department": 5}, ["department"]),
        (SMALL | {"category": "nothing"}, ["category"]),
        (SMALL | {"occurred_at": "yesterday"}, ["occurred_at"]),
        (SMALL | {"occurred_at": "2026-02-30T00:00:00Z"}, ["occurred_at"]),
        (SMALL | {"occurred_at": "2026-02-03T10:00:00"}, ["occurred_at"]),
        (SMALL | {"occurred_at": "9999-12-31T23:59:59-12:00"}, ["occurred_at"]),
        (SMALL | {"occurred_at": "0001-01-01T00:00:00+14:00"}, ["occurred_at"]),
        (SMALL | {"occurred_at": "0900-01-01T00:00:00Z"}, ["occurred_at"]),
        (SMALL | {"occurred_at": "2999-01-01T00:00:00Z"}, ["occurred_at"]),
        (SMALL | {"received_at": 17}, ["received_at"]),
        (SMALL | {"complainant": "Lin"}, ["complainant"]),
        (SMALL | {"complainant": {"email": "not an address"}}, ["complainant.email"]),
        (SMALL | {"complainant": {"nickname": "Mei"}}, ["complainant.nickname"]),
        (SMALL | {"subjects": {"name": "x"}}, ["subjects"]),
        (SMALL | {"subjects": [{"name": "x"}, {"kind": "person"}]}, ["subjects.1.name"]),
        (SMALL | {"subjects": [{"name": "x"}] * 51}, ["subjects"]),
        (SMALL | {"demands": ["refund", "revenge"]}, ["demands.1"]),
        (SMALL | {"demands": "refund"}, ["demands"]),
        (SMALL | {"demands": [*Demand.values, "refund"]}, ["demands"]),
        (SMALL | {"language": "fr"}, ["language"]),
        (SMALL | {"read_back": "perhaps"}, ["read_back"]),
        (SMALL | {"impact": 10**400}, ["impact"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_registered(program, agent, head_office, refused, body, fields):
    refused(program(agent).send("", body), 400, "invalid", *fields)
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("body", [[], [SMALL], "text", 7, None, True])
def test_a_body_that_is_no_object(program, agent, refused, body):
    import json

    answer = program(agent).post("/api/v1/complaints/", json.dumps(body), content_type="application/json")
    refused(answer, 400, "invalid")


@pytest.mark.parametrize(
    "raw",
    [b"{", b"{'subject': 1}", b"\xff\xfe{}", b"NaN", b'{"subject": Infinity}', b"[" * 200_000, b"1" * 5000, b" "],
)
def test_broken_json(program, agent, refused, raw):
    answer = program(agent).post("/api/v1/complaints/", raw, content_type="application/json")
    refused(answer, 400, "malformed")


@pytest.mark.parametrize(
    "raw",
    ["{", "{x: 1}", '{"x" 1}', '{"x": 1 "y": 2}', "{} {}", '"x', '"\x01"', r'"\x"', r'"\u12"', "nothing"],
)
@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_what_is_wrong_with_the_json_is_told_in_chinese(program, agent, refused, raw, language):
    answer = program(agent).post(
        "/api/v1/complaints/", raw, content_type="application/json", headers={"Accept-Language": language}
    )
    detail = refused(answer, 400, "malformed")["detail"]
    assert not re.search("[a-z]{3}", detail), detail
    assert "1" in detail


@pytest.mark.parametrize("charset", ["utf-16", "zip", "rot13", "nonsense"])
def test_the_charset_of_the_header_changes_nothing(program, agent, head_office, charset):
    answer = program(agent).post(
        "/api/v1/complaints/",
        '{"subject": "退款", "description": "退款"}',
        content_type=f"application/json; charset={charset}",
    )
    assert answer.status_code == 201
    assert answer.json()["subject"] == "退款"


def test_another_content_type(program, agent, refused):
    caller = program(agent)
    refused(caller.post("/api/v1/complaints/", "a=b", content_type="text/plain"), 415, "unsupported_media_type")
    refused(caller.post("/api/v1/complaints/", SMALL, format="multipart"), 415, "unsupported_media_type")


def test_thirty_megabytes_of_json(program, agent, refused):
    raw = b'{"subject": "' + b"x" * 30_000_000 + b'"}'
    answer = program(agent).post("/api/v1/complaints/", raw, content_type="application/json")
    refused(answer, 413, "too_large")


def test_an_empty_office_says_what_is_missing(program, refused, db):
    from accounts.models import Department, Membership
    from accounts.roles import Role
    from tests.factories import DepartmentFactory, UserFactory

    department = DepartmentFactory()
    user = UserFactory(department=department)
    Membership.objects.create(user=user, department=department, role=Role.AGENT)
    Department.objects.update(is_active=False)
    refused(program(user).send("", SMALL), 400, "invalid")


# --- Idempotency-Key ----------------------------------------------------------------------------------------


def test_a_key_used_anew_after_its_first_use_is_forgotten_opens_no_other_case(program, agent, head_office):
    caller = program(agent)
    first = caller.send("", SMALL, **{"Idempotency-Key": "one"}).json()
    IdempotentCreate.objects.all().delete()  # as the sweep of leftovers does after some days
    other = caller.send("", SMALL | {"subject": "Another matter"}, **{"Idempotency-Key": "one"}).json()
    assert other["reference"] != first["reference"]
    assert other["access_secret"] != first["access_secret"]


def test_the_same_key_answers_the_same_and_registers_once(program, agent, head_office):
    caller = program(agent)
    first = caller.send("", SMALL, **{"Idempotency-Key": "one"})
    second = caller.send("", dict(reversed(SMALL.items())), **{"Idempotency-Key": "one"})
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert references.digest(second.json()["access_secret"]) == Complaint.objects.get().access_digest
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"


def test_the_same_key_with_another_body_is_refused(program, agent, head_office, refused):
    caller = program(agent)
    caller.send("", SMALL, **{"Idempotency-Key": "one"})
    refused(caller.send("", SMALL | {"subject": "x"}, **{"Idempotency-Key": "one"}), 409, "idempotency_conflict")
    assert Complaint.objects.count() == 1


def test_keys_belong_to_their_token(program, agent, handler, head_office):
    secrets = {
        program(user).send("", SMALL, **{"Idempotency-Key": "one"}).json()["access_secret"]
        for user in (agent, handler)
    }
    assert Complaint.objects.count() == len(secrets) == 2


def test_a_refused_create_leaves_its_key_free(program, agent, head_office, refused):
    caller = program(agent)
    refused(caller.send("", {"subject": "x"}, **{"Idempotency-Key": "one"}), 400, "invalid")
    assert caller.send("", SMALL, **{"Idempotency-Key": "one"}).status_code == 201


def test_a_case_given_a_new_secret_shows_no_wrong_one(program, agent, head_office):
    caller = program(agent)
    caller.send("", SMALL, **{"Idempotency-Key": "one"})
    Complaint.objects.update(access_digest=references.digest("another"))
    assert caller.send("", SMALL, **{"Idempotency-Key": "one"}).json()["access_secret"] == ""


@pytest.mark.parametrize("key", ["", "   ", "k" * 201, "a\tb"])
def test_a_key_that_is_none(program, agent, head_office, refused, key):
    refused(program(agent).send("", SMALL, **{"Idempotency-Key": key}), 400, "invalid", "Idempotency-Key")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_registers_once(program, agent, head_office):
    plain = program(agent).plain
    start = Barrier(4)

    def send(_number: int) -> tuple[int, str]:
        try:
            start.wait(timeout=10)
            answer = Program(plain).send("", SMALL, **{"Idempotency-Key": "one"})
            return answer.status_code, answer.json()["access_secret"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert Complaint.objects.count() == IdempotentCreate.objects.count() == 1
    connection.close()


def test_what_a_word_settles_is_registered_and_answered_in_one_call(program, agent, branch, refused):
    caller = program(agent)
    body = {"subject": "When do you open?", "description": "Closed.", "department": branch.code}
    settled = {"class_kind": "enquiry", "outcome": "no_fault", "reasons": "A question.", "message": "At nine."}
    refused(caller.send("", body | {"settled": {"class_kind": "enquiry"}}), 400, "invalid", "settled.message")
    for wrong, field in (({"class_kind": "overdue"}, "class_kind"), ({"outcome": "withdrawn"}, "outcome")):
        refused(caller.send("", body | {"settled": settled | wrong}), 400, "invalid", f"settled.{field}")
    for _time in range(2):
        told = caller.send("", body | {"settled": settled}, **{"Idempotency-Key": "once"}).json()
        assert (told["status"], told["complaint_class"], told["class_kind"]) == (
            "resolved",
            "communicative",
            "enquiry",
        )
        assert told["access_secret"]
    assert caller.read().json()["results"][0]["reference"] == told["reference"]
    assert len(caller.read().json()["results"]) == 1


def test_whoever_names_no_language_of_ours_is_told_which_there_are(program, agent, refused):
    body = {"subject": "x", "description": "y", "language": "tlh" * 1_000}
    said = refused(program(agent).send("", body), 400, "invalid", "language")["errors"]["language"]
    assert len(said) == 1
    assert said[0].endswith("is none of these: en, zh-hant, zh-hans.")
    assert len(said[0]) < 300
