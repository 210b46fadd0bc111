"""Major incidents: declared by criteria, acknowledged by the management, reported to the authority.

(Missions M07, M25, M28; S3-25 to S3-27, S3-40, S4-16.)
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import TIER_HOLDERS, Role
from complaints import conflicts, events, gravity, heads, permissions
from complaints.errors import IllegalMove, NotAllowed, SecondPersonNeeded, invalid
from complaints.gravity import Criterion
from complaints.lifecycle import Verb
from complaints.limits import check_line, check_text, optional_text
from complaints.models import Attachment, AuthorityReport, Complaint, MajorIncident
from complaints.services import evidence, facts, handing
from complaints.services.evidence import CheckedFile
from complaints.vocabulary import PRIORITIES, Grade, Priority

HEADS_TIER = next(tier for tier, role in TIER_HOLDERS.items() if role == Role.MANAGER)
"""Whoever holds this tier heads the department, and leads what is major in person."""


@transaction.atomic
def declare_major(
    *,
    complaint_id: int,
    by: User,
    criteria: Collection[Criterion] = (),
    harmed: int = 0,
    dead: int = 0,
    reasons: str,
) -> MajorIncident:
    """Declare a complaint major by the criteria that it meets. A death, or three people harmed, are criteria by
    themselves; `harmed` counts those who live.

    Impact and urgency become high and so the priority major; the head of the department owns it from now on, unless it
    has climbed higher; the management is told at once and must acknowledge it. Raises Invalid, IllegalMove.
    """
    complaint = facts.held_for(complaint_id, by, Verb.DECLARE_MAJOR)
    met = gravity.criteria_met(judged=criteria, harmed=harmed, dead=dead)
    reasons = check_text("reasons", reasons)
    if MajorIncident.objects.filter(complaint=complaint).exists():
        raise IllegalMove(_("This complaint was declared major already."))
    now = timezone.now()
    declared = MajorIncident.objects.create(
        complaint=complaint,
        criteria=met,
        harmed=harmed,
        dead=dead,
        reasons=reasons,
        declared_by=by,
        declared_at=now,
    )
    priority_before, tier_before = complaint.priority, complaint.tier
    complaint.impact = complaint.urgency = Grade.HIGH
    complaint.priority, complaint.priority_reason = PRIORITIES[Grade.HIGH, Grade.HIGH], ""
    handed = _to_the_head(complaint)
    complaint.save(update_fields=["impact", "urgency", "priority", "priority_reason", "tier", "holder"])
    events.record(
        complaint,
        kind=Verb.DECLARE_MAJOR,
        by=by,
        at=now,
        before=complaint.status,
        after=complaint.status,
        major=declared.pk,
        criteria=[str(criterion) for criterion in met],
        harmed=harmed,
        dead=dead,
        priority_before=str(priority_before),
        priority=str(complaint.priority),
        tier_before=tier_before,
        tier=complaint.tier,
        **handed,
    )
    return declared


@transaction.atomic
def acknowledge_major(*, complaint_id: int, by: User, remark: str = "") -> MajorIncident:
    """The management states that it knows of a major complaint. Ends the clock that would climb otherwise.

    Whoever declared it cannot acknowledge it: somebody else of the management must know. Raises SecondPersonNeeded,
    ConflictOfInterest, IllegalMove where nothing waits for it.
    """
    complaint = facts.held_for(complaint_id, by, Verb.ACKNOWLEDGE_MAJOR)
    declared = MajorIncident.objects.filter(complaint=complaint).first()
    if declared is None:
        raise IllegalMove(_("This complaint was not declared major, so there is nothing to acknowledge."))
    if declared.acknowledged_at is not None:
        raise IllegalMove(_("The management has acknowledged this major complaint already."))
    if declared.declared_by_id == by.pk:
        raise SecondPersonNeeded(
            _("You declared this major yourself. Somebody else of the management must acknowledge it.")
        )
    conflicts.check(by, complaint)
    declared.acknowledged_by, declared.acknowledged_at = by, timezone.now()
    declared.remark = optional_text("remark", remark)
    declared.save(update_fields=["acknowledged_by", "acknowledged_at", "remark"])
    events.record(
        complaint,
        kind=Verb.ACKNOWLEDGE_MAJOR,
        by=by,
        at=declared.acknowledged_at,
        major=declared.pk,
        declared_by=declared.declared_by_id,
    )
    return declared


@transaction.atomic
def report_to_authority(
    *,
    complaint_id: int,
    by: User,
    body: str,
    reference: str,
    what: str,
    at: datetime | None = None,
    attachments: Sequence[int] = (),
    files: Sequence[CheckedFile] = (),
) -> AuthorityReport:
    """Record what was reported to which authority, under which number it keeps the report, and what was sent: new
    `files`, or `attachments` of the complaint by id. Meets the clock of the report; `at` says when it was made, if
    earlier than now (aware).

    Raises Invalid, NotAllowed for an earlier moment without the right to state one.
    """
    complaint = facts.held_for(complaint_id, by, Verb.REPORT_TO_AUTHORITY)
    now = timezone.now()
    reported_at = facts.happened("at", at, now)
    if reported_at < now - facts.CLOCK_SKEW:
        permissions.check_backdate(by)
    sent = _sent(complaint, attachments)
    evidence.check_room(complaint, len(files))
    report = AuthorityReport.objects.create(
        complaint=complaint,
        number=1 + complaint.authority_reports.count(),
        body=check_line("body", body),
        reference=check_line("reference", reference),
        what=check_text("what", what),
        reported_at=reported_at,
        recorded_at=now,
        recorded_by=by,
    )
    events.record(
        complaint,
        kind=Verb.REPORT_TO_AUTHORITY,
        by=by,
        at=reported_at,
        report=report.pk,
        number=report.number,
        stated=at is not None,
    )
    report.files.set([*sent, *(evidence.keep(complaint, file, by=by, internal=True) for file in files)])
    return report


def check_lowering(complaint: Complaint, by: User, after: Priority) -> None:
    """What was declared major stays so, unless somebody of the management sets it lower: an authority may be waiting.

    Raises NotAllowed.
    """
    if after == Priority.MAJOR or not MajorIncident.objects.filter(complaint=complaint).exists():
        return
    if not permissions.may(by, Verb.ACKNOWLEDGE_MAJOR, complaint):
        raise NotAllowed(_("This complaint was declared major. Only the management may give it a lower priority."))


def tier_at_least(complaint: Complaint, tier: int) -> int:
    """The tier at which a held complaint goes on that is opened again: what was declared major stays with the head."""
    return max(tier, HEADS_TIER) if heads.is_led_in_person(complaint) else tier


def _to_the_head(complaint: Complaint) -> dict[str, object]:
    """Put it into the hands of the head of the department, or of whoever stands in for them now."""
    holder = complaint.holder
    climbed_higher = complaint.tier > HEADS_TIER and holder is not None
    complaint.tier = max(complaint.tier, HEADS_TIER)
    if climbed_higher or (holder is not None and permissions.manages(holder, complaint)):
        return {"holder_before": complaint.holder_id, "holder": complaint.holder_id}
    return handing.hand_on(complaint, conflicts.concerned(complaint))


def _sent(complaint: Complaint, attachments: Sequence[int]) -> list[Attachment]:
    found = list(complaint.attachments.filter(pk__in=set(attachments)))
    if len(found) != len(set(attachments)):
        raise invalid("attachments", _("The complaint has no such file."))
    return found
