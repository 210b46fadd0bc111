"""Why this date? (Design section 4.)

- `stretches.py`: every counted and skipped stretch between the start of a clock and its deadline
- `words.py`: the same as sentences in the reader's language
"""

from escalation.explanation.stretches import Kind, Stretch, explain, explain_clock
from escalation.explanation.words import Line, day, lines, period, sentence, to_json

__all__ = [
    "Kind",
    "Line",
    "Stretch",
    "day",
    "explain",
    "explain_clock",
    "lines",
    "period",
    "sentence",
    "to_json",
]
