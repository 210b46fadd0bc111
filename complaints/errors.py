"""What the office refuses about complaints, in sentences fit for the person who asked.

Doors turn a `Refusal` into a flash message (web) or a problem+json answer (API): one place each.
"""

from typing import Any

from common.refusals import Forbidden, Refusal, Unfit


class ComplaintError(Refusal):
    """Something about complaints that cannot be done, with a sentence that says why and what to do."""


class NotAllowed(ComplaintError, Forbidden):
    """The person may not do this to this complaint."""

    code = "not_allowed"


class IllegalMove(ComplaintError):
    """Nobody can do this while the complaint is in its present status."""

    code = "illegal_move"


class Invalid(ComplaintError, Unfit):
    """What was given cannot be taken as it is; `errors` says which field and why."""

    code = "invalid"


class ConflictOfInterest(ComplaintError):
    """The complaint concerns this person, or they handled it before (design section 3, "Conflict of interest")."""

    code = "conflict_of_interest"


class SecondPersonNeeded(ComplaintError):
    """The decision needs another, senior person (design section 3, malicious)."""

    code = "second_person_needed"


class ThirdPersonNeeded(ComplaintError):
    """An objection is decided by somebody who had no part in what is objected to (design section 3, malicious)."""

    code = "third_person_needed"


class TasksOpen(ComplaintError):
    """Something cannot end while a task that belongs to it has not (design section 3, "Tasks")."""

    code = "tasks_open"


class MattersOpen(ComplaintError):
    """A complaint that was split cannot be answered while one of its matters has no outcome."""

    code = "matters_open"


class NotJudged(ComplaintError):
    """What has to come first has not: looking into the complaint, or judging it (mission M12; design section 3)."""

    code = "not_judged"


class ResponseIncomplete(Invalid):
    """A final response lacks something that it must have; `errors` names each (design section 3, "Final response")."""

    code = "response_incomplete"


class PromisesTooMuch(ComplaintError):
    """The text may promise more than the office can keep, and whoever sends it has not said that they mean it."""

    code = "promises_too_much"


class LetterNeeded(ComplaintError):
    """By the office's rules only a final response ends this complaint."""

    code = "letter_needed"


class LegalHoldInForce(ComplaintError):
    """The complaint is kept as it is until somebody lifts the hold."""

    code = "legal_hold"


class NoAuthority(ComplaintError):
    """Whoever complains for somebody else has not shown that they may."""

    code = "no_authority"


class RemediesOpen(ComplaintError):
    """The complaint cannot be resolved while something has still to come of its remedies (design section 3)."""

    code = "remedies_open"


class SignaturesMissing(ComplaintError):
    """Nothing is offered or carried out before everybody has signed who must (design section 3, "Sign-off")."""

    code = "signatures_missing"


class NobodyToSign(ComplaintError):
    """Somebody must sign, and nobody could: who proposed, signed before, or is concerned does not."""

    code = "nobody_to_sign"


class IdempotencyConflict(ComplaintError):
    """A program used the key of one create for another one."""

    code = "idempotency_conflict"


class FileRefused(Invalid):
    """The file is too large, of a kind that is not taken, or not what its name says."""

    code = "file_refused"


class ContradictsJudgement(Invalid):
    """The complainant would be told something else than what the judgement in force finds."""

    code = "contradicts_judgement"


def invalid(field: str, sentence: Any) -> Invalid:
    """One field, one sentence."""
    return Invalid(sentence, errors={field: [sentence]})
