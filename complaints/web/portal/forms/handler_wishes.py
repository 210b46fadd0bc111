"""The form in which the complainant asks for another handler."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.rehandling import Wish
from complaints.web.portal.forms.fields import words


class AskAnotherForm(forms.Form):
    """Whom they would rather have, and why."""

    prefix = "another"
    wish = forms.ChoiceField(
        choices=Wish.choices, initial=Wish.ANOTHER, widget=forms.RadioSelect, label=_("Whom would you rather have?")
    )
    body = words(
        _("Why would you like somebody else?"),
        rows=4,
        help_text=_("Somebody senior to whoever handles it now reads this and decides. The handler can read it too."),
        error_messages={"required": _("Say why you would like somebody else, so that we can decide.")},
    )
