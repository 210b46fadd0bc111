from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.events import content_hash
from complaints.models import Event
from tests.factories import ComplaintFactory


def references(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["reference"] for each in answer.json()["results"]]


def follow(caller, address) -> list[str]:
    found = []
    while address:
        page = caller.get(address).json()
        found += [each["reference"] for each in page["results"]]
        address = page["next"]
    return found


def test_a_list_shows_what_the_person_sees_newest_first(program, agent, outsider, branch):
    now = timezone.now()
    old = ComplaintFactory(department=branch, received_at=now - timedelta(days=2))
    new = ComplaintFactory(department=branch, received_at=now - timedelta(days=1))
    ComplaintFactory()
    answer = program(agent).read()
    assert references(answer) == [new.reference, old.reference]
    assert set(answer.json()) == {"results", "next", "previous"}
    assert references(program(outsider).read()) == []


def test_every_filter_of_the_desk(program, agent, handler, head_office, branch, executive):
    late = ComplaintFactory(department=branch, overdue=True, tier=2, priority="major", holder=handler)
    held = ComplaintFactory(department=head_office, complaint_class="valid", class_kind="harm", holder=executive)
    done = ComplaintFactory(department=branch, resolved=True)
    caller = program(executive)

    def found(**query):
        return set(references(caller.read(**query)))

    assert found(status="resolved") == {done.reference}
    assert found(status=["resolved", "received"]) == {late.reference, held.reference, done.reference}
    assert found(**{"class": "valid"}) == {held.reference}
    assert found(priority="major") == found(tier="2") == found(overdue="true") == {late.reference}
    assert found(overdue="false") == {held.reference, done.reference}
    assert found(department="head-office") == {late.reference, held.reference, done.reference}
    assert found(department="north") == {late.reference, done.reference}
    assert found(holder="me") == {held.reference}
    assert found(holder="none") == {done.reference}
    assert found(holder=handler.email.upper()) == {late.reference}
    assert found(holder="nobody@example.org") == set()


def test_words_are_found_in_either_script(program, agent, register):
    complaint = register(description="我要退費").complaint
    register(description="Something else")
    caller = program(agent)
    assert references(caller.read(text="退费")) == [complaint.reference]
    assert references(caller.read(text=complaint.reference)) == [complaint.reference]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"class": "x"}, "class"),
        ({"tier": "9"}, "tier"),
        ({"department": "nowhere"}, "department"),
        ({"department": "a\x00b"}, "department"),
        ({"overdue": "maybe"}, "overdue"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "x" * 100_000}, "text"),
        ({"holder": "x" * 1000}, "holder"),
        ({"holder": "\x00"}, "holder"),
        ({"statsu": "received"}, "statsu"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "\x00"}, "cursor"),
        ({"cursor": "WyJhIl0"}, "cursor"),
        ({"page_size": "many"}, "page_size"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "-1"}, "page_size"),
        ({"page_size": "１０"}, "page_size"),
    ],
)
def test_bad_parameters_are_named(program, agent, refused, query, field):
    refused(program(agent).read(**query), 400, "invalid", field)


def test_a_cursor_of_another_list_is_none(program, agent, register, refused):
    caller = program(agent)
    for _each in range(2):
        complaint = register().complaint
    cursor = caller.read(page_size=1).json()["next"].partition("cursor=")[2].partition("&")[0]
    refused(caller.read(f"{complaint.reference}/events/", cursor=cursor), 400, "invalid", "cursor")


@pytest.mark.parametrize("size", ["201", "1000000", "9" * 400, "0000000000000201"])
def test_a_huge_page_is_a_page_of_the_most(program, agent, branch, size, monkeypatch):
    monkeypatch.setattr("complaints.api.paging.MAX_PAGE_SIZE", 3)
    ComplaintFactory.create_batch(4, department=branch)
    assert len(references(program(agent).read(page_size=size))) == 3


def test_pages_neither_repeat_nor_lose_a_complaint_while_others_come_in(program, agent, branch):
    moment = timezone.now() - timedelta(days=5)
    there = [
        ComplaintFactory(department=branch, received_at=moment + timedelta(hours=number // 4)) for number in range(12)
    ]
    caller = program(agent)
    page = caller.read(page_size=5).json()
    found = [each["reference"] for each in page["results"]]
    while page["next"]:
        ComplaintFactory(department=branch)
        ComplaintFactory(department=branch, received_at=moment + timedelta(days=1))
        page = caller.get(page["next"]).json()
        found += [each["reference"] for each in page["results"]]
    assert found == [each.reference for each in reversed(there)]


def test_pages_can_be_read_backwards(program, agent, branch):
    moment = timezone.now()
    ComplaintFactory.create_batch(7, department=branch, received_at=moment)
    caller = program(agent)
    first = caller.read(page_size=3).json()
    second = caller.get(first["next"]).json()
    third = caller.get(second["next"]).json()
    assert (first["previous"], third["next"], len(third["results"])) == (None, None, 1)
    assert caller.get(third["previous"]).json()["results"] == second["results"]
    back = caller.get(caller.get(third["previous"]).json()["previous"]).json()
    assert back["results"] == first["results"]
    assert back["previous"] is None


def test_a_page_that_has_emptied_ends_the_list(program, agent, branch):
    ComplaintFactory.create_batch(2, department=branch, status="received")
    caller = program(agent)
    address = caller.read(page_size=1, status="received").json()["next"]
    branch.complaints.update(status="assessing")
    assert caller.get(address).json() == {"results": [], "next": None, "previous": None}


@pytest.mark.parametrize("query", [{}, {"text": "charged"}, {"overdue": "false", "department": "north"}])
def test_a_list_costs_the_same_for_twice_as_many(program, agent, register, django_assert_num_queries, query):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    caller = program(agent)
    for _each in range(3):
        register(subjects=[])
    caller.read(**query)
    with CaptureQueriesContext(connection) as few:
        assert len(references(caller.read(**query))) == 3
    for _each in range(3):
        register()
    with django_assert_num_queries(len(few)):
        assert len(references(caller.read(**query))) == 6


@pytest.mark.parametrize("part", ["events", "messages", "attachments", "decisions"])
def test_the_parts_of_a_complaint_cost_the_same_for_twice_as_many(
    program, agent, acknowledged, django_assert_num_queries, part
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from complaints.services import correspondence, decisions, evidence
    from tests.complaints.api.test_acts import PNG, SimpleUploadedFile

    def more():
        for number in range(3):
            correspondence.note(complaint_id=acknowledged.pk, by=agent, body=f"{number}")
            file = evidence.check_file(SimpleUploadedFile("a.png", PNG))
            evidence.attach(complaint_id=acknowledged.pk, by=agent, file=file, internal=True)
            decisions.classify(
                complaint_id=acknowledged.pk, by=agent, complaint_class="communicative", kind="help", reasons="x"
            )

    more()
    caller = program(agent)
    place = f"{acknowledged.reference}/{part}/"
    caller.read(place)
    with CaptureQueriesContext(connection) as few:
        before = len(caller.read(place).json()["results"])
    more()
    with django_assert_num_queries(len(few)):
        assert len(caller.read(place).json()["results"]) >= before + 3


def test_the_whole_record_with_its_version(program, agent, acknowledged):
    answer = program(agent).read(f"{acknowledged.reference}/")
    told = answer.json()
    assert told["description"] == acknowledged.description
    assert told["complainant"]["email"] == "lin@example.org"
    assert answer["ETag"] == f'"{acknowledged.event_count}"'
    assert "resolve" in told["acts"]
    assert "reopen" not in told["acts"]
    caller = program(agent)
    for name in ("self", "events", "messages", "decisions", "attachments"):
        assert caller.get(told["links"][name]).status_code == 200


def test_an_auditor_reads_and_finds_nothing_to_do(program, branch, acknowledged, refused):
    from accounts.roles import Role
    from tests.factories import UserFactory

    auditor = UserFactory(role=Role.AUDITOR, department=branch)
    caller = program(auditor)
    assert caller.read(f"{acknowledged.reference}/").json()["acts"] == []
    refused(caller.send(f"{acknowledged.reference}/note/", {"body": "x"}), 403, "not_allowed")


def test_events_tell_the_chain(program, agent, register):
    complaint = register().complaint
    caller = program(agent)
    caller.send(f"{complaint.reference}/acknowledge/")
    page = caller.read(f"{complaint.reference}/events/", page_size=1).json()
    [first] = page["results"]
    assert set(first) == {"kind", "actor", "occurred_at", "recorded_at", "data", "hash"}
    assert (first["kind"], first["actor"]) == ("register", "complainant")
    told = page["results"]
    while page["next"]:
        page = caller.get(page["next"]).json()
        told += page["results"]
    events = list(Event.objects.filter(complaint=complaint).order_by("sequence"))
    assert [each["hash"] for each in told] == [content_hash(event, complaint.reference) for event in events]
    assert ("acknowledge", agent.email) in [(each["kind"], each["actor"]) for each in told]


@pytest.mark.parametrize("part", ["", "events/", "messages/", "decisions/", "attachments/", "attachments/1/"])
def test_what_is_not_seen_is_not_there(program, outsider, acknowledged, refused, part):
    caller = program(outsider)
    hidden = refused(caller.read(f"{acknowledged.reference}/{part}"), 404, "not_found")
    absent = refused(
        caller.read(f"R26-999999-{'ABCDEFGHJKLMNPQRSTVWXYZ'[_check('26999999')]}/{part}"), 404, "not_found"
    )
    assert hidden == absent
    for wrong in ("R26-000001-A", "x", "%00", "..%2F", "退款", "R" * 5000):
        if wrong != acknowledged.reference:
            refused(caller.read(f"{wrong}/{part}"), 404, "not_found")


def _check(digits: str) -> int:
    return sum(int(digit) * 2**place for place, digit in enumerate(digits)) % 23


def test_sentences_come_in_the_language_asked_for(program, agent, refused):
    for language in ("en", "zh-hant", "zh-hans"):
        answer = program(agent).get("/api/v1/complaints/nothing/", headers={"Accept-Language": language})
        refused(answer, 404, "not_found")
        assert answer["Content-Language"] == language


def test_an_answer_in_another_format_is_not_given(program, agent, refused):
    answer = program(agent).get("/api/v1/complaints/", headers={"Accept": "application/xml"})
    refused(answer, 406, "not_acceptable")
