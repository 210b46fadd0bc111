"""The forms of the acts about proceedings outside, legal holds, authorities and joint complainants."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.outside import Basis, ProceedingKind
from complaints.vocabulary import Relation
from complaints.web.desk.fields import EvidenceField, Line, MomentField, Words
from complaints.web.desk.forms.acts import ActForm


def _numbered(label: Any, choices: list[tuple[int, str]]) -> forms.TypedChoiceField:
    """One of a few, chosen already where there is only one."""
    return forms.TypedChoiceField(
        choices=choices, coerce=int, label=label, initial=choices[0][0] if len(choices) == 1 else None
    )


def _one_going_on(complaint: Complaint) -> forms.TypedChoiceField:
    going_on = complaint.proceedings.filter(ended_at=None)
    choices = [
        (one.number, gettext("%(kind)s: %(what)s") % {"kind": one.get_kind_display(), "what": one.body})
        for one in going_on
    ]
    return _numbered(_("Which proceeding"), choices)


class OpenProceedingForm(ActForm):
    """Who deals with it, what is asked of us, and by when."""

    kind = forms.ChoiceField(choices=ProceedingKind.choices, label=_("Who deals with it"), widget=forms.RadioSelect)
    body = Line(label=_("Which body"), help_text=_("The mediation board, the regulator, the court."))
    reference = Line(label=_("Their reference number"), required=False)
    what = Words(label=_("What is asked of us"), rows=3, help_text=_("Only the office reads this."))
    due = MomentField(
        label=_("By when"), required=False, help_text=_("The hearing, or the end of their time limit. It is watched.")
    )

    def said(self) -> dict[str, Any]:
        """The kind as the service's own type."""
        said = super().said()
        return said | {"kind": ProceedingKind(said["kind"])}


class MoveProceedingForm(ActForm):
    """To which date, and why."""

    due = MomentField(
        label=_("The new date"),
        required=False,
        help_text=_("Leave it empty if no date stands any more; then nothing is watched."),
    )
    reasons = Words(label=_("Why it was moved, and by whom"), rows=3, help_text=_("Only the office reads this."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["proceeding"] = _one_going_on(self.complaint)
        self.order_fields(["proceeding", "due", "reasons"])

    def said(self) -> dict[str, Any]:
        """The proceeding by its number."""
        said = super().said()
        return said | {"number": said.pop("proceeding")}


class EndProceedingForm(ActForm):
    """How it ended, or that what was asked is done."""

    result = Words(
        label=_("How it ended"), rows=3, help_text=_("Settled, decided, withdrawn, or done as ordered, and when.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["proceeding"] = _one_going_on(self.complaint)
        self.order_fields(["proceeding", "result"])

    def said(self) -> dict[str, Any]:
        """The proceeding by its number."""
        said = super().said()
        return said | {"number": said.pop("proceeding")}


class PlaceHoldForm(ActForm):
    """Why the file must be kept."""

    reasons = Words(label=_("Why the file must be kept as it is"), rows=3, help_text=_("Only the office reads this."))


class LiftHoldForm(ActForm):
    """Why it may go again."""

    reasons = Words(label=_("Why it need not be kept any more"), rows=3, help_text=_("Only the office reads this."))


class RecordAuthorityForm(ActForm):
    """By what right, and whether somebody has seen the document."""

    basis = forms.ChoiceField(choices=Basis.choices, label=_("By what right"), widget=forms.RadioSelect)
    document_seen = forms.BooleanField(
        label=_("I have seen the document, and it fits the names"),
        required=False,
        help_text=_("Without this nothing personal and no remedy goes to the representative."),
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Its last day. Leave it empty if it names none."),
    )
    file = EvidenceField(
        label=_("The document"), required=False, help_text=_("Kept with the complaint, only for the office.")
    )


class RevokeAuthorityForm(ActForm):
    """Why it counts no more."""

    reasons = Words(label=_("Why it counts no more"), rows=2, help_text=_("Only the office reads this."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        standing = self.complaint.authorities.filter(revoked_at=None)
        choices = [
            (
                one.number,
                gettext("No. %(number)d, %(kind)s") % {"number": one.number, "kind": one.get_basis_display()},
            )
            for one in standing
        ]
        self.fields["authority"] = _numbered(_("Which authority"), choices)
        self.order_fields(["authority", "reasons"])

    def said(self) -> dict[str, Any]:
        """The authority by its number."""
        said = super().said()
        return said | {"number": said.pop("authority")}


class AddComplainantForm(ActForm):
    """Who complains together with the complainant."""

    name = Line(label=_("Name"))
    email = Line(label=_("E-mail"), required=False, limit=254, widget=forms.EmailInput())
    phone = Line(label=_("Phone"), required=False, limit=60)
    relation = forms.ChoiceField(choices=[("", _("Not said")), *Relation.choices], label=_("Relation"), required=False)

    def said(self) -> dict[str, Any]:
        """The relation as the service's own type."""
        said = super().said()
        return said | {"relation": Relation(said["relation"]) if said["relation"] else None}


class RemoveComplainantForm(ActForm):
    """Who does not complain any more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = self.complaint.joint_complainants.filter(left_at=None)
        self.fields["person"] = _numbered(_("Who"), [(one.number, one.name) for one in people])

    def said(self) -> dict[str, Any]:
        """The person by their number."""
        return {"number": self.cleaned_data["person"]}
