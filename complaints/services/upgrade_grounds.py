"""The grounds of an upgrade compared with the record, and where they take it: its tier, and into whose hands.

(Design section 3, class upgrade; missions M21, M22.)
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import conflicts, upgrading
from complaints.classes import ComplaintClass, Kind
from complaints.errors import Invalid, invalid
from complaints.models import Complaint, Decision, Upgrade, UpgradeGround
from complaints.selectors import upgrades as reads
from complaints.services import handing
from complaints.upgrading import GROUNDS, Finding, Record


def enter_class(complaint: Complaint, decision: Decision) -> dict[str, Any]:
    """Let a held complaint that was classed as an upgrade enter as one: compare its ground and raise its tier. Says
    what the event tells of it; `leave_to_others` comes after that event. A decision that a rule proposed is about the
    complaint itself; one of a person about the earlier complaint, or about none that was found.
    """
    record = Record.EARLIER if decision.earlier_id is not None else Record.NONE
    if decision.decided_by_id is None:
        record = Record.ITSELF
    return compare(complaint, [Kind(decision.class_kind)], record=record, at=timezone.now())


def compare(complaint: Complaint, grounds: Sequence[Kind], *, record: Record, at: datetime) -> dict[str, Any]:
    """Compare the grounds of a held complaint with the record, and move it to where they call for; says what the event
    tells of that. It never goes down. Raises Invalid where the earlier complaint cannot be taken further by it.
    """
    earlier = complaint.earlier if record == Record.EARLIER else None
    if earlier is not None:
        earlier.refresh_from_db()  # whoever names it may have read it long ago
        _check_earlier(complaint, earlier)
    findings = _findings(complaint, grounds, record, earlier, at)
    before, tier = complaint.tier, _tier(complaint, findings, record, earlier)
    compared = {"record": record, **as_it_stands(earlier)}
    new = {"demanded_at": at, "entered_at_tier": tier, "contacts": reads.contacts_of(complaint, at)}
    try:
        with transaction.atomic():
            entered, _new = Upgrade.objects.update_or_create(
                complaint=complaint, defaults=compared, create_defaults=compared | new
            )
    except IntegrityError:  # the row of the earlier complaint is not held: somebody else takes it further just now
        raise _taken_further_already() from None
    _keep_findings(entered, findings, at)
    if tier > before:
        complaint.tier = tier
        complaint.save(update_fields=["tier"])
    return {"record": str(record), "tier_before": before, "tier": tier}


def leave_to_others(complaint: Complaint, moved: Mapping[str, Any]) -> None:
    """Give a held upgrade to whoever holds its tier, if it was raised, or if it concerns whoever holds it: they
    handled the earlier complaint, supervise those who did, or are named in it. An event of its own says so.
    """
    concerned = conflicts.concerned(complaint)
    raised = moved["tier"] > moved["tier_before"]
    if not raised and (complaint.holder_id is None or complaint.holder_id not in concerned):
        return
    handing.record(complaint, handing.hand_up(complaint, concerned), at=timezone.now())


def settle_in(entered: Upgrade, findings: Sequence[Finding], by: User | None, now: datetime) -> None:
    """Keep a new upgrade with its findings and the decision about its class, and give it to somebody independent."""
    complaint = entered.complaint
    entered.by_complainant, entered.demanded_at = by is None, now
    entered.entered_at_tier, entered.contacts = complaint.tier, reads.contacts_of(complaint, now)
    entered.save()
    _keep_findings(entered, findings, now)
    Decision.objects.create(
        complaint=complaint,
        state=Decision.State.IN_FORCE,
        complaint_class=ComplaintClass.UPGRADE,
        class_kind=complaint.class_kind,
        reasons=complaint.description,
        decided_by=by,
        decided_at=now,
        earlier=entered.earlier,
        none_found=entered.record == Record.NONE,
        demanded=by is None,
        cycle=complaint.cycle,
    )
    if complaint.restriction:
        return  # it was put into the hands of whoever is in charge of such ones when it was registered
    handing.record(complaint, handing.hand_up(complaint, conflicts.concerned(complaint)), at=now)


def as_it_stands(earlier: Complaint | None) -> dict[str, Any]:
    """The earlier complaint and where its handling stands now, as the row of an upgrade keeps it."""
    return {
        "earlier": earlier,
        "earlier_cycle": earlier.cycle if earlier else None,
        "earlier_holder_id": earlier.holder_id if earlier else None,
        "earlier_events": earlier.event_count if earlier else None,
    }


def _findings(
    complaint: Complaint, grounds: Collection[Kind], record: Record, earlier: Complaint | None, at: datetime
) -> list[Finding]:
    if earlier is None and record != Record.ITSELF:
        return upgrading.without_record(grounds, record)
    return upgrading.compare(grounds, reads.facts_of(earlier or complaint, at))


def _tier(complaint: Complaint, findings: Collection[Finding], record: Record, earlier: Complaint | None) -> int:
    if record == Record.ITSELF:
        return upgrading.tier_of_itself(findings, stands_at=complaint.tier)
    return max(complaint.tier, upgrading.entry_tier(findings, stood_at=earlier.tier if earlier else None))


def _check_earlier(complaint: Complaint, earlier: Complaint) -> None:
    """Nobody learns through an upgrade what a restricted complaint holds, and each cycle is taken further once."""
    if earlier == complaint:
        raise invalid("earlier", _("This is the complaint itself. Name the one that came before it."))
    if earlier.restriction and not complaint.restriction:
        raise invalid("earlier", _("That complaint is restricted. Restrict this one first; then name it."))
    others = Upgrade.objects.filter(earlier=earlier, earlier_cycle=earlier.cycle).exclude(complaint=complaint)
    if others.exists():
        raise _taken_further_already()


def _taken_further_already() -> Invalid:
    return invalid(
        "earlier", _("Another upgrade takes that complaint further already. Merge this one into it instead.")
    )


def _keep_findings(entered: Upgrade, findings: Sequence[Finding], at: datetime) -> None:
    entered.grounds.all().delete()
    UpgradeGround.objects.bulk_create(
        UpgradeGround(
            upgrade=entered,
            ground=finding.ground,
            verdict=finding.verdict,
            says=finding.says,
            values=dict(finding.values),
            compared_at=at,
        )
        for finding in findings
    )


def checked_grounds(grounds: Collection[Kind]) -> list[Kind]:
    """The grounds in their order, each once. Raises Invalid."""
    if not grounds:
        raise invalid("grounds", _("Say why it should be taken further: choose at least one."))
    if any(ground not in GROUNDS for ground in grounds):
        raise invalid("grounds", _("Choose from: %(grounds)s.") % {"grounds": _list(GROUNDS)})
    return [ground for ground in GROUNDS if ground in grounds]


def _list(grounds: Collection[Kind]) -> str:
    return _(", ").join(str(ground.label) for ground in grounds)
