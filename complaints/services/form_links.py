"""A link to the public form that somebody on the phone is sent, with what they said already filled in. (M20: S2-57.)

It is opened once: what was filled in becomes a draft in that browser. They look at it, complete it and send it
themselves.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from complaints import permissions
from complaints.models import FormLink
from complaints.services import drafts
from complaints.services.drafts import Answers, Begun
from complaints.vocabulary import Channel

LASTS = timedelta(days=3)
"""How long a link can be opened."""


@dataclass(frozen=True)
class Made:
    """A new link and its key: the only moment at which the key is known here."""

    link: FormLink
    key: str


@transaction.atomic
def make(*, by: User, answers: Mapping[str, Answers], channel: Channel = Channel.SMS) -> Made:
    """Make a link for somebody, with the `answers` of some steps of the form. Raises NotAllowed for a person who may
    not register complaints.
    """
    permissions.check_register(by, backdated=False)
    key, now = secrets.token_urlsafe(16), timezone.now()
    link = FormLink.objects.create(
        key_digest=_digest(key),
        answers=dict(answers),
        channel=channel,
        made_by=by,
        made_at=now,
        expires_at=now + LASTS,
    )
    return Made(link, key)


def waits(key: str) -> bool:
    """Whether a link with this key can still be opened."""
    return FormLink.objects.filter(key_digest=_digest(key), expires_at__gt=timezone.now()).exists()


@transaction.atomic
def open_link(*, key: str) -> Begun | None:
    """Begin a draft with what was filled in; the link is gone then. None for one that was opened or has expired."""
    link = FormLink.objects.select_for_update().filter(key_digest=_digest(key), expires_at__gt=timezone.now()).first()
    if link is None:
        return None
    begun = drafts.begin(channel=Channel(link.channel))
    for step, answers in link.answers.items():
        drafts.keep(draft_id=begun.draft.pk, step=step, answers=answers)
    link.delete()
    return begun


def sweep_out() -> int:
    """Delete what nobody opened in time; how many."""
    deleted, _each = FormLink.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
