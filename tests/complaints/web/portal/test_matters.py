"""Matters as the complainant sees them."""

import pytest

from complaints.models import Matter
from complaints.services import casework, matters, splitting
from complaints.services.matters import Part
from complaints.vocabulary import Outcome
from tests.factories import DepartmentFactory


@pytest.fixture
def letter(client, register, agent):
    """A letter of two matters, opened in the browser."""
    registered = register()
    letter = registered.complaint
    parts = [Part("The till"), Part("The queue")]
    matters.split(complaint_id=letter.pk, by=agent, parts=parts)
    client.post("/track/", {"reference": letter.reference, "secret": registered.access_secret})
    return letter


def answer(letter, by, numbers=(1, 2)):
    for number in numbers:
        outcome = Outcome.UPHELD if number == 1 else Outcome.NOT_UPHELD
        found = {"outcome": outcome, "finding": f"Told of {number}.", "reasons": "A file note."}
        matters.settle(complaint_id=letter.pk, number=number, by=by, **found)
    casework.resolve(complaint_id=letter.pk, by=by, message="Here is our answer.")


def page(client, letter):
    return client.get(f"/track/{letter.reference}/").content.decode()


def test_each_matter_is_shown_with_its_answer_once_it_is_given(client, letter, agent):
    found = {"outcome": Outcome.UPHELD, "finding": "Not yet to be read.", "reasons": "A file note."}
    matters.settle(complaint_id=letter.pk, number=1, by=agent, **found)
    told = page(client, letter)
    assert "1. The till" in told
    assert "We are looking into this." in told
    assert "Not yet to be read." not in told
    answer(letter, agent)
    told = page(client, letter)
    assert "Told of 1." in told
    assert "2. The queue: <strong>Not upheld</strong>" in told
    assert "Partly upheld" in told
    assert "A file note." not in told


def test_the_complainant_says_which_answers_they_dispute(client, letter, agent):
    answer(letter, agent)
    address = f"/track/{letter.reference}/"
    assert "With which answers do you disagree?" in page(client, letter)
    given = {"act": "dispute", "dispute-body": "I waited an hour."}
    for wrong in ({}, {"dispute-matters": ["9"]}, {"dispute-matters": ["x"]}):
        refused = client.post(address, given | wrong)
        assert refused.status_code == 422
        assert "I waited an hour." in refused.content.decode()
    assert client.post(address, given | {"dispute-matters": ["2"]}).status_code == 302
    assert list(Matter.objects.values_list("state", flat=True)) == ["settled", "open"]
    told = page(client, letter)
    assert "Told of 1." in told
    assert "Told of 2." not in told


def test_a_part_that_was_split_off_is_opened_from_its_letter(client, letter, agent, head_office):
    billing = DepartmentFactory(code="billing", name="Billing", parent=head_office)
    part = splitting.split_off(
        complaint_id=letter.pk, number=1, by=agent, message="Billing takes it.", department=billing
    )
    assert client.get(f"/track/{part.reference}/").status_code == 403
    told = page(client, letter)
    assert f"This goes on by itself as {part.reference}." in told
    assert "Billing takes it." in told
    address = f"/track/{letter.reference}/matters/1/"
    assert client.get(address).status_code == 405
    assert client.post(address)["Location"] == f"/track/{part.reference}/"
    assert f"This was a part of your letter {letter.reference}." in page(client, part)


def test_nobody_else_opens_a_part(client, letter, agent, head_office):
    billing = DepartmentFactory(code="billing", name="Billing", parent=head_office)
    part = splitting.split_off(complaint_id=letter.pk, number=1, by=agent, message="x", department=billing)
    for number in (2, 3, 10**12):
        assert client.post(f"/track/{letter.reference}/matters/{number}/").status_code == 404
    client.post(f"/track/{letter.reference}/leave/")
    assert client.post(f"/track/{letter.reference}/matters/1/").status_code == 403
    assert client.get(f"/track/{part.reference}/").status_code == 403


def test_twice_as_many_matters_cost_the_page_the_same(
    client, letter, agent, supervisor, django_assert_num_queries, django_assert_max_num_queries
):
    answer(letter, agent)
    page(client, letter)
    with django_assert_max_num_queries(40) as count:
        page(client, letter)
    casework.dispute(complaint_id=letter.pk, body="x")
    matters.split(complaint_id=letter.pk, by=agent, parts=[Part("The points"), Part("The parking")])
    answer(letter, supervisor, numbers=(1, 2, 3, 4))
    with django_assert_num_queries(len(count)):
        page(client, letter)
