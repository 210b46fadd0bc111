"""The forms of the acts about who sees a complaint. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import circles, conflicts
from complaints.models import Complaint
from complaints.restricting import needs_consent
from complaints.web.desk.fields import ConsentField, PersonField, Words
from complaints.web.desk.forms.acts import ActForm

MOST_NAMED = 20


def not_concerned(complaint: Complaint) -> QuerySet[User]:
    """Active people who may know of the complaint: it does not concern them."""
    people = User.objects.filter(is_active=True).exclude(pk__in=list(conflicts.concerned(complaint)))
    return people.select_related("department").order_by("name", "id")


class PeopleField(forms.ModelMultipleChoiceField):
    """Several people of the staff, each with the department they are at home in."""

    label_from_instance = PersonField.label_from_instance


class RestrictForm(ActForm):
    """Why, and who else needs to know."""

    reasons = Words(label=_("Why it is restricted"), help_text=_("Kept as an internal note."), rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"] = PeopleField(
            queryset=not_concerned(self.complaint).exclude(pk=self.user.pk),
            required=False,
            label=_("Who sees it besides you and whoever holds it"),
            help_text=_("Only who needs to know. Those whom the complaint concerns are left out."),
        )

    def clean_people(self) -> QuerySet[User]:
        """Not half of the office."""
        people: QuerySet[User] = self.cleaned_data["people"]
        if people.count() > MOST_NAMED:
            raise forms.ValidationError(
                _("Name at most %(most)d people, those who need to know."), params={"most": MOST_NAMED}
            )
        return people


class LiftRestrictionForm(ActForm):
    """Why, and with whose consent."""

    reasons = Words(
        label=_("Why it need not be restricted any more"), help_text=_("Kept as an internal note."), rows=3
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if needs_consent(self.complaint.restriction):
            self.fields["consent"] = ConsentField()


class AdmitForm(ActForm):
    """Who, and why they need to know."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"] = PersonField(
            queryset=not_concerned(self.complaint).exclude(pk__in=circles.members(self.complaint)),
            label=_("Who is to see the complaint"),
            help_text=_("Those whom the complaint concerns are left out."),
            empty_label=_("Choose a person"),
        )
        self.fields["reasons"] = Words(
            label=_("Why they need to know"), help_text=_("Kept as an internal note."), rows=2
        )


class DismissForm(ActForm):
    """Who, and why they need to know no longer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"] = PersonField(
            queryset=User.objects.filter(circle_places__complaint=self.complaint, circle_places__left_at=None)
            .exclude(held_complaints=self.complaint)
            .select_related("department")
            .order_by("name", "id"),
            label=_("Whose place in the circle ends"),
            help_text=_("Whoever holds the complaint stays in its circle."),
            empty_label=_("Choose a person"),
        )
        self.fields["reasons"] = Words(
            label=_("Why they need to know no longer"), help_text=_("Kept as an internal note."), rows=2
        )
