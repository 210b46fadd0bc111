"""What happened while the office was closed: the list that is handed over in the morning. (Design section 4.)"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints import permissions, selectors
from complaints.lifecycle import OPEN, Verb
from complaints.models import Complaint, Event
from escalation import selectors as deadlines
from escalation.calendars import Calendar
from escalation.happenings import Happening
from escalation.policies import ClockKind
from notifications.models import OutboxMessage

ONE_DAY = timedelta(days=1)
LONGEST_CLOSED = 60
"""Days looked back for the last one on which the office worked."""

MOST_EVENTS = 20_000
MOST_LISTED = 300
"""Complaints on one page, the most urgent first; the rest are counted."""


class Mark(TextChoices):
    """Why a complaint is on the list, the most urgent reason first."""

    BROKEN = "broken", _("Deadline broken")
    ESCALATED = "escalated", _("Escalated")
    DUE_TODAY = "due_today", _("Falls due today")
    NEW = "new", _("New")
    TAKEN_OVER = "taken_over", _("Taken over")
    WAITED = "waited", _("A notice to you waited")


URGENCY: Mapping[Mark, int] = {mark: place for place, mark in enumerate(Mark)}

_MARKS: Mapping[str, Mark] = {
    Verb.REGISTER.value: Mark.NEW,
    Verb.TAKE_OVER.value: Mark.TAKEN_OVER,
    Happening.BREACHED.value: Mark.BROKEN,
    Happening.ESCALATED.value: Mark.ESCALATED,
}


@dataclass(frozen=True)
class Period:
    """From `since` until before `until` (UTC). `closed`: the office was closed then; else nobody knows its hours."""

    since: datetime
    until: datetime
    closed: bool


@dataclass(frozen=True)
class Note:
    """One reason why a complaint is on the list. `clock_kind` is of a broken promise, `tier` of an escalation."""

    mark: Mark
    at: datetime
    clock_kind: str = ""
    tier: int | None = None
    person: str = ""


@dataclass(frozen=True)
class Told:
    """All notes of one mark about a complaint as one line: which promises were broken, and the last of the rest."""

    mark: Mark
    last: Note
    promises: Sequence[str]


@dataclass
class Row:
    """A complaint on the list, with all that happened to it, the most urgent first."""

    complaint: Complaint
    notes: Sequence[Note]

    @property
    def lines(self) -> list[Told]:
        """What is said of it, one line for each mark."""
        groups = [list(of_one) for _mark, of_one in groupby(self.notes, key=attrgetter("mark"))]
        return [
            Told(
                of_one[0].mark, of_one[-1], list(dict.fromkeys(note.clock_kind for note in of_one if note.clock_kind))
            )
            for of_one in groups
        ]


@dataclass
class Section:
    """The complaints of one department, in the order of urgency."""

    department: Department
    rows: Sequence[Row]


@dataclass
class Handover:
    """The whole list. `counts` are complaints by mark, `unlisted` those that the page has no room for."""

    sections: Sequence[Section] = ()
    counts: Mapping[Mark, int] = field(default_factory=dict)
    unlisted: int = 0

    @property
    def rows(self) -> list[Row]:
        """All rows, for what reads something of every one of them."""
        return [row for section in self.sections for row in section.rows]


def last_closed(user: User, now: datetime) -> Period:
    """When the person's office was last closed: since it closed, until it opened again, or until now if it has not.

    Breaks within a day do not count. Where nobody has said when the office works, and where it never closes, the last
    24 hours.
    """
    hours = deadlines.hours_of(user.department_id) if user.department_id else None
    found = _closed(hours, now) if hours else None
    return found or Period(now - ONE_DAY, now, closed=False)


def handover_list(user: User, period: Period, now: datetime) -> Handover:
    """What happened in that period to the complaints this person sees, and what of them falls due today. A constant
    number of queries.
    """
    visible = permissions.visible_to(user)
    notes: dict[int, list[Note]] = defaultdict(list)
    _add_events(notes, visible, period)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    due = visible.filter(status__in=sorted(OPEN), due_at__gte=midnight, due_at__lt=midnight + ONE_DAY)
    for complaint_id, due_at in due.order_by("due_at").values_list("pk", "due_at")[:MOST_EVENTS]:
        notes[complaint_id].append(Note(Mark.DUE_TODAY, due_at or now))
    _add_notices(notes, visible, user, period)
    if not notes:
        return Handover()
    for of_one in notes.values():
        of_one.sort(key=lambda note: (URGENCY[note.mark], note.at))
    in_order = sorted(notes, key=lambda pk: (URGENCY[notes[pk][0].mark], notes[pk][0].at, pk))
    listed = in_order[:MOST_LISTED]
    complaints = selectors.listed(visible).filter(pk__in=listed).in_bulk()
    rows = [Row(complaints[pk], notes[pk]) for pk in listed if pk in complaints]
    return Handover(
        sections=_by_department(rows),
        counts={
            mark: sum(any(note.mark == mark for note in of_one) for of_one in notes.values())
            for mark in Mark
            if any(note.mark == mark for of_one in notes.values() for note in of_one)
        },
        unlisted=len(in_order) - len(listed),
    )


def _closed(hours: Calendar, now: datetime) -> Period | None:
    days = [hours.local_date(now) - timedelta(days=ago) for ago in range(LONGEST_CLOSED)]
    worked = [day for day in days if hours.is_working_day(day)]
    opened_at = hours.next_working(hours.end_of_day(days[0] - ONE_DAY)) if days[0] in worked else now
    closed_at = next((end for end in map(hours.closing_of, worked) if end <= now), None)
    if closed_at is None:
        return None  # it has not worked for two months
    until = opened_at if closed_at < opened_at <= now else now
    return None if closed_at == opened_at else Period(closed_at, until, closed=True)


def _add_events(notes: dict[int, list[Note]], visible: QuerySet[Complaint], period: Period) -> None:
    events = list(
        Event.objects.filter(
            kind__in=list(_MARKS),
            recorded_at__gte=period.since,
            recorded_at__lt=period.until,
            complaint__in=visible.values("pk"),
        )
        .order_by("recorded_at", "id")
        .values_list("complaint_id", "kind", "recorded_at", "actor_id", "data")[:MOST_EVENTS]
    )
    actors = {actor for _pk, kind, _at, actor, _data in events if kind == Verb.TAKE_OVER and actor is not None}
    names = dict(User.objects.filter(pk__in=actors).values_list("pk", "name"))
    for complaint_id, kind, recorded_at, actor, data in events:
        notes[complaint_id].append(
            Note(
                mark=_MARKS[kind],
                at=recorded_at,
                clock_kind=str(ClockKind(data["clock_kind"]).label) if kind == Happening.BREACHED else "",
                tier=data["tier"] if kind == Happening.ESCALATED else None,
                person=names.get(actor, ""),
            )
        )


def _add_notices(notes: dict[int, list[Note]], visible: QuerySet[Complaint], user: User, period: Period) -> None:
    """Add what the outbox held back for this person, each row for its complaint and each digest for all it lists."""
    waited = OutboxMessage.objects.filter(
        recipient=user, not_before__isnull=False, created_at__gte=period.since, created_at__lt=period.until
    )
    by_id: dict[int, datetime] = {}
    by_reference: dict[str, datetime] = {}
    for complaint_id, items, created_at in waited.order_by("id").values_list("complaint_id", "items", "created_at"):
        if complaint_id is not None:
            by_id[complaint_id] = created_at
        by_reference |= dict.fromkeys((item["reference"] for item in items), created_at)
    if not by_id and not by_reference:
        return
    found = visible.filter(Q(pk__in=by_id) | Q(reference__in=by_reference))
    for pk, reference in found.values_list("pk", "reference"):
        notes[pk].append(Note(Mark.WAITED, by_id.get(pk) or by_reference[reference]))


def _by_department(rows: Sequence[Row]) -> list[Section]:
    """In the order of the departments' codes; within each the order of urgency stays."""
    by_code = sorted(rows, key=lambda row: row.complaint.department.code)
    departments = groupby(by_code, key=attrgetter("complaint.department"))
    return [Section(department, list(of_one)) for department, of_one in departments]
