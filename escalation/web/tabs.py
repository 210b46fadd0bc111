"""The pages about deadlines, as tabs on top of each of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.web.desk.access import StaffRequest
from escalation import permissions


def tabs(request: StaffRequest) -> list[dict[str, Any]]:
    """Those that the person may open, the present one marked."""
    match = request.resolver_match
    labels = {"what-if": _("What if")}
    if permissions.may_administer(request.user):
        labels["engine"] = _("Engine")
    return [
        {"href": reverse(f"escalation:{name}"), "label": label, "current": bool(match and match.url_name == name)}
        for name, label in labels.items()
    ]
