"""The ladder of a clock: which steps are due, and what they do. Pure. (Design section 4, "Ladder".)

A step stands at a fraction of the unpaused time to the deadline, at the deadline, or some working hours after
it; the last two may repeat. Each firing is one (step, repeat): repeat 0 is the step itself, 1 to m its
repetitions.

What decides the hard cases:
- After an outage every missed step fires, each dated at its own moment, but only the highest notifies; the
  others are `missed`. Steps that stand at the very same moment are one rung: they notify together.
- While a clock is paused nothing fires that lies after the beginning of the pause.
- A clock that was met or cancelled fires nothing any more, not even a step whose moment passed unnoticed
  before: raising a case that has been answered helps nobody. That it was late remains a fact of the clock.
- A pause that begins after the deadline does not stop the climb, just as it does not move the deadline.
- The time in which a clock had ended, before it was reopened, counts for no step after the deadline.
- While somebody has taken the complaint over, the climb rests: a step whose moment falls into that time waits for its
  end, and none of it counts for the steps after the deadline. Then silence climbs on.
- A clock that was moved to another version of its policy together with many others has passed the steps on the way
  that lie before the move: nobody is told a second time. The deadline and what follows it are never passed over.

- `steps.py`: what a rung is: where it stands, how often it repeats, what it does
- `moments.py`: when each rung is to fire
- `judging.py`: which rungs are due now, and when to look again
- `words.py`: a ladder in the reader's language
- `form.py`: reading and writing the JSON form
"""

from escalation.ladder.form import steps_from_json, steps_to_json
from escalation.ladder.judging import Firing, Judgement, judge
from escalation.ladder.moments import Key, Moment, firing_times
from escalation.ladder.steps import (
    DEADLINE,
    HOLDER,
    MOST_REPEATS,
    MOST_STEPS,
    NEXT_TIER,
    NOTIFIABLE,
    SHORTEST_REPEAT_HOURS,
    Effects,
    Repeat,
    Step,
)
from escalation.ladder.words import describe, describe_effects, describe_step

__all__ = [
    "DEADLINE",
    "HOLDER",
    "MOST_REPEATS",
    "MOST_STEPS",
    "NEXT_TIER",
    "NOTIFIABLE",
    "SHORTEST_REPEAT_HOURS",
    "Effects",
    "Firing",
    "Judgement",
    "Key",
    "Moment",
    "Repeat",
    "Step",
    "describe",
    "describe_effects",
    "describe_step",
    "firing_times",
    "judge",
    "steps_from_json",
    "steps_to_json",
]
