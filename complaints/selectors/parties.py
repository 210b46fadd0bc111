"""Reads: who else deals with a complaint, what must be kept, and who speaks for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from complaints.models import Authority, Complaint, JointComplainant, LegalHold, Proceeding


@dataclass(frozen=True)
class Parties:
    """Proceedings, legal holds, authorities and joint complainants of one complaint."""

    proceedings: Sequence[Proceeding]
    holds: Sequence[LegalHold]
    authorities: Sequence[Authority]
    joint: Sequence[JointComplainant]
    represents: bool
    """The complainant speaks for somebody else."""

    @property
    def hold(self) -> LegalHold | None:
        """The legal hold in force."""
        return next((hold for hold in self.holds if hold.lifted_at is None), None)

    @property
    def lacks_authority(self) -> bool:
        """The complainant speaks for somebody else, and nothing on file says that they may."""
        return self.represents and not any(authority.is_good for authority in self.authorities)

    @property
    def open_proceedings(self) -> list[Proceeding]:
        """Those that go on."""
        return [proceeding for proceeding in self.proceedings if proceeding.is_open]

    @property
    def still_joint(self) -> list[JointComplainant]:
        """Those who complain together with the complainant now."""
        return [person for person in self.joint if person.left_at is None]


def parties_of(complaint: Complaint) -> Parties:
    """All of it, in a constant number of queries. The caller found the complaint through `visible_to`."""
    return Parties(
        proceedings=list(complaint.proceedings.select_related("opened_by", "ended_by")),
        holds=list(complaint.legal_holds.select_related("placed_by", "lifted_by")),
        authorities=list(complaint.authorities.select_related("recorded_by", "revoked_by", "document")),
        joint=list(complaint.joint_complainants.select_related("added_by")),
        represents=bool(complaint.complainant.on_behalf_of),
    )
