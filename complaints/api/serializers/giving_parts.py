"""What the API tells of the parts of a complaint: people, files, messages, decisions, what happened."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.reverse import reverse

from complaints.api.fields import MomentOut
from complaints.api.serializers.malice import ObjectionOut
from complaints.classes import ComplaintClass, Kind
from complaints.converting import Conversion
from complaints.models import ActorKind, Attachment, Complaint, Decision, Event, Message, Task
from complaints.tasking import Payer, TaskKind, TaskState
from complaints.validity import Fault, Harmed
from complaints.vocabulary import Relation, SubjectKind


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


def chosen(choices: Any, **kwargs: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices, read_only=True, **kwargs)


class ComplainantOut(serializers.Serializer):
    """Who complains, as they gave themselves."""

    name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    relation = chosen(Relation.choices, allow_blank=True)
    anonymous = serializers.BooleanField()
    on_behalf_of = serializers.CharField(allow_blank=True)
    authority = serializers.CharField(allow_blank=True)


class SubjectOut(serializers.Serializer):
    """A person, product or place complained about."""

    kind = chosen(SubjectKind.choices)
    name = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)


class TaskOut(serializers.Serializer):
    """A task: what was asked of whom, where it stands, and what came of it. People by e-mail address."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    parent = serializers.IntegerField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        source="parent.number", default=None, allow_null=True, help_text=_("The task that it is part of.")
    )
    kind = chosen(TaskKind.choices)
    state = chosen(TaskState.choices)
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
    payer = chosen(Payer.choices, allow_blank=True)
    attachments = serializers.SerializerMethodField(help_text=_("The ids of its files."))

    def get_attachments(self, task: Task) -> list[int]:
        """In the order in which they came."""
        return [attachment.pk for attachment in task.attachments.all()]


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

    kind = chosen(Message.Kind.choices)
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

    state = chosen(Decision.State.choices)
    complaint_class = chosen(ComplaintClass.choices)
    class_kind = chosen(Kind.choices)
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
    fault = chosen(Fault.choices, allow_blank=True, help_text=_("Of harm: how it came about."))
    harmed = chosen(Harmed.choices, allow_blank=True, help_text=_("Of harm: to whom."))
    conversion = chosen(
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
    digest = serializers.CharField(
        help_text=_("Of what it says and rests on (SHA-256, hex): whoever confirms it states it.")
    )


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
