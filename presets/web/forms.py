"""What loading a preset asks for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LoadForm(forms.Form):
    """Nobody loads an office by a slip of the hand."""

    sure = forms.BooleanField(
        label=_("I have read what it brings"),
        error_messages={"required": _("Read what it brings, and tick this box.")},
    )
