"""Complaints that have been looked into and judged, through the services."""

from typing import Any

from accounts.models import User
from complaints.judging import Cause, DemandFinding, Grounds, Party, Source
from complaints.models import Complaint, InvestigationEntry, Judgement
from complaints.services import inquiries, judgements
from complaints.services.judgements import Origin
from complaints.validity import Basis, Fault, Harmed

BY_MISTAKE = Basis(fault=Fault.MISTAKE, harmed=Harmed.USER)
"""What a valid class rests on in most tests."""


def look_into(complaint: Complaint, by: User, **changes: Any) -> InvestigationEntry:
    """Record a verified fact."""
    given = {
        "complaint_id": complaint.pk,
        "by": by,
        "source": Source.RECORD,
        "what": "The till booked it twice.",
        "verified": True,
        "how": "The journal of the till.",
    } | changes
    return inquiries.investigate(**given)


def judge(complaint: Complaint, by: User, **changes: Any) -> Judgement:
    """Judge that the grounds are founded, by a fact that is recorded first when there is none; the cause is known."""
    if not complaint.investigation.filter(cycle=complaint.cycle).exists():
        look_into(complaint, by)
    asks = bool(complaint.demands or complaint.demand_note)
    given = {
        "complaint_id": complaint.pk,
        "by": by,
        "grounds": Grounds.FOUNDED,
        "grounds_reasons": "The journal shows it.",
        "demand": DemandFinding.REASONABLE if asks else DemandFinding.NONE,
        "demand_reasons": "It is their money." if asks else "",
        "origin": Origin(Cause.MISTAKE, "Booked again after a timeout.", Party.NOBODY),
        "enough_because": "The journal leaves no doubt.",
    } | changes
    return judgements.judge(**given)
