"""What the pages about deadlines ask for."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.errors import ComplaintError
from complaints.web.desk.fields import MOMENT_FORMAT, name_what_is_missing
from escalation import documents, selectors
from escalation.calendars import Calendar
from escalation.errors import BadCalendar, BadTarget
from escalation.models import CalendarVersion
from escalation.targets import CountFrom, Pause, Target, Unit

FIRST_DATE = date(2000, 1, 1)
LAST_DATE = date(2199, 12, 31)
MOST_PAUSES = 20
MOST_BYTES = 1_000_000

OUT_OF_RANGE = _("Write a date from the year %(first)d to %(last)d.")
FAR_TOO_MUCH = _("This is far too much; write at most ten years.")
SKIPPED = _("The clocks of this calendar's place skip this time of day: it was put forward. Write a later time.")


def within_reach(day: date) -> None:
    """Raise ValidationError for a date far away."""
    if not FIRST_DATE <= day <= LAST_DATE:
        raise ValidationError(OUT_OF_RANGE, params={"first": FIRST_DATE.year, "last": LAST_DATE.year})


def in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """What a local clock shows as a moment; of an hour that the clock repeats, the first. Raises ValidationError for
    a date far away, and for a time of day that the clock skips.
    """
    within_reach(local.date())
    moment = local.replace(tzinfo=zone)
    if moment.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != local:
        raise ValidationError(SKIPPED)
    return moment


class LocalMomentField(forms.DateTimeField):
    """What a clock on the wall shows, without a time zone: the form knows which calendar it belongs to."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT)
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> datetime | None:
        """The moment as written, kept free of any time zone."""
        for pattern in (MOMENT_FORMAT, f"{MOMENT_FORMAT}:%S"):
            try:
                return datetime.strptime(str(value).strip(), pattern)  # noqa: DTZ007 - the calendar gives the zone
            except ValueError:
                continue
        if value in self.empty_values:
            return None
        raise ValidationError(self.error_messages["invalid"], code="invalid")


class WhatIfForm(forms.Form):
    """A calendar, a target and a start. What it asks about exists nowhere but in the address."""

    amount = forms.DecimalField(
        label=_("How much time"),
        max_digits=15,
        decimal_places=6,
        help_text=_("Days are whole; hours may have decimals."),
        error_messages={
            "max_digits": FAR_TOO_MUCH,
            "max_whole_digits": FAR_TOO_MUCH,
            "max_decimal_places": _("Write at most six decimals."),
        },
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[
            (Unit.WORKING_HOURS.value, _("working hours")),
            (Unit.WORKING_DAYS.value, _("working days")),
            (Unit.CALENDAR_DAYS.value, _("calendar days")),
            (Unit.HOURS.value, _("hours around the clock")),
        ],
    )
    start_on = forms.DateField(
        label=_("Starts on"),
        validators=[within_reach],
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    start_at = forms.TimeField(
        label=_("Time of day"),
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("By the clock of the calendar's place."),
    )
    count_from = forms.ChoiceField(
        label=_("Working days count from"),
        required=False,
        choices=[
            (CountFrom.NEXT_DAY.value, _("the day after the receipt")),
            (CountFrom.SAME_DAY.value, _("the day of the receipt")),
        ],
    )
    roll = forms.BooleanField(
        label=_("A last calendar day that is a day off moves on to the next working day"), required=False
    )

    def __init__(self, *args: Any, versions: Sequence[CalendarVersion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.versions: Mapping[str, CalendarVersion] = {version.calendar.code: version for version in versions}
        self.fields["calendar"] = forms.ChoiceField(
            label=_("Calendar"),
            choices=selectors.calendar_choices(versions),
            error_messages={"invalid_choice": _("There is no such calendar; choose one of the list.")},
        )
        self.fields["unit"].error_messages["invalid_choice"] = _("There is no such unit; choose one of the list.")
        self.fields["count_from"].error_messages["invalid_choice"] = _("Choose one of the list.")
        self.order_fields(["amount", "unit", "calendar"])
        name_what_is_missing(self)

    @classmethod
    def blank(cls, versions: Sequence[CalendarVersion]) -> "WhatIfForm":
        """Nothing asked yet: the first calendar, three working days, from now."""
        now = timezone.now().astimezone(selectors.calendar_rules(versions[0].pk).zone)
        initial = {"amount": 3, "unit": Unit.WORKING_DAYS.value, "start_on": now.date(), "start_at": now.time()}
        return cls(versions=versions, initial=initial)

    @property
    def chosen(self) -> CalendarVersion | None:
        """The newest version of the calendar that was chosen, if there is such a one."""
        return self.versions.get(self.cleaned_data.get("calendar", ""))

    @property
    def rules(self) -> Calendar | None:
        """What the chosen calendar says."""
        return selectors.calendar_rules(self.chosen.pk) if self.chosen else None

    def clean(self) -> dict[str, Any]:
        """Put the target and the start together; what is wrong with either stands at its field."""
        said = super().clean() or self.cleaned_data
        if "amount" in said and "unit" in said:
            self._read_target(said)
        if self.rules and "start_on" in said and "start_at" in said:
            try:
                said["start"] = in_zone(datetime.combine(said["start_on"], said["start_at"]), self.rules.zone)
            except ValidationError as refusal:
                self.add_error("start_on", refusal)
        return said

    def _read_target(self, said: dict[str, Any]) -> None:
        unit = Unit(said["unit"])
        is_whole = said["amount"] == said["amount"].to_integral_value()
        amount = int(said["amount"]) if is_whole else float(said["amount"])
        document: dict[str, Any] = {"unit": unit.value, "amount": amount}
        if unit is Unit.WORKING_DAYS and said.get("count_from"):
            document["count_from"] = said["count_from"]
        if unit is Unit.CALENDAR_DAYS:
            document["roll"] = said["roll"]
        try:
            said["target"] = Target.from_json(document)
        except BadTarget as refusal:
            for sentences in refusal.errors.values():
                self.add_error("amount", [str(sentence) for sentence in sentences])


class PauseForm(forms.Form):
    """One pause; an empty row is none."""

    begins = LocalMomentField(label=_("Pause begins"), required=False)
    ends = LocalMomentField(label=_("Pause ends"), required=False)

    def __init__(self, *args: Any, zone: ZoneInfo | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone
        for field in self.fields.values():
            field.error_messages["invalid"] = _("Write date and time, for example 2026-02-13T09:00.")

    def clean(self) -> dict[str, Any]:
        """A begin and an end after it, by the clock of the calendar's place, or neither."""
        said = super().clean() or self.cleaned_data
        for name in ("begins", "ends"):
            if said.get(name) is not None and self.zone is not None:
                try:
                    said[name] = in_zone(said[name], self.zone)
                except ValidationError as refusal:
                    self.add_error(name, refusal)
        begins, ends = said.get("begins"), said.get("ends")
        if self.errors:
            return said
        if begins and not ends:
            self.add_error("ends", _("Say when the pause ends, too."))
        elif ends and not begins:
            self.add_error("begins", _("Say when the pause begins, too."))
        elif begins and ends and ends <= begins:
            self.add_error("ends", _("The pause ends before it begins; write a later moment."))
        return said

    @property
    def pause(self) -> Pause | None:
        """The pause, unless the row is empty."""
        begins, ends = self.cleaned_data.get("begins"), self.cleaned_data.get("ends")
        return (begins, ends) if begins and ends else None


def pause_forms(data: Mapping[str, Any], zone: ZoneInfo | None) -> list[PauseForm]:
    """The rows of the address that are filled in, and one more to fill in."""
    filled = [
        PauseForm(data, prefix=f"pause{number}", zone=zone)
        for number in range(1, MOST_PAUSES + 1)
        if data.get(f"pause{number}-begins") or data.get(f"pause{number}-ends")
    ]
    taken = {form.prefix for form in filled}
    free = [prefix for number in range(1, MOST_PAUSES + 1) if (prefix := f"pause{number}") not in taken]
    return filled + [PauseForm(prefix=prefix) for prefix in free[:1]]


class CalendarImportForm(forms.Form):
    """A calendar's JSON form, as a file or pasted, and the code under which it is published."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The name by which policies call it. The code of a calendar that exists gives it a new version."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("JSON file"), required=False, allow_empty_file=True, widget=forms.FileInput({"accept": ".json"})
    )
    text = forms.CharField(
        label=_("Or the JSON text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name_what_is_missing(self)

    @property
    def source(self) -> str:
        """The field that the document came from."""
        return "file" if self.cleaned_data.get("file") else "text"

    def clean(self) -> dict[str, Any]:
        """Read the document; whether it is a calendar, the service judges."""
        said = super().clean() or self.cleaned_data
        file, text = said.get("file"), said.get("text", "")
        if bool(file) == bool(text):
            both = _("Give the file or the text, not both.")
            self.add_error("file", both if file else _("Choose a file, or paste the text."))
            return said
        try:
            said["document"] = read_document(file.read(MOST_BYTES + 1) if file else text.encode(), refuse=BadCalendar)
        except UnicodeError:
            self.add_error(self.source, _("This is not text in UTF-8."))
        except BadCalendar as refusal:
            self.add_error(self.source, str(refusal))
        except (ValueError, RecursionError):
            self.add_error(self.source, _("This is not JSON that can be read: a number too long, or too much nested."))
        return said

    def refuse(self, refusal: ComplaintError) -> None:
        """Show what the service refused: the code at its field, the document, with the path, at where it came from."""
        for path, sentences in refusal.errors.items():
            if path == "code":
                self.add_error("code", [str(sentence) for sentence in sentences])
            else:
                self.add_error(self.source, str(refusal))


def read_document(content: bytes, *, refuse: documents.type_of_refusal) -> Any:
    """The JSON in these bytes. Raises UnicodeError, what `refuse` makes, ValueError, RecursionError."""
    if len(content) > MOST_BYTES:
        raise refuse(str(_("document")), _("This is more than a megabyte; nothing here needs so much."))
    document = documents.loads(content.decode("utf-8-sig"), refuse=refuse)
    as_kept = json.dumps(document, ensure_ascii=False)
    as_kept.encode()
    if "\\u0000" in as_kept:
        raise refuse(str(_("document")), _("A text holds the character U+0000; take it out."))
    return document
