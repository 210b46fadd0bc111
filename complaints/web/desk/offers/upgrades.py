"""What the dossier shows of an upgrade: its grounds beside the record, and naming the earlier complaint."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import permissions
from complaints.classes import ComplaintClass
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, Upgrade
from complaints.selectors import upgrades as reads
from complaints.web.desk.offers.acts import Asked, Button, Offer


@dataclass(frozen=True)
class UpgradePanel:
    """`upgrade` is None for what takes nothing further; `taken_further` are the upgrades of this one that the
    reader sees.
    """

    upgrade: Upgrade | None
    taken_further: Sequence[Complaint]
    naming: Offer | None


def panel(user: User, complaint: Complaint, *, allowed: frozenset[Verb]) -> UpgradePanel:
    """The panel for this person. `allowed` is `permissions.allowed_verbs`."""
    is_upgrade = complaint.complaint_class == ComplaintClass.UPGRADE
    return UpgradePanel(
        upgrade=reads.upgrade_of(complaint) if is_upgrade else None,
        taken_further=reads.taken_further(user, complaint),
        naming=_naming(user, complaint, allowed) if is_upgrade else None,
    )


def offer_to_name(user: User, complaint: Complaint) -> Offer:
    """Naming the earlier complaint, for the page of the act."""
    return _naming(user, complaint, permissions.allowed_verbs(user, complaint))


def _naming(user: User, complaint: Complaint, allowed: frozenset[Verb]) -> Offer:
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    reason = asked.refusal(Verb.NAME_EARLIER)
    if not reason and complaint.complaint_class != ComplaintClass.UPGRADE:
        reason = _("This complaint takes nothing further. Classify it as an upgrade first.")
    return Offer(
        name=Verb.NAME_EARLIER.value,
        label=Verb.NAME_EARLIER.label,
        href=reverse("desk:name-earlier", args=[complaint.reference]),
        button=Button("search"),
        reason=reason,
        comes_next=False,
    )
