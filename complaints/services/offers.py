"""Offering remedies to the complainant, for choice if there are several, and their answer. (Mission M13, S2-64.)

An offer is one or several options; the remedies of one option come together. The complainant picks one option on
their page, or tells the office, which records it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, lifecycle, permissions, remedying, selectors
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_promised, check_text
from complaints.models import Complaint, Message, Remedy, RemedyItem
from complaints.models.remedy import digest_of_offer
from complaints.placeholders import check_words
from complaints.remedying import RemedyKind, RemedyState, checked_amount, in_money
from complaints.services import acting, messages, remedies, standing
from complaints.vocabulary import Channel

MOST_OPTIONS = 6
"""More than these nobody can choose from."""

HEARD_THROUGH: tuple[Channel, ...] = (
    Channel.PHONE,
    Channel.VISIT,
    Channel.LETTER,
    Channel.EMAIL,
    Channel.SMS,
    Channel.FOLLOW_UP,
    Channel.VOICEMAIL,
)
"""How the office may have had the complainant's answer."""


@dataclass(frozen=True)
class Agreed:
    """What was agreed on for one line of one remedy, where it is less than was offered."""

    remedy: int
    line: int
    amount: Decimal


@transaction.atomic
def offer(
    *,
    complaint_id: int,
    by: User,
    options: Sequence[Sequence[int]],
    message: str,
    stands_until: datetime | None = None,
) -> list[Remedy]:
    """Offer planned remedies to the complainant, in the office's own words; they choose one of the `options`, each a
    list of numbers of remedies that come together.

    `stands_until` is a moment ahead, at most a year, after which the offer cannot be accepted any more: then it has
    lapsed, and what it held may be offered anew. Without one it stands until it is answered or dropped.
    Raises Invalid, IllegalMove while another offer waits for an answer, NoAuthority where the complainant speaks for
    somebody else and has not shown that they may, and what `remedies.check_released` raises.
    """
    complaint = acting.held_for(complaint_id, by, Verb.OFFER)
    standing.check_authority(complaint)
    now = timezone.now()
    if stands_until is not None:
        check_promised("stands_until", stands_until, now)
    number = 1 + max((other.offer or 0 for other in complaint.remedies.all()), default=0)
    lapsed = _plan_what_has_lapsed(complaint, now)
    chosen = _checked_options(complaint, options)
    told = messages.write(complaint, kind=Message.Kind.REPLY, author=by, body=check_words("message", message), at=now)
    for remedy, option in chosen:
        remedies.check_released(remedy)
        remedy.state = remedying.after(RemedyKind(remedy.kind), RemedyState(remedy.state), Verb.OFFER)
        remedy.offer, remedy.option, remedy.offered_by, remedy.offered_at = number, option, by, now
        remedy.stands_until = stands_until
        remedy.save(update_fields=["state", "offer", "option", "offered_by", "offered_at", "stands_until"])
    moved = remedies.follow(complaint, Verb.OFFER)
    events.record(
        complaint,
        kind=Verb.OFFER,
        by=by,
        at=now,
        **moved,
        offer=number,
        options=[list(option) for option in options],
        stands_until=stands_until.isoformat() if stands_until else None,
        lapsed=lapsed,
        message=told.pk,
    )
    return [remedy for remedy, _option in chosen]


@transaction.atomic
def choose(*, complaint_id: int, option: int, digest: str) -> list[Remedy]:
    """The complainant takes one option on their page: its remedies are agreed, the others not chosen.

    `digest` is that of the offer as they have read it (SHA-256, hex). Raises Invalid.
    """
    complaint = selectors.locked(complaint_id)
    return _accept(complaint, option, None, Channel.WEB, (), digest)


@transaction.atomic
def record_choice(
    *,
    complaint_id: int,
    by: User,
    option: int,
    through: Channel,
    digest: str,
    agreed: Sequence[Agreed] = (),
    note: str = "",
) -> list[Remedy]:
    """Record which option the complainant took, and how they said so. `agreed` names the lines for which they took
    less than was offered; for more there must be another offer. `digest` is that of the offer as it was read to them
    (SHA-256, hex). Raises Invalid.
    """
    complaint = selectors.locked(complaint_id)
    permissions.check(by, Verb.ACCEPT_OFFER, complaint)
    return _accept(complaint, option, by, _checked_way(through), agreed, digest, note)


@transaction.atomic
def turn_down(*, complaint_id: int, offer_number: int, body: str = "") -> list[Remedy]:
    """The complainant refuses all that is offered, on their page; with words of theirs if they like."""
    complaint = selectors.locked(complaint_id)
    return _refuse(complaint, None, Channel.WEB, body, offer_number)


@transaction.atomic
def record_refusal(*, complaint_id: int, by: User, through: Channel, note: str = "") -> list[Remedy]:
    """Record that the complainant refuses all that is offered, and how they said so."""
    complaint = selectors.locked(complaint_id)
    permissions.check(by, Verb.REFUSE_OFFER, complaint)
    return _refuse(complaint, by, _checked_way(through), note, None)


def _accept(
    complaint: Complaint,
    option: int,
    by: User | None,
    through: Channel,
    agreed: Sequence[Agreed],
    digest: str,
    note: str = "",
) -> list[Remedy]:
    offered = _waiting(complaint, Verb.ACCEPT_OFFER, None)
    if digest != digest_of_offer(offered):
        raise invalid("digest", _("The offer has changed since it was read. Look at it as it stands now."))
    if offered[0].has_lapsed:
        raise IllegalMove(it_has_lapsed())
    taken = [remedy for remedy in offered if remedy.option == option]
    if not taken:
        raise invalid("option", _("This is not among what is offered. Look at the offer again."))
    items = _agreed_items(taken, agreed)
    now = timezone.now()
    for remedy in offered:
        state = RemedyState(remedy.state)
        remedy.state = RemedyState.NOT_CHOSEN
        if remedy in taken:
            remedy.state = remedying.after(RemedyKind(remedy.kind), state, Verb.ACCEPT_OFFER)
    _save_answer(offered, by, through, now)
    RemedyItem.objects.bulk_update(items, ["accepted"])
    words = _words(complaint, by, note, now)
    _record(complaint, Verb.ACCEPT_OFFER, by, now, taken, through, option=option, **words)
    return taken


def _refuse(
    complaint: Complaint, by: User | None, through: Channel, body: str, offer_number: int | None
) -> list[Remedy]:
    offered = _waiting(complaint, Verb.REFUSE_OFFER, offer_number)
    now = timezone.now()
    for remedy in offered:
        remedy.state = remedying.after(RemedyKind(remedy.kind), RemedyState(remedy.state), Verb.REFUSE_OFFER)
    _save_answer(offered, by, through, now)
    words = _words(complaint, by, body, now)
    _record(complaint, Verb.REFUSE_OFFER, by, now, offered, through, **words)
    return offered


def _offered(complaint: Complaint) -> list[Remedy]:
    """What waits for the complainant's answer."""
    return list(complaint.remedies.filter(state=RemedyState.OFFERED).prefetch_related("items"))


def _plan_what_has_lapsed(complaint: Complaint, now: datetime) -> list[int]:
    """Make what was offered until a moment that has passed planned again; their numbers. Raises IllegalMove while an
    offer stands.
    """
    offered = _offered(complaint)
    if any(not remedying.has_lapsed(remedy.state, remedy.stands_until, now) for remedy in offered):
        raise IllegalMove(
            _("An offer waits for the complainant's answer. Record the answer, or drop it, before you offer anew.")
        )
    for remedy in offered:
        remedy.state = RemedyState.PLANNED
        remedy.offer = remedy.option = remedy.offered_by = remedy.offered_at = remedy.stands_until = None
    Remedy.objects.bulk_update(offered, ["state", "offer", "option", "offered_by", "offered_at", "stands_until"])
    return [remedy.number for remedy in offered]


def it_has_lapsed() -> str:
    """Why an offer cannot be accepted any more: for the complainant as well as for the office."""
    return _("This offer stood until a date that has passed, so it cannot be accepted any more.")


def _waiting(complaint: Complaint, verb: Verb, offer_number: int | None) -> list[Remedy]:
    """The same, when an answer to it is possible. Raises IllegalMove, also when it is no longer the offer they saw."""
    lifecycle.after(Status(complaint.status), verb)
    offered = _offered(complaint)
    if not offered:
        raise IllegalMove(_("No offer waits for an answer."))
    if offer_number is not None and offered[0].offer != offer_number:
        raise IllegalMove(_("This offer has been replaced by another one. Look at it before you answer."))
    return offered


def _checked_options(complaint: Complaint, options: Sequence[Sequence[int]]) -> list[tuple[Remedy, int]]:
    """The planned remedies with the option each belongs to."""
    numbers = [number for option in options for number in option]
    if not numbers or not all(options):
        raise invalid("options", _("Choose what to offer."))
    if len(set(numbers)) < len(numbers):
        raise invalid("options", _("Each remedy can be offered once."))
    if len(options) > MOST_OPTIONS:
        raise invalid("options", _("At most %(limit)d options are taken.") % {"limit": MOST_OPTIONS})
    planned = {remedy.number: remedy for remedy in complaint.remedies.prefetch_related("items")}
    for number in numbers:
        if number not in planned or planned[number].state != RemedyState.PLANNED:
            raise invalid("options", _("The complaint has no planned remedy no. %(number)d.") % {"number": number})
        planned[number].complaint = complaint
    return [(planned[number], place) for place, option in enumerate(options, start=1) for number in option]


def _agreed_items(taken: Sequence[Remedy], agreed: Sequence[Agreed]) -> list[RemedyItem]:
    """The lines of what is taken, each with the amount agreed on; not saved."""
    less = {(each.remedy, each.line): each.amount for each in agreed}
    if len(less) < len(agreed):
        raise invalid("agreed", _("Each line can be named once."))
    items = []
    for remedy in taken:
        for item in remedy.items.all():
            amount = less.pop((remedy.number, item.number), item.offered)
            item.accepted = checked_amount("agreed", amount, remedy.currency)
            if item.accepted > item.offered:
                raise invalid(
                    "agreed",
                    _("Remedy no. %(number)d: %(offered)s is offered. For more, make another offer.")
                    % {"number": remedy.number, "offered": in_money(item.offered, remedy.currency)},
                )
            items.append(item)
    if less:
        raise invalid("agreed", _("What was chosen has no such line of money."))
    return items


def _checked_way(through: Channel) -> Channel:
    if through not in HEARD_THROUGH:
        raise invalid("through", _("Say how the complainant told you."))
    return Channel(through)


def _save_answer(offered: Sequence[Remedy], by: User | None, through: Channel, at: datetime) -> None:
    for remedy in offered:
        remedy.answered_by, remedy.answered_through, remedy.answered_at = by, through, at
    Remedy.objects.bulk_update(offered, ["state", "answered_by", "answered_through", "answered_at"])


def _words(complaint: Complaint, by: User | None, body: str, at: datetime) -> dict[str, Any]:
    """What was said besides yes or no: the complainant's own words, or the office's note of them."""
    if not body.strip():
        return {}
    kind = Message.Kind.NOTE if by else Message.Kind.HEARD
    said = messages.write(complaint, kind=kind, author=by, body=check_text("note" if by else "body", body), at=at)
    return {"message": said.pk}


def _record(
    complaint: Complaint,
    verb: Verb,
    by: User | None,
    at: datetime,
    about: Sequence[Remedy],
    through: Channel,
    **data: Any,
) -> None:
    moved = remedies.follow(complaint, verb)
    events.record(
        complaint,
        kind=verb,
        by=by or complaint.complainant,
        at=at,
        **moved,
        offer=about[0].offer,
        remedies=[remedy.number for remedy in about],
        through=str(through),
        **data,
    )
