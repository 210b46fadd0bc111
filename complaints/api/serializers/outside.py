"""Shapes of proceedings outside, legal holds, authorities of representatives, and joint complainants."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import MomentIn, MomentOut, OneOf
from complaints.api.serializers.taking import Strict
from complaints.limits import MAX_LINE, MAX_TEXT
from complaints.outside import Basis, ProceedingKind
from complaints.vocabulary import Relation

_MOST_ID = 2**63 - 1
_MOST_NUMBER = 1000


class OpenProceedingIn(Strict):
    kind = OneOf(ProceedingKind)
    body = serializers.CharField(max_length=MAX_LINE, help_text=_("Which mediator, regulator or court."))
    reference = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_LINE, help_text=_("Their number.")
    )
    what = serializers.CharField(max_length=MAX_TEXT, help_text=_("What is asked of us."))
    due = MomentIn(required=False, allow_null=True, help_text=_("By when; a clock watches it."))


class MoveProceedingIn(Strict):
    proceeding = serializers.IntegerField(source="number", min_value=1, max_value=_MOST_NUMBER)
    due = MomentIn(required=True, allow_null=True, help_text=_("The new date; null if none stands any more."))
    reasons = serializers.CharField(max_length=MAX_TEXT)


class EndProceedingIn(Strict):
    proceeding = serializers.IntegerField(source="number", min_value=1, max_value=_MOST_NUMBER)
    result = serializers.CharField(max_length=MAX_TEXT)


class RecordAuthorityIn(Strict):
    basis = OneOf(Basis)
    document_seen = serializers.BooleanField(help_text=_("Without this the authority does not count."))
    valid_until = serializers.DateField(required=False, allow_null=True, help_text=_("Its last day."))
    document = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=_MOST_ID,
        help_text=_("The id of the file of the complaint that is the document."),
    )


class RevokeAuthorityIn(Strict):
    authority = serializers.IntegerField(source="number", min_value=1, max_value=_MOST_NUMBER)
    reasons = serializers.CharField(max_length=MAX_TEXT)


class AddComplainantIn(Strict):
    name = serializers.CharField(max_length=MAX_LINE)
    email = serializers.CharField(required=False, allow_blank=True, max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=60)
    relation = OneOf(Relation, required=False)


class RemoveComplainantIn(Strict):
    person = serializers.IntegerField(source="number", min_value=1, max_value=_MOST_NUMBER)


class ProceedingOut(serializers.Serializer):
    """A mediation, an order of a regulator, or a court case."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    kind = serializers.ChoiceField(ProceedingKind.choices)
    body = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)
    what = serializers.CharField()
    due = MomentOut(allow_null=True)
    opened_by = serializers.EmailField(source="opened_by.email")
    opened_at = MomentOut()
    ended_by = serializers.EmailField(source="ended_by.email", default=None, allow_null=True)
    ended_at = MomentOut(allow_null=True)
    result = serializers.CharField(allow_blank=True)


class LegalHoldOut(serializers.Serializer):
    """The file must be kept as it is."""

    reasons = serializers.CharField()
    placed_by = serializers.EmailField(source="placed_by.email")
    placed_at = MomentOut()


class AuthorityOut(serializers.Serializer):
    """By what right the complainant acts for somebody else."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    basis = serializers.ChoiceField(Basis.choices)
    document_seen = serializers.BooleanField()
    document = serializers.IntegerField(source="document_id", allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    counts = serializers.BooleanField(source="is_good", help_text=_("Whether it counts today."))
    recorded_by = serializers.EmailField(source="recorded_by.email")
    recorded_at = MomentOut()
    revoked_at = MomentOut(allow_null=True)
    revoked_because = serializers.CharField(allow_blank=True)


class JointComplainantOut(serializers.Serializer):
    """Somebody who complains together with the complainant."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    relation = serializers.ChoiceField(Relation.choices, allow_blank=True)
    joined_at = MomentOut()
    left_at = MomentOut(allow_null=True)


class OutsideOut(serializers.Serializer):
    """Who else deals with a complaint, what must be kept, and who speaks for whom."""

    proceedings = ProceedingOut(many=True)
    legal_hold = LegalHoldOut(source="hold", allow_null=True)
    authorities = AuthorityOut(many=True)
    lacks_authority = serializers.BooleanField(
        help_text=_("The complainant speaks for somebody else, and no authority on file counts.")
    )
    joint_complainants = JointComplainantOut(many=True, source="joint")
