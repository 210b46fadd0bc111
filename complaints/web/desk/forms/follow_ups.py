"""The forms of what comes after the answer. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints import aftercare
from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.web.desk.fields import MomentField, Words
from complaints.web.desk.forms.acts import ActForm

_FINDINGS = [("", _("Does not arise")), ("yes", _("Yes: work on it again")), ("no", _("No: the answer holds"))]


class FollowUpForm(ActForm):
    """How we asked, what they said, and where they are not content whether they are right."""

    mode = forms.ChoiceField(choices=FollowUpMode.choices, label=_("How we asked"), widget=forms.RadioSelect)
    result = forms.ChoiceField(choices=Satisfaction.choices, label=_("Result"), widget=forms.RadioSelect)
    words = Words(
        label=_("What they said"),
        help_text=_("If they could not be reached: what was tried, and when. Only the office reads this."),
        rows=3,
    )
    own_words = forms.BooleanField(label=_("In the complainant's own words"), required=False)
    upheld = forms.ChoiceField(
        choices=_FINDINGS,
        label=_("Is the complainant right?"),
        required=False,
        help_text=_("Where they are not content. Yes begins a new cycle, in somebody else's hands."),
        widget=forms.RadioSelect,
    )
    reasons = Words(
        label=_("Why"),
        required=False,
        help_text=_("Why they are right, or are not. Only the office reads this."),
        rows=2,
    )
    at = MomentField(
        label=_("When it was"),
        required=False,
        help_text=_("Leave it empty for now. An earlier moment needs a role that may state one."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        major = aftercare.wants_the_head(self.complaint.priority)
        self.fields["mode"].initial = FollowUpMode.VISIT if major else FollowUpMode.PHONE
        self.fields["upheld"].initial = ""

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types; the finding is yes, no, or nothing."""
        said = super().said()
        return said | {
            "mode": FollowUpMode(said["mode"]),
            "result": Satisfaction(said["result"]),
            "upheld": {"yes": True, "no": False}.get(said["upheld"]),
        }


class CloseForm(ActForm):
    """Why it is closed."""

    reason = forms.ChoiceField(choices=CloseReason.choices, label=_("Closed because"), widget=forms.RadioSelect)
    note = Words(
        label=_("In words"),
        required=False,
        help_text=_("What you rely on: who said so, when, how they were tried. Only the office reads this."),
        rows=2,
    )

    def said(self) -> dict[str, Any]:
        """The reason as the service's own type."""
        said = super().said()
        return said | {"reason": CloseReason(said["reason"])}
