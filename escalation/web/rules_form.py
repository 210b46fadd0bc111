"""The rules of a policy as a form: which complaints, each promise, and its ladder in rows of steps."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.roles import Role
from complaints.classes import ComplaintClass
from complaints.models import Category
from complaints.vocabulary import Channel, PauseReason, Priority, Track
from complaints.web.desk.fields import name_what_is_missing
from escalation import selectors, wording
from escalation.errors import BadDocument
from escalation.ladder import DEADLINE, HOLDER, MOST_STEPS, NEXT_TIER, Step, describe_step
from escalation.policies import AGREED, WHOLE, ClockKind, ClockRule, PolicyRules, Reopen
from escalation.targets import CountFrom, Unit
from escalation.web.policy_forms import Described

UNITS = [
    (Unit.WORKING_HOURS.value, _("working hours")),
    (Unit.WORKING_DAYS.value, _("working days")),
    (Unit.CALENDAR_DAYS.value, _("calendar days")),
    (Unit.HOURS.value, _("hours around the clock")),
]
FREE_ROWS = 2
"""Empty rows for steps below those that are there; saving brings more."""


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
        self.fields["calendar"] = forms.ChoiceField(
            label=_("Calendar"),
            choices=[(row.calendar.code, row.calendar.name) for row in selectors.newest_calendars()],
        )
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
            "silence": _plain(float(rules.silence.amount)) if rules.silence else None,
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
                reason.value: {"budget_working_hours": _plain(said[f"budget_{reason}"])}
                if said.get(f"budget_{reason}") is not None
                else {}
                for reason in PauseReason
                if said.get(f"pause_{reason}")
            },
            "takeover": {"working_hours": _plain(said["takeover"])},
            **self._silence(),
        }

    def _silence(self) -> dict[str, Any]:
        """The time to object."""
        said = self.cleaned_data
        if said.get("silence") is None:
            return {}
        unit = said.get("silence_unit") or Unit.CALENDAR_DAYS.value
        target: dict[str, Any] = {"unit": unit, "amount": _plain(said["silence"])}
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
        self.steps = _step_forms(data if is_bound else None, kind, rule.steps if rule else ())
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
        if numbers != sorted(set(numbers)):
            numbers = list(range(1, len(numbers) + 1))
        steps = [step.part(number) for step, number in zip(self.rows, numbers, strict=True)]
        form: dict[str, Any] = {"steps": steps}
        if self.agreed:
            return form
        unit = said.get("unit") or Unit.WORKING_HOURS.value
        target: dict[str, Any] = {"unit": unit, "amount": _plain(said["amount"])}
        if unit == Unit.WORKING_DAYS:
            target["count_from"] = (CountFrom.SAME_DAY if said.get("same_day") else CountFrom.NEXT_DAY).value
        if unit == Unit.CALENDAR_DAYS:
            target["roll"] = bool(said.get("roll"))
        if said.get("statutory"):
            target["statutory"] = True
        form |= {"target": target, "pausable": bool(said.get("pausable")) and not said.get("statutory")}
        if said.get("times") is not None or said.get("most") is not None:
            form["extensions"] = {"times": said.get("times"), "most": _plain(said.get("most"))}
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
                form["after_working_hours"] = _plain(said.get("hours"))
        if said.get("every") is not None or said.get("times") is not None:
            form["repeat"] = {"every_working_hours": _plain(said.get("every")), "times": said.get("times")}
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


class RulesForm:
    """The whole of it: `general`, and one form for each kind of clock, with its steps."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        rules: PolicyRules | None = None,
        name: str = "",
        position: int = 100,
        seen: str = "",
    ) -> None:
        shown = {"seen": seen, "name": name, "position": position, "takeover": 4, "reopen": Reopen.NEW_CYCLE.value}
        shown |= GeneralForm.asked(rules) if rules else {"pause_complainant": True}
        self.general = GeneralForm(data, initial=shown)
        ruled = rules.clocks if rules else {}
        self.clocks = [
            ClockForm(data, kind=kind, rule=ruled.get(kind), is_bound=data is not None) for kind in ClockKind
        ]

    def is_valid(self) -> bool:
        """Whether every field can be read; whether they make a policy, `document` says."""
        return all([self.general.is_valid(), *[clock.is_valid() for clock in self.clocks]])

    def document(self) -> dict[str, Any]:
        """The document that the fields make."""
        clocks = {clock.kind.value: clock.part() for clock in self.clocks if clock.is_promised}
        return {**self.general.part(), "clocks": clocks}

    def refuse(self, refusal: BadDocument) -> None:
        """Show at its field what is wrong with the document."""
        path = refusal.field.split(".")
        if path[0] == "clocks" and len(path) > 1:
            for clock in self.clocks:
                if clock.kind == path[1]:
                    clock.refuse(path[2:], refusal)
                    return
        field = self.general.field_of(path)
        if path == ["draft"]:
            self.general.add_error(None, [str(each) for each in refusal.errors["draft"]])
        elif field in self.general.fields:
            self.general.add_error(field, [str(each) for each in refusal.errors[refusal.field]])
        else:
            self.general.add_error(None, str(refusal))

    def all_forms(self) -> list[forms.Form]:
        """Every form of it, for the summary of errors."""
        return [self.general, *(form for clock in self.clocks for form in (clock, *clock.steps))]


def _of_clock(rule: ClockRule | None) -> dict[str, Any]:
    if rule is None:
        return {"unit": Unit.WORKING_HOURS.value, "pausable": True}
    shown: dict[str, Any] = {"promised": True, "pausable": rule.pausable}
    if rule.target is not None:
        shown |= {
            "amount": _plain(float(rule.target.amount)),
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


def _step_forms(data: Mapping[str, Any] | None, kind: ClockKind, steps: Sequence[Step]) -> list[StepForm]:
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


def _plain(value: float | None) -> int | float | None:
    """A whole number without its point: days are whole."""
    return int(value) if value is not None and value == int(value) else value
