"""The safety of the people here: what happened, who was told, what the police knows. (Mission M05; S0-21 to S0-23.)"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import events
from complaints.errors import IllegalMove, invalid
from complaints.gravity import SafetyGrade, SafetyKind, Told
from complaints.lifecycle import Verb
from complaints.limits import check_line, check_text
from complaints.models import Complaint, SafetyIncident, SafetyNotice
from complaints.services import facts

MOST_INCIDENTS = 50
MOST_NOTICES = 50
"""So many are kept for one complaint, or one incident; more is a slip of a program."""


@transaction.atomic
def report_safety(
    *,
    complaint_id: int,
    by: User,
    kind: SafetyKind,
    what: str,
    grade: SafetyGrade = SafetyGrade.CONTAINED,
    happened_at: datetime | None = None,
    told: Told | None = None,
    told_name: str = "",
    police_reference: str = "",
) -> SafetyIncident:
    """Record a threat or a disruption, and who was told first. Those who lead are told at once.

    `grade` is how far it went. `happened_at` is aware; left out, it is now. The complaint goes on as it is.
    Raises Invalid.
    """
    complaint = facts.held_for(complaint_id, by, Verb.REPORT_SAFETY)
    now = timezone.now()
    if complaint.safety_incidents.count() >= MOST_INCIDENTS:
        raise IllegalMove(_("This complaint has very many safety incidents already. Record this one as a note."))
    incident = SafetyIncident.objects.create(
        complaint=complaint,
        number=1 + complaint.safety_incidents.count(),
        kind=kind,
        grade=SafetyGrade(grade),
        what=check_text("what", what),
        happened_at=facts.happened("happened_at", happened_at, now),
        police_reference=_reference(police_reference),
        recorded_by=by,
        recorded_at=now,
    )
    if told is not None:
        _notice(incident, told, told_name, by, now)
    _record(complaint, Verb.REPORT_SAFETY, incident, by, told)
    return incident


@transaction.atomic
def tell_safety(
    *,
    complaint_id: int,
    by: User,
    number: int,
    told: Told,
    told_name: str = "",
    told_at: datetime | None = None,
    police_reference: str = "",
) -> SafetyNotice:
    """Record that somebody was told of a safety incident, and the number under which the police keeps it.

    `told_at` is aware; left out, it is now. Raises Invalid.
    """
    complaint = facts.held_for(complaint_id, by, Verb.TELL_SAFETY)
    incident = complaint.safety_incidents.filter(number=number).first()
    if incident is None:
        raise invalid("incident", _("The complaint has no safety incident with this number."))
    if incident.notices.count() >= MOST_NOTICES:
        raise IllegalMove(_("Very many people were told of this incident already. Record this as a note."))
    notice = _notice(incident, told, told_name, by, facts.happened("told_at", told_at, timezone.now()))
    if police_reference.strip():
        incident.police_reference = _reference(police_reference)
        incident.save(update_fields=["police_reference"])
    _record(complaint, Verb.TELL_SAFETY, incident, by, told)
    return notice


def _notice(incident: SafetyIncident, told: Told, name: str, by: User, at: datetime) -> SafetyNotice:
    if told == Told.OTHER and not name.strip():
        raise invalid("told_name", _("Say who it was."))
    name = check_line("told_name", name) if name.strip() else ""
    return SafetyNotice.objects.create(incident=incident, whom=told, name=name, told_at=at, recorded_by=by)


def _reference(police_reference: str) -> str:
    return check_line("police_reference", police_reference) if police_reference.strip() else ""


def _record(complaint: Complaint, verb: Verb, incident: SafetyIncident, by: User, told: Told | None) -> None:
    events.record(
        complaint,
        kind=verb,
        by=by,
        at=timezone.now(),
        incident=incident.number,
        safety_kind=str(incident.kind),
        safety_grade=str(incident.grade),
        whom=str(told) if told is not None else None,
        police=bool(incident.police_reference),
    )
