"""Who sees which complaints: one rule, for every list, search, count, feed, mail and file."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Func, Q, QuerySet

from accounts.models import User
from complaints import circles, signers
from complaints.lifecycle import OPEN
from complaints.models import Complaint
from complaints.permissions.grants import READERS
from complaints.permissions.standing import Standing, circles_entered, in_circle, standing
from complaints.tasking import OPEN as OPEN_TASKS
from complaints.transferring import TransferState


def unnamed_to(user: User, complaints: Iterable[Complaint | None]) -> set[int]:
    """The ids of those of these complaints whose reference is kept from this person, where another complaint names
    them: restricted ones of whose circle they are not. No query where none is restricted.
    """
    restricted = [complaint for complaint in complaints if complaint is not None and complaint.restriction]
    if not restricted:
        return set()
    return {complaint.pk for complaint in restricted} - circles_entered(standing(user), user, restricted)


def readable_departments(user: User) -> set[int] | None:
    """The departments whose complaints the person reads; None when that is all of them."""
    return _readable(standing(user))


def _readable(theirs: Standing) -> set[int] | None:
    readable = theirs.departments(READERS)
    return None if readable and readable >= theirs.all_departments else readable


def visible_to(user: User | AnonymousUser) -> QuerySet[Complaint]:
    """The complaints this person sees. The only way any list, search, count, feed, mail or file finds one.

    A restricted one is seen by its circle alone, whatever roles anybody holds.
    """
    if not isinstance(user, User) or not user.is_active:
        return Complaint.objects.none()
    theirs = standing(user)
    inside = in_circle(theirs, user)
    not_kept_from_them = Complaint.objects.filter(Q(restriction="") | Q(inside))
    departments = _readable(theirs)
    if departments is None:
        return not_kept_from_them
    return not_kept_from_them.filter(
        Q(department__in=departments)
        | Q(holder=user)
        | Q(registered_by=user)
        | Q(_asked_for_help(user, departments))
        | Q(_asked_to_take_it(departments))
        | Q(_taken_further_by(user))
        | Q(inside)
        | Q(signers.seen_for_signing(user, theirs.held))
    )


def unrestricted() -> QuerySet[Complaint]:
    """The complaints that are not restricted: for numbers that are shown to nobody in particular."""
    return Complaint.objects.filter(restriction="")


def circle_of(user: User) -> QuerySet[Complaint]:
    """The restricted complaints of whose circle this person is."""
    return Complaint.objects.exclude(restriction="").filter(in_circle(standing(user), user))


_ASKED_FOR_HELP = """
SELECT complaint_id FROM complaints_task
WHERE state = ANY(%s) AND (owner_id = %s OR department_id = ANY(%s::bigint[]))
"""

_ASKED_TO_TAKE_IT = "SELECT complaint_id FROM complaints_transfer WHERE state = %s AND receiver_id = ANY(%s::bigint[])"

_TAKEN_FURTHER_BY = """
SELECT upgrade.earlier_id FROM complaints_upgrade AS upgrade
JOIN complaints_complaint AS further ON further.id = upgrade.complaint_id
WHERE further.holder_id = %s AND further.status = ANY(%s) AND upgrade.earlier_id IS NOT NULL
"""


def _asked_for_help(user: User, departments: set[int]) -> Func:
    """Complaints of other departments with an open task for this person, or for a department that they read."""
    return circles.among(_ASKED_FOR_HELP, (sorted(OPEN_TASKS), user.pk, sorted(departments)))


def _asked_to_take_it(departments: set[int]) -> Func:
    """Complaints of other departments which one that the person reads is asked to take."""
    return circles.among(_ASKED_TO_TAKE_IT, (TransferState.ASKED.value, sorted(departments)))


def _taken_further_by(user: User) -> Func:
    """Complaints that an open upgrade in this person's hands takes further: they look at how those were handled."""
    return circles.among(_TAKEN_FURTHER_BY, (user.pk, sorted(OPEN)))
