"""Moments as text, the same everywhere: in the hashes of events, in their data, and in rows handed to PostgreSQL."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=8192)
def iso(moment: datetime) -> str:
    """An aware moment in ISO 8601, in UTC.

    Remembered, because a sweep writes each deadline half a dozen times, and spelling one takes longer than finding it.
    """
    return moment.astimezone(UTC).isoformat()
