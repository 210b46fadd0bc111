"""Deciding what a complaint is: each class a decision with reasons, grave ones never by one person. (Mission M02.)"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import classes, events, malice, permissions
from complaints.classes import NEEDS_SECOND_PERSON, ComplaintClass, Kind
from complaints.converting import Conversion
from complaints.errors import IllegalMove, SecondPersonNeeded, invalid
from complaints.lifecycle import Verb
from complaints.limits import check_text, optional_text
from complaints.models import Complaint, Decision
from complaints.selectors import inquiries, proposed_conversions
from complaints.services import acting, class_reviews, upgrade_grounds
from complaints.validity import NO_BASIS, Basis, check_basis

EXPLAINING = sorted((Verb.REPLY, Verb.RESOLVE, Verb.DECLINE))
"""The acts by which the office explains itself to this complainant: no question, no offer, and no update to many."""


@transaction.atomic
def classify(
    *,
    complaint_id: int,
    by: User,
    complaint_class: ComplaintClass,
    kind: Kind | None,
    reasons: str,
    evidence: str = "",
    earlier: Complaint | None = None,
    none_found: bool = False,
    basis: Basis = NO_BASIS,
    told: str = "",
) -> Decision:
    """Decide the class, or propose it where a second, senior person must confirm (malicious).

    `earlier` is the complaint that an upgrade takes further; `none_found` states that it was looked for in vain.
    `basis` is what a valid class rests on: the authority that verified misconduct, the fault behind harm. `told` are
    the reasons of a grave class that are meant for the complainant, who reads them once it is confirmed.
    Raises Invalid for what the class demands and does not get, IllegalMove while another proposal waits, and where it
    would do away with a conversion that somebody senior has to decide about.
    """
    complaint = _held_for(complaint_id, by, Verb.CLASSIFY)
    _check_demands(complaint, complaint_class, kind, reasons, evidence, earlier=earlier, none_found=none_found)
    _check_conversion(complaint, complaint_class)
    basis = check_basis(complaint_class, kind, basis)
    told = malice.check_told(complaint_class, told)
    _end_proposal(complaint)
    waits = complaint_class in NEEDS_SECOND_PERSON
    now = timezone.now()
    conversion = _conversion(complaint, complaint_class)
    lifts = not waits and class_reviews.replace(complaint, at=now)
    decision = Decision.objects.create(
        complaint=complaint,
        state=Decision.State.PROPOSED if waits else Decision.State.IN_FORCE,
        complaint_class=complaint_class,
        class_kind=str(kind),
        reasons=check_text("reasons", reasons),
        evidence=optional_text("evidence", evidence),
        decided_by=by,
        decided_at=now,
        earlier=earlier,
        none_found=none_found,
        cycle=complaint.cycle,
        told=told,
        conversion=conversion,
        **asdict(basis),
    )
    class_before = complaint.complaint_class
    entered = {} if waits else _put_in_force(complaint, decision)
    _record(complaint, Verb.CLASSIFY, by, decision, class_before, lifts=lifts, entered=entered)
    if entered:
        upgrade_grounds.leave_to_others(complaint, entered)
    return decision


@transaction.atomic
def confirm_class(*, complaint_id: int, by: User, reasons: str, digest: str) -> Decision:
    """The second, senior person agrees: the proposed class comes into force.

    A grave one stands until its review date; the complainant is told of it, and that they may object. `digest` is that
    of the decision as they have read it (SHA-256, hex).

    Raises Invalid for the digest of other words, IllegalMove when what is to be renewed has lapsed meanwhile, or was
    objected to.
    """
    complaint = _held_for(complaint_id, by, Verb.CONFIRM_CLASS)
    decision = _second_look(complaint, by, reasons)
    if digest != decision.digest():
        raise invalid("digest", _("Another class is proposed than the one that you read. Read it as it stands now."))
    now = timezone.now()
    is_grave = decision.complaint_class in NEEDS_SECOND_PERSON
    if is_grave:
        class_reviews.check_no_objection(complaint)
        decision.review_at = now + malice.USUAL_REVIEW
    if decision.renews is not None:
        malice.check_stands(decision.renews.review_at, now)
    class_before = complaint.complaint_class
    ended = class_reviews.replace(complaint, at=now)
    decision.state = Decision.State.IN_FORCE
    decision.save()
    entered = _put_in_force(complaint, decision)
    _record(
        complaint,
        Verb.CONFIRM_CLASS,
        by,
        decision,
        class_before,
        lifts=ended and not is_grave,
        told=is_grave,
        entered=entered,
    )
    if entered:
        upgrade_grounds.leave_to_others(complaint, entered)
    return decision


@transaction.atomic
def reject_class(*, complaint_id: int, by: User, reasons: str) -> Decision:
    """The second, senior person disagrees: the class stays what it was."""
    complaint = _held_for(complaint_id, by, Verb.REJECT_CLASS)
    decision = _second_look(complaint, by, reasons)
    decision.state = Decision.State.REJECTED
    decision.save()
    _record(complaint, Verb.REJECT_CLASS, by, decision, complaint.complaint_class)
    return decision


def _held_for(complaint_id: int, by: User, verb: Verb) -> Complaint:
    complaint = acting.held_for(complaint_id, by, verb)
    permissions.check_not_about(by, complaint)
    return complaint


def _proposal(complaint: Complaint) -> Decision | None:
    return complaint.decisions.filter(state=Decision.State.PROPOSED, conversion="").first()


def _end_proposal(complaint: Complaint) -> None:
    """The ladder's proposal yields to a person's decision; a person's own does not. Raises IllegalMove."""
    proposal = _proposal(complaint)
    if proposal is None:
        return
    if proposal.decided_by_id is not None:
        raise IllegalMove(_("A decision about the class already waits for a second person. Let it be settled first."))
    complaint.decisions.filter(pk=proposal.pk).update(state=Decision.State.SUPERSEDED)


def _check_demands(
    complaint: Complaint,
    complaint_class: ComplaintClass,
    kind: Kind | None,
    reasons: str,
    evidence: str,
    *,
    earlier: Complaint | None,
    none_found: bool,
) -> None:
    """Refuse a class that does not get what it demands, of the person or of the file. Raises Invalid."""
    if earlier is not None and earlier.pk == complaint.pk:
        raise invalid("earlier", _("A complaint cannot take itself further. Name another one."))
    classes.check(
        complaint_class=complaint_class,
        kind=kind,
        reasons=reasons,
        evidence=evidence,
        explained_before=complaint.events.filter(kind__in=EXPLAINING).exists(),
        has_earlier=earlier is not None,
        none_found=none_found,
        looked_into=inquiries.looked_into(complaint),
        cause_named=inquiries.names_cause(complaint),
    )


def _check_conversion(complaint: Complaint, complaint_class: ComplaintClass) -> None:
    """A proposed conversion is decided about, not classed away: it is never proposed again in this cycle. Calling it
    valid converts it, and what is grave a second, senior person confirms. Raises IllegalMove.
    """
    decides = complaint_class == ComplaintClass.VALID or complaint_class in NEEDS_SECOND_PERSON
    if not decides and proposed_conversions.of(complaint) is not None:
        raise IllegalMove(
            _(
                "It is proposed that this complaint counts as valid. Somebody senior must convert it or keep its class"
                " first."
            )
        )


def _conversion(complaint: Complaint, complaint_class: ComplaintClass) -> str:
    """Why it converts a communicative complaint: for what the system proposed it, else by a person's own finding."""
    if complaint_class != ComplaintClass.VALID or complaint.complaint_class != ComplaintClass.COMMUNICATIVE:
        return ""
    proposed = proposed_conversions.of(complaint)
    return Conversion.FOUND if proposed is None else str(proposed.conversion)


def _second_look(complaint: Complaint, by: User, reasons: str) -> Decision:
    decision = _proposal(complaint)
    if decision is None:
        raise IllegalMove(_("No decision about the class waits for a second person."))
    if decision.decided_by_id == by.pk:
        raise SecondPersonNeeded(_("You proposed this class yourself. Another senior person must look at it."))
    decision.second_person, decision.second_at = by, timezone.now()
    decision.second_reasons = check_text("reasons", reasons)
    return decision


def _put_in_force(complaint: Complaint, decision: Decision) -> dict[str, Any]:
    """Let the class count; says what the event tells of an upgrade, which enters at the tier its ground calls for."""
    complaint.complaint_class = decision.complaint_class
    complaint.class_kind = decision.class_kind
    complaint.earlier = decision.earlier
    complaint.conversions += bool(decision.conversion)
    complaint.save(update_fields=["complaint_class", "class_kind", "earlier", "conversions"])
    is_upgrade = decision.complaint_class == ComplaintClass.UPGRADE
    return upgrade_grounds.enter_class(complaint, decision) if is_upgrade else {}


def _record(
    complaint: Complaint,
    verb: Verb,
    by: User,
    decision: Decision,
    class_before: str,
    *,
    lifts: bool = False,
    told: bool = False,
    entered: Mapping[str, Any] | None = None,
) -> None:
    """`lifts`: a grave class ends with it; `told`: one begins. Of both the complainant hears, of nothing else.
    `entered`: how it entered as an upgrade.
    """
    events.record(
        complaint,
        kind=verb,
        by=by,
        at=timezone.now(),
        before=complaint.status,
        after=complaint.status,
        decision=decision.pk,
        state=str(decision.state),
        complaint_class=str(decision.complaint_class),
        class_kind=str(decision.class_kind),
        class_before=str(class_before),
        earlier=decision.earlier_id,
        none_found=decision.none_found,
        renews=decision.renews_id,
        lifts=lifts,
        told=told or lifts,
        **_in_codes(decision),
        **(
            {"conversion": str(decision.conversion), "conversions": complaint.conversions}
            if decision.conversion
            else {}
        ),
        **(entered or {}),
    )


def _in_codes(decision: Decision) -> dict[str, str]:
    """What the event says of the basis: codes only, and nothing where there are none."""
    return {"fault": decision.fault, "harm_to": decision.harmed} if decision.fault else {}
