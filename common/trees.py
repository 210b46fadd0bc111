"""Trees kept as rows that point at the one above."""

from typing import Any


def lies_below_itself(node: Any) -> bool:
    """Whether going up from a row by `parent` leads back to it; stops at any other circle."""
    above, seen = node.parent, set()
    while above is not None and above.pk not in seen:
        if node.pk is not None and above.pk == node.pk:
            return True
        seen.add(above.pk)
        above = above.parent
    return False
