"""What goes in: shapes of requests, and what they become. Nothing here saves anything."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from accounts.models import Department
from complaints.api.fields import CodeIn, ComplaintIn, ListIn, MomentIn, OneOf, PersonIn
from complaints.api.serializers.weighing import Weighed
from complaints.classes import ComplaintClass, Kind
from complaints.limits import MAX_LINE, MAX_TEXT
from complaints.services.tasks import Appraisal
from complaints.tasking import Payer, TaskKind
from complaints.validity import Fault, Harmed
from complaints.vocabulary import DeclineCode, Grade, Outcome, PauseReason, Priority

_MAX_PEOPLE = 20


class Strict(serializers.Serializer):
    """Takes the fields it knows and names every other: a misspelt field must not vanish without a word."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, then read the known ones; everything wrong is told at once."""
        unknown: dict[str, Any] = {}
        if isinstance(data, Mapping):
            unknown = {
                str(name)[:MAX_LINE]: [_("There is no such field here.")] for name in data if name not in self.fields
            }
        try:
            taken = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            raise serializers.ValidationError(unknown | _named(refused.detail)) from None
        if unknown:
            raise serializers.ValidationError(unknown)
        return taken


def _named(detail: Any) -> dict[str, Any]:
    """What `Serializer.to_internal_value` raises: it always names fields."""
    return dict(detail)


def words(**kwargs: Any) -> serializers.CharField:
    """A text of ordinary length; left out, it is empty."""
    return serializers.CharField(**{"required": False, "allow_blank": True, "max_length": MAX_TEXT} | kwargs)


def line(**kwargs: Any) -> serializers.CharField:
    """A text of one line; left out, it is empty."""
    return words(**{"max_length": MAX_LINE} | kwargs)


class NothingIn(Strict):
    """An act that needs no words."""


class AssignIn(Strict):
    to = PersonIn(help_text=_("The e-mail address of who shall hold the complaint."))


class ClassifyIn(Strict):
    complaint_class = OneOf(ComplaintClass)
    class_kind = OneOf(Kind)
    reasons = serializers.CharField(max_length=MAX_TEXT)
    evidence = words(help_text=_("Required for malicious."))
    earlier = ComplaintIn(
        required=False, allow_null=True, help_text=_("For upgrade: the reference of the earlier complaint.")
    )
    none_found = serializers.BooleanField(
        required=False, help_text=_("For upgrade: an earlier complaint was looked for in vain.")
    )
    authority = line(help_text=_("For misconduct: the authority that has verified it."))
    authority_reference = line(help_text=_("For misconduct: the number that the authority gave it."))
    fault = OneOf(Fault, required=False, allow_blank=True, help_text=_("For harm: how it came about."))
    harmed = OneOf(Harmed, required=False, allow_blank=True, help_text=_("For harm: to whom."))
    told = words(help_text=_("Required for malicious: the reasons that the complainant reads."))


class SecondLookIn(Strict):
    reasons = serializers.CharField(max_length=MAX_TEXT)


class ConfirmClassIn(SecondLookIn):
    digest = serializers.CharField(
        max_length=64, help_text=_("That of the proposed class as it was read: `digest` in the list of decisions.")
    )


class PrioritiseIn(Strict):
    impact = OneOf(Grade)
    urgency = OneOf(Grade)
    override = OneOf(
        Priority,
        required=False,
        allow_null=True,
        help_text=_("Another priority than impact and urgency give; needs reasons."),
    )
    reasons = words()


class MessageIn(Strict):
    body = serializers.CharField(max_length=MAX_TEXT)


class AttachIn(Strict):
    file = serializers.FileField(allow_empty_file=True)
    task = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text=_("The number of the task it belongs to, such as a photo of a visit."),
    )
    entry = serializers.IntegerField(required=False, min_value=1, help_text=_("The number of the fact that it shows."))
    remedy = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=32_767,
        help_text=_("The number of the remedy that it shows as carried out, such as a receipt."),
    )
    internal = serializers.BooleanField(
        default=True, help_text=_("Say false to let the complainant see the file as well.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # a form that leaves the field out means the default, not an unticked box
        self.fields["internal"].default_empty_html = empty


class AppraisalIn(Strict):
    """By whom something is appraised, and who bears what it costs."""

    body = serializers.CharField(max_length=MAX_LINE)
    cost = serializers.DecimalField(
        14, 2, required=False, allow_null=True, min_value=0, help_text=_("Exact; two decimals at most.")
    )
    currency = line(max_length=3, help_text=_("Three letters, such as TWD."))
    payer = OneOf(Payer, required=False, allow_null=True)


class IssueTaskIn(Strict):
    """What is asked of whom, and by when."""

    kind = OneOf(TaskKind)
    what = serializers.CharField(max_length=MAX_TEXT)
    department = CodeIn(Department, help_text=_("The code of the department that does it."))
    owner = PersonIn(required=False, allow_null=True, help_text=_("Left out: whoever in the department accepts it."))
    parent = serializers.IntegerField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        required=False, allow_null=True, min_value=1, help_text=_("The number of the task that it is part of.")
    )
    blocking = serializers.BooleanField(
        required=False, default=True, help_text=_("Whether the complaint cannot be resolved before it has ended.")
    )
    due = MomentIn(
        required=False, allow_null=True, help_text=_("The agreed moment. Left out, the policy says by when.")
    )
    remedy = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=32_767,
        help_text=_("For a task of carrying out: the number of the remedy."),
    )
    appraisal = AppraisalIn(required=False, allow_null=True, help_text=_("For an appraisal only, and then required."))

    def task(self) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        given = dict(self.validated_data)
        appraisal = given.pop("appraisal", None)
        return given | {
            "parent_number": given.pop("parent", None),
            "remedy_number": given.pop("remedy", None),
            "appraisal": Appraisal(**appraisal) if appraisal else None,
        }


class FinishTaskIn(Strict):
    result = serializers.CharField(max_length=MAX_TEXT, help_text=_("What was found, said or done."))
    cost = serializers.DecimalField(14, 2, required=False, allow_null=True, min_value=0)
    currency = line(max_length=3, help_text=_("Three letters, such as TWD."))


class WaitIn(Strict):
    question = serializers.CharField(max_length=MAX_TEXT)
    reason = OneOf(
        PauseReason,
        required=False,
        help_text=_("What is waited for: by default the complainant's answer. The policy says for what time stops."),
    )


class ResolveIn(Weighed, Strict):
    weighed = ("message",)

    outcome = OneOf(
        Outcome, required=False, help_text=_("Left out when the complaint was split: it follows from the matters.")
    )
    reasons = words(help_text=_("For the file. Required, unless the complaint was split."))
    message = serializers.CharField(max_length=MAX_TEXT, help_text=_("For the complainant."))


class ReasonsIn(Strict):
    reasons = serializers.CharField(max_length=MAX_TEXT)


class ReopenIn(ReasonsIn):
    matter_numbers = ListIn(
        child=serializers.IntegerField(min_value=1, max_value=32_767),
        required=False,
        max_length=100,
        help_text=_("The settled matters to be looked at again; all when left out."),
    )


class RestrictIn(ReasonsIn):
    people = ListIn(
        child=PersonIn(),
        required=False,
        max_length=_MAX_PEOPLE,
        help_text=_("Who sees it besides you and whoever holds it: e-mail addresses."),
    )


class LiftRestrictionIn(ReasonsIn):
    consent = serializers.BooleanField(
        required=False, help_text=_("That the complainant agrees; required of a confidential complaint.")
    )


class PlaceIn(ReasonsIn):
    """Whose place in a circle begins or ends."""

    person = PersonIn(help_text=_("An e-mail address."))


class DeclineIn(Strict):
    code = OneOf(DeclineCode)
    reasons = serializers.CharField(max_length=MAX_TEXT)
    recourse = serializers.CharField(max_length=MAX_TEXT, help_text=_("Where else to turn."))
    message = words(help_text=_("For the complainant. Left out, they are told the reasons and the recourse."))


class MergeIn(Strict):
    into = ComplaintIn(help_text=_("The reference of the complaint that goes on."))
