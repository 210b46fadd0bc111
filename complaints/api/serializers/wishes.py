"""Wishes for another handler: what their acts take, and what is told of them."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import MomentOut, OneOf, PersonIn
from complaints.api.serializers.taking import Strict
from complaints.limits import MAX_TEXT
from complaints.rehandling import Wish, WishState
from complaints.vocabulary import Channel


class AskAnotherIn(Strict):
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("Why, in the complainant's own words."))
    through = OneOf(Channel, help_text=_("How the complainant told the office."))
    wish = OneOf(Wish, required=False)


class GrantAnotherIn(Strict):
    to = PersonIn(
        required=False,
        allow_null=True,
        help_text=_("Who handles it now; yourself to take it over. Left out: whoever holds its tier."),
    )
    answer = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text=_("The complainant reads this.")
    )


class RefuseAnotherIn(Strict):
    answer = serializers.CharField(max_length=MAX_TEXT, help_text=_("Why; the complainant reads this."))


class HandlerWishOut(serializers.Serializer):
    """The complainant's wish that somebody else handles it. People by e-mail address."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    state = serializers.ChoiceField(WishState.choices)
    wish = serializers.ChoiceField(Wish.choices)
    reasons = serializers.CharField()
    through = serializers.ChoiceField(Channel.choices)
    recorded_by = serializers.EmailField(source="recorded_by.email", default=None, allow_null=True)
    made_at = MomentOut()
    holder = serializers.EmailField(source="holder.email", help_text=_("Who handled it at that time."))
    decided_by = serializers.EmailField(source="decided_by.email", default=None, allow_null=True)
    decided_at = MomentOut(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    went_to = serializers.EmailField(source="went_to.email", default=None, allow_null=True)
