"""The forms of the acts about sign-off. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints import signers
from complaints.errors import IllegalMove
from complaints.models import ProposalCheck, Signature
from complaints.selectors import proposals
from complaints.web.desk.fields import Words
from complaints.web.desk.forms.acts import ActForm


class ProposeForm(ActForm):
    """What is proposed, in words; the remedies come with it."""

    text = Words(
        label=_("What you propose, and why"),
        help_text=_(
            "For those who sign: only the office reads this. Every remedy that nobody has signed yet goes with it."
        ),
        rows=5,
    )


class SigningForm(ActForm):
    """For which party, for whoever could sign for several."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.theirs = self._theirs()
        if len(self.theirs) > 1:
            self.fields["party"] = forms.TypedChoiceField(
                choices=[(each.position, each.label()) for each in self.theirs],
                coerce=int,
                label=_("Who you sign for"),
                help_text=_("Each party is another person: you sign for one of them."),
                widget=forms.RadioSelect,
            )

    def _theirs(self) -> list[Signature]:
        """The signatures that this person could give now; none where nothing waits."""
        try:
            proposal = proposals.open_of(self.complaint)
        except IllegalMove:
            return []
        signatures = proposals.signatures_of(proposal)
        due, held = signers.due_now(signatures), signers.held_by(self.user)
        return [each for each in signers.can_sign(self.user, proposal, signatures, held) if each in due]


class SignForm(SigningForm):
    """What the signer has made sure of, and an instruction if need be."""

    instruction = Words(
        label=_("Instruction"),
        required=False,
        help_text=_("What to heed when it is carried out. Only the office reads this."),
        rows=3,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        items = {check.number: check for each in self.theirs for check in proposals.checks_for(each)}
        if items:
            self.fields["checked"] = forms.TypedMultipleChoiceField(
                choices=[(number, self._item(items[number])) for number in sorted(items)],
                coerce=int,
                required=False,  # the service names what was not made sure of
                label=_("I have made sure of this"),
                help_text=_("Everything here has to be right before you sign."),
                widget=forms.CheckboxSelectMultiple,
            )
        self.order_fields(["party", "checked", "instruction"])

    def _item(self, check: ProposalCheck) -> str:
        """With whose it is, where the person has to choose whom they sign for."""
        if check.signature is None or len(self.theirs) < 2:
            return check.label()
        return gettext("%(party)s: %(item)s") % {"party": check.signature.label(), "item": check.label()}

    def said(self) -> dict[str, Any]:
        """Nothing ticked where there is no checklist."""
        said = super().said()
        return said | {"checked": said.get("checked") or []}


class RefuseToSignForm(SigningForm):
    """What has to change."""

    instruction = Words(
        label=_("What has to change"),
        help_text=_("The proposal goes back with this instruction. Only the office reads it."),
        rows=4,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["party", "instruction"])


class TakeBackProposalForm(ActForm):
    """Why nobody needs to sign it any more."""

    reasons = Words(label=_("Why it is taken back"), help_text=_("Only the office reads this."), rows=3)
