"""Trees kept as rows that point at the one above."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Func


def lies_below_itself(node: Any) -> bool:
    """Whether going up from a row by `parent` leads back to it; stops at any other circle."""
    above, seen = node.parent, set()
    while above is not None and above.pk not in seen:
        if node.pk is not None and above.pk == node.pk:
            return True
        seen.add(above.pk)
        above = above.parent
    return False


def lineage_ids(table: str, ids: Collection[int]) -> Func:
    """The rows named and everything above them, as an array for a query: `Q(department=Any(…))` in one statement.

    `table` is the name of a table with `id` and `parent_id`. Stops at a circle.
    """
    named = ", ".join(str(int(each)) for each in ids)
    name = connection.ops.quote_name(table)
    template = (
        f"ARRAY(WITH RECURSIVE line(id, parent_id) AS (SELECT id, parent_id FROM {name} WHERE id = ANY('{{{named}}}')"  # noqa: S608 - integers and a quoted name of our own
        f" UNION SELECT above.id, above.parent_id FROM {name} AS above JOIN line ON above.id = line.parent_id)"
        " SELECT id FROM line)"
    )
    return Func(template=template, output_field=ArrayField(BigIntegerField()))
