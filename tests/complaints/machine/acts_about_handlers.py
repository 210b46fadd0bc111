"""The rules of wishes for another handler."""

from complaints.lifecycle import Verb
from complaints.rehandling import Wish
from complaints.services import rehandling
from complaints.vocabulary import Channel
from tests.complaints.machine.acts import Move, does


@does(Verb.ASK_ANOTHER)
def _ask(m: Move) -> object:
    wish = m.hand.one(Wish)
    if m.hand.chance(2):
        return rehandling.ask_another(complaint_id=m.complaint.pk, reasons=m.hand.text(), wish=wish)
    return rehandling.record_ask_another(**m.given, reasons=m.hand.text(), through=Channel.PHONE, wish=wish)


@does(Verb.GRANT_ANOTHER)
def _grant(m: Move) -> object:
    to = {"to": m.person()} if m.hand.chance(2) else {}
    return rehandling.grant_another(**m.given, answer=m.hand.remark(), **to)


@does(Verb.REFUSE_ANOTHER)
def _refuse(m: Move) -> object:
    return rehandling.refuse_another(**m.given, answer=m.hand.text())
