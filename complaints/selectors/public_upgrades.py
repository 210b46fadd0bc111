"""What the complainant sees of an upgrade: that their complaint was taken further and where it goes on. Reads only.

Only what they demanded from their own case leads to the other: a complaint that the office says is the earlier one of
an upgrade without a number may be somebody else's.
"""

from dataclasses import dataclass

from complaints.lifecycle import Status, Verb, possible
from complaints.models import Complaint
from complaints.selectors.upgrades import is_taken_further


@dataclass(frozen=True)
class PublicUpgrade:
    """`went_to` is where this complaint goes further, `came_from` the reference of the one that this takes further."""

    can_demand: bool
    went_to: Complaint | None = None
    came_from: str = ""


def public_upgrade(complaint: Complaint) -> PublicUpgrade:
    """In three queries."""
    events = complaint.events.filter(kind__in=[Verb.REGISTER, Verb.UPGRADE]).order_by("sequence")
    ids = {event.kind: event.data.get("went_to") or event.data.get("upgrade_of") for event in events}
    named = Complaint.objects.in_bulk({pk for pk in ids.values() if pk is not None})
    came_from = named.get(ids.get(Verb.REGISTER) or 0)
    return PublicUpgrade(
        can_demand=possible(Status(complaint.status), Verb.UPGRADE) and not is_taken_further(complaint),
        went_to=named.get(ids.get(Verb.UPGRADE) or 0),
        came_from=came_from.reference if came_from is not None else "",
    )
