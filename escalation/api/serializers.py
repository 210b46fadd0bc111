"""Clocks as programs read them. Shapes only."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.api.fields import MomentOut
from escalation import explanation
from escalation.extending import Ground, Standing
from escalation.policies import ClockKind
from escalation.replay import State
from escalation.selectors import Explained
from escalation.targets import Unit


class ClockOut(serializers.Serializer):
    """One promise. `breached_at` is the moment of the promise that was broken, however late that was noticed."""

    id = serializers.IntegerField(help_text=_("By which acts name it."))
    kind = serializers.ChoiceField(ClockKind.choices, read_only=True)
    number = serializers.IntegerField(min_value=1, help_text=_("Which one of its kind in the cycle."))
    about = serializers.CharField(
        allow_blank=True, help_text=_("What it measures where that is not the whole complaint, such as “task:2”.")
    )
    state = serializers.ChoiceField(State.choices, read_only=True)
    cycle = serializers.IntegerField(min_value=1, help_text=_("Rises at each reopening."))
    started_at = MomentOut()
    due_at = MomentOut(allow_null=True, help_text=_("Null while paused."))
    met_at = MomentOut(allow_null=True)
    breached_at = MomentOut(allow_null=True)
    provisional = serializers.BooleanField(help_text=_("Rests on days that the calendar does not list yet."))


class ExtensionOut(serializers.Serializer):
    """A request for more time. One that nobody decided in time has lapsed."""

    id = serializers.IntegerField()
    standing = serializers.ChoiceField(Standing.choices, read_only=True)
    amount = serializers.FloatField(help_text=_("In `unit`."))
    unit = serializers.ChoiceField([(unit.value, unit.value) for unit in Unit], read_only=True)
    reason = serializers.ChoiceField(Ground.choices, read_only=True)
    reasons = serializers.CharField(help_text=_("For the file."))
    asked_by = serializers.EmailField(source="asked_by.email")
    asked_at = MomentOut()
    decided_by = serializers.EmailField(source="decided_by.email", allow_null=True, default=None)
    decided_at = MomentOut(allow_null=True)
    decision_reasons = serializers.CharField(allow_blank=True)
    due_before = MomentOut(allow_null=True)
    due_at = MomentOut(allow_null=True)


class StretchOut(serializers.Serializer):
    """A stretch of time that counted or did not."""

    start = MomentOut()
    end = MomentOut(allow_null=True, help_text=_("Null for a pause that is still open."))
    kind = serializers.ChoiceField(explanation.Kind.choices, read_only=True)
    counted_seconds = serializers.FloatField()
    counted_days = serializers.IntegerField(help_text=_("How many days of a day target were complete at its end."))
    note = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField(help_text=_("In the language of the person the token acts for."))


class ExplainedClockOut(ClockOut):
    """A promise and why it is due when it is."""

    remaining = serializers.FloatField(
        allow_null=True, help_text=_("Seconds left while paused: working seconds in the working units.")
    )
    policy = serializers.CharField(source="policy_version.policy.code")
    policy_version = serializers.IntegerField(source="policy_version.number")
    calendar = serializers.CharField(source="calendar_version.calendar.code")
    calendar_version = serializers.IntegerField(source="calendar_version.number")
    extensions = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()

    @extend_schema_field(ExtensionOut(many=True))
    def get_extensions(self, clock: Any) -> list[dict[str, Any]]:
        """Every request for more time, from the first on."""
        return [dict(ExtensionOut(one).data) for one in self.context["extensions"] if one.clock_id == clock.pk]

    @extend_schema_field(StretchOut(many=True))
    def get_why(self, clock: Any) -> list[dict[str, Any]]:
        """Every stretch between the start and the deadline, without gaps."""
        explained: Explained = self.context["explained"][clock.pk]
        return [explanation.to_json(stretch) for stretch in explained.stretches]
