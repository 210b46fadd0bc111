"""Matters on the desk: the panel, the forms, the answer."""

import pytest

from complaints.models import Complaint, Matter
from complaints.services import matters, splitting
from complaints.services.matters import Part
from complaints.vocabulary import Outcome
from tests.factories import CategoryFactory, DepartmentFactory


@pytest.fixture
def billing(head_office):
    return DepartmentFactory(code="billing", name="Billing", parent=head_office)


def split(complaint, by, *names):
    parts = [Part(name) for name in names or ("The till", "The queue")]
    return matters.split(complaint_id=complaint.pk, by=by, parts=parts)


def test_a_letter_goes_its_way_by_forms(desk, words, complaint, agent, billing):
    browser = desk(agent)
    assert "Matter 1" in words(browser.opens(complaint, "split"))
    given = {"subject_1": "The till", "subject_3": "The queue", "category_3": CategoryFactory().pk}
    answer = browser.does("split", complaint, **given, subject_2="The points", words_2="Points are missing.")
    assert answer.status_code == 302
    assert list(Matter.objects.values_list("subject", flat=True)) == ["The till", "The points", "The queue"]
    page = words(browser.opens(complaint))
    assert 'id="matter-3"' in page
    assert "split 3 matters from the letter." in page
    assert 'value="2" selected' in words(
        browser.get(f"/desk/complaints/{complaint.reference}/matters/settle/?matter=2")
    )
    for number, outcome in ((1, "upheld"), (3, "not_upheld")):
        found = {"matter": number, "outcome": outcome, "finding": "Seen.", "reasons": "A file note."}
        assert browser.does("settle-matter", complaint, **found).status_code == 302
    moved = {"matter": 2, "track": "complaint", "department": billing.pk, "message": "Billing takes it."}
    assert browser.does("split-off", complaint, **moved).status_code == 302
    part = Complaint.objects.latest("pk")
    page = words(browser.opens(complaint))
    assert part.reference in page
    assert "As its matters stand, the complaint ends as:" in page
    assert complaint.reference in words(browser.opens(part))
    page = words(browser.opens(complaint, "resolve"))
    assert "So the complaint ends as:" in page
    assert 'name="outcome"' not in page
    assert browser.does("resolve", complaint, message="Here is our answer.").status_code == 302
    complaint.refresh_from_db()
    assert (complaint.status, complaint.outcome) == ("resolved", "partly_upheld")


def test_a_finding_is_there_to_be_changed(desk, words, complaint, agent):
    split(complaint, agent)
    found = {"outcome": Outcome.UPHELD, "finding": "The old words.", "reasons": "y"}
    matters.settle(complaint_id=complaint.pk, number=1, by=agent, **found)
    page = words(desk(agent).get(f"/desk/complaints/{complaint.reference}/matters/settle/?matter=1"))
    assert "The old words." in page


def test_dropped_by_form(desk, words, complaint, agent):
    split(complaint, agent)
    assert desk(agent).does("drop-matter", complaint, matter=2, reasons="Named twice.").status_code == 302
    page = words(desk(agent).opens(complaint))
    assert "dropped matter 2." in page
    assert "Named twice." in page


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_that_is_not_right_comes_back(desk, complaint, agent, billing, htmx):
    browser, headers = desk(agent), {"HX-Request": "true"} if htmx else {}
    for given in ({}, {"subject_1": "Alone"}, {"subject_1": "a", "subject_2": "x" * 201, "subject_3": "c"}):
        assert browser.does("split", complaint, headers=headers, **given).status_code == 422
    given = {"subject_1": "a", "subject_2": "b", "words_4": "Without a name."}
    assert b"subject_4" in browser.does("split", complaint, headers=headers, **given).content
    assert not Matter.objects.exists()
    split(complaint, agent)
    found = {"outcome": "upheld", "finding": "x", "reasons": "y"}
    for wrong in (
        {"matter": "9"},
        {"matter": "\x00"},
        {"matter": "1", "outcome": "won"},
        {"matter": "1", "finding": ""},
    ):
        answer = browser.does("settle-matter", complaint, headers=headers, **{**found, **wrong})
        assert answer.status_code == 422
    moved = {"matter": 1, "track": "complaint", "department": complaint.department_id, "message": "x"}
    answer = browser.does("split-off", complaint, headers=headers, **moved)
    assert (answer.status_code, b"Choose another department" in answer.content) == (422, True)
    assert set(Matter.objects.values_list("state", flat=True)) == {"open"}


def test_resolving_says_which_matter_is_open(desk, words, complaint, agent):
    split(complaint, agent)
    assert "Settle each matter first" in words(desk(agent).opens(complaint, "resolve"))
    answer = desk(agent).post(
        f"/desk/complaints/{complaint.reference}/resolve/", {"version": 2, "message": "y"}, follow=True
    )
    assert "no. 1 (The till), no. 2 (The queue)" in words(answer)


def test_reopening_asks_which(desk, words, complaint, agent, supervisor):
    split(complaint, agent)
    for number in (1, 2):
        found = {"outcome": Outcome.UPHELD, "finding": "x", "reasons": "y"}
        matters.settle(complaint_id=complaint.pk, number=number, by=agent, **found)
    desk(agent).does("resolve", complaint, message="z")
    browser = desk(supervisor)
    assert "Which matters are looked at again" in words(browser.opens(complaint, "reopen"))
    assert browser.does("reopen", complaint, reasons="x").status_code == 422
    assert browser.does("reopen", complaint, reasons="x", matter_numbers=[2]).status_code == 302
    assert list(Matter.objects.values_list("state", flat=True)) == ["settled", "open"]
    page = words(browser.opens(complaint))
    assert "About matter 2." in page
    assert "1 earlier finding" in page


def test_others_do_not_find_the_forms(desk, complaint, outsider):
    for act in ("split", "settle-matter", "drop-matter", "split-off"):
        assert desk(outsider).opens(complaint, act).status_code == 404


def test_what_the_reader_may_not_see_is_not_named(desk, words, complaint, agent, handler, billing):
    split(complaint, agent)
    part = splitting.split_off(complaint_id=complaint.pk, number=1, by=agent, message="x", department=billing)
    assert part.reference in words(desk(agent).opens(complaint))
    page = words(desk(handler).opens(complaint))
    assert "Goes on as a complaint that is not open to you." in page
    assert part.reference not in page


def test_twice_as_many_matters_cost_the_dossier_the_same(
    desk, complaint, agent, billing, django_assert_num_queries, django_assert_max_num_queries
):
    def settled_and_split_off(first):
        for name in (f"a{first}", f"b{first}"):
            split(complaint, agent, name, f"{name} again")
        found = {"outcome": Outcome.UPHELD, "finding": "x", "reasons": "y"}
        matters.settle(complaint_id=complaint.pk, number=first, by=agent, **found)
        splitting.split_off(complaint_id=complaint.pk, number=first + 1, by=agent, message="x", department=billing)

    browser = desk(agent)
    settled_and_split_off(1)
    browser.opens(complaint)
    with django_assert_max_num_queries(60) as count:
        browser.opens(complaint)
    settled_and_split_off(5)
    with django_assert_num_queries(len(count)):
        browser.opens(complaint)
