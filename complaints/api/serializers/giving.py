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
from rest_framework.reverse import reverse

from complaints.aftercare import CloseReason
from complaints.api.fields import MomentOut
from complaints.api.serializers.aftercare import RatingOut
from complaints.api.serializers.giving_remedies import NextRemedyOut, RemedyOut, SupplierClaimOut
from complaints.api.serializers.gravity import GravityOut
from complaints.api.serializers.malice import ObjectionOut
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
from complaints.converting import Conversion
from complaints.lifecycle import Status, Verb
from complaints.models import ActorKind, Attachment, Complaint, Decision, Event, Message, Task
from complaints.restricting import Restriction
from complaints.selectors import next_remedies
from complaints.selectors.matters import Matters
from complaints.tasking import Payer, TaskKind, TaskState
from complaints.validity import Fault, Harmed
from complaints.vocabulary import (
    Channel,
    DeclineCode,
    Demand,
    Form,
    Grade,
    Outcome,
    Priority,
    Relation,
    SubjectKind,
    Track,
)


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


class ReferenceOut(serializers.CharField):
    """The reference of another complaint that a row names; null where there is none, and where it is restricted and
    kept from the reader (context: `unnamed`, the ids of such).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def get_attribute(self, instance: Any) -> str | None:
        """What is shown of the other complaint."""
        other: Complaint | None = getattr(instance, str(self.field_name))
        return None if other is None or other.pk in self.context["unnamed"] else other.reference


class LinksOut(serializers.Serializer):
    """Where to go on from a complaint."""

    self = serializers.URLField()
    events = serializers.URLField()
    messages = serializers.URLField()
    decisions = serializers.URLField()
    attachments = serializers.URLField()
    tasks = serializers.URLField()
    matters = serializers.URLField()
    facts = serializers.URLField()
    judgements = serializers.URLField()
    inquiry = serializers.URLField()
    responses = serializers.URLField()
    remedies = serializers.URLField()
    supplier_claims = serializers.URLField()
    circle = serializers.URLField()
    viewings = serializers.URLField()
    follow_ups = serializers.URLField()
    proposals = serializers.URLField()
    transfers = serializers.URLField()
    briefings = serializers.URLField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """Sections that have an address of their own are linked as well."""
        return super().get_fields() | {name: serializers.URLField() for name in settings.COMPLAINT_API_SECTIONS}


def _chosen(choices: Any, **kwargs: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices, read_only=True, **kwargs)


class ComplaintRowOut(serializers.Serializer):
    """A complaint in a list. Departments and categories by code, people by e-mail address."""

    reference = serializers.CharField()
    subject = serializers.CharField()
    status = _chosen(Status.choices)
    complaint_class = _chosen(ComplaintClass.choices)
    class_kind = _chosen(Kind.choices, allow_blank=True)
    priority = _chosen(Priority.choices)
    track = _chosen(Track.choices)
    channel = _chosen(Channel.choices)
    restriction = _chosen(
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
    outcome = _chosen(Outcome.choices, allow_blank=True)
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


class ComplainantOut(serializers.Serializer):
    """Who complains, as they gave themselves."""

    name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    relation = _chosen(Relation.choices, allow_blank=True)
    anonymous = serializers.BooleanField()
    on_behalf_of = serializers.CharField(allow_blank=True)
    authority = serializers.CharField(allow_blank=True)


class SubjectOut(serializers.Serializer):
    """A person, product or place complained about."""

    kind = _chosen(SubjectKind.choices)
    name = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)


class TaskOut(serializers.Serializer):
    """A task: what was asked of whom, where it stands, and what came of it. People by e-mail address."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    parent = serializers.IntegerField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        source="parent.number", default=None, allow_null=True, help_text=_("The task that it is part of.")
    )
    kind = _chosen(TaskKind.choices)
    state = _chosen(TaskState.choices)
    what = serializers.CharField()
    department = serializers.CharField(source="department.code")
    owner = serializers.EmailField(source="owner.email", default=None, allow_null=True)
    blocking = serializers.BooleanField()
    due = MomentOut(allow_null=True, help_text=_("The agreed moment; null where the policy says by when."))
    issued_by = serializers.EmailField(source="issued_by.email")
    issued_at = MomentOut()
    accepted_by = serializers.EmailField(source="accepted_by.email", default=None, allow_null=True)
    accepted_at = MomentOut(allow_null=True)
    ended_by = serializers.EmailField(
        source="ended_by.email", default=None, allow_null=True, help_text=_("Who finished, refused or cancelled it.")
    )
    ended_at = MomentOut(allow_null=True)
    result = serializers.CharField(
        allow_blank=True, help_text=_("What came of it, or why it was refused or cancelled.")
    )
    body = serializers.CharField(allow_blank=True, help_text=_("The body that appraises."))
    cost = serializers.DecimalField(14, 2, allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    payer = _chosen(Payer.choices, allow_blank=True)
    attachments = serializers.SerializerMethodField(help_text=_("The ids of its files."))

    def get_attachments(self, task: Task) -> list[int]:
        """In the order in which they came."""
        return [attachment.pk for attachment in task.attachments.all()]


class ComplaintOut(ComplaintRowOut):
    """A complaint with its whole record."""

    form = _chosen(Form.choices)
    language = _chosen(settings.LANGUAGES)
    description = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    demands = serializers.ListField(child=_chosen(Demand.choices))
    demand_note = serializers.CharField(allow_blank=True)
    suggestion = serializers.CharField(allow_blank=True)
    complainant = ComplainantOut()
    subjects = SubjectOut(many=True, source="subjects.all")
    impact = _chosen(Grade.choices)
    urgency = _chosen(Grade.choices)
    priority_reason = serializers.CharField(allow_blank=True)
    occurred_at = MomentOut(allow_null=True)
    registered_at = MomentOut()
    read_back = serializers.BooleanField()
    acknowledged_at = MomentOut(allow_null=True)
    resolved_at = MomentOut(allow_null=True)
    closed_at = MomentOut(allow_null=True)
    closed_because = _chosen(CloseReason.choices, allow_blank=True)
    objection_until = MomentOut(
        allow_null=True, help_text=_("Who is silent until then is taken to agree. Null: nothing is closed by itself.")
    )
    ratings = serializers.SerializerMethodField(help_text=_("What the complainant says of each answer."))
    outcome_reasons = serializers.CharField(allow_blank=True)
    decline_code = _chosen(DeclineCode.choices, allow_blank=True)
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


class EventOut(serializers.Serializer):
    """One thing that happened. `hash` covers all of it and the hash before it."""

    kind = serializers.CharField(help_text=_("A verb, or what happened by itself."))
    actor = serializers.SerializerMethodField(
        help_text=_("The e-mail address of who acted, “complainant”, or null for the system.")
    )
    occurred_at = MomentOut(help_text=_("When it became true."))
    recorded_at = MomentOut(help_text=_("When it was written down."))
    data = serializers.DictField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        help_text=_("Numbers, codes and moments; never personal data.")
    )
    hash = serializers.CharField()

    def get_actor(self, event: Event) -> str | None:
        """Who acted."""
        if event.actor is not None:
            return event.actor.email
        return "complainant" if event.actor_kind == ActorKind.COMPLAINANT else None


class AttachmentOut(serializers.Serializer):
    """A file. `content_type` is what its bytes say."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text=_("Bytes."))
    sha256 = serializers.CharField()
    internal = serializers.BooleanField(help_text=_("Whether only the office sees it."))
    uploaded_by = serializers.EmailField(
        source="uploaded_by.email", default=None, allow_null=True, help_text=_("Null: the complainant.")
    )
    created_at = MomentOut()
    download = serializers.SerializerMethodField()

    def get_download(self, attachment: Attachment) -> str:
        """Where the file itself is."""
        place = [self.context["reference"], attachment.pk]
        return str(reverse("api:attachment", args=place, request=self.context["request"]))


class MessageOut(serializers.Serializer):
    """A reply, a note among the staff, or what the complainant wrote."""

    kind = _chosen(Message.Kind.choices)
    author = serializers.EmailField(
        source="author.email", default=None, allow_null=True, help_text=_("Null: the complainant or the system.")
    )
    body = serializers.CharField()
    created_at = MomentOut()
    attachments = serializers.SerializerMethodField(help_text=_("The ids of its files."))

    def get_attachments(self, message: Message) -> list[int]:
        """In the order in which they came."""
        return [attachment.pk for attachment in message.attachments.all()]


class DecisionOut(serializers.Serializer):
    """A decision about the class: who judged what, why, and who confirmed it."""

    state = _chosen(Decision.State.choices)
    complaint_class = _chosen(ComplaintClass.choices)
    class_kind = _chosen(Kind.choices)
    reasons = serializers.CharField()
    evidence = serializers.CharField(allow_blank=True)
    decided_by = serializers.EmailField(
        source="decided_by.email", default=None, allow_null=True, help_text=_("Null: the system proposed it.")
    )
    decided_at = MomentOut()
    second_person = serializers.EmailField(source="second_person.email", default=None, allow_null=True)
    second_at = MomentOut(allow_null=True)
    second_reasons = serializers.CharField(allow_blank=True)
    earlier = ReferenceOut()
    none_found = serializers.BooleanField()
    authority = serializers.CharField(allow_blank=True, help_text=_("Of misconduct: the authority that verified it."))
    authority_reference = serializers.CharField(allow_blank=True)
    fault = _chosen(Fault.choices, allow_blank=True, help_text=_("Of harm: how it came about."))
    harmed = _chosen(Harmed.choices, allow_blank=True, help_text=_("Of harm: to whom."))
    conversion = _chosen(
        Conversion.choices, allow_blank=True, help_text=_("Why a communicative complaint became valid by it.")
    )
    told = serializers.CharField(
        allow_blank=True, help_text=_("The reasons of a grave class that the complainant reads.")
    )
    review_at = MomentOut(
        allow_null=True, help_text=_("Until when a grave class stands: it lapses then unless it is renewed.")
    )
    renewal = serializers.BooleanField(source="is_renewal", help_text=_("Whether it renews the class before it."))
    ended_at = MomentOut(allow_null=True, help_text=_("When it was replaced, lifted, or lapsed."))
    objection = ObjectionOut(default=None, allow_null=True)


class CirclePlaceOut(serializers.Serializer):
    """A place in the circle of a restricted complaint."""

    person = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    admitted_by = serializers.EmailField(
        source="admitted_by.email", default=None, allow_null=True, help_text=_("Null: came with holding it.")
    )
    admitted_at = MomentOut()
    left_at = MomentOut(allow_null=True, help_text=_("Null: sees the complaint now."))


class ViewingOut(serializers.Serializer):
    """Somebody looked at a restricted complaint."""

    person = serializers.EmailField(source="user.email")
    door = serializers.CharField(help_text=_("The name of the page, or of the address of the API."))
    address = serializers.CharField()
    at = MomentOut()


class ProblemOut(serializers.Serializer):
    """Every error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text=_("Stable: write programs against this."))
    detail = serializers.CharField(help_text=_("A sentence for people, in the language of Accept-Language."))
    errors = serializers.DictField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        child=serializers.ListField(child=serializers.CharField()),
        help_text=_("Sentences by the path of the field at fault, such as complainant.email or subjects.0.name."),
    )
