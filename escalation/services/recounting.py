"""Counting running deadlines anew when the days they wait for have been listed. (Design section 4.)

A clock keeps the version of its calendar, with one exception: a version that lists further days than the one before
takes over the open clocks that rest on guessed days, and those that its days move. Each move is an event of its
complaint; a clock that would not move keeps its version. What is broken stays broken.
"""

import logging
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from complaints import events
from complaints.models import Complaint
from escalation import replay, selectors, tables
from escalation.calendars import Calendar
from escalation.happenings import Happening
from escalation.models import CalendarVersion, Clock, Recount
from escalation.replay import State
from escalation.services.cases import Case
from escalation.services.docket import Docket

log = logging.getLogger(__name__)

AT_ONCE = 300
"""So many complaints are counted anew in the act of publishing; more are left to the workers."""

BATCH = 200
"""Complaints held at once."""

TIME_BUDGET = 20.0
"""Seconds after which a worker takes no new batch; the next one goes on."""


def begin(version: CalendarVersion) -> Recount:
    """Note that the clocks of older versions are to be counted anew, and do so at once if they are few.

    Call it in the transaction that publishes, holding the calendar. Recounts of older versions that have not come to
    an end are left to this one.
    """
    Recount.objects.filter(version__calendar=version.calendar_id, finished_at=None).update(finished_at=timezone.now())
    recount = Recount.objects.create(version=version)
    few = _complaints(_behind(version), AT_ONCE + 1)
    if len(few) <= AT_ONCE:
        _note(recount, _count_anew(few, version))
        recount.finished_at = timezone.now()
        recount.save(update_fields=["finished_at"])
    return recount


def go_on(*, seconds: float = TIME_BUDGET) -> None:
    """Count anew, in batches, what publishing left to the workers and what has come to rest on guessed days since.

    Any number of workers may do this at once: each recount is in the hands of one.
    """
    until = time.monotonic() + seconds
    while _next_batch() and time.monotonic() < until:
        pass
    _catch_up()


def _next_batch() -> bool:
    """Count one batch of an unfinished recount; whether there was one."""
    with transaction.atomic():
        unfinished = Recount.objects.filter(finished_at=None).select_related("version")
        recount = unfinished.select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
        if recount is None:
            return False
        ids = _complaints(_behind(recount.version).filter(complaint_id__gt=recount.reached), BATCH)
        _note(recount, _count_anew(ids, recount.version))
        if len(ids) < BATCH:
            recount.finished_at = timezone.now()
        else:
            recount.reached = ids[-1]
        recount.save(update_fields=["finished_at", "reached"])
    return True


def _catch_up() -> None:
    """The clocks that came to rest on guessed days of an older version after its days had been listed: a pause that
    ended late, an extension, an act that had read the older version while the newer one was being published.
    """
    in_hand = set(Recount.objects.filter(finished_at=None).values_list("version", flat=True))
    for version in selectors.newest_calendars():
        if version.pk in in_hand:
            continue
        with transaction.atomic():
            late = _complaints(selectors.overtaken(version), BATCH)
            if late:
                recount, _is_new = Recount.objects.get_or_create(
                    version=version, defaults={"finished_at": timezone.now()}
                )
                tally = _count_anew(late, version)
                tally.pop("failed", None)  # they come again each time: the log has them
                _note(recount, tally)


# --- which clocks -------------------------------------------------------------------------------------------


def _behind(version: CalendarVersion) -> QuerySet[Clock]:
    """The open clocks by older versions whose deadline lies behind the first day that the newer one sees otherwise;
    paused ones have no deadline yet.
    """
    rules = selectors.calendar_rules(version.pk)
    either = Q(pk__in=[])
    for older in _older(version):
        known = selectors.calendar_rules(older)
        first = first_difference(known, rules)
        if first is not None:
            since = known.end_of_day(first - timedelta(days=1))
            either |= Q(calendar_version=older) & (Q(due_at__gt=since) | Q(due_at=None))
    return Clock.objects.filter(either, state__in=[State.RUNNING, State.PAUSED])


def _older(version: CalendarVersion) -> list[int]:
    older = CalendarVersion.objects.filter(calendar=version.calendar_id, number__lt=version.number)
    ids = list(older.values_list("pk", flat=True))
    selectors.prepare(calendar_version_ids=[*ids, version.pk])
    return ids


def first_difference(known: Calendar, rules: Calendar) -> date | None:
    """The first local date on which two versions of a calendar may lead to different deadlines; None if they agree."""
    if (known.timezone, known.week) != (rules.timezone, rules.week):
        return date(1970, 1, 1)
    days = [change.on for change in tables.changes(known, rules) if change.before.spans != change.after.spans]
    if known.covers_until is not None and (rules.covers_until is None or known.covers_until < rules.covers_until):
        days.append(known.covers_until + timedelta(days=1))
    return min(days, default=None)


def _complaints(clocks: QuerySet[Clock], most: int) -> list[int]:
    """The ids of the first complaints that these clocks belong to."""
    return list(clocks.order_by("complaint_id").values_list("complaint_id", flat=True).distinct()[:most])


# --- counting anew ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """What becomes of one clock. A paused clock has no deadline before or after, and is no move."""

    case: Case
    before: datetime | None
    after: datetime | None

    @property
    def outcome(self) -> str:
        """The column of `Recount` in which it counts."""
        if self.before is None or self.after is None:
            return "paused"
        if self.before == self.after:
            return "unmarked"
        return "earlier" if self.after < self.before else "later"


def _count_anew(complaint_ids: Sequence[int], version: CalendarVersion) -> Counter[str]:
    """Count these complaints anew. One that raises is left as it is, named in the log, and stops no other."""
    if not complaint_ids:
        return Counter()
    try:
        with transaction.atomic():
            return _count_together(complaint_ids, version)
    except (OperationalError, InterfaceError):  # the connection or the server, not a row
        raise
    except Exception:
        log.exception("a batch of %d complaints could not be counted anew", len(complaint_ids))
        if len(complaint_ids) == 1:
            return Counter(failed=1)
    return sum((_count_anew([pk], version) for pk in complaint_ids), Counter())


def _count_together(complaint_ids: Sequence[int], version: CalendarVersion) -> Counter[str]:
    """Hold these complaints and let the newer days count for those of their clocks that they change."""
    held = Complaint.objects.select_for_update(no_key=True).filter(pk__in=complaint_ids).order_by("pk")
    complaints = {complaint.pk: complaint for complaint in held}
    now = timezone.now()
    docket = Docket.of(list(complaints.values()), now=now)
    moves = list(_moves(docket, set(_older(version)), selectors.calendar_rules(version.pk), now))
    for move in moves:
        docket.recalendar(move.case, now, version.pk)
    docket.write()
    events.record_many(
        [
            _moved(complaints[move.case.clock.complaint_id], move, now)
            for move in moves
            if move.outcome in ("earlier", "later")
        ]
    )
    return Counter(move.outcome for move in moves)


def _moves(docket: Docket, older: Collection[int], rules: Calendar, now: datetime) -> Iterable[Move]:
    for case in docket.cases():
        if not case.is_open or case.clock.calendar_version_id not in older or case.clock.breached_at is not None:
            continue
        stands, would = case.stands(now), _by(rules, case.ledger, now)
        if stands.state == State.PAUSED:
            going_on, would = _going_on(case.ledger, now), _going_on(_newer(rules, case.ledger, now), now)
            if (going_on.due_at, going_on.provisional) != (would.due_at, would.provisional):
                yield Move(case, None, None)
        elif stands.state == State.RUNNING and (stands.due_at, stands.provisional) != (
            would.due_at,
            would.provisional,
        ):
            yield Move(case, stands.due_at, would.due_at)


def _newer(rules: Calendar, ledger: Sequence[replay.Event], now: datetime) -> list[replay.Event]:
    return [*ledger, replay.Recalendared(sequence=ledger[-1].sequence + 1, at=now, calendar=rules)]


def _by(rules: Calendar, ledger: Sequence[replay.Event], now: datetime) -> replay.ClockState:
    return replay.replay(_newer(rules, ledger, now), now=now)


def _going_on(ledger: Sequence[replay.Event], now: datetime) -> replay.ClockState:
    """How a paused clock would stand if it went on now."""
    return replay.replay([*ledger, replay.Resumed(sequence=ledger[-1].sequence + 1, at=now)], now=now)


def _moved(complaint: Complaint, move: Move, now: datetime) -> events.Act:
    clock = move.case.clock
    data = {
        "clock": clock.pk,
        "clock_kind": str(clock.kind),
        "cycle": clock.cycle,
        "reason": "calendar",
        "due_before": move.before.isoformat() if move.before else None,
        "due_at": move.after.isoformat() if move.after else None,
    }
    return events.Act(complaint, Happening.MOVED, None, now, data)


def _note(recount: Recount, tally: Counter[str]) -> None:
    """Add to the counts of a recount."""
    for column, count in tally.items():
        setattr(recount, column, getattr(recount, column) + count)
    if tally:
        Recount.objects.filter(pk=recount.pk).update(**{name: F(name) + count for name, count in tally.items()})
