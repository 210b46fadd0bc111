"""The forms of the acts about interim measures. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.measuring import MeasureKind
from complaints.web.desk.fields import Words
from complaints.web.desk.forms.acts import ActForm


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class OrderMeasureForm(ActForm):
    """What, for whom, from when until when, and why."""

    kind = forms.ChoiceField(choices=MeasureKind.choices, label=_("What kind of measure"), widget=forms.RadioSelect)
    what = Words(
        label=_("What is ordered, and for whom"),
        help_text=_("It protects; it neither punishes nor judges anybody. Only the circle reads this."),
        rows=3,
    )
    reasons = Words(label=_("Why it is needed while this is looked into"), rows=3)
    since = _day(label=_("From"))
    until = _day(
        label=_("Until"), required=False, help_text=_("Leave it empty if it lasts as long as this is looked into.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["since"].initial = timezone.localdate()

    def said(self) -> dict[str, Any]:
        """The kind as the service's own type."""
        said = super().said()
        return said | {"kind": MeasureKind(said["kind"])}


class EndMeasureForm(ActForm):
    """Which, and why."""

    reasons = Words(label=_("Why it ends"), rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        in_force = self.complaint.measures.filter(ended_at=None)
        choices = [
            (
                one.number,
                gettext("No. %(number)d, %(kind)s: %(what)s")
                % {"number": one.number, "kind": one.get_kind_display(), "what": one.what[:60]},
            )
            for one in in_force
        ]
        self.fields["measure"] = forms.TypedChoiceField(
            choices=choices,
            coerce=int,
            label=_("Which measure"),
            initial=choices[0][0] if len(choices) == 1 else None,
        )
        self.order_fields(["measure", "reasons"])

    def said(self) -> dict[str, Any]:
        """The measure by its number."""
        said = super().said()
        return said | {"number": said.pop("measure")}
