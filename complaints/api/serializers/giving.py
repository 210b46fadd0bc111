"""What comes out: shapes of answers. Nothing here reads the database but what it is handed."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from drf_spectacular.drainage import get_override, set_override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.aftercare import CloseReason
from complaints.api.fields import MomentOut
from complaints.api.serializers.aftercare import RatingOut
from complaints.api.serializers.giving_parts import ComplainantOut, LinksOut, ReferenceOut, SubjectOut, TaskOut, chosen
from complaints.api.serializers.giving_remedies import NextRemedyOut, RemedyOut, SupplierClaimOut
from complaints.api.serializers.gravity import GravityOut
from complaints.api.serializers.matters import MatterOut
from complaints.api.serializers.measures import InterimMeasureOut
from complaints.api.serializers.outside import OutsideOut
from complaints.api.serializers.proofs import CaseNumberOut, ProofOut
from complaints.api.serializers.signoff import ProposalOut, told_of
from complaints.api.serializers.transfers import TransferOut
from complaints.api.serializers.upgrades import UpgradeOut
from complaints.api.serializers.upgrades import told_of as upgrade_told_of
from complaints.api.serializers.wishes import HandlerWishOut
from complaints.classes import ComplaintClass, Kind
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from complaints.restricting import Restriction
from complaints.selectors import digests
from complaints.selectors.matters import Matters
from complaints.selectors.remedies import next_remedies
from complaints.vocabulary import Channel, DeclineCode, Demand, Form, Grade, Outcome, Priority, Track


class Section(serializers.Field):
    """A part of a complaint that an app above tells (settings: COMPLAINT_API_SECTIONS)."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)
        self.name = name
        set_override(self, "field", get_override(section(name), "field", OpenApiTypes.ANY))

    def to_representation(self, value: Complaint) -> Any:
        """What was read for the whole page at once."""
        return self.context["sections"][self.name].get(value.pk, [])


@cache
def section(name: str) -> Any:
    """The function of that section: complaints of a page → what each one's JSON says there, by id."""
    return import_string(settings.COMPLAINT_API_SECTIONS[name])


def sections_of(complaints: Sequence[Complaint]) -> dict[str, Mapping[int, Any]]:
    """Every section of these complaints, each read once for all of them."""
    return {name: section(name)(complaints) for name in settings.COMPLAINT_API_SECTIONS}


_PARTS = (
    "events",
    "messages",
    "decisions",
    "attachments",
    "tasks",
    "matters",
    "facts",
    "judgements",
    "inquiry",
    "responses",
    "remedies",
    "supplier_claims",
    "circle",
    "viewings",
    "follow_ups",
    "proposals",
    "transfers",
    "briefings",
)


class ComplaintRowOut(serializers.Serializer):
    """A complaint in a list. Departments and categories by code, people by e-mail address."""

    reference = serializers.CharField()
    subject = serializers.CharField()
    status = chosen(Status.choices)
    complaint_class = chosen(ComplaintClass.choices)
    class_kind = chosen(Kind.choices, allow_blank=True)
    priority = chosen(Priority.choices)
    track = chosen(Track.choices)
    channel = chosen(Channel.choices)
    restriction = chosen(
        Restriction.choices,
        allow_blank=True,
        help_text=_("Why only its circle sees it; empty for a complaint that is not restricted."),
    )
    tier = serializers.IntegerField(min_value=1, max_value=5)
    cycle = serializers.IntegerField(min_value=1, help_text=_("Rises at each reopening."))
    holder = serializers.EmailField(source="holder.email", default=None, allow_null=True)
    holder_name = serializers.CharField(source="holder.name", default=None, allow_null=True)
    department = serializers.CharField(source="department.code")
    department_name = serializers.CharField(source="department.label")
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    received_at = MomentOut()
    due_at = MomentOut(allow_null=True, help_text=_("The next promise to be kept; null when none is open."))
    outcome = chosen(Outcome.choices, allow_blank=True)
    reworks = serializers.IntegerField(
        min_value=0, help_text=_("How often a follow-up found that the answer did not hold.")
    )
    bounces = serializers.IntegerField(min_value=0, help_text=_("How often departments sent it back or moved it on."))
    conversions = serializers.IntegerField(
        min_value=0, help_text=_("How often it was communicative and became valid.")
    )
    links = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """With the sections of the apps above, such as `clocks`."""
        return super().get_fields() | {name: Section(name) for name in settings.COMPLAINT_API_SECTIONS}

    @extend_schema_field(LinksOut)
    def get_links(self, complaint: Complaint) -> dict[str, str]:
        """Absolute addresses."""
        itself = f"{self.context['complaints_at']}{complaint.reference}/"
        parts = (*_PARTS, *settings.COMPLAINT_API_SECTIONS)
        return {"self": itself} | {part: f"{itself}{part}/" for part in parts}


class ComplaintOut(ComplaintRowOut):
    """A complaint with its whole record."""

    form = chosen(Form.choices)
    language = chosen(settings.LANGUAGES)
    description = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    demands = serializers.ListField(child=chosen(Demand.choices))
    demand_note = serializers.CharField(allow_blank=True)
    suggestion = serializers.CharField(allow_blank=True)
    complainant = ComplainantOut()
    subjects = SubjectOut(many=True, source="subjects.all")
    impact = chosen(Grade.choices)
    urgency = chosen(Grade.choices)
    priority_reason = serializers.CharField(allow_blank=True)
    occurred_at = MomentOut(allow_null=True)
    registered_at = MomentOut()
    read_back = serializers.BooleanField()
    acknowledged_at = MomentOut(allow_null=True)
    resolved_at = MomentOut(allow_null=True)
    closed_at = MomentOut(allow_null=True)
    closed_because = chosen(CloseReason.choices, allow_blank=True)
    objection_until = MomentOut(
        allow_null=True, help_text=_("Who is silent until then is taken to agree. Null: nothing is closed by itself.")
    )
    ratings = serializers.SerializerMethodField(help_text=_("What the complainant says of each answer."))
    outcome_reasons = serializers.CharField(allow_blank=True)
    decline_code = chosen(DeclineCode.choices, allow_blank=True)
    recourse = serializers.CharField(allow_blank=True)
    merged_into = ReferenceOut()
    earlier = ReferenceOut()
    tasks = serializers.SerializerMethodField(help_text=_("In the order in which they were issued."))
    matters = serializers.SerializerMethodField(help_text=_("What it was split into; none when it never was."))
    split_from = serializers.SerializerMethodField(
        help_text=_("The reference of the complaint it was split off from, if the person sees that one.")
    )
    gravity = serializers.SerializerMethodField(
        help_text=_("Whether it is major, what was reported to authorities, safety incidents, media attention.")
    )
    outside = serializers.SerializerMethodField(
        help_text=_("Proceedings outside, the legal hold, authorities of representatives, joint complainants.")
    )
    remedies = serializers.SerializerMethodField(help_text=_("In the order in which they were planned."))
    offer_digest = serializers.SerializerMethodField(
        help_text=_(
            "Of all that is offered now (SHA-256, hex): whoever records that it is accepted states it. Empty when"
            " nothing is offered."
        )
    )
    next_remedies = serializers.SerializerMethodField(
        help_text=_("What the rules propose after remedies that have not put things right.")
    )
    supplier_claims = serializers.SerializerMethodField(help_text=_("What is claimed back from suppliers."))
    proposals = serializers.SerializerMethodField(help_text=_("In the order in which they were made."))
    transfers = serializers.SerializerMethodField(help_text=_("In the order in which they were asked for."))
    proofs = serializers.SerializerMethodField(help_text=_("What would show how it was, there or missing."))
    numbers = serializers.SerializerMethodField(help_text=_("The numbers by which others know the matter."))
    measures = serializers.SerializerMethodField(
        help_text=_("Interim measures while it is looked into; of a restricted complaint only.")
    )
    handler_wishes = serializers.SerializerMethodField(
        help_text=_("The complainant's wishes for another handler, in the order in which they were made.")
    )
    upgrade = serializers.SerializerMethodField(
        help_text=_("What it takes further, each ground beside the record; null for what takes nothing further.")
    )
    taken_further = serializers.SerializerMethodField(
        help_text=_("The references of the upgrades that take it further, of those that the person sees.")
    )
    acts = serializers.SerializerMethodField(
        help_text=_("The verbs that are possible now and that this person may do.")
    )

    @extend_schema_field(RatingOut(many=True))
    def get_ratings(self, complaint: Complaint) -> list[dict[str, Any]]:
        """One at most for each cycle."""
        return [dict(RatingOut(rating).data) for rating in self.context["ratings"]]

    @extend_schema_field(TaskOut(many=True))
    def get_tasks(self, complaint: Complaint) -> list[dict[str, Any]]:
        """All of them, as they stand."""
        return [dict(TaskOut(task).data) for task in self.context["tasks"]]

    @extend_schema_field(MatterOut(many=True))
    def get_matters(self, complaint: Complaint) -> list[dict[str, Any]]:
        """All of them, as they stand."""
        split: Matters = self.context["split"]
        linked = {entry.went_to.pk for entry in split.entries if entry.went_to is not None}
        return [dict(MatterOut(entry.matter, context={"linked": linked}).data) for entry in split.entries]

    def get_split_from(self, complaint: Complaint) -> str | None:
        """A reference, for those who see that complaint."""
        split: Matters = self.context["split"]
        return split.origin.reference if split.origin is not None else None

    @extend_schema_field(GravityOut)
    def get_gravity(self, complaint: Complaint) -> dict[str, Any]:
        """As it stands."""
        return dict(GravityOut(self.context["gravity"]).data)

    @extend_schema_field(OutsideOut)
    def get_outside(self, complaint: Complaint) -> dict[str, Any]:
        """As it stands."""
        return dict(OutsideOut(self.context["outside"]).data)

    @extend_schema_field(RemedyOut(many=True))
    def get_remedies(self, complaint: Complaint) -> list[dict[str, Any]]:
        """All of them, as they stand."""
        return [dict(RemedyOut(remedy).data) for remedy in self.context["remedies"]]

    def get_offer_digest(self, complaint: Complaint) -> str:
        """Of the remedies in hand."""
        return digests.of_offered(self.context["remedies"])

    @extend_schema_field(NextRemedyOut(many=True))
    def get_next_remedies(self, complaint: Complaint) -> list[dict[str, Any]]:
        """People decide; the rules only propose."""
        return [dict(NextRemedyOut(each).data) for each in next_remedies(self.context["remedies"])]

    @extend_schema_field(SupplierClaimOut(many=True))
    def get_supplier_claims(self, complaint: Complaint) -> list[dict[str, Any]]:
        """All of them, as they stand."""
        return [dict(SupplierClaimOut(claim).data) for claim in self.context["supplier_claims"]]

    @extend_schema_field(ProposalOut(many=True))
    def get_proposals(self, complaint: Complaint) -> list[dict[str, Any]]:
        """All of them, with their signatures."""
        return told_of(self.context["proposals"])

    @extend_schema_field(TransferOut(many=True))
    def get_transfers(self, complaint: Complaint) -> list[dict[str, Any]]:
        """All of them, with their answers."""
        return [dict(TransferOut(transfer).data) for transfer in self.context["transfers"]]

    @extend_schema_field(ProofOut(many=True))
    def get_proofs(self, complaint: Complaint) -> list[dict[str, Any]]:
        """In the order in which they were listed."""
        return [dict(ProofOut(proof).data) for proof in self.context["proofs"]]

    @extend_schema_field(CaseNumberOut(many=True))
    def get_numbers(self, complaint: Complaint) -> list[dict[str, Any]]:
        """In the order in which they were recorded."""
        return [dict(CaseNumberOut(number).data) for number in self.context["numbers"]]

    @extend_schema_field(InterimMeasureOut(many=True))
    def get_measures(self, complaint: Complaint) -> list[dict[str, Any]]:
        """In the order in which they were ordered; none of a complaint that is not restricted."""
        return [dict(InterimMeasureOut(measure).data) for measure in self.context["measures"]]

    @extend_schema_field(HandlerWishOut(many=True))
    def get_handler_wishes(self, complaint: Complaint) -> list[dict[str, Any]]:
        """All of them, with what was decided."""
        return [dict(HandlerWishOut(wish).data) for wish in self.context["handler_wishes"]]

    @extend_schema_field(UpgradeOut(allow_null=True))
    def get_upgrade(self, complaint: Complaint) -> dict[str, Any] | None:
        """As it was compared."""
        return upgrade_told_of(self.context["upgrade"], self.context)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_taken_further(self, complaint: Complaint) -> list[str]:
        """In the order in which they came."""
        return [other.reference for other in self.context["taken_further"]]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Verb.choices)))
    def get_acts(self, complaint: Complaint) -> list[str]:
        """What the desk would show as buttons."""
        return [str(verb) for verb in self.context["acts"]]


class RegisteredOut(ComplaintOut):
    """A complaint just registered, with the secret that opens it for the complainant."""

    access_secret = serializers.SerializerMethodField(
        help_text=_("Shown in this answer only: only its digest is kept. Give it to the complainant.")
    )

    def get_access_secret(self, complaint: Complaint) -> str:
        """Empty only when a repeated request comes after the case was given another secret."""
        secret: str = self.context["access_secret"]
        return secret
