"""One clock in the hands of a service: its row, its whole ledger, and what is still to be written of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalation import replay
from escalation.models import Clock, ClockEvent, EventKind
from escalation.policies import OWED_FROM_RECEIPT
from escalation.replay import State
from escalation.selectors import Rules
from escalation.selectors.ledgers import entry
from escalation.selectors.rulebook import policy_of


@dataclass(eq=False)
class Case:
    """A clock on the docket: its row, its whole ledger, and the entries that are still to be written."""

    clock: Clock
    ledger: list[replay.Event]
    unwritten: list[ClockEvent] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the promise still waits to be kept, as the ledger stands on the docket."""
        return not isinstance(self.ledger[-1], replay.Met | replay.Cancelled)

    @property
    def pause_is_open(self) -> bool:
        """Whether a pause has begun of which nobody has written down the end."""
        return self.open_pause is not None

    @property
    def open_pause(self) -> replay.Paused | None:
        """The pause that has begun and of which nobody has written down the end."""
        for event in reversed(self.ledger):
            match event:
                case replay.Paused():
                    return event
                case replay.Retargeted() | replay.Recalendared() | replay.Extended() | replay.Held():
                    continue
                case _:
                    return None
        return None

    @property
    def rules(self) -> Rules:
        """The versions it is counted by."""
        return Rules(
            policy_id=policy_of(self.clock.policy_version_id),
            policy_version_id=self.clock.policy_version_id,
            calendar_version_id=self.clock.calendar_version_id,
        )

    @property
    def follows_the_complaint(self) -> bool:
        """Whether another class, priority or department gives it another target. Other clocks stand as they are."""
        return self.clock.kind in OWED_FROM_RECEIPT

    def enter(
        self,
        kind: EventKind,
        at: datetime,
        *,
        rules: Rules | None = None,
        calendar_version_id: int | None = None,
        reason: str = "",
        until: datetime | None = None,
        amount: int | float | None = None,
    ) -> None:
        """Add an entry to the ledger. A breach that has been noted stays before everything that follows it."""
        if self.clock.breached_at is not None:
            at = max(at, self.clock.breached_at)
        if rules is not None:
            self.clock.policy_version_id = rules.policy_version_id
            calendar_version_id = rules.calendar_version_id
        if calendar_version_id is not None:
            self.clock.calendar_version_id = calendar_version_id
        says: dict[str, Any] = {
            "sequence": self.ledger[-1].sequence + 1 if self.ledger else 1,
            "kind": kind,
            "at": at,
            "policy_version_id": rules.policy_version_id if rules else None,
            "calendar_version_id": calendar_version_id,
            "reason": reason,
            "until": until,
            "amount": None if amount is None else float(amount),
        }
        self.ledger.append(entry(clock_kind=self.clock.kind, **says))
        self.unwritten.append(ClockEvent(clock=self.clock, **says))

    def stands(self, now: datetime) -> replay.ClockState:
        """What the ledger says, the entries that are still to be written included."""
        return replay.replay(self.ledger, now=now)

    def is_broken(self, at: datetime) -> bool:
        """Whether the deadline has passed. What a sweep has noted by the database's clock counts as well: the moment
        of an act is taken from the clock of a web server, which may be behind.
        """
        return self.clock.breached_at is not None or self.stands(at).state == State.BREACHED_OPEN

    def would_be_met(self, at: datetime) -> bool:
        """Whether the promise, kept at that moment, would have been kept in time."""
        kept = replay.Met(sequence=self.ledger[-1].sequence + 1, at=at)
        return replay.replay([*self.ledger, kept], now=at).state == State.MET

    def pause(self, at: datetime, reason: str, until: datetime | None = None) -> None:
        """Let time stop, if the policy knows the reason and anything of its budget is left; `until` then at most."""
        pauses = self.rules.policy.pauses
        if reason not in pauses:
            return
        budget = pauses[reason]
        if budget is not None:
            calendar = self.rules.calendar
            left = budget * 3_600 - replay.spent_on(self.ledger, reason, calendar=calendar, now=at)
            if left <= 0:
                return
            spent_at = calendar.advance(at, left)
            until = spent_at if until is None else min(until, spent_at)
        self.enter(EventKind.PAUSED, at, reason=reason, until=until)
