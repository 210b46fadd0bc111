"""Which complaints a policy is for, which calendar, and what holds for all clocks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints.classes import ComplaintClass
from complaints.models import Category
from complaints.vocabulary import Channel, PauseReason, Priority, Track
from complaints.web.desk.fields import name_what_is_missing
from escalation import selectors
from escalation.policies import PolicyRules, Reopen
from escalation.targets import Unit
from escalation.web.policy_forms import Described
from escalation.web.rules_form.fields import UNITS, plain


class GeneralForm(Described):
    """Which complaints, which calendar, and what holds for all clocks."""

    match_class = forms.MultipleChoiceField(
        label=_("Class"), choices=ComplaintClass.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    match_priority = forms.MultipleChoiceField(
        label=_("Priority"), choices=Priority.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    match_track = forms.MultipleChoiceField(
        label=_("Track"), choices=Track.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    match_channel = forms.MultipleChoiceField(
        label=_("Channel"), choices=Channel.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    match_department = forms.MultipleChoiceField(
        label=_("Department"), help_text=_("With all departments below it."), required=False
    )
    match_category = forms.MultipleChoiceField(
        label=_("Category"), help_text=_("With all categories below it."), required=False
    )
    since = forms.DateField(
        label=_("For complaints received from"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("For complaints received up to"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    calendar = forms.ChoiceField(label=_("Calendar"))
    reopen = forms.ChoiceField(label=_("When a complaint is opened again"), choices=Reopen.choices)
    takeover = forms.FloatField(
        label=_("Taking over: the ladder rests for so many working hours"),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    silence = forms.FloatField(
        label=_("Closed when nobody objects within"),
        help_text=_("The answer states the date. Left empty, nothing is closed by itself."),
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    silence_unit = forms.ChoiceField(
        label=_("Unit of that time"), choices=UNITS, required=False, initial=Unit.CALENDAR_DAYS.value
    )
    silence_roll = forms.BooleanField(
        label=_("A last day off moves on to the next working day"), help_text=_("For calendar days."), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        calendars = selectors.calendar_choices(selectors.newest_calendars())
        self.fields["calendar"] = forms.ChoiceField(label=_("Calendar"), choices=calendars)
        for fact, model in (("department", Department), ("category", Category)):
            field = self.fields[f"match_{fact}"]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = [(row.code, row.label()) for row in model.objects.order_by("name", "code")]
        for reason in PauseReason:
            self.fields[f"pause_{reason}"] = forms.BooleanField(label=reason.label, required=False)
            self.fields[f"budget_{reason}"] = forms.FloatField(
                label=_("At most so many working hours"),
                required=False,
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            )
        name_what_is_missing(self)

    @property
    def pause_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each reason with its budget."""
        return [(self[f"pause_{reason}"], self[f"budget_{reason}"]) for reason in PauseReason]

    @staticmethod
    def asked(rules: PolicyRules) -> dict[str, Any]:
        """What the fields show of these rules."""
        shown: dict[str, Any] = {f"match_{fact}": list(codes) for fact, codes in rules.match.items()}
        for reason, hours in rules.pauses.items():
            shown |= {f"pause_{reason}": True, f"budget_{reason}": hours}
        return shown | {
            "since": rules.in_force.since,
            "until": rules.in_force.until,
            "calendar": rules.calendar,
            "reopen": rules.reopen.value,
            "takeover": rules.takeover_hours,
            "silence": plain(float(rules.silence.amount)) if rules.silence else None,
            "silence_unit": rules.silence.unit.value if rules.silence else Unit.CALENDAR_DAYS.value,
            "silence_roll": rules.silence.roll if rules.silence else False,
        }

    def part(self) -> dict[str, Any]:
        """What the fields say of the document."""
        said = self.cleaned_data
        facts = ("class", "priority", "track", "category", "channel", "department")
        dates = {"from": said.get("since"), "to": said.get("until")}
        return {
            "match": {fact: said[f"match_{fact}"] for fact in facts if said.get(f"match_{fact}")},
            "calendar": said["calendar"],
            "reopen": said["reopen"],
            "in_force": {name: on.isoformat() for name, on in dates.items() if on},
            "pauses": {
                reason.value: {"budget_working_hours": plain(said[f"budget_{reason}"])}
                if said.get(f"budget_{reason}") is not None
                else {}
                for reason in PauseReason
                if said.get(f"pause_{reason}")
            },
            "takeover": {"working_hours": plain(said["takeover"])},
            **self._silence(),
        }

    def _silence(self) -> dict[str, Any]:
        """The time to object."""
        said = self.cleaned_data
        if said.get("silence") is None:
            return {}
        unit = said.get("silence_unit") or Unit.CALENDAR_DAYS.value
        target: dict[str, Any] = {"unit": unit, "amount": plain(said["silence"])}
        if unit == Unit.CALENDAR_DAYS:
            target["roll"] = bool(said.get("silence_roll"))
        return {"silence": target}

    def field_of(self, path: Sequence[str]) -> str | None:
        """The field that stands for this path of the document."""
        match list(path):
            case ["match", fact, *_rest]:
                return f"match_{fact}"
            case ["in_force", "from"]:
                return "since"
            case ["in_force", *_rest]:
                return "until"
            case ["takeover", *_rest]:
                return "takeover"
            case ["silence", "unit"]:
                return "silence_unit"
            case ["silence", *_rest]:
                return "silence"
            case ["pauses", reason, *_rest]:
                return f"budget_{reason}"
            case ["calendar" | "reopen" as name]:
                return name
        return None
