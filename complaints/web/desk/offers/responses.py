"""The acts on a final response: which are possible now for this person, and why the others are not."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from complaints import conflicts, permissions
from complaints.errors import SecondPersonNeeded
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, FinalResponse
from complaints.responding import Missing, Requirements, ResponseState
from complaints.selectors import final_responses
from complaints.services import responses
from complaints.web.desk.offers.acts import Asked, Button, Offer

SEND = "send_response"
"""Resolving the complaint with a letter: the verb `resolve`, by another button."""

RESPONSE_BUTTONS: Mapping[str, Button] = {
    Verb.DRAFT_RESPONSE: Button("note"),
    Verb.APPROVE_RESPONSE: Button("check-circle", at_once=True),
    SEND: Button("send", at_once=True),
    Verb.RETURN_RESPONSE: Button("undo"),
}


def response_offers(
    user: User,
    complaint: Complaint,
    response: FinalResponse | None,
    required: Requirements,
    *,
    lacks: Sequence[Missing],
) -> list[Offer]:
    """All of them, in the order in which a letter needs them. `lacks` is what keeps it from being sent."""
    asked = Asked(user, complaint, Status(complaint.status), permissions.allowed_verbs(user, complaint), None)
    return [
        Offer(
            name=str(name),
            label=gettext_lazy("Send the final response") if name == SEND else Verb(name).label,
            href=reverse(f"desk:{name.replace('_', '-')}", args=[complaint.reference]),
            button=button,
            reason=_refusal(str(name), asked, response, required, lacks),
            comes_next=name == _next(user, response, lacks),
        )
        for name, button in RESPONSE_BUTTONS.items()
    ]


def _next(user: User, response: FinalResponse | None, lacks: Sequence[Missing]) -> str:
    if response is None or lacks:
        return Verb.DRAFT_RESPONSE
    if response.state == ResponseState.READY and response.drafted_by_id != user.pk:
        return Verb.APPROVE_RESPONSE
    return SEND


def _refusal(
    name: str, asked: Asked, response: FinalResponse | None, required: Requirements, lacks: Sequence[Missing]
) -> Any:
    verb = Verb.RESOLVE if name == SEND else Verb(name)
    if reason := asked.refusal(verb):
        return reason
    if verb == Verb.DRAFT_RESPONSE:
        return ""
    if response is None:
        return _("No final response has been written yet.")
    if verb == Verb.APPROVE_RESPONSE:
        if response.state != ResponseState.READY:
            return _("The letter has not been handed to a second person.")
        if response.drafted_by_id == asked.user.pk:
            return _("You wrote this letter yourself. Another senior person must approve it.")
        if asked.concern is not None:
            return conflicts.refusal(asked.user, asked.concern)
    if verb == Verb.RETURN_RESPONSE and response.state not in (ResponseState.READY, ResponseState.APPROVED):
        return _("The letter has not been handed to a second person.")
    if name == SEND:
        if lacks:
            return _("The letter is not complete; what is missing stands above it.")
        try:
            responses.check_approved(response, required)
        except SecondPersonNeeded as refusal:
            return str(refusal)
    return ""


def offer_of(name: str, user: User, complaint: Complaint) -> Offer:
    """The same for the page of one act."""
    response, required = final_responses.current(complaint), final_responses.requirements(complaint)
    lacks = final_responses.lacking(complaint, response, required) if response is not None else []
    offers = response_offers(user, complaint, response, required, lacks=lacks)
    return next(offer for offer in offers if offer.name == name)


DRAFT, APPROVE, RETURN, SENDING = (
    partial(offer_of, str(name)) for name in (Verb.DRAFT_RESPONSE, Verb.APPROVE_RESPONSE, Verb.RETURN_RESPONSE, SEND)
)
