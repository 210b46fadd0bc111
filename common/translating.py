"""Collecting the words on screen, and saying which are not translated. Needs no gettext on the system."""

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LANGUAGES = ("zh_Hant", "zh_Hans")
_KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_SKIPPED = {".venv", "data", "tests", "bench", "launch", "locale", "migrations", "node_modules"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def collect(root: Path) -> Catalog:
    """Every translatable string of the Python files and templates below `root`."""
    catalog = Catalog(project="Redress", charset="utf-8")
    for path in _sources(root):
        for line, message, context in _strings(path):
            catalog.add(message, context=context, locations=[(str(path.relative_to(root)), line)])
    return catalog


def po_file(root: Path, language: str) -> Path:
    """Where a language's words are kept."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def update(root: Path, language: str, template: Catalog) -> int:
    """Bring a language's file up to date with the strings collected; returns how many lack a translation.

    Translations of strings that are still there are kept, strings that are gone are dropped, nothing is guessed.
    """
    path = po_file(root, language)
    fresh = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment=f"# Redress in {language}.")
    known = _read(path, language)
    for message in template:
        if message.id:
            old = known.get(message.id, message.context)
            fresh.add(
                message.id,
                string=old.string if old else None,
                context=message.context,
                flags=message.flags,
            )
    written = io.BytesIO()
    write_po(written, fresh, sort_output=True, omit_header=False, width=110)
    text = re.sub(
        r'"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team)[^\n]*\n',
        "",
        (written.getvalue().decode()),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return sum(not _is_translated(message) for message in fresh if message.id)


def faults(root: Path, language: str, template: Catalog) -> Iterator[str]:
    """What is missing or wrong in a language's file, one sentence each."""
    known = _read(po_file(root, language), language)
    for message in template:
        if not message.id:
            continue
        where = f"{message.locations[0][0]}:{message.locations[0][1]}"
        first = message.id if isinstance(message.id, str) else message.id[0]
        translated = known.get(message.id, message.context)
        if translated is None or not _is_translated(translated):
            yield f"{language}: not translated: {first!r} ({where})"
        elif any(_placeholders(text) - _placeholders(*_texts(message.id)) for text in _texts(translated.string)):
            yield f"{language}: other placeholders than the original: {first!r} ({where})"
        elif not isinstance(message.id, str) or _placeholders(first) <= _placeholders(*_texts(translated.string)):
            continue
        else:
            yield f"{language}: a placeholder is missing: {first!r} ({where})"


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _sources(root: Path) -> Iterator[Path]:
    for folder, below, files in os.walk(root):
        below[:] = sorted(set(below) - _SKIPPED)  # not walked into
        for path in (Path(folder, name) for name in sorted(files)):
            if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in path.parts):
                yield path


def _strings(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        method, text = "python", source
    else:
        method, text = "javascript", templatize(source, origin=str(path))  # what it makes is no Python, only calls
    for line, message, _comments, context in extract(method, io.BytesIO(text.encode()), keywords=_KEYWORDS):
        yield line, message, context


def _texts(string: str | Iterable[str] | None) -> list[str]:
    return [string or ""] if string is None or isinstance(string, str) else list(string)


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(_texts(message.string))


def _placeholders(*texts: str) -> set[str]:
    return {placeholder for text in texts for placeholder in _PLACEHOLDER.findall(text)}
