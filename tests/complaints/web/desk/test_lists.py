"""My work and all complaints: order, filters, pages, and what a page costs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.aftercare import CloseReason
from complaints.classes import ComplaintClass, Kind
from complaints.lifecycle import Status
from complaints.services import casework, closing, correspondence, decisions
from complaints.services.intake import ComplainantDetails
from complaints.vocabulary import Outcome
from tests.factories import ComplaintFactory

MY_WORK = "/desk/"
ALL = "/desk/complaints/"


def references(response) -> list[str]:
    return [row.complaint.reference for row in response.context["rows"]]


def test_my_work_is_in_the_order_in_which_things_are_due(desk, handler, branch):
    now = timezone.now()
    later = ComplaintFactory(department=branch, holder=handler, due_at=now + timedelta(days=3))
    undated = ComplaintFactory(department=branch, holder=handler)
    overdue = ComplaintFactory(department=branch, holder=handler, overdue=True)
    nobodys = ComplaintFactory(department=branch, due_at=now + timedelta(hours=1))
    ComplaintFactory(department=branch, holder=handler, resolved=True)
    response = desk(handler).get(MY_WORK)
    assert references(response) == [each.reference for each in (overdue, nobodys, later, undated)]


def test_what_was_answered_and_nothing_closes_is_in_somebodys_work(desk, agent, handler, supervisor, register, words):
    held, at_once = register().complaint, register(by=agent).complaint
    casework.assign(complaint_id=held.pk, by=agent, to=handler)
    for complaint, by in ((held, handler), (at_once, agent)):
        casework.resolve(complaint_id=complaint.pk, by=by, outcome=Outcome.NO_FAULT, reasons="x", message="So it is.")
    theirs = {handler: held, agent: at_once, supervisor: None}
    for person, its in theirs.items():
        left = desk(person).get(MY_WORK).context["left_answered"]
        assert [complaint.pk for complaint in left] == ([its.pk] if its else [])
    held.refresh_from_db()
    closing.state_last_date(held, timezone.now() + timedelta(days=14))
    assert "Answered, and closed by nothing but you" not in words(desk(handler).get(MY_WORK))
    correspondence.hear(complaint_id=held.pk, body="And my shoes?")
    assert "Answered, and closed by nothing but you" in words(desk(handler).get(MY_WORK))
    casework.close(complaint_id=held.pk, by=handler, reason=CloseReason.CONFIRMED, note="He was told on the phone.")
    assert not desk(handler).get(MY_WORK).context["left_answered"]


def test_my_work_says_what_a_row_is_about(desk, agent, register, words):
    complaint = register(subject="收銀員多刷一次", complainant=ComplainantDetails(name="陳美玲")).complaint
    page = words(desk(agent).get(MY_WORK))
    for expected in (
        complaint.reference,
        "收銀員多刷一次",
        "陳美玲",
        "Nobody yet",
        "Tier 1",
        "Not yet classified",
        "Registered",
    ):
        assert expected in page


def test_my_work_fetches_only_its_list_anew(desk, agent, complaint, words):
    response = desk(agent).get(MY_WORK, headers={"HX-Request": "true"})
    assert complaint.reference in words(response)
    assert b"<html" not in response.content
    assert b'hx-trigger="every' in response.content


def test_an_empty_desk_says_what_to_do_next(desk, agent, words):
    assert "You hold no open complaint" in words(desk(agent).get(MY_WORK))


def test_what_waits_for_a_second_look_is_shown_to_another_senior_person_only(
    desk, agent, supervisor, manager, complaint, words
):
    correspondence.reply(complaint_id=complaint.pk, by=supervisor, body="Patiently explained.")
    decisions.classify(
        complaint_id=complaint.pk,
        by=supervisor,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons="Shouts.",
        evidence="Recording.",
        told="Our people were shouted at.",
    )
    assert "Waits for your second look" in words(desk(manager).get(MY_WORK))
    assert "Waits for your second look" not in words(desk(supervisor).get(MY_WORK))
    assert "Waits for your second look" not in words(desk(agent).get(MY_WORK))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=waiting", "waiting"),
        ("status=waiting&status=received", "waiting urgent overdue climbed"),
        ("class=valid", "valid"),
        ("priority=urgent", "urgent"),
        ("tier=3", "climbed"),
        ("overdue=true", "overdue"),
        ("holder=me", "valid"),
        ("overdue=true&priority=urgent", ""),
    ],
)
def test_filters_stand_in_the_address(desk, agent, branch, query, expected):
    named = {
        "waiting": ComplaintFactory(department=branch, status=Status.WAITING),
        "valid": ComplaintFactory(
            department=branch, complaint_class="valid", class_kind="harm", status=Status.ASSESSING, holder=agent
        ),
        "urgent": ComplaintFactory(department=branch, priority="urgent"),
        "overdue": ComplaintFactory(department=branch, overdue=True),
        "climbed": ComplaintFactory(department=branch, tier=3),
    }
    found = references(desk(agent).get(f"{ALL}?{query}"))
    assert set(found) == {named[name].reference for name in expected.split()}


def test_the_department_filter_takes_what_lies_below(desk, specialist, branch, head_office):
    below = ComplaintFactory(department=branch)
    assert references(desk(specialist).get(f"{ALL}?department={head_office.code}")) == [below.reference]
    assert references(desk(specialist).get(f"{ALL}?department={branch.code}")) == [below.reference]


def test_a_filter_with_an_unknown_value_says_so_and_shows_nothing(desk, agent, complaint, words):
    response = desk(agent).get(f"{ALL}?status=gone")
    assert response.status_code == 200
    assert references(response) == []
    assert "There is a problem" in words(response)


def test_words_are_found_in_both_kinds_of_characters(desk, agent, register):
    complaint = register(description="門市拒絕退款").complaint
    assert references(desk(agent).get(ALL, {"text": "退款"})) == [complaint.reference]
    assert references(desk(agent).get(ALL, {"text": "门市"})) == [complaint.reference]
    assert references(desk(agent).get(ALL, {"text": "維修"})) == []


def test_a_typed_reference_opens_its_dossier(desk, agent, complaint):
    typed = complaint.reference.replace("-", " ").lower()
    response = desk(agent).get(ALL, {"text": typed})
    assert response["Location"] == reverse("desk:dossier", args=[complaint.reference])


def test_a_mistyped_reference_is_told_as_such(desk, agent, complaint, words):
    wrong = complaint.reference[:-1] + ("A" if complaint.reference[-1] != "A" else "B")
    assert "One of them is mistyped" in words(desk(agent).get(ALL, {"text": wrong}))


def test_the_reference_of_an_unseen_complaint_leads_nowhere(desk, outsider, complaint):
    response = desk(outsider).get(ALL, {"text": complaint.reference})
    assert response.status_code == 200
    assert references(response) == []


@pytest.mark.parametrize("text", ["\x00", "a" * 5_000, "%", "' OR 1=1 --", "💥", "-" * 200])
def test_strange_words_find_nothing_and_break_nothing(desk, agent, complaint, text):
    response = desk(agent).get(ALL, {"text": text})
    assert response.status_code == 200
    assert references(response) == []


def test_the_filter_follows_at_once_with_the_list_alone(desk, agent, complaint):
    response = desk(agent).get(f"{ALL}?status=received", headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert complaint.reference.encode() in response.content


def test_every_complaint_stands_on_exactly_one_page_even_while_others_come_in(desk, agent, branch):
    start = timezone.now() - timedelta(days=10)
    made = [
        ComplaintFactory(department=branch, received_at=start + timedelta(minutes=number // 3)) for number in range(60)
    ]
    browser = desk(agent)
    first = browser.get(ALL)
    newcomer = ComplaintFactory(department=branch)
    second = browser.get(f"{ALL}?cursor={first.context['page'].next}")
    seen = references(first) + references(second)
    assert len(seen) == len(set(seen))
    assert set(seen) == {each.reference for each in made}
    assert second.context["page"].next == ""
    back = browser.get(f"{ALL}?cursor={second.context['page'].previous}")
    assert references(back) == references(first)
    assert references(browser.get(f"{ALL}?cursor={back.context['page'].previous}"))[0] == newcomer.reference


def test_pages_keep_the_filters(desk, agent, branch, words):
    ComplaintFactory.create_batch(51, department=branch)
    page = words(desk(agent).get(f"{ALL}?status=received"))
    assert 'rel="next" href="?status=received&cursor=' in page


@pytest.mark.parametrize(
    "cursor", ["nonsense", "W10", "bnVsbA", "é", "WzEsIngiLDFd", "W2ZhbHNlLCAiMjAyNi0wMS0wMSIsIDFd"]
)
def test_a_spoilt_cursor_shows_the_first_page(desk, agent, complaint, cursor):
    assert references(desk(agent).get(ALL, {"cursor": cursor})) == [complaint.reference]


@pytest.mark.parametrize("page", [MY_WORK, ALL])
def test_a_list_costs_the_same_for_twice_as_many_rows(
    desk, agent, handler, register, page, django_assert_max_num_queries, django_assert_num_queries
):
    browser = desk(agent)
    for _number in range(5):
        register()
    browser.get(page)
    with django_assert_max_num_queries(28) as first:
        browser.get(page)
    for number in range(5):
        register(complainant=ComplainantDetails(name=f"Somebody {number}"))
    with django_assert_num_queries(len(first)):
        browser.get(page)
