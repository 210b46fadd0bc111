"""What does not leave after all, because things have changed since it was written."""

from collections.abc import Sequence

from django.db.models import Q

from complaints import circles
from complaints.lifecycle import OPEN
from complaints.models import Complaint
from escalation.happenings import Happening
from notifications import letters
from notifications.models import OutboxMessage
from notifications.services.marking import withhold


def without_closed_accounts(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Leave out what is for people who have left since it was written, and say so in the mailbox."""
    here: list[OutboxMessage] = []
    for row in rows:
        if row.recipient is None or row.recipient.is_active:
            here.append(row)
        else:
            withhold(row)
    return here


def without_old_news(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Leave out what waited for working hours about complaints that have been answered meanwhile, and say so in the
    mailbox. A referral may still be sent then; and what was handed over before is repeated as it was.
    """
    waited = [
        row for row in rows if row.not_before is not None and row.kind != Happening.REFERRED and row.handed_at is None
    ]
    if not waited:
        return list(rows)
    named = {item["reference"] for row in waited for item in letters.items_of(row)}
    still_open = set(
        Complaint.objects.filter(reference__in=named, status__in=sorted(OPEN)).values_list("reference", flat=True)
    )
    old: set[int] = set()
    for row in waited:
        pressing = [item for item in letters.items_of(row) if item["reference"] in still_open]
        if not pressing:
            old.add(row.pk)
            withhold(row)
        elif row.is_digest:
            row.items = pressing
    return [row for row in rows if row.pk not in old]


def within_circles(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Leave out what people of the staff were going to read about complaints that have been restricted meanwhile, or
    of whose circle they are no longer; and say so in the mailbox.
    """
    to_staff = [row for row in rows if row.recipient_id is not None]
    listed = {item["reference"] for row in to_staff for item in row.items}
    about = {row.complaint_id for row in to_staff if row.complaint_id is not None}
    restricted = dict(
        Complaint.objects.exclude(restriction="")
        .filter(Q(pk__in=about) | Q(reference__in=listed))
        .values_list("reference", "pk")
    )
    if not restricted:
        return list(rows)
    inside = circles.members_in(restricted.values())
    kept: list[OutboxMessage] = []
    for row in rows:
        barred = {reference for reference, pk in restricted.items() if row.recipient_id not in inside.get(pk, ())}
        left = [item for item in row.items if item["reference"] not in barred]
        if row.recipient_id is None or (
            len(left) == len(row.items) and row.complaint_id not in {restricted[each] for each in barred}
        ):
            kept.append(row)
        elif left:
            letters.tell_only(row, left)
            OutboxMessage.objects.filter(pk=row.pk, claimed_until=row.claimed_until).update(
                items=row.items, subject=row.subject, body=row.body
            )
            kept.append(row)
        else:
            withhold(row)
    return kept
