"""Clearing up: drafts nobody took up again, memories of old API calls, sessions that have ended, stray files."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.core.files.storage import default_storage

from complaints.models import Attachment, DraftFile, IdempotentCreate
from complaints.services import drafts, form_links

log = logging.getLogger(__name__)

IDEMPOTENCY_KEPT_FOR = timedelta(days=7)
"""How long a program may repeat a create with the same key and get the same answer."""


def sweep_out(*, now: datetime) -> None:
    """Delete what has had its time. Each part can be repeated at will."""
    drafts.sweep_out(now=now)
    form_links.sweep_out()
    IdempotentCreate.objects.filter(created_at__lte=now - IDEMPOTENCY_KEPT_FOR).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


FOLDERS = ("drafts", "evidence")
"""Where files that people send are kept; nothing else in the store is looked at."""

FILES_SETTLE_WITHIN = timedelta(days=1)
"""So long an act may take between storing its file and committing the row that names it."""

MOST_ORPHANS = 200
"""More stray files than this are not what undone acts leave behind."""


def sweep_out_files(*, now: datetime) -> int:
    """Remove stored files that no row names: bytes do not go back when the act that brought them is undone.

    Says how many went. Where there are more than `MOST_ORPHANS`, the files belong to another database or to a later
    time than the dump that was restored: nothing is removed, and the log says so.
    """
    orphans = [name for folder in FOLDERS for name in _orphans(folder, now - FILES_SETTLE_WITHIN)]
    if len(orphans) > MOST_ORPHANS:
        log.error(
            "%s files in the store are named by no row of this database: none is removed. Was an older dump restored?",
            len(orphans),
        )
        return 0
    for name in orphans:
        default_storage.delete(name)
        log.info("stray file %s removed: no row names it", name)
    return len(orphans)


def _orphans(folder: str, before: datetime) -> Iterator[str]:
    """The files below a folder that no row names and that were stored before that moment, folder by folder."""
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    for below in folders:
        yield from _orphans(f"{folder}/{below}", before)
    if not files:
        return
    # In this order: a file moves from its draft to the complaint in one transaction, so one of the two names it.
    named = set(DraftFile.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
    named |= set(Attachment.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
    for file in files:
        name = f"{folder}/{file}"
        if name not in named and default_storage.get_modified_time(name) < before:
            yield name
