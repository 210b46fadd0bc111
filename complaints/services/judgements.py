"""Judging a complaint, or a matter of it, and holding its outcome against the judgement.

(Design section 3, step 4; missions M12 and M14.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from complaints import events, judging, permissions
from complaints.classes import ComplaintClass
from complaints.errors import ConflictOfInterest, ContradictsJudgement, NotJudged, invalid
from complaints.judging import NAMED_IN_WORDS, Cause, DemandFinding, Grounds, Party, Proposal
from complaints.lifecycle import Verb
from complaints.limits import MAX_LINE, check_text, optional_text, too_long
from complaints.models import Complaint, Judgement, Matter
from complaints.selectors import inquiries, matters
from complaints.services import acting, handing
from complaints.tasking import TaskKind
from complaints.vocabulary import Outcome


@dataclass(frozen=True)
class Origin:
    """What brought it about, in a code and in words, and who answers for it.

    The department, the person or the name is given where the party is one, and nowhere else.
    """

    cause: Cause
    cause_note: str
    party: Party
    department: Department | None = None
    person: User | None = None
    party_name: str = ""


@transaction.atomic
def judge(
    *,
    complaint_id: int,
    by: User,
    grounds: Grounds,
    grounds_reasons: str,
    demand: DemandFinding,
    demand_reasons: str = "",
    matter_number: int | None = None,
    origin: Origin | None = None,
    share: int = 0,
    share_reasons: str = "",
    enough_because: str = "",
) -> Judgement:
    """Find whether the grounds are founded, and apart from that whether the demand is reasonable; each with reasons.

    Of a complaint that was split, `matter_number` names the matter that is judged; without it the whole is. `origin`
    is the cause and the responsible party, as soon as they are known; the class “valid” demands them. `share` is how
    much of the responsibility the complainant bears, in per cent. Where the inquiry does not go as far as what is at
    stake calls for, `enough_because` says why it is enough. A judgement made before about the same is replaced, and
    kept.
    Raises NotJudged before anybody has looked into the complaint in this cycle, Invalid for what is missing or does
    not fit together, ConflictOfInterest for somebody whom it concerns.
    """
    complaint = acting.held_for(complaint_id, by, Verb.JUDGE)
    permissions.check_may_judge(by, complaint)
    if not inquiries.looked_into(complaint):
        raise NotJudged(not_looked_into())
    matter = _matter(complaint, matter_number)
    grounds, demand = Grounds(grounds), DemandFinding(demand)
    found = {
        "grounds": grounds,
        "grounds_reasons": check_text("grounds_reasons", grounds_reasons),
        "demand": demand,
        "demand_reasons": _demand_reasons(complaint, demand, demand_reasons, matter),
        **_origin(complaint, by, origin, matter),
        **_share(share, share_reasons, grounds, origin),
    }
    proposal, enough_because = _inquiry_goes_far_enough(complaint, enough_because)
    number = 1 + max(complaint.judgements.values_list("number", flat=True), default=0)
    replaced = complaint.judgements.filter(state=Judgement.State.IN_FORCE, matter=matter).update(
        state=Judgement.State.SUPERSEDED
    )
    judgement = Judgement.objects.create(
        complaint=complaint,
        matter=matter,
        number=number,
        cycle=complaint.cycle,
        depth=proposal.depth,
        enough_because=enough_because,
        judged_by=by,
        judged_at=timezone.now(),
        **found,
    )
    _record_judgement(judgement, by, revised=bool(replaced))
    if judgement.person_id is not None:
        handing.leave_all_to_others(complaint)
    return judgement


def check_outcome(complaint: Complaint, outcome: Outcome) -> None:
    """Refuse an outcome of a held complaint that the class or a judgement in force does not allow.

    A complaint that was split may be judged as a whole, or matter by matter. The short way stays open: where nobody
    has judged, only the class “valid” demands it. To tell the complainant something else than what was found, the
    judgement is revised first, with its reasons.
    Raises NotJudged, ContradictsJudgement.
    """
    judgement = inquiries.in_force(complaint)
    if judgement is not None:
        _check_fits(judgement, outcome)
    elif complaint.complaint_class == ComplaintClass.VALID and not inquiries.is_judged(complaint):
        raise NotJudged(valid_but_not_judged(inquiries.unjudged(complaint)))
    for about_one in inquiries.counting(complaint).filter(matter__outcome__gt="").select_related("matter"):
        if about_one.matter is not None:
            _check_fits(about_one, Outcome(about_one.matter.outcome), about_one.matter)


def check_outcome_of(matter: Matter, outcome: Outcome) -> None:
    """Refuse an outcome of a matter that says something else than the judgement about it. Raises ContradictsJudgement.

    What the complainant takes back is not told to them as found.
    """
    judgement = inquiries.in_force(matter.complaint, matter)
    if judgement is not None:
        _check_fits(judgement, outcome)


def _check_fits(judgement: Judgement, outcome: Outcome, matter: Matter | None = None) -> None:
    """`matter` is named where the sentence is not about the only thing in hand."""
    grounds = Grounds(judgement.grounds)
    if not judging.contradicts(grounds, outcome) or (judgement.matter_id and outcome == Outcome.WITHDRAWN):
        return
    sentence = _(
        "The judgement in force says about the grounds: “%(grounds)s”. The outcome “%(outcome)s” contradicts it."
        " Revise the judgement first, or choose one of these: %(fitting)s."
    ) % {"grounds": grounds.label, "outcome": outcome.label, "fitting": _fitting(grounds)}
    if matter is not None:
        sentence = _("%(matter)s: %(sentence)s") % {"matter": matter, "sentence": sentence}
    raise ContradictsJudgement(sentence, errors={"outcome": [sentence]})


def what_fits(judgement: Judgement) -> str:
    """Which outcomes the judgement allows, for whoever is about to choose one."""
    grounds = Grounds(judgement.grounds)
    return _("The judgement in force says about the grounds: “%(grounds)s”. These outcomes fit it: %(fitting)s.") % {
        "grounds": grounds.label,
        "fitting": _fitting(grounds),
    }


def _fitting(grounds: Grounds) -> str:
    # Translators: stands between the parts of a list.
    return _(", ").join(str(each.label) for each in Outcome if each in judging.FITTING[grounds])


def not_looked_into() -> str:
    """Why the complaint cannot be judged yet."""
    return _("Nobody judges before the facts: first look into the complaint and record what was found out.")


def valid_but_not_judged(unjudged: Sequence[Matter] = ()) -> str:
    """Why a valid complaint cannot be answered yet; of one that was split, which matters nobody has judged."""
    if not unjudged:
        return _("A valid complaint is not answered before it has been judged. Judge it first.")
    return _(
        "A valid complaint is not answered before it, or each of its matters, has been judged. Not judged yet:"
        " %(matters)s."
    ) % {"matters": matters.in_words(unjudged)}


def _matter(complaint: Complaint, number: int | None) -> Matter | None:
    """The matter of a held complaint that is to be judged. Raises Invalid."""
    if number is None:
        return None
    matter = matters.live(complaint).filter(number=number).first()
    if matter is None:
        raise invalid("matter_number", _("The complaint has no matter with this number that it still has to answer."))
    return matter


def _demand_reasons(complaint: Complaint, demand: DemandFinding, reasons: str, matter: Matter | None) -> str:
    """A matter may ask for nothing in a letter that asks for something."""
    if demand != DemandFinding.NONE:
        return check_text("demand_reasons", reasons)
    if matter is None and (complaint.demands or complaint.demand_note):
        raise invalid("demand", _("The complainant asks for something. Say whether they may."))
    return optional_text("demand_reasons", reasons)


def _origin(complaint: Complaint, by: User, origin: Origin | None, matter: Matter | None) -> dict[str, Any]:
    """Cause and party as columns. The class “valid” does not let go of them once it is decided: they are named in the
    judgement of the whole, or of at least one matter.
    """
    if origin is None:
        named_beside = matter is not None and inquiries.names_cause(complaint, beside=matter)
        if complaint.complaint_class == ComplaintClass.VALID and not named_beside:
            raise invalid("cause", _("A valid complaint names the cause and the responsible party."))
        return {}
    party = Party(origin.party)
    named = {
        "department": (origin.department, party == Party.DEPARTMENT, _("Say which department.")),
        "person": (origin.person, party == Party.PERSON, _("Say which member of the staff.")),
        "party_name": (origin.party_name.strip(), party in NAMED_IN_WORDS, _("Say who that is.")),
    }
    for field, (value, wanted, question) in named.items():
        if wanted and not value:
            raise invalid(field, question)
        if value and not wanted:
            raise invalid(field, _("This does not belong to the responsible party that was chosen. Leave it empty."))
    if errors := too_long({"party_name": (origin.party_name, MAX_LINE)}):
        raise invalid("party_name", errors["party_name"][0])
    if origin.person is not None and origin.person.pk == by.pk:
        raise ConflictOfInterest(_("Nobody judges themselves. Somebody else must judge this complaint."))
    return {
        "cause": Cause(origin.cause),
        "cause_note": check_text("cause_note", origin.cause_note),
        "party": party,
        "department": origin.department,
        "person": origin.person,
        "party_name": origin.party_name.strip(),
    }


def _share(share: int, reasons: str, grounds: Grounds, origin: Origin | None) -> dict[str, Any]:
    if not 0 <= share <= 100:
        raise invalid("share", _("Give a share from 0 to 100 per cent."))
    if refusal := judging.too_large_a_share(share, grounds, Party(origin.party) if origin is not None else None):
        raise invalid("share", refusal)
    if share == 0 and not reasons.strip():
        return {}
    return {"share": share, "share_reasons": check_text("share_reasons", reasons)}


def _inquiry_goes_far_enough(complaint: Complaint, enough_because: str) -> tuple[Proposal, str]:
    """The proposed depth, and why less is enough; nothing when nothing is missing. Raises Invalid."""
    entries = list(complaint.investigation.order_by("number"))
    statements = list(complaint.tasks.filter(kind=TaskKind.STATEMENT))
    proposal = inquiries.proposed(complaint, inquiries.stake_in(entries))
    heard = inquiries.was_heard(inquiries.standing(entries), statements)
    gaps = judging.gaps(proposal.depth, inquiries.facts(entries), heard=heard)
    if not gaps:
        return proposal, ""
    if not enough_because.strip():
        raise invalid(
            "enough_because",
            _("The proposed depth of inquiry is “%(depth)s”. Say why this is enough all the same: %(gaps)s")
            % {"depth": proposal.depth.label, "gaps": " ".join(str(gap.label) for gap in gaps)},
        )
    return proposal, check_text("enough_because", enough_because)


def _record_judgement(judgement: Judgement, by: User, *, revised: bool) -> None:
    """The event says what was found in codes; the reasons stay in the judgement."""
    events.record(
        judgement.complaint,
        kind=Verb.JUDGE,
        by=by,
        at=judgement.judged_at,
        judgement=judgement.number,
        grounds=str(judgement.grounds),
        demand=str(judgement.demand),
        cause=judgement.cause,
        party=judgement.party,
        share=judgement.share,
        depth=str(judgement.depth),
        revised=revised,
        **({"matter": judgement.matter.number} if judgement.matter is not None else {}),
    )
