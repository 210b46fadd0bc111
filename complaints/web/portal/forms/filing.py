"""The forms of a new complaint, one for each step."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints.limits import EARLIEST_YEAR, MAX_SUBJECT
from complaints.models import Category
from complaints.vocabulary import Demand, Relation, SubjectKind
from complaints.web.portal.forms.fields import files, line, words

MAX_SUBJECTS = 5


class WhatHappenedForm(forms.Form):
    """The complaint itself, in the complainant's own words."""

    subject = line(
        _("In a few words, what is it about?"),
        most=MAX_SUBJECT,
        help_text=_("For example “Charged twice for one purchase”."),
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    description = words(
        _("What happened?"),
        rows=9,
        help_text=_("In your own words, in the order in which it happened. You need no special terms."),
        error_messages={"required": _("Tell us what happened.")},
    )
    language = forms.ChoiceField(
        label=_("In which language shall we answer?"),
        choices=[("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language in which we shall answer.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].initial = get_language()


class AboutForm(forms.Form):
    """About whom or what, where and when. Nothing here is required: people often do not know."""

    category = forms.ChoiceField(
        label=_("Which of these is it mostly about?"), required=False, widget=forms.RadioSelect
    )
    place = forms.ChoiceField(label=_("Which of our places was it?"), required=False)
    where = line(
        _("Where exactly?"),
        required=False,
        help_text=_("For example a counter, a room, a web address, or the phone line."),
    )
    happened_on = forms.DateField(
        label=_("On which day?"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If it went on for a while, give the day it began."),
        error_messages={"invalid": _("Give the day as year, month and day, for example 2026-03-09.")},
    )
    happened_time = forms.TimeField(
        label=_("At about what time?"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Give the time as hours and minutes, for example 14:30.")},
    )
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.categories = {
            category.code: category for category in Category.objects.filter(parent__isnull=True, is_active=True)
        }
        self.places = {
            department.code: department
            for department in Department.objects.filter(parent__isnull=False, is_active=True)
        }
        self._choose("category", {code: one.label() for code, one in self.categories.items()}, _("I am not sure"))
        self._choose(
            "place", {code: one.label() for code, one in self.places.items()}, _("None of these, or I do not know")
        )
        self.fields["happened_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        self.row_count = min(max(self._typed_rows(), 1), MAX_SUBJECTS)
        self.initial["rows"] = self.row_count
        for number in range(1, self.row_count + 1):
            self._add_row(number)

    @property
    def subject_rows(self) -> list[Mapping[str, forms.BoundField]]:
        """The fields of each person, product or place, in order."""
        parts = ("kind", "name", "reference")
        return [{part: self[f"subject_{part}_{number}"] for part in parts} for number in range(1, self.row_count + 1)]

    @property
    def has_room(self) -> bool:
        """Whether another person or thing can be added."""
        return self.row_count < MAX_SUBJECTS

    def clean_happened_on(self) -> date | None:
        day: date | None = self.cleaned_data["happened_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future. Give the day on which it happened."))
        if day is not None and day.year < EARLIEST_YEAR:
            raise forms.ValidationError(_("This day lies too far back. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("happened_time") and not given.get("happened_on") and "happened_on" not in self.errors:
            self.add_error("happened_on", _("Give the day as well as the time."))
        elif self.occurred_at(given) and self.occurred_at(given) > timezone.now():  # type: ignore[operator]  # not None
            self.add_error("happened_time", _("This time lies in the future. Give the time at which it happened."))
        for number in range(1, self.row_count + 1):
            if given.get(f"subject_reference_{number}") and not given.get(f"subject_name_{number}"):
                self.add_error(f"subject_name_{number}", _("Say what this number belongs to."))
        return given

    @staticmethod
    def occurred_at(given: Mapping[str, Any]) -> datetime | None:
        """The moment it happened, aware, in the office's zone; the beginning of the day when no time was given."""
        if not given.get("happened_on"):
            return None
        return timezone.make_aware(datetime.combine(given["happened_on"], given.get("happened_time") or time.min))

    def _choose(self, name: str, labels: Mapping[str, str], none_of_them: Promise) -> None:
        if not labels:
            del self.fields[name]
            return
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [*labels.items(), ("", none_of_them)]

    def _typed_rows(self) -> int:
        typed = str(self.data.get("rows", "")) if self.is_bound else ""
        return int(typed) if typed.isdecimal() and len(typed) < 4 else 1

    def _add_row(self, number: int) -> None:
        self.fields[f"subject_kind_{number}"] = forms.ChoiceField(
            label=_("What is it?"),
            choices=[(kind.value, kind.label) for kind in SubjectKind],
            initial=SubjectKind.OTHER if number > 1 else SubjectKind.PRODUCT,
            required=False,
        )
        self.fields[f"subject_name_{number}"] = line(
            _("Name of the person, product or place"),
            required=False,
            help_text=_("As far as you know it: a name, a description, a brand and model."),
        )
        self.fields[f"subject_reference_{number}"] = line(
            _("Number"),
            most=100,
            required=False,
            help_text=_("Order, receipt, invoice or staff number, if there is one."),
        )


class WishesForm(forms.Form):
    """What would put it right."""

    demands = forms.MultipleChoiceField(
        label=_("What would put it right for you?"),
        choices=[(demand.value, demand.label) for demand in Demand],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all that apply, or none."),
    )
    demand_note = words(
        _("In your own words"), rows=4, required=False, help_text=_("For example an amount and how you come to it.")
    )
    suggestion = words(_("What should we do differently, so that it does not happen again?"), rows=4, required=False)


class EvidenceForm(forms.Form):
    """Pictures, documents, recordings."""

    evidence = files(_("Choose files"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["evidence"].help_text = _(
            "Pictures, PDF, Word, Excel, sound, video or text. At most %(megabytes)d MB each, %(files)d files in all."
        ) % {"megabytes": settings.EVIDENCE_MAX_BYTES // 1024**2, "files": settings.EVIDENCE_MAX_FILES}


class ContactForm(forms.Form):
    """How to reach the complainant, or that nobody shall know who they are."""

    NAMED, ANONYMOUS = "named", "anonymous"

    identity = forms.ChoiceField(
        label=_("May we know who you are?"),
        choices=[(NAMED, _("Yes, here is how to reach me")), (ANONYMOUS, _("No, I want to stay anonymous"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether we may know who you are.")},
    )
    name = line(
        _("Your name"),
        autocomplete="name",
        error_messages={"required": _("Give your name, or choose to stay anonymous.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        help_text=_("We write here when something happens, with a link that opens your complaint."),
        error_messages={"invalid": _("Give an e-mail address such as name@example.com.")},
    )
    phone = line(_("Phone"), most=60, required=False, autocomplete="tel")
    relation = forms.ChoiceField(
        label=_("What are you to us?"),
        required=False,
        choices=[("", _("I would rather not say")), *Relation.choices],
        help_text=_("If you work here, your complaint is kept confidential: only a few chosen people see it."),
    )
    on_behalf_of = line(_("For whom are you writing?"), required=False, help_text=_("Their name, or who they are."))
    authority = line(
        _("What entitles you to write for them?"),
        required=False,
        help_text=_("For example: parent, neighbour with their consent, power of attorney."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].required = not self.is_bound or self.data.get("identity") == self.NAMED

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("authority") and not given.get("on_behalf_of") and "on_behalf_of" not in self.errors:
            self.add_error("on_behalf_of", _("Say for whom you are writing."))
        return given
