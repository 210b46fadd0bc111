"""Reads: the transfers of a complaint, what waits for somebody's answer, and whom somebody has still to tell."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.trees import tree
from complaints import arbiters, permissions
from complaints.errors import IllegalMove
from complaints.lifecycle import OPEN as OPEN_STATUSES
from complaints.lifecycle import Verb
from complaints.models import Complaint, Transfer
from complaints.permissions import GRANTS
from complaints.transferring import AGREED, ARBITERS, OPEN, Leg, TransferState, bounces

MOST_LISTED = 50
"""So many stand in My work; whoever has more sees the rest when these are done."""

_ANSWERING = frozenset(role for role, verbs in GRANTS.items() if Verb.ACCEPT_TRANSFER in verbs)


def open_of(complaint: Complaint, state: TransferState) -> Transfer:
    """The transfer of this complaint that stands so. Raises IllegalMove when none does."""
    transfer = complaint.transfers.filter(state=state).select_related("sender", "receiver", "proposed").first()
    if transfer is None:
        raise IllegalMove(
            _("No transfer of this complaint is in arbitration.")
            if state == TransferState.ARBITRATION
            else _("No transfer of this complaint waits for an answer.")
        )
    transfer.complaint = complaint
    return transfer


def waiting_of(complaint: Complaint) -> Transfer:
    """The transfer of this complaint that waits for somebody, whoever that is. Raises IllegalMove when none does."""
    transfer = complaint.transfers.filter(state__in=sorted(OPEN)).first()
    if transfer is None:
        raise IllegalMove(_("No transfer of this complaint waits for an answer."))
    transfer.complaint = complaint
    return transfer


def is_open(complaint: Complaint) -> bool:
    """Whether a transfer of the complaint waits for somebody."""
    return complaint.transfers.filter(state__in=sorted(OPEN)).exists()


def count_bounces(complaint: Complaint) -> int:
    """How often departments have sent it back or moved it on."""
    rows = complaint.transfers.values_list("objected_at", "state")
    return bounces(Leg(objected=at is not None, agreed=state in AGREED) for at, state in rows)


def with_all(complaints: Iterable[Complaint]) -> QuerySet[Transfer]:
    """The transfers of these complaints with everything that is shown of them: one query."""
    people = ("asked_by", "accepted_by", "objected_by", "decided_by", "teller", "told_by")
    places = ("sender", "receiver", "proposed", "placed_in")
    return (
        Transfer.objects.filter(complaint__in=[complaint.pk for complaint in complaints])
        .select_related(*people, *places)
        .order_by("complaint_id", "number")
    )


@dataclass(frozen=True)
class Waiting:
    """A transfer that waits for somebody, and what they can do about it."""

    transfer: Transfer
    to_decide: bool


def to_answer(user: User) -> list[Waiting]:
    """What waits for this person: transfers to where they work, and those between departments that they lead above.
    Oldest first, in a constant number of queries.
    """
    theirs = permissions.standing(user)
    asked = Q(state=TransferState.ASKED, receiver__in=theirs.departments(_ANSWERING))
    disputed = Q(state=TransferState.ARBITRATION, sender__in=theirs.departments(frozenset(ARBITERS)))
    found = (
        Transfer.objects.filter(asked | disputed, complaint__in=permissions.visible_to(user))
        .select_related("complaint", "sender", "receiver", "asked_by", "objected_by")
        .order_by("asked_at", "id")[:MOST_LISTED]
    )
    if not (waiting := list(found)):
        return []
    departments = tree()
    return [
        Waiting(transfer, to_decide=transfer.state == TransferState.ARBITRATION)
        for transfer in waiting
        if transfer.state == TransferState.ASKED or arbiters.can_arbitrate(user, theirs.held, transfer, departments)
    ]


def to_tell(user: User) -> list[Transfer]:
    """Whom this person has still to tell that somebody else deals with their complaint now: of each complaint the last
    move, the longest ago first.
    """
    untold = (
        Transfer.objects.filter(
            teller=user,
            told_at=None,
            complaint__status__in=sorted(OPEN_STATUSES),
            complaint__in=permissions.visible_to(user),
        )
        .select_related("complaint__complainant", "receiver", "placed_in")
        .order_by("complaint", "-number")
        .distinct("complaint")
    )
    return sorted(untold, key=lambda transfer: (transfer.moved_at or transfer.asked_at, transfer.pk))[:MOST_LISTED]
