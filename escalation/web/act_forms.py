"""What the acts about deadlines ask for. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import moments
from complaints.models import Complaint
from complaints.web.desk.fields import MomentField, Words
from complaints.web.desk.forms.acts import ActForm
from escalation import selectors
from escalation.extending import Ground
from escalation.models import Clock, Extension, ExternalBody, Referral
from escalation.selectors import Extendable


class PromiseForm(ActForm):
    """Until when, and what."""

    until = MomentField(
        label=_("By when"), help_text=_("By your own clock. The complainant sees this date on their page.")
    )
    what = Words(
        label=_("What was promised, and how to reach them"),
        help_text=_("Kept as an internal note: call back under which number, reply about what."),
        rows=3,
    )


class FulfilForm(ActForm):
    """Which promise was kept, and how."""

    note = Words(
        label=_("What was done"),
        help_text=_("Kept as an internal note."),
        rows=3,
    )
    at = MomentField(
        label=_("When it was done"),
        required=False,
        help_text=_("Leave it empty for now. An earlier moment needs a role that may state one."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        clocks = selectors.fulfillable(selectors.clocks_of(self.complaint))
        self.fields["clock"] = _choice(
            _("What was kept"), [(str(clock.pk), named(clock)) for clock in clocks], chosen=self.initial.get("clock")
        )
        self.order_fields(["clock", "note", "at"])

    def said(self) -> dict[str, Any]:
        """The clock by its number."""
        said = super().said()
        return {"clock_id": int(said.pop("clock")), **said}


class AskExtensionForm(ActForm):
    """More time: for which deadline, how much, and why."""

    amount = forms.FloatField(
        label=_("How much more"),
        help_text=_("In the unit of the deadline; days are whole."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    reason = forms.ChoiceField(
        choices=Ground.choices,
        label=_("Reason"),
        widget=forms.RadioSelect,
        help_text=_("The complainant is told this, in words for them, when more time is granted."),
    )
    reasons = Words(
        label=_("Reasons in words"), help_text=_("For whoever decides: only the office reads this."), rows=3
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        now = timezone.now()
        possible = selectors.extendable(
            selectors.clocks_of(self.complaint), selectors.requests_of(self.complaint), now
        )
        choices = [(str(one.clock.pk), _allowance(one)) for one in possible.clocks]
        self.fields["clock"] = _choice(_("Which deadline"), choices, chosen=self.initial.get("clock"))
        self.order_fields(["clock", "amount", "reason", "reasons"])

    def said(self) -> dict[str, Any]:
        """The clock by its number, the reason as the service's own type."""
        said = super().said()
        return said | {"clock_id": int(said.pop("clock")), "reason": Ground(said["reason"])}


class _DecisionForm(ActForm):
    """About one request for more time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = selectors.waiting_of(selectors.requests_of(self.complaint), timezone.now())
        others = [one for one in waiting if one.asked_by_id != self.user.pk]
        choices = [(str(one.pk), _request(one)) for one in others]
        self.fields["extension"] = _choice(_("Which request"), choices, chosen=self.initial.get("extension"))
        self.order_fields(["extension", "reasons"])

    def said(self) -> dict[str, Any]:
        """The request by its number."""
        said = super().said()
        return {"extension_id": int(said.pop("extension")), **said}


class GrantExtensionForm(_DecisionForm):
    """More time; the complainant is told."""

    reasons = Words(
        label=_("Remark"), required=False, help_text=_("For the file: only the office reads this."), rows=2
    )


class RefuseExtensionForm(_DecisionForm):
    """No more time, and why."""

    reasons = Words(label=_("Why not"), help_text=_("Whoever asked reads this; the complainant does not."), rows=3)


def named(clock: Clock) -> str:
    """Which deadline, in words."""
    known = {"promise": clock.get_kind_display(), "number": clock.number}
    called = _("%(promise)s no. %(number)d") % known if clock.number > 1 else str(clock.get_kind_display())
    if clock.due_at is None:
        return str(_("%(promise)s, paused") % {"promise": called})
    return str(
        _("%(promise)s, due %(moment)s")
        % {"promise": called, "moment": moments.full(moments.last_minute(clock.due_at))}
    )


def _allowance(one: Extendable) -> str:
    words = {"promise": named(one.clock), "most": one.most, "left": one.left}
    return str(_("%(promise)s. At most %(most)s at a time; times left: %(left)d") % words)


def _request(extension: Extension) -> str:
    words = {"promise": named(extension.clock), "more": extension.more, "person": extension.asked_by}
    return str(_("%(promise)s: %(more)s more, asked for by %(person)s") % words)


def _choice(label: Any, choices: list[tuple[str, str]], *, chosen: Any) -> forms.ChoiceField:
    """One of a few, chosen already where there is only one."""
    initial = choices[0][0] if len(choices) == 1 else chosen
    return forms.ChoiceField(choices=choices, label=label, initial=initial, widget=forms.RadioSelect)


class ReferForm(forms.Form):
    """What is to become of a referral: the door of three buttons, each with what it needs."""

    state = forms.ChoiceField(choices=Referral.State, widget=forms.HiddenInput)
    body = forms.ModelChoiceField(
        label=_("External body"), queryset=ExternalBody.objects.filter(is_active=True), required=False
    )
    note = Words(
        label=_("Note"),
        required=False,
        rows=2,
        help_text=_("For the file: how it was sent, or why it is not needed."),
    )

    def __init__(self, *args: Any, complaint: Complaint, **options: Any) -> None:
        super().__init__(*args, **options)
        referral = selectors.referral_of(complaint)
        body = referral.body if referral else selectors.bodies_for([complaint.pk])[complaint.pk]
        self.fields["body"].initial = body

    def clean(self) -> dict[str, Any]:
        """A letter needs somebody to read it, and leaving it a reason."""
        given = super().clean() or {}
        if given.get("state") == Referral.State.PREPARED and given.get("body") is None and "body" not in self.errors:
            self.add_error("body", _("“%(field)s”: choose one.") % {"field": self.fields["body"].label})
        if given.get("state") == Referral.State.NOT_NEEDED and not given.get("note"):
            self.add_error("note", _("Say why it is not needed."))
        return given

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        return {"state": Referral.State(given["state"]), "body": given["body"], "note": given["note"]}
