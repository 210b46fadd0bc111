"""The acts between departments: what the dossier shows of transfers, and what a person may do about them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import lifecycle, permissions
from complaints.lifecycle import Status, Verb
from complaints.models import Briefing, Complaint, Transfer
from complaints.selectors import head_office, transfers
from complaints.web.desk.offers.acts import Button, Offer
from complaints.web.desk.story import Entry

BUTTONS: Mapping[Verb, Button] = {
    Verb.ACCEPT_TRANSFER: Button("check", at_once=True),
    Verb.OBJECT_TO_TRANSFER: Button("x-circle", serious=True),
    Verb.ARBITRATE: Button("scales"),
    Verb.TAKE_BACK_TRANSFER: Button("undo"),
    Verb.INTRODUCE: Button("phone"),
    Verb.REPORT_BACK: Button("send"),
    Verb.BRIEF: Button("note"),
    Verb.CATEGORISE: Button("tag"),
    Verb.WATCH: Button("eye", at_once=True),
    Verb.UNWATCH: Button("eye", at_once=True),
}


@dataclass(frozen=True)
class Between:
    """What the dossier shows: the transfer that waits, who has to tell the complainant, and what was before."""

    waiting: Transfer | None
    untold: Transfer | None
    moved: Transfer | None
    """The last one by which another department became responsible: its note is for whoever works on it now."""
    transfers: Sequence[Transfer]
    origin: Entry | None
    """How it was registered: which category led here, or what was chosen against it."""
    briefings: Sequence[Briefing]
    watchers: Sequence[User]
    offers: Sequence[Offer]


def panel(
    user: User,
    complaint: Complaint,
    transfers: Sequence[Transfer],
    *,
    allowed: frozenset[Verb],
    story: Sequence[Entry],
) -> Between:
    """The transfers of a dossier, the newest first, with the buttons for what is `allowed` now. Two queries."""
    newest_first = list(reversed(transfers))
    briefings = list(head_office.briefings_of([complaint]))
    watchers = [watch.user for watch in complaint.watches.filter(ended_at=None).select_related("user")]
    waiting = next((each for each in newest_first if each.is_open), None)
    untold = next((each for each in newest_first if each.is_untold), None) if complaint.is_open else None
    verbs = [verb for verb in BUTTONS if verb in allowed and lifecycle.possible(Status(complaint.status), verb)]
    pointless = {
        Verb.INTRODUCE: untold is None,
        Verb.TAKE_BACK_TRANSFER: waiting is None,
        Verb.REPORT_BACK: all(briefing.answered_at for briefing in briefings),
        Verb.WATCH: user in watchers,
        Verb.UNWATCH: user not in watchers,
    }
    verbs = [verb for verb in verbs if not pointless.get(verb)]
    return Between(
        waiting=waiting,
        untold=untold,
        moved=next((each for each in newest_first if each.moved_at is not None), None),
        transfers=newest_first,
        origin=next((entry for entry in story if entry.kind == Verb.REGISTER), None),
        briefings=briefings,
        watchers=watchers,
        offers=[_offer(complaint, verb) for verb in verbs],
    )


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act: possible when the complaint stands so that this person may do it."""
    return _offer(complaint, verb, _refusal(verb, user, complaint))


def _refusal(verb: Verb, user: User, complaint: Complaint) -> str:
    allowed = permissions.allowed_verbs(user, complaint)
    if verb not in allowed or not lifecycle.possible(Status(complaint.status), verb):
        return _("There is nothing about which you may do this now.")
    if verb == Verb.REPORT_BACK and not complaint.briefings.filter(answered_at=None).exists():
        return _("No briefing waits for an answer.")
    if verb == Verb.TAKE_BACK_TRANSFER and not transfers.is_open(complaint):
        return _("No transfer of this complaint waits for an answer.")
    if verb == Verb.INTRODUCE and not any(transfer.is_untold for transfer in complaint.transfers.all()):
        return _("The complainant knows who deals with their complaint.")
    return ""


def _offer(complaint: Complaint, verb: Verb, reason: str = "") -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=BUTTONS[verb],
        reason=reason,
        comes_next=verb in (Verb.ACCEPT_TRANSFER, Verb.ARBITRATE),
    )


def for_act(verb: Verb) -> Callable[[User, Complaint], Offer]:
    """How the page of this act asks whether it is possible."""
    return partial(offer_of, verb)
