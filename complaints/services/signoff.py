"""Sign-off: putting a proposal before those who must sign it, signing it, and sending it back.

(Design section 3, "Sign-off"; missions M15 and M16.) Nothing that a rule wants signed is offered or carried out before
the last signature.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, lifecycle, permissions, selectors, signers
from complaints.errors import IllegalMove, NobodyToSign, SignaturesMissing, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text
from complaints.models import Complaint, Message, Proposal, ProposalCheck, ProposedRemedy, Remedy, Signature
from complaints.selectors import proposals, signoff_needs
from complaints.selectors import remedies as remedy_reads
from complaints.selectors.signoff_needs import Plan
from complaints.services import acting, messages
from complaints.signing import ProposalState, SignatureState, unfilled


@transaction.atomic
def propose(*, complaint_id: int, by: User, text: str) -> Proposal:
    """Put what is meant for the complainant before those who must sign it: the words, and every open remedy that
    nobody has signed yet.

    Rules and authority limits say who they are; where nobody has to, the next above looks at it. Starts the sign-off
    clock. Raises NobodyToSign when somebody must sign and nobody can.
    """
    complaint = selectors.locked(complaint_id)
    permissions.check(by, Verb.PROPOSE, complaint)
    before = Status(complaint.status)
    complaint.status = lifecycle.after(before, Verb.PROPOSE)
    text = check_text("text", text)
    remedies = list(proposals.unsigned(complaint))
    found = signoff_needs.plan(complaint, {remedy.pk for remedy in remedies}, proposer=by)
    proposal = Proposal.objects.create(
        complaint=complaint,
        number=complaint.proposals.count() + 1,
        cycle=complaint.cycle,
        text=text,
        rules=list(found.rules),
        prepared_by=by,
        prepared_at=timezone.now(),
    )
    ProposedRemedy.objects.bulk_create(ProposedRemedy(proposal=proposal, remedy=remedy) for remedy in remedies)
    signatures = _ask(proposal, found)
    complaint.save(update_fields=["status"])
    events.record(
        complaint,
        kind=Verb.PROPOSE,
        by=by,
        at=proposal.prepared_at,
        before=str(before),
        after=str(complaint.status),
        proposal=proposal.number,
        remedies=[remedy.number for remedy in remedies],
        rules=list(found.rules),
        signatures=len(signatures),
        asked=_whose_turn(proposal, signatures),
    )
    return proposal


@transaction.atomic
def sign(
    *,
    complaint_id: int,
    by: User,
    digest: str,
    instruction: str = "",
    party: int | None = None,
    checked: Collection[int] = (),
) -> Proposal:
    """Sign the open proposal, with an instruction if need be. The last signature lets it be carried out.

    `digest` is that of the proposal as they have read it (SHA-256, hex): nobody signs words that were written since.
    `party` is the place of the signature, for whoever could sign for several; `checked` are the numbers of the items
    of the checklist that they have made sure of: all that are theirs are needed. A rule that has come to apply since
    the proposal was made (another class, priority or department) asks its parties now.
    Raises NotAllowed, ConflictOfInterest, SecondPersonNeeded, IllegalMove before their turn, Invalid.
    """
    proposal, signature = _held_for(complaint_id, by, Verb.SIGN, party)
    if digest != proposal.digest():
        raise invalid("digest", _("The proposal is not the one that you read. Read it as it stands now."))
    complaint, now = proposal.complaint, timezone.now()
    waiting = [other for other in proposals.waiting(proposal) if other.pk != signature.pk]
    _check_others_can(proposal, waiting, by)
    _tick(signature, by, now, checked)
    told = _note(complaint, by, instruction)
    _decide(signature, SignatureState.SIGNED, by, now, told)
    if not waiting:
        waiting = _ask_since(proposal)
    before = Status(complaint.status)
    led_to = lifecycle.after(before, Verb.SIGN)
    if not waiting:
        _end(proposal, ProposalState.SIGNED, by, now)
        complaint.status = led_to
        complaint.save(update_fields=["status"])
    events.record(
        complaint,
        kind=Verb.SIGN,
        by=by,
        at=now,
        before=str(before),
        after=str(complaint.status),
        **_named(proposal, signature, told),
        last=not waiting,
        asked=_newly_asked(proposal, signature, waiting),
    )
    return proposal


@transaction.atomic
def refuse_to_sign(*, complaint_id: int, by: User, instruction: str, party: int | None = None) -> Proposal:
    """Send the proposal back, with an instruction on what has to change: nobody else needs to sign it."""
    proposal, signature = _held_for(complaint_id, by, Verb.REFUSE_TO_SIGN, party)
    complaint, now = proposal.complaint, timezone.now()
    told = _note(complaint, by, check_text("instruction", instruction))
    _decide(signature, SignatureState.REFUSED, by, now, told)
    moved = _send_back(proposal, Verb.REFUSE_TO_SIGN, ProposalState.REFUSED, by, now)
    events.record(
        complaint, kind=Verb.REFUSE_TO_SIGN, by=by, at=now, **moved, **_named(proposal, signature, told), asked=[]
    )
    return proposal


@transaction.atomic
def take_back_proposal(*, complaint_id: int, by: User, reasons: str) -> Proposal:
    """Take the open proposal back, and say why: nobody needs to sign it any more."""
    complaint = acting.held_for(complaint_id, by, Verb.TAKE_BACK_PROPOSAL)
    proposal = proposals.open_of(complaint)
    asked = _whose_turn(proposal, proposals.waiting(proposal))
    now = timezone.now()
    told = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    moved = _send_back(proposal, Verb.TAKE_BACK_PROPOSAL, ProposalState.TAKEN_BACK, by, now)
    events.record(
        complaint,
        kind=Verb.TAKE_BACK_PROPOSAL,
        by=by,
        at=now,
        **moved,
        proposal=proposal.number,
        prepared_by=proposal.prepared_by_id,
        message=told.pk,
        asked=asked,
    )
    return proposal


def check_signed(remedy: Remedy) -> None:
    """Refuse to offer or carry out a remedy of a held complaint that somebody has still to sign.

    Released is what a signed proposal holds, and what no rule and no authority limit wants signed, unless somebody
    was asked all the same and refused. Of limits that of whoever planned it counts. Raises SignaturesMissing, naming
    who has to sign.
    """
    held = Proposal.objects.filter(held__remedy=remedy)
    if held.filter(state=ProposalState.SIGNED).exists():
        return
    if held.filter(state=ProposalState.OPEN).exists():
        raise SignaturesMissing(
            _("Remedy no. %(number)d waits for signatures. Nothing is offered or carried out before the last one.")
            % {"number": remedy.number}
        )
    try:
        asked = signoff_needs.needed(remedy.complaint, {remedy.pk}, proposer=remedy.planned_by).asked
    except NobodyToSign as refusal:
        raise SignaturesMissing(refusal.sentence) from None
    if asked:
        raise SignaturesMissing(
            _("Remedy no. %(number)d must be signed first, by: %(parties)s. Put a proposal before them.")
            # Translators: stands between the parts of a list.
            % {"number": remedy.number, "parties": _(", ").join(each.label() for each in asked)}
        )
    last = held.order_by("-number").first()
    if last is not None and last.state == ProposalState.REFUSED:
        raise SignaturesMissing(
            _("Remedy no. %(number)d was sent back unsigned. Put a new proposal before those who sign, or drop it.")
            % {"number": remedy.number}
        )


def check_none_waits(complaint: Complaint) -> None:
    """Raise SignaturesMissing while a proposal of a held complaint waits for signatures."""
    if complaint.proposals.filter(state=ProposalState.OPEN).exists():
        raise SignaturesMissing(
            _("A proposal waits for signatures. Name a remedy that was signed before, or wait for the last signature.")
        )


def call_off(complaint: Complaint, *, by: User, at: datetime) -> dict[str, Any]:
    """Take back the open proposal of a held complaint that ends; says what the event tells of it."""
    proposal = complaint.proposals.filter(state=ProposalState.OPEN).first()
    if proposal is None:
        return {}
    _end(proposal, ProposalState.TAKEN_BACK, by, at)
    return {"proposal": proposal.number}


def _held_for(complaint_id: int, by: User, verb: Verb, party: int | None) -> tuple[Proposal, Signature]:
    """Hold the complaint, find its open proposal and the signature of this person, and ask: may they, and now?"""
    complaint = selectors.locked(complaint_id)
    lifecycle.after(Status(complaint.status), verb)
    proposal = proposals.open_of(complaint)
    signatures = proposals.signatures_of(proposal)
    theirs = permissions.check_signing(by, verb, proposal, signatures)
    if party is not None:
        theirs = [signature for signature in theirs if signature.position == party]
        if not theirs:
            raise invalid("party", _("You cannot sign for this party."))
    due = signers.due_now(signatures)
    for signature in theirs:
        if signature in due:
            return proposal, signature
    raise IllegalMove(
        _("It is not your turn yet. First has to sign: %(parties)s.")
        # Translators: stands between the parts of a list.
        % {"parties": _(", ").join(signature.label() for signature in due)}
    )


def _ask(proposal: Proposal, found: Plan) -> list[Signature]:
    """Write down who must sign and what they must make sure of first, after what is written already."""
    signed = proposals.signatures_of(proposal)
    last_turn = max((signature.turn for signature in signed), default=0)
    signatures = [
        Signature(
            proposal=proposal,
            position=len(signed) + place,
            turn=last_turn + asked.party.turn,
            label_text=asked.party.label,
            translations=dict(asked.party.translations or {}),
            role=str(asked.party.role or ""),
            department_id=asked.department,
            by_limit=asked.by_limit,
            proposer_id=proposal.prepared_by_id,
        )
        for place, asked in enumerate(found.asked, start=1)
    ]
    Signature.objects.bulk_create(signatures)
    theirs = {asked.party.key: signature for asked, signature in zip(found.asked, signatures, strict=True)}
    known = proposal.checks.count()
    ProposalCheck.objects.bulk_create(
        ProposalCheck(
            proposal=proposal,
            number=known + number,
            text=check.text,
            translations=dict(check.translations),
            signature=theirs.get(check.party) if check.party else None,
        )
        for number, check in enumerate(found.checks, start=1)
    )
    return signatures


def _ask_since(proposal: Proposal) -> list[Signature]:
    """Ask those whom a rule wants that did not match yet when the proposal was made; nobody where none does."""
    found = signoff_needs.needed_since(proposal, proposals.signatures_of(proposal))
    if not found.rules:
        return []
    proposal.rules = [*proposal.rules, *found.rules]
    proposal.save(update_fields=["rules"])
    return _ask(proposal, found)


def _check_others_can(proposal: Proposal, waiting: Sequence[Signature], by: User) -> None:
    """Who could sign for two parties must not take the place of the only one left for the other."""
    signed = {each.signer_id for each in proposals.signatures_of(proposal) if each.signer_id is not None}
    left = signers.candidates(proposal.complaint, waiting, without={*signed, by.pk, *signers.makers(proposal)})
    place = unfilled(left)
    if place is not None:
        raise NobodyToSign(
            _(
                "If you sign here, nobody is left to sign as “%(party)s”. Sign for that party, or have the proposal"
                " taken back."
            )
            % {"party": waiting[place].label()}
        )


def _tick(signature: Signature, by: User, at: datetime, checked: Collection[int]) -> None:
    """Note what this person has made sure of. Raises Invalid, naming what is missing or not theirs."""
    theirs = proposals.checks_for(signature)
    numbers = {check.number for check in theirs}
    if set(checked) - numbers:
        raise invalid("checked", _("There is no such item on your checklist."))
    if missing := [check for check in theirs if check.number not in checked]:
        raise invalid(
            "checked",
            _("Make sure of this before you sign: %(items)s.")
            # Translators: stands between the parts of a list.
            % {"items": _(", ").join(check.label() for check in missing)},
        )
    ProposalCheck.objects.filter(pk__in=[check.pk for check in theirs]).update(ticked_by=by, ticked_at=at)


def _decide(signature: Signature, state: SignatureState, by: User, at: datetime, told: Message | None) -> None:
    signature.state, signature.signer, signature.decided_at, signature.instruction = state, by, at, told
    signature.save(update_fields=["state", "signer", "decided_at", "instruction"])


def _end(proposal: Proposal, state: ProposalState, by: User, at: datetime) -> None:
    proposal.state, proposal.ended_by, proposal.ended_at = state, by, at
    proposal.save(update_fields=["state", "ended_by", "ended_at"])


def _send_back(proposal: Proposal, verb: Verb, state: ProposalState, by: User, at: datetime) -> dict[str, str]:
    """End the proposal unsigned and take the complaint back; from where to where, for the event."""
    complaint = proposal.complaint
    before = Status(complaint.status)
    complaint.status = lifecycle.after(before, verb, owing=remedy_reads.owes_remedies(complaint))
    complaint.save(update_fields=["status"])
    _end(proposal, state, by, at)
    return {"before": str(before), "after": str(complaint.status)}


def _note(complaint: Complaint, by: User, text: str) -> Message | None:
    """What was said goes into the file as a note; nothing where nothing was said."""
    if not text.strip():
        return None
    return messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("instruction", text))


def _named(proposal: Proposal, signature: Signature, told: Message | None) -> dict[str, Any]:
    """How events say whose signature of which proposal they are about."""
    data: dict[str, Any] = {"message": told.pk} if told else {}
    return data | {
        "proposal": proposal.number,
        "party": signature.position,
        "prepared_by": proposal.prepared_by_id,
    }


def _whose_turn(proposal: Proposal, waiting: Sequence[Signature]) -> list[int]:
    """The people who could sign now, for the letters."""
    now, without = signers.due_now(waiting), signers.makers(proposal)
    return sorted({person for some in signers.candidates(proposal.complaint, now, without=without) for person in some})


def _newly_asked(proposal: Proposal, signed: Signature, waiting: Sequence[Signature]) -> list[int]:
    """Who could sign only now that this signature is given; they have not been written to yet."""
    if any(each.turn == signed.turn for each in waiting):
        return []
    people = set(_whose_turn(proposal, waiting))
    return sorted(people - {each.signer_id for each in proposals.signatures_of(proposal)})
