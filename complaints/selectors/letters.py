"""The final response as a letter: in the language of the complaint and in the office's time zone, whoever writes it.

It never holds the class, a note, or anything else that only the office knows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from common import moments, typesetting
from complaints.models import Complaint, Matter
from complaints.responding import Content, Part
from complaints.vocabulary import Outcome


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it: nothing where it is the heading of a matter."""

    heading: str
    text: str


@dataclass(frozen=True)
class Letter:
    """A letter in the complainant's language, ready to be shown, mailed and printed."""

    reference: str
    language: str
    written_at: datetime
    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    signature: Sequence[tuple[str, str]]
    foot: str

    def plain(self) -> str:
        """As a message: the sections one after the other."""
        return "\n\n".join(f"{section.heading}\n{section.text}".strip() for section in self.sections)

    def pdf(self) -> bytes:
        """On paper."""
        blocks: list[typesetting.Block] = [typesetting.Facts(self.facts)]
        for section in self.sections:
            blocks.append(typesetting.Heading(section.heading))
            if section.text:
                blocks.append(typesetting.Paragraph(section.text))
        blocks.append(typesetting.Facts(self.signature))
        return typesetting.pdf(
            title=self.title, blocks=blocks, foot=self.foot, language=self.language, written_at=self.written_at
        )


def letter(complaint: Complaint, content: Content, *, signed_by: User | None, at: datetime) -> Letter:
    """The letter with this content. While nobody has signed it, every page says that it is a draft."""
    with read_by_complainant(complaint):
        return Letter(
            reference=complaint.reference,
            language=complaint.language,
            written_at=at,
            title=_("Our final response to your complaint %(reference)s") % {"reference": complaint.reference},
            facts=_facts(complaint, content, at),
            sections=_sections(complaint, content),
            signature=_signature(complaint, signed_by),
            foot=_foot(complaint, signed_by),
        )


def _facts(complaint: Complaint, content: Content, at: datetime) -> list[tuple[str, str]]:
    facts = [
        (_("To"), complaint.complainant.name),
        (_("Date"), moments.day(at)),
        (_("Your complaint"), complaint.subject),
        (_("Received on"), moments.day(complaint.received_at)),
        (_("Our decision"), str(content.outcome.label) if content.outcome else ""),
    ]
    return [(word, fact) for word, fact in facts if fact]


def _sections(complaint: Complaint, content: Content) -> list[Section]:
    """The whole first, then each matter with its own parts, then what follows for the whole."""
    numbers = sorted({text.matter for text in content.texts if text.matter})
    named = {matter.number: matter for matter in complaint.matters.filter(number__in=numbers)} if numbers else {}
    before = (Part.CONCERN, Part.CONSIDERED) if numbers else tuple(Part)
    sections = [_section(part, content) for part in before]
    for number in numbers:
        sections.append(Section(_matter_heading(number, named.get(number)), ""))
        sections += [
            Section(str(part.label), content.text(part, number)) for part in Part if content.text(part, number)
        ]
    if numbers:
        sections += [_section(part, content) for part in Part if part not in before]
    return [section for section in sections if section is not None]


def _section(part: Part, content: Content) -> Section | None:
    """One part about the whole; None where it says nothing."""
    text = content.text(part)
    if part == Part.RECOURSE and content.until is not None:
        limit = _("For turning to somebody outside our house you have until %(day)s.") % {"day": _day(content.until)}
        text = f"{text}\n{limit}" if text else limit
    return Section(str(part.label), text) if text else None


def _matter_heading(number: int, matter: Matter | None) -> str:
    heading = _("Matter %(number)d: %(subject)s") % {"number": number, "subject": matter.subject if matter else ""}
    if matter is None or not matter.outcome:
        return heading
    return _("%(matter)s (%(outcome)s)") % {"matter": heading, "outcome": Outcome(matter.outcome).label}


def _signature(complaint: Complaint, signed_by: User | None) -> list[tuple[str, str]]:
    if signed_by is None:
        return []
    place = signed_by.department or complaint.department
    return [(_("Signature"), _("%(name)s, %(department)s") % {"name": signed_by.name, "department": place.label()})]


def _foot(complaint: Complaint, signed_by: User | None) -> str:
    foot = f"{complaint.reference} · {complaint.department.label()}"
    return foot if signed_by is not None else _("%(foot)s · Draft, not sent") % {"foot": foot}


def _day(day: date) -> str:
    # Translators: a date format of Django: weekday, day, month and year.
    return date_format(day, _("l j F Y"))


@contextmanager
def read_by_complainant(complaint: Complaint) -> Iterator[None]:
    """Words and moments as the complainant reads them."""
    with translation.override(complaint.language), timezone.override(ZoneInfo(settings.TIME_ZONE)):
        yield
