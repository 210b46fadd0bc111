"""Who may speak for whom: authorities of representatives, and joint complaints. (Mission M01; issue 4, line 13.)"""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import events
from complaints.errors import IllegalMove, NoAuthority, invalid
from complaints.lifecycle import Verb
from complaints.limits import check_line, check_text
from complaints.models import Attachment, Authority, Complaint, JointComplainant
from complaints.outside import Basis
from complaints.services import evidence, facts
from complaints.services.evidence import CheckedFile
from complaints.services.searching import add_words
from complaints.vocabulary import Relation

MOST_AUTHORITIES = 50
MOST_JOINT = 500
_MOST_PHONE = 60


@transaction.atomic
def record_authority(
    *,
    complaint_id: int,
    by: User,
    basis: Basis,
    document_seen: bool,
    valid_until: date | None = None,
    document: int | None = None,
    file: CheckedFile | None = None,
) -> Authority:
    """Record by what right the complainant acts for somebody else. It counts once somebody has seen the document,
    which may be kept: a new `file`, or a `document` of the complaint by its id. `valid_until` is its last day.

    Raises Invalid; IllegalMove where the complainant speaks for nobody else.
    """
    complaint = facts.held_for(complaint_id, by, Verb.RECORD_AUTHORITY)
    if not complaint.complainant.on_behalf_of:
        raise IllegalMove(_("The complainant speaks for nobody but themselves, so no authority is needed."))
    if complaint.authorities.count() >= MOST_AUTHORITIES:
        raise IllegalMove(_("Very many authorities are recorded here already. Record this one as a note."))
    if valid_until is not None and valid_until < timezone.localdate():
        raise invalid("valid_until", _("This authority has ended already. Ask for a new one."))
    if (document is not None or file is not None) and not document_seen:
        raise invalid("document_seen", _("Say that you have seen the document that you keep here."))
    kept = _document(complaint, document)
    if file is not None:
        kept = evidence.keep(complaint, file, by=by, internal=True)
    now = timezone.now()
    recorded = Authority.objects.create(
        complaint=complaint,
        number=1 + complaint.authorities.count(),
        basis=basis,
        document_seen=document_seen,
        document=kept,
        valid_until=valid_until,
        recorded_by=by,
        recorded_at=now,
    )
    events.record(
        complaint,
        kind=Verb.RECORD_AUTHORITY,
        by=by,
        at=now,
        number=recorded.number,
        basis=str(basis),
        seen=document_seen,
    )
    return recorded


@transaction.atomic
def revoke_authority(*, complaint_id: int, by: User, number: int, reasons: str) -> Authority:
    """Record that an authority counts no more, and why. Raises Invalid, IllegalMove."""
    complaint = facts.held_for(complaint_id, by, Verb.REVOKE_AUTHORITY)
    found = complaint.authorities.filter(number=number).first()
    if found is None:
        raise invalid("authority", _("The complaint has no authority with this number."))
    if found.revoked_at is not None:
        raise IllegalMove(_("This authority was revoked already."))
    found.revoked_because = check_text("reasons", reasons)
    found.revoked_by, found.revoked_at = by, timezone.now()
    found.save(update_fields=["revoked_because", "revoked_by", "revoked_at"])
    events.record(
        complaint, kind=Verb.REVOKE_AUTHORITY, by=by, at=found.revoked_at, number=number, basis=str(found.basis)
    )
    return found


def lacks_authority(complaint: Complaint) -> bool:
    """Whether the complainant speaks for somebody else, and no authority that counts today is on file."""
    if not complaint.complainant.on_behalf_of:
        return False
    return not any(authority.is_good for authority in complaint.authorities.all())


def check_authority(complaint: Complaint) -> None:
    """Before findings about somebody, or a remedy for them, go to whoever speaks for them. Raises NoAuthority."""
    if lacks_authority(complaint):
        raise NoAuthority(no_authority_on_file())


def no_authority_on_file() -> str:
    """Why whoever speaks for somebody else is not answered."""
    return str(
        _(
            "The complainant speaks for somebody else, and no authority is on file: neither findings nor a remedy"
            " may go to them. Ask for the document and record it first."
        )
    )


@transaction.atomic
def add_complainant(
    *, complaint_id: int, by: User, name: str, email: str = "", phone: str = "", relation: Relation | None = None
) -> JointComplainant:
    """Record somebody who complains together with the complainant. The complainant speaks for all: only they are
    written to. Raises Invalid, IllegalMove.
    """
    complaint = facts.held_for(complaint_id, by, Verb.ADD_COMPLAINANT)
    if complaint.joint_complainants.count() >= MOST_JOINT:
        raise IllegalMove(_("Very many people complain here together already. Open a mass incident instead."))
    email, phone = email.strip(), phone.strip()
    _check_reachable(email, phone)
    now = timezone.now()
    joined = JointComplainant.objects.create(
        complaint=complaint,
        number=1 + complaint.joint_complainants.count(),
        name=check_line("name", name),
        email=email,
        phone=phone,
        relation=str(relation or ""),
        joined_at=now,
        added_by=by,
    )
    add_words(complaint, joined.name, email, phone)
    events.record(complaint, kind=Verb.ADD_COMPLAINANT, by=by, at=now, number=joined.number)
    return joined


@transaction.atomic
def remove_complainant(*, complaint_id: int, by: User, number: int) -> JointComplainant:
    """Record that somebody does not complain any more; the others go on. Raises Invalid, IllegalMove."""
    complaint = facts.held_for(complaint_id, by, Verb.REMOVE_COMPLAINANT)
    found = complaint.joint_complainants.filter(number=number).first()
    if found is None:
        raise invalid("person", _("Nobody with this number complains here together with others."))
    if found.left_at is not None:
        raise IllegalMove(_("This person has left the complaint already."))
    found.removed_by, found.left_at = by, timezone.now()
    found.save(update_fields=["removed_by", "left_at"])
    events.record(complaint, kind=Verb.REMOVE_COMPLAINANT, by=by, at=found.left_at, number=number)
    return found


def _document(complaint: Complaint, document: int | None) -> Attachment | None:
    if document is None:
        return None
    kept = complaint.attachments.filter(pk=document).first()
    if kept is None:
        raise invalid("document", _("The complaint has no such file."))
    return kept


def _check_reachable(email: str, phone: str) -> None:
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise invalid("email", _("This is no e-mail address.")) from None
    if len(phone) > _MOST_PHONE:
        raise invalid("phone", _("This is too long for a phone number."))
