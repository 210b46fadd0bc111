"""Shapes of what is grave: what comes in with its acts, and what a complaint tells of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import ListIn, MomentIn, MomentOut, OneOf
from complaints.api.serializers.taking import Strict
from complaints.gravity import MOST_PEOPLE, Criterion, SafetyGrade, SafetyKind, Told
from complaints.limits import MAX_LINE, MAX_TEXT
from complaints.models import AuthorityReport
from complaints.services.media import MOST_LINK

_MOST_ID = 2**63 - 1


class PeopleIn(serializers.IntegerField):
    """A number of people; true and false are none, whatever Python thinks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=MOST_PEOPLE, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class DeclareMajorIn(Strict):
    criteria = ListIn(
        child=OneOf(Criterion),
        required=False,
        max_length=len(Criterion),
        help_text=_("What makes it major. A death, or three people harmed, follow from the numbers."),
    )
    harmed = PeopleIn(help_text=_("People harmed, those who live."))
    dead = PeopleIn(help_text=_("People who died."))
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("What is known, and what is not yet."))


class AcknowledgeMajorIn(Strict):
    remark = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text=_("What is to be done now.")
    )


class ReportToAuthorityIn(Strict):
    body = serializers.CharField(max_length=MAX_LINE, help_text=_("Which authority."))
    reference = serializers.CharField(
        max_length=MAX_LINE, help_text=_("The number under which the authority keeps the report.")
    )
    what = serializers.CharField(max_length=MAX_TEXT, help_text=_("What was reported."))
    at = MomentIn(
        required=False, allow_null=True, help_text=_("An earlier moment than now needs a role that may state one.")
    )
    attachments = ListIn(
        child=serializers.IntegerField(min_value=1, max_value=_MOST_ID),
        required=False,
        max_length=50,
        help_text=_("The ids of the files of the complaint that were sent."),
    )


class ReportSafetyIn(Strict):
    kind = OneOf(SafetyKind)
    grade = OneOf(SafetyGrade, required=False, help_text=_("How far it went; contained if left out."))
    what = serializers.CharField(max_length=MAX_TEXT, help_text=_("What happened."))
    happened_at = MomentIn(required=False, allow_null=True, help_text=_("Left out: now."))
    told = OneOf(Told, required=False, help_text=_("Who was told already."))
    told_name = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_LINE, help_text=_("Who that was. Required for `other`.")
    )
    police_reference = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LINE)


class TellSafetyIn(Strict):
    incident = serializers.IntegerField(
        source="number", min_value=1, max_value=1000, help_text=_("The number of the safety incident.")
    )
    told = OneOf(Told)
    told_name = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_LINE, help_text=_("Who that was. Required for `other`.")
    )
    told_at = MomentIn(required=False, allow_null=True, help_text=_("Left out: now."))
    police_reference = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LINE)


class NoteMediaIn(Strict):
    source = serializers.CharField(max_length=MAX_LINE, help_text=_("Where it was published."))  # type: ignore[assignment]  # the metaclass takes fields out of the class
    published_on = serializers.DateField()
    link = serializers.CharField(required=False, allow_blank=True, max_length=MOST_LINK)


class MajorOut(serializers.Serializer):
    """That a complaint was declared major, and whether the management has acknowledged it."""

    criteria = serializers.ListField(child=serializers.ChoiceField(Criterion.choices))
    harmed = serializers.IntegerField()
    dead = serializers.IntegerField()
    reasons = serializers.CharField()
    declared_by = serializers.EmailField(source="declared_by.email")
    declared_at = MomentOut()
    acknowledged_by = serializers.EmailField(source="acknowledged_by.email", default=None, allow_null=True)
    acknowledged_at = MomentOut(allow_null=True)
    remark = serializers.CharField(allow_blank=True)


class AuthorityReportOut(serializers.Serializer):
    """A report to an authority."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    body = serializers.CharField()
    reference = serializers.CharField()
    what = serializers.CharField()
    reported_at = MomentOut()
    recorded_at = MomentOut()
    recorded_by = serializers.EmailField(source="recorded_by.email")
    attachments = serializers.SerializerMethodField(help_text=_("The ids of the files that were sent."))

    def get_attachments(self, report: AuthorityReport) -> list[int]:
        """In the order in which they came."""
        return [file.pk for file in report.files.all()]


class SafetyNoticeOut(serializers.Serializer):
    """Somebody was told of a safety incident."""

    told = serializers.ChoiceField(Told.choices, source="whom")
    told_name = serializers.CharField(source="name", allow_blank=True)
    told_at = MomentOut()
    recorded_by = serializers.EmailField(source="recorded_by.email")


class SafetyIncidentOut(serializers.Serializer):
    """A threat or a disruption, and who was told of it."""

    number = serializers.IntegerField(help_text=_("Counts within the complaint."))
    kind = serializers.ChoiceField(SafetyKind.choices)
    grade = serializers.ChoiceField(SafetyGrade.choices)
    what = serializers.CharField()
    happened_at = MomentOut()
    police_reference = serializers.CharField(allow_blank=True)
    recorded_by = serializers.EmailField(source="recorded_by.email")
    recorded_at = MomentOut()
    notices = SafetyNoticeOut(many=True, source="notices.all")


class MediaReportOut(serializers.Serializer):
    """Where the matter was published. It changes neither order nor deadlines."""

    source = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes fields out of the class
    link = serializers.CharField(allow_blank=True)
    published_on = serializers.DateField()
    recorded_by = serializers.EmailField(source="recorded_by.email")
    recorded_at = MomentOut()


class GravityOut(serializers.Serializer):
    """What is grave about a complaint."""

    major = MajorOut(allow_null=True)
    reports = AuthorityReportOut(many=True)
    safety = SafetyIncidentOut(many=True)
    media = MediaReportOut(many=True)
    incident = serializers.IntegerField(
        source="incident.pk",
        default=None,
        allow_null=True,
        help_text=_("The number of the mass incident that it is gathered under."),
    )
