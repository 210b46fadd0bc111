"""The forms of the acts about a grave class in force, and about conversions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.services.offers import HEARD_THROUGH
from complaints.validity import Fault, Harmed
from complaints.vocabulary import Channel
from complaints.web.desk.fields import Words
from complaints.web.desk.forms.acts import ActForm


class RenewClassForm(ActForm):
    """Why the class is to stand on."""

    reasons = Words(
        label=_("New reasons"),
        help_text=_("What has happened since that the class should stand on. Kept for good."),
        rows=3,
    )
    told = Words(
        label=_("What the complainant is told"),
        help_text=_("They read these reasons once a second person has confirmed, and may object again."),
        rows=3,
    )


class LapseClassForm(ActForm):
    """Why it need not stand any more."""

    reasons = Words(
        label=_("Why the class is not needed any more"),
        help_text=_("Only the office reads this. The complainant is told that the decision no longer applies."),
        rows=3,
    )


class ObjectForm(ActForm):
    """What the complainant says against it."""

    words = Words(label=_("What the complainant says"), help_text=_("In their own words."), rows=4)
    through = forms.ChoiceField(
        choices=[(way.value, way.label) for way in HEARD_THROUGH], label=_("How the complainant told you")
    )

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        said = super().said()
        return said | {"through": Channel(said["through"])}


class DecideObjectionForm(ActForm):
    """Whether they are right, and what they are told."""

    upheld = forms.TypedChoiceField(
        choices=[
            ("true", _("They are right: the class is lifted")),
            ("false", _("The class stands")),
        ],
        coerce=lambda chosen: chosen == "true",
        widget=forms.RadioSelect,
        label=_("Your decision"),
    )
    answer = Words(
        label=_("What the complainant is told"),
        help_text=_("What you looked at, what you found, and why. They read it as you write it."),
        rows=4,
    )


class ConvertForm(ActForm):
    """That it counts as valid, and what harm bad handling did."""

    reasons = Words(label=_("What you found"), help_text=_("Kept with the decision, for good."), rows=3)
    fault = forms.ChoiceField(choices=Fault.choices, initial=Fault.MISTAKE, label=_("How the harm came about"))
    harmed = forms.ChoiceField(choices=Harmed.choices, label=_("Who was harmed"))


class KeepClassForm(ActForm):
    """Why it stays communicative."""

    reasons = Words(label=_("Why it stays communicative"), help_text=_("Kept with the decision, for good."), rows=3)
