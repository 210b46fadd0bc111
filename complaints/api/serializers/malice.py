"""Grave classes: what the acts about them take, and what is told of objections."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import MomentOut, OneOf
from complaints.api.serializers.taking import SecondLookIn, Strict
from complaints.limits import MAX_TEXT
from complaints.malice import ObjectionState
from complaints.validity import Fault, Harmed
from complaints.vocabulary import Channel


class RenewClassIn(SecondLookIn):
    """New reasons; a second person confirms."""

    told = serializers.CharField(max_length=MAX_TEXT, help_text=_("The reasons that the complainant reads."))


class ConvertIn(SecondLookIn):
    """A person agrees that a badly handled communicative complaint counts as valid."""

    fault = OneOf(Fault, help_text=_("How the harm came about."))
    harmed = OneOf(Harmed, help_text=_("To whom."))


class ObjectIn(Strict):
    """The complainant objects to a grave class."""

    words = serializers.CharField(max_length=MAX_TEXT, help_text=_("In the complainant's own words."))
    through = OneOf(Channel, help_text=_("How they said so."))


class DecideObjectionIn(Strict):
    """A third person decides."""

    upheld = serializers.BooleanField(help_text=_("True lifts the class, false lets it stand."))
    answer = serializers.CharField(max_length=MAX_TEXT, help_text=_("What the complainant is told."))


class ObjectionOut(serializers.Serializer):
    """What the complainant says against a grave class, and what a third person decided. People by e-mail address."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    state = serializers.ChoiceField(ObjectionState.choices, read_only=True)
    words = serializers.CharField()
    through = serializers.ChoiceField(Channel.choices, read_only=True)
    recorded_by = serializers.EmailField(
        source="recorded_by.email", default=None, allow_null=True, help_text=_("Null: the complainant's own page.")
    )
    made_at = MomentOut()
    decided_by = serializers.EmailField(source="decided_by.email", default=None, allow_null=True)
    decided_at = MomentOut(allow_null=True)
    answer = serializers.CharField(allow_blank=True, help_text=_("What the complainant was told."))
