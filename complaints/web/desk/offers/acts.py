"""The acts on a dossier: which ones are possible now, and why the others are not.

Screen and server ask the same two tables: `lifecycle.MOVES` (when) and `permissions.GRANTS` (who).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from complaints import conflicts, lifecycle, permissions
from complaints.classes import NEEDS_SECOND_PERSON, ComplaintClass
from complaints.conflicts import Concern
from complaints.errors import IllegalMove, NotAllowed
from complaints.lifecycle import SIGNING, Status, Verb
from complaints.models import Complaint, Decision, Remedy
from complaints.permissions import GRANTS
from complaints.remedying import RemedyState
from complaints.selectors import inquiries, objecting, transfers
from complaints.selectors.upgrades import is_taken_further
from complaints.services import answering
from complaints.services.casework import ENDS
from complaints.services.judgements import not_looked_into, valid_but_not_judged
from complaints.services.offers import it_has_lapsed
from complaints.services.proceedings import hold_of, kept_as_it_is
from complaints.services.remedies import refusal_to_resolve
from complaints.services.standing import lacks_authority, no_authority_on_file


@dataclass(frozen=True)
class Button:
    """How an act looks. `at_once`: one press does it; the others ask for something first."""

    symbol: str
    at_once: bool = False
    shortcut: str = ""
    serious: bool = False


TAKE = "take"
"""Assigning a complaint to oneself: the same verb as assigning it, with nothing left to choose."""

BUTTONS: Mapping[str, Button] = {
    Verb.ACKNOWLEDGE: Button("check", at_once=True),
    Verb.CONFIRM_CLASS: Button("check-circle"),
    Verb.REJECT_CLASS: Button("x-circle"),
    TAKE: Button("hand", at_once=True),
    Verb.INVESTIGATE: Button("search"),
    Verb.JUDGE: Button("scales"),
    Verb.CLASSIFY: Button("tag", shortcut="c"),
    Verb.RESUME: Button("arrow-right", at_once=True),
    Verb.SIGN: Button("check-circle"),
    Verb.REFUSE_TO_SIGN: Button("x-circle", serious=True),
    Verb.PROPOSE: Button("note"),
    Verb.TAKE_BACK_PROPOSAL: Button("undo"),
    Verb.RESOLVE: Button("check-circle"),
    Verb.DRAFT_RESPONSE: Button("note"),
    Verb.FOLLOW_UP: Button("phone"),
    Verb.CLOSE: Button("lock"),
    Verb.PLAN_REMEDY: Button("plus"),
    Verb.OFFER: Button("send"),
    Verb.ACCEPT_OFFER: Button("check"),
    Verb.REFUSE_OFFER: Button("x"),
    Verb.WAIT: Button("pause"),
    Verb.ASSIGN: Button("user", shortcut="a"),
    Verb.ASK_ANOTHER: Button("people"),
    Verb.TRANSFER: Button("building"),
    Verb.PRIORITISE: Button("flag"),
    Verb.ATTACH: Button("paperclip"),
    Verb.ISSUE_TASK: Button("list"),
    Verb.SPLIT: Button("copy"),
    Verb.CLAIM_FROM_SUPPLIER: Button("undo"),
    Verb.UPGRADE: Button("stairs"),
    Verb.MERGE: Button("merge", serious=True),
    Verb.WITHDRAW: Button("undo", serious=True),
    Verb.DECLINE: Button("x-circle", serious=True),
    Verb.REOPEN: Button("refresh"),
}
"""In the order in which a case usually needs them. Reply and note have the composer instead of a button."""

NEXT: Mapping[Status, str] = {
    Status.RECEIVED: Verb.ACKNOWLEDGE,
    Status.ASSESSING: Verb.RESOLVE,
    Status.CARRYING_OUT: Verb.RESOLVE,
    Status.AWAITING_SIGNOFF: Verb.SIGN,
    Status.WAITING: Verb.RESUME,
    Status.RESOLVED: Verb.CLOSE,
}
"""The act that usually comes next: its button stands out."""


@dataclass(frozen=True)
class Offer:
    """One act for one person and one complaint. `reason` says why it is not possible; empty when it is."""

    name: str
    label: Any
    href: str
    button: Button
    reason: str
    comes_next: bool

    @property
    def look(self) -> str:
        """The button's look, as components/button.html takes it."""
        if self.comes_next:
            return "primary"
        return "danger" if self.button.serious else ""


@dataclass(frozen=True)
class Offers:
    """All acts for one person and one complaint."""

    by_name: Mapping[str, Offer]

    @property
    def possible(self) -> list[Offer]:
        """Those that can be done now, the usual next one first."""
        return sorted(
            (offer for offer in self.by_name.values() if not offer.reason and offer.name in BUTTONS),
            key=lambda offer: (not offer.comes_next, offer.button.serious),
        )

    @property
    def impossible(self) -> list[Offer]:
        """Those that cannot, each with its reason."""
        return [offer for offer in self.by_name.values() if offer.reason and offer.name in BUTTONS]


_NOT_ABOUT_ONESELF = (*ENDS, Verb.RESOLVE, Verb.MERGE, Verb.CLASSIFY, Verb.CONFIRM_CLASS, Verb.REJECT_CLASS)


def offers(
    user: User,
    complaint: Complaint,
    *,
    allowed: frozenset[Verb],
    proposal: Decision | None,
    remedies: Sequence[Remedy],
) -> Offers:
    """What this person may do with this complaint now, and what not and why.

    `allowed` is `permissions.allowed_verbs`, `proposal` the class decision that waits for a second person, `remedies`
    all of the complaint.
    """
    status = Status(complaint.status)
    asked = Asked(user, complaint, status, allowed, proposal, remedies)
    comes_next = NEXT.get(status)
    if comes_next == Verb.RESOLVE and (refusal := asked.refusal(Verb.RESOLVE)):
        comes_next = Verb.PROPOSE if refusal == asked.unsigned and not asked.refusal(Verb.PROPOSE) else None
    if proposal is not None and not asked.refusal(Verb.CONFIRM_CLASS):
        comes_next = Verb.CONFIRM_CLASS
    names: Sequence[str] = [*BUTTONS, Verb.REPLY, Verb.NOTE]
    return Offers(
        {
            str(name): Offer(
                name=str(name),
                label=label(name),
                href=reverse(f"desk:{str(name).replace('_', '-')}", args=[complaint.reference]),
                button=BUTTONS.get(name, Button("send")),
                reason=asked.refusal(name),
                comes_next=name == comes_next,
            )
            for name in names
        }
    )


def label(name: str) -> Any:
    """The words on the button."""
    return gettext_lazy("Take it myself") if name == TAKE else Verb(name).label


@dataclass(frozen=True)
class Asked:
    """The question whether a person may do something with a complaint now, with all that the answer rests on."""

    user: User
    complaint: Complaint
    status: Status
    allowed: frozenset[Verb]
    proposal: Decision | None
    remedies: Sequence[Remedy] = ()

    def refusal(self, name: str) -> str:
        """Why the act is not possible; empty when it is."""
        verb = Verb.ASSIGN if name == TAKE else Verb(name)
        try:
            lifecycle.after(self.status, verb)
        except IllegalMove as refusal:
            return str(refusal)
        if verb in SIGNING and verb not in self.allowed:
            return _("No signature of yours is waited for now.")
        if verb not in self.allowed:
            return _("Your roles do not include this act here. These may do it: %(roles)s.") % {
                # Translators: stands between the parts of a list.
                "roles": _(", ").join(str(role.label) for role, verbs in GRANTS.items() if verb in verbs)
            }
        return str(self._refusal_for_remedies(name) or self._further_refusal(name))

    @cached_property
    def _is_transferred(self) -> bool:
        """Whether a transfer waits for somebody already. Asked once."""
        return transfers.is_open(self.complaint)

    @cached_property
    def concern(self) -> Concern | None:
        """Why the complaint concerns the person, if it does. Asked once for all the acts."""
        return conflicts.concerned(self.complaint).get(self.user.pk)

    @cached_property
    def _not_leading(self) -> str:
        """Why the person does not lead what was declared major; empty where they may. Asked once."""
        try:
            permissions.check_leads(self.user, self.complaint)
        except NotAllowed as refusal:
            return str(refusal)
        return ""

    @cached_property
    def _is_held(self) -> bool:
        """Whether a legal hold keeps the complaint from ending. Asked once for all the acts."""
        return hold_of(self.complaint) is not None

    @cached_property
    def unsigned(self) -> str:
        """Why the complaint is not answered before somebody has signed; empty where nobody has to. Asked once."""
        return answering.refusal(self.complaint)

    def _further_refusal(self, name: str) -> Any:
        if name == Verb.TRANSFER and self._is_transferred:
            return _("A transfer of this complaint waits to be answered or decided. Let it be settled first.")
        if name == Verb.ASK_ANOTHER and self.complaint.holder_id is None:
            return _("Nobody handles this complaint yet, so there is nobody to be replaced.")
        if name == TAKE and self.complaint.holder_id == self.user.pk:
            return _("You hold this complaint already.")
        if name in (TAKE, Verb.RESOLVE, Verb.DECLINE) and self._not_leading:
            return self._not_leading
        if name == TAKE and Verb.RESOLVE not in self.allowed:
            return _("Your roles do not include answering complaints of this department.")
        if name == TAKE and self.concern is not None:
            return conflicts.refusal(self.user, self.concern)
        if name in (Verb.INVESTIGATE, Verb.JUDGE) and self.concern is not None:
            return _("The complaint concerns you. Somebody else must look into it and judge it.")
        if name == Verb.JUDGE and not inquiries.looked_into(self.complaint):
            return not_looked_into()
        if name in _NOT_ABOUT_ONESELF and self.concern in conflicts.ABOUT_THEM:
            return _("The complaint concerns you. Somebody else must decide about it.")
        if name in (Verb.RESOLVE, Verb.DECLINE) and self.concern is not None:
            return conflicts.refusal(self.user, self.concern)
        if name in (*ENDS, Verb.MERGE) and self._is_held:
            return kept_as_it_is()
        if name == Verb.RESOLVE and lacks_authority(self.complaint):
            return no_authority_on_file()
        if name == Verb.RESOLVE:
            valid = self.complaint.complaint_class == ComplaintClass.VALID
            if valid and not inquiries.is_judged(self.complaint):
                return valid_but_not_judged(inquiries.unjudged(self.complaint))
            return self.unsigned
        if name == Verb.CLASSIFY and self.proposal is not None:
            return _("A decision about the class already waits for a second person. Let it be settled first.")
        if name == Verb.UPGRADE and is_taken_further(self.complaint):
            return _("This complaint has been taken further already. It goes on there.")
        if name == Verb.FOLLOW_UP and not permissions.is_follower_up(self.user, self.complaint):
            return _("A major complaint is followed up by the head of the department in person.")
        if name in (Verb.CONFIRM_CLASS, Verb.REJECT_CLASS):
            if self.proposal is None:
                return _("No decision about the class waits for a second person.")
            if self.proposal.decided_by_id == self.user.pk:
                return _("You proposed this class yourself. Another senior person must look at it.")
            if name == Verb.CONFIRM_CLASS and self.proposal.complaint_class in NEEDS_SECOND_PERSON:
                waits = objecting.open_objection(self.complaint) is not None
                return _("The complainant has objected. A third person must decide about that first.") if waits else ""
        return ""

    def _refusal_for_remedies(self, name: str) -> str:
        states = {remedy.state for remedy in self.remedies}
        lapsed = any(remedy.has_lapsed for remedy in self.remedies)
        if name == Verb.ACCEPT_OFFER and lapsed:
            return it_has_lapsed()
        if name == Verb.OFFER and lapsed:
            return ""
        if name == Verb.OFFER and RemedyState.OFFERED in states:
            return _("An offer waits for the complainant's answer. Record the answer, or drop it first.")
        if name == Verb.OFFER and RemedyState.PLANNED not in states:
            return _("No remedy is planned. Plan one first.")
        if name in (Verb.ACCEPT_OFFER, Verb.REFUSE_OFFER) and RemedyState.OFFERED not in states:
            return _("No offer waits for an answer.")
        return refusal_to_resolve(self.remedies) if name == Verb.RESOLVE else ""


def offers_for(user: User, complaint: Complaint) -> Offers:
    """The same, reading what it rests on: for the page of a single act."""
    return offers(
        user,
        complaint,
        allowed=permissions.allowed_verbs(user, complaint),
        proposal=_proposal_of(complaint),
        remedies=list(complaint.remedies.all()),
    )


def _proposal_of(complaint: Complaint) -> Decision | None:
    waiting = complaint.decisions.filter(state=Decision.State.PROPOSED, conversion="")
    return waiting.select_related("decided_by").first()
