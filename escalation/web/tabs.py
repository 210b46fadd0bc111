"""The pages about deadlines, as tabs on top of each of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.web.desk.access import StaffRequest
from escalation import permissions


def tabs(request: StaffRequest) -> list[dict[str, Any]]:
    """Those that the person may open, the present one marked."""
    labels = {
        "what-if": _("What if"),
        "policies": _("Policies"),
        "calendars": _("Calendars"),
        "packs": _("Rule packs"),
    }
    if permissions.may_administer(request.user):
        labels["engine"] = _("Engine")
    return [
        {"href": reverse(f"escalation:{name}"), "label": label, "current": name in _places(request)}
        for name, label in labels.items()
    ]


def _places(request: StaffRequest) -> tuple[str, ...]:
    """The present page, and the tab it belongs to."""
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    whole = {"calendar": "calendars", "policy": "policies", "pack": "packs"}
    return (name, whole.get(name.partition("-")[0], name))
