"""Interim measures: what their acts take, and what the circle is told of them."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import MomentOut, OneOf
from complaints.api.serializers.taking import Strict
from complaints.limits import MAX_TEXT
from complaints.measuring import MeasureKind


class OrderMeasureIn(Strict):
    kind = OneOf(MeasureKind)
    what = serializers.CharField(max_length=MAX_TEXT, help_text=_("What is ordered, and for whom."))
    reasons = serializers.CharField(max_length=MAX_TEXT)
    since = serializers.DateField(required=False, allow_null=True, help_text=_("Its first day; today if left out."))
    until = serializers.DateField(
        required=False, allow_null=True, help_text=_("Its last day; null as long as the complaint is looked into.")
    )


class EndMeasureIn(Strict):
    measure = serializers.IntegerField(source="number", min_value=1, max_value=1000)
    reasons = serializers.CharField(max_length=MAX_TEXT)


class InterimMeasureOut(serializers.Serializer):
    """What was ordered while a restricted complaint is looked into. People by e-mail address."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    kind = serializers.ChoiceField(MeasureKind.choices)
    what = serializers.CharField()
    reasons = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    is_due = serializers.BooleanField(help_text=_("Its last day has passed, and nobody has ended it."))
    ordered_by = serializers.EmailField(source="ordered_by.email")
    ordered_at = MomentOut()
    ended_by = serializers.EmailField(source="ended_by.email", default=None, allow_null=True)
    ended_at = MomentOut(allow_null=True)
    ended_because = serializers.CharField(allow_blank=True)
