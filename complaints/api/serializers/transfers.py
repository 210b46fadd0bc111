"""Transfers between departments: what their acts take, and what is told of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department
from complaints.api.fields import CodeIn, MomentIn, MomentOut
from complaints.api.serializers.taking import Strict
from complaints.limits import MAX_TEXT
from complaints.models import Category
from complaints.transferring import TransferState


def _words(**options: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT, **options)


class TransferIn(Strict):
    """Whoever may transfer complaints of both departments moves it at once; everybody else asks."""

    to = CodeIn(Department, help_text=_("The code of the other department."))
    reasons = serializers.CharField(max_length=MAX_TEXT)
    spoken = _words(help_text=_("Hand-over note: what was said to the complainant."))
    promised = _words(help_text=_("Hand-over note: what was promised to them."))
    knows = _words(help_text=_("Hand-over note: whom they know here, and how they want to be reached."))
    consent = serializers.BooleanField(
        required=False, help_text=_("That the complainant agrees; required of a confidential complaint.")
    )


class ObjectToTransferIn(Strict):
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("Why it does not belong here."))
    proposed = CodeIn(
        Department, required=False, allow_null=True, help_text=_("The code of the department where it does belong.")
    )


class ArbitrateIn(Strict):
    to = CodeIn(Department, help_text=_("The code of the department that is responsible from now on."))
    reasons = serializers.CharField(max_length=MAX_TEXT)


class IntroduceIn(Strict):
    words = _words(help_text=_("How the complainant was told, for the file."))


class CategoriseIn(Strict):
    category = CodeIn(Category, help_text=_("The code of the category."))
    keep = serializers.BooleanField(
        required=False, help_text=_("Leave the complaint where it is, although the category belongs elsewhere.")
    )
    reasons = _words(help_text=_("Required to keep it where it is."))


class BriefIn(Strict):
    text = serializers.CharField(max_length=MAX_TEXT)
    answer_by = MomentIn(required=False, allow_null=True, help_text=_("By when the department is to report back."))


class ReportBackIn(Strict):
    briefing = serializers.IntegerField(min_value=1, max_value=1_000, help_text=_("The number of the briefing."))
    answer = serializers.CharField(max_length=MAX_TEXT)


class BriefingOut(serializers.Serializer):
    """What somebody above has told the department, and what that reported back. People by e-mail address."""

    number = serializers.IntegerField()
    department = serializers.CharField(source="department.code")
    text = serializers.CharField()
    answer_by = MomentOut(allow_null=True)
    briefed_by = serializers.EmailField(source="briefed_by.email")
    briefed_at = MomentOut()
    answer = serializers.CharField(allow_blank=True)
    answered_by = serializers.EmailField(source="answered_by.email", default=None, allow_null=True)
    answered_at = MomentOut(allow_null=True)


class TransferOut(serializers.Serializer):
    """One transfer. Departments by code, people by e-mail address."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(TransferState.choices, read_only=True)
    sender = serializers.CharField(source="sender.code")
    receiver = serializers.CharField(source="receiver.code")
    reasons = serializers.CharField()
    spoken = serializers.CharField(allow_blank=True)
    promised = serializers.CharField(allow_blank=True)
    knows = serializers.CharField(allow_blank=True)
    by_category = serializers.BooleanField(help_text=_("The category was corrected, and led to this department."))
    asked_by = serializers.EmailField(source="asked_by.email")
    asked_at = MomentOut()
    accepted_by = serializers.EmailField(source="accepted_by.email", default=None, allow_null=True)
    silent = serializers.BooleanField(source="is_silent", help_text=_("Accepted because nobody answered in time."))
    objected_by = serializers.EmailField(source="objected_by.email", default=None, allow_null=True)
    objected_at = MomentOut(allow_null=True)
    objection = serializers.CharField(allow_blank=True)
    proposed = serializers.CharField(source="proposed.code", default=None, allow_null=True)
    decided_by = serializers.EmailField(source="decided_by.email", default=None, allow_null=True)
    decided_at = MomentOut(allow_null=True)
    decision = serializers.CharField(allow_blank=True)
    placed_in = serializers.CharField(source="placed_in.code", default=None, allow_null=True)
    moved_at = MomentOut(allow_null=True, help_text=_("When another department became responsible."))
    teller = serializers.EmailField(
        source="teller.email", default=None, allow_null=True, help_text=_("Who has to tell the complainant.")
    )
    told_by = serializers.EmailField(source="told_by.email", default=None, allow_null=True)
    told_at = MomentOut(allow_null=True)
