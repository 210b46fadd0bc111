"""Absences: while somebody is away the ladder and the duty roster pass them over."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Absence, User
from accounts.reach import check_within_reach
from common.refusals import Forbidden, Refusal, unfit

_FORBIDDEN = _("Only supervisors, managers and administrators of somebody's own department enter their absence.")


@transaction.atomic
def enter(*, by: User, user: User, starts_at: datetime, ends_at: datetime, reason: Absence.Reason) -> Absence:
    """Note that somebody is away from `starts_at` until before `ends_at` (aware). Absences may overlap.

    The reason is a code and nothing more: medical details belong nowhere in this office's records.
    Raises Forbidden when the absence is another's and `by` does not plan for their home department, Unfit for times
    that cannot be.
    """
    _check_may_enter(by, user)
    check_within_reach(starts_at=starts_at, ends_at=ends_at)
    if ends_at <= starts_at:
        raise unfit("ends_at", _("The absence ends before it begins; write a later moment."))
    if ends_at <= timezone.now():
        raise unfit("ends_at", _("That absence is over already. Write until when it lasts."))
    return Absence.objects.create(
        user=user, starts_at=starts_at, ends_at=ends_at, reason=Absence.Reason(reason), entered_by=by
    )


@transaction.atomic
def end(*, absence_id: int, by: User) -> Absence | None:
    """Somebody is back, or does not go: one that is running ends now, one that has not begun is taken off.

    Returns the absence that ended, None for one that was taken off. Raises Absence.DoesNotExist, Forbidden, and
    Refusal for one that is over.
    """
    absence = Absence.objects.select_for_update(of=("self",)).select_related("user").get(pk=absence_id)
    _check_may_enter(by, absence.user)
    now = timezone.now()
    if absence.ends_at <= now:
        raise Refusal(_("This absence is over already."))
    if absence.starts_at >= now:
        Absence.objects.filter(pk=absence.pk).delete()
        return None
    absence.ends_at = now
    absence.save(update_fields=["ends_at"])
    return absence


def check_may_plan(by: User, department_id: int) -> None:
    """Raise Forbidden for those who do not enter the absences of the department's people."""
    if not permissions.may_plan(by, department_id):
        raise Forbidden(_FORBIDDEN)


def _check_may_enter(by: User, user: User) -> None:
    if not permissions.may_enter_absence(by, user):
        raise Forbidden(_FORBIDDEN)
