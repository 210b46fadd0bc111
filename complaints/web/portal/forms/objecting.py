"""The form in which the complainant objects to a decision about how their complaint is pursued."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.web.portal.forms.fields import words


class ObjectForm(forms.Form):
    """Why it is wrong."""

    prefix = "object"
    body = words(
        _("What is wrong with this decision?"),
        rows=5,
        help_text=_("Somebody who had no part in the decision reads it and decides."),
        error_messages={"required": _("Say what is wrong with the decision, so that we know what to look at.")},
    )
