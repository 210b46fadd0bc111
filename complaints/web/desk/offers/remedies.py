"""The acts on remedies and on claims against suppliers: what a person may do with each of a dossier, as buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import lifecycle, permissions
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, Remedy, SupplierClaim
from complaints.remedying import RemedyState
from complaints.selectors import remedies as remedy_reads
from complaints.tasking import TaskKind
from complaints.web.desk.offers.acts import Button, Offer

REMEDY_BUTTONS: Mapping[Verb, Button] = {
    Verb.CARRY_OUT: Button("check-circle"),
    Verb.STILL_BROKEN: Button("alert", serious=True),
    Verb.DROP_REMEDY: Button("minus-circle", serious=True),
}

SETTLE_BUTTON = Button("check-circle")


@dataclass(frozen=True)
class RemedyRow:
    """A remedy of the dossier with its buttons. `entrust` is where a task for it is issued; empty: nowhere."""

    remedy: Remedy
    offers: Sequence[Offer]
    entrust: str


@dataclass(frozen=True)
class ClaimRow:
    """A claim against a supplier with its buttons."""

    claim: SupplierClaim
    offers: Sequence[Offer]


@dataclass(frozen=True)
class Proposed:
    """What the rules propose after a remedy that has failed; `href` plans it, empty where the reader may not."""

    proposal: remedy_reads.NextRemedy
    href: str


def remedy_rows(complaint: Complaint, remedies: Sequence[Remedy], allowed: frozenset[Verb]) -> list[RemedyRow]:
    """The remedies of a dossier; each button leads to the form of its act, with the remedy chosen."""
    may_issue = Verb.ISSUE_TASK in allowed and lifecycle.possible(Status(complaint.status), Verb.ISSUE_TASK)
    rows = []
    for remedy in remedies:
        verbs = remedy_reads.remedy_verbs(complaint, remedy, allowed)
        offers = [_offer(complaint, verb) for verb in REMEDY_BUTTONS if verb in verbs]
        at_it = remedy.task is not None and remedy.task.is_open
        free = may_issue and remedy.state == RemedyState.ACCEPTED and not at_it
        rows.append(RemedyRow(remedy, offers, _entrusting(complaint, remedy) if free else ""))
    return rows


def _entrusting(complaint: Complaint, remedy: Remedy) -> str:
    query = urlencode({"kind": TaskKind.CARRYING_OUT.value, "remedy": remedy.number})
    return f"{reverse('desk:issue-task', args=[complaint.reference])}?{query}"


def next_remedies(complaint: Complaint, remedies: Sequence[Remedy], allowed: frozenset[Verb]) -> list[Proposed]:
    """What the rules propose, each with the way to the form that plans it."""
    may_plan = Verb.PLAN_REMEDY in allowed and lifecycle.possible(Status(complaint.status), Verb.PLAN_REMEDY)
    address = reverse("desk:plan-remedy", args=[complaint.reference])
    return [
        Proposed(each, f"{address}?{urlencode({'kind': each.kind, 'follows': each.after.number})}" if may_plan else "")
        for each in remedy_reads.next_remedies(remedies)
    ]


def claim_rows(complaint: Complaint, claims: Sequence[SupplierClaim], allowed: frozenset[Verb]) -> list[ClaimRow]:
    """The claims of a dossier, those that wait for the supplier with the button that settles them."""
    may_settle = Verb.SETTLE_SUPPLIER_CLAIM in allowed
    return [
        ClaimRow(claim, [_offer(complaint, Verb.SETTLE_SUPPLIER_CLAIM)] if may_settle and claim.is_open else [])
        for claim in claims
    ]


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act: possible when it is with any of the complaint's remedies."""
    allowed = permissions.allowed_verbs(user, complaint)
    possible = any(
        verb in remedy_reads.remedy_verbs(complaint, remedy, allowed) for remedy in complaint.remedies.all()
    )
    return _offer(complaint, verb, "" if possible else _("There is no remedy with which you may do this now."))


def offer_to_settle(user: User, complaint: Complaint) -> Offer:
    """The page of settling: possible while a claim waits for the supplier."""
    rows = claim_rows(complaint, list(complaint.supplier_claims.all()), permissions.allowed_verbs(user, complaint))
    possible = any(row.offers for row in rows)
    refusal = "" if possible else _("There is no claim against a supplier that you may settle now.")
    return _offer(complaint, Verb.SETTLE_SUPPLIER_CLAIM, refusal)


def _offer(complaint: Complaint, verb: Verb, reason: str = "") -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=REMEDY_BUTTONS.get(verb, SETTLE_BUTTON),
        reason=reason,
        comes_next=verb == Verb.CARRY_OUT,
    )


DROP, CARRY_OUT, STILL_BROKEN = (
    partial(offer_of, verb) for verb in (Verb.DROP_REMEDY, Verb.CARRY_OUT, Verb.STILL_BROKEN)
)
