"""Another handler at the complainant's wish: asked for, and granted or refused by somebody senior. (Mission M43.)"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import conflicts, events, lifecycle, permissions, selectors
from complaints.errors import ConflictOfInterest, IllegalMove, NotAllowed, SecondPersonNeeded, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text
from complaints.models import Complaint, HandlerWish
from complaints.placeholders import check_words
from complaints.rehandling import Wish, WishState
from complaints.selectors import handler_wishes
from complaints.services import acting, handing
from complaints.services.offers import HEARD_THROUGH
from complaints.services.searching import add_words
from complaints.vocabulary import Channel


@transaction.atomic
def ask_another(*, complaint_id: int, reasons: str, wish: Wish = Wish.ANOTHER) -> HandlerWish:
    """The complainant asks on their page for another handler, or for the supervisor, and says why. Those who may
    decide are told. Raises IllegalMove while nobody handles it, and while such a wish waits already.
    """
    complaint = selectors.locked(complaint_id)
    return _ask(complaint, None, Channel.WEB, reasons, wish)


@transaction.atomic
def record_ask_another(
    *, complaint_id: int, by: User, reasons: str, through: Channel, wish: Wish = Wish.ANOTHER
) -> HandlerWish:
    """Record that the complainant asks for another handler, or for the supervisor, in their own words, and how they
    said so. Raises Invalid, IllegalMove.
    """
    complaint = selectors.locked(complaint_id)
    permissions.check(by, Verb.ASK_ANOTHER, complaint)
    if through not in HEARD_THROUGH:
        raise invalid("through", _("Say how the complainant told you."))
    return _ask(complaint, by, Channel(through), reasons, wish)


@transaction.atomic
def grant_another(*, complaint_id: int, by: User, to: User | None = None, answer: str = "") -> HandlerWish:
    """Give the complaint to another handler: to whom the decider names, who may be themselves, or else to whoever
    holds its tier now. Whoever handled it until now does not get it again. The complainant is told who it is, and the
    `answer` if there is one.

    Raises SecondPersonNeeded for the handler themselves, ConflictOfInterest, NotAllowed for who is not senior to them,
    Invalid, IllegalMove.
    """
    complaint, wish = _held_for_deciding(complaint_id, by, Verb.GRANT_ANOTHER)
    _decide(wish, WishState.GRANTED, by, check_words("answer", answer) if answer.strip() else "")
    before = Status(complaint.status)
    concerned = {**conflicts.concerned(complaint), wish.holder_id: conflicts.Concern.REPLACED}
    handed = _to_the_next(complaint, concerned) if to is None else _named(complaint, to, concerned)
    if complaint.holder_id is None:
        raise invalid("to", _("Nobody else was found who could take it. Name somebody, or take it over yourself."))
    complaint.save(update_fields=["holder"])
    wish.went_to_id = complaint.holder_id
    wish.save()
    events.record(
        complaint,
        kind=Verb.GRANT_ANOTHER,
        by=by,
        at=timezone.now(),
        before=str(before),
        after=str(lifecycle.after(before, Verb.GRANT_ANOTHER)),
        wish=wish.number,
        **handed,
    )
    return wish


@transaction.atomic
def refuse_another(*, complaint_id: int, by: User, answer: str) -> HandlerWish:
    """Leave the complaint with whoever handles it; the complainant reads why. Raises what granting does."""
    complaint, wish = _held_for_deciding(complaint_id, by, Verb.REFUSE_ANOTHER)
    _decide(wish, WishState.REFUSED, by, check_words("answer", answer))
    wish.save()
    events.record(
        complaint,
        kind=Verb.REFUSE_ANOTHER,
        by=by,
        at=timezone.now(),
        wish=wish.number,
        holder=wish.holder_id,
    )
    return wish


def _ask(complaint: Complaint, by: User | None, through: Channel, reasons: str, wish: Wish) -> HandlerWish:
    lifecycle.after(Status(complaint.status), Verb.ASK_ANOTHER)
    if complaint.holder_id is None:
        raise IllegalMove(_("Nobody handles this complaint yet, so there is nobody to be replaced."))
    if handler_wishes.open_wish(complaint) is not None:
        raise IllegalMove(_("This was asked for already, and waits for a decision. More can be said in a message."))
    complaint.handler_wishes.filter(state=WishState.OPEN).update(state=WishState.OVERTAKEN)
    last = complaint.handler_wishes.order_by("-number").first()
    made = HandlerWish.objects.create(
        complaint=complaint,
        number=last.number + 1 if last else 1,
        wish=Wish(wish),
        reasons=check_text("reasons", reasons),
        through=through,
        recorded_by=by,
        made_at=timezone.now(),
        holder_id=complaint.holder_id,
    )
    add_words(complaint, made.reasons)
    asked = handler_wishes.deciders(complaint)
    events.record(
        complaint,
        kind=Verb.ASK_ANOTHER,
        by=by or complaint.complainant,
        at=made.made_at,
        wish=made.number,
        wished=str(made.wish),
        through=str(through),
        holder=made.holder_id,
        asked=asked,
        unmanned=not asked,
    )
    return made


def _held_for_deciding(complaint_id: int, by: User, verb: Verb) -> tuple[Complaint, HandlerWish]:
    complaint = acting.held_for(complaint_id, by, verb)
    wish = handler_wishes.open_wish(complaint)
    if wish is None:
        raise IllegalMove(no_wish_waits())
    check_decides(by, complaint)
    return complaint, wish


def no_wish_waits() -> str:
    """Why nothing can be decided."""
    return _("Nobody asks for another handler of this complaint.")


def check_decides(by: User, complaint: Complaint) -> None:
    """Raise SecondPersonNeeded for whoever handles the complaint, ConflictOfInterest for whom it concerns, NotAllowed
    for who is not senior to the handler.
    """
    if complaint.holder_id == by.pk:
        raise SecondPersonNeeded(_("The complainant asks for somebody else than you. Somebody senior must decide."))
    if by.pk in conflicts.concerned(complaint):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot decide anything about it.") % {"name": by.name}
        )
    if not handler_wishes.may_decide(by, complaint):
        raise NotAllowed(_("Whether somebody else handles it decides who is senior to the present handler."))


def _decide(wish: HandlerWish, state: WishState, by: User, answer: str) -> None:
    wish.state, wish.decided_by, wish.decided_at, wish.answer = state, by, timezone.now(), answer


def _to_the_next(complaint: Complaint, concerned: conflicts.Concerned) -> dict[str, Any]:
    """Put the held complaint into the hands of whoever holds its tier. That the handler is not asked goes without
    saying.
    """
    handed = handing.hand_on(complaint, concerned)
    others = [person for person in handed["passed_over"] if concerned[person] != conflicts.Concern.REPLACED]
    return handed | {"passed_over": others}


def _named(complaint: Complaint, to: User, concerned: conflicts.Concerned) -> dict[str, Any]:
    """Put the held complaint into the hands of whom the decider names."""
    if (concern := concerned.get(to.pk)) is not None:
        sentence = conflicts.refusal(to, concern)
        raise ConflictOfInterest(sentence, errors={"to": [sentence]})
    permissions.check_can_handle("to", to, complaint)
    handing.leave_circle(complaint, concerned)
    before, complaint.holder = complaint.holder_id, to
    return {"holder_before": before, "holder": to.pk}
