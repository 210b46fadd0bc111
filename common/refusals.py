"""What the office refuses, in sentences fit for the person who asked. Pure.

Doors turn a `Refusal` into a flash message (web) or a problem+json answer (API): one place each.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
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


class Forbidden(Refusal):
    """This person may not do this; somebody else may."""

    code = "not_allowed"


class Unfit(Refusal):
    """What was given cannot be taken as it is; `errors` says which field and why."""

    code = "invalid"


def unfit(field: str, sentence: Any) -> Unfit:
    """One field, one sentence."""
    return Unfit(sentence, errors={field: [sentence]})
