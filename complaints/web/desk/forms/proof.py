"""The forms of the acts about proofs and numbers. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.proving import NumberKind, ProofFrom, ProofKind, ProofState
from complaints.services.proofs import LONGEST_NUMBER
from complaints.web.desk.fields import Line
from complaints.web.desk.forms.acts import ActForm


class ListProofForm(ActForm):
    """What would show it, and who could bring it."""

    kind = forms.ChoiceField(choices=ProofKind.choices, label=_("What would show it"), widget=forms.RadioSelect)
    what = Line(
        label=_("Which one"),
        help_text=_("In plain words: where the complainant could bring it, they read this on their page."),
    )
    brought_by = forms.ChoiceField(choices=ProofFrom.choices, label=_("Who could bring it"), widget=forms.RadioSelect)

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types."""
        said = super().said()
        return said | {"kind": ProofKind(said["kind"]), "brought_by": ProofFrom(said["brought_by"])}


class SettleProofForm(ActForm):
    """Which one, and how it stands."""

    service_fields = {"file": "file_id"}

    state = forms.ChoiceField(
        choices=[(state.value, state.label) for state in (ProofState.THERE, ProofState.UNAVAILABLE)],
        label=_("How it stands"),
        widget=forms.RadioSelect,
    )
    remark = Line(label=_("Remark"), required=False, help_text=_("Only the office reads this."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [
            (
                one.number,
                gettext("No. %(number)d, %(kind)s: %(what)s")
                % {"number": one.number, "kind": one.get_kind_display(), "what": one.what},
            )
            for one in self.complaint.proofs.all()
        ]
        self.fields["proof"] = forms.TypedChoiceField(
            choices=listed, coerce=int, label=_("Which proof"), initial=listed[0][0] if len(listed) == 1 else None
        )
        files = [(file.pk, file.name) for file in self.complaint.attachments.order_by("id")]
        if files:
            self.fields["file_id"] = forms.TypedChoiceField(
                choices=[("", _("None of the files")), *files],
                coerce=int,
                empty_value=None,
                required=False,
                label=_("Which file it is"),
            )
        self.order_fields(["proof", "state", "file_id", "remark"])

    def said(self) -> dict[str, Any]:
        """The proof by its number."""
        said = super().said()
        return said | {"number": said.pop("proof"), "state": ProofState(said["state"])}


class RecordNumberForm(ActForm):
    """What kind of number, and the number."""

    kind = forms.ChoiceField(choices=NumberKind.choices, label=_("What kind of number"), widget=forms.RadioSelect)
    value = Line(label=_("Number"), limit=LONGEST_NUMBER, help_text=_("As it stands there; it is searched for so."))

    def said(self) -> dict[str, Any]:
        """The kind as the service's own type."""
        said = super().said()
        return said | {"kind": NumberKind(said["kind"])}
