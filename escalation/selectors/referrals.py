"""Which external body serves a complaint, and what a referral to it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from complaints.models import Complaint
from complaints.selectors import public_story
from escalation import matching
from escalation.models import Clock, ExternalBody, Referral
from escalation.selectors.promised import TOLD
from escalation.selectors.rulebook import facts_of


def bodies() -> list[ExternalBody]:
    """The external bodies in use, in the order in which they are tried."""
    return list(ExternalBody.objects.filter(is_active=True))


def bodies_for(complaint_ids: Sequence[int]) -> Mapping[int, ExternalBody | None]:
    """For each complaint the first external body that serves it; None where none does. At most four queries."""
    candidates = [(body, matching.match_from_json(body.match)) for body in bodies()]
    if not candidates:
        return dict.fromkeys(complaint_ids)
    facts = facts_of(complaint_ids)
    return {
        pk: next((body for body, match in candidates if matching.fits(match, facts[pk])), None) for pk in complaint_ids
    }


def referral_of(complaint: Complaint) -> Referral | None:
    """The referral of the complaint's present cycle, if one was prepared."""
    referrals = Referral.objects.filter(complaint=complaint, cycle=complaint.cycle)
    return referrals.select_related("body", "prepared_by", "settled_by").first()


@dataclass(frozen=True)
class CaseFile:
    """What a referral tells of a complaint: what was promised to the complainant, and what they heard of it. Never the
    class, a note, or anything else that only the office knows.
    """

    promises: Sequence[Clock]
    story: Sequence[public_story.Entry]


def case_file(complaint: Complaint) -> CaseFile:
    """The case as its complainant knows it, oldest first."""
    promises = Clock.objects.filter(complaint=complaint, kind__in=[kind.value for kind in TOLD])
    case = public_story.public_case(complaint)
    return CaseFile(list(promises.order_by("started_at", "id")), case.entries[::-1])
