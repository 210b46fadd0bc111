"""The forms of the acts between departments. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints import permissions
from complaints.models import Category
from complaints.services.restriction import leaves_with_consent
from complaints.transferring import ARBITERS
from complaints.web.desk.fields import ConsentField, MomentField, TreeField, Words
from complaints.web.desk.forms.acts import ActForm


class TransferForm(ActForm):
    """To which department, why, and what it has to know of the complainant."""

    to = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Which department takes it"),
        help_text=_(
            "Where you work for both departments it moves at once. Else the other one accepts or objects; until then"
            " yours stays responsible, and all deadlines run on."
        ),
        empty_label=_("Choose a department"),
    )
    reasons = Words(label=_("Why it belongs there"), help_text=_("Kept as an internal note."), rows=3)
    spoken = Words(
        label=_("What was said to the complainant"),
        required=False,
        help_text=_("So that nobody has to tell their story again. Only the office reads this."),
        rows=2,
    )
    promised = Words(label=_("What was promised to them"), required=False, rows=2)
    knows = Words(
        label=_("Whom they know here, and how to reach them"),
        required=False,
        help_text=_("Who spoke with them, when and where they are best called."),
        rows=2,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if leaves_with_consent(self.complaint):
            self.fields["consent"] = ConsentField()


class ObjectToTransferForm(ActForm):
    """Why it does not belong here, and where it does."""

    reasons = Words(
        label=_("Why it does not belong here"),
        help_text=_("Read by the other department and by whoever decides between the two."),
        rows=4,
    )
    proposed = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Where it belongs instead"),
        required=False,
        empty_label=_("I do not know"),
    )


class ArbitrateForm(ActForm):
    """Where it belongs, for good."""

    to = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Which department is responsible"),
        help_text=_("Your decision is final: there is no objection to it."),
        empty_label=_("Choose a department"),
    )
    reasons = Words(label=_("Why it belongs there"), help_text=_("Both departments read this."), rows=4)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["to"]
        places = permissions.standing(self.user).departments(frozenset(ARBITERS))
        field.queryset = field.queryset.filter(pk__in=places)


class IntroduceForm(ActForm):
    """How they were told."""

    words = Words(
        label=_("How the complainant was told"),
        required=False,
        help_text=_("By telephone, in person, and what they said. Only the office reads this."),
        rows=3,
    )


class CategoriseForm(ActForm):
    """What it is really about, and whether it goes where that belongs."""

    category = TreeField(
        queryset=Category.objects.filter(is_active=True),
        label=_("What it is about"),
        help_text=_(
            "A category that belongs to another department leads there: by a transfer, which that one answers."
        ),
        empty_label=_("Choose a category"),
    )
    keep = forms.BooleanField(
        label=_("Leave the complaint where it is"),
        required=False,
        help_text=_("Against what the category says; give your reasons."),
    )
    reasons = Words(label=_("Reasons"), required=False, help_text=_("Only the office reads this."), rows=3)


class BriefForm(ActForm):
    """What the department has to heed, and by when those above want to hear from it."""

    text = Words(label=_("Briefing"), help_text=_("Only the office reads this."), rows=5)
    answer_by = MomentField(
        label=_("Answer by"), required=False, help_text=_("Leave it empty where no answer is needed by a date.")
    )


class ReportBackForm(ActForm):
    """What came of a briefing."""

    service_fields = {"briefing": "briefing_number"}

    answer = Words(label=_("Answer"), help_text=_("Read by those who wrote the briefing."), rows=4)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = list(self.complaint.briefings.filter(answered_at=None))
        self.fields["briefing_number"] = forms.TypedChoiceField(
            choices=[
                (each.number, gettext("No. %(number)d: %(what)s") % {"number": each.number, "what": each.text[:80]})
                for each in waiting
            ],
            coerce=int,
            label=_("Which briefing"),
            widget=forms.RadioSelect,
            initial=waiting[0].number if len(waiting) == 1 else None,
        )
        self.order_fields(["briefing_number", "answer"])
