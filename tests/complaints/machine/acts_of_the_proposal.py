"""The rules of what leads to the answer: facts and judgements, matters, remedies, signatures."""

from complaints.judging import Cause, DemandFinding, Grounds, Source
from complaints.judging import Party as Answering
from complaints.lifecycle import Verb
from complaints.models import Proposal, Remedy
from complaints.remedying import Loss, RemedyKind, RemedyState, SupplierClaimState
from complaints.selectors import digests
from complaints.selectors.proposals import checks_for, signatures_of
from complaints.services import (
    carrying_out,
    inquiries,
    judgements,
    matters,
    offers,
    remedies,
    signoff,
    splitting,
    supplier_claims,
)
from complaints.services.judgements import Origin
from complaints.services.matters import Part
from complaints.services.offers import HEARD_THROUGH, Agreed
from complaints.services.remedies import Line
from complaints.signers import can_sign, due_now, held_by
from complaints.signing import ProposalState
from complaints.vocabulary import Channel, Outcome, Track
from tests.complaints.machine.acts import Move, does


@does(Verb.INVESTIGATE)
def _investigate(m: Move) -> object:
    hand = m.hand
    stake = {"amount": hand.amount(), "currency": hand.currency()} if hand.chance(3) else {}
    return inquiries.investigate(
        **m.given,
        source=hand.one(Source),
        what=hand.text(),
        verified=not hand.chance(3),
        how=hand.text(),
        replaces_number=hand.maybe(m.numbers("investigation"), [99], of=4),
        legal=hand.chance(8),
        files=hand.files(),
        **stake,
    )


@does(Verb.JUDGE)
def _judge(m: Move) -> object:
    hand = m.hand
    people = {"person": m.person()} if hand.chance(4) else {}
    origin = Origin(hand.one(Cause), hand.text(), Answering.PERSON if people else Answering.NOBODY, **people)
    return judgements.judge(
        **m.given,
        grounds=hand.one(Grounds),
        grounds_reasons=hand.text(),
        demand=hand.one(DemandFinding),
        demand_reasons=hand.text(),
        matter_number=hand.maybe(m.numbers("matters"), [99], of=2),
        origin=hand.one([origin, origin, None]),
        share=hand.mostly([0, 0, 30, 100], [-1, 101]),
        share_reasons=hand.remark(),
        enough_because=hand.text(),
    )


@does(Verb.SPLIT)
def _split(m: Move) -> object:
    hand = m.hand
    names = [f"{matter} of {m.complaint.event_count}" for matter in ("Billing", "Manners", "Noise")]
    parts = [Part(subject=name, words=hand.remark(), category=m.stage.category) for name in names]
    return matters.split(**m.given, parts=parts[: hand.one([2, 2, 3, 1, 0])])


@does(Verb.SETTLE_MATTER)
def _settle_matter(m: Move) -> object:
    hand = m.hand
    waiting = m.numbers("matters", state="open") or m.numbers("matters")
    return matters.settle(
        **m.given, number=hand.part(waiting), outcome=hand.one(Outcome), finding=hand.text(), reasons=hand.text()
    )


@does(Verb.DROP_MATTER)
def _drop_matter(m: Move) -> object:
    return matters.drop(**m.given, number=m.hand.part(m.numbers("matters")), reasons=m.hand.text())


@does(Verb.SPLIT_OFF)
def _split_off(m: Move) -> object:
    hand = m.hand
    part = splitting.split_off(
        **m.given,
        number=hand.part(m.numbers("matters")),
        message=hand.text(),
        track=hand.one(Track),
        department=hand.one([None, m.department()]),
        file_ids=hand.some([*m.ids("attachments"), 0], most=1),
    )
    m.stage.on_stage.append(part.pk)
    return part


@does(Verb.PLAN_REMEDY)
def _plan_remedy(m: Move) -> object:
    hand = m.hand
    kind = hand.one(RemedyKind)
    lines = [
        Line(loss=hand.one(Loss), offered=hand.amount(), claimed=hand.maybe([hand.amount()], [hand.amount()]))
        for _place in range(hand.one([1, 2, 0]))
    ]
    failed = m.numbers("remedies", state=RemedyState.FAILED)
    return remedies.plan(
        **m.given,
        kind=kind,
        what=hand.text(),
        lines=hand.mostly([lines if kind != RemedyKind.APOLOGY else []], [lines]),
        currency=hand.currency() if lines and kind != RemedyKind.APOLOGY else "",
        follows_number=hand.maybe(failed, [1, 99], of=3),
    )


@does(Verb.DROP_REMEDY)
def _drop_remedy(m: Move) -> object:
    number = m.hand.part(m.numbers("remedies"))
    return remedies.drop(**m.given, number=number, reasons=m.hand.text(), message=m.hand.remark())


@does(Verb.OFFER)
def _offer(m: Move) -> object:
    hand = m.hand
    chosen = hand.some(m.numbers("remedies", state=RemedyState.PLANNED)) or m.numbers("remedies")
    options = hand.mostly([[[number] for number in chosen], [chosen]], [[], [[]], [[99]], [[1], [1]]])
    until = {"stands_until": hand.ahead()} if hand.chance(3) else {}
    return offers.offer(**m.given, options=options, message=hand.text(), **until)


@does(Verb.ACCEPT_OFFER)
def _accept_offer(m: Move) -> object:
    hand = m.hand
    offered = Remedy.objects.filter(complaint=m.complaint, state=RemedyState.OFFERED)
    option = hand.mostly(sorted({*offered.values_list("option", flat=True)}), [0, 7])
    if hand.chance(2):
        return offers.choose(
            complaint_id=m.complaint.pk, option=option, digest=_read(m, digests.of_offer(m.complaint))
        )
    numbers = [remedy.number for remedy in offered if remedy.option == option]
    agreed = [Agreed(remedy=hand.part(numbers), line=hand.one([1, 2]), amount=hand.amount())]
    return offers.record_choice(
        **m.given,
        option=option,
        digest=_read(m, digests.of_offer(m.complaint)),
        through=hand.mostly(HEARD_THROUGH, [Channel.WEB]),
        agreed=agreed if hand.chance(4) else [],
        note=hand.remark(),
    )


@does(Verb.REFUSE_OFFER)
def _refuse_offer(m: Move) -> object:
    hand = m.hand
    if hand.chance(2):
        return offers.turn_down(complaint_id=m.complaint.pk, offer_number=_offer_number(m), body=hand.remark())
    return offers.record_refusal(**m.given, through=hand.one(HEARD_THROUGH), note=hand.remark())


def _read(m: Move, digest: str) -> str:
    """What they have read, as it stands; seldom something else."""
    return m.hand.mostly([digest], ["", "x" * 64])


def _offer_number(m: Move) -> int:
    last = max((number or 0 for number in m.complaint.remedies.values_list("offer", flat=True)), default=0)
    return m.hand.mostly([last], [0, last + 1])


@does(Verb.CARRY_OUT)
def _carry_out(m: Move) -> object:
    hand = m.hand
    agreed = m.numbers("remedies", state=RemedyState.ACCEPTED)
    numbers = agreed if agreed and not hand.chance(5) else m.numbers("remedies")
    return carrying_out.carry_out(
        **m.given,
        number=hand.part(numbers),
        on=hand.day(),
        proof=hand.text(),
        paid={hand.one([1, 2]): hand.amount()} if hand.chance(5) else None,
        why_less=hand.remark(),
        task_number=hand.maybe(m.numbers("tasks", kind="carrying_out"), [99], of=6),
        files=hand.files(),
        for_complainant=hand.chance(2),
    )


@does(Verb.STILL_BROKEN)
def _still_broken(m: Move) -> object:
    number = m.hand.part(m.numbers("remedies"))
    if m.hand.chance(2):
        return carrying_out.report_failure(complaint_id=m.complaint.pk, number=number, body=m.hand.text())
    return carrying_out.record_failure(**m.given, number=number, body=m.hand.text())


@does(Verb.CLAIM_FROM_SUPPLIER)
def _claim_from_supplier(m: Move) -> object:
    hand = m.hand
    return supplier_claims.claim(
        **m.given,
        supplier=hand.text(),
        amount=hand.amount(),
        currency=hand.currency(),
        grounds=hand.text(),
        reference=hand.remark(),
        remedy_number=hand.maybe(m.numbers("remedies"), [99]),
    )


@does(Verb.SETTLE_SUPPLIER_CLAIM)
def _settle_supplier_claim(m: Move) -> object:
    hand = m.hand
    state = hand.one(SupplierClaimState)
    return supplier_claims.settle(
        **m.given,
        number=hand.part(m.numbers("supplier_claims")),
        state=state,
        result=hand.text(),
        recovered=hand.mostly([hand.amount() if state == SupplierClaimState.RECOVERED else None], [None]),
    )


@does(Verb.PROPOSE)
def _propose(m: Move) -> object:
    return signoff.propose(**m.given, text=m.hand.text())


@does(Verb.SIGN)
def _sign(m: Move) -> object:
    hand = m.hand
    return signoff.sign(
        **m.given,
        digest=_read(m, digests.of_proposal(m.complaint)),
        instruction=hand.remark(),
        party=hand.maybe([1, 2], [0, 9], of=8),
        checked=_checked(m),
    )


def _checked(m: Move) -> list[int]:
    """What the person has to make sure of; seldom less, or something else."""
    proposal = Proposal.objects.filter(complaint=m.complaint, state=ProposalState.OPEN).first()
    if proposal is None:
        return []
    signatures = signatures_of(proposal)
    theirs = [each for each in can_sign(m.by, proposal, signatures, held_by(m.by)) if each in due_now(signatures)]
    numbers = [check.number for check in checks_for(theirs[0])] if theirs else []
    return m.hand.mostly([numbers], [[], [99], numbers[1:]])


@does(Verb.REFUSE_TO_SIGN)
def _refuse_to_sign(m: Move) -> object:
    return signoff.refuse_to_sign(**m.given, instruction=m.hand.text(), party=m.hand.maybe([1], [9], of=8))


@does(Verb.TAKE_BACK_PROPOSAL)
def _take_back_proposal(m: Move) -> object:
    return signoff.take_back_proposal(**m.given, reasons=m.hand.text())
