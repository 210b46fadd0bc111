"""Files: the type is what the bytes say, never what the name claims. (Design section 3, mission M19.)"""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO
from uuid import uuid4

import filetype
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from accounts.models import User
from complaints import events, lifecycle, permissions, selectors
from complaints.errors import FileRefused, Invalid, invalid
from complaints.lifecycle import Status, Verb
from complaints.models import Attachment, Complaint, Draft, DraftFile, InvestigationEntry, Message, Remedy, Task

_IMAGES = {"image/png": {"png"}, "image/jpeg": {"jpg", "jpeg"}, "image/gif": {"gif"}, "image/webp": {"webp"}}
_TYPES: dict[str, set[str]] = {
    **_IMAGES,
    "application/pdf": {"pdf"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"xlsx"},
    "application/vnd.oasis.opendocument.text": {"odt"},
    "audio/mpeg": {"mp3"},
    "audio/mp4": {"m4a"},
    "audio/x-wav": {"wav"},
    "audio/ogg": {"ogg", "oga"},
    "audio/amr": {"amr"},
    "video/mp4": {"mp4"},
    "video/quicktime": {"mov"},
    "text/plain": {"txt", "csv"},
}
_MAX_NAME = 200

ACCEPTED_SUFFIXES = sorted(f".{suffix}" for suffixes in _TYPES.values() for suffix in suffixes)
"""For the `accept` attribute of file inputs, and for help texts."""


@dataclass(frozen=True)
class CheckedFile:
    """A file whose bytes were looked at."""

    file: File
    name: str
    content_type: str
    size: int
    sha256: str


def check_file(file: File) -> CheckedFile:
    """Look at an uploaded file.

    Raises FileRefused, naming the file, when it is empty, too large, of a kind that is not taken, or when its
    bytes are not what its name says.
    """
    name = _shortened(PurePath(str(file.name or "").replace("\\", "/")))
    size = int(file.size or 0)
    if size == 0:
        raise _refused(_("“%(name)s” is empty.") % {"name": name})
    if size > settings.EVIDENCE_MAX_BYTES:
        raise _refused(
            _("“%(name)s” has %(size)d MB; at most %(limit)d MB are taken. Make it smaller or send it in parts.")
            % {"name": name, "size": -(-size // 1024**2), "limit": settings.EVIDENCE_MAX_BYTES // 1024**2}
        )
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if f".{suffix}" not in ACCEPTED_SUFFIXES:
        raise _refused(
            _("“%(name)s”: files of this kind are not taken. Send one of these: %(kinds)s.")
            % {"name": name, "kinds": ", ".join(ACCEPTED_SUFFIXES)}
        )
    file.seek(0)
    content_type = _sniff(file)
    if content_type is None or suffix not in _TYPES.get(content_type, set()):
        raise _refused(_("“%(name)s” is not what its name says. Save it again in its own format.") % {"name": name})
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    file.name = f"{uuid4().hex}.{suffix}"  # in the store; theirs may be too long for a disk, and may name people
    return CheckedFile(file, name, content_type, size, digest.hexdigest())


@transaction.atomic
def attach(
    *,
    complaint_id: int,
    by: User,
    file: CheckedFile,
    internal: bool,
    task_number: int | None = None,
    entry_number: int | None = None,
    remedy_number: int | None = None,
) -> Attachment:
    """Add evidence to a complaint, or a photo or paper to one of its tasks, which those who do the task may add as
    well, or what shows a recorded fact, or that a remedy was carried out. `internal` files are never shown to the
    complainant.
    """
    complaint = selectors.locked(complaint_id)
    task = complaint.tasks.filter(number=task_number).first() if task_number is not None else None
    if task_number is not None and task is None:
        raise invalid("task", _("The complaint has no task with this number."))
    entry = complaint.investigation.filter(number=entry_number).first() if entry_number is not None else None
    if entry_number is not None and entry is None:
        raise invalid("entry", _("The complaint has no recorded fact with this number."))
    remedy = complaint.remedies.filter(number=remedy_number).first() if remedy_number is not None else None
    if remedy_number is not None and remedy is None:
        raise invalid("remedy", _("The complaint has no remedy with this number."))
    if task is None or not permissions.may_with_task(by, Verb.FINISH_TASK, task):
        permissions.check(by, Verb.ATTACH, complaint)
    lifecycle.after(Status(complaint.status), Verb.ATTACH)
    return keep(complaint, file, by=by, internal=internal, task=task, entry=entry, remedy=remedy)


def keep(
    complaint: Complaint,
    file: CheckedFile,
    *,
    by: User | None,
    internal: bool,
    message: Message | None = None,
    task: Task | None = None,
    entry: InvestigationEntry | None = None,
    remedy: Remedy | None = None,
) -> Attachment:
    """Store a checked file with a held complaint, and write its event.

    Raises Invalid when the complaint has as many files as it may have.
    """
    check_room(complaint, 1)
    attachment = _stored(
        complaint, file, by=by, internal=internal, message=message, task=task, entry=entry, remedy=remedy
    )
    events.record(
        complaint,
        kind=Verb.ATTACH,
        by=by or complaint.complainant,
        at=attachment.created_at,
        attachment=attachment.pk,
        sha256=file.sha256,
        internal=internal,
        **({"task": task.number} if task is not None else {}),
        **({"entry": entry.number} if entry is not None else {}),
        **({"remedy": remedy.number} if remedy is not None else {}),
    )
    return attachment


def archive(message: Message, letter: CheckedFile, *, by: User) -> Attachment:
    """Keep a letter of the office as it is sent with a message of a held complaint. The act that sends it writes the
    event, with the digest of the letter.
    """
    return _stored(message.complaint, letter, by=by, internal=False, message=message)


def _stored(
    complaint: Complaint,
    file: CheckedFile,
    *,
    by: User | None,
    internal: bool,
    message: Message | None = None,
    task: Task | None = None,
    entry: InvestigationEntry | None = None,
    remedy: Remedy | None = None,
) -> Attachment:
    return Attachment.objects.create(
        complaint=complaint,
        message=message,
        task=task,
        entry=entry,
        remedy=remedy,
        file=file.file,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        internal=internal,
        uploaded_by=by,
        created_at=timezone.now(),
    )


def check_room(complaint: Complaint, coming: int) -> None:
    """Ask before the first of several files is stored: bytes do not go back when the act is undone.

    Raises Invalid when the complaint would have more files than it may have.
    """
    if complaint.attachments.count() + coming > settings.EVIDENCE_MAX_FILES * 5:
        raise Invalid(_("This complaint has very many files already. Send what is new by other means."))


def keep_for_draft(draft: Draft, file: CheckedFile) -> DraftFile:
    """Store a checked file until its complaint is sent. Raises FileRefused beyond the number of files taken."""
    if draft.files.count() >= settings.EVIDENCE_MAX_FILES:
        raise _refused(
            _("“%(name)s” is left out: at most %(limit)d files are taken. Remove another one first.")
            % {"name": file.name, "limit": settings.EVIDENCE_MAX_FILES}
        )
    return DraftFile.objects.create(
        draft=draft,
        file=file.file,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
    )


def _shortened(given: PurePath) -> str:
    """The file's name for people, cut before its ending if need be."""
    return given.stem[: _MAX_NAME - len(given.suffix[:_MAX_NAME])] + given.suffix[:_MAX_NAME] or "file"


def _sniff(file: BinaryIO | File) -> str | None:
    """The type the bytes show; images must also open."""
    head = file.read(8192)
    guessed = filetype.guess_mime(head)
    if guessed in _IMAGES:
        return guessed if _opens_as_image(file) else None
    if guessed is not None:
        return str(guessed)
    return "text/plain" if _is_plain_text(head) else None


def _opens_as_image(file: BinaryIO | File) -> bool:
    file.seek(0)
    try:
        with Image.open(file) as image:
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _is_plain_text(head: bytes) -> bool:
    """UTF-8 or the Chinese national encoding, without control characters and without markup."""
    if b"\x00" in head or head.lstrip().startswith(b"<"):
        return False
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)  # a character cut at the end is no error
        except UnicodeDecodeError:
            continue
        return True
    return False


def _refused(sentence: str) -> FileRefused:
    return FileRefused(sentence, errors={"file": [sentence]})
