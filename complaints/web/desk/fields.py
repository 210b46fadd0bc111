"""Fields that several forms of the desk share: long text, evidence, a tree to choose from, a complaint's reference."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import moments
from complaints import permissions, references
from complaints.errors import FileRefused
from complaints.limits import MAX_TEXT, too_long
from complaints.models import Complaint
from complaints.services import evidence
from complaints.services.evidence import CheckedFile

MOMENT_FORMAT = "%Y-%m-%dT%H:%M"
INDENT = "\u2003"  # an em space: a browser keeps it, where it would drop ordinary ones


def name_what_is_missing(form: forms.BaseForm) -> None:
    """Let each field say by its name that it is empty, or too small or too large a number: a summary of errors is read
    before the fields are.
    """
    for field in form.fields.values():
        chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
        sentence = _("“%(field)s”: choose one.") if chosen else _("“%(field)s” may not be empty.")
        if isinstance(field, forms.FileField):
            sentence = _("“%(field)s”: choose one to add.")
        elif isinstance(field, forms.BooleanField):
            sentence = _("“%(field)s”: tick this to go on.")
        field.error_messages["required"] = str(sentence) % {"field": field.label}
        field.validators = [_naming(validator, field) for validator in field.validators]


def _naming(validator: Callable[[Any], None], field: forms.Field) -> Callable[[Any], None]:
    """The same limit of a number, told with the name of its field; everything else as it is."""
    if isinstance(validator, MinValueValidator):
        sentence = _("“%(field)s” must be at least %(limit)s.")
    elif isinstance(validator, MaxValueValidator):
        sentence = _("“%(field)s” must be at most %(limit)s.")
    else:
        return validator
    told = str(sentence) % {"field": field.label, "limit": validator.limit_value}
    return type(validator)(validator.limit_value, message=told.replace("%", "%%"))


class Words(forms.CharField):
    """Text as long as the office takes.

    The browser gets no `maxlength`: it would cut off what somebody pastes, without a word.
    """

    def __init__(self, *, limit: int = MAX_TEXT, rows: int = 4, **options: Any) -> None:
        self.limit = limit
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)

    def validate(self, value: Any) -> None:
        """Refuse what is too long with the same sentence as the services."""
        super().validate(value)
        for sentences in too_long({"text": (value, self.limit)}).values():
            raise ValidationError(sentences)


class Line(Words):
    """One line of text."""

    def __init__(self, *, limit: int = 200, **options: Any) -> None:
        super().__init__(limit=limit, widget=options.pop("widget", None) or forms.TextInput(), **options)


class MomentField(forms.DateTimeField):
    """A moment in the person's own time zone, from the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT)
        super().__init__(widget=widget, input_formats=[MOMENT_FORMAT, f"{MOMENT_FORMAT}:%S"], **options)


class EvidenceInput(forms.FileInput):
    """A file input that names the kinds of files that are taken."""

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ",".join(evidence.ACCEPTED_SUFFIXES)})


class SeveralFilesInput(EvidenceInput):
    """The same for several files at once."""

    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """A file whose bytes are looked at; what is refused is refused in a sentence."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", EvidenceInput())
        super().__init__(allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> CheckedFile | None:
        """The checked file, or None when there is none and none is needed."""
        file = super().clean(data, initial)
        return _checked(file) if file else None


class SeveralFilesField(EvidenceField):
    """Several files; every one that is refused is named."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=SeveralFilesInput(), **options)

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:  # type: ignore[override]  # several, not one
        """The checked files. Raises ValidationError with a sentence for each file refused."""
        files, refusals = [], []
        for each in data or []:
            try:
                files.append(_checked(forms.FileField.clean(self, each, initial)))
            except ValidationError as refusal:
                refusals.extend(refusal.error_list)
        if refusals:
            raise ValidationError(refusals)
        return files


def _checked(file: Any) -> CheckedFile:
    try:
        return evidence.check_file(file)
    except FileRefused as refusal:
        raise ValidationError(str(refusal)) from None


class _TreeIterator(ModelChoiceIterator):
    """The rows of a tree, each below the one it belongs to, further in the deeper it lies. One query."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        rows: Sequence[Any] = list(self.queryset)
        present = {row.pk for row in rows}
        below: dict[int | None, list[Any]] = {}
        for row in rows:
            below.setdefault(row.parent_id if row.parent_id in present else None, []).append(row)
        for row, depth in _walk(below, None, 0):
            yield (self.field.prepare_value(row), INDENT * depth + row.label())


def _walk(below: dict[int | None, list[Any]], parent: int | None, depth: int) -> Iterator[tuple[Any, int]]:
    for row in below.get(parent, []):
        yield row, depth
        yield from _walk(below, row.pk, depth + 1)


class TreeField(forms.ModelChoiceField):
    """A department or a category, shown as the tree it stands in."""

    iterator = _TreeIterator


class PersonField(forms.ModelChoiceField):
    """Somebody of the staff, with the department they are at home in, and until when they are away if they are."""

    def label_from_instance(self, obj: Model) -> str:
        """Name and department, in the reader's language."""
        person: Any = obj
        label = str(person)
        if person.department is not None:
            label = _("%(name)s, %(department)s") % {"name": person, "department": person.department.label()}
        away_until: datetime | None = getattr(person, "away_until", None)
        if away_until is None:
            return label
        # Translators: a person in a list to choose from, who is not there at the moment.
        return _("%(person)s (away until %(until)s)") % {"person": label, "until": moments.short(away_until)}


class ConsentField(forms.BooleanField):
    """Whether the complainant agrees."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label=_("The complainant agrees"),
            help_text=_("This complaint is confidential: ask them first, and say to whom it would be open."),
        )


class ReferenceField(forms.CharField):
    """Another complaint, named by its reference; only those count that the person sees."""

    default_error_messages: ClassVar = {
        "unreadable": _("This is not a reference. It looks like R26-004217-K; its last letter guards the digits."),
        "unknown": _("There is no complaint with this reference, or it is not open to you."),
    }

    def __init__(self, *, user: User, **options: Any) -> None:
        self.user = user
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Complaint | None:
        """The complaint, or None when nothing was typed and nothing is needed."""
        typed = super().clean(value)
        if not typed:
            return None
        reference = references.normalise(typed)
        if reference is None:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        complaint = permissions.visible_to(self.user).filter(reference=reference).first()
        if complaint is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return complaint
