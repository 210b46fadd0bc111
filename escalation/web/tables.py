"""What the page asks for that lays a table of days off onto a calendar: first to look, then to publish."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.web.desk.fields import name_what_is_missing
from escalation import documents, tables
from escalation.calendars import FIRST_YEAR, LAST_YEAR, WEEKDAYS, Calendar
from escalation.errors import BadCalendar, BadTable
from escalation.tables import Laid, Own
from escalation.web.forms import MOST_BYTES


class TableForm(forms.Form):
    """A table and how it is to be laid onto the calendar."""

    file = forms.FileField(
        label=_("Table (CSV)"),
        help_text=_(
            "The first line names the columns: “date”, “kind” (holiday or makeup_workday) and “name”; or 西元日期, "
            "是否放假 and 備註 with a line for every day."
        ),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )
    country = forms.CharField(
        label=_("Country"),
        help_text=_("Its code, if the table has a column of countries."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    first_year = forms.IntegerField(
        label=_("From the year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    last_year = forms.IntegerField(label=_("To the year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    make_up = forms.ChoiceField(label=_("Hours of make-up working days"), required=False)
    own = forms.ChoiceField(
        label=_("Days of the calendar's own in these years"),
        help_text=_("Days that the calendar lists and the table says nothing special of, such as half days."),
        choices=Own.choices,
        widget=forms.RadioSelect,
    )
    covers_until = forms.DateField(
        label=_("The days are complete until"),
        help_text=_("Empty: the end of the table's last complete year."),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, rules: Calendar, **options: Any) -> None:
        self.rules = rules
        self.today = rules.local_date(timezone.now())
        options.setdefault("initial", {"first_year": self.today.year, "own": Own.KEEP.value})
        super().__init__(*args, **options)
        worked = [(code, WEEKDAY_NAMES[number]) for number, code in enumerate(WEEKDAYS) if rules.week[number]]
        choices = [("", _("Those of the usual working day")), *worked]
        self.fields["make_up"] = forms.ChoiceField(label=self.fields["make_up"].label, choices=choices, required=False)
        self.order_fields(["file", "country", "first_year", "last_year", "make_up"])
        name_what_is_missing(self)
        self.laid: Laid | None = None

    def clean(self) -> dict[str, Any]:
        """Read the table and lay it onto the calendar; what is wrong stands at its field, by line."""
        said = super().clean() or self.cleaned_data
        if self.errors:
            return said
        try:
            self.laid = self._laid(said)
        except UnicodeError:
            self.add_error("file", _("This is not text in UTF-8; save the table as CSV in UTF-8."))
        except BadTable as refusal:
            places = {
                gettext("country"): "country",
                gettext("years"): "first_year",
                gettext("make-up working days"): "make_up",
            }
            self.add_error(places.get(refusal.field, "file"), str(refusal))
        return said

    def _laid(self, said: dict[str, Any]) -> Laid:
        content = said["file"].read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise BadTable(str(_("file")), _("This is more than a megabyte; cut it to the years you need."))
        table = tables.read(content.decode("utf-8-sig"), country=said["country"])
        return tables.lay(
            table.of_years(said["first_year"], said["last_year"]),
            self.rules,
            today=self.today,
            own=Own(said["own"]),
            make_up=said["make_up"],
            covers_until=said["covers_until"],
        )


class LaidForm(forms.Form):
    """What the preview showed, to be published as it was seen: the document, and the version it was made from."""

    document = forms.CharField(widget=forms.HiddenInput)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def clean_document(self) -> Any:
        """The document; whether it is a calendar, the service judges."""
        try:
            return documents.loads(self.cleaned_data["document"], refuse=BadCalendar)
        except (BadCalendar, RecursionError, ValueError):
            raise forms.ValidationError(_("This is not what the preview showed; begin again.")) from None
