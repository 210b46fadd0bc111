"""The forms in which administrators keep the rules of sign-off and the authority limits."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.roles import Role
from common.refusals import Refusal
from complaints.classes import ComplaintClass
from complaints.models import SignoffRule
from complaints.models.signoff import ROLES
from complaints.remedying import RemedyKind
from complaints.services.signoff_rules import (
    MAX_CHECK,
    MAX_NAME,
    MOST_CHECKS,
    MOST_PARTIES,
    CheckDraft,
    PartyDraft,
    RuleDraft,
)
from complaints.signing import LADDER
from complaints.vocabulary import Priority
from complaints.web.desk.fields import Line, TreeField, name_what_is_missing

OTHER_LANGUAGES = [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


class Refusable(forms.Form):
    """A form that names each field that is missing, and shows what the service refuses beside its fields."""

    def full_clean(self) -> None:
        """Judge what was typed, once all fields are there."""
        name_what_is_missing(self)
        super().full_clean()

    def refuse(self, refusal: Refusal) -> None:
        """Show what the service refused beside the fields it names."""
        for name, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, str(sentence))
        if not refusal.errors:
            self.add_error(None, str(refusal))


class Named(Refusable):
    """A form with a text that is written once for each language of the office."""

    text_name = "name"
    text_label: Any = _("Name")
    text_limit = MAX_NAME

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields[self.text_name] = Line(label=self.text_label, limit=self.text_limit)
        for code, language in OTHER_LANGUAGES:
            # Translators: a language that a text is also written in.
            label = _("The same in %(language)s") % {"language": language}
            self.fields[f"{self.text_name}_{code}"] = Line(label=label, limit=self.text_limit, required=False)
        first = [self.text_name, *(f"{self.text_name}_{code}" for code, _language in OTHER_LANGUAGES)]
        self.order_fields([*first, *self.fields])

    def translations(self) -> dict[str, str]:
        """The text in the other languages."""
        return {code: self.cleaned_data[f"{self.text_name}_{code}"] for code, _language in OTHER_LANGUAGES}


class RuleForm(Named):
    """What a rule looks at."""

    position = forms.IntegerField(
        label=_("Place"), min_value=0, max_value=30_000, initial=100, help_text=_("Lower places stand first.")
    )
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Department"),
        required=False,
        empty_label=_("All departments"),
        help_text=_("Complaints of this department and of those below it."),
    )
    classes = forms.MultipleChoiceField(
        choices=ComplaintClass.choices, label=_("Class"), required=False, widget=forms.CheckboxSelectMultiple
    )
    priorities = forms.MultipleChoiceField(
        choices=Priority.choices, label=_("Priority"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        choices=RemedyKind.choices,
        label=_("Kind of remedy"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "With none ticked and no amount, a rule about classes or priorities holds back the answer as well as"
            " remedies."
        ),
    )
    amount = forms.DecimalField(
        label=_("From this amount on"),
        required=False,
        max_digits=15,
        decimal_places=3,
        help_text=_("Of all that the complainant is given, in this currency; of the kinds ticked above."),
    )
    currency = Line(label=_("Currency"), required=False, limit=3, help_text=_("Three letters, such as TWD."))
    in_order = forms.BooleanField(label=_("They sign in the order in which they stand here"), required=False)

    def __init__(self, *args: Any, new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if new:
            self.fields["code"] = forms.SlugField(
                label=_("Code"), max_length=40, help_text=_("Small letters, digits and hyphens. It stays.")
            )
            self.order_fields(["code", *self.fields])

    def draft(self, parties: "Rows", checks: "Rows") -> RuleDraft:
        """The rule as the service takes it."""
        given = self.cleaned_data
        return RuleDraft(
            name=given["name"],
            translations=self.translations(),
            position=given["position"],
            department=given["department"],
            classes=[ComplaintClass(code) for code in given["classes"]],
            priorities=[Priority(code) for code in given["priorities"]],
            kinds=[RemedyKind(code) for code in given["kinds"]],
            amount=given["amount"],
            currency=given["currency"],
            in_order=given["in_order"],
            parties=[form.draft() for form in parties.filled()],
            checks=[form.draft() for form in checks.filled()],
        )


class PartyForm(Named):
    """One of those who sign."""

    text_label = _("Who signs")
    role = forms.ChoiceField(choices=[("", _("Anybody who works there")), *ROLES], label=_("Role"), required=False)
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Department"),
        required=False,
        empty_label=_("Where the complaint lies, else the nearest above"),
    )

    def draft(self) -> PartyDraft:
        """The party as the service takes it."""
        given = self.cleaned_data
        role = Role(given["role"]) if given["role"] else None
        return PartyDraft(given["name"], role, given["department"], self.translations())


class CheckForm(Named):
    """An item of the checklist."""

    text_label = _("What to make sure of")
    text_limit = MAX_CHECK
    party = forms.TypedChoiceField(
        choices=[("", _("Whoever signs first")), *((place, str(place)) for place in range(1, MOST_PARTIES + 1))],
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Number of the party that makes sure of it"),
    )

    def draft(self) -> CheckDraft:
        """The item as the service takes it."""
        given = self.cleaned_data
        return CheckDraft(given["name"], given["party"], self.translations())


class Rows(BaseFormSet):
    """Rows of which empty ones are left out."""

    def initial_form_count(self) -> int:
        """Those that the rule has, whatever the page sent claims: a row of them may not be left empty."""
        return len(self.initial or ())

    def filled(self) -> list[Any]:
        """Those in which something was written."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form for form in kept if form.has_changed() or form.initial]


def _rows(form: type[forms.Form], most: int) -> Any:
    return formset_factory(
        form, formset=Rows, extra=3, max_num=most, absolute_max=most, can_delete=True, can_delete_extra=False
    )


Parties = _rows(PartyForm, MOST_PARTIES)
Checks = _rows(CheckForm, MOST_CHECKS)


def initial_of(rule: SignoffRule) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """What the forms show of a rule that is there already: itself, its parties, its checklist."""
    columns = ("position", "department", "classes", "priorities", "kinds", "amount", "currency", "in_order")
    places = {party.pk: party.position for party in rule.parties.all()}
    return (
        {name: getattr(rule, name) for name in columns} | _named(rule.name, rule.translations),
        [
            {"role": party.role, "department": party.department_id} | _named(party.label_text, party.translations)
            for party in rule.parties.all()
        ],
        [
            {"party": places.get(check.party_id or 0, "")} | _named(check.text, check.translations)
            for check in rule.checks.all()
        ],
    )


def _named(text: str, translations: dict[str, str]) -> dict[str, str]:
    return {"name": text} | {f"name_{code}": translations.get(code, "") for code, _language in OTHER_LANGUAGES}


class LimitForm(Refusable):
    """Up to which amount a role decides alone."""

    role = forms.ChoiceField(choices=[(role.value, role.label) for role in LADDER], label=_("Role"))
    amount = forms.DecimalField(label=_("Up to this amount"), min_value=0, max_digits=15, decimal_places=3)
    currency = Line(label=_("Currency"), limit=3, help_text=_("Three letters, such as TWD."))

    def said(self) -> dict[str, Any]:
        """The role as the service's own type."""
        return self.cleaned_data | {"role": Role(self.cleaned_data["role"])}
