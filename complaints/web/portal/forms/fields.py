"""The fields of the public forms: one line, several, files; and refusals put beside the fields they name."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise

from complaints.limits import MAX_LINE, MAX_TEXT, too_long
from complaints.services.evidence import ACCEPTED_SUFFIXES


class PlainText(forms.CharField):
    """Text as people paste it: NUL characters go, line ends become one character, too much is told in numbers."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.most = self.max_length = (
            most  # set late: no `maxlength` on the page, where it would cut what is pasted unseen
        )

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(str(value or "").replace("\x00", "").replace("\r\n", "\n")))
        for sentences in too_long({"text": (text, self.most)}).values():
            raise forms.ValidationError(sentences, code="too_long")
        return text


def line(label: Promise, *, most: int = MAX_LINE, autocomplete: str = "off", **options: Any) -> PlainText:
    """One line; `autocomplete` is a token of HTML."""
    return PlainText(most=most, label=label, widget=forms.TextInput({"autocomplete": autocomplete}), **options)


def words(label: Promise, *, rows: int = 6, **options: Any) -> PlainText:
    """Several lines."""
    return PlainText(most=MAX_TEXT, label=label, widget=forms.Textarea({"rows": rows}), **options)


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files. They are looked at by `services.evidence`, not here."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return list(data or [])


def files(label: Any, **options: Any) -> FilesField:
    """Several files of the kinds that are taken, or none."""
    return FilesField(
        label=label,
        required=False,
        widget=SeveralFiles({"multiple": True, "accept": ",".join(ACCEPTED_SUFFIXES)}),
        **options,
    )


def add_refusals(form: forms.Form, errors: Mapping[str, Sequence[Any]], *, otherwise: str | None) -> None:
    """Put the sentences of a refusal beside the fields they name; those of other fields beside `otherwise`, or above
    the form.
    """
    for field, sentences in errors.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else otherwise, sentence)
