"""Keeping the clocks of complaints: starting, pausing, meeting, counting by other targets.

All of it happens on a `Docket`: the clocks of any number of held complaints, changed in memory and written at once.
Each change is an entry of a clock's ledger; the columns follow from the ledger (`replay.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection

from common.rows import table
from complaints import events
from complaints.classes import NEEDS_SECOND_PERSON
from complaints.lifecycle import Status
from complaints.models import Complaint, Message
from complaints.services import escalating
from complaints.services.escalating import Placement
from complaints.vocabulary import PauseReason
from escalation import ladder, replay, selectors
from escalation.happenings import Happening
from escalation.models import Clock, ClockEvent, EventKind
from escalation.policies import EVERYTHING, OWED_FROM_RECEIPT, ClockKind, Reopen
from escalation.replay import OPEN_STATES, State
from escalation.selectors import Rulebook, Rules
from escalation.selectors.ledgers import MIGRATED, entry, round_of
from escalation.selectors.rulebook import policy_of, prepare, rule_of

OPEN_VALUES = frozenset(state.value for state in OPEN_STATES)

ON_REOPENING: tuple[ClockKind, ...] = (ClockKind.FIRST_RESPONSE, ClockKind.PROGRESS, ClockKind.RESOLUTION)
"""What is owed when a complaint is opened again: nobody acknowledges it a second time."""

OWED_AGAIN: Mapping[Reopen, Collection[ClockKind]] = {
    Reopen.NEW_CYCLE: ON_REOPENING,
    Reopen.RESUME: (ClockKind.PROGRESS, ClockKind.RESOLUTION),
    Reopen.RESTART: (ClockKind.PROGRESS, ClockKind.RESOLUTION),
    Reopen.NONE: (),
}
"""What may be owed in a cycle that began with a reopening: a change of class or priority brings nothing else."""


FROM_NOW_ON: Collection[ClockKind] = frozenset({ClockKind.PROGRESS, ClockKind.AUTHORITY_REPORT})
"""What counts from the moment it comes to be owed, when a later change of the complaint brings it: nobody could have
reported as major what was not known to be."""


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
        return _open_pause(self.ledger) is not None

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


class Docket:
    """The clocks of some complaints whose rows are held. Change them, then `write()` once."""

    def __init__(self, complaints: Iterable[Complaint], cases: Iterable[Case], now: datetime) -> None:
        self.now = now
        self.complaints = {complaint.pk: complaint for complaint in complaints}
        self._cases: dict[int, list[Case]] = defaultdict(list)
        for case in cases:
            self._cases[case.clock.complaint_id].append(case)
        self._rulebook: Rulebook | None = None

    @classmethod
    def of(cls, complaints: Sequence[Complaint], *, new: Collection[int] = (), now: datetime) -> "Docket":
        """Read the clocks and ledgers of held complaints: two queries. Those in `new` have none yet."""
        old = [complaint.pk for complaint in complaints if complaint.pk not in new]
        clocks = list(Clock.objects.filter(complaint_id__in=old).order_by("cycle", "id")) if old else []
        prepare(policy_version_ids={clock.policy_version_id for clock in clocks})
        found = selectors.ledgers({clock.pk: clock.kind for clock in clocks}) if clocks else {}
        return cls(complaints, [Case(clock, found[clock.pk]) for clock in clocks], now)

    @property
    def rulebook(self) -> Rulebook:
        """The rules in force now, read when first asked for."""
        if self._rulebook is None:
            self._rulebook = Rulebook.read()
        return self._rulebook

    # --- what happens to clocks -----------------------------------------------------------------------------

    def begin(self, complaint: Complaint, at: datetime) -> None:
        """Start every clock that the matching policy promises from receipt on; none if no policy matches."""
        rules = self.rulebook.match(complaint)
        if rules is not None:
            for kind in OWED_FROM_RECEIPT:
                if kind in rules.policy.clocks:
                    self.start(complaint, kind, rules, at)

    def start(
        self, complaint: Complaint, kind: ClockKind, rules: Rules, at: datetime, *, until: datetime | None = None
    ) -> Case:
        """Start another clock of its kind in the complaint's present cycle; `until` is the moment people agreed on."""
        number = 1 + sum(
            case.clock.kind == kind and case.clock.cycle == complaint.cycle for case in self._cases[complaint.pk]
        )
        clock = Clock(complaint=complaint, kind=kind, cycle=complaint.cycle, number=number, started_at=at)
        case = Case(clock, [])
        case.enter(EventKind.STARTED, at, rules=rules, until=until)
        self._cases[complaint.pk].append(case)
        return case

    def meet(self, complaint: Complaint, kinds: Collection[ClockKind], at: datetime) -> None:
        """The promises of these kinds are kept, in time or late."""
        for case in self._open(complaint, kinds):
            case.enter(EventKind.MET, at)

    def keep(self, case: Case, at: datetime) -> None:
        """This promise was kept at that moment. Stated to have been before a breach that has been noted, it was no
        breach: the note was only that nobody had recorded it in time.
        """
        if case.clock.breached_at is not None and at < case.clock.breached_at:
            case.clock.breached_at = None
        case.enter(EventKind.MET, at)

    def update(self, complaint: Complaint, at: datetime) -> None:
        """The complainant has been told something: the promise of word on progress is kept, and begins anew."""
        for case in self._open(complaint, {ClockKind.PROGRESS}):
            case.enter(EventKind.MET, at)
            following = self.start(complaint, ClockKind.PROGRESS, self.pinned(case), at)
            if complaint.status == Status.WAITING:
                self._pause(following, at, self._waits_for(complaint))

    def cancel(
        self, complaint: Complaint, at: datetime, *, reason: str, kinds: Collection[ClockKind] = EVERYTHING
    ) -> None:
        """These promises do not apply any more."""
        for case in self._open(complaint, kinds):
            case.enter(EventKind.CANCELLED, at, reason=reason)

    def pause(self, complaint: Complaint, at: datetime, *, reason: str) -> None:
        """Time stops counting, for as long as the policy's budget for this reason lasts. A clock whose policy does not
        know the reason, or whose budget is used up, goes on. One that may not pause notes it and goes on.
        """
        for case in self._open(complaint):
            if not case.pause_is_open:
                self._pause(case, at, reason)

    def resume(self, complaint: Complaint, at: datetime) -> None:
        """Time counts again."""
        for case in self._open(complaint):
            if case.pause_is_open:
                case.enter(EventKind.RESUMED, at)

    def note_spent_pauses(self) -> list[events.Act]:
        """Write down, dated at their own moments, the pauses that ended by themselves by now; the events that say so,
        one for each complaint.
        """
        acts = []
        for complaint in self.complaints.values():
            spent = []
            for case in self._open(complaint):
                last = _open_pause(case.ledger)
                if last is not None and last.until is not None and last.until <= self.now:
                    case.enter(EventKind.RESUMED, last.until, reason="budget")
                    spent.append((last.until, last.reason, case.clock.pk))
            if spent:
                data = {"reason": spent[0][1], "clocks": [pk for _at, _reason, pk in spent], "notify": True}
                acts.append(events.Act(complaint, Happening.PAUSE_ENDED, None, min(spent)[0], data))
        return acts

    def hold(self, complaint: Complaint, at: datetime, until: datetime) -> None:
        """Somebody has taken the complaint over: its ladders rest until then (`ladder.py`), and the promise to take it
        over is kept.
        """
        self.meet(complaint, {ClockKind.TAKEOVER}, at)
        for case in self._open(complaint):
            case.enter(EventKind.HELD, at, until=until)

    def extend(self, case: Case, at: datetime, amount: int | float) -> None:
        """So many more units of the clock's target."""
        case.enter(EventKind.EXTENDED, at, amount=amount)

    def recalendar(self, case: Case, at: datetime, calendar_version_id: int) -> None:
        """Count the clock by a newer version of its calendar. The ladder goes on where it is."""
        case.enter(EventKind.RECALENDARED, at, calendar_version_id=calendar_version_id)

    def migrate(self, complaint: Complaint, case: Case, at: datetime, rules: Rules) -> None:
        """Count the clock by another version of its policy, and climb that version's ladder from here on."""
        case.enter(EventKind.RETARGETED, at, rules=rules, reason=MIGRATED)
        self._pause_anew(complaint, case, at)

    def put_back(self, complaint: Complaint, case: Case, at: datetime, rules: Rules) -> None:
        """Count the clock by the version it had before, and take up the climb where it was."""
        case.enter(EventKind.RETARGETED, at, rules=rules, reason="undone")
        self._pause_anew(complaint, case, at)

    def restore(self, complaint: Complaint, case: Case, at: datetime) -> None:
        """Let a clock go on that was cancelled with its policy; while the complaint waits it pauses."""
        case.enter(EventKind.REOPENED, at)
        if complaint.status == Status.WAITING:
            self._pause(case, at, self._waits_for(complaint))

    def ask_to_take_over(self, complaint: Complaint, at: datetime, *, rules: Rules) -> None:
        """The complaint has been handed up: whoever holds it now is to take it over. Only the last asked counts."""
        self.cancel(complaint, at, reason="handed_up", kinds={ClockKind.TAKEOVER})
        self.start(complaint, ClockKind.TAKEOVER, rules, at)

    def follow_up(self, complaint: Complaint, at: datetime) -> None:
        """The complainant has been answered: start the clock of the follow-up, where the policy asks for one."""
        last = self._last(complaint, ClockKind.RESOLUTION)
        rules = self.pinned(last) if last is not None else self.rulebook.match(complaint)
        if rules is not None and ClockKind.FOLLOW_UP in rules.policy.clocks:
            self.start(complaint, ClockKind.FOLLOW_UP, rules, at)

    def review_class(self, complaint: Complaint, at: datetime) -> None:
        """A grave class is to be looked at again on a date; when it no longer applies, so does the review."""
        kinds = {ClockKind.OBJECTION}
        if complaint.complaint_class not in NEEDS_SECOND_PERSON:
            self.cancel(complaint, at, reason="class_changed", kinds=kinds)
        elif not self._open(complaint, kinds):
            rules = self.rulebook.match(complaint)
            if rules is not None and ClockKind.OBJECTION in rules.policy.clocks:
                self.start(complaint, ClockKind.OBJECTION, rules, at)

    def retarget(self, complaint: Complaint, at: datetime) -> None:
        """The complaint has changed: count its clocks by the policy that matches now.

        Time that has passed and pauses are carried over. A clock keeps its version while the same policy matches,
        and all clocks keep theirs when none does: a promise once given stands. A promise already broken stays as it
        is. What the new policy does not promise is cancelled; what it promises besides is started, if still owed.
        """
        rules = self.rulebook.match(complaint)
        if rules is None:
            return
        owed = self._owed_in_this_cycle(complaint)
        for case in self._open(complaint):
            if not case.follows_the_complaint or policy_of(case.clock.policy_version_id) == rules.policy_id:
                continue
            if self._is_broken(case, at):
                continue
            if case.clock.kind in rules.policy.clocks:
                case.enter(EventKind.RETARGETED, at, rules=rules)
                self._pause_anew(complaint, case, at)
            else:
                case.enter(EventKind.CANCELLED, at, reason="not_promised")
        for kind in rules.policy.clocks:
            if kind in owed:
                self._owe(complaint, kind, rules, at)

    def reopen(self, complaint: Complaint, at: datetime) -> None:
        """The complaint has been opened again, its cycle already counted up: do as its policy says (`Reopen`).

        `resume`: the resolution clock goes on with what was left. `restart`: it counts its full time again, by the
        versions it had. `new_cycle`: first reply and resolution begin anew by the policy that matches now. `none`:
        no clock. A complaint that never had a resolution clock begins a new cycle. Except with `none`, word on
        progress is owed again. The follow-up of the answer that did not hold is cancelled.
        """
        self.cancel(complaint, at, reason="reopened", kinds={ClockKind.FOLLOW_UP})
        last = self._last(complaint, ClockKind.RESOLUTION)
        mode = self._mode(last)
        if last is not None and mode is Reopen.RESUME and not last.is_open:
            last.enter(EventKind.REOPENED, at)
            self._begin_again(complaint, self.pinned(last), (ClockKind.PROGRESS,), at)
        elif last is not None and mode is Reopen.RESTART:
            self._begin_again(complaint, self.pinned(last), OWED_AGAIN[mode], at)
        elif mode is Reopen.NEW_CYCLE:
            self._begin_again(complaint, self.rulebook.match(complaint), OWED_AGAIN[mode], at)

    def _begin_again(
        self, complaint: Complaint, rules: Rules | None, kinds: Collection[ClockKind], at: datetime
    ) -> None:
        for kind in kinds:
            if rules is not None and kind in rules.policy.clocks:
                self.start(complaint, kind, rules, at)

    # --- writing --------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Bring the columns up to what the ledgers say, write all that changed with a handful of statements, and put
        the next due date on the complaints. A breach that is only now seen in a clock that has ended is recorded.
        """
        changed = [case for cases in self._cases.values() for case in cases if case.unwritten]
        if not changed:
            return
        fired = selectors.fired_keys([case.clock.pk for case in changed if case.clock.pk and case.is_open])
        late = [case for case in changed if self._refresh(case, fired.get(case.clock.pk, set()))]
        Clock.objects.bulk_create([case.clock for case in changed if case.clock.pk is None])
        save([case.clock for case in changed if case.ledger[0].sequence != case.unwritten[0].sequence])
        entries = [entry for case in changed for entry in case.unwritten]
        for row in entries:
            row.clock_id = row.clock.pk
        ClockEvent.objects.bulk_create(entries)
        for case in changed:
            case.unwritten.clear()
        self._place({case.clock.complaint_id for case in changed})
        if late:
            events.record_many(
                [breach(self.complaints[case.clock.complaint_id], case.clock, noticed_at=self.now) for case in late]
            )

    def _refresh(self, case: Case, fired: Collection[tuple[int, int, int]]) -> bool:
        """Bring the columns of one clock up to its ledger; whether it ended with a breach nobody had noted yet."""
        clock, state = case.clock, replay.replay(case.ledger, now=self.now)
        noted = clock.breached_at is not None
        clock.due_at, clock.provisional, clock.remaining = state.due_at, state.provisional, state.remaining
        clock.met_at, clock.cancelled_at = state.met_at, state.cancelled_at
        clock.failures, clock.last_error, clock.set_aside_at = 0, "", None
        if state.state not in OPEN_STATES:
            clock.state, clock.breached_at, clock.wake_at = state.state, state.breached_at, None
            return state.breached_at is not None and not noted
        if noted:
            clock.state = State.BREACHED_OPEN
        else:  # that a running clock is overdue is for the next sweep to note
            clock.state = State.PAUSED if state.state == State.PAUSED else State.RUNNING
        clock.wake_at = wake_at(clock, state, fired, round_of(case.ledger), self.now)
        return False

    def _place(self, complaint_ids: Iterable[int]) -> None:
        escalating.place(
            [
                Placement(
                    complaint=self.complaints[pk],
                    tier=self.complaints[pk].tier,
                    holder_id=self.complaints[pk].holder_id,
                    priority=self.complaints[pk].priority,
                    due_at=next_due([case.clock for case in self._cases[pk]]),
                )
                for pk in complaint_ids
            ]
        )

    # --- looking --------------------------------------------------------------------------------------------

    def case(self, clock_id: int) -> Case | None:
        """The clock with this id, if it is on the docket."""
        return next((case for cases in self._cases.values() for case in cases if case.clock.pk == clock_id), None)

    def cases(self) -> list[Case]:
        """All clocks on the docket."""
        return [case for cases in self._cases.values() for case in cases]

    def _open(self, complaint: Complaint, kinds: Collection[ClockKind] = EVERYTHING) -> list[Case]:
        return [case for case in self._cases[complaint.pk] if case.clock.kind in kinds and case.is_open]

    def _last(self, complaint: Complaint, kind: ClockKind) -> Case | None:
        return next((case for case in reversed(self._cases[complaint.pk]) if case.clock.kind == kind), None)

    def _mode(self, last: Case | None) -> Reopen:
        """What the policy of the last resolution clock says of reopening."""
        return Reopen.NEW_CYCLE if last is None else selectors.policy_rules(last.clock.policy_version_id).reopen

    def _owed_in_this_cycle(self, complaint: Complaint) -> Collection[ClockKind]:
        if complaint.cycle == 1:
            return OWED_FROM_RECEIPT
        kind = ClockKind.RESOLUTION
        earlier = [case for case in self._cases[complaint.pk] if case.clock.cycle < complaint.cycle]
        last = next((case for case in reversed(earlier) if case.clock.kind == kind), None)
        owed = set(OWED_AGAIN[self._mode(last)])
        if self._last(complaint, ClockKind.AUTHORITY_REPORT) is None:  # an authority is told once, in whatever cycle
            owed.add(ClockKind.AUTHORITY_REPORT)
        return owed

    def _is_broken(self, case: Case, at: datetime) -> bool:
        """Whether the deadline has passed. What a sweep has noted by the database's clock counts as well: the moment
        of an act is taken from the clock of a web server, which may be behind.
        """
        return case.clock.breached_at is not None or replay.replay(case.ledger, now=at).state == State.BREACHED_OPEN

    def pinned(self, case: Case) -> Rules:
        """The versions a clock is counted by."""
        return Rules(
            policy_id=policy_of(case.clock.policy_version_id),
            policy_version_id=case.clock.policy_version_id,
            calendar_version_id=case.clock.calendar_version_id,
        )

    def _owe(self, complaint: Complaint, kind: ClockKind, rules: Rules, at: datetime) -> None:
        """Start a clock that the complaint does not have yet, or let one go on that had been cancelled because the
        policy in between did not promise it; unless the promise has been kept meanwhile.
        """
        if any(case.clock.kind == kind for case in self._open(complaint)):
            return
        present = [case for case in self._cases[complaint.pk] if case.clock.cycle == complaint.cycle]
        before = next((case for case in reversed(present) if case.clock.kind == kind), None)
        if before is not None and not isinstance(before.ledger[-1], replay.Cancelled):
            return
        began_at = min((case.clock.started_at for case in present), default=self._began_at(complaint))
        if not _still_owed(complaint, kind, began_at):
            return
        if kind in FROM_NOW_ON:
            began_at = at
        if before is None:
            case = self.start(complaint, kind, rules, began_at)
        else:
            case = before
            case.enter(EventKind.REOPENED, at)
            case.enter(EventKind.RETARGETED, at, rules=rules)
        if complaint.status == Status.WAITING:
            self._pause(case, at, self._waits_for(complaint))

    def _pause(self, case: Case, at: datetime, reason: str) -> None:
        """Let time stop for one clock, if its policy knows the reason and anything of the budget is left."""
        pauses = selectors.policy_rules(case.clock.policy_version_id).pauses
        if reason not in pauses:
            return
        until, budget = None, pauses[reason]
        if budget is not None:
            left = budget * 3_600 - spent(case, reason, now=at)
            if left <= 0:
                return
            until = selectors.calendar_rules(case.clock.calendar_version_id).advance(at, left)
        case.enter(EventKind.PAUSED, at, reason=reason, until=until)

    def _pause_anew(self, complaint: Complaint, case: Case, at: datetime) -> None:
        """While the complaint waits, a clock counted by another policy pauses by what that one says of the reason. A
        pause that runs by the same terms in both is left as it is.
        """
        if complaint.status != Status.WAITING:
            return
        last = _open_pause(case.ledger)
        reason = last.reason if last is not None else self._waits_for(complaint)
        pauses = selectors.policy_rules(case.clock.policy_version_id).pauses
        if last is not None and last.until is None and reason in pauses and pauses[reason] is None:
            return
        if last is not None:
            case.enter(EventKind.RESUMED, at)
        self._pause(case, at, reason)

    def _waits_for(self, complaint: Complaint) -> str:
        """What a waiting complaint waits for: the reason given when it was last asked."""
        for case in self._cases[complaint.pk]:
            if case.is_open and (last := _open_pause(case.ledger)) is not None:
                return last.reason
        asked = complaint.events.filter(kind="wait").order_by("-sequence").first()
        reason: str = asked.data.get("reason", PauseReason.COMPLAINANT.value) if asked else ""
        return reason

    def _began_at(self, complaint: Complaint) -> datetime:
        """When the present cycle began: at receipt, or when the complaint was last opened again."""
        if complaint.cycle == 1:
            return complaint.received_at
        opened = complaint.events.filter(kind__in=["reopen", "dispute"]).order_by("-sequence").first()
        return opened.occurred_at if opened else complaint.received_at


def spent(case: Case, reason: str, *, now: datetime) -> float:
    """How many working seconds the clock has been paused for this reason so far."""
    calendar = selectors.calendar_rules(case.clock.calendar_version_id)
    return sum(calendar.measure(*pause) for pause in replay.paused_for(case.ledger, reason, now=now))


def _open_pause(ledger: Sequence[replay.Event]) -> replay.Paused | None:
    """The pause that has begun and of which nobody has written down the end."""
    for event in reversed(ledger):
        match event:
            case replay.Paused():
                return event
            case replay.Retargeted() | replay.Recalendared() | replay.Extended() | replay.Held():
                continue
            case _:
                return None
    return None


def _still_owed(complaint: Complaint, kind: ClockKind, since: datetime) -> bool:
    """Whether the office still has to do what the clock would measure."""
    if kind == ClockKind.RESOLUTION or kind in FROM_NOW_ON:
        return True
    if kind == ClockKind.ACKNOWLEDGE and complaint.status != Status.RECEIVED:
        return False
    return not complaint.messages.filter(kind=Message.Kind.REPLY, created_at__gte=since).exists()


def next_due(clocks: Iterable[Clock]) -> datetime | None:
    """The earliest promise that still waits to be kept; paused ones have no date."""
    return min((clock.due_at for clock in clocks if clock.state in OPEN_VALUES and clock.due_at), default=None)


def wake_at(
    clock: Clock,
    state: replay.ClockState,
    fired: Collection[tuple[int, int, int]],
    round_: int,
    now: datetime,
) -> datetime | None:
    """When a sweep must look at an open clock: at once for what is due already, else at its next moment."""
    judgement = ladder.judge(
        steps=steps_of(clock), state=state, fired={key[1:] for key in fired if key[0] == round_}, now=now
    )
    moments = [judgement.firings[0].due_at] if judgement.firings else []
    if judgement.wake_at is not None:
        moments.append(judgement.wake_at)
    if clock.breached_at is None and state.due_at is not None:
        moments.append(state.due_at)
    return min(moments, default=None)


def steps_of(clock: Clock) -> Sequence[ladder.Step]:
    """The ladder of the policy version that the clock is pinned to."""
    return rule_of(clock.policy_version_id, clock.kind).steps


def breach(complaint: Complaint, clock: Clock, *, noticed_at: datetime) -> events.Act:
    """The event of a broken promise, dated at the promise. It tells nobody: the ladder's steps do."""
    due_at = clock.breached_at or noticed_at
    data: dict[str, Any] = {
        "clock": clock.pk,
        "clock_kind": str(clock.kind),
        "cycle": clock.cycle,
        "due_at": due_at.isoformat(),
        "late": max(0, round((noticed_at - due_at).total_seconds())),
        "notify": False,
    }
    return events.Act(complaint, Happening.BREACHED, None, due_at, data)


COLUMNS = {
    "id": "bigint",
    "policy_version_id": "bigint",
    "calendar_version_id": "bigint",
    "state": "text",
    "due_at": "timestamptz",
    "met_at": "timestamptz",
    "cancelled_at": "timestamptz",
    "breached_at": "timestamptz",
    "remaining": "float8",
    "provisional": "boolean",
    "wake_at": "timestamptz",
    "failures": "int",
    "last_error": "text",
    "set_aside_at": "timestamptz",
}


NOTED = {name: COLUMNS[name] for name in ("id", "state", "breached_at", "wake_at", "failures", "last_error")}
"""What a sweep notes of a clock: the passing of time moves no due date."""


def save(clocks: Sequence[Clock], columns: Mapping[str, str] = COLUMNS) -> None:
    """Write these columns of many clocks of held complaints with one statement."""
    if not clocks:
        return
    values = attrgetter(*columns)
    given, rows = table(columns, [values(clock) for clock in clocks])
    assignments = ", ".join(f"{name} = v.{name}" for name in columns if name != "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE escalation_clock AS c SET {assignments} FROM {given} AS v WHERE c.id = v.id",  # noqa: S608 - ours
            [rows],
        )
