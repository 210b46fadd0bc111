"""The final response: what is sent to write it, and how a letter is told."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints import overpromising
from complaints.api.fields import ListIn, MomentOut, OneOf
from complaints.api.serializers.taking import Strict
from complaints.limits import MAX_TEXT
from complaints.models import Complaint, FinalResponse
from complaints.responding import WHOLE, Part, Requirements, ResponseState, Text
from complaints.selectors import final_responses
from complaints.services.matters import MOST_MATTERS
from complaints.vocabulary import Outcome


class ResponsePartIn(Strict):
    """One part of the letter. Left empty it is left out."""

    part = OneOf(Part)
    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True)
    matter = serializers.IntegerField(
        required=False,
        default=WHOLE,
        min_value=0,
        max_value=32_767,
        help_text=_("The number of the matter it is about, in a complaint that was split; 0: the whole."),
    )


class DraftResponseIn(Strict):
    """The whole letter: what was written before and is not sent again is gone."""

    outcome = OneOf(Outcome, required=False, allow_null=True)
    parts = ListIn(
        child=ResponsePartIn(),
        max_length=len(Part) * (MOST_MATTERS + 1),
        help_text=_("In any order; each part once."),
    )
    until = serializers.DateField(
        required=False, allow_null=True, help_text=_("The last date for turning elsewhere, such as 2027-05-26.")
    )
    ready = serializers.BooleanField(
        required=False, default=False, help_text=_("Whether a second person is to approve it; it must be complete.")
    )

    @staticmethod
    def letter(given: Mapping[str, Any]) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        return {
            "outcome": given.get("outcome"),
            "texts": [Text(Part(one["part"]), one["text"], one["matter"]) for one in given["parts"]],
            "until": given.get("until"),
            "ready": given["ready"],
        }


class ResponsePartOut(serializers.Serializer):
    """One part of the letter."""

    part = serializers.ChoiceField(Part.choices)
    text = serializers.CharField()
    matter = serializers.IntegerField()


class ApproveResponseIn(Strict):
    digest = serializers.CharField(
        max_length=64, help_text=_("That of the letter as it was read: `digest` in the list of final responses.")
    )


class MissingOut(serializers.Serializer):
    """Something that a letter lacks."""

    field = serializers.CharField()
    sentence = serializers.CharField()


class FinalResponseOut(serializers.Serializer):
    """A letter: what it says, where it stands, and what it still lacks. People by e-mail address."""

    cycle = serializers.IntegerField(help_text=_("The cycle of the complaint that it ends."))
    state = serializers.ChoiceField(ResponseState.choices)
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True)
    parts = ResponsePartOut(many=True, source="parts.all")
    until = serializers.DateField(allow_null=True)
    missing = serializers.SerializerMethodField(help_text=_("Empty once it may be sent, or was."))
    too_much = serializers.SerializerMethodField(
        help_text=_("Words of a letter not sent yet that may promise more than the office can keep.")
    )
    needs_approval = serializers.SerializerMethodField(
        help_text=_("Whether a second person must approve it before it is sent.")
    )
    drafted_by = serializers.EmailField(source="drafted_by.email")
    drafted_at = MomentOut()
    approved_by = serializers.EmailField(source="approved_by.email", default=None, allow_null=True)
    approved_at = MomentOut(allow_null=True)
    sent_by = serializers.EmailField(source="sent_by.email", default=None, allow_null=True)
    sent_at = MomentOut(allow_null=True)
    attachment = serializers.IntegerField(
        source="file_id", allow_null=True, help_text=_("The id of the PDF as it was sent.")
    )
    digest = serializers.SerializerMethodField(
        help_text=_("Of the words as they stand (SHA-256, hex): whoever approves the letter states it.")
    )
    sha256 = serializers.CharField(source="file.sha256", default=None, allow_null=True)

    @extend_schema_field(MissingOut(many=True))
    def get_missing(self, response: FinalResponse) -> list[dict[str, str]]:
        """By the rule that the complaint goes by now; a letter of an earlier cycle that never left lacks nothing."""
        complaint: Complaint = self.context["complaint"]
        if response.state == ResponseState.SENT or response.cycle != complaint.cycle:
            return []
        lacks = final_responses.lacking(complaint, response, self._required)
        return [{"field": lack.field, "sentence": lack.sentence} for lack in lacks]

    def get_too_much(self, response: FinalResponse) -> list[str]:
        """As they are written there; for whoever sends it to look at once more."""
        if response.state == ResponseState.SENT:
            return []
        return overpromising.found_in("\n".join(part.text for part in response.parts.all()))

    def get_needs_approval(self, response: FinalResponse) -> bool:
        """By the rule, or because it was handed to somebody."""
        if response.state in (ResponseState.SENT, ResponseState.APPROVED):
            return False
        return self._required.four_eyes or response.state == ResponseState.READY

    def get_digest(self, response: FinalResponse) -> str:
        """Of its parts in hand: no query."""
        return response.content().digest()

    @property
    def _required(self) -> Requirements:
        required: Requirements = self.context["required"]
        return required
