"""The rules of interim measures."""

from complaints.lifecycle import Verb
from complaints.measuring import MeasureKind
from complaints.services import measures
from tests.complaints.machine.acts import Move, does


@does(Verb.ORDER_MEASURE)
def _order(m: Move) -> object:
    until = {"until": m.hand.ahead().date()} if m.hand.chance(2) else {}
    kind = m.hand.one(MeasureKind)
    return measures.order_measure(**m.given, kind=kind, what=m.hand.text(), reasons=m.hand.text(), **until)


@does(Verb.END_MEASURE)
def _end(m: Move) -> object:
    return measures.end_measure(**m.given, number=m.hand.part(m.numbers("measures")), reasons=m.hand.text())
