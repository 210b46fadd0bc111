"""The short way of the counter: what a word settles is recorded, classed and answered in one act. (Mission M03.)"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from complaints.classes import ComplaintClass, Kind
from complaints.services import casework, decisions, intake
from complaints.services.evidence import CheckedFile
from complaints.services.intake import Registered, Registration
from complaints.vocabulary import Outcome


@dataclass(frozen=True)
class Settled:
    """How it was settled at first contact: the kind of communicative complaint, what came of it, why that settles it
    (for the file), and what the complainant was told.
    """

    kind: Kind
    outcome: Outcome
    reasons: str
    message: str


@transaction.atomic
def register(
    *,
    registration: Registration,
    by: User,
    settled: Settled | None = None,
    access_secret: str | None = None,
    files: Sequence[CheckedFile] = (),
) -> Registered:
    """Take a complaint in; with `settled` also class it as communicative and answer it. All of it, or nothing.

    Each of the three steps asks its own questions and writes its own event. Raises what they raise: NotAllowed for
    whoever may not answer complaints of that department, LetterNeeded where only a letter ends one, Invalid.
    """
    registered = intake.register(registration=registration, by=by, access_secret=access_secret, files=files)
    if settled is None:
        return registered
    complaint_id = registered.complaint.pk
    decisions.classify(
        complaint_id=complaint_id,
        by=by,
        complaint_class=ComplaintClass.COMMUNICATIVE,
        kind=settled.kind,
        reasons=settled.reasons,
    )
    answered = casework.resolve(
        complaint_id=complaint_id,
        by=by,
        outcome=settled.outcome,
        reasons=settled.reasons,
        message=settled.message,
    )
    return Registered(answered, registered.access_secret)
