"""Rows for tests. Factories name states; acts go through the services."""

from tests.factories.accounts import AbsenceFactory, DepartmentFactory, DutyShiftFactory, UserFactory
from tests.factories.complaints import CategoryFactory, ComplainantFactory, ComplaintFactory

__all__ = [
    "AbsenceFactory",
    "CategoryFactory",
    "ComplainantFactory",
    "ComplaintFactory",
    "DepartmentFactory",
    "DutyShiftFactory",
    "UserFactory",
]
