"""What the record says of a ground, as a sentence for its reader."""

from collections.abc import Mapping
from datetime import datetime

from common import moments
from complaints.upgrading import Says

_MOMENTS = frozenset({"due", "kept", "told", "received", "answered", "ended"})


def sentence(says: Says, values: Mapping[str, str]) -> str:
    """In the reader's language, with moments in their zone: each whole, because the sentences say "on"."""
    filled = {
        name: moments.full(moments.last_minute(datetime.fromisoformat(value))) if name in _MOMENTS else value
        for name, value in values.items()
    }
    return str(says.label) % filled if filled else str(says.label)
