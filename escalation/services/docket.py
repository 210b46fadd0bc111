"""Keeping the clocks of complaints: starting, pausing, meeting, counting by other targets.

All of it happens on a `Docket`: the clocks of any number of held complaints, changed in memory and written at once.
Each change is an entry of a clock's ledger; the columns follow from the ledger (`replay/`). What is owed, and from
when, is decided in `owing.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from complaints import events
from complaints.lifecycle import Status
from complaints.models import Complaint
from complaints.services import escalating
from complaints.services.escalating import Placement
from complaints.vocabulary import PauseReason
from escalation import replay, selectors
from escalation.happenings import Happening
from escalation.models import Clock, ClockEvent, EventKind
from escalation.policies import EVERYTHING, ClockKind
from escalation.replay import OPEN_STATES, State
from escalation.selectors import Rulebook, Rules
from escalation.selectors.ledgers import MIGRATED, round_of
from escalation.selectors.rulebook import prepare
from escalation.services.cases import Case
from escalation.services.clocks import breach, next_due, save, wake_at


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

    def start(
        self,
        complaint: Complaint,
        kind: ClockKind,
        rules: Rules,
        at: datetime,
        *,
        until: datetime | None = None,
        about: str = "",
    ) -> Case:
        """Start another clock of its kind in the complaint's present cycle; `until` is the moment people agreed on,
        `about` what it measures where that is not the whole complaint.
        """
        number = 1 + sum(
            case.clock.kind == kind and case.clock.cycle == complaint.cycle for case in self._cases[complaint.pk]
        )
        clock = Clock(complaint=complaint, kind=kind, cycle=complaint.cycle, number=number, about=about, started_at=at)
        case = Case(clock, [])
        case.enter(EventKind.STARTED, at, rules=rules, until=until)
        self._cases[complaint.pk].append(case)
        return case

    def meet(self, complaint: Complaint, kinds: Collection[ClockKind], at: datetime) -> None:
        """The promises of these kinds are kept, in time or late."""
        for case in self.open(complaint, kinds):
            case.enter(EventKind.MET, at)

    def keep(self, case: Case, at: datetime) -> None:
        """This promise was kept at that moment. Stated to have been before a breach that has been noted, it was no
        breach: the note was only that nobody had recorded it in time.
        """
        if case.clock.breached_at is not None and case.would_be_met(at):
            case.clock.breached_at = None
        case.enter(EventKind.MET, at)

    def cancel(
        self, complaint: Complaint, at: datetime, *, reason: str, kinds: Collection[ClockKind] = EVERYTHING
    ) -> None:
        """These promises do not apply any more."""
        for case in self.open(complaint, kinds):
            case.enter(EventKind.CANCELLED, at, reason=reason)

    def pause(self, complaint: Complaint, at: datetime, *, reason: str, until: datetime | None = None) -> None:
        """Time stops counting, for as long as the policy's budget for this reason lasts, and no longer than `until`. A
        clock whose policy does not know the reason, or whose budget is used up, goes on. One that may not pause notes
        it and goes on.
        """
        for case in self.open(complaint):
            if not case.pause_is_open:
                case.pause(at, reason, until)

    def resume(self, complaint: Complaint, at: datetime) -> None:
        """Time counts again."""
        for case in self.open(complaint):
            if case.pause_is_open:
                case.enter(EventKind.RESUMED, at)

    def note_spent_pauses(self) -> list[events.Act]:
        """Write down, dated at their own moments, the pauses that ended by themselves by now; the events that say so,
        one for each complaint. Of a clock that went on counting nobody needs to hear.
        """
        acts = []
        for complaint in self.complaints.values():
            spent = []
            for case in self.open(complaint):
                last = case.open_pause
                if last is not None and last.until is not None and last.until <= self.now:
                    case.enter(EventKind.RESUMED, last.until, reason="budget")
                    if case.clock.state == State.PAUSED:
                        spent.append((last.until, last.reason, case.clock.pk))
            if spent:
                data = {"reason": spent[0][1], "clocks": [pk for _at, _reason, pk in spent], "notify": True}
                acts.append(events.Act(complaint, Happening.PAUSE_ENDED, None, min(spent)[0], data))
        return acts

    def hold(self, complaint: Complaint, at: datetime, until: datetime) -> None:
        """Somebody has taken the complaint over: its ladders rest until then (`ladder/`), and the promise to take it
        over is kept.
        """
        self.meet(complaint, {ClockKind.TAKEOVER}, at)
        for case in self.open(complaint):
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
        self.pause_anew(complaint, case, at)

    def put_back(self, complaint: Complaint, case: Case, at: datetime, rules: Rules) -> None:
        """Count the clock by the version it had before, and take up the climb where it was."""
        case.enter(EventKind.RETARGETED, at, rules=rules, reason="undone")
        self.pause_anew(complaint, case, at)

    def restore(self, complaint: Complaint, case: Case, at: datetime) -> None:
        """Let a clock go on that was cancelled with its policy; while the complaint waits it pauses."""
        case.enter(EventKind.REOPENED, at)
        self.pause_while_waiting(complaint, case, at)

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

    def of_complaint(self, complaint: Complaint) -> list[Case]:
        """All clocks of a complaint, in the order of their cycles."""
        return self._cases[complaint.pk]

    def open(self, complaint: Complaint, kinds: Collection[ClockKind] = EVERYTHING) -> list[Case]:
        """The clocks of a complaint whose promise still waits to be kept."""
        return [case for case in self.of_complaint(complaint) if case.clock.kind in kinds and case.is_open]

    def last(self, complaint: Complaint, kind: ClockKind) -> Case | None:
        """The newest clock of its kind."""
        return next((case for case in reversed(self.of_complaint(complaint)) if case.clock.kind == kind), None)

    def pause_while_waiting(self, complaint: Complaint, case: Case, at: datetime) -> None:
        """A clock that begins or goes on while the complaint waits pauses at once."""
        if complaint.status == Status.WAITING:
            case.pause(at, self._waits_for(complaint))

    def pause_anew(self, complaint: Complaint, case: Case, at: datetime) -> None:
        """While the complaint waits, a clock counted by another policy pauses by what that one says of the reason. A
        pause that runs by the same terms in both is left as it is.
        """
        if complaint.status != Status.WAITING:
            return
        last = case.open_pause
        reason = last.reason if last is not None else self._waits_for(complaint)
        pauses = case.rules.policy.pauses
        if last is not None and last.until is None and reason in pauses and pauses[reason] is None:
            return
        if last is not None:
            case.enter(EventKind.RESUMED, at)
        case.pause(at, reason)

    def _waits_for(self, complaint: Complaint) -> str:
        """What a waiting complaint waits for: the reason given when it was last asked."""
        for case in self._cases[complaint.pk]:
            if case.is_open and (last := case.open_pause) is not None:
                return last.reason
        asked = complaint.events.filter(kind__in=["wait", "offer"]).order_by("-sequence").first()
        reason: str = asked.data.get("reason", PauseReason.COMPLAINANT.value) if asked else ""
        return reason
