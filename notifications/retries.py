"""How often a message is tried, and how long to wait in between. Pure.

A mail server that is down for a night costs nobody a message: the tries span a little over a day. What is then
still unsent is set aside for a person to look at (design section 5).
"""

from datetime import timedelta

MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=12)


def wait_after(tries: int) -> timedelta:
    """How long to wait after the tries-th failure: 30 s, 2 min, 8 min … each four times the one before."""
    return min(FIRST_WAIT * (1 << 2 * (tries - 1)), LONGEST_WAIT)


def is_last(tries: int) -> bool:
    """Whether nobody tries again by himself after this many."""
    return tries >= MOST_TRIES
