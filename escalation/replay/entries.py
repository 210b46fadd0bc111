"""The entries of a clock's ledger: everything that can happen to a clock. Pure. Moments are in UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from escalation.calendars import Calendar
from escalation.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The clock begins to count, from `at`."""

    kind: ClassVar[str] = "started"
    sequence: int
    at: datetime
    target: Target
    calendar: Calendar
    pausable: bool = True
    rules: int = 0
    """Which published rules set the target: a label that tells ladders apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """No time counts from `at` on; `reason` is a code. `until` is when the pause ends by itself, if ever."""

    kind: ClassVar[str] = "paused"
    sequence: int
    at: datetime
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Time counts again from `at` on."""

    kind: ClassVar[str] = "resumed"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The promise was kept at `at`, in time or late."""

    kind: ClassVar[str] = "met"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The promise no longer applies from `at` on."""

    kind: ClassVar[str] = "cancelled"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A clock that was met or cancelled goes on from `at`, with what was left when it ended."""

    kind: ClassVar[str] = "reopened"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retargeted:
    """Another target applies, counted from the same start."""

    kind: ClassVar[str] = "retargeted"
    sequence: int
    at: datetime
    target: Target
    calendar: Calendar
    pausable: bool = True
    rules: int = 0
    from_here: bool = False
    """Whether the ladder of these rules is climbed from here on: steps on the way that lie before count as passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalendared:
    """The same target, by a newer version of the calendar."""

    kind: ClassVar[str] = "recalendared"
    sequence: int
    at: datetime
    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """So many more units of the target were granted."""

    kind: ClassVar[str] = "extended"
    sequence: int
    at: datetime
    amount: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Somebody has taken the complaint over: the climb rests from `at` to `until`."""

    kind: ClassVar[str] = "held"
    sequence: int
    at: datetime
    until: datetime


Event = Started | Paused | Resumed | Met | Cancelled | Reopened | Retargeted | Recalendared | Extended | Held
