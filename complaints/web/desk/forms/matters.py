"""The forms of the acts about matters. Each `said()` is what its service takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Max
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from common.refusals import Refusal
from complaints import permissions
from complaints.lifecycle import Verb
from complaints.limits import MAX_SUBJECT
from complaints.models import Category
from complaints.selectors import matters
from complaints.selectors.matters import MatterEntry
from complaints.services.matters import LEAST_MATTERS, Part
from complaints.services.restriction import leaves_with_consent
from complaints.vocabulary import Outcome, Track
from complaints.web.desk.fields import ConsentField, Line, TreeField, Words
from complaints.web.desk.forms.acts import ActForm

ROWS = 4
"""Matters that one form takes; further ones are added by doing it again."""

_PARTS = ("subject", "category", "about", "words")


@dataclass(frozen=True)
class Group:
    """Fields that belong together."""

    label: str
    fields: Sequence[BoundField]


class SplitForm(ActForm):
    """The matters of the letter, each with what it is about."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        needed = max(1, LEAST_MATTERS - matters.live(self.complaint).count())
        self.first = 1 + (self.complaint.matters.aggregate(last=Max("number"))["last"] or 0)
        names = [subject.name for subject in self.complaint.subjects.order_by("id")]
        for row in range(1, ROWS + 1):
            self.fields[f"subject_{row}"] = Line(
                label=_("What it is about"),
                limit=MAX_SUBJECT,
                required=row <= needed,
                help_text=_("In a few words. The complainant reads this."),
            )
            self.fields[f"category_{row}"] = TreeField(
                queryset=Category.objects.filter(is_active=True),
                required=False,
                label=_("Category"),
                empty_label=_("None"),
            )
            if names:
                self.fields[f"about_{row}"] = forms.ChoiceField(
                    choices=[("", _("Nobody in particular")), *((name, name) for name in dict.fromkeys(names))],
                    required=False,
                    label=_("About whom or what"),
                )
            self.fields[f"words_{row}"] = Words(
                label=_("In the complainant's own words"),
                required=False,
                rows=2,
                help_text=_("The part of the letter that it stands in, if it is to be read alone."),
            )

    def groups(self) -> Iterator[Group]:
        """One for each matter."""
        for row in range(1, ROWS + 1):
            names = [f"{part}_{row}" for part in _PARTS if f"{part}_{row}" in self.fields]
            number = self.first + row - 1
            yield Group(gettext("Matter %(number)d") % {"number": number}, [self[name] for name in names])

    def clean(self) -> dict[str, Any]:
        """Whoever says more of a matter says what it is about."""
        cleaned = super().clean() or {}
        for row in range(1, ROWS + 1):
            field = f"subject_{row}"
            if not cleaned.get(field) and field not in self.errors and self._typed(cleaned, row):
                self.add_error(field, _("Say what this matter is about."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """The rows that were filled in, as the service takes them."""
        given = super().said()
        parts = [
            Part(
                subject=given[f"subject_{row}"],
                words=given[f"words_{row}"],
                category=given[f"category_{row}"],
                about=given.get(f"about_{row}", ""),
            )
            for row in self._filled(given)
        ]
        return {"parts": parts}

    def refuse(self, refusal: Refusal) -> None:
        """The service counts the matters that were given, the form its rows."""
        rows = self._filled(self.cleaned_data)
        self.service_fields = {
            f"parts.{place}.{part}": f"{part}_{row}" for place, row in enumerate(rows) for part in _PARTS
        } | {"parts": "subject_1"}
        super().refuse(refusal)

    def _filled(self, given: dict[str, Any]) -> list[int]:
        return [row for row in range(1, ROWS + 1) if given.get(f"subject_{row}")]

    def _typed(self, given: dict[str, Any], row: int) -> bool:
        return any(given.get(f"{part}_{row}") for part in _PARTS)


class OneMatterForm(ActForm):
    """Which matter: one of those with which the person may do this now."""

    verb: Verb

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        allowed = permissions.allowed_verbs(self.user, self.complaint)
        split = matters.of(self.user, self.complaint, allowed=allowed)
        self.entries = [entry for entry in split.entries if self.verb in entry.verbs]
        self.fields["matter"] = forms.TypedChoiceField(
            choices=[(entry.matter.number, str(entry.matter)) for entry in self.entries],
            coerce=int,
            label=_("Matter"),
            error_messages={
                "invalid_choice": _("This is not possible with that matter now, or not for you. Look at it again.")
            },
        )
        self.order_fields(["matter"])

    @property
    def chosen(self) -> MatterEntry | None:
        """The matter that the address chose, or the first."""
        wanted = str(self.initial.get("matter", ""))
        named = (entry for entry in self.entries if str(entry.matter.number) == wanted)
        return next(named, self.entries[0] if self.entries else None)

    def said(self) -> dict[str, Any]:
        """The matter by its number."""
        said = super().said()
        return said | {"number": said.pop("matter")}


class SettleMatterForm(OneMatterForm):
    """How one matter ended."""

    verb = Verb.SETTLE_MATTER
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        label=_("Outcome"),
        widget=forms.RadioSelect,
        help_text=_("“Withdrawn” only when the complainant has taken this matter back."),
    )
    finding = Words(
        label=_("What the complainant is told of it"),
        help_text=_("The complainant reads this when we answer, not before."),
        rows=4,
    )
    reasons = Words(label=_("Findings and reasons"), help_text=_("For the file: only the office reads this."), rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        current = self.chosen.current if self.chosen is not None else None
        if current is not None:
            said = {"outcome": current.outcome, "finding": current.finding, "reasons": current.reasons}
            self.initial = {**said, **self.initial}

    def said(self) -> dict[str, Any]:
        """The outcome as the service's own type."""
        said = super().said()
        return said | {"outcome": Outcome(said["outcome"])}


class DropMatterForm(OneMatterForm):
    """Why it is none."""

    verb = Verb.DROP_MATTER
    reasons = Words(
        label=_("Why it is no matter of this letter"),
        help_text=_("For the file: only the office reads this."),
        rows=3,
    )


class SplitOffForm(OneMatterForm):
    """Where the matter goes on, and what the complainant is told."""

    verb = Verb.SPLIT_OFF
    track = forms.ChoiceField(choices=Track.choices, label=_("What it is"), widget=forms.RadioSelect)
    category = TreeField(
        queryset=Category.objects.filter(is_active=True),
        required=False,
        label=_("Category"),
        empty_label=_("As the matter has it"),
    )
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        required=False,
        label=_("Which department takes it"),
        empty_label=_("As the category says"),
    )
    message = Words(
        label=_("What the complainant is told"),
        help_text=_("The complainant reads this. The new reference is added by itself."),
        rows=4,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"track": self.complaint.track, **self.initial}
        files = list(self.complaint.attachments.order_by("id"))
        if files:
            self.fields["file_ids"] = forms.TypedMultipleChoiceField(
                choices=[(file.pk, file.name) for file in files],
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                label=_("Evidence that goes along"),
                help_text=_("Copied: it stays here as well."),
            )
        if leaves_with_consent(self.complaint):
            self.fields["consent"] = ConsentField()

    def said(self) -> dict[str, Any]:
        """The track as the service's own type."""
        said = super().said()
        return said | {"track": Track(said["track"])}
