"""Keeping what a complaint can be found by."""

from collections.abc import Sequence

from django.db import connection

from common.text import search_terms
from complaints.models import Complaint


def add_words_to_all(complaint_ids: Sequence[int], text: str) -> None:
    """Let all these complaints be found by this text as well. One statement; call it under their locks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO complaints_searchentry AS entry (complaint_id, terms)"
            " SELECT id, %s::varchar(60)[] FROM unnest(%s::bigint[]) AS given (id)"
            " ON CONFLICT (complaint_id) DO UPDATE"
            " SET terms = ARRAY(SELECT unnest(entry.terms) UNION SELECT unnest(excluded.terms))"
            " WHERE NOT entry.terms @> excluded.terms",
            [search_terms(text), list(complaint_ids)],
        )


def add_words(complaint: Complaint, *texts: str, also: tuple[str, ...] = ()) -> None:
    """Let the complaint be found by these texts as well, and by the terms in `also` as they stand. One statement.

    Words are only ever added: nothing that was said is taken back. Call it under the complaint's lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO complaints_searchentry AS entry (complaint_id, terms) VALUES (%s, %s::varchar(60)[])"
            " ON CONFLICT (complaint_id) DO UPDATE"
            " SET terms = ARRAY(SELECT unnest(entry.terms) UNION SELECT unnest(excluded.terms))"
            " WHERE NOT entry.terms @> excluded.terms",
            [complaint.pk, [*search_terms(*texts), *also]],
        )
