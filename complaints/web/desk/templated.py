"""A form into whose text a reply template can be put; what is put in can be changed. (Mission M42.)"""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.errors import Invalid
from complaints.limits import check_promised
from complaints.models import Complaint, ReplyTemplate
from complaints.selectors import filling, guides

INSERT = "insert"
"""The button that puts the chosen template in. Nothing is sent, and nothing is judged."""


class TemplatedForm(forms.Form):
    """Mixed into the form of an act, which calls `offer_templates` once its fields are there. `templated` names the
    field that takes the text.
    """

    complaint: Complaint
    user: User
    templated = ""
    remarks: tuple[str, ...] = ()
    """What whoever put a template in has to see to."""

    def offer_templates(self) -> None:
        """Add the list of templates, unless there is none."""
        self._offered: dict[str, ReplyTemplate] = {}
        choices = []
        for template in guides.templates_for(self.complaint):
            for chosen, label in self.places_for(template):
                self._offered[chosen] = template
                choices.append((chosen, label))
        if choices:
            self.fields["template"] = forms.ChoiceField(
                choices=[("", _("Choose a template")), *choices], required=False, label=_("Template")
            )

    def places_for(self, template: ReplyTemplate) -> list[tuple[str, str]]:
        """Where the template can go: what the list sends, and what it says."""
        return [] if template.part else [(template.code, self.named(template))]

    def field_of(self, chosen: str) -> str:
        """The field into which goes what was chosen from the list."""
        return self.templated

    def named(self, template: ReplyTemplate) -> str:
        """The template for people; one that is not in the complainant's language says so."""
        if self.complaint.language in template.texts:
            return template.label()
        language = dict(settings.LANGUAGES)[self.complaint.language]
        return _("%(template)s (not in %(language)s)") % {"template": template.label(), "language": language}

    @property
    def text_field(self) -> BoundField:
        """The field that takes the text."""
        return self[self.templated]

    def insert(self, typed: dict[str, Any]) -> None:
        """Show what was typed so far, with the chosen template at the end of its text."""
        chosen = str(typed.pop("template", None) or "")
        self.initial = {**self.initial, **typed}
        template = self._offered.get(chosen)
        if template is None:
            self.remarks = (_("Choose a template first."),)
            return
        filled = filling.fill(
            template, self.complaint, by=self.user, at=timezone.now(), promise_until=self._promised(typed)
        )
        field = self.field_of(chosen)
        before = str(self.initial.get(field) or "").rstrip()
        self.initial[field] = f"{before}\n\n{filled.text}" if before else filled.text
        self.remarks = tuple(filled.remarks)

    def _promised(self, typed: dict[str, Any]) -> datetime | None:
        """The date that the same message promises; none where what was typed cannot be: sending it says so."""
        if "promise_until" not in self.fields:
            return None
        try:
            found: datetime | None = self.fields["promise_until"].clean(typed.get("promise_until") or "")
            if found is not None:
                check_promised("promise_until", found, timezone.now())
        except (ValidationError, Invalid):
            return None
        return found


def without_template(said: dict[str, Any]) -> dict[str, Any]:
    """What a form says, without the list of templates: the text is what counts."""
    return {name: value for name, value in said.items() if name != "template"}
