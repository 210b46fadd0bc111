"""The rules of proofs and numbers."""

from complaints.lifecycle import Verb
from complaints.proving import NumberKind, ProofFrom, ProofKind, ProofState
from complaints.services import proofs
from tests.complaints.machine.acts import Move, does


@does(Verb.LIST_PROOF)
def _list(m: Move) -> object:
    hand = m.hand
    return proofs.list_proof(**m.given, kind=hand.one(ProofKind), what=hand.text(), brought_by=hand.one(ProofFrom))


@does(Verb.SETTLE_PROOF)
def _settle(m: Move) -> object:
    hand = m.hand
    file = {"file_id": hand.one(m.ids("attachments"))} if m.ids("attachments") and hand.chance(3) else {}
    number = hand.part(m.numbers("proofs"))
    return proofs.settle_proof(**m.given, number=number, state=hand.one(ProofState), remark=hand.remark(), **file)


@does(Verb.RECORD_NUMBER)
def _number(m: Move) -> object:
    return proofs.record_number(**m.given, kind=m.hand.one(NumberKind), value=m.hand.text())
