"""Splitting a matter off: it goes on as a complaint of its own, elsewhere or on another track. (Mission M18, M38.)"""

from collections.abc import Sequence
from pathlib import PurePath
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from complaints import events, lifecycle
from complaints.errors import IllegalMove, Invalid, invalid
from complaints.lifecycle import Status, Verb
from complaints.models import Attachment, Category, Complaint, Matter, Message
from complaints.placeholders import check_words
from complaints.selectors import routes
from complaints.selectors.matters import live
from complaints.services import evidence, intake, matters, messages, restriction, unsent_letters
from complaints.services.evidence import CheckedFile
from complaints.services.intake import ComplainantDetails, Registration, SubjectDetails
from complaints.vocabulary import Channel, Demand, Form, Grade, SubjectKind, Track

_WITH_DEMANDS = frozenset({Track.COMPLAINT, Track.REPORT})
"""On the other tracks nothing is demanded of anybody."""


@transaction.atomic
def split_off(
    *,
    complaint_id: int,
    number: int,
    by: User,
    message: str,
    track: Track = Track.COMPLAINT,
    category: Category | None = None,
    department: Department | None = None,
    file_ids: Sequence[int] = (),
    consent: bool = False,
) -> Complaint:
    """Register the matter as a complaint of its own, in another department or on another track, and tell the
    complainant; the two keep a link to each other.

    `category` is left as the matter has it when none is given, and says where it goes when no `department` is.
    The new one was received when the letter was: the complainant wrote once, and that we divide the work must not give
    us time. If the letter has been acknowledged, so has its part. `file_ids` are evidence to be copied along. What is
    restricted stays so, with its circle; a part of what is confidential goes to another department only with the
    complainant's `consent` (mission M37).
    Raises Invalid, IllegalMove, and NotAllowed.
    """
    matter = matters.held_for(complaint_id, number, by, Verb.SPLIT_OFF)
    letter = matter.complaint
    if not live(letter).exclude(pk=matter.pk).exists():
        raise IllegalMove(_("This is the last matter of the complaint. Transfer the complaint itself instead."))
    message = check_words("message", message)
    category = category or matter.category
    place = department or routes.department_of(category)
    _check_leaves(letter, place, track, consent=consent)
    files = _files(letter, file_ids)
    now = timezone.now()
    registration = _registration(matter, Track(track), category, place)
    intake.check(registration, now)
    entered = intake.enter(registration, by=by, now=now, part_of=letter, split_from=letter.pk, matter=matter.number)
    part = entered.complaint
    if letter.acknowledged_at is not None:
        _carry_acknowledgement(letter, part, by)
    _take_along(files, part, by)
    told = messages.write(letter, kind=Message.Kind.REPLY, author=by, body=message)
    matters.put_aside(matter, at=now)
    unsent_letters.fall_back(letter)
    matter.went_to = part
    matters.move(matter, Verb.SPLIT_OFF, fields=["outcome", "went_to"])
    events.record(
        letter,
        kind=Verb.SPLIT_OFF,
        by=by,
        at=now,
        before=str(letter.status),
        after=str(letter.status),
        matter=matter.number,
        went_to=part.pk,
        department=part.department_id,
        track=part.track,
        message=told.pk,
        **({"consent": consent} if letter.restriction else {}),
    )
    return part


def _check_leaves(letter: Complaint, place: Department, track: Track, *, consent: bool) -> None:
    """What is split off goes somewhere else; what is confidential, to another department only with consent."""
    if place.pk == letter.department_id and str(track) == letter.track:
        raise invalid(
            "department",
            _("Choose another department or another kind of case: in the same one it stays a matter of this letter."),
        )
    if place.pk != letter.department_id:
        restriction.check_consent_to_leave(letter, consent)


def _registration(matter: Matter, track: Track, category: Category | None, department: Department) -> Registration:
    """The letter's own form, narrowed to the matter. Whom the matter is about goes along: else all that are named,
    because a conflict of interest must not get lost.
    """
    letter, person = matter.complaint, matter.complaint.complainant
    subjects = [matter.about] if matter.about is not None else list(letter.subjects.select_related("user"))
    demands = track in _WITH_DEMANDS
    return Registration(
        subject=matter.subject,
        description=matter.words or letter.description,
        channel=Channel(letter.channel),
        form=Form(letter.form),
        track=track,
        category=category,
        department=department,
        impact=Grade(letter.impact),
        urgency=Grade(letter.urgency),
        language=letter.language,
        occurred_at=letter.occurred_at,
        received_at=letter.received_at,
        complainant=ComplainantDetails(
            name=person.name,
            email=person.email,
            phone=person.phone,
            relation=person.relation,
            anonymous=person.anonymous,
            on_behalf_of=person.on_behalf_of,
            authority=person.authority,
        ),
        subjects=[
            SubjectDetails(
                name=subject.name, kind=SubjectKind(subject.kind), reference=subject.reference, user=subject.user
            )
            for subject in subjects
        ],
        demands=[Demand(code) for code in letter.demands] if demands else (),
        demand_note=letter.demand_note if demands else "",
        suggestion=letter.suggestion if track == Track.SUGGESTION or not matter.words else "",
        read_back=letter.read_back,
    )


def _carry_acknowledgement(letter: Complaint, part: Complaint, by: User) -> None:
    """The complainant was told that the letter is taken on: of each of its parts."""
    before = Status(part.status)
    part.status, part.acknowledged_at = lifecycle.after(before, Verb.ACKNOWLEDGE), letter.acknowledged_at
    part.save(update_fields=["status", "acknowledged_at"])
    events.record(
        part,
        kind=Verb.ACKNOWLEDGE,
        by=by,
        at=part.acknowledged_at or timezone.now(),
        before=str(before),
        after=str(part.status),
        carried=True,
    )


def _files(letter: Complaint, file_ids: Sequence[int]) -> list[Attachment]:
    wanted = set(file_ids)
    files = list(letter.attachments.filter(pk__in=wanted).order_by("id"))
    if len(files) < len(wanted):
        raise invalid("file_ids", _("The complaint has no such file."))
    return files


def _take_along(files: Sequence[Attachment], part: Complaint, by: User) -> None:
    for file in files:
        kept = evidence.keep(part, _copied(file), by=by, internal=file.internal)
        kept.uploaded_by = file.uploaded_by  # whose evidence it is; the event says who took it along
        kept.save(update_fields=["uploaded_by"])


def _copied(file: Attachment) -> CheckedFile:
    """The same bytes once more: whoever erases one case must not empty the other."""
    try:
        with file.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError:
        sentence = _("“%(name)s” is no longer in the store, and cannot go along.") % {"name": file.name}
        raise Invalid(sentence, errors={"file_ids": [sentence]}) from None
    suffix = PurePath(str(file.file.name)).suffix
    return CheckedFile(
        ContentFile(content, name=f"{uuid4().hex}{suffix}"), file.name, file.content_type, file.size, file.sha256
    )
