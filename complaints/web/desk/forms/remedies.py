"""The forms of the acts about remedies. Each `said()` is what its service takes."""

from collections import defaultdict
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal
from complaints import permissions
from complaints.errors import SignaturesMissing
from complaints.lifecycle import Verb
from complaints.models import Remedy, RemedyItem
from complaints.remedying import Loss, RemedyKind, RemedyState, letter
from complaints.selectors import remedies as remedy_reads
from complaints.services.offers import HEARD_THROUGH, MOST_OPTIONS, Agreed
from complaints.services.remedies import check_released
from complaints.tasking import TaskKind, TaskState
from complaints.vocabulary import Channel
from complaints.web.desk.fields import Line, MomentField, SeveralFilesField, Words
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.forms.tasks import in_a_list as task_in_a_list
from complaints.web.desk.forms.tasks import remedy_in_a_list as in_a_list
from complaints.web.desk.money_lines import LinesField
from complaints.web.desk.weighing import WeighedForm


class AmountField(forms.DecimalField):
    """An exact amount; the service knows how many decimals its currency has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_digits=15, decimal_places=3, **options)
        self.widget.attrs["step"] = "any"


class PlanRemedyForm(ActForm):
    """What could be done, and its money."""

    service_fields = {"follows_number": "follows"}

    kind = forms.ChoiceField(choices=RemedyKind.choices, label=_("What kind of remedy"), widget=forms.RadioSelect)
    what = Words(
        label=_("What is done"), help_text=_("The complainant reads this when it is offered to them."), rows=3
    )
    lines = LinesField(
        label=_("Money"),
        required=False,
        help_text=_("What is asked for and what is offered, item by item. A compensation or a discount needs a line."),
    )
    currency = Line(label=_("Currency"), required=False, limit=3, help_text=_("Three letters, such as TWD."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        failed = self.complaint.remedies.filter(state=RemedyState.FAILED).order_by("number")
        self.fields["follows"] = forms.TypedChoiceField(
            choices=[("", _("No other remedy")), *((remedy.number, in_a_list(remedy)) for remedy in failed)],
            coerce=int,
            empty_value=None,
            required=False,
            label=_("In place of what has not helped"),
        )

    def said(self) -> dict[str, Any]:
        """The kind as the service's own type."""
        said = super().said()
        return said | {"kind": RemedyKind(said["kind"]), "follows_number": said.pop("follows")}


class OneRemedyForm(ActForm):
    """Which remedy: one of those with which the person may do this now."""

    verb: Verb

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        allowed = permissions.allowed_verbs(self.user, self.complaint)
        self.remedies = [
            remedy
            for remedy in remedy_reads.remedies_with_all([self.complaint])
            if self.verb in remedy_reads.remedy_verbs(self.complaint, remedy, allowed)
        ]
        self.fields["remedy"] = forms.TypedChoiceField(
            choices=[(remedy.number, in_a_list(remedy)) for remedy in self.remedies],
            coerce=int,
            label=_("Remedy"),
            error_messages={
                "invalid_choice": _("This is not possible with that remedy now, or not for you. Look at it again.")
            },
        )
        self.order_fields(["remedy"])

    @property
    def chosen(self) -> Remedy | None:
        """The remedy that the address or the form names; the first one where neither does."""
        named = self.data.get("remedy") if self.is_bound else self.initial.get("remedy")
        by_number = {str(remedy.number): remedy for remedy in self.remedies}
        return by_number.get(str(named)) if named else next(iter(self.remedies), None)

    def said(self) -> dict[str, Any]:
        """The remedy by its number."""
        said = super().said()
        return said | {"number": said.pop("remedy")}


class DropRemedyForm(OneRemedyForm):
    """Why it is not done."""

    verb = Verb.DROP_REMEDY
    reasons = Words(label=_("Why it is not done"), help_text=_("Only the office reads this."), rows=3)
    message = Words(
        label=_("What the complainant is told"),
        required=False,
        help_text=_("Needed when the remedy was offered to them or agreed with them; they get this as a letter."),
        rows=4,
    )


class StillBrokenForm(OneRemedyForm):
    """What is still not right."""

    verb = Verb.STILL_BROKEN
    body = Words(label=_("What is still not right"), help_text=_("Kept as an internal note."), rows=3)


class OfferForm(WeighedForm, ActForm):
    """What is offered together, and what for choice."""

    weighed = ("message",)

    message = Words(label=_("What you write to the complainant"), rows=6)
    stands_until = MomentField(
        label=_("The offer stands until"),
        required=False,
        help_text=_("After that it cannot be accepted any more. Leave it empty if it stands until it is answered."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        not_answered = self.complaint.remedies.filter(state__in=[RemedyState.PLANNED, RemedyState.OFFERED])
        planned = [
            remedy
            for remedy in not_answered.order_by("number")
            if remedy.state == RemedyState.PLANNED or remedy.has_lapsed
        ]
        self.names = {remedy.number: f"option_{remedy.number}" for remedy in planned}
        options_of = [
            (place, _("Choice %(letter)s") % {"letter": letter(place)})
            for place in range(1, min(len(planned), MOST_OPTIONS) + 1)
        ]
        place = 0
        for remedy in planned:
            waits_for = _unsigned(remedy)
            place += not waits_for
            hint = _("The complainant takes one choice. What has the same letter comes together.")
            self.fields[self.names[remedy.number]] = forms.TypedChoiceField(
                choices=[("", _("Not offered now")), *options_of],
                coerce=int,
                empty_value=None,
                required=False,
                initial="" if waits_for else min(place, MOST_OPTIONS),
                label=in_a_list(remedy),
                help_text=waits_for or (hint if place == 1 else ""),
            )
        self.order_fields([*self.names.values(), "stands_until", "message"])

    def said(self) -> dict[str, Any]:
        """The options in the order of their letters, each a list of numbers."""
        said = super().said()
        options: dict[int, list[int]] = defaultdict(list)
        for number, name in self.names.items():
            if said[name] is not None:
                options[said[name]].append(number)
        return {
            "options": [options[place] for place in sorted(options)],
            "message": said["message"],
            "stands_until": said["stands_until"],
        }

    def refuse(self, refusal: Refusal) -> None:
        """What is wrong with the options stands at the first of them."""
        for name in list(self.names.values())[:1]:
            self.service_fields = {"options": name}
        super().refuse(refusal)


class AnswerForm(ActForm):
    """How the complainant told the office."""

    through = forms.ChoiceField(
        choices=[(way.value, way.label) for way in HEARD_THROUGH], label=_("How the complainant told you")
    )
    note = Words(label=_("What they said"), required=False, help_text=_("Kept as an internal note."), rows=3)

    def said(self) -> dict[str, Any]:
        """The way as the service's own type."""
        said = super().said()
        return said | {"through": Channel(said["through"])}


class RefuseOfferForm(AnswerForm):
    """Refusing asks for no more than that."""


class AcceptOfferForm(AnswerForm):
    """Which option they took, and whether they took less."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [
            remedy
            for remedy in remedy_reads.remedies_with_all([self.complaint])
            if remedy.state == RemedyState.OFFERED
        ]
        self.offered = offered
        choices = _options(offered)
        self.fields["option"] = forms.TypedChoiceField(
            choices=choices,
            coerce=int,
            initial=choices[0][0] if len(choices) == 1 else None,
            label=_("What the complainant chose"),
            widget=forms.RadioSelect,
        )
        for remedy in offered:
            for item in remedy.items.all():
                self.fields[_name("agreed", remedy, item)] = AmountField(
                    label=_("Agreed for no. %(number)d, %(line)s")
                    % {"number": remedy.number, "line": _line_in_words(item)},
                    required=False,
                    help_text=_("Offered: %(amount)s. Left empty, all of it.") % {"amount": item.offered_words},
                )
        self.order_fields(["option", "through", "note"])

    def said(self) -> dict[str, Any]:
        """The lines that were filled in, with their remedies."""
        said = super().said()
        agreed = []
        for remedy in self.offered:
            for item in remedy.items.all():
                amount = said.pop(_name("agreed", remedy, item))
                if amount is not None:
                    agreed.append(Agreed(remedy.number, item.number, amount))
        return said | {"agreed": agreed}

    def refuse(self, refusal: Refusal) -> None:
        """What is wrong with an amount stands at the first of them."""
        for name in [name for name in self.fields if name.startswith("agreed_")][:1]:
            self.service_fields = {"agreed": name}
        super().refuse(refusal)


class CarryOutForm(OneRemedyForm):
    """When, with what proof, and what was paid."""

    service_fields = {"task_number": "task"}

    verb = Verb.CARRY_OUT
    on = forms.DateField(label=_("Carried out on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    proof = Words(
        label=_("What shows it"),
        help_text=_(
            "Such as the number of the transfer, the delivery note, or who signed. Only the office reads this."
        ),
        rows=2,
    )
    files = SeveralFilesField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        label=_("Receipts and photos"), required=False
    )
    for_complainant = forms.BooleanField(label=_("The complainant sees these files too"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = timezone.localdate()
        done = self.complaint.tasks.filter(kind=TaskKind.CARRYING_OUT, state=TaskState.DONE).order_by("number")
        if done:
            self.fields["task"] = forms.TypedChoiceField(
                choices=[("", _("No task")), *((task.number, task_in_a_list(task)) for task in done)],
                coerce=int,
                empty_value=None,
                required=False,
                label=_("The task that carried it out"),
            )
        items = list(self.chosen.items.all()) if self.chosen else []
        self.paid = {f"paid_{item.number}": item for item in items if item.accepted is not None}
        for name, item in self.paid.items():
            self.fields[name] = AmountField(
                label=_("Paid for %(line)s") % {"line": _line_in_words(item)},
                required=False,
                help_text=_("Agreed: %(amount)s. Left empty, all of it.") % {"amount": item.accepted_words},
            )
        if self.paid:
            self.fields["why_less"] = Words(
                label=_("Why less was paid than agreed"),
                required=False,
                help_text=_("Such as what had been paid before. Only the office reads this."),
                rows=2,
            )
        self.order_fields(["remedy", "on", *self.paid, "why_less", "proof", "task", "files", "for_complainant"])

    def said(self) -> dict[str, Any]:
        """The amounts by the numbers of their lines."""
        said = super().said()
        paid = {item.number: said.pop(name) for name, item in self.paid.items()}
        return said | {
            "paid": {number: amount for number, amount in paid.items() if amount is not None},
            "task_number": said.pop("task", None),
            "files": said["files"] or [],
        }

    def refuse(self, refusal: Refusal) -> None:
        """What is wrong with an amount stands at the first of them."""
        for name in list(self.paid)[:1]:
            self.service_fields = {**self.service_fields, "paid": name}
        super().refuse(refusal)


def _unsigned(remedy: Remedy) -> str:
    """Who has still to sign before the remedy can be offered, in a sentence; empty where nobody has to."""
    try:
        check_released(remedy)
    except SignaturesMissing as refusal:
        return str(refusal)
    return ""


def _options(offered: list[Remedy]) -> list[tuple[int, str]]:
    """Each option with all that comes with it."""
    together: dict[int, list[str]] = defaultdict(list)
    for remedy in offered:
        together[remedy.option or 0].append(in_a_list(remedy))
    # Translators: stands between the parts of a list.
    return [
        (option, letter(option) + gettext(": ") + gettext(", ").join(words))
        for option, words in sorted(together.items())
    ]


def _name(column: str, remedy: Remedy, item: RemedyItem) -> str:
    return f"{column}_{remedy.number}_{item.number}"


def _line_in_words(item: RemedyItem) -> str:
    loss = str(Loss(item.loss).label)
    return gettext("%(loss)s (%(what)s)") % {"loss": loss, "what": item.what} if item.what else loss
