"""Matters as they come in and go out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Department
from complaints.api.fields import CodeIn, ListIn, MomentOut, OneOf
from complaints.api.serializers.taking import Strict
from complaints.limits import MAX_SUBJECT, MAX_TEXT
from complaints.models import Category, Matter, MatterFinding
from complaints.services.matters import MOST_MATTERS
from complaints.settling import MatterState
from complaints.vocabulary import Outcome, Track


class MatterFindingOut(serializers.Serializer):
    """What was found about a matter in one cycle."""

    cycle = serializers.IntegerField(min_value=1)
    outcome = serializers.ChoiceField(Outcome.choices, read_only=True)
    finding = serializers.CharField(help_text=_("What the complainant is told of it."))
    reasons = serializers.CharField(help_text=_("For the file."))
    settled_by = serializers.EmailField(source="settled_by.email")
    settled_at = MomentOut()
    replaced_at = MomentOut(allow_null=True, help_text=_("When it ceased to count; null for the one in force."))


class MatterOut(serializers.Serializer):
    """One of the matters that a complaint was split into."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    subject = serializers.CharField()
    words = serializers.CharField(allow_blank=True, help_text=_("The part of the letter that it stands in."))
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    about = serializers.CharField(
        source="about.name", default=None, allow_null=True, help_text=_("The name of one of the complaint's subjects.")
    )
    state = serializers.ChoiceField(MatterState.choices, read_only=True)
    outcome = serializers.ChoiceField(Outcome.choices, read_only=True, allow_blank=True)
    findings = serializers.SerializerMethodField(help_text=_("The last first; only the first may be in force."))
    split_by = serializers.EmailField(source="split_by.email")
    split_at = MomentOut()
    drop_reasons = serializers.CharField(allow_blank=True)
    went_to = serializers.SerializerMethodField(
        help_text=_("The reference of the complaint it was split off into, if the person sees that one.")
    )

    @extend_schema_field(MatterFindingOut(many=True))
    def get_findings(self, matter: Matter) -> list[dict[str, Any]]:
        """All of them, of every cycle."""
        found: list[MatterFinding] = list(matter.findings.all())
        return [dict(MatterFindingOut(finding).data) for finding in found]

    def get_went_to(self, matter: Matter) -> str | None:
        """A reference, for those who see the complaint."""
        return matter.went_to.reference if matter.went_to and matter.went_to_id in self.context["linked"] else None


class PartIn(Strict):
    """One matter as it is split from the letter."""

    subject = serializers.CharField(
        max_length=MAX_SUBJECT, help_text=_("What it is about, in a few words. The complainant reads this.")
    )
    words = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_TEXT,
        help_text=_("The part of the letter that it stands in."),
    )
    category = CodeIn(Category, required=False, allow_null=True, help_text=_("A code."))
    about = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_SUBJECT,
        help_text=_("The name of one of the complaint's subjects."),
    )


class SplitIn(Strict):
    parts = ListIn(
        child=PartIn(),
        min_length=1,
        max_length=MOST_MATTERS,
        help_text=_("At least two when the letter was not split before."),
    )


class SettleMatterIn(Strict):
    outcome = OneOf(Outcome)
    finding = serializers.CharField(max_length=MAX_TEXT, help_text=_("What the complainant is told of it."))
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("For the file."))


class SplitOffIn(Strict):
    track = OneOf(Track, required=False)
    category = CodeIn(
        Category, required=False, allow_null=True, help_text=_("A code. Left out, as the matter has it.")
    )
    department = CodeIn(
        Department, required=False, allow_null=True, help_text=_("A code. Left out, the category decides.")
    )
    message = serializers.CharField(max_length=MAX_TEXT, help_text=_("For the complainant."))
    file_ids = ListIn(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=1000,
        help_text=_("The ids of files to be copied along."),
    )
    consent = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_("That the complainant agrees; required where a part of a confidential one leaves the department."),
    )
