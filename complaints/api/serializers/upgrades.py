"""Upgrades: what its acts take, and what is told of grounds beside the record."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import ComplaintIn, ListIn, MomentOut, OneOf
from complaints.api.serializers.taking import Strict
from complaints.api.serializers.taking_registrations import RegisterIn
from complaints.classes import Kind
from complaints.lifecycle import Status
from complaints.limits import MAX_TEXT
from complaints.models import Upgrade
from complaints.services.unrecorded_upgrades import Unrecorded
from complaints.upgrading import GROUNDS, Record, Says, Verdict
from complaints.vocabulary import Channel, Form

_GROUNDS = [(ground.value, ground.label) for ground in GROUNDS]


def _grounds() -> ListIn:
    return ListIn(
        child=OneOf(Kind),
        min_length=1,
        max_length=len(GROUNDS),
        help_text=_("Why it is to be taken further: kinds of the class “upgrade”."),
    )


class UpgradeIn(Strict):
    """What the complainant says about how the complaint is handled."""

    grounds = _grounds()
    words = serializers.CharField(max_length=MAX_TEXT, help_text=_("The complainant's own words."))
    channel = OneOf(Channel, required=False, default=Channel.API)
    form = OneOf(Form, required=False, default=Form.WRITTEN)
    read_back = serializers.BooleanField(
        required=False, help_text=_("Whether an oral complaint was read back to the complainant.")
    )


class NameEarlierIn(Strict):
    """Which complaint an upgrade takes further."""

    earlier = ComplaintIn(required=False, allow_null=True, help_text=_("The reference of the earlier complaint."))
    none_found = serializers.BooleanField(
        required=False, help_text=_("It was looked for in vain: that is itself a finding.")
    )
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("How it was looked for, and why it is this one."))


class UnrecordedUpgradeIn(RegisterIn):
    """The registration form of an upgrade without a number, and what is known of the earlier contact."""

    # nothing that is taken further is settled at first contact
    settled = None  # type: ignore[assignment]  # so the metaclass leaves an inherited field out
    grounds = _grounds()
    told_on = serializers.DateField(
        required=False, allow_null=True, help_text=_("Roughly when the earlier contact was.")
    )
    told_about = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text=_("What the complainant remembers of it.")
    )
    none_found = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_("It was looked for in vain. Left out, whoever takes the upgrade looks for it."),
    )

    def given(self) -> Unrecorded:
        """What was sent, as the service takes it."""
        said = dict(self.validated_data)
        about = {name: said.pop(name) for name in ("grounds", "told_on", "told_about", "none_found") if name in said}
        return Unrecorded(
            registration=self.registration_from(said),
            grounds=about["grounds"],
            told_on=about.get("told_on"),
            told_about=about.get("told_about", ""),
        )


class UpgradeGroundOut(serializers.Serializer):
    """A ground beside what the record said of it."""

    ground = serializers.ChoiceField(_GROUNDS, read_only=True)
    verdict = serializers.ChoiceField(Verdict.choices, read_only=True)
    says = serializers.ChoiceField(Says.choices, read_only=True)
    values = serializers.DictField(
        child=serializers.CharField(), help_text=_("Moments, numbers and amounts that the sentence names.")
    )
    sentence = serializers.CharField(help_text=_("In the language of the person the token acts for."))
    compared_at = MomentOut()


class UpgradeOut(serializers.Serializer):
    """What a complaint takes further, and on which grounds."""

    record = serializers.ChoiceField(
        Record.choices, read_only=True, help_text=_("What the grounds are compared with.")
    )
    earlier = serializers.SerializerMethodField(
        help_text=_("The reference of the earlier complaint; null where there is none, or it is kept from the reader.")
    )
    by_complainant = serializers.BooleanField(help_text=_("Whether they demanded it themselves."))
    demanded_at = MomentOut()
    told_on = serializers.DateField(allow_null=True, help_text=_("Roughly when the earlier contact was."))
    told_about = serializers.CharField(allow_blank=True)
    entered_at_tier = serializers.IntegerField()
    contacts = serializers.IntegerField(help_text=_("How often they had turned to the office of late."))
    grounds = UpgradeGroundOut(many=True, source="grounds.all")

    def get_earlier(self, upgrade: Upgrade) -> str | None:
        """A reference, for those who may know of it."""
        earlier = upgrade.earlier
        return None if earlier is None or earlier.pk in self.context["unnamed"] else earlier.reference


class SupervisedUpgradeOut(UpgradeOut):
    """An upgrade in the list of the supervision desk."""

    reference = serializers.CharField(source="complaint.reference")
    subject = serializers.CharField(source="complaint.subject")
    status = serializers.ChoiceField(Status.choices, read_only=True, source="complaint.status")
    tier = serializers.IntegerField(source="complaint.tier")
    holder = serializers.EmailField(source="complaint.holder.email", default=None, allow_null=True)
    department = serializers.CharField(source="complaint.department.code")
    due_at = MomentOut(allow_null=True, source="complaint.due_at")


def told_of(upgrade: Upgrade | None, context: Mapping[str, Any]) -> dict[str, Any] | None:
    """An upgrade read with all that is shown of it, as JSON; null for what takes nothing further."""
    return None if upgrade is None else dict(UpgradeOut(upgrade, context=dict(context)).data)
