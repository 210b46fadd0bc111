"""Reads: the proposals of a complaint, who has signed them, and what waits for somebody's signature."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from complaints import conflicts, permissions, signers
from complaints.errors import IllegalMove
from complaints.models import (
    Complaint,
    Proposal,
    ProposalCheck,
    Remedy,
    Signature,
    SignoffCheck,
    SignoffParty,
    SignoffRule,
)
from complaints.remedying import OPEN as OPEN_REMEDIES
from complaints.signing import ProposalState, SignatureState


def open_of(complaint: Complaint) -> Proposal:
    """The proposal of this complaint that waits for signatures. Raises IllegalMove when none does."""
    proposal = complaint.proposals.filter(state=ProposalState.OPEN).select_related("prepared_by").first()
    if proposal is None:
        raise IllegalMove(_("No proposal waits for signatures."))
    proposal.complaint = complaint
    return proposal


def unsigned(complaint: Complaint) -> QuerySet[Remedy]:
    """What a proposal takes up: the remedies of which something has still to come and that no signed one holds."""
    open_ones = complaint.remedies.filter(state__in=sorted(OPEN_REMEDIES))
    return open_ones.exclude(proposals__state=ProposalState.SIGNED).order_by("number")


def signatures_of(proposal: Proposal) -> list[Signature]:
    """Its signatures, in the order in which they are given."""
    return list(proposal.signatures.order_by("turn", "position"))


def waiting(proposal: Proposal) -> list[Signature]:
    """Those that are still waited for."""
    return [each for each in signatures_of(proposal) if each.state == SignatureState.WAITING]


def checks_for(signature: Signature) -> list[ProposalCheck]:
    """What has to be made sure of before this signature: the party's own items, and for whoever signs first those
    that nobody in particular has to.
    """
    return [
        check
        for check in signature.proposal.checks.order_by("number")
        if check.ticked_at is None and check.signature_id in (None, signature.pk)
    ]


def with_all(complaints: Iterable[Complaint]) -> QuerySet[Proposal]:
    """The proposals of these complaints with everything that is shown of them, in a constant number of queries."""
    return (
        Proposal.objects.filter(complaint__in=[complaint.pk for complaint in complaints])
        .select_related("prepared_by", "ended_by")
        .prefetch_related(
            Prefetch(
                "signatures",
                Signature.objects.select_related("signer", "department", "instruction").order_by("turn", "position"),
            ),
            Prefetch("checks", ProposalCheck.objects.select_related("ticked_by", "signature").order_by("number")),
            "remedies__items",
        )
        .order_by("complaint_id", "number")
    )


def to_sign(user: User) -> list[Proposal]:
    """The open proposals whose next turn has a signature that this person could give; the oldest first."""
    held = signers.held_by(user)
    mine = signers.waiting_for(held).exclude(proposer=user)
    rows = list(
        Proposal.objects.filter(pk__in=mine.values("proposal"), complaint__in=permissions.visible_to(user))
        .select_related("complaint", "prepared_by")
        .prefetch_related(Prefetch("signatures", Signature.objects.order_by("turn", "position")), "remedies")
        .order_by("prepared_at", "id")
    )
    concerned = conflicts.concerned_in({row.complaint_id for row in rows}) if rows else {}
    return [row for row in rows if user.pk not in concerned.get(row.complaint_id, {}) and _is_theirs(user, row, held)]


def _is_theirs(user: User, proposal: Proposal, held: Mapping[Role, Collection[int]]) -> bool:
    signatures = list(proposal.signatures.all())
    due = signers.due_now(signatures)
    return any(each in due for each in signers.can_sign(user, proposal, signatures, held))


def rules_with_all() -> QuerySet[SignoffRule]:
    """The rules of sign-off in their order, with their parties and checklists, in a constant number of queries."""
    return (
        SignoffRule.objects.select_related("department", "changed_by")
        .prefetch_related(
            Prefetch("parties", SignoffParty.objects.select_related("department").order_by("position")),
            Prefetch("checks", SignoffCheck.objects.select_related("party").order_by("position")),
        )
        .order_by("position", "code")
    )
