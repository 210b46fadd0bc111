"""The rules of a policy as a form: which complaints, each promise, and its ladder in rows of steps."""

from collections.abc import Mapping
from typing import Any

from django import forms

from escalation.errors import BadDocument
from escalation.policies import ClockKind, PolicyRules, Reopen
from escalation.web.rules_form.general import GeneralForm
from escalation.web.rules_form.promises import ClockForm


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
