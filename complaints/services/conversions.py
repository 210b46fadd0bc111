"""A communicative complaint that was badly handled: the system proposes that it counts as valid, a person decides.

(Mission M03; S0-34.) Whatever is overdue or disputed is proposed once in a cycle; each conversion is counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import events, permissions
from complaints.classes import ComplaintClass, Kind
from complaints.converting import CONVERSION_PROPOSED, Conversion
from complaints.errors import IllegalMove
from complaints.lifecycle import OPEN, Verb
from complaints.limits import check_text
from complaints.models import Complaint, Decision
from complaints.selectors import proposed_conversions
from complaints.services import acting, class_reviews
from complaints.validity import Basis, check_basis


def propose(
    complaints: Sequence[Complaint],
    *,
    because: Conversion,
    at: datetime,
    clocks: Mapping[int, int] | None = None,
) -> list[Decision]:
    """Propose that these held complaints count as valid: the open communicative ones among them for which it was not
    proposed in this cycle before, and for which no proposal of an earlier cycle still waits. One event each; a handful
    of statements for all. `clocks` are the ids of the broken promises, by complaint.
    """
    fit = {
        each.pk: each
        for each in complaints
        if each.complaint_class == ComplaintClass.COMMUNICATIVE and each.status in OPEN
    }
    if not fit:
        return []
    in_this_cycle = Q(decided_by=None, cycle=F("complaint__cycle"), complaint_class=ComplaintClass.VALID)
    before = Decision.objects.filter(in_this_cycle | proposed_conversions.WAITS, complaint_id__in=fit)
    for pk in before.values_list("complaint_id", flat=True):
        fit.pop(pk, None)
    made = Decision.objects.bulk_create(
        [
            Decision(
                complaint_id=pk,
                state=Decision.State.PROPOSED,
                complaint_class=ComplaintClass.VALID,
                class_kind=Kind.HARM,
                conversion=because,
                decided_at=at,
                cycle=complaint.cycle,
            )
            for pk, complaint in sorted(fit.items())
        ]
    )
    acts = []
    for decision in made:
        data: dict[str, object] = {"decision": decision.pk, "conversion": str(because)}
        if clocks and decision.complaint_id in clocks:
            data["clock"] = clocks[decision.complaint_id]
        acts.append(events.Act(fit[decision.complaint_id], CONVERSION_PROPOSED, None, at, data))
    if acts:
        events.record_many(acts)
    return made


@transaction.atomic
def convert(*, complaint_id: int, by: User, reasons: str, fault: str, harmed: str) -> Decision:
    """Agree to a proposed conversion: the complaint counts as valid, for the harm that bad handling did. It has to be
    looked into and judged before it is answered, like every valid one.

    Raises IllegalMove where nothing is proposed, Invalid, ConflictOfInterest for whom the complaint is about.
    """
    complaint, decision = _proposed(complaint_id, by, Verb.CONVERT)
    basis = check_basis(ComplaintClass.VALID, Kind.HARM, Basis(fault=fault, harmed=harmed))
    now = timezone.now()
    class_before = complaint.complaint_class
    decision.second_person, decision.second_at = by, now
    decision.second_reasons = check_text("reasons", reasons)
    for name, value in asdict(basis).items():
        setattr(decision, name, value)
    decision.state = Decision.State.IN_FORCE
    class_reviews.replace(complaint, at=now)
    decision.save()
    complaint.complaint_class, complaint.class_kind = decision.complaint_class, decision.class_kind
    complaint.earlier = None
    complaint.conversions += 1
    complaint.save(update_fields=["complaint_class", "class_kind", "earlier", "conversions"])
    _record(complaint, Verb.CONVERT, by, now, decision, class_before)
    return decision


@transaction.atomic
def keep_class(*, complaint_id: int, by: User, reasons: str) -> Decision:
    """Reject a proposed conversion: the complaint stays communicative. It is not proposed again in this cycle."""
    complaint, decision = _proposed(complaint_id, by, Verb.KEEP_CLASS)
    now = timezone.now()
    decision.second_person, decision.second_at = by, now
    decision.second_reasons = check_text("reasons", reasons)
    decision.state = Decision.State.REJECTED
    decision.save()
    _record(complaint, Verb.KEEP_CLASS, by, now, decision, complaint.complaint_class)
    return decision


def _proposed(complaint_id: int, by: User, verb: Verb) -> tuple[Complaint, Decision]:
    complaint = acting.held_for(complaint_id, by, verb)
    permissions.check_not_about(by, complaint)
    decision = proposed_conversions.of(complaint)
    if decision is None:
        raise IllegalMove(_("No conversion is proposed here."))
    return complaint, decision


def _record(complaint: Complaint, verb: Verb, by: User, at: datetime, decision: Decision, class_before: str) -> None:
    events.record(
        complaint,
        kind=verb,
        by=by,
        at=at,
        decision=decision.pk,
        state=str(decision.state),
        conversion=str(decision.conversion),
        complaint_class=str(complaint.complaint_class),
        class_kind=str(complaint.class_kind),
        class_before=str(class_before),
        conversions=complaint.conversions,
    )
