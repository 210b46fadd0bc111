"""The workshop for administrators: calendars and policies beside their pages on the desk, tiers, office hours,
external bodies; and what clocks have written, to look at only.

Versions never change: whoever saves a calendar or policy with another document publishes its next version.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.admin import NamesNoCase
from complaints import permissions
from escalation import tasks
from escalation.calendars import Calendar as CalendarRules
from escalation.errors import EscalationError
from escalation.models import (
    Calendar,
    CalendarVersion,
    Clock,
    ClockEvent,
    Extension,
    ExternalBody,
    Firing,
    OfficeHours,
    Policy,
    PolicyVersion,
    Referral,
    Tier,
)
from escalation.policies import PolicyRules
from escalation.services import calendars, failing, policies


class DocumentForm(forms.ModelForm):
    """A calendar or policy with the document of its newest version."""

    document = forms.JSONField(
        label=_("Document"),
        widget=forms.Textarea(attrs={"rows": 30, "cols": 100, "class": "vLargeTextField"}),
        help_text=_("Saving another document publishes the next version; clocks that run keep theirs."),
        error_messages={"invalid": _("This is not JSON.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            newest = self.instance.versions.order_by("-number").first()
            self.initial.setdefault("document", newest.document if newest else {})

    def clean_document(self) -> Any:
        """Refuse what is no such document, in a sentence that names the field at fault."""
        document = self.cleaned_data["document"]
        try:
            self.check(document)
        except EscalationError as error:
            raise ValidationError(str(error)) from None
        return document

    def check(self, document: Any) -> None:
        """Raise EscalationError for what cannot be published."""
        raise EscalationError(gettext("Nothing can be published here."))


class CalendarForm(DocumentForm):
    class Meta:
        model = Calendar
        fields = ["code", "name"]

    def check(self, document: Any) -> None:
        CalendarRules.from_json(document)


class PolicyForm(DocumentForm):
    class Meta:
        model = Policy
        fields = ["code", "name", "position", "is_active"]

    def check(self, document: Any) -> None:
        policies.check_codes(PolicyRules.from_json(document))


class Versions(admin.TabularInline):
    """The history: shown, never changed."""

    extra = 0
    can_delete = False
    ordering = ["-number"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class CalendarVersions(Versions):
    model = CalendarVersion
    fields = readonly_fields = ("number", "published_at", "published_by", "covers_until")


class PolicyVersions(Versions):
    model = PolicyVersion
    fields = readonly_fields = ("number", "published_at", "published_by")


class Publishing(admin.ModelAdmin):
    """Saving publishes; nothing that clocks may be pinned to is ever deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """The code is fixed: other documents name it."""
        return ["code"] if obj else []


@admin.register(Calendar)
class CalendarAdmin(Publishing):
    form = CalendarForm
    list_display = ["code", "name"]
    search_fields = ["code", "name"]
    inlines = [CalendarVersions]

    def save_model(self, request: HttpRequest, obj: Calendar, form: Any, change: bool) -> None:
        version = calendars.publish(
            code=obj.code,
            name=obj.name,
            document=form.cleaned_data["document"],
            by=request.user if isinstance(request.user, User) else None,
        )
        tasks.recount_soon()
        obj.pk = version.calendar_id


@admin.register(Policy)
class PolicyAdmin(Publishing):
    form = PolicyForm
    list_display = ["position", "code", "name", "is_active"]
    list_display_links = ["code"]
    search_fields = ["code", "name"]
    inlines = [PolicyVersions]

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        version = policies.publish(
            code=obj.code,
            name=obj.name,
            position=obj.position,
            is_active=obj.is_active,
            document=form.cleaned_data["document"],
            by=request.user if isinstance(request.user, User) else None,
        )
        obj.pk = version.policy_id


@admin.register(Tier)
class TierAdmin(admin.ModelAdmin):
    list_display = ["number", "name", "role"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """A tier's number is what ladders and duty shifts name it by."""
        return ["number"]


@admin.register(OfficeHours)
class OfficeHoursAdmin(NamesNoCase):
    """By which calendar each department's people work; departments below it without their own keep it."""

    list_display = ["department", "calendar"]
    list_select_related = ["department", "calendar"]


@admin.register(ExternalBody)
class ExternalBodyAdmin(NamesNoCase):
    """Where else complainants can turn: the last rung of the ladder."""

    list_display = ["name", "code", "position", "is_active"]
    list_editable = ["position"]
    search_fields = ["name", "code"]


class ReadOnly(admin.ModelAdmin):
    """Facts: looked at, never changed by hand; those of restricted complaints by their circles alone."""

    complaint_of = "complaint"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without those of restricted complaints that are kept from this person."""
        own = Q(**{f"{self.complaint_of}__in": permissions.circle_of(cast(User, request.user))})
        return super().get_queryset(request).filter(Q(**{f"{self.complaint_of}__restriction": ""}) | own)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Ledger(admin.TabularInline):
    model = ClockEvent
    extra = 0
    can_delete = False
    fields = readonly_fields = ("sequence", "kind", "at", "policy_version", "calendar_version", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Fired(admin.TabularInline):
    model = Firing
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "cycle",
        "step",
        "repeat",
        "due_at",
        "fired_at",
        "notified",
        "tier_before",
        "tier_after",
    )

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Extension)
class ExtensionAdmin(ReadOnly):
    """Who asked for more time, who decided, and what it moved. The words are read on the complaints' own pages."""

    complaint_of = "clock__complaint"
    exclude = ["reasons", "decision_reasons"]
    list_display = ["clock", "state", "amount", "unit", "reason", "asked_by", "decided_by", "due_before", "due_at"]
    list_filter = ["state", "reason"]
    list_select_related = ["clock", "asked_by", "decided_by"]
    search_fields = ["clock__complaint__reference"]
    show_full_result_count = False


@admin.register(Referral)
class ReferralAdmin(ReadOnly):
    """Which complaints were referred, and what became of it; the letters are on the complaints' own pages."""

    list_display = ["complaint", "cycle", "body", "state", "prepared_at", "settled_at"]
    list_filter = ["state", "body"]
    list_select_related = ["complaint", "body"]
    search_fields = ["complaint__reference"]
    show_full_result_count = False


@admin.register(Clock)
class ClockAdmin(ReadOnly):
    """What was set aside after failing again and again is found here, and taken up again."""

    list_display = ["complaint", "kind", "cycle", "state", "due_at", "wake_at", "failures", "set_aside_at"]
    list_filter = [("set_aside_at", admin.EmptyFieldListFilter), "state", "kind"]
    list_select_related = ["complaint"]
    search_fields = ["complaint__reference"]
    show_full_result_count = False
    inlines = [Ledger, Fired]
    actions = ["take_up_again"]

    @admin.action(description=_("Try again those that were set aside"))
    def take_up_again(self, request: HttpRequest, clocks: QuerySet[Clock]) -> None:
        """Let the next sweep look at them."""
        for clock_id in clocks.filter(set_aside_at__isnull=False).values_list("pk", flat=True):
            failing.try_again(clock_id=clock_id)
        messages.success(request, gettext("The next sweep looks at them again."))
