"""Mass incidents: opening one, gathering complaints under it, telling all of them one thing. (Issue 4, line 11.)"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints import events, lifecycle, permissions, selectors
from complaints.errors import IllegalMove, Invalid, NotAllowed, invalid
from complaints.lifecycle import OPEN, Status, Verb
from complaints.limits import MAX_LINE, check_line, check_text
from complaints.models import Complaint, Gathered, IncidentUpdate, MassIncident, Message
from complaints.placeholders import check_words
from complaints.selectors import mass
from complaints.services import facts, messages
from complaints.services.searching import add_words_to_all

MOST_AT_ONCE = 500
"""So many complaints are gathered in one act by their references."""


@transaction.atomic
def open_incident(*, by: User, title: str, text: str, department: Department) -> MassIncident:
    """Open the parent of many complaints. Complaints of that department, and of those below it, can be gathered.

    Raises Invalid, NotAllowed.
    """
    if not permissions.may_in(by, Verb.GATHER, department.pk):
        raise NotAllowed(_("Your roles do not include mass incidents of this department."))
    if not department.is_active:
        raise invalid("department", _("This department is no longer active."))
    return MassIncident.objects.create(
        title=check_line("title", title),
        text=check_text("text", text),
        department=department,
        opened_by=by,
        opened_at=timezone.now(),
    )


@transaction.atomic
def gather(*, complaint_id: int, by: User, incident: MassIncident) -> Gathered:
    """Gather a complaint under a mass incident; it stays a case of its own. Raises Invalid, IllegalMove."""
    complaint = facts.held_for(complaint_id, by, Verb.GATHER)
    _check_takes(incident, by)
    return _gather([complaint], incident, by)[0]


@transaction.atomic
def gather_all(*, incident: MassIncident, by: User, complaint_ids: Sequence[int]) -> list[Gathered]:
    """Gather several complaints at once, or none: each its own event. Raises Invalid, naming those that cannot be."""
    if len(complaint_ids) > MOST_AT_ONCE:
        raise invalid("references", _("At most %(most)d at once.") % {"most": MOST_AT_ONCE})
    complaints = selectors.locked_all(complaint_ids)
    allowed = permissions.may_each(by, Verb.GATHER, complaints)
    refused = [complaint.reference for complaint in complaints if complaint.pk not in allowed]
    if refused:
        raise invalid(
            "references", _("You may not do this with: %(complaints)s.") % {"complaints": _(", ").join(refused)}
        )
    _check_takes(incident, by)
    return _gather(complaints, incident, by)


@transaction.atomic
def release(*, complaint_id: int, by: User, reasons: str) -> Complaint:
    """Take a complaint out of its mass incident, and say why; kept as an internal note. Raises IllegalMove."""
    complaint = facts.held_for(complaint_id, by, Verb.RELEASE)
    gathered = Gathered.objects.filter(complaint=complaint).first()
    if gathered is None:
        raise IllegalMove(_("This complaint is not gathered under a mass incident."))
    now = timezone.now()
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons), at=now)
    gathered.delete()
    events.record(complaint, kind=Verb.RELEASE, by=by, at=now, incident=gathered.incident_id, message=note.pk)
    return complaint


@transaction.atomic
def tell_all(*, incident: MassIncident, by: User, body: str, key: str) -> IncidentUpdate:
    """Write the same reply to every open complaint of the incident that this person may answer: each its own event and
    letter. Sent again with the same `key`, it gives back the first and sends nothing.

    The complaints are held in the order of their numbers. Raises Invalid, NotAllowed, IllegalMove where there is none.
    """
    if not permissions.may_lead(by, incident.department_id):
        raise NotAllowed(_("Only those who lead the department of the incident write to all."))
    body, key = check_words("body", body), _checked_key(key)
    gathered = permissions.visible_to(by).filter(gathered__incident=incident, status__in=sorted(OPEN))
    complaints = selectors.locked_all(list(gathered.values_list("pk", flat=True)))
    same = IncidentUpdate.objects.filter(incident=incident, key=key).first()
    if same is not None:
        if same.body != body:
            raise invalid("body", _("This update was sent already, with another text. Open the page again."))
        return same
    _check_open(incident)
    reached = mass.told_by(by, complaints)
    complaints = [complaint for complaint in complaints if complaint.pk in reached]
    if not complaints:
        raise IllegalMove(_("No open complaint is gathered here that you may answer."))
    now = timezone.now()
    update = IncidentUpdate.objects.create(incident=incident, key=key, body=body, author=by, created_at=now)
    _reply_to_all(update, complaints, by, now)
    return update


@transaction.atomic
def close_incident(*, incident_id: int, by: User) -> MassIncident:
    """Gather nothing more under it. The complaints go on, each on its own. Raises NotAllowed, IllegalMove."""
    incident = MassIncident.objects.select_for_update().get(pk=incident_id)
    if not permissions.may_lead(by, incident.department_id):
        raise NotAllowed(_("Only those who lead the department of the incident close it."))
    _check_open(incident)
    incident.closed_by, incident.closed_at = by, timezone.now()
    incident.save(update_fields=["closed_by", "closed_at"])
    return incident


def _reply_to_all(update: IncidentUpdate, complaints: Sequence[Complaint], by: User, now: datetime) -> None:
    replies = Message.objects.bulk_create(
        [
            Message(complaint=complaint, kind=Message.Kind.REPLY, author=by, body=update.body, created_at=now)
            for complaint in complaints
        ]
    )
    update.messages.set(replies)
    add_words_to_all([complaint.pk for complaint in complaints], update.body)
    events.record_many(
        [
            events.Act(
                reply.complaint,
                Verb.REPLY,
                by,
                now,
                {
                    "before": str(reply.complaint.status),
                    "after": str(reply.complaint.status),
                    "message": reply.pk,
                    "incident": update.incident_id,
                },
            )
            for reply in replies
        ]
    )


def _gather(complaints: Sequence[Complaint], incident: MassIncident, by: User) -> list[Gathered]:
    """Put held complaints under an incident. Raises Invalid, naming those that cannot be."""
    covered = permissions.departments_below(incident.department_id)
    elsewhere = set(
        Gathered.objects.filter(complaint__in=[one.pk for one in complaints]).values_list("complaint_id", flat=True)
    )
    sentences = []
    for complaint in complaints:
        words = {"reference": complaint.reference}
        if complaint.pk in elsewhere:
            sentences.append(_("%(reference)s is gathered under a mass incident already.") % words)
        elif complaint.department_id not in covered:
            sentences.append(_("%(reference)s lies in another department than the incident.") % words)
        elif not lifecycle.possible(Status(complaint.status), Verb.GATHER):
            sentences.append(_("%(reference)s has ended.") % words)
    if sentences:
        field = "incident" if len(complaints) == 1 else "references"
        raise Invalid(sentences[0], errors={field: sentences})
    now = timezone.now()
    rows = Gathered.objects.bulk_create(
        [Gathered(complaint=complaint, incident=incident, gathered_by=by, gathered_at=now) for complaint in complaints]
    )
    events.record_many(
        [events.Act(complaint, Verb.GATHER, by, now, {"incident": incident.pk}) for complaint in complaints]
    )
    return rows


def _check_takes(incident: MassIncident, by: User) -> None:
    if not mass.visible_incidents(by).filter(pk=incident.pk).exists():
        raise invalid("incident", _("There is no such mass incident, or it is not open to you."))
    _check_open(incident)


def _check_open(incident: MassIncident) -> None:
    if not incident.is_open:
        raise IllegalMove(_("This mass incident is closed."))


def _checked_key(key: str) -> str:
    if not key.strip() or len(key) > MAX_LINE or not key.isprintable():
        raise invalid("key", _("This must be 1 to 200 characters of plain text."))
    return key
