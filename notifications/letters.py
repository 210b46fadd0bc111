"""Writing messages: plain text in the reader's language and time zone; a template's first line is the subject.

A template sees the `facts` it is given and nothing else, never the complaint itself: the class, notes, and other
internal words cannot slip into a letter to a complainant. No subject holds personal data beyond the reference.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from common import moments
from complaints.access import signed_link
from complaints.models import Complaint
from notifications.models import OutboxMessage

MOST_LISTED = 200
"""So many complaints are named in a digest; the rest are counted."""

MORNING = "morning"
"""The kind of the letter that tells all that waited for its reader's working hours."""

_ANY = "REFERENCE"

_LINK_KEY = re.compile(r"([?&]key=)[^\s&]+")


class Reader(NamedTuple):
    """Who reads a message, and how. A reader who is not of the staff is the complainant."""

    address: str
    language: str
    zone: str
    user: User | None = None

    @property
    def name(self) -> str:
        """Who it is, in keys: ids only."""
        return f"user:{self.user.id}" if self.user else "complainant"


class Letter(NamedTuple):
    """One piece of news for one reader. `facts`, the reference and a link are all that its template sees; a function
    is asked for them when the letter is written (most letters of a storm become digests, which need none).

    `not_before` is when the reader's office opens (UTC), where the news is to wait for that.
    """

    kind: str
    event_id: int
    reader: Reader
    complaint: Complaint
    facts: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = MappingProxyType({})
    not_before: datetime | None = None

    @property
    def key(self) -> str:
        """An event is told to a reader once."""
        return f"event:{self.event_id}:{self.reader.name}"

    @property
    def opens_thread(self) -> bool:
        """The receipt is the message that all later ones to the complainant answer."""
        return self.reader.user is None and self.kind == "register"


def staff_reader(user: User) -> Reader:
    """A member of the staff reads in their own language and zone."""
    return Reader(user.email, user.language, user.timezone, user)


def complainant_reader(complaint: Complaint) -> Reader:
    """The complainant reads in the language of the complaint and in the office's zone."""
    return Reader(complaint.complainant.email, complaint.language, settings.TIME_ZONE)


def write(letter: Letter) -> OutboxMessage:
    """The message as it is to be sent; not saved."""
    reader, complaint = letter.reader, letter.complaint
    link = dossier_link(complaint.reference) if reader.user else signed_link(complaint)
    given = letter.facts() if callable(letter.facts) else letter.facts
    facts = {"reference": complaint.reference, "link": link, **given}
    subject, body = _rendered(letter.kind, reader, facts)
    thread = _thread(complaint, reader)
    headers = (
        {"Message-ID": thread}
        if letter.opens_thread
        else {"Message-ID": message_id(letter.key), "In-Reply-To": thread, "References": thread}
    )
    return OutboxMessage(
        channel=channel(),
        kind=letter.kind,
        key=letter.key,
        recipient=reader.user,
        address=reader.address,
        language=reader.language,
        subject=subject,
        body=body,
        headers={**headers, **automatic()},
        complaint=complaint,
        **_held(letter.not_before),
    )


def write_notice(kind: str, reader: Reader, *, about: str, facts: Mapping[str, Any]) -> OutboxMessage:
    """A message that belongs to no complaint; not saved. What it is `about` is told to a reader once."""
    key = f"{about}:{reader.name}"
    subject, body = _rendered(kind, reader, facts)
    return OutboxMessage(
        channel=channel(),
        kind=kind,
        key=key,
        recipient=reader.user,
        address=reader.address,
        language=reader.language,
        subject=subject,
        body=body,
        headers={"Message-ID": message_id(key), **automatic()},
    )


def write_digest(letters: Sequence[Letter]) -> OutboxMessage:
    """One message in place of many of the same kind to the same reader; not saved."""
    first = letters[0]
    keys = hashlib.sha256(" ".join(sorted(letter.key for letter in letters)).encode()).hexdigest()[:32]
    key = f"digest:{first.kind}:{first.reader.name}:{keys}"
    items = [{"reference": letter.complaint.reference} for letter in letters]
    subject, body = _digest(first.kind, first.reader, items)
    return OutboxMessage(
        channel=channel(),
        kind=first.kind,
        key=key,
        recipient=first.reader.user,
        address=first.reader.address,
        language=first.reader.language,
        subject=subject,
        body=body,
        headers={"Message-ID": message_id(key), **automatic()},
        items=items,
        **_held(first.not_before),
    )


def fold_in(carrier: OutboxMessage, others: Sequence[OutboxMessage]) -> None:
    """Let one digest tell what others were going to tell the same reader, all of one kind; not saved.

    Messages about one complaint may be among them; `reference` is then that complaint's.
    """
    named = {item["reference"]: item for message in (carrier, *others) for item in items_of(message)}
    carrier.items = list(named.values())
    carrier.subject, carrier.body = _digest(carrier.kind, _reader_of(carrier), carrier.items)
    _gather_in(carrier)


def write_morning_letter(carrier: OutboxMessage, others: Sequence[OutboxMessage], *, order: Sequence[str]) -> None:
    """Let one letter tell all that waited for the reader's working hours, whatever its kind; not saved.

    `order` are the kinds of news, the most pressing first. A complaint is named once, with its most pressing news.
    """
    messages = sorted((carrier, *others), key=lambda message: order.index(message.kind))
    named: dict[str, dict[str, str]] = {}
    for message in messages:
        for item in items_of(message):
            named.setdefault(
                item["reference"], {"reference": item["reference"], "kind": item.get("kind", message.kind)}
            )
    carrier.items = list(named.values())
    carrier.subject, carrier.body = _rendered("morning", _reader_of(carrier), _morning_facts(carrier.items))
    carrier.kind = MORNING
    _gather_in(carrier)


def tell_only(message: OutboxMessage, items: Sequence[dict[str, str]]) -> None:
    """Let a digest, or a letter of the morning, tell only these of its complaints; not saved."""
    message.items = list(items)
    if message.kind == MORNING:
        message.subject, message.body = _rendered("morning", _reader_of(message), _morning_facts(message.items))
    else:
        message.subject, message.body = _digest(message.kind, _reader_of(message), message.items)


def without_keys(text: str) -> str:
    """The text with the signatures of its links left out, so that reading it opens nobody's case."""
    return _LINK_KEY.sub(r"\1…", text)


def message_id(key: str) -> str:
    """The same for the same key, so that a mail sent again after a crash can be recognised as the same."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{_domain()}>"


def automatic() -> dict[str, str]:
    """Headers that ask machines not to answer (RFC 3834; the second one is what Exchange listens to)."""
    return {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def channel() -> OutboxMessage.Channel:
    """Which way messages go: REDRESS_EMAIL_URL decides."""
    prints = settings.OUTBOX_EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend"
    return OutboxMessage.Channel.CONSOLE if prints else OutboxMessage.Channel.EMAIL


def _held(not_before: datetime | None) -> dict[str, Any]:
    return {} if not_before is None else {"not_before": not_before, "next_try_at": not_before}


def items_of(message: OutboxMessage) -> Sequence[Mapping[str, str]]:
    """The complaints that a message is about: those that a digest lists, or its own."""
    items: Sequence[Mapping[str, str]] = message.items
    if items or message.complaint is None:
        return items
    return [{"reference": message.complaint.reference}]


def _reader_of(message: OutboxMessage) -> Reader:
    if message.recipient:
        return staff_reader(message.recipient)
    return Reader(message.address, message.language, settings.TIME_ZONE)


def _gather_in(carrier: OutboxMessage) -> None:
    """A message about several complaints stands in no complaint's thread. Its Message-ID stays what it was."""
    carrier.complaint = None
    carrier.headers = {"Message-ID": carrier.headers["Message-ID"], **automatic()}


def _morning_facts(items: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    counts = Counter(item["kind"] for item in items)
    sections: dict[str, dict[str, Any]] = {}
    for item in items[:MOST_LISTED]:
        section = sections.setdefault(item["kind"], {"kind": item["kind"], "count": counts[item["kind"]], "items": []})
        section["items"].append({**item, "link": dossier_link(item["reference"])})
    return {
        "count": len(items),
        "sections": list(sections.values()),
        "more": max(0, len(items) - MOST_LISTED),
        "handover": settings.BASE_URL + reverse("notifications:handover"),
        "link": settings.BASE_URL + resolve_url(settings.LOGIN_REDIRECT_URL),
    }


def _digest(kind: str, reader: Reader, items: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    listed = [{**item, "link": dossier_link(item["reference"])} for item in items[:MOST_LISTED]]
    facts = {
        "kind": kind,
        "count": len(items),
        "items": listed,
        "more": len(items) - len(listed),
        "link": settings.BASE_URL + resolve_url(settings.LOGIN_REDIRECT_URL),
    }
    return _rendered("digest", reader, facts)


def dossier_link(reference: str) -> str:
    """The complaint's page for the staff, as an absolute address."""
    return settings.BASE_URL + _dossier_path().replace(_ANY, reference)


@cache
def _dossier_path() -> str:
    """The path of the page, with a place for the reference: a digest names hundreds of them."""
    return reverse("desk:dossier", args=[_ANY])


def _rendered(template: str, reader: Reader, facts: Mapping[str, Any]) -> tuple[str, str]:
    """The subject and the text. Moments among the facts, all of them deadlines, are written out in the reader's
    language and zone.
    """
    with translation.override(reader.language), timezone.override(ZoneInfo(reader.zone)):
        words = {name: _in_words(fact) if isinstance(fact, datetime) else fact for name, fact in facts.items()}
        text = render_to_string(f"emails/{template}.txt", words)
    subject, _line_end, body = text.strip().partition("\n")
    return subject.strip()[:250], _no_gaps(body)


def _in_words(deadline: datetime) -> str:
    return moments.full(moments.last_minute(deadline))


def _no_gaps(body: str) -> str:
    """At most one empty line in a row: template tags leave empty lines behind."""
    lines: list[str] = []
    for line in body.strip().splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def _thread(complaint: Complaint, reader: Reader) -> str:
    """What mail programs gather a complaint's messages under: one thread for the complainant, one for the staff."""
    audience = "desk" if reader.user else "case"
    return f"<{complaint.reference}.{audience}@{_domain()}>"


def _domain() -> str:
    return _domain_of(settings.DEFAULT_FROM_EMAIL)


@cache
def _domain_of(sender: str) -> str:
    _name, address = parseaddr(sender)
    return address.rpartition("@")[2] or "localhost"
