"""The acts about deadlines on a dossier: which ones are possible now, and why the others are not.

The same two tables as for all acts, `lifecycle.MOVES` and `permissions.GRANTS`, and then what the clocks say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from complaints.web.desk.offers.acts import Asked, Button, Offer
from escalation import selectors
from escalation.models import Clock, Extension

BUTTONS: Mapping[Verb, Button] = {
    Verb.PROMISE: Button("calendar"),
    Verb.FULFIL: Button("check"),
    Verb.ASK_EXTENSION: Button("hourglass"),
    Verb.GRANT_EXTENSION: Button("check-circle"),
    Verb.REFUSE_EXTENSION: Button("x-circle"),
    Verb.REFER: Button("send"),
}
UPON_REQUEST: Sequence[Verb] = (Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION)
"""Acts that stand beside a request for more time, not among the others."""


@dataclass(frozen=True)
class DeadlineActs:
    """What one person may do about the deadlines of one complaint, and the requests for more time that wait."""

    offers: Mapping[str, Offer]
    waiting: Sequence[Extension]
    requests: Sequence[Extension]

    @property
    def granted(self) -> list[Extension]:
        """What was granted."""
        return [request for request in self.requests if request.state == Extension.State.GRANTED]

    @property
    def possible(self) -> list[Offer]:
        """Those that can be done now."""
        return [offer for name, offer in self.offers.items() if name not in UPON_REQUEST and not offer.reason]

    @property
    def impossible(self) -> list[Offer]:
        """Those that cannot, each with its reason."""
        return [offer for name, offer in self.offers.items() if name not in UPON_REQUEST and offer.reason]

    @property
    def decisions(self) -> list[Offer]:
        """Granting and refusing, where something waits for it."""
        return [self.offers[name] for name in UPON_REQUEST] if self.waiting else []


def deadline_acts(user: User, complaint: Complaint, clocks: Sequence[Clock]) -> DeadlineActs:
    """The acts for this person, from the clocks in hand."""
    now = timezone.now()
    requests = selectors.requests_of(complaint)
    asked = Asked(user, complaint, Status(complaint.status), permissions.allowed_verbs(user, complaint), proposal=None)
    waiting = selectors.waiting_of(requests, now)
    return DeadlineActs(
        {
            verb.value: Offer(
                name=verb.value,
                label=verb.label,
                href=reverse(f"escalation:{verb.value.replace('_', '-')}", args=[complaint.reference]),
                button=button,
                reason=asked.refusal(verb) or _refusal(verb, user, clocks, requests, now),
                comes_next=False,
            )
            for verb, button in BUTTONS.items()
        },
        waiting,
        requests,
    )


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """One of them, for the page of the act."""
    return deadline_acts(user, complaint, selectors.clocks_of(complaint)).offers[verb.value]


def _refusal(verb: Verb, user: User, clocks: Sequence[Clock], requests: Sequence[Extension], now: datetime) -> str:
    if verb == Verb.FULFIL and not selectors.fulfillable(clocks):
        return _("Nothing waits to be recorded: no promise or review is open.")
    if verb == Verb.ASK_EXTENSION:
        return selectors.extendable(clocks, requests, now).reason
    if verb in UPON_REQUEST:
        waiting = selectors.waiting_of(requests, now)
        if not waiting:
            return _("No request for more time waits for a decision.")
        if all(request.asked_by_id == user.pk for request in waiting):
            return _("You asked for more time yourself. Somebody else must decide.")
    return ""
