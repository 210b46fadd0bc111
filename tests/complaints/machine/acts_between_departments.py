"""The rules of what goes on between departments: transfers, categories, briefings, watching."""

from complaints.lifecycle import Verb
from complaints.services import head_office, routing, transfers
from tests.complaints.machine.acts import Move, does


@does(Verb.ACCEPT_TRANSFER)
def _accept(m: Move) -> object:
    return transfers.accept(**m.given)


@does(Verb.OBJECT_TO_TRANSFER)
def _object(m: Move) -> object:
    proposed = {"proposed": m.department()} if m.hand.chance(3) else {}
    return transfers.object_to(**m.given, reasons=m.hand.text(), **proposed)


@does(Verb.ARBITRATE)
def _arbitrate(m: Move) -> object:
    return transfers.arbitrate(**m.given, to=m.department(), reasons=m.hand.text())


@does(Verb.TAKE_BACK_TRANSFER)
def _take_back(m: Move) -> object:
    return transfers.take_back(**m.given, reasons=m.hand.text())


@does(Verb.INTRODUCE)
def _introduce(m: Move) -> object:
    return transfers.introduce(**m.given, words=m.hand.remark())


@does(Verb.CATEGORISE)
def _categorise(m: Move) -> object:
    return routing.categorise(**m.given, category=m.stage.category, keep=m.hand.chance(2), reasons=m.hand.remark())


@does(Verb.BRIEF)
def _brief(m: Move) -> object:
    answer_by = {"answer_by": m.hand.ahead()} if m.hand.chance(2) else {}
    return head_office.brief(**m.given, text=m.hand.text(), **answer_by)


@does(Verb.REPORT_BACK)
def _report_back(m: Move) -> object:
    number = m.hand.part(m.numbers("briefings", answered_at=None))
    return head_office.report_back(**m.given, briefing_number=number, answer=m.hand.text())


@does(Verb.WATCH)
def _watch(m: Move) -> object:
    return head_office.watch(**m.given)


@does(Verb.UNWATCH)
def _unwatch(m: Move) -> object:
    return head_office.unwatch(**m.given)
