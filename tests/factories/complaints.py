from datetime import timedelta

import factory
from django.utils import timezone

from complaints import references
from complaints.lifecycle import Status
from complaints.models import Category, Complainant, Complaint
from tests.factories.accounts import DepartmentFactory


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    code = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Category {n}")


class ComplainantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Complainant

    name = "Lin Mei-hua"
    email = factory.Sequence(lambda n: f"complainant{n}@example.org")


class ComplaintFactory(factory.django.DjangoModelFactory):
    """A bare row, with no events and no clocks: for reads. Lives begin with the `register` fixture."""

    class Meta:
        model = Complaint

    class Params:
        overdue = factory.Trait(due_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=2)))
        resolved = factory.Trait(
            status=Status.RESOLVED,
            outcome="upheld",
            outcome_reasons="The till was wrong.",
            resolved_at=factory.LazyFunction(timezone.now),
        )

    reference = factory.Sequence(lambda n: references.make(2026, 900_000 + n))
    access_digest = "0" * 64
    subject = "Charged twice"
    description = "The card was charged twice for one purchase."
    received_at = factory.LazyFunction(timezone.now)
    registered_at = factory.LazyAttribute(lambda o: max(o.received_at, timezone.now()))
    complainant = factory.SubFactory(ComplainantFactory)
    department = factory.SubFactory(DepartmentFactory)
