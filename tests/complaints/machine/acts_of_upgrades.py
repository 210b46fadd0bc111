"""The rules of upgrades: demanded by the complainant or through the office, and naming what is taken further."""

from complaints.lifecycle import Verb
from complaints.services import upgrades
from complaints.upgrading import GROUNDS
from tests.complaints.machine.acts import Move, does


@does(Verb.UPGRADE)
def _upgrade(m: Move) -> object:
    said = {"grounds": m.hand.some(GROUNDS), "words": m.hand.text()}
    if m.hand.chance(3):
        return upgrades.demand(complaint_id=m.complaint.pk, **said)
    return upgrades.upgrade(**m.given, **said)


@does(Verb.NAME_EARLIER)
def _name_earlier(m: Move) -> object:
    earlier = m.other() if m.hand.chance(2) else None
    return upgrades.name_earlier(**m.given, earlier=earlier, none_found=earlier is None, reasons=m.hand.text())
