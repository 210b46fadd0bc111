"""The forms about what the office offers and has done: choosing, refusing, saying that it has not helped."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.selectors.public_remedies import PublicRemedies
from complaints.services.offers import MOST_OPTIONS
from complaints.web.portal.forms.fields import words


class ChoiceForm(forms.Form):
    """Which of the offered options. `digest` is that of the offer that the page showed."""

    prefix = "offer"
    digest = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    option = forms.TypedChoiceField(
        choices=[(place, place) for place in range(1, MOST_OPTIONS + 1)],
        coerce=int,
        widget=forms.RadioSelect,
        label=_("What do you choose?"),
        error_messages={
            "required": _("Choose one of what we offer."),
            "invalid_choice": _("Choose one of what we offer."),
        },
    )


class RefuseForm(forms.Form):
    """Why not, if they like to say."""

    prefix = "refuse"
    number = forms.IntegerField(min_value=1, max_value=32_767, widget=forms.HiddenInput)
    body = words(_("What would you like instead?"), required=False, rows=4, help_text=_("You need not say anything."))


class BrokenForm(forms.Form):
    """Which of the things that were done, and what is still wrong."""

    prefix = "broken"
    body = words(
        _("What is still not right?"),
        rows=4,
        error_messages={"required": _("Say what is still not right, so that we know what to do.")},
    )

    def __init__(self, *args: Any, remedies: PublicRemedies, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["remedy"] = forms.TypedChoiceField(
            choices=[
                (thing.number, gettext("%(kind)s: %(what)s") % {"kind": thing.kind, "what": thing.what[:60]})
                for thing in remedies.carried_out
            ],
            coerce=int,
            label=_("What has not helped?"),
            error_messages={"invalid_choice": _("Choose one of the things that we have done.")},
        )
        self.order_fields(["remedy", "body"])
