"""Working calendars: when does working time pass, and which days count? Pure. (Design section 4.)

A `Calendar` is read from its JSON form and never changes. It is compiled, a stretch of years at a time and
only when somebody asks about those years, into sorted lists of span starts and ends with the working time
before each, so that `advance` and `measure` are a binary search: microseconds, however far away the answer
lies.

Time is real elapsed time. Spans are half-open, `[start, end)`, on the local clock: where the clock skips an
hour the skipped hour counts nothing, where it repeats an hour the hour counts twice.

- `calendar.py`: the calendar itself: moments, dates, and the same in microseconds
- `timeline.py`: a stretch of years worked out
- `form.py`: reading and writing the JSON form
"""

from escalation.calendars.calendar import Calendar
from escalation.calendars.form import WEEKDAYS
from escalation.calendars.timeline import FIRST_YEAR, LAST_YEAR, Span

__all__ = ["FIRST_YEAR", "LAST_YEAR", "WEEKDAYS", "Calendar", "Span"]
