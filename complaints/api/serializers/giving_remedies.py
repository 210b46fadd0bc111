"""What comes out about remedies and claims against suppliers. Nothing reads the database but what it is handed."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import MomentOut
from complaints.models import Remedy
from complaints.remedying import Loss, RemedyKind, RemedyState, SupplierClaimState
from complaints.vocabulary import Channel


def _chosen(choices: Any, **kwargs: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices, read_only=True, **kwargs)


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(15, 3, **{"allow_null": True} | kwargs)


def _person(name: str) -> serializers.EmailField:
    return serializers.EmailField(source=f"{name}.email", default=None, allow_null=True)


class RemedyLineOut(serializers.Serializer):
    """One line of money, in the currency of its remedy."""

    number = serializers.IntegerField()
    loss = _chosen(Loss.choices)
    what = serializers.CharField(allow_blank=True)
    claimed = _amount()
    offered = _amount(allow_null=False)
    accepted = _amount(help_text=_("What was agreed; null before."))
    paid = _amount(help_text=_("Null before it is carried out."))


class RemedyOut(serializers.Serializer):
    """A remedy: what is done, where it stands, its money, and who did what when. People by e-mail address."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    kind = _chosen(RemedyKind.choices)
    state = _chosen(RemedyState.choices)
    what = serializers.CharField()
    follows = serializers.IntegerField(
        source="follows.number", default=None, allow_null=True, help_text=_("The remedy that has not helped.")
    )
    currency = serializers.CharField(allow_blank=True)
    lines = RemedyLineOut(many=True, source="items.all")
    claimed = _amount(help_text=_("The sum of its lines."))
    offered = _amount()
    accepted = _amount()
    paid = _amount()
    planned_by = _person("planned_by")
    planned_at = MomentOut()
    offer = serializers.IntegerField(
        allow_null=True, help_text=_("In which offer it was; counts within the complaint.")
    )
    option = serializers.IntegerField(
        allow_null=True, help_text=_("Remedies with the same option of an offer come together.")
    )
    offered_by = _person("offered_by")
    offered_at = MomentOut(allow_null=True)
    stands_until = MomentOut(allow_null=True, help_text=_("Until when the offer can be accepted, if it says so."))
    has_lapsed = serializers.BooleanField(help_text=_("That moment has passed, and nobody answered."))
    answered_by = _person("answered_by")
    answered_at = MomentOut(allow_null=True)
    answered_through = _chosen(Channel.choices, allow_blank=True)
    task = serializers.IntegerField(
        source="task.number", default=None, allow_null=True, help_text=_("The task that carries it out.")
    )
    carried_out_on = serializers.DateField(allow_null=True)
    carried_out_by = _person("carried_out_by")
    carried_out_at = MomentOut(allow_null=True, help_text=_("When that was recorded."))
    proof = serializers.CharField(allow_blank=True)
    why_less = serializers.CharField(allow_blank=True)
    failed_by = _person("failed_by")
    failed_at = MomentOut(allow_null=True)
    dropped_by = _person("dropped_by")
    dropped_at = MomentOut(allow_null=True)
    reasons = serializers.CharField(allow_blank=True, help_text=_("Why it was dropped."))
    attachments = serializers.SerializerMethodField(help_text=_("The ids of its files."))

    def get_attachments(self, remedy: Remedy) -> list[int]:
        """In the order in which they came."""
        return [attachment.pk for attachment in remedy.attachments.all()]


class NextRemedyOut(serializers.Serializer):
    """What the rules propose after a remedy that has not put things right."""

    after = serializers.IntegerField(source="after.number", help_text=_("The number of the remedy that failed."))
    kind = _chosen(RemedyKind.choices)
    failed = serializers.IntegerField(help_text=_("How often remedies of its kind have failed."))


class SupplierClaimOut(serializers.Serializer):
    """What the office wants back from a maker or supplier."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    state = _chosen(SupplierClaimState.choices)
    remedy = serializers.IntegerField(source="remedy.number", default=None, allow_null=True)
    supplier = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)
    amount = _amount(allow_null=False)
    currency = serializers.CharField()
    grounds = serializers.CharField()
    claimed_by = _person("claimed_by")
    claimed_at = MomentOut()
    recovered = _amount()
    settled_by = _person("settled_by")
    settled_at = MomentOut(allow_null=True)
    result = serializers.CharField(allow_blank=True)
