"""The ladder of a promise in rows, a step each."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from escalation.ladder import DEADLINE, HOLDER, MOST_STEPS, NEXT_TIER, Step, describe_step
from escalation.policies import ClockKind
from escalation.web.rules_form.fields import plain

FREE_ROWS = 2
"""Empty rows for steps below those that are there; saving brings more."""


class StepForm(forms.Form):
    """One step of a ladder. Without a moment the row is empty."""

    says = ""
    """What the step does as it was last saved, in words."""

    WHEN = [
        ("", _("No step")),
        ("part", _("On the way")),
        ("deadline", _("At the deadline")),
        ("after", _("After it")),
    ]

    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    when = forms.ChoiceField(label=_("When"), choices=WHEN, required=False)
    fraction = forms.CharField(label=_("Part of the time, such as 80% or 4/5"), required=False, max_length=20)
    hours = forms.FloatField(
        label=_("Working hours after"),
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    every = forms.FloatField(
        label=_("Again every so many working hours"),
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    times = forms.IntegerField(label=_("So many times more"), required=False)
    tier = forms.ChoiceField(
        label=_("Raise to tier"),
        choices=[("", _("Do not raise")), ("next", _("The next one")), *[(str(k), str(k)) for k in range(2, 6)]],
        required=False,
    )
    does = forms.MultipleChoiceField(
        label=_("What it does"),
        choices=[
            ("assign", _("Hand to whoever holds that tier")),
            ("raise_priority", _("Raise the priority")),
            ("propose_upgrade", _("Propose the class “upgrade”")),
            ("refer", _("Prepare the referral to the external body")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    notify = forms.MultipleChoiceField(
        label=_("Who is told"),
        choices=[(HOLDER, _("The person in charge")), *Role.choices],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    urgent = forms.BooleanField(label=_("At once, also out of hours"), required=False)

    NAMES = {
        "at": "fraction",
        "after_working_hours": "hours",
        "every_working_hours": "every",
        "times": "times",
        "raise_to_tier": "tier",
        "notify": "notify",
        "number": "number",
        "urgent": "urgent",
    }

    @property
    def is_there(self) -> bool:
        """Whether the row holds a step."""
        return bool(self.cleaned_data.get("when"))

    @property
    def numbered(self) -> int:
        """The number the step had; new ones come last among those of the same moment."""
        return int(self.cleaned_data.get("number") or 0)

    @property
    def order(self) -> tuple[float, float]:
        """Sorts steps in the order in which their moments come."""
        said = self.cleaned_data
        if said["when"] == "part":
            return _fraction(said.get("fraction", "")), 0.0
        return 1.0, (said.get("hours") or 0.0) if said["when"] == "after" else 0.0

    def part(self, number: int) -> dict[str, Any]:
        """What the row says of the document."""
        said = self.cleaned_data
        form: dict[str, Any] = {"number": number}
        match said["when"]:
            case "part":
                form["at"] = said.get("fraction", "")
            case "after":
                form["after_working_hours"] = plain(said.get("hours"))
        if said.get("every") is not None or said.get("times") is not None:
            form["repeat"] = {"every_working_hours": plain(said.get("every")), "times": said.get("times")}
        effects: dict[str, Any] = dict.fromkeys(said.get("does", ()), True)
        if said.get("tier"):
            effects["raise_to_tier"] = "next" if said["tier"] == "next" else int(said["tier"])
        if said.get("notify"):
            effects["notify"] = list(said["notify"])
        form["effects"] = effects
        if said.get("urgent"):
            form["urgent"] = True
        return form

    def refuse(self, path: Sequence[str], sentences: Sequence[str]) -> None:
        """Show at its field what was refused at this path of the step."""
        name = self.NAMES.get(path[-1] if path else "", "")
        shown = name if name in self.fields and name != "number" else "when"
        self.add_error(shown, list(sentences))


def step_forms(data: Mapping[str, Any] | None, kind: ClockKind, steps: Sequence[Step]) -> list[StepForm]:
    """A row for each step, and some free ones. What was sent has as many rows as were shown."""
    if data is not None:
        sent = 0
        while f"{kind}-step{sent}-when" in data:
            sent += 1
        return [StepForm(data, prefix=f"{kind}-step{row}") for row in range(min(sent, MOST_STEPS + FREE_ROWS))]
    shown = [_of_step(step) for step in steps] + [{} for _row in range(FREE_ROWS)]
    forms_of_steps = [StepForm(prefix=f"{kind}-step{row}", initial=initial) for row, initial in enumerate(shown)]
    for form, step in zip(forms_of_steps, steps, strict=False):
        form.says = describe_step(step)
    return forms_of_steps


def _of_step(step: Step) -> dict[str, Any]:
    effects = step.effects
    shown: dict[str, Any] = {"number": step.number, "when": "deadline", "urgent": step.urgent}
    if step.at < DEADLINE:
        shown |= {"when": "part", "fraction": _percent(step.at)}
    elif step.after_working_hours:
        shown |= {"when": "after", "hours": step.after_working_hours}
    if step.repeat is not None:
        shown |= {"every": step.repeat.every_working_hours, "times": step.repeat.times}
    if effects.raise_to_tier is not None:
        shown["tier"] = "next" if effects.raise_to_tier == NEXT_TIER else str(effects.raise_to_tier)
    names = ("assign", "raise_priority", "propose_upgrade", "refer")
    return shown | {"does": [name for name in names if getattr(effects, name)], "notify": list(effects.notify)}


def _fraction(text: str) -> float:
    """How far on the way, for sorting; what cannot be read stands first and is refused at its field."""
    if "e" in text.lower():  # 1e9999999 is ten million digits
        return 0.0
    try:
        return float(Fraction(text.rstrip("% "))) / (100 if "%" in text else 1)
    except (ValueError, ZeroDivisionError):
        return 0.0


def _percent(part: Fraction) -> str:
    """ "80%", and "1/3" where no whole number of per cent says it."""
    return f"{part * 100}%" if (part * 100).denominator == 1 else str(part)
