"""What a rung of the ladder is: where it stands, how often it repeats, and what it does. Pure."""

from dataclasses import dataclass, field
from fractions import Fraction

from accounts.roles import Role

HOLDER = "holder"
"""In `notify`: whoever holds the complaint when the step fires, after any assignment by the same step."""

NOTIFIABLE: tuple[str, ...] = (HOLDER, *Role.values)
DEADLINE = Fraction(1)
NEXT_TIER = 0
"""In `raise_to_tier`, written "next" in JSON: one tier up, to the top at most."""
MOST_STEPS = 30
MOST_REPEATS = 100
SHORTEST_REPEAT_HOURS = 1 / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a step does when it fires; several at once are done in the order of the fields.

    `raise_to_tier` never lowers a tier; NEXT_TIER is the one above whichever the complaint is on. `assign` hands the
    complaint to whoever holds its tier now. `propose_upgrade` proposes the class “upgrade” to a senior person. `refer`
    prepares the referral to the external body. `notify` names the holder or roles.
    """

    raise_to_tier: int | None = None
    assign: bool = False
    raise_priority: bool = False
    propose_upgrade: bool = False
    refer: bool = False
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A step fires again every so many working hours, up to `times` times more."""

    every_working_hours: int | float
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung. `after_working_hours` counts from the deadline and is only there when `at` is the
    deadline. What an urgent step has to say leaves at once, out of hours to the duty officer; the rest waits for the
    working hours of whoever reads it.
    """

    number: int
    at: Fraction = DEADLINE
    after_working_hours: int | float = 0
    repeat: Repeat | None = None
    effects: Effects = field(default_factory=Effects)
    urgent: bool = False
    on_the_way: bool = field(init=False, repr=False, compare=False)
    """Whether it stands before the deadline: worked out once, since fractions are slow to compare."""

    def __post_init__(self) -> None:
        """Note where it stands."""
        object.__setattr__(self, "on_the_way", self.at < DEADLINE)

    @property
    def order(self) -> tuple[Fraction, int | float]:
        """Sorts steps in the order in which their moments come."""
        return self.at, self.after_working_hours
