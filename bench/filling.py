"""Filling a database with complaints by COPY: a million in minutes, each as whole as one that was really taken in.

One complaint is registered the real way. Its rows are the pattern of all others: complainant, complaint, clocks, their
ledgers, and the event that begins its story. What differs from copy to copy is numbers, moments and the hash of the
event, which is computed for each, so that `verify_events` and `rebuild_clocks --check` find nothing to say.
Constraints, indexes and triggers stay on. No search terms and no letters are made.
"""

import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Department
from bench.office import DUE_HOURS, OPEN_HOURS
from common.rows import instance
from complaints import events, references
from complaints.models import Complainant, Complaint, Event
from complaints.services import intake
from complaints.vocabulary import Grade
from escalation.models import Clock, ClockEvent

CHUNK = 20_000
WORDS = "The card was charged twice for one purchase. 收銀機刷了兩次卡。 " * 10

Moments = Callable[[int], datetime]
"""The moment at which the n-th complaint is due (aware). Not on a whole second: see `engine.FLOOR`."""


def add_open(count: int) -> None:
    """So many open complaints that fall due between the second and the thirtieth day from now."""
    begin = timezone.now() + timedelta(days=2)
    apart = timedelta(days=27) / max(1, count)
    add(count, lambda number: begin + number * apart, urgent=False)


def add_overdue(count: int) -> None:
    """So many complaints whose deadline passed within the last half hour, and whose first step has not fired."""
    begin = timezone.now() - timedelta(minutes=30)
    apart = timedelta(minutes=29) / max(1, count)
    add(count, lambda number: begin + number * apart, urgent=True)


def add(count: int, due: Moments, *, urgent: bool, departments: Sequence[Department] = ()) -> list[int]:
    """Add complaints that are due at these moments, in turn to the departments; the ids of all of them."""
    lasts = timedelta(hours=DUE_HOURS if urgent else OPEN_HOURS)
    places = departments or [Department.objects.get(code="bench")]
    original = _register(due(0) - lasts, places[0], urgent=urgent)
    patterns = _Patterns(original)
    began, ids = time.monotonic(), [original.pk]
    for first in range(1, count, CHUNK):
        numbers = range(first, min(first + CHUNK, count))
        with transaction.atomic():
            ids += patterns.copy([due(n) for n in numbers], lasts, [places[n % len(places)].pk for n in numbers])
        if count > 5 * CHUNK and sys.stdout.isatty():
            print(f"\r  {numbers[-1] + 1:,} complaints, {time.monotonic() - began:.0f} s", end="", flush=True)
    return ids


def _register(received_at: datetime, department: Department, *, urgent: bool) -> Complaint:
    grade = Grade.HIGH if urgent else Grade.MEDIUM
    given = intake.Registration(
        subject="Charged twice",
        description=WORDS,
        received_at=received_at,
        department=department,
        impact=grade,
        urgency=grade,
        complainant=intake.ComplainantDetails(name="Bench"),  # no number: nobody here complains again and again
    )
    return intake.register(registration=given, by=None).complaint


@dataclass
class _Pattern:
    """A stored row in the text form of COPY: the columns that vary come first, the rest stays as it is."""

    model: type[models.Model]
    varying: Sequence[str]
    pk: int

    def __post_init__(self) -> None:
        others = [str(f.column) for f in self.model._meta.concrete_fields if f.column not in self.varying]
        self.columns = ", ".join([*self.varying, *others])
        out = io.StringIO()
        with connection.cursor() as cursor:
            row = f"SELECT {self.columns} FROM {self._table} WHERE id = {self.pk}"  # noqa: S608 - names of our models
            cursor.copy_expert(f"COPY ({row}) TO STDOUT", out)
        self._rest = out.getvalue().rstrip("\n").split("\t", len(self.varying))[len(self.varying)]

    @property
    def _table(self) -> str:
        return self.model._meta.db_table

    def copy(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add copies of the row with these values in the columns that vary: numbers, moments, plain codes."""
        text = "".join(["\t".join([*map(_text, row), self._rest]) + "\n" for row in rows])
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self._table} ({self.columns}) FROM STDIN", io.StringIO(text))

    def numbers(self, count: int) -> range:
        """So many primary keys that nobody else will be given."""
        with connection.cursor() as cursor:
            sequence = f"{self._table}_id_seq"
            cursor.execute(f"SELECT nextval('{sequence}')")
            first = int(cursor.fetchone()[0])
            cursor.execute(f"SELECT setval('{sequence}', {first + count})")
        return range(first, first + count)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class _Patterns:
    """The rows of one complaint, and copies of all of them together."""

    def __init__(self, original: Complaint) -> None:
        self._original = original
        self._person = _Pattern(Complainant, ("id",), original.complainant_id)
        self._complaint = _Pattern(
            Complaint,
            (
                "id",
                "reference",
                "complainant_id",
                "received_at",
                "registered_at",
                "due_at",
                "department_id",
                "event_head",
            ),
            original.pk,
        )
        self._event_row = Event.objects.get(complaint=original)
        self._event = _Pattern(
            Event, ("id", "complaint_id", "occurred_at", "recorded_at", "data", "hash"), self._event_row.pk
        )
        clocks = list(Clock.objects.filter(complaint=original).order_by("id"))
        self._clocks = [
            (
                _Pattern(Clock, ("id", "complaint_id", "started_at", "due_at", "wake_at"), clock.pk),
                _Pattern(ClockEvent, ("id", "clock_id", "at"), ClockEvent.objects.get(clock=clock).pk),
                clock,
            )
            for clock in clocks
        ]

    def copy(self, due: Sequence[datetime], lasts: timedelta, departments: Sequence[int]) -> list[int]:
        """Copies that are due at these moments, registered when they were received."""
        count = len(due)
        ids, people, event_ids = (p.numbers(count) for p in (self._complaint, self._person, self._event))
        received = [moment - lasts for moment in due]
        references_ = _references(count)
        stories = [self._story(*each) for each in zip(references_, received, departments, strict=True)]
        self._person.copy([(pk,) for pk in people])
        self._complaint.copy(
            [
                (pk, reference, person, at, at, due_at, department, hash_)
                for pk, reference, person, at, due_at, department, (_data, hash_) in zip(
                    ids, references_, people, received, due, departments, stories, strict=True
                )
            ]
        )
        self._event.copy(
            [
                (pk, complaint, at, at, data, hash_)
                for pk, complaint, at, (data, hash_) in zip(event_ids, ids, received, stories, strict=True)
            ]
        )
        for row, entry, clock in self._clocks:
            assert clock.due_at is not None
            assert clock.wake_at is not None
            after, wakes = clock.due_at - clock.started_at, clock.wake_at - clock.started_at
            numbers = row.numbers(count)
            row.copy(
                [
                    (pk, complaint, at, at + after, at + wakes)
                    for pk, complaint, at in zip(numbers, ids, received, strict=True)
                ]
            )
            entry.copy(list(zip(entry.numbers(count), numbers, received, strict=True)))
        return list(ids)

    def _story(self, reference: str, at: datetime, department: int) -> tuple[str, str]:
        """The data and the hash of the event that a copy begins with."""
        data = {**self._event_row.data, "department": department}
        event = instance(
            Event,
            {
                "sequence": 1,
                "kind": self._event_row.kind,
                "actor_kind": self._event_row.actor_kind,
                "actor_id": None,
                "occurred_at": at,
                "recorded_at": at,
                "data": data,
                "previous_hash": "",
            },
        )
        return json.dumps(data), events.content_hash(event, reference)


def _references(count: int) -> list[str]:
    year = timezone.localtime().year
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('complaints_reference_number') FROM generate_series(1, %s)", [count])
        return [references.make(year, number) for (number,) in cursor.fetchall()]
