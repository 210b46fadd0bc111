"""Asking that something be taken further: from one's own case, or without a number."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.classes import Kind
from complaints.limits import EARLIEST_YEAR, MAX_SUBJECT
from complaints.services.intake import ComplainantDetails, Registration
from complaints.services.unrecorded_upgrades import Unrecorded
from complaints.web.portal.forms.fields import line, words

GROUNDS = {
    Kind.OVERDUE: _("A date that you promised has passed"),
    Kind.NOT_INFORMED: _("Nobody tells me how it stands"),
    Kind.UNRESOLVED: _("It has not been put right"),
    Kind.BEYOND_AUTHORITY: _("Whoever handles it says that they may not decide it"),
    Kind.MAJOR_IMPACT: _("It is serious, or concerns many people"),
}
"""The grounds as complainants say them."""


def _grounds() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        choices=[(ground.value, label) for ground, label in GROUNDS.items()],
        coerce=Kind,
        widget=forms.CheckboxSelectMultiple,
        label=_("Why should somebody more senior look at it?"),
        help_text=_("Choose all that apply."),
        error_messages={
            "required": _("Choose at least one reason."),
            "invalid_choice": _("Choose from the reasons on this page."),
        },
    )


class FurtherForm(forms.Form):
    """Why somebody more senior should look at it."""

    prefix = "further"
    grounds = _grounds()
    body = words(
        _("What should they know?"),
        help_text=_("Say what you are not content with, and what you want now."),
        error_messages={"required": _("Say what you are not content with.")},
    )


class UnrecordedForm(forms.Form):
    """The same for somebody who complained before and has no number."""

    name = line(_("Your name"), autocomplete="name", error_messages={"required": _("Give your name.")})
    phone = line(
        _("Phone"),
        most=60,
        required=False,
        autocomplete="tel",
        help_text=_("The number from which you called us, or that you gave us."),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        help_text=_("We write here when something happens, with a link that opens your complaint."),
        error_messages={"invalid": _("Give an e-mail address such as name@example.com.")},
    )
    told_on = forms.DateField(
        label=_("Roughly when did you turn to us before?"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A day that is about right is enough."),
        error_messages={"invalid": _("Give the day as year, month and day, for example 2026-03-09.")},
    )
    told_about = words(
        _("What do you remember of it?"),
        rows=4,
        required=False,
        help_text=_("Whom you spoke with, where, what was said."),
    )
    subject = line(
        _("In a few words, what is it about?"),
        most=MAX_SUBJECT,
        help_text=_("For example “Charged twice for one purchase”."),
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    grounds = _grounds()
    body = words(
        _("What should they know?"),
        help_text=_("Say what you are not content with, and what you want now."),
        error_messages={"required": _("Say what you are not content with.")},
    )
    once = forms.CharField(max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["told_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_told_on(self) -> date | None:
        day: date | None = self.cleaned_data["told_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future. Give the day on which it was."))
        if day is not None and day.year < EARLIEST_YEAR:
            raise forms.ValidationError(_("This day lies too far back. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        """Somebody must be reachable: nobody can look for a contact of which nothing is known."""
        given = self.cleaned_data
        missing = not given.get("phone") and not given.get("email")
        if missing and not {"phone", "email"} & self.errors.keys():
            self.add_error("phone", _("Give a phone number or an e-mail address, so that we can find it."))
        return given

    def given(self) -> Unrecorded:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        return Unrecorded(
            registration=Registration(
                subject=said["subject"],
                description=said["body"],
                language=get_language() or "en",
                complainant=ComplainantDetails(name=said["name"], phone=said["phone"], email=said["email"]),
            ),
            grounds=said["grounds"],
            told_on=said["told_on"],
            told_about=said["told_about"],
        )
