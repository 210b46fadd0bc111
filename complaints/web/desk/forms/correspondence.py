"""What is said to the complainant, or noted for the office, and files. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints import lifecycle
from complaints.guiding import Step
from complaints.lifecycle import Status, Verb
from complaints.web.desk.fields import EvidenceField, MomentField, Words
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.templated import TemplatedForm
from complaints.web.desk.weighing import WeighedForm


class SpeakForm(ActForm):
    """Words, with a file if need be."""

    body = Words(label=_("Text"), rows=5)
    file = EvidenceField(label=_("File"), required=False)

    def said(self) -> dict[str, Any]:
        """The file as the service takes it: none, or one."""
        file = self.cleaned_data["file"]
        return {"body": self.cleaned_data["body"], "files": [file] if file else []}


class ReplyForm(WeighedForm, TemplatedForm, SpeakForm):
    """To the complainant; it may promise a date."""

    weighed = ("body",)
    templated = "body"

    body = Words(label=_("Reply"), help_text=_("The complainant reads this."), rows=5)
    promise_until = MomentField(
        label=_("You promise to come back to them by"),
        required=False,
        help_text=_("By your own clock. The complainant reads the date with the reply, and it is watched."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not lifecycle.possible(Status(self.complaint.status), Verb.PROMISE):
            del self.fields["promise_until"]
        self.offer_templates()

    def said(self) -> dict[str, Any]:
        """With the moment that is promised, if any."""
        return super().said() | {"promise_until": self.cleaned_data.get("promise_until")}


class NoteForm(SpeakForm):
    """Among the staff."""

    body = Words(label=_("Internal note"), help_text=_("Only the office reads this."), rows=5)
    steps = forms.MultipleChoiceField(
        choices=Step.choices,
        label=_("Steps of the talk"),
        required=False,
        help_text=_("If you note a call or a talk: what you have done in it."),
        widget=forms.CheckboxSelectMultiple,
    )

    def said(self) -> dict[str, Any]:
        """With the steps of a talk."""
        return super().said() | {"steps": [Step(code) for code in self.cleaned_data["steps"]]}


class AttachForm(ActForm):
    """A piece of evidence."""

    file = EvidenceField(label=_("File"))
    internal = forms.BooleanField(
        label=_("Only for the office"),
        required=False,
        help_text=_("The complainant is not shown this file."),
    )
