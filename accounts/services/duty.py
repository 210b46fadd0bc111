"""The duty roster: who stands in for a tier of a department, and when."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Department, DutyShift, User
from accounts.reach import check_within_reach
from accounts.roles import TIER_HOLDERS
from common.refusals import Forbidden, unfit


@transaction.atomic
def add_shift(
    *, by: User, user: User, department: Department, tier: int, starts_at: datetime, ends_at: datetime
) -> DutyShift:
    """Put somebody on duty from `starts_at` until before `ends_at` (aware). Shifts may overlap: the later start wins.

    Raises Forbidden for those who do not plan for the department, Unfit for a shift that cannot be.
    """
    check_may_plan(by, department.pk)
    if not department.is_active:
        raise unfit("department", _("This department is no longer active."))
    _check_shift(user, tier, starts_at, ends_at)
    return DutyShift.objects.create(user=user, department=department, tier=tier, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def change_shift(
    *, shift_id: int, by: User, user: User, tier: int, starts_at: datetime, ends_at: datetime
) -> DutyShift:
    """Change who, which tier or when. What somebody held during a shift that is over stays as it was.

    Raises DutyShift.DoesNotExist, Forbidden, Unfit.
    """
    shift = DutyShift.objects.select_for_update().get(pk=shift_id)
    check_may_plan(by, shift.department_id)
    _check_shift(user, tier, starts_at, ends_at)
    shift.user, shift.tier, shift.starts_at, shift.ends_at = user, tier, starts_at, ends_at
    shift.save(update_fields=["user", "tier", "starts_at", "ends_at"])
    return shift


@transaction.atomic
def remove_shift(*, shift_id: int, by: User) -> DutyShift:
    """Take a shift off the roster: whoever holds the role is asked then.

    Raises DutyShift.DoesNotExist, Forbidden.
    """
    shift = DutyShift.objects.select_for_update().get(pk=shift_id)
    check_may_plan(by, shift.department_id)
    DutyShift.objects.filter(pk=shift.pk).delete()
    return shift


def check_may_plan(by: User, department_id: int) -> None:
    """Raise Forbidden for those who do not plan the roster of the department."""
    if not permissions.may_plan(by, department_id):
        raise Forbidden(_("Only supervisors, managers and administrators of the department plan its duty roster."))


def _check_shift(user: User, tier: int, starts_at: datetime, ends_at: datetime) -> None:
    if tier not in TIER_HOLDERS:
        raise unfit("tier", _("There is no such tier."))
    check_within_reach(starts_at=starts_at, ends_at=ends_at)
    if ends_at <= starts_at:
        raise unfit("ends_at", _("The shift ends before it begins; write a later moment."))
    if not user.is_active:
        raise unfit("user", _("%(name)s no longer works here. Choose somebody else.") % {"name": user.name})
