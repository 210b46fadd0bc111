"""What the complainant sees of the matters of their letter: each with its answer once it was given. Reads only.

What is settled but not yet told has no way onto the page; neither have the reasons for the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from complaints.models import Complaint, Matter, MatterFinding
from complaints.settling import MatterState
from complaints.vocabulary import Outcome


@dataclass(frozen=True)
class PublicMatter:
    """One matter. `outcome` and `finding` are empty until the complainant was told; `part` is the complaint that it
    was split off into.
    """

    number: int
    subject: str
    outcome: Any = ""
    finding: str = ""
    part: Complaint | None = None


def public_matters(complaint: Complaint) -> list[PublicMatter]:
    """The matters that were not dropped, in two queries; none when the letter was never split."""
    in_force = MatterFinding.objects.filter(replaced_at=None)
    rows = (
        complaint.matters.exclude(state=MatterState.DROPPED)
        .select_related("went_to")
        .prefetch_related(Prefetch("findings", in_force, to_attr="in_force"))
        .order_by("number")
    )
    return [_public(complaint, row) for row in rows]


def to_dispute(complaint: Complaint) -> list[PublicMatter]:
    """The answered matters among which the complainant chooses when they disagree; none to choose from if there is
    only one, or if the complaint was not answered but declined.
    """
    if complaint.resolved_at is None:
        return []
    answered = [matter for matter in public_matters(complaint) if matter.outcome]
    return answered if len(answered) > 1 else []


def part_of(complaint: Complaint) -> str:
    """The reference of the letter that this complaint was split off from; empty when it was none."""
    came_from = Matter.objects.filter(went_to=complaint).values_list("complaint__reference", flat=True).first()
    return came_from or ""


def _public(complaint: Complaint, row: Any) -> PublicMatter:
    found: Sequence[MatterFinding] = row.in_force
    told = [finding for finding in found if complaint.resolved_at is not None or finding.cycle < complaint.cycle]
    return PublicMatter(
        number=row.number,
        subject=row.subject,
        outcome=Outcome(told[0].outcome).label if told else "",
        finding=told[0].finding if told else "",
        part=row.went_to,
    )
