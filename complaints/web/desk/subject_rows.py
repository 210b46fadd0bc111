"""Whom and what a complaint is about, in rows of the registration form."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.limits import MAX_LINE
from complaints.services.intake import SubjectDetails
from complaints.vocabulary import SubjectKind
from complaints.web.desk.fields import Line


class SubjectForm(forms.Form):
    """One person, product or place complained about. A row left empty does not count."""

    kind = forms.ChoiceField(choices=SubjectKind.choices, label=gettext_lazy("Kind"), required=False)
    name = Line(label=pgettext_lazy("of a person, a product or a place", "Name"), required=False, limit=MAX_LINE)
    reference = Line(
        label=gettext_lazy("Number"),
        help_text=gettext_lazy(
            "Of one of the staff, the e-mail address: the complaint is then kept out of their hands."
        ),
        required=False,
        limit=100,
    )

    def clean(self) -> dict[str, Any]:
        """A number alone names nothing."""
        said = super().clean() or {}
        if said.get("reference") and not said.get("name"):
            self.add_error("name", _("Say who or what this number belongs to."))
        return said


MOST_SUBJECTS = 20


SubjectRows = forms.formset_factory(SubjectForm, extra=0, max_num=MOST_SUBJECTS, absolute_max=MOST_SUBJECTS)


def subject_rows(data: Any = None, *, more: int = 0) -> forms.BaseFormSet:
    """Three empty rows to begin with; with `more`, the rows typed so far and that many empty ones."""
    if data is None:
        return SubjectRows(initial=[{"kind": SubjectKind.PERSON}, {"kind": SubjectKind.UNIT}, {}], prefix="subjects")
    if not more:
        return SubjectRows(data, prefix="subjects")
    grown = data.copy()
    rows = SubjectRows(data, prefix="subjects").total_form_count()
    grown["subjects-TOTAL_FORMS"] = str(min(rows + more, MOST_SUBJECTS))
    return SubjectRows(grown, prefix="subjects")


def subjects_given(rows: forms.BaseFormSet) -> list[SubjectDetails]:
    """The rows that name something."""
    return [
        SubjectDetails(
            name=said["name"], kind=SubjectKind(said["kind"] or SubjectKind.OTHER), reference=said["reference"]
        )
        for said in (row.cleaned_data for row in rows)
        if said.get("name")
    ]
