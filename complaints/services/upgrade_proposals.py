"""Upgrades that a rule proposes by itself: the ladder, because nobody answers; repeated contacts, because somebody has
to ask again and again. Each only proposes: a senior person decides.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q

from complaints.classes import ComplaintClass, Kind
from complaints.models import Complaint, Decision


def propose_upgrades(complaints: Sequence[Complaint], *, at: datetime, kind: Kind = Kind.OVERDUE) -> list[Decision]:
    """Put the class “upgrade” before a senior person: for those of these held complaints
    that are not upgraded already, wait for no other decision, and for which it was not proposed in this cycle before.
    A senior person confirms or rejects it; anybody who may classify may decide otherwise. Either way a ladder that
    goes on repeating, or a complainant who asks once more, does not propose it again. Writes no events. (Design
    section 4, "Ladder"; mission M23.)
    """
    if not complaints:
        return []
    open_to_it = {complaint.pk: complaint.cycle for complaint in complaints}
    made = Decision.objects.filter(complaint_id__in=open_to_it)
    against_it = made.filter(
        Q(state=Decision.State.PROPOSED, conversion="")
        | Q(state=Decision.State.IN_FORCE, complaint_class=ComplaintClass.UPGRADE)
        | Q(decided_by__isnull=True, cycle=F("complaint__cycle"), complaint_class=ComplaintClass.UPGRADE)
    )
    for pk in against_it.values_list("complaint_id", flat=True):
        open_to_it.pop(pk, None)
    return Decision.objects.bulk_create(
        [
            Decision(
                complaint_id=pk,
                state=Decision.State.PROPOSED,
                complaint_class=ComplaintClass.UPGRADE,
                class_kind=kind,
                decided_at=at,
                none_found=True,
                cycle=cycle,
            )
            for pk, cycle in sorted(open_to_it.items())
        ]
    )
