"""Drafts of policies: the code of a new one, the rules as JSON, and what becomes of clocks when one is retired."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.web.desk.fields import name_what_is_missing
from escalation import documents, selectors
from escalation.errors import BadDocument, BadPolicy
from escalation.web.forms import MOST_BYTES, read_document


class CodeForm(forms.Form):
    """The code of a policy that does not exist yet."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The short name of the policy in addresses and exports; it never changes."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name_what_is_missing(self)

    def clean_code(self) -> str:
        """A code that can stand in an address, and that no other policy has."""
        code: str = self.cleaned_data["code"]
        try:
            documents.check_code(code, refuse=BadPolicy)
        except BadPolicy as refusal:
            raise forms.ValidationError([str(each) for each in refusal.errors["code"]]) from None
        if selectors.newest_policy(code) is not None or selectors.policy_draft(code) is not None:
            raise forms.ValidationError(_("There is a policy or a draft with this code already."))
        return code


class RetireForm(forms.Form):
    """What becomes of the clocks of a policy that is retired."""

    KEEP, CANCEL = "keep", "cancel"

    clocks = forms.ChoiceField(
        label=_("What becomes of the clocks that run by it?"),
        choices=[
            (KEEP, _("They go on to their end: promises once given stand")),
            (CANCEL, _("They are cancelled, and escalate no more")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name_what_is_missing(self)


class Described(forms.Form):
    """What stands beside the rules: the name, and the place in the order."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the policy"), max_length=120)
    position = forms.IntegerField(
        label=_("Position"),
        help_text=_("The first active policy that matches a complaint applies: small numbers are tried first."),
        min_value=-1_000_000,
        max_value=1_000_000,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name_what_is_missing(self)


class JsonForm(Described):
    """The rules as the JSON form that the export gives, from a file or pasted."""

    file = forms.FileField(
        label=_("JSON file"), required=False, allow_empty_file=True, widget=forms.FileInput({"accept": ".json"})
    )
    text = forms.CharField(
        label=_("JSON text"),
        help_text=_("A file, if you choose one, is taken instead."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "mono"}),
    )

    @property
    def source(self) -> str:
        """The field that the document came from."""
        return "file" if self.cleaned_data.get("file") else "text"

    def clean(self) -> dict[str, Any]:
        """Read the document; whether it is a policy, the service judges."""
        said = super().clean() or self.cleaned_data
        file, text = said.get("file"), said.get("text", "")
        try:
            said["document"] = read_document(file.read(MOST_BYTES + 1) if file else text.encode(), refuse=BadPolicy)
        except UnicodeError:
            self.add_error(self.source, _("This is not text in UTF-8."))
        except BadPolicy as refusal:
            self.add_error(self.source, str(refusal))
        except (ValueError, RecursionError):
            self.add_error(self.source, _("This is not JSON that can be read: a number too long, or too much nested."))
        return said

    def refuse(self, refusal: BadDocument) -> None:
        """Show what the service refused, with the path of the field at fault."""
        if refusal.field == "draft":
            self.add_error(None, [str(each) for each in refusal.errors["draft"]])
        else:
            self.add_error(self.source, str(refusal))
