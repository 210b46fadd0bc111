"""The forms of the acts: what each verb asks for. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.refusals import Refusal
from complaints import permissions
from complaints.limits import EMPTY
from complaints.models import Complaint
from complaints.selectors import inquiries, matters
from complaints.services.judgements import what_fits
from complaints.vocabulary import DeclineCode, Grade, Outcome, PauseReason, Priority
from complaints.web.desk.fields import PersonField, ReferenceField, Words, name_what_is_missing
from complaints.web.desk.templated import TemplatedForm, without_template
from complaints.web.desk.weighing import WeighedForm


class ActForm(forms.Form):
    """What an act asks for. One that asks for nothing is just its button."""

    service_fields: dict[str, str] = {}
    """Where a service's name of a field differs from the form's."""

    def __init__(self, *args: Any, complaint: Complaint, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.complaint = complaint
        self.user = user

    def full_clean(self) -> None:
        """Judge what was typed, once all fields are there: some are added by the form itself."""
        name_what_is_missing(self)
        super().full_clean()

    def said(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return without_template(self.cleaned_data)

    def refuse(self, refusal: Refusal) -> None:
        """Show what the service refused beside the fields it names; what is empty, by the name of its field."""
        for name, sentences in refusal.errors.items():
            field = self.fields.get(place := self.service_fields.get(name, name))
            for sentence in sentences:
                said = field.error_messages["required"] if field and sentence == EMPTY else str(sentence)
                self.add_error(place if field else None, said)
        if not refusal.errors:
            self.add_error(None, str(refusal))


class AssignForm(ActForm):
    """Into whose hands."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"] = PersonField(
            queryset=permissions.handlers_of(self.complaint, timezone.now())
            .exclude(held_complaints=self.complaint)
            .select_related("department"),
            label=_("Who takes it"),
            help_text=_(
                "People who may answer complaints of this department. Those whom the complaint concerns are left out;"
                " those who are away stand last."
            ),
            empty_label=_("Choose a person"),
            error_messages={
                "invalid_choice": _(
                    "Choose somebody from the list. Whoever is not there does not answer complaints of this"
                    " department, or the complaint concerns them."
                )
            },
        )


class PrioritiseForm(ActForm):
    """How far it reaches and how soon it bites; or another priority, with reasons."""

    impact = forms.ChoiceField(
        choices=Grade.choices, label=_("Impact"), help_text=_("How far it reaches."), widget=forms.RadioSelect
    )
    urgency = forms.ChoiceField(
        choices=Grade.choices, label=_("Urgency"), help_text=_("How soon it bites."), widget=forms.RadioSelect
    )
    override = forms.ChoiceField(
        choices=[("", _("As impact and urgency say")), *Priority.choices],
        label=_("Priority"),
        required=False,
    )
    reasons = Words(
        label=_("Why another priority"),
        required=False,
        help_text=_("Needed when the priority differs from what impact and urgency say."),
        rows=2,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"impact": self.complaint.impact, "urgency": self.complaint.urgency}
        if self.complaint.priority_reason:
            self.initial |= {"override": self.complaint.priority, "reasons": self.complaint.priority_reason}

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types."""
        said = super().said()
        return {
            "impact": Grade(said["impact"]),
            "urgency": Grade(said["urgency"]),
            "override": Priority(said["override"]) if said["override"] else None,
            "reasons": said["reasons"],
        }


class WaitForm(TemplatedForm, ActForm):
    """What is waited for, and what the complainant is told or asked."""

    templated = "question"

    reason = forms.ChoiceField(
        choices=PauseReason.choices,
        initial=PauseReason.COMPLAINANT,
        label=_("What we wait for"),
        widget=forms.RadioSelect,
    )
    question = Words(
        label=_("What we ask or tell the complainant"),
        help_text=_("The complainant reads this. Their answer ends the waiting, whatever it was for."),
        rows=4,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_templates()

    def said(self) -> dict[str, Any]:
        """The reason as the service's own type."""
        said = super().said()
        return said | {"reason": PauseReason(said["reason"])}


class ResolveForm(WeighedForm, TemplatedForm, ActForm):
    """How it ended: for the complainant, and for the file. What was split into matters ends as they did."""

    weighed = ("message",)
    templated = "message"

    outcome = forms.ChoiceField(
        choices=[(code, label) for code, label in Outcome.choices if code != Outcome.WITHDRAWN],
        label=_("Outcome"),
        widget=forms.RadioSelect,
    )
    reasons = Words(
        label=_("Findings and reasons"),
        help_text=_("For the file: only the office reads this."),
        rows=3,
    )
    message = Words(label=_("Answer to the complainant"), help_text=_("The complainant reads this."), rows=6)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if matters.live(self.complaint).exists():
            del self.fields["outcome"]
            self.fields["reasons"].required = False
            self.fields["reasons"].label = _("What is to be said besides")
        elif judgement := inquiries.in_force(self.complaint):
            self.fields["outcome"].help_text = what_fits(judgement)
        self.offer_templates()

    def said(self) -> dict[str, Any]:
        """The outcome as the service's own type."""
        said = super().said()
        return said | {"outcome": Outcome(said["outcome"]) if "outcome" in said else None}


class ReasonsForm(ActForm):
    """Why, for the file."""

    reasons = Words(label=_("Reasons"), help_text=_("For the file: only the office reads this."), rows=3)


class ReopenForm(ReasonsForm):
    """Why, and of several matters those that are looked at again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        settled = list(matters.settled(self.complaint))
        if settled:
            self.fields["matter_numbers"] = forms.TypedMultipleChoiceField(
                choices=[(matter.number, str(matter)) for matter in settled],
                coerce=int,
                initial=[matter.number for matter in settled],
                widget=forms.CheckboxSelectMultiple,
                label=_("Which matters are looked at again"),
                help_text=_("The others stay settled as they are."),
            )


class DeclineForm(ActForm):
    """Why the office does not take it on, and where else to turn."""

    code = forms.ChoiceField(
        choices=[("", _("Choose a reason")), *DeclineCode.choices],
        label=_("Declined because"),
    )
    reasons = Words(label=_("Reasons in words"), help_text=_("The complainant reads this."), rows=3)
    recourse = Words(
        label=_("Where else to turn"),
        help_text=_("Who can help, how to reach them, and until when. The complainant reads this."),
        rows=3,
    )
    message = Words(
        label=_("The whole letter"),
        required=False,
        help_text=_("Left empty, the complainant gets the reasons and where else to turn."),
        rows=4,
    )

    def said(self) -> dict[str, Any]:
        """The code as the service's own type."""
        said = super().said()
        return said | {"code": DeclineCode(said["code"])}


class MergeForm(ActForm):
    """Into which other complaint."""

    service_fields = {"into_id": "into"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["into"] = ReferenceField(
            user=self.user,
            label=_("The complaint that goes on"),
            help_text=_("Its reference. This one ends, and points to it."),
        )

    def said(self) -> dict[str, Any]:
        """The other complaint by its number."""
        return {"into_id": self.cleaned_data["into"].pk}
