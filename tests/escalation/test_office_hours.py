"""By which calendar the people of a department work."""

from escalation import selectors
from escalation.models import Calendar, OfficeHours
from tests.factories import DepartmentFactory
from tests.factories.escalation import ALL_DAY, publish_calendar


def test_a_department_keeps_the_hours_of_the_nearest_one_above_it_that_has_some(head_office, branch):
    desk = DepartmentFactory(parent=branch)
    assert selectors.hours_of(desk.pk) is None, "nobody has said so"
    publish_calendar("office")
    publish_calendar("round-the-clock", week=ALL_DAY)
    OfficeHours.objects.create(department=head_office, calendar=Calendar.objects.get(code="office"))
    assert selectors.hours_of(desk.pk).name == "office"
    OfficeHours.objects.create(department=branch, calendar=Calendar.objects.get(code="round-the-clock"))
    assert selectors.hours_of(desk.pk).name == "round-the-clock"
    assert selectors.hours_of(head_office.pk).name == "office"


def test_the_newest_version_of_the_calendar_counts(branch):
    publish_calendar("office")
    OfficeHours.objects.create(department=branch, calendar=Calendar.objects.get(code="office"))
    publish_calendar("office", timezone="Asia/Tokyo")
    assert str(selectors.hours_of(branch.pk).zone) == "Asia/Tokyo"


def test_the_book_asks_the_database_no_more_often_for_many_departments(branch, django_assert_num_queries):
    publish_calendar("office")
    publish_calendar("round-the-clock", week=ALL_DAY)
    places = [DepartmentFactory(parent=branch) for _ in range(6)]
    for place, code in zip(places, ["office", "round-the-clock"] * 3, strict=True):
        OfficeHours.objects.create(department=place, calendar=Calendar.objects.get(code=code))
    with django_assert_num_queries(4):
        book = selectors.HoursBook.read()
        assert [book.of(place.pk).name for place in places] == ["office", "round-the-clock"] * 3
        assert book.of(branch.pk) is None
