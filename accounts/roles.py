"""The roles people hold in departments, and which role holds which tier of the ladder. Pure. (Design section 1.)"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person is in a department; one person may hold several."""

    AGENT = "agent", _("Agent")
    HANDLER = "handler", _("Handler")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    SPECIALIST = "specialist", _("Escalation specialist")
    EXECUTIVE = "executive", _("Executive")
    QUALITY_REVIEWER = "quality_reviewer", _("Quality reviewer")
    DUTY_OFFICER = "duty_officer", _("Duty officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


TIER_HOLDERS: dict[int, Role] = {
    1: Role.HANDLER,
    2: Role.SUPERVISOR,
    3: Role.MANAGER,
    4: Role.SPECIALIST,
    5: Role.EXECUTIVE,
}
"""Tier of the ladder → the role that holds it (design section 1)."""

FIRST_TIER = min(TIER_HOLDERS)
"""Where whoever has time takes what nobody holds; further up somebody in particular is answerable."""
TOP_TIER = max(TIER_HOLDERS)
