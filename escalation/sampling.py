"""Which answered complaints are called on, where a policy asks for a part of them only. Pure.

The lot is the hash of the event that recorded the answer. Nobody can know it before the answer is given, nobody can
change it afterwards, everybody can draw it again from the chain of events, and every complaint has the same chance.
"""

_DIGITS = 13
"""Of the hash, in base 16: fine enough for any share in per cent."""


def is_drawn(digest: str, share: int) -> bool:
    """Whether the lot `digest` (a hash in base 16) falls among the first `share` per cent."""
    return int(digest[:_DIGITS], 16) * 100 < share << 4 * _DIGITS
