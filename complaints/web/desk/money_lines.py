"""Lines of money in a form: a small table, some of whose rows may stay empty."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from complaints.limits import MAX_LINE
from complaints.remedying import Loss
from complaints.services.remedies import Line

ROWS = 5
_COLUMNS = 4
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


class LinesWidget(forms.MultiWidget):
    """Four controls a row: what for, more about it, asked, offered."""

    template_name = "desk/widgets/lines.html"

    def __init__(self) -> None:
        row = (
            forms.Select({"aria-label": _("For")}, choices=[("", _("Choose")), *Loss.choices]),
            forms.TextInput({"aria-label": _("More about it"), "maxlength": MAX_LINE}),
            forms.TextInput({"aria-label": _("Amount asked for"), "inputmode": "decimal", "autocomplete": "off"}),
            forms.TextInput({"aria-label": _("Amount offered"), "inputmode": "decimal", "autocomplete": "off"}),
        )
        super().__init__(row * ROWS)

    def decompress(self, value: Any) -> list[Any]:
        """Rows as they are typed; nothing at first."""
        return list(value or [])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the controls row by row."""
        context = super().get_context(name, value, attrs)
        controls = context["widget"]["subwidgets"]
        context["rows"] = [controls[start : start + _COLUMNS] for start in range(0, len(controls), _COLUMNS)]
        return context


class LinesField(forms.Field):
    """The lines that were filled in. Whether a remedy may have any is for the service to say."""

    widget = LinesWidget

    def clean(self, value: Any) -> list[Line]:
        """Every row that cannot be read is named. Raises ValidationError."""
        typed = [str(each or "").strip() for each in value or []]
        rows = [typed[start : start + _COLUMNS] for start in range(0, len(typed), _COLUMNS)]
        lines, faults = [], []
        for number, row in enumerate(rows, start=1):
            if not any(row):
                continue
            try:
                lines.append(_line(row))
            except ValidationError as fault:
                faults.append(_("Line %(number)d: %(fault)s") % {"number": number, "fault": " ".join(fault.messages)})
        if faults:
            raise ValidationError(faults)
        return lines


def _line(row: Sequence[str]) -> Line:
    loss, what, claimed, offered = row
    if loss not in Loss.values:
        raise ValidationError(_("choose what it is for."))
    if not offered:
        raise ValidationError(_("say how much is offered; nothing is 0."))
    return Line(
        loss=Loss(loss),
        what=what,
        claimed=_amount(claimed) if claimed else None,
        offered=_amount(offered),
    )


def _amount(typed: str) -> Decimal:
    """Commas between thousands, as people write large amounts. Anywhere else one may stand for a point: 12,50 is not
    taken for 1250.
    """
    try:
        if "," in typed and not _THOUSANDS.fullmatch(typed):
            raise ValidationError("")
        return forms.DecimalField(max_digits=15, decimal_places=3).to_python(typed.replace(",", "")) or Decimal()
    except ValidationError:
        raise ValidationError(_("“%(typed)s” is no amount.") % {"typed": typed[:40]}) from None
