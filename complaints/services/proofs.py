"""The list of proofs, and the numbers by which others know the matter. (Mission M19.)"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Verb
from complaints.limits import check_line
from complaints.models import Attachment, CaseNumber, Complaint, Proof
from complaints.proving import SETTLED, NumberKind, ProofFrom, ProofKind, ProofState
from complaints.services import facts
from complaints.services.searching import add_words

MOST_PROOFS = 100
MOST_NUMBERS = 50
LONGEST_NUMBER = 100


@transaction.atomic
def list_proof(*, complaint_id: int, by: User, kind: ProofKind, what: str, brought_by: ProofFrom) -> Proof:
    """Put something on the list that would show how it was: `what` it is, and who could bring it. What the complainant
    could bring they read on their page until it is there. Raises Invalid, IllegalMove.
    """
    complaint = facts.held_for(complaint_id, by, Verb.LIST_PROOF)
    if complaint.proofs.count() >= MOST_PROOFS:
        raise IllegalMove(_("This complaint has very many proofs on its list already. Write this one down as a note."))
    listed = Proof.objects.create(
        complaint=complaint,
        number=1 + complaint.proofs.count(),
        kind=ProofKind(kind),
        what=check_line("what", what),
        brought_by=ProofFrom(brought_by),
        listed_by=by,
        listed_at=timezone.now(),
    )
    events.record(
        complaint,
        kind=Verb.LIST_PROOF,
        by=by,
        at=listed.listed_at,
        proof=listed.number,
        proof_kind=str(listed.kind),
        proof_from=str(listed.brought_by),
    )
    return listed


@transaction.atomic
def settle_proof(
    *, complaint_id: int, by: User, number: int, state: ProofState, remark: str = "", file_id: int | None = None
) -> Proof:
    """Say whether a proof on the list is there or cannot be had, with a remark if need be; `file_id` is the file of
    the complaint that is it. What was said before may be corrected. Raises Invalid, IllegalMove.
    """
    complaint = facts.held_for(complaint_id, by, Verb.SETTLE_PROOF)
    found = complaint.proofs.filter(number=number).first()
    if found is None:
        raise invalid("proof", _("The complaint has no proof with this number on its list."))
    if state not in SETTLED:
        raise invalid("state", _("Say whether it is there or cannot be had."))
    file = _file(complaint, file_id)
    if file is not None and state != ProofState.THERE:
        raise invalid("file", _("What cannot be had has no file. Leave it empty."))
    remark = check_line("remark", remark) if remark.strip() else ""
    if (found.state, found.remark, found.file_id) == (state, remark, file_id):
        raise IllegalMove(_("This is what the list says already."))
    found.state, found.remark, found.file = ProofState(state), remark, file
    found.settled_by, found.settled_at = by, timezone.now()
    found.save(update_fields=["state", "remark", "file", "settled_by", "settled_at"])
    events.record(
        complaint,
        kind=Verb.SETTLE_PROOF,
        by=by,
        at=found.settled_at,
        proof=number,
        proof_kind=str(found.kind),
        proof_state=str(found.state),
    )
    return found


@transaction.atomic
def record_number(*, complaint_id: int, by: User, kind: NumberKind, value: str) -> CaseNumber:
    """Record a number by which others know the matter; the complaint is found by it. Raises Invalid, IllegalMove."""
    complaint = facts.held_for(complaint_id, by, Verb.RECORD_NUMBER)
    value = check_line("value", value)
    if len(value) > LONGEST_NUMBER:
        raise invalid("value", _("At most %(limit)d characters are taken.") % {"limit": LONGEST_NUMBER})
    if complaint.numbers.count() >= MOST_NUMBERS:
        raise IllegalMove(_("This complaint has very many numbers already. Write this one down as a note."))
    if complaint.numbers.filter(kind=kind, value=value).exists():
        raise invalid("value", _("This number is recorded already."))
    recorded = CaseNumber.objects.create(
        complaint=complaint, kind=NumberKind(kind), value=value, recorded_by=by, recorded_at=timezone.now()
    )
    add_words(complaint, value)
    events.record(
        complaint,
        kind=Verb.RECORD_NUMBER,
        by=by,
        at=recorded.recorded_at,
        number_kind=str(recorded.kind),
        case_number=recorded.pk,
    )
    return recorded


def _file(complaint: Complaint, file_id: int | None) -> Attachment | None:
    if file_id is None:
        return None
    file = complaint.attachments.filter(pk=file_id).first()
    if file is None:
        raise invalid("file", _("The complaint has no such file."))
    return file
