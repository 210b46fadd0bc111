"""What the page of a rule pack asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.web.desk.fields import name_what_is_missing
from escalation import selectors


class LoadForm(forms.Form):
    """The calendar of the office by which the rules of a pack count."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        calendars = selectors.calendar_choices(selectors.newest_calendars())
        self.fields["calendar"] = forms.ChoiceField(
            label=_("Calendar"),
            choices=[("", _("Choose one")), *calendars],
            error_messages={"invalid_choice": _("There is no such calendar; choose one of the list.")},
        )
        name_what_is_missing(self)
