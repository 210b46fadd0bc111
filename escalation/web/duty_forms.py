"""What the duty roster asks for: a week to look at, a shift, an absence."""

from typing import Any

from django import forms
from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, Department, User
from common.refusals import Refusal
from complaints.web.desk.fields import MomentField, PersonField, TreeField, name_what_is_missing
from escalation.models import Tier


class WhichForm(forms.Form):
    """Whose roster."""

    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Department"),
        to_field_name="code",
        empty_label=None,
    )


class RosterForm(forms.Form):
    """What shifts and absences share: moments in the department's zone, and refusals shown at their fields."""

    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))

    def __init__(self, *args: Any, department: Department, **options: Any) -> None:
        super().__init__(*args, **options)
        self.department = department
        name_what_is_missing(self)

    def refuse(self, refusal: Refusal) -> None:
        """Show what the service refused beside the fields it names."""
        for field, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, str(sentence))
        if not refusal.errors:
            self.add_error(None, str(refusal))


class ShiftForm(RosterForm):
    """Who is on duty, for which tier, and when."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user"] = PersonField(
            queryset=_staff(self.department), label=_("Who is on duty"), empty_label=_("Choose a person")
        )
        self.fields["tier"] = forms.TypedChoiceField(
            choices=[(tier.number, f"{tier.number} · {tier.label()}") for tier in Tier.objects.all()],
            coerce=int,
            label=_("Stands in for tier"),
        )
        self.order_fields(["user", "tier", "starts_at", "ends_at"])
        name_what_is_missing(self)


class AbsenceForm(RosterForm):
    """Who is away, and when; the reason is a code and nothing more."""

    reason = forms.ChoiceField(
        choices=Absence.Reason.choices,
        label=_("Reason"),
        help_text=_("A word is enough. Medical details are not written down."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user"] = PersonField(
            queryset=_staff(self.department).filter(department=self.department),
            label=_("Who is away"),
            help_text=_("People whose home department this is."),
            empty_label=_("Choose a person"),
        )
        self.order_fields(["user", "starts_at", "ends_at", "reason"])
        name_what_is_missing(self)


def _staff(department: Department) -> Any:
    """Everybody who works here, the department's own people first."""
    elsewhere = Case(When(department=department, then=Value(False)), default=Value(True), output_field=BooleanField())
    return (
        User.objects.filter(is_active=True)
        .select_related("department")
        .annotate(elsewhere=elsewhere)
        .order_by("elsewhere", "name", "id")
    )
