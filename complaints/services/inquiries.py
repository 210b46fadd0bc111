"""Looking into a complaint: what was found out, and by what. (Design section 3, step 2; mission M10.)"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, permissions
from complaints.errors import IllegalMove, invalid
from complaints.judging import Source
from complaints.lifecycle import Verb
from complaints.limits import check_text, optional_text
from complaints.models import InvestigationEntry
from complaints.remedying import amount_or_none
from complaints.selectors import inquiries
from complaints.services import acting, evidence
from complaints.services.evidence import CheckedFile

MOST_ENTRIES = 500
"""Of one complaint; whoever finds out more writes it into a paper and adds that."""


@transaction.atomic
def investigate(
    *,
    complaint_id: int,
    by: User,
    source: Source,
    what: str,
    verified: bool = False,
    how: str = "",
    replaces_number: int | None = None,
    amount: Decimal | None = None,
    currency: str = "",
    legal: bool = False,
    files: Sequence[CheckedFile] = (),
) -> InvestigationEntry:
    """Write down what was found out, and whether it is verified.

    `how` says by what; it is required of what is verified. `replaces_number` names the entry that this one takes the
    place of, when something is verified later or turns out to be otherwise. `amount`, exact, in `currency` (ISO 4217)
    is what is at stake, and `legal` that a lawsuit is threatened or under way: the proposed depth follows from them.
    Its files are for the office only.
    Raises Invalid, and ConflictOfInterest for somebody whom the complaint concerns.
    """
    complaint = acting.held_for(complaint_id, by, Verb.INVESTIGATE)
    permissions.check_may_judge(by, complaint)
    entries = list(complaint.investigation.order_by("number"))
    if len(entries) >= MOST_ENTRIES:
        raise IllegalMove(_("This complaint has very many entries already. Add what is new as a file."))
    how = optional_text("how", how)
    if verified and not how:
        raise invalid("how", _("Say by what it is verified."))
    replaced = _replaced(entries, replaces_number)
    amount, currency = amount_or_none("amount", amount, currency)
    entry = InvestigationEntry.objects.create(
        complaint=complaint,
        number=1 + max((other.number for other in entries), default=0),
        cycle=complaint.cycle,
        source=Source(source),
        what=check_text("what", what),
        verified=verified,
        how=how,
        replaces=replaced,
        amount=amount,
        currency=currency,
        legal=legal,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    evidence.check_room(complaint, len(files))
    _record_entry(entry, by)
    for file in files:
        evidence.keep(complaint, file, by=by, internal=True, entry=entry)
    return entry


def _replaced(entries: list[InvestigationEntry], number: int | None) -> InvestigationEntry | None:
    if number is None:
        return None
    standing = {entry.number: entry for entry in inquiries.standing(entries)}
    if number not in standing:
        raise invalid("replaces", _("There is no entry with this number that still stands."))
    return standing[number]


def _record_entry(entry: InvestigationEntry, by: User) -> None:
    events.record(
        entry.complaint,
        kind=Verb.INVESTIGATE,
        by=by,
        at=entry.recorded_at,
        entry=entry.number,
        source=str(entry.source),
        verified=entry.verified,
        replaces=entry.replaces.number if entry.replaces is not None else None,
    )
