"""The forms of the acts about another handler at the complainant's wish. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import permissions
from complaints.rehandling import Wish
from complaints.services.offers import HEARD_THROUGH
from complaints.vocabulary import Channel
from complaints.web.desk.fields import PersonField, Words
from complaints.web.desk.forms.acts import ActForm


class AskAnotherForm(ActForm):
    """Whom the complainant would rather have, and why."""

    wish = forms.ChoiceField(
        choices=Wish.choices,
        initial=Wish.ANOTHER,
        label=_("Whom the complainant asks for"),
        widget=forms.RadioSelect,
    )
    reasons = Words(label=_("Why, in their own words"), help_text=_("The handler can read this as well."), rows=4)
    through = forms.ChoiceField(
        choices=[(way.value, way.label) for way in HEARD_THROUGH], label=_("How the complainant told you")
    )

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types."""
        said = super().said()
        return said | {"wish": Wish(said["wish"]), "through": Channel(said["through"])}


class GrantAnotherForm(ActForm):
    """Who handles it from now on."""

    answer = Words(
        label=_("What the complainant is told besides"),
        required=False,
        help_text=_("They are told who handles it now, and read these words."),
        rows=3,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"] = PersonField(
            queryset=permissions.handlers_of(self.complaint, timezone.now())
            .exclude(held_complaints=self.complaint)
            .select_related("department"),
            label=_("Who handles it now"),
            required=False,
            help_text=_("Choose yourself to take it over. Whoever handled it until now does not get it again."),
            empty_label=_("Whoever holds its tier now"),
        )
        self.order_fields(["to", "answer"])


class RefuseAnotherForm(ActForm):
    """Why it stays where it is."""

    answer = Words(
        label=_("What the complainant is told"),
        help_text=_("Why the complaint stays with its handler. They read it as you write it."),
        rows=4,
    )
