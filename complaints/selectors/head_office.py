"""Reads: what those above a department have written about a complaint, and what they watch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet

from accounts.models import User
from common.rows import fetch, numbers
from complaints import permissions
from complaints.lifecycle import ENDED
from complaints.models import Briefing, Complaint, Watch


def briefings_of(complaints: Iterable[Complaint]) -> QuerySet[Briefing]:
    """The briefings of these complaints with everything that is shown of them: one query."""
    return (
        Briefing.objects.filter(complaint__in=[complaint.pk for complaint in complaints])
        .select_related("department", "briefed_by", "answered_by")
        .order_by("complaint_id", "number")
    )


def watched_by(user: User) -> QuerySet[Complaint]:
    """The complaints that this person watches, of those they see, until they have ended."""
    theirs = Watch.objects.filter(user=user, ended_at=None).values("complaint")
    return permissions.visible_to(user).filter(pk__in=theirs).exclude(status__in=sorted(ENDED))


def watchers(complaint_ids: Collection[int]) -> Mapping[int, list[int]]:
    """Who watches each of these complaints, by its id; only those that somebody watches. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    for complaint_id, user_id in fetch(  # a sweep asks for thousands, which Django would make a parameter each
        "SELECT w.complaint_id, w.user_id FROM complaints_watch AS w JOIN accounts_user AS u ON u.id = w.user_id"
        " WHERE w.complaint_id = ANY(%s::bigint[]) AND w.ended_at IS NULL AND u.is_active ORDER BY w.id",
        [numbers(complaint_ids)],
    ):
        found[complaint_id].append(user_id)
    return dict(found)
