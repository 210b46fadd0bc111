"""Within how many hours an authority must hear of a major complaint: by law, and by the rule of the house. Both count
round the clock. (Mission M25.)
"""

from dataclasses import dataclass
from datetime import datetime

from complaints.models import Complaint
from escalation import amounts, targets
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.selectors.rulebook import Rulebook


@dataclass(frozen=True)
class ReportHours:
    """One limit for the report. `due_at` is None while nothing is owed."""

    amount: str
    by_law: bool
    due_at: datetime | None


def report_hours(complaint: Complaint) -> list[ReportHours]:
    """The limits of every policy that fits the complaint, the strictest first; the first policy that fits is the one
    whose clock runs. What is statutory is the law's, what is not the house's. Five queries at most.
    """
    rulebook = Rulebook.read()
    clocks = Clock.objects.filter(complaint=complaint, kind=ClockKind.AUTHORITY_REPORT)
    begun = clocks.order_by("-cycle", "-id").first()
    found = set()
    for rules in rulebook.matching(complaint):
        rule = rules.policy.clocks.get(ClockKind.AUTHORITY_REPORT)
        if rule is not None and rule.target is not None:
            due_at = targets.due(rules.calendar, rule.target, begun.started_at) if begun is not None else None
            amount = amounts.in_words(rule.target.unit, float(rule.target.amount))
            found.add(ReportHours(amount, by_law=rule.target.statutory, due_at=due_at))
    return sorted(found, key=lambda each: (each.due_at.timestamp() if each.due_at else 0.0, each.by_law, each.amount))
