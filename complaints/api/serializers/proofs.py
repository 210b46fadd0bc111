"""Proofs and numbers: what their acts take, and what is told of them."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import MomentOut, OneOf
from complaints.api.serializers.taking import Strict
from complaints.limits import MAX_LINE
from complaints.proving import NumberKind, ProofFrom, ProofKind, ProofState
from complaints.services.proofs import LONGEST_NUMBER


class ListProofIn(Strict):
    kind = OneOf(ProofKind)
    what = serializers.CharField(
        max_length=MAX_LINE, help_text=_("Which one. The complainant reads it where they could bring it.")
    )
    brought_by = OneOf(ProofFrom, help_text=_("Who could bring it."))


class SettleProofIn(Strict):
    proof = serializers.IntegerField(source="number", min_value=1, max_value=1000)
    state = OneOf(ProofState, help_text=_("Whether it is there or cannot be had."))
    remark = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LINE)
    file = serializers.IntegerField(
        source="file_id",
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("The id of the file of the complaint that is it."),
    )


class RecordNumberIn(Strict):
    kind = OneOf(NumberKind)
    value = serializers.CharField(max_length=LONGEST_NUMBER)


class ProofOut(serializers.Serializer):
    """Something that would show how it was, and whether it is there. People by e-mail address."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    kind = serializers.ChoiceField(ProofKind.choices)
    what = serializers.CharField()
    brought_by = serializers.ChoiceField(ProofFrom.choices)
    state = serializers.ChoiceField(ProofState.choices)
    remark = serializers.CharField(allow_blank=True)
    file = serializers.IntegerField(source="file_id", allow_null=True)
    listed_by = serializers.EmailField(source="listed_by.email")
    listed_at = MomentOut()
    settled_by = serializers.EmailField(source="settled_by.email", default=None, allow_null=True)
    settled_at = MomentOut(allow_null=True)


class CaseNumberOut(serializers.Serializer):
    """A number by which others know the matter."""

    kind = serializers.ChoiceField(NumberKind.choices)
    value = serializers.CharField()
