"""The ledger of a clock, and what it says: a pure function of its events. Pure. (Design section 4, "Ledger".)

Targets and calendars ride in the events, pinned to the version that was in force, so that replaying old
events years later gives the same deadline. A database column that repeats an answer is a cache.

What decides the hard cases:
- A breach is a fact of time: `breached_at` is `due_at`, whenever somebody notices. At `due_at` itself it is
  too late.
- A broken promise stays broken: a pause, or a change of target, from the deadline on moves nothing.
- A change of target carries over the time that has passed and the pauses: the new target counts from the old
  start. It may thereby turn out to have been missed already.
- A statutory target, or a clock that may not pause, ignores its pauses, but keeps them: they count again when
  a later target may pause.
- While a pause is open nobody can say when the deadline will be: `due_at` is None and `remaining` says what
  is left.
- Meeting or cancelling a clock ends an open pause. Reopening a clock that has ended counts the time
  in between as a pause, whatever the target.
- A pause with a budget ends by itself when that is used up, whether or not anybody writes it down.
- An extension adds units to the target. It stays with the clock when the target changes to another of the same unit.
- That somebody has taken the complaint over (`Held`) stops the climb for a time, never the deadline.
- A newer version of the calendar counts for the whole of the clock, from its start.
- A clock that was moved to another version of its policy together with many others climbs that version's ladder from
  there on (`climbs_from`), unless it comes back to a version it had before: then it takes up the climb where it was.

- `entries.py`: what can stand in a ledger
- `states.py`: what a ledger says of its clock at a moment
- `reading.py`: reading it
"""

from escalation.replay.entries import (
    Cancelled,
    Event,
    Extended,
    Held,
    Met,
    Paused,
    Recalendared,
    Reopened,
    Resumed,
    Retargeted,
    Started,
)
from escalation.replay.reading import paused_for, replay, spent_on
from escalation.replay.states import OPEN_STATES, ClockState, State

__all__ = [
    "OPEN_STATES",
    "Cancelled",
    "ClockState",
    "Event",
    "Extended",
    "Held",
    "Met",
    "Paused",
    "Recalendared",
    "Reopened",
    "Resumed",
    "Retargeted",
    "Started",
    "State",
    "paused_for",
    "replay",
    "spent_on",
]
