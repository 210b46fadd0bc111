"""Taking something further from the desk: with the earlier complaint in hand, or looking for it first."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints.classes import Kind
from complaints.errors import ComplaintError
from complaints.limits import EARLIEST_YEAR, MAX_LINE, MAX_SUBJECT
from complaints.selectors import routes
from complaints.selectors.upgrades import SHORTEST_NUMBER, Remembered
from complaints.services.intake import ComplainantDetails, Registration
from complaints.services.unrecorded_upgrades import Unrecorded
from complaints.upgrading import GROUNDS
from complaints.vocabulary import Channel, Form
from complaints.web.desk.fields import Line, ReferenceField, TreeField, Words, name_what_is_missing
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.registration import CHANNELS


def _grounds() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        choices=[(ground.value, ground.label) for ground in GROUNDS],
        coerce=Kind,
        widget=forms.CheckboxSelectMultiple,
        label=_("Why they want it taken further"),
        help_text=_("What they say, whether or not the record confirms it."),
    )


def _channel() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[(channel.value, channel.label) for channel in CHANNELS],
        coerce=Channel,
        initial=Channel.PHONE,
        label=_("How it reached us"),
    )


def _form() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=Form.choices, coerce=Form, initial=Form.ORAL, label=_("Oral or written"), widget=forms.RadioSelect
    )


class UpgradeForm(ActForm):
    """The grounds, and what the complainant says."""

    grounds = _grounds()
    words = Words(
        label=_("In the complainant's own words"),
        help_text=_("What they are not content with, and what they want now."),
        rows=6,
    )
    channel = _channel()
    form = _form()
    read_back = forms.BooleanField(label=_("Read back to the complainant, who agrees"), required=False)


class NameEarlierForm(ActForm):
    """Which complaint it takes further, or that none was found."""

    none_found = forms.BooleanField(
        required=False,
        label=_("I have looked for it and found none"),
        help_text=_("No record is itself a finding: somebody may have failed to make one."),
    )
    reasons = Words(label=_("How you looked, and why it is this one"), help_text=_("Kept with the decision."), rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["earlier"] = ReferenceField(
            user=self.user, required=False, label=_("Earlier complaint"), help_text=_("Its reference.")
        )
        self.order_fields(["earlier", "none_found", "reasons"])


class SearchForm(forms.Form):
    """What somebody knows of an earlier contact without its number. Nothing alone is required."""

    phone = Line(label=_("Phone"), required=False, limit=60)
    name = Line(label=_("Name"), required=False, limit=MAX_LINE)
    day = forms.DateField(
        label=_("Roughly when"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    words = Line(label=_("Words from it"), required=False, limit=MAX_LINE)

    def clean_day(self) -> date | None:
        """A day on which somebody can have turned to us."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future. Give the day on which it was."))
        if day is not None and day.year < EARLIEST_YEAR:
            raise forms.ValidationError(_("This day lies too far back. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        """A number too short to be looked for is named as such, where nothing else was given."""
        typed = self.cleaned_data
        if typed.get("phone") and "day" in typed and self.remembered().is_empty:
            sentence = _("Give at least %(count)d digits of the phone number, or a name or words besides.")
            self.add_error("phone", sentence % {"count": SHORTEST_NUMBER})
        return typed

    def remembered(self) -> Remembered:
        """As the search takes it; what is not right is left out."""
        return Remembered(**self.cleaned_data)


class UnrecordedForm(forms.Form):
    """An upgrade whose earlier complaint was not found."""

    service_fields = {
        "description": "words",
        "complainant.name": "name",
        "complainant.phone": "phone",
        "complainant.email": "email",
    }

    grounds = _grounds()
    subject = Line(label=_("What it is about, in one line"), limit=MAX_SUBJECT)
    words = Words(
        label=_("In the complainant's own words"),
        help_text=_("What they are not content with, and what they want now."),
        rows=6,
    )
    told_on = forms.DateField(
        label=_("Roughly when they turned to us before"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    told_about = Words(
        label=_("What they remember of it"),
        required=False,
        help_text=_("Whom they spoke with, where, what was said."),
        rows=3,
    )
    none_found = forms.BooleanField(
        required=False,
        label=_("I have looked for it and found none"),
        help_text=_("No record is itself a finding. Left open, whoever takes the upgrade looks for it."),
    )
    name = Line(label=_("Name"), required=False, limit=MAX_LINE)
    phone = Line(label=_("Phone"), required=False, limit=60)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    channel = _channel()
    form = _form()
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("The complainant's language"))
    read_back = forms.BooleanField(label=_("Read back to the complainant, who agrees"), required=False)
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Department"),
        required=False,
        empty_label=_("Not known"),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["language"].initial = get_language()
        if (place := routes.head_office()) is not None:
            self.fields["department"].help_text = gettext("Without one it goes here: %(department)s.") % {
                "department": place.label()
            }

    def full_clean(self) -> None:
        """Judge what was typed, each field named."""
        name_what_is_missing(self)
        super().full_clean()

    def given(self) -> Unrecorded:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        return Unrecorded(
            registration=Registration(
                subject=said["subject"],
                description=said["words"],
                channel=said["channel"],
                form=said["form"],
                language=said["language"],
                department=said["department"],
                read_back=said["read_back"],
                complainant=ComplainantDetails(name=said["name"], phone=said["phone"], email=said["email"]),
            ),
            grounds=said["grounds"],
            told_on=said["told_on"],
            told_about=said["told_about"],
        )

    def refuse(self, refusal: ComplaintError) -> None:
        """Show what the service refused beside the fields it names."""
        for name, sentences in refusal.errors.items():
            field = self.service_fields.get(name, name)
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, str(sentence))
        if not refusal.errors:
            self.add_error(None, str(refusal))
