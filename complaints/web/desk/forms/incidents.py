"""The forms of mass incidents: opening one, gathering complaints, writing to all of them, taking one out."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints import permissions, references
from complaints.errors import ComplaintError
from complaints.limits import MAX_LINE
from complaints.models import MassIncident
from complaints.selectors import mass
from complaints.web.desk.fields import Line, TreeField, Words, name_what_is_missing
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.weighing import WeighedForm


class GatherForm(ActForm):
    """Under which mass incident."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["incident"] = forms.ModelChoiceField(
            queryset=mass.open_incidents_for(self.user, self.complaint),
            label=_("Mass incident"),
            empty_label=_("Choose a mass incident"),
            help_text=_("Open ones of its department, or of one above it."),
        )


class ReleaseForm(ActForm):
    """Why it does not belong there."""

    reasons = Words(label=_("Why it does not belong there"), help_text=_("Kept as an internal note."), rows=3)


class IncidentForm(forms.Form):
    """A form of the pages of incidents: what the service refuses stands beside the fields it names."""

    def full_clean(self) -> None:
        """Judge what was typed, each field saying by its name that it is empty."""
        name_what_is_missing(self)
        super().full_clean()

    def refuse(self, refusal: ComplaintError) -> None:
        """Show what the service refused."""
        for name, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, str(sentence))
        if not refusal.errors:
            self.add_error(None, str(refusal))


class OpenIncidentForm(IncidentForm):
    """What happened, and where."""

    title = Line(label=_("Title"), help_text=_("In a few words, as colleagues would call it."), limit=MAX_LINE)
    text = Words(label=_("What happened"), help_text=_("Only the office reads this."), rows=4)
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Department"),
        help_text=_("Complaints of this department, and of those below it, can be gathered."),
        empty_label=_("Choose a department"),
    )


class TellAllForm(WeighedForm, IncidentForm):
    """One text for all. The key makes pressing twice send once."""

    weighed = ("body",)

    body = Words(
        label=_("Update to all"),
        rows=6,
        help_text=_("Each complainant reads this as a reply to their own complaint. Name nobody."),
    )
    sure = forms.BooleanField(label=_("I have read it once more, and it fits every complaint in the list"))
    key = forms.CharField(widget=forms.HiddenInput, max_length=MAX_LINE, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = uuid4().hex

    def clean_key(self) -> str:
        """A form without a key is one of its own."""
        return self.cleaned_data["key"] or uuid4().hex

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        return {"body": self.cleaned_data["body"], "key": self.cleaned_data["key"]}


class GatherAllForm(IncidentForm):
    """Complaints by their references."""

    references = forms.CharField(
        label=_("References"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Several with spaces, commas or line breaks between them."),
    )

    def __init__(self, *args: Any, incident: MassIncident, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.incident, self.user = incident, user

    def clean_references(self) -> list[int]:
        """The complaints' numbers; every reference that opens nothing is named."""
        typed = [part for part in re.split(r"[\s,;，、；]+", self.cleaned_data["references"]) if part]
        spelled = {part: references.normalise(part) for part in typed}
        wanted = [reference for reference in spelled.values() if reference is not None]
        seen = permissions.visible_to(self.user).filter(reference__in=wanted)
        found = dict(seen.values_list("reference", "pk"))
        unknown = [part[:40] for part, reference in spelled.items() if reference not in found]
        if unknown:
            raise ValidationError(
                _("There is no complaint with this reference, or it is not open to you: %(references)s."),
                params={"references": _(", ").join(unknown[:20])},
            )
        return list(found.values())
