"""Pages by place: every row once, whatever comes in between, and totals that do not pretend."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from django.utils import timezone

from common import paging
from complaints.models import Complaint
from tests.factories import ComplaintFactory

NEWEST_FIRST = paging.Order("received_at", descending=True)
DUE_NEXT_FIRST = paging.Order("due_at", nullable=True)


@pytest.fixture
def complaints(head_office):
    start = timezone.now() - timedelta(days=1)
    return [
        ComplaintFactory(
            department=head_office,
            received_at=start + timedelta(minutes=number // 2),
            due_at=start + timedelta(hours=number // 2) if number % 3 else None,
        )
        for number in range(11)
    ]


def forwards(order: paging.Order, size: int) -> list[list[int]]:
    pages, cursor = [], ""
    while True:
        page = paging.page(Complaint.objects.all(), order=order, cursor=cursor, size=size)
        pages.append([row.pk for row in page.rows])
        if not page.next:
            return pages
        cursor = page.next


@pytest.mark.parametrize("order", [NEWEST_FIRST, DUE_NEXT_FIRST])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 11, 12])
def test_the_pages_together_are_the_whole_list_in_its_order(complaints, order, size):
    whole = [row.pk for row in Complaint.objects.order_by(*order.terms(backwards=False))]
    assert [pk for page in forwards(order, size) for pk in page] == whole


@pytest.mark.parametrize("order", [NEWEST_FIRST, DUE_NEXT_FIRST])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_going_back_shows_the_page_one_came_from(complaints, order, size):
    rows, cursor, seen = Complaint.objects.all(), "", []
    for _step in range(3):
        page = paging.page(rows, order=order, cursor=cursor, size=size)
        seen.append(page)
        cursor = page.next
    back = paging.page(rows, order=order, cursor=seen[2].previous, size=size)
    assert back.rows == seen[1].rows
    assert paging.page(rows, order=order, cursor=back.previous, size=size).rows == seen[0].rows


def test_rows_that_come_in_meanwhile_move_nothing(complaints, head_office):
    first = paging.page(Complaint.objects.all(), order=NEWEST_FIRST, size=4)
    ComplaintFactory(department=head_office)
    second = paging.page(Complaint.objects.all(), order=NEWEST_FIRST, cursor=first.next, size=4)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_the_first_page_has_nothing_before_it_and_an_empty_list_nothing_at_all(db):
    page = paging.page(Complaint.objects.all(), order=NEWEST_FIRST)
    assert (page.rows, page.previous, page.next) == ([], "", "")


def test_a_short_list_is_counted_and_a_long_one_estimated(complaints, monkeypatch):
    assert paging.total(Complaint.objects.all()) == paging.Total(11, estimated=False)
    monkeypatch.setattr(paging, "COUNTED_EXACTLY", 5)
    estimate = paging.total(Complaint.objects.all())
    assert estimate.estimated
    assert estimate.rows >= 5


@pytest.mark.parametrize(
    "place",
    [
        "[" * 2_000,
        "[true, null, Infinity]",
        "[true, null, 1e400]",
        '[false, "0001-01-01T00:00:00+14:00", 1]',
        '[true, "9999-12-31T23:59:59-14:00", 1]',
        '[true, "2026-01-01T00:00:00+00:00:30.5", 1]',
        '{"a": 1, "b": 2, "c": 3}',
    ],
)
def test_a_cursor_that_nobody_gave_still_shows_a_page(complaints, place):
    cursor = urlsafe_b64encode(place.encode()).decode()
    assert len(paging.page(Complaint.objects.all(), order=NEWEST_FIRST, cursor=cursor, size=3).rows) == 3
