"""A complaint still being written on the public form: kept, sent, or swept out.

The draft is found by a key that only the visitor's cookie holds; we keep its digest. The secret of the case is
made from that key and the server's own, so the receipt can be shown again for an hour after sending (a lost answer
on a slow line, a reload) although the secret is stored nowhere, and sending twice files once.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from complaints import references
from complaints.errors import Invalid
from complaints.models import Complaint, Draft, DraftFile
from complaints.services import evidence, intake
from complaints.vocabulary import Channel

KEPT_FOR = timedelta(days=14)
"""How long after the last change a draft can be taken up again."""

RECEIPT_LASTS = timedelta(hours=1)
"""How long after sending the receipt can be shown again in the same browser."""

BATCH = 500
"""Drafts swept out in one transaction."""

_STEPS, _SENT, _CHANNEL = "steps", "sent", "channel"

Answers = Mapping[str, Sequence[str]]
"""What was typed in one step, as the browser sent it: field → values. It may still be wrong."""


@dataclass(frozen=True)
class Begun:
    """A new draft and its key: the only moment at which the key is known here."""

    draft: Draft
    key: str


def begin(*, channel: Channel = Channel.WEB) -> Begun:
    """Start an empty draft; `channel` is the way by which the complaint will have come."""
    key = secrets.token_urlsafe(32)
    answers = {} if channel == Channel.WEB else {_CHANNEL: str(channel)}
    return Begun(Draft.objects.create(key_digest=_digest(key), answers=answers), key)


def find(key: str) -> Draft | None:
    """The unsent draft that this key opens, unless it has become too old."""
    draft = Draft.objects.filter(key_digest=_digest(key), updated_at__gt=timezone.now() - KEPT_FOR).first()
    return None if draft is None or _SENT in draft.answers else draft


def typed(draft: Draft | None, step: str) -> Answers | None:
    """What was typed in this step so far; None when the step was never shown its answers."""
    steps: dict[str, Answers] = draft.answers.get(_STEPS, {}) if draft is not None else {}
    return steps.get(step)


@transaction.atomic
def keep(*, draft_id: int, step: str, answers: Answers) -> Draft:
    """Keep what was typed in one step, right or wrong. NUL characters, which PostgreSQL cannot hold, are left out."""
    draft = _held(draft_id)
    clean = {field: [value.replace("\x00", "") for value in values] for field, values in answers.items()}
    draft.answers = {**draft.answers, _STEPS: {**draft.answers.get(_STEPS, {}), step: clean}}
    return _touch(draft, "answers")


@transaction.atomic
def add_file(*, draft_id: int, file: evidence.CheckedFile) -> DraftFile:
    """Keep a checked file with the draft. Raises FileRefused beyond the number of files taken."""
    return evidence.keep_for_draft(_touch(_held(draft_id)), file)


@transaction.atomic
def remove_file(*, draft_id: int, file_id: int) -> None:
    """Take a file out again and delete its bytes; one that is gone already is no error."""
    for file in _held(draft_id).files.filter(pk=file_id):
        _delete_with_bytes(file)


@transaction.atomic
def discard(*, draft_id: int) -> None:
    """Delete the draft and its files: the visitor starts anew, or has kept the receipt."""
    for draft in Draft.objects.select_for_update().filter(pk=draft_id):
        _delete_draft(draft)


@transaction.atomic
def send(*, draft_id: int, key: str, registration: intake.Registration) -> Complaint:
    """File the complaint with the draft's files. Sent again, it answers the complaint filed the first time.

    The files stay where they lie and change owner, so a refusal leaves nothing half moved.
    Raises Invalid as `intake.register` does, or when the draft is no longer kept.
    """
    draft = _held(draft_id)
    if _SENT in draft.answers:
        return Complaint.objects.get(pk=draft.answers[_SENT])
    came_by = replace(registration, channel=Channel(draft.answers.get(_CHANNEL, Channel.WEB)))
    complaint = intake.register(registration=came_by, by=None, access_secret=_secret(key)).complaint
    for kept in draft.files.all():
        file = evidence.CheckedFile(kept.file, kept.name, kept.content_type, kept.size, kept.sha256)
        evidence.keep(complaint, file, by=None, internal=False)
    draft.files.all().delete()
    draft.answers = {_SENT: complaint.pk}
    _touch(draft, "answers")
    return complaint


def receipt(key: str) -> intake.Registered | None:
    """The complaint sent with this key and its secret, while the receipt lasts."""
    draft = Draft.objects.filter(key_digest=_digest(key), updated_at__gt=timezone.now() - RECEIPT_LASTS).first()
    if draft is None or _SENT not in draft.answers:
        return None
    complaint = Complaint.objects.select_related("complainant").get(pk=draft.answers[_SENT])
    secret = _secret(key)
    if not constant_time_compare(references.digest(secret), complaint.access_digest):
        return None  # the server's key has changed since, or the case was given a new secret
    return intake.Registered(complaint, secret)


def forget_receipt(*, key: str) -> None:
    """The visitor has kept the receipt: it is not shown again."""
    Draft.objects.filter(key_digest=_digest(key), answers__has_key=_SENT).delete()


def sweep_out(*, now: datetime) -> int:
    """Delete drafts nobody took up again, with their files, and sent ones whose receipt has lapsed; how many."""
    swept = 0
    while batch := _sweep_batch(now):
        swept += batch
    return swept


@transaction.atomic
def _sweep_batch(now: datetime) -> int:
    leftovers = Draft.objects.select_for_update(skip_locked=True).filter(
        Q(updated_at__lte=now - KEPT_FOR) | Q(updated_at__lte=now - RECEIPT_LASTS, answers__has_key=_SENT)
    )[:BATCH]
    return sum(_delete_draft(draft) for draft in leftovers)


def _delete_draft(draft: Draft) -> int:
    """Bytes first: if we stop between the two, the rows remain and the next sweep ends the work."""
    for file in draft.files.all():
        _delete_with_bytes(file)
    draft.delete()
    return 1


def _delete_with_bytes(file: DraftFile) -> None:
    file.file.delete(save=False)
    file.delete()


def _held(draft_id: int) -> Draft:
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise Invalid(_("This draft is no longer kept. Please begin the form again."))
    return draft


def _touch(draft: Draft, *fields: str) -> Draft:
    draft.updated_at = timezone.now()
    draft.save(update_fields=["updated_at", *fields])
    return draft


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _secret(key: str) -> str:
    return references.secret_from(salted_hmac("complaints.drafts.secret", key, algorithm="sha256").digest())
