from datetime import timedelta

import factory
from django.utils import timezone

from accounts.models import Absence, Department, DutyShift, Membership, User
from accounts.roles import Role

PASSWORD = "correct horse battery"


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"branch-{n}")
    name = factory.Sequence(lambda n: f"Branch {n}")


class UserFactory(factory.django.DjangoModelFactory):
    """`UserFactory(role=Role.AGENT, department=branch)` holds that role there."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        role = None

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    timezone = "Asia/Taipei"

    @classmethod
    def _create(cls, model_class, *args, **fields):
        role = fields.pop("held_role", None)
        user = model_class.objects.create_user(*args, password=PASSWORD, **fields)
        if role is not None:
            Membership.objects.create(user=user, department=user.department, role=role)
        return user

    held_role = factory.LazyAttribute(lambda o: Role(o.role) if o.role else None)


class DutyShiftFactory(factory.django.DjangoModelFactory):
    """On duty now, unless told otherwise."""

    class Meta:
        model = DutyShift

    tier = 2
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=7))


class AbsenceFactory(factory.django.DjangoModelFactory):
    """Away now, unless told otherwise."""

    class Meta:
        model = Absence

    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
