"""What goes in and comes out after the answer: follow-ups, ratings, closing, and a reply that promises a date."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.api.fields import MomentIn, MomentOut, OneOf
from complaints.api.serializers.taking import MessageIn, Strict
from complaints.api.serializers.weighing import Weighed
from complaints.limits import MAX_TEXT


class ReplyIn(Weighed, MessageIn):
    """A letter, and the date that it promises."""

    weighed = ("body",)

    promise_until = MomentIn(
        required=False,
        allow_null=True,
        help_text=_("By when you come back to them; watched like a promise of its own. At most a year ahead."),
    )


class FollowUpIn(Strict):
    mode = OneOf(FollowUpMode)
    result = OneOf(Satisfaction)
    words = serializers.CharField(max_length=MAX_TEXT, help_text=_("What they said, or how they were tried."))
    own_words = serializers.BooleanField(
        required=False, default=False, help_text=_("Whether these are the complainant's own words.")
    )
    upheld = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text=_(
            "Whether the complainant is right; required for `partly` and `dissatisfied`. True begins a rework."
        ),
    )
    reasons = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text=_("Why they are right or not.")
    )
    at = MomentIn(
        required=False, allow_null=True, help_text=_("An earlier moment than now needs a role that may state one.")
    )


class CloseIn(Strict):
    reason = OneOf(CloseReason)
    note = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_TEXT,
        help_text=_("Required before the stated date (`objection_until`), and for `other`."),
    )


class FollowUpOut(serializers.Serializer):
    """How the office went back to the complainant, and what came of it."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    cycle = serializers.IntegerField()
    mode = serializers.ChoiceField(FollowUpMode.choices)
    result = serializers.ChoiceField(Satisfaction.choices)
    words = serializers.CharField(source="message.body")
    own_words = serializers.BooleanField()
    upheld = serializers.BooleanField(allow_null=True)
    reasons = serializers.CharField(allow_blank=True)
    led_to_rework = serializers.BooleanField()
    by = serializers.EmailField(source="by.email")
    at = MomentOut()


class RatingOut(serializers.Serializer):
    """What the complainant says of an answer by themselves."""

    cycle = serializers.IntegerField()
    satisfied = serializers.BooleanField()
    words = serializers.CharField(source="message.body", default="", allow_blank=True)
    at = MomentOut()
