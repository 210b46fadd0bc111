"""The forms of the final response. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints import responding
from complaints.models import ReplyTemplate
from complaints.responding import HINTS, OF_EACH_MATTER, Content, Part, Text
from complaints.selectors import final_responses, matters
from complaints.vocabulary import Outcome
from complaints.web.desk.fields import Words
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.templated import TemplatedForm

DAY_FORMAT = "%Y-%m-%d"


class _NeededLater:
    """A field that a letter must fill before it is sent: it is not called optional, and may still be empty."""

    def validate(self, value: Any) -> None:
        """Judge only what was given."""
        if value:
            super().validate(value)  # type: ignore[misc]  # mixed into fields


class _Outcome(_NeededLater, forms.ChoiceField):
    pass


class _Part(_NeededLater, Words):
    pass


class DraftResponseForm(TemplatedForm, ActForm):
    """The letter, part by part. Nothing need be filled in yet: what is missing is said on the page of the letter."""

    use_required_attribute = False

    service_fields = {"parts": "considered"}

    outcome = _Outcome(
        choices=[(code, label) for code, label in Outcome.choices if code != Outcome.WITHDRAWN],
        label=_("Outcome"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        content = self._content()
        required = final_responses.requirements(self.complaint)
        self.initial["outcome"], self.initial["until"] = content.outcome, content.until
        self.matters = list(matters.live(self.complaint))
        ended = final_responses.outcomes(self.matters)
        ended[responding.WHOLE] = final_responses.derived(self.matters) if self.matters else content.outcome
        if self.matters:  # it follows from theirs
            del self.fields["outcome"]
        for part, number in self.places():
            name = responding.field(part, number)
            self.fields[name] = _Part(
                label=_label(part, number),
                help_text=HINTS[part],
                required=part in required.parts_for(ended[number]),
                rows=3,
                widget=forms.Textarea(attrs={"rows": 3, "lang": self.complaint.language}),
            )
            self.initial[name] = content.text(part, number)
            if part == Part.RECOURSE:
                self.fields["until"] = forms.DateField(
                    label=_("Last date for turning elsewhere"),
                    required=False,
                    widget=forms.DateInput(attrs={"type": "date"}, format=DAY_FORMAT),
                    input_formats=[DAY_FORMAT],
                )
        self.fields["ready"] = forms.BooleanField(
            label=_("Complete: hand it to a second person"),
            required=False,
            help_text=_("They approve it or send it back. Until then it is not sent."),
        )
        self.offer_templates()

    def places_for(self, template: ReplyTemplate) -> list[tuple[str, str]]:
        """Each place of the letter in which its part stands."""
        return [
            (
                f"{template.code}:{responding.field(part, number)}",
                gettext(": ").join((str(_label(part, number)), self.named(template))),
            )
            for part, number in self.places()
            if part == template.part
        ]

    def field_of(self, chosen: str) -> str:
        """The part that the template is for, of the matter that was chosen."""
        return chosen.partition(":")[2]

    def places(self) -> list[tuple[Part, int]]:
        """Each part with the matter it is about, or the whole; those of one matter stand together."""
        numbers = [matter.number for matter in self.matters]
        if not numbers:
            return [(part, responding.WHOLE) for part in Part]
        of_matters = [(part, number) for number in numbers for part in Part if part in OF_EACH_MATTER]
        return of_matters + [(part, responding.WHOLE) for part in Part if part not in OF_EACH_MATTER]

    def _content(self) -> Content:
        """What was written before, or what is known already."""
        response = final_responses.current(self.complaint)
        if response is not None:
            return response.content()
        return final_responses.proposed(self.complaint, at=timezone.now())

    def said(self) -> dict[str, Any]:
        """The parts as the service takes them."""
        said = super().said()
        return {
            "outcome": Outcome(said["outcome"]) if said.get("outcome") else None,
            "texts": [Text(part, said[responding.field(part, number)], number) for part, number in self.places()],
            "until": said["until"],
            "ready": said["ready"],
        }


def _label(part: Part, number: int) -> Any:
    return _("Matter %(number)d: %(part)s") % {"number": number, "part": part.label} if number else part.label


class ReturnResponseForm(ActForm):
    """Why the letter goes back."""

    reasons = Words(
        label=_("What should be changed"),
        help_text=_("Whoever wrote the letter reads this; the complainant never does."),
        rows=3,
    )
