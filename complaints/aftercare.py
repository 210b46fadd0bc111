"""What comes after the answer: asking whether it held, and closing. Pure.

Resolved is not closed. The office goes back to the complainant, a major complaint by the head of the department in
person; an answer that did not hold leads to rework. Nothing is closed without a coded reason, and silence is one only
after the date that was stated. (Design section 3, "Follow-up visits"; missions M28, M29, M44.)
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from common import moments
from complaints.errors import invalid
from complaints.vocabulary import Priority


class FollowUpMode(TextChoices):
    """How the office goes back to the complainant."""

    VISIT = "visit", _("Visit")
    PHONE = "phone", _("Phone call")
    LETTER = "letter", _("Letter")


class Satisfaction(TextChoices):
    """What the complainant thinks of the answer now."""

    SATISFIED = "satisfied", _("Satisfied")
    PARTLY = "partly", _("Partly satisfied")
    DISSATISFIED = "dissatisfied", _("Not satisfied")
    NOT_REACHED = "not_reached", _("Could not be reached")


UNHAPPY: frozenset[Satisfaction] = frozenset({Satisfaction.PARTLY, Satisfaction.DISSATISFIED})
"""Then the office says whether the complainant is right: the finding of a follow-up."""


class CloseReason(TextChoices):
    """Why an answered complaint is closed."""

    CONFIRMED = "confirmed", _("The complainant says that it is settled")
    SILENT = "silent", _("No objection by the date that was stated")
    NO_CONTACT = "no_contact", _("The complainant could not be reached")
    ELSEWHERE = "elsewhere", _("Settled elsewhere, such as by a court or another body")
    OTHER = "other", _("Another reason, in words")


CLOSED_BECAUSE: Mapping[str, Any] = MappingProxyType(
    {
        CloseReason.CONFIRMED.value: _("You told us that it is settled."),
        CloseReason.SILENT.value: _("We have heard no objection from you by the date that we gave you."),
        CloseReason.NO_CONTACT.value: _("We could not reach you."),
        CloseReason.ELSEWHERE.value: _("It was settled elsewhere."),
    }
)
"""The same in words for the complainant; another reason stays with the office."""

HEADS: frozenset[Role] = frozenset({Role.MANAGER, Role.EXECUTIVE})
"""The head of a department, and those above all heads."""


def wants_the_head(priority: str) -> bool:
    """Whether the head of the department follows up in person: a major complaint."""
    return priority == Priority.MAJOR


def leads_to_rework(result: Satisfaction, upheld: bool | None) -> bool:
    """Whether the answer did not hold: the complainant is not content, and the office finds that they are right."""
    return result in UNHAPPY and upheld is True


def check_finding(result: Satisfaction, upheld: bool | None) -> None:
    """Whether they are right is asked exactly where the complainant is not content. Raises Invalid."""
    if result in UNHAPPY and upheld is None:
        raise invalid(
            "upheld", _("Say whether the complainant is right. If they are, the complaint is worked on again.")
        )
    if result not in UNHAPPY and upheld is not None:
        raise invalid("upheld", _("Only where the complainant is not content is there something to be right about."))


def check_closing(
    reason: CloseReason, note: str, *, until: datetime | None, now: datetime, told_us: bool = False
) -> None:
    """Whether a person may close for this reason now. `until` is the stated date up to which the complainant can
    object; None where none was stated. `told_us`: it is on record already that they say it is settled. Raises Invalid
    naming `reason` or `note`.
    """
    stated = until is not None and until <= now
    if reason == CloseReason.SILENT and until is None:
        raise invalid(
            "reason",
            _("No date was stated until which they can object, so silence says nothing. Choose another reason."),
        )
    if reason == CloseReason.SILENT and not stated:
        raise invalid(
            "reason",
            _("The complainant can object until %(until)s. Silence counts only after that: choose another reason.")
            % {"until": moments.full(moments.last_minute(until)) if until else ""},
        )
    bears_out = stated or (told_us and reason == CloseReason.CONFIRMED)
    if not note and (reason == CloseReason.OTHER or not bears_out):
        raise invalid(
            "note", _("Say in words what you rely on: only after the stated date is the reason alone enough.")
        )
