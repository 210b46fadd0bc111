"""Shapes of mass incidents."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department
from complaints.api.fields import CodeIn, MomentOut
from complaints.api.serializers.taking import Strict
from complaints.api.serializers.weighing import Weighed
from complaints.limits import MAX_LINE, MAX_TEXT
from complaints.models import IncidentUpdate, MassIncident
from complaints.selectors import mass

_MOST_ID = 2**63 - 1


class IncidentIn(serializers.IntegerField):
    """The number of a mass incident that the person sees."""

    default_error_messages = {"unknown": _("There is no mass incident with this number that you may see.")}

    def to_internal_value(self, data: Any) -> Any:
        """The incident."""
        number = 0 if isinstance(data, bool) else super().to_internal_value(data)
        found = mass.visible_incidents(self.context["request"].user).filter(pk=max(0, min(number, _MOST_ID))).first()
        if found is None:
            self.fail("unknown")
        return found


class GatherIn(Strict):
    incident = IncidentIn(help_text=_("The number of the mass incident."))


class OpenIncidentIn(Strict):
    title = serializers.CharField(max_length=MAX_LINE)
    text = serializers.CharField(max_length=MAX_TEXT, help_text=_("What happened. Only the office reads this."))
    department = CodeIn(Department, help_text=_("The code of the department."))


class UpdateIn(Weighed, Strict):
    weighed = ("body",)

    body = serializers.CharField(
        max_length=MAX_TEXT, help_text=_("Each complainant reads this as a reply to their own complaint.")
    )


class IncidentOut(serializers.Serializer):
    """A mass incident. The counts are of the complaints that the person sees."""

    number = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    text = serializers.CharField()
    department = serializers.CharField(source="department.code")
    opened_by = serializers.EmailField(source="opened_by.email")
    opened_at = MomentOut()
    closed_by = serializers.EmailField(source="closed_by.email", default=None, allow_null=True)
    closed_at = MomentOut(allow_null=True)
    complaints = serializers.IntegerField(source="gathered_count")
    open_complaints = serializers.IntegerField(source="open_count")


class IncidentWithComplaintsOut(IncidentOut):
    """A mass incident with what is gathered under it, as far as the person sees it."""

    references = serializers.SerializerMethodField(help_text=_("At most 1000; the last received first."))

    def get_references(self, incident: MassIncident) -> list[str]:
        """Of the complaints that the person sees."""
        references: list[str] = self.context["references"]
        return references


class UpdateOut(serializers.Serializer):
    """What was sent to all open complaints of a mass incident."""

    body = serializers.CharField()
    author = serializers.EmailField(source="author.email")
    created_at = MomentOut()
    reached = serializers.SerializerMethodField(help_text=_("How many of the complaints that the person sees."))

    def get_reached(self, update: IncidentUpdate) -> int:
        """Counted for the reader."""
        reached: int = self.context["reached"][update.pk]
        return reached
