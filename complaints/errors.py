"""What the office refuses, in sentences fit for the person who asked.

Doors turn a `ComplaintError` into a flash message (web) or a problem+json answer (API): one place each.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class ComplaintError(Exception):
    """Something that cannot be done, with a sentence that says why and what to do.

    `code` is stable and part of the API. `errors` names the fields at fault, if any.
    """

    code = "refused"

    def __init__(self, sentence: Any, *, errors: Mapping[str, Sequence[Any]] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.errors = {field: list(sentences) for field, sentences in (errors or {}).items()}

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(ComplaintError):
    """The person may not do this to this complaint."""

    code = "not_allowed"


class IllegalMove(ComplaintError):
    """Nobody can do this while the complaint is in its present status."""

    code = "illegal_move"


class Invalid(ComplaintError):
    """What was given cannot be taken as it is; `errors` says which field and why."""

    code = "invalid"


class SecondPersonNeeded(ComplaintError):
    """The decision needs another, senior person (design section 3, malicious)."""

    code = "second_person_needed"


class IdempotencyConflict(ComplaintError):
    """A program used the key of one create for another one."""

    code = "idempotency_conflict"


class FileRefused(Invalid):
    """The file is too large, of a kind that is not taken, or not what its name says."""

    code = "file_refused"


def invalid(field: str, sentence: Any) -> Invalid:
    """One field, one sentence."""
    return Invalid(sentence, errors={field: [sentence]})
