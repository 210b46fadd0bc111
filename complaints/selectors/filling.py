"""Filling in a reply template for one complaint: every value as the complainant may read it. Reads only.

Words and moments are in the language of the text and in the office's time zone, whoever uses the template. What is not
known, or not theirs to know, stays a placeholder. (docs/guides.md)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from common import moments
from complaints import placeholders
from complaints.limits import check_promised
from complaints.models import Complaint, ReplyTemplate
from complaints.placeholders import Placeholder
from complaints.selectors import contact

_NextPromised = Callable[[Complaint, datetime], datetime | None]


@dataclass(frozen=True)
class FilledTemplate:
    """A template with what is known filled in. `wanted` is the complainant's language, `language` that of the text."""

    template: ReplyTemplate
    wanted: str
    language: str
    subject: str
    body: str
    missing: tuple[Placeholder, ...]

    @property
    def text(self) -> str:
        """As it goes into a message: the subject on a line of its own, then the text."""
        return f"{self.subject}\n\n{self.body}" if self.subject else self.body

    @property
    def falls_back(self) -> bool:
        """Whether the template is not written in the complainant's language."""
        return self.language != self.wanted

    @property
    def remarks(self) -> list[str]:
        """What whoever uses it has to see to, in their own language."""
        said = []
        if self.falls_back:
            names = {code: str(name) for code, name in settings.LANGUAGES}
            said.append(
                _(
                    "“%(template)s” is not written in %(wanted)s, the complainant's language. This is the text in"
                    " %(language)s: translate it before you send it."
                )
                % {
                    "template": self.template.label(),
                    "wanted": names[self.wanted],
                    "language": names[self.language],
                }
            )
        if self.missing:
            said.append(placeholders.gaps(" ".join(f"{{{each}}}" for each in self.missing)))
        return said


def fill(
    template: ReplyTemplate, complaint: Complaint, *, by: User, at: datetime, promise_until: datetime | None = None
) -> FilledTemplate:
    """The template for this complaint, written by that person at that moment.

    `promise_until` is a date that is promised with the same message: it is then the next one promised. Raises Invalid
    when nobody may promise it.
    """
    if promise_until is not None:
        check_promised("promise_until", promise_until, at)
    language = template.language_for(complaint.language)
    text = template.texts[language]
    with translation.override(language), timezone.override(ZoneInfo(settings.TIME_ZONE)):
        values = _values(complaint, by, at, promise_until)
    subject = placeholders.fill(text.get("subject", ""), values)
    body = placeholders.fill(text["body"], values)
    return FilledTemplate(
        template=template,
        wanted=complaint.language,
        language=language,
        subject=subject.text,
        body=body.text,
        missing=tuple(dict.fromkeys((*subject.missing, *body.missing))),
    )


def _values(complaint: Complaint, by: User, at: datetime, promise_until: datetime | None) -> Mapping[Placeholder, str]:
    person = complaint.complainant
    due_at = promise_until or _next_promised(complaint, at)
    return {
        Placeholder.REFERENCE: complaint.reference,
        Placeholder.NAME: "" if person.anonymous else person.name,
        Placeholder.SUBJECT: complaint.subject,
        Placeholder.CATEGORY: complaint.category.label() if complaint.category else "",
        Placeholder.RECEIVED_ON: moments.day(complaint.received_at),
        Placeholder.TODAY: moments.day(at),
        Placeholder.HOLDER: contact.contact_of(complaint).name,
        Placeholder.CONTACT: contact.in_one_line(complaint),
        Placeholder.DEPARTMENT: complaint.department.label(),
        Placeholder.SENDER: contact.name_shown(by, complaint),
        Placeholder.DUE_DATE: moments.full(moments.last_minute(due_at)) if due_at is not None else "",
        Placeholder.LINK: f"{settings.BASE_URL}{reverse('portal:case', args=[complaint.reference])}",
    }


def _next_promised(complaint: Complaint, at: datetime) -> datetime | None:
    """Deadlines belong to another app; settings.COMPLAINT_NEXT_PROMISED names the function that knows them."""
    known: _NextPromised = import_string(settings.COMPLAINT_NEXT_PROMISED)
    return known(complaint, at)
