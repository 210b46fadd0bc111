"""The forms about the class of a complaint. Each `said()` is what its service takes."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.classes import KINDS, ComplaintClass, Kind
from complaints.limits import MAX_LINE
from complaints.validity import Basis, Fault, Harmed
from complaints.web.desk.fields import Line, ReferenceField, Words
from complaints.web.desk.forms.acts import ActForm


@dataclass(frozen=True)
class ClassChoice:
    """One class with its kinds as radio buttons, and what it demands."""

    label: str
    demands: str
    kinds: list[Any]


CLASS_DEMANDS = {
    ComplaintClass.VALID: _(
        "There is something to put right: a duty neglected, or harm done. Needs a recorded fact, and a judgement that"
        " names the cause and the responsible party. Misconduct names the authority that verified it, harm the fault."
    ),
    ComplaintClass.COMMUNICATIVE: _("Answering and explaining settles it."),
    ComplaintClass.MALICIOUS: _(
        "Needs a patient explanation sent before, evidence, words for the complainant, and a second, senior person who"
        " confirms it. The complainant may object; on its review date it lapses unless it is renewed."
    ),
    ComplaintClass.UPGRADE: _("Takes an earlier complaint further. Name that one, or state that none was found."),
}


class ClassifyForm(ActForm):
    """What the complaint is judged to be, with reasons."""

    service_fields = {"complaint_class": "judgement", "class_kind": "judgement"}

    judgement = forms.ChoiceField(
        choices=[
            (f"{complaint_class}:{kind}", kind.label) for complaint_class, kinds in KINDS.items() for kind in kinds
        ],
        widget=forms.RadioSelect,
        label=_("Class and kind"),
    )
    reasons = Words(label=_("Reasons"), help_text=_("Kept with the decision, for good."), rows=3)
    evidence = Words(
        label=_("Evidence"),
        required=False,
        help_text=_("What shows it. Needed for “malicious”."),
        rows=2,
    )
    told = Words(
        label=_("What the complainant is told"),
        required=False,
        help_text=_("For “malicious”: the reasons that they read once it is confirmed, and may object to."),
        rows=3,
    )
    none_found = forms.BooleanField(
        label=_("I looked for an earlier complaint and found none"),
        required=False,
        help_text=_("For an upgrade: searched by phone, name and time."),
    )
    authority = Line(
        label=_("Which authority has verified it"), required=False, limit=MAX_LINE, help_text=_("For misconduct.")
    )
    authority_reference = Line(
        label=_("The authority's number"), required=False, limit=MAX_LINE, help_text=_("For misconduct.")
    )
    fault = forms.ChoiceField(
        choices=[("", _("Not harm")), *Fault.choices],
        label=_("How the harm came about"),
        required=False,
        help_text=_("For harm."),
    )
    harmed = forms.ChoiceField(
        choices=[("", _("Not harm")), *Harmed.choices],
        label=_("Who was harmed"),
        required=False,
        help_text=_("For harm."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["earlier"] = ReferenceField(
            user=self.user,
            label=_("Earlier complaint"),
            required=False,
            help_text=_("For an upgrade: the reference of the complaint it takes further."),
        )
        basis = [field.name for field in fields(Basis)]
        self.order_fields(["judgement", "reasons", *basis, "evidence", "told", "earlier", "none_found"])

    def classes(self) -> Iterator[ClassChoice]:
        """The choices as they are shown: each class a group."""
        radios = {str(radio.data["value"]): radio for radio in self["judgement"].subwidgets}
        for complaint_class, kinds in KINDS.items():
            yield ClassChoice(
                str(complaint_class.label),
                str(CLASS_DEMANDS[complaint_class]),
                [radios[f"{complaint_class}:{kind}"] for kind in kinds],
            )

    def said(self) -> dict[str, Any]:
        """Class and kind apart, as the service takes them."""
        said = super().said()
        complaint_class, kind = said.pop("judgement").split(":")
        basis = Basis(**{field.name: said.pop(field.name) for field in fields(Basis)})
        return said | {"complaint_class": ComplaintClass(complaint_class), "kind": Kind(kind), "basis": basis}


class SecondLookForm(ActForm):
    """What the second person says to a proposed class."""

    reasons = Words(label=_("What you found"), help_text=_("Kept with the decision, for good."), rows=3)
