"""The forms of the acts about what is grave. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.gravity import JUDGED, MOST_PEOPLE, Criterion, SafetyGrade, SafetyKind, Told
from complaints.services.media import MOST_LINK
from complaints.web.desk.fields import Line, MomentField, SeveralFilesField, Words
from complaints.web.desk.forms.acts import ActForm


class DeclareMajorForm(ActForm):
    """By which criteria it is major, and on which facts."""

    criteria = forms.MultipleChoiceField(
        choices=[(criterion.value, criterion.label) for criterion in JUDGED],
        label=_("What makes it major"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A death, or three people harmed, are enough by themselves: give the numbers below."),
    )
    harmed = forms.IntegerField(
        label=_("People harmed"), required=False, min_value=0, max_value=MOST_PEOPLE, help_text=_("Those who live.")
    )
    dead = forms.IntegerField(label=_("People who died"), required=False, min_value=0, max_value=MOST_PEOPLE)
    reasons = Words(
        label=_("What is known, and what is not yet"),
        help_text=_("The management reads this first. Only the office reads it."),
        rows=4,
    )

    def said(self) -> dict[str, Any]:
        """Codes as the service's own type; no number is none."""
        said = super().said()
        return said | {
            "criteria": [Criterion(code) for code in said["criteria"]],
            "harmed": said["harmed"] or 0,
            "dead": said["dead"] or 0,
        }


class AcknowledgeMajorForm(ActForm):
    """That the management knows."""

    remark = Words(
        label=_("What is to be done now"),
        required=False,
        rows=3,
        help_text=_("Your word to those who work on it. Only the office reads this."),
    )


class ReportToAuthorityForm(ActForm):
    """What was reported to whom."""

    body = Line(label=_("Which authority"))
    reference = Line(
        label=_("Number of the report"),
        help_text=_("Under which the authority keeps it. If it gave none, say so and how it was reported."),
    )
    what = Words(label=_("What was reported"), help_text=_("Only the office reads this."), rows=4)
    at = MomentField(
        label=_("When it was reported"),
        required=False,
        help_text=_("Leave it empty for now. An earlier moment needs a role that may state one."),
    )
    files = SeveralFilesField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        label=_("What was sent"), required=False
    )

    def said(self) -> dict[str, Any]:
        """The files as the service takes them."""
        said = super().said()
        return said | {"files": said["files"] or []}


class _ToldForm(ActForm):
    """Who was told."""

    told_name = Line(
        label=_("Name, post or number"), required=False, help_text=_("Who took the call. Only the office reads this.")
    )
    police_reference = Line(label=_("Police reference"), required=False)


class ReportSafetyForm(_ToldForm):
    """What happened, and who was told first."""

    kind = forms.ChoiceField(choices=SafetyKind.choices, label=_("What it was"), widget=forms.RadioSelect)
    what = Words(
        label=_("What happened"),
        rows=4,
        help_text=_("What was said and done, where, and who saw it: the words themselves, without judging them."),
    )
    grade = forms.ChoiceField(
        choices=SafetyGrade.choices,
        initial=SafetyGrade.CONTAINED,
        label=_("How far it went"),
        widget=forms.RadioSelect,
    )
    happened_at = MomentField(label=_("When it happened"), required=False, help_text=_("Leave it empty for now."))
    told = forms.ChoiceField(
        choices=[("", _("Nobody was told yet")), *Told.choices], label=_("Who was told already"), required=False
    )

    field_order = ["kind", "grade", "what", "happened_at", "told", "told_name", "police_reference"]

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types."""
        said = super().said()
        return said | {
            "kind": SafetyKind(said["kind"]),
            "grade": SafetyGrade(said["grade"]),
            "told": Told(said["told"]) if said["told"] else None,
        }


class TellSafetyForm(_ToldForm):
    """Who was told of which incident, and when."""

    told = forms.ChoiceField(choices=Told.choices, label=_("Who was told"), widget=forms.RadioSelect)
    told_at = MomentField(label=_("When"), required=False, help_text=_("Leave it empty for now."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [
            (incident.number, gettext("No. %(number)d, %(kind)s") % {"number": incident.number, "kind": kind})
            for incident in self.complaint.safety_incidents.all()
            for kind in [incident.get_kind_display()]
        ]
        self.fields["incident"] = forms.TypedChoiceField(
            choices=choices,
            coerce=int,
            label=_("Which incident"),
            initial=choices[-1][0] if choices else None,
        )
        self.order_fields(["incident", "told", "told_name", "told_at", "police_reference"])

    def said(self) -> dict[str, Any]:
        """The incident by its number."""
        said = super().said()
        return said | {"number": said.pop("incident"), "told": Told(said["told"])}


class NoteMediaForm(ActForm):
    """Where it was published, and when."""

    source = Line(label=_("Where it was published"), help_text=_("The paper, station, site or account."))
    link = forms.CharField(
        label=_("Link"),
        required=False,
        max_length=MOST_LINK,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    published_on = forms.DateField(
        label=_("Published on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["published_on"].initial = timezone.localdate()
