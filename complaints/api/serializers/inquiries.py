"""What goes in and comes out about looking into a complaint and judging it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Department
from complaints.api.fields import CodeIn, MomentOut, OneOf, PersonIn
from complaints.api.serializers.taking import Strict
from complaints.judging import Cause, DemandFinding, Depth, Gap, Grounds, Party, Source, Why
from complaints.limits import MAX_LINE, MAX_TEXT
from complaints.models import InvestigationEntry, Judgement
from complaints.selectors.inquiries import Inquiry, Record
from complaints.services.judgements import Origin


def _words(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(**{"required": False, "allow_blank": True, "max_length": MAX_TEXT} | kwargs)


class InvestigateIn(Strict):
    """One fact, in sober words."""

    source = OneOf(Source)  # type: ignore[assignment]  # the metaclass takes fields out of the class
    what = serializers.CharField(max_length=MAX_TEXT, help_text=_("What was found out. Only the office reads it."))
    verified = serializers.BooleanField(required=False)
    how = _words(help_text=_("By what it is verified; required of what is."))
    replaces = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text=_("The number of the fact whose place it takes.")
    )
    amount = serializers.DecimalField(
        14, 2, required=False, allow_null=True, min_value=0, help_text=_("What is at stake; exact.")
    )
    currency = _words(max_length=3, help_text=_("Three letters, such as TWD."))
    legal = serializers.BooleanField(required=False, help_text=_("A lawsuit is threatened or under way."))


class OriginIn(Strict):
    """The cause and the responsible party."""

    cause = OneOf(Cause)
    cause_note = serializers.CharField(max_length=MAX_TEXT, help_text=_("The cause in words."))
    party = OneOf(Party)
    department = CodeIn(
        Department, required=False, allow_null=True, help_text=_("For the party “department”: its code.")
    )
    person = PersonIn(required=False, allow_null=True, help_text=_("For the party “person”: the e-mail address."))
    party_name = _words(max_length=MAX_LINE, help_text=_("For the parties “supplier” and “other”."))


class JudgeIn(Strict):
    """Two findings, each with its reasons."""

    matter_number = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=32_767,
        help_text=_("Of a complaint that was split: the matter that is judged. Left out, the whole is."),
    )
    grounds = OneOf(Grounds)
    grounds_reasons = serializers.CharField(max_length=MAX_TEXT)
    demand = OneOf(DemandFinding)
    demand_reasons = _words(help_text=_("Required unless nothing is asked for."))
    origin = OriginIn(
        required=False, allow_null=True, help_text=_("As soon as it is known. The class “valid” demands it.")
    )
    share = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Per cent of the responsibility the complainant bears."),
    )
    share_reasons = _words(help_text=_("Required when they bear any."))
    enough_because = _words(help_text=_("Required when the inquiry lacks something that its depth calls for."))


def origin_from(given: dict[str, Any] | None) -> Origin | None:
    """What was sent, as the service takes it."""
    return Origin(**given) if given else None


class FactOut(serializers.Serializer):
    """One thing that was found out."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    cycle = serializers.IntegerField()
    source = serializers.ChoiceField(Source.choices)  # type: ignore[assignment]  # the metaclass takes fields out of the class
    what = serializers.CharField()
    verified = serializers.BooleanField()
    how = serializers.CharField(allow_blank=True)
    replaces = serializers.IntegerField(
        source="replaces.number", default=None, allow_null=True, help_text=_("The fact whose place it takes.")
    )
    amount = serializers.DecimalField(14, 2, allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    legal = serializers.BooleanField()
    recorded_by = serializers.EmailField(source="recorded_by.email")
    recorded_at = MomentOut()
    attachments = serializers.SerializerMethodField(help_text=_("The ids of its files."))

    def get_attachments(self, entry: InvestigationEntry) -> list[int]:
        """In the order in which they came."""
        return [attachment.pk for attachment in entry.attachments.all()]


class JudgementOut(serializers.Serializer):
    """A judgement: two findings, the cause, who answers for it, and the complainant's share."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    matter = serializers.IntegerField(
        source="matter.number", default=None, allow_null=True, help_text=_("Null: it is about the whole complaint.")
    )
    cycle = serializers.IntegerField()
    state = serializers.ChoiceField(Judgement.State.choices)
    grounds = serializers.ChoiceField(Grounds.choices)
    grounds_reasons = serializers.CharField()
    demand = serializers.ChoiceField(DemandFinding.choices)
    demand_reasons = serializers.CharField(allow_blank=True)
    cause = serializers.ChoiceField(Cause.choices, allow_blank=True)
    cause_note = serializers.CharField(allow_blank=True)
    party = serializers.ChoiceField(Party.choices, allow_blank=True)
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    person = serializers.SerializerMethodField(
        help_text=_("An e-mail address; null as well for those who need not know.")
    )
    party_name = serializers.CharField(allow_blank=True)
    share = serializers.IntegerField(help_text=_("Per cent of the responsibility the complainant bears."))
    share_reasons = serializers.CharField(allow_blank=True)
    depth = serializers.ChoiceField(Depth.choices, help_text=_("The depth of inquiry proposed when it was made."))
    enough_because = serializers.CharField(allow_blank=True)
    judged_by = serializers.EmailField(source="judged_by.email")
    judged_at = MomentOut()

    def get_person(self, judgement: Judgement) -> str | None:
        """Who answers for it, for those who may know."""
        seen = judgement.person is not None and self.context["sees_party"]
        return judgement.person.email if seen and judgement.person is not None else None


class EndingOut(serializers.Serializer):
    """How many complaints ended in one way."""

    ended = serializers.CharField(help_text=_("An outcome, “declined”, “merged” or “open”."))
    number = serializers.IntegerField()


class RecordOut(serializers.Serializer):
    """Other complaints as facts, as far as the person sees them. Never what they were classed as."""

    references = serializers.SerializerMethodField(help_text=_("The newest first."))
    counts = serializers.SerializerMethodField()
    more = serializers.BooleanField(help_text=_("Whether there may be older ones that are not counted."))

    def get_references(self, record: Record) -> list[str]:
        """Which."""
        return [complaint.reference for complaint in record.complaints]

    @extend_schema_field(EndingOut(many=True))
    def get_counts(self, record: Record) -> list[dict[str, Any]]:
        """How they ended."""
        return [{"ended": code, "number": number} for code, _words, number in record.counts]


class StatementOut(serializers.Serializer):
    """The respondent's side: a statement asked for by a task."""

    task = serializers.IntegerField(source="number")
    state = serializers.CharField()
    by = serializers.EmailField(source="owner.email", default=None, allow_null=True)
    department = serializers.CharField(source="department.code")
    words = serializers.CharField(
        source="result", allow_blank=True, help_text=_("The statement, or why it was refused; empty until then.")
    )
    at = MomentOut(source="ended_at", allow_null=True)


class GapOut(serializers.Serializer):
    """Something the proposed depth calls for and that is missing."""

    code = serializers.ChoiceField(Gap.choices)
    detail = serializers.CharField()


class InquiryOut(serializers.Serializer):
    """What a judgement rests on."""

    depth = serializers.ChoiceField(Depth.choices, source="proposal.depth", help_text=_("The proposed one."))
    why = serializers.ChoiceField(Why.choices, source="proposal.why")
    amount = serializers.DecimalField(14, 2, source="stake.amount", allow_null=True)
    currency = serializers.CharField(source="stake.currency", allow_blank=True)
    legal = serializers.BooleanField(source="stake.legal")
    heard = serializers.BooleanField(help_text=_("Whether the respondent has had their say."))
    gaps = serializers.SerializerMethodField()
    statements = StatementOut(many=True)
    facts = FactOut(many=True, source="entries")
    judgement = JudgementOut(source="in_force", allow_null=True, help_text=_("The one in force; null before that."))
    judgements_of_matters = JudgementOut(
        many=True,
        source="of_matters",
        help_text=_("Those in force about single matters, if the complaint was split."),
    )
    same_person = serializers.SerializerMethodField()
    same_subject = serializers.SerializerMethodField()

    @extend_schema_field(GapOut(many=True))
    def get_gaps(self, inquiry: Inquiry) -> list[dict[str, str | Promise]]:
        """As codes and as sentences."""
        return [{"code": gap.value, "detail": gap.label} for gap in inquiry.gaps]

    @extend_schema_field(RecordOut)
    def get_same_person(self, _inquiry: Inquiry) -> dict[str, Any]:
        """Other complaints of the same person."""
        return dict(RecordOut(self.context["same_person"]).data)

    @extend_schema_field(RecordOut)
    def get_same_subject(self, _inquiry: Inquiry) -> dict[str, Any]:
        """Other complaints about the same."""
        return dict(RecordOut(self.context["same_subject"]).data)
