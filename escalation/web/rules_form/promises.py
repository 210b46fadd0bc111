"""One promise: how long it may take, and what may change that."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from escalation import wording
from escalation.errors import BadDocument
from escalation.policies import AGREED, WHOLE, ClockKind, ClockRule
from escalation.targets import CountFrom, Unit
from escalation.web.rules_form.fields import UNITS, plain
from escalation.web.rules_form.steps import step_forms


class ClockForm(forms.Form):
    """One promise: how long it may take, and what may change that. Left empty, the policy does not promise it."""

    amount = forms.FloatField(
        label=_("How much time"),
        help_text=_("Left empty, the policy does not promise this."),
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    same_day = forms.BooleanField(
        label=_("The day of receipt counts"), help_text=_("For working days."), required=False
    )
    roll = forms.BooleanField(
        label=_("A last day off moves on to the next working day"), help_text=_("For calendar days."), required=False
    )
    statutory = forms.BooleanField(
        label=_("Asked for by law"), help_text=_("Such a promise never pauses."), required=False
    )
    pausable = forms.BooleanField(label=_("May pause"), required=False)
    times = forms.IntegerField(label=_("May be put off so many times"), required=False)
    most = forms.FloatField(
        label=_("Each time by so many units at most"),
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    share = forms.IntegerField(
        label=_("Of so many answered complaints in a hundred"),
        help_text=_("Left empty, of every one. Major ones are always called on."),
        required=False,
    )
    promised = forms.BooleanField(label=_("Watch these moments by a ladder"), required=False)

    NAMES = {"unit": "unit", "amount": "amount", "count_from": "same_day", "roll": "roll", "statutory": "statutory"}

    def __init__(
        self, data: Mapping[str, Any] | None, *, kind: ClockKind, rule: ClockRule | None, is_bound: bool
    ) -> None:
        super().__init__(data if is_bound else None, prefix=kind.value, initial=_of_clock(rule))
        self.kind = kind
        self.agreed = kind in AGREED
        for name in ("promised",) if not self.agreed else [name for name in self.fields if name != "promised"]:
            del self.fields[name]
        if kind != ClockKind.FOLLOW_UP:
            self.fields.pop("share", None)
        self.steps = step_forms(data if is_bound else None, kind, rule.steps if rule else ())
        self.said = wording.clock(kind, rule) if rule else None

    @property
    def asks_for_share(self) -> bool:
        """Whether it may be promised of a part only."""
        return "share" in self.fields

    @property
    def is_wrong(self) -> bool:
        """Whether anything in it was refused, its steps included."""
        return bool(self.errors or any(step.errors for step in self.steps))

    @property
    def is_promised(self) -> bool:
        """Whether the policy is to promise this."""
        said = self.cleaned_data
        return bool(said.get("promised")) if self.agreed else said.get("amount") is not None

    def is_valid(self) -> bool:
        """Its steps must be readable as well."""
        return all([super().is_valid(), *[step.is_valid() for step in self.steps]])

    def part(self) -> dict[str, Any]:
        """What the fields say of the document."""
        said = self.cleaned_data
        self.rows = sorted((step for step in self.steps if step.is_there), key=lambda step: step.order)
        numbers = [step.numbered for step in self.rows]
        if 0 in numbers or numbers != sorted(set(numbers)):
            numbers = list(range(1, len(numbers) + 1))
        steps = [step.part(number) for step, number in zip(self.rows, numbers, strict=True)]
        form: dict[str, Any] = {"steps": steps}
        if self.agreed:
            return form
        unit = said.get("unit") or Unit.WORKING_HOURS.value
        target: dict[str, Any] = {"unit": unit, "amount": plain(said["amount"])}
        if unit == Unit.WORKING_DAYS:
            target["count_from"] = (CountFrom.SAME_DAY if said.get("same_day") else CountFrom.NEXT_DAY).value
        if unit == Unit.CALENDAR_DAYS:
            target["roll"] = bool(said.get("roll"))
        if said.get("statutory"):
            target["statutory"] = True
        form |= {"target": target, "pausable": bool(said.get("pausable")) and not said.get("statutory")}
        if said.get("times") is not None or said.get("most") is not None:
            form["extensions"] = {"times": said.get("times"), "most": plain(said.get("most"))}
        if said.get("share") is not None:
            form["share"] = said["share"]
        return form

    def refuse(self, path: Sequence[str], refusal: BadDocument) -> None:
        """Show at its field what was refused at this path of the clock."""
        sentences = [str(each) for each in refusal.errors[refusal.field]]
        match list(path):
            case [steps, *rest] if steps.startswith("steps["):
                self.rows[int(steps[6:-1])].refuse(rest, sentences)
            case ["target", name] if self.NAMES.get(name) in self.fields:
                self.add_error(self.NAMES[name], sentences)
            case ["extensions", name] if name in self.fields:
                self.add_error(name, sentences)
            case ["pausable" | "share" as name] if name in self.fields:
                self.add_error(name, sentences)
            case _:
                self.add_error(None, str(refusal))


def _of_clock(rule: ClockRule | None) -> dict[str, Any]:
    if rule is None:
        return {"unit": Unit.WORKING_HOURS.value, "pausable": True}
    shown: dict[str, Any] = {"promised": True, "pausable": rule.pausable}
    if rule.target is not None:
        shown |= {
            "amount": plain(float(rule.target.amount)),
            "unit": rule.target.unit.value,
            "same_day": rule.target.count_from is CountFrom.SAME_DAY,
            "roll": rule.target.roll,
            "statutory": rule.target.statutory,
        }
    if rule.extensions is not None:
        shown |= {"times": rule.extensions.times, "most": rule.extensions.most}
    if rule.share != WHOLE:
        shown["share"] = rule.share
    return shown
