"""Restricted complaints: which are so by what they are, where they begin, and what they ask for. Pure.

A report of wrongdoing keeps its reporter secret to those reported; a complaint of an employee is confidential. Both
are restricted from registration on; any other complaint by the decision of a senior person. Only a named circle sees
them. (Design section 3, "Restricted"; mission M37 and M38: S0-73, S2-35, S2-42.)
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.vocabulary import Relation, Track


class Restriction(TextChoices):
    """Why a complaint is restricted. One without any is open to whoever reads the complaints of its department."""

    REPORT = "report", _("Report of wrongdoing")
    EMPLOYEE = "employee", _("Complaint of an employee")
    DECISION = "decision", _("By decision")


CONFIDENTIAL_TIER = 4
"""Restricted from registration on, a complaint begins at this tier of the ladder: outside the line of its department,
where the colleagues and superiors of those concerned are."""


def by_nature(*, track: str, relation: str) -> Restriction | None:
    """Why a complaint is restricted from registration on; None when it is not. A report comes first: it protects
    whoever reports, an employee or not.
    """
    if track == Track.REPORT:
        return Restriction.REPORT
    return Restriction.EMPLOYEE if relation == Relation.EMPLOYEE else None


def needs_consent_to_leave(restriction: str, *, about_staff: bool) -> bool:
    """The same before it, or a part of it, goes to another department: also of one that is restricted by decision, if
    it is about somebody of the staff. They are told to whom it would be open. (S2-42.)
    """
    return needs_consent(restriction) or (bool(restriction) and about_staff)


def needs_consent(restriction: str) -> bool:
    """Whether the complainant must agree before others come to know of it: another department, or everybody."""
    return restriction in (Restriction.REPORT, Restriction.EMPLOYEE)
