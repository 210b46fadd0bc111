"""Remedies of a complaint, what suppliers owe for them, and what the rules propose next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from complaints import remedying
from complaints.lifecycle import Status, Verb, possible
from complaints.models import Attachment, Complaint, Remedy, RemedyItem, SupplierClaim
from complaints.remedying import RemedyKind, RemedyState


def remedies_with_all(complaints: Iterable[Complaint]) -> QuerySet[Remedy]:
    """The remedies of these complaints with everything that is shown of them: three queries."""
    people = ("planned_by", "offered_by", "answered_by", "carried_out_by", "failed_by", "dropped_by")
    return (
        Remedy.objects.filter(complaint__in=[complaint.pk for complaint in complaints])
        .select_related("follows", "task", *people)
        .prefetch_related(
            Prefetch("items", RemedyItem.objects.select_related("remedy").order_by("number")),
            Prefetch("attachments", Attachment.objects.order_by("id")),
        )
        .order_by("complaint_id", "number")
    )


def supplier_claims_of(complaint: Complaint) -> QuerySet[SupplierClaim]:
    """What the office wants back from suppliers for this complaint."""
    return complaint.supplier_claims.select_related("remedy", "claimed_by", "settled_by").order_by("number")


def remedy_verbs(complaint: Complaint, remedy: Remedy, allowed: frozenset[Verb]) -> list[Verb]:
    """What is possible now with one remedy, of what the reader is `allowed` to do with the complaint."""
    verbs = remedying.verbs_from(RemedyKind(remedy.kind), RemedyState(remedy.state))
    return [verb for verb in verbs if verb in allowed and possible(Status(complaint.status), verb)]


@dataclass(frozen=True)
class NextRemedy:
    """What the rules propose after a remedy that has failed, and for the how many-th time its kind has."""

    after: Remedy
    kind: RemedyKind
    failed: int


def next_remedies(remedies: Sequence[Remedy]) -> list[NextRemedy]:
    """What is proposed for one complaint: nothing after a remedy that another one follows already."""
    followed = {remedy.follows_id for remedy in remedies if remedy.state != RemedyState.DROPPED}
    found = []
    for remedy in remedies:
        if remedy.state != RemedyState.FAILED or remedy.pk in followed:
            continue
        same = [other for other in remedies if other.kind == remedy.kind and other.state == RemedyState.FAILED]
        proposed = remedying.next_remedy(RemedyKind(remedy.kind), len(same))
        if proposed is not None:
            found.append(NextRemedy(remedy, proposed, len(same)))
    return found


def owes_remedies(complaint: Complaint) -> bool:
    """Whether something agreed with the complainant has still to be carried out."""
    return complaint.remedies.filter(state=RemedyState.ACCEPTED).exists()
