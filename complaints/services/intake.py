"""Taking a complaint in, through whichever door it comes. (Design section 3, missions M01, M11, M20.)"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints import events, permissions, references
from complaints.classes import ComplaintClass, Kind
from complaints.errors import Invalid
from complaints.guiding import Step, steps_done
from complaints.lifecycle import Verb
from complaints.limits import EARLIEST_YEAR, MAX_LINE, MAX_SUBJECT, MAX_TEXT, too_long
from complaints.models import Category, Complainant, Complaint, ExternalNumber, Message, Subject
from complaints.selectors.routes import find_route
from complaints.services import evidence, messages, repeats, restriction
from complaints.services.evidence import CheckedFile
from complaints.services.searching import add_words
from complaints.vocabulary import PRIORITIES, Channel, Demand, Form, Grade, SubjectKind, Track

CLOCK_SKEW = timedelta(minutes=2)
"""How far ahead of our clock a given moment may lie before it counts as being in the future."""

_FUTURE = {
    "received_at": _("The moment at which it was received lies in the future."),
    "occurred_at": _("The moment at which it happened lies in the future."),
}


@dataclass(frozen=True)
class ComplainantDetails:
    """Who complains, as given. All optional: a complaint may be anonymous."""

    name: str = ""
    email: str = ""
    phone: str = ""
    relation: str = ""
    anonymous: bool = False
    on_behalf_of: str = ""
    authority: str = ""


@dataclass(frozen=True)
class SubjectDetails:
    """A person, product or place complained about. A member of the staff is recognised by their e-mail address, given
    as the `reference` of a person.
    """

    name: str
    kind: SubjectKind = SubjectKind.OTHER
    reference: str = ""
    user: User | None = None


@dataclass(frozen=True)
class Registration:
    """The registration form. Only `subject` and `description` are required; moments are aware."""

    subject: str
    description: str
    channel: Channel = Channel.WEB
    form: Form = Form.WRITTEN
    track: Track = Track.COMPLAINT
    category: Category | None = None
    department: Department | None = None
    impact: Grade = Grade.MEDIUM
    urgency: Grade = Grade.MEDIUM
    language: str = "en"
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    complainant: ComplainantDetails = field(default_factory=ComplainantDetails)
    subjects: Sequence[SubjectDetails] = ()
    demands: Sequence[Demand] = ()
    demand_note: str = ""
    suggestion: str = ""
    summary: str = ""
    read_back: bool = False
    routing_reason: str = ""
    """Why it goes to another department than its category says, for the file."""
    steps: Sequence[Step] = ()
    """Of a talk: those of the six steps that were done."""


@dataclass(frozen=True)
class Registered:
    """The complaint and the secret that opens it: the only moment at which the secret is known."""

    complaint: Complaint
    access_secret: str


@dataclass(frozen=True)
class Further:
    """That a new complaint takes something further: on which ground, at which tier, and what, where that is known."""

    kind: Kind
    tier: int
    earlier: Complaint | None = None


@transaction.atomic
def register(
    *,
    registration: Registration,
    by: User | None,
    access_secret: str | None = None,
    external: tuple[str, str] | None = None,
    files: Sequence[CheckedFile] = (),
) -> Registered:
    """Record a complaint. `by` is the member of the staff who logs it; None when the complainant files it alone.

    `access_secret` is given only where a retry must show the same one again; `external` is (system, number).
    `files` are evidence that came with it, to be seen by both sides.
    Raises Invalid naming every field at fault, NotAllowed for a person without the right to register or backdate.
    """
    now = timezone.now()
    received_at = registration.received_at or now
    if by is not None:
        permissions.check_register(by, backdated=received_at < now - CLOCK_SKEW)
    check(registration, now)
    registered = enter(registration, by=by, now=now, access_secret=access_secret, external=external, files=files)
    if external is None:
        repeats.notice(registered.complaint, now)
    return registered


def enter(
    registration: Registration,
    *,
    by: User | None,
    now: datetime,
    access_secret: str | None = None,
    external: tuple[str, str] | None = None,
    files: Sequence[CheckedFile] = (),
    part_of: Complaint | None = None,
    further: Further | None = None,
    **origin: Any,
) -> Registered:
    """Write a form down that was checked, for somebody who may. No act of its own: `register` calls it, and whatever
    makes a complaint out of another one, `part_of` which it then is. One that takes something `further` begins as an
    upgrade, so that its clocks are those of upgrades from the first moment on. `origin` is what the event says of
    that: ids and codes.
    """
    secret = access_secret or references.new_secret()
    place, routing = _place(registration)
    complaint = Complaint.objects.create(
        reference=references.make(timezone.localtime(now).year, _next_number()),
        access_digest=references.digest(secret),
        registered_at=now,
        registered_by=by,
        complainant=_complainant(registration.complainant),
        department=place,
        **_as_given(registration, now),
        **_begins_as(further),
    )
    _write_subjects(complaint, registration.subjects)
    if external is not None:
        ExternalNumber.objects.create(complaint=complaint, system=external[0], number=external[1])
    _make_findable(complaint, registration, external)
    entrusted = restriction.entrust(complaint, part_of=part_of)
    events.record(
        complaint,
        kind=Verb.REGISTER,
        by=by or complaint.complainant,
        at=complaint.received_at,
        channel=complaint.channel,
        track=complaint.track,
        department=complaint.department_id,
        category=complaint.category_id,
        priority=complaint.priority,
        **steps_done(registration.steps),
        **origin,
        **entrusted,
        **routing,
        **_why_elsewhere(complaint, registration, by),
    )
    for file in files:
        evidence.keep(complaint, file, by=by, internal=False)
    return Registered(complaint, secret)


def _as_given(given: Registration, now: datetime) -> dict[str, Any]:
    """The form as columns of the complaint."""
    return {
        "track": given.track,
        "channel": given.channel,
        "form": given.form,
        "language": given.language,
        "subject": given.subject.strip(),
        "description": given.description.strip(),
        "summary": given.summary.strip(),
        "demands": [str(demand) for demand in given.demands],
        "demand_note": given.demand_note.strip(),
        "suggestion": given.suggestion.strip(),
        "occurred_at": given.occurred_at,
        "received_at": min(given.received_at or now, now),
        "read_back": given.read_back,
        "impact": given.impact,
        "urgency": given.urgency,
        "priority": PRIORITIES[given.impact, given.urgency],
        "category": given.category,
    }


def _begins_as(further: Further | None) -> dict[str, Any]:
    if further is None:
        return {}
    return {
        "complaint_class": ComplaintClass.UPGRADE,
        "class_kind": further.kind,
        "tier": further.tier,
        "earlier": further.earlier,
    }


def _place(given: Registration) -> tuple[Department, dict[str, Any]]:
    """Where the complaint goes, and what the event says of why: the category that led there, or the department that it
    would have led to.
    """
    if given.department is not None and given.category is None:
        return given.department, {"routed_by": None}
    found = find_route(given.category)
    if given.department is None or given.department.pk == found.department.pk:
        return found.department, {"routed_by": found.category.pk if found.category else None}
    overruled = found.department.pk if found.category else None
    return given.department, {"routed_by": None, "department_overruled": overruled}


def _why_elsewhere(complaint: Complaint, given: Registration, by: User | None) -> dict[str, Any]:
    if not given.routing_reason.strip():
        return {}
    body = given.routing_reason.strip()
    return {"message": messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=body).pk}


def _complainant(given: ComplainantDetails) -> Complainant:
    return Complainant.objects.create(
        name="" if given.anonymous else given.name.strip(),
        email=given.email.strip(),
        phone=given.phone.strip(),
        relation=given.relation,
        anonymous=given.anonymous,
        on_behalf_of=given.on_behalf_of.strip(),
        authority=given.authority.strip(),
    )


def _write_subjects(complaint: Complaint, subjects: Sequence[SubjectDetails]) -> None:
    staff = _of_the_staff(subjects)
    Subject.objects.bulk_create(
        Subject(
            complaint=complaint,
            kind=given.kind,
            name=given.name.strip(),
            reference=given.reference,
            user=given.user or staff.get(given.reference.strip().lower()),
        )
        for given in subjects
    )


def _of_the_staff(subjects: Sequence[SubjectDetails]) -> dict[str, User]:
    """Members of the staff whom a complaint names by their e-mail address, so that it is kept from them."""
    named = {
        given.reference.strip().lower()
        for given in subjects
        if given.kind == SubjectKind.PERSON and "@" in given.reference
    }
    if not named:
        return {}
    people = User.objects.annotate(lower=Lower("email")).filter(lower__in=named)
    return {person.email.lower(): person for person in people}


def _make_findable(complaint: Complaint, given: Registration, external: tuple[str, str] | None) -> None:
    person = complaint.complainant
    add_words(
        complaint,
        complaint.reference,
        complaint.subject,
        complaint.description,
        complaint.summary,
        complaint.demand_note,
        complaint.suggestion,
        person.name,
        person.phone,
        *(subject.name for subject in given.subjects),
        *(external[1:] if external is not None else ()),
        also=(person.email.lower()[:60],) if person.email else (),
    )


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('complaints_reference_number')")
        return int(cursor.fetchone()[0])


def check(given: Registration, now: datetime) -> None:
    """Collect everything wrong with the form and refuse it all at once. Raises Invalid."""
    errors: dict[str, list[Any]] = {}
    for required in ("subject", "description"):
        if not getattr(given, required).strip():
            errors[required] = [_("This may not be empty.")]
    errors |= too_long(
        {
            "subject": (given.subject.strip(), MAX_SUBJECT),
            "description": (given.description, MAX_TEXT),
            "summary": (given.summary, MAX_TEXT),
            "demand_note": (given.demand_note, MAX_TEXT),
            "suggestion": (given.suggestion, MAX_TEXT),
            "routing_reason": (given.routing_reason, MAX_TEXT),
            "complainant.name": (given.complainant.name, MAX_LINE),
            "complainant.on_behalf_of": (given.complainant.on_behalf_of, MAX_LINE),
            "complainant.authority": (given.complainant.authority, MAX_LINE),
        }
    )
    for moment in ("received_at", "occurred_at"):
        value = getattr(given, moment)
        if value is not None and value > now + CLOCK_SKEW:
            errors[moment] = [_FUTURE[moment]]
        elif value is not None and value.year < EARLIEST_YEAR:
            errors[moment] = [_("This lies before the year 1900.")]
    if given.occurred_at and given.received_at and given.occurred_at > given.received_at + CLOCK_SKEW:
        errors["occurred_at"] = [_("It cannot have happened after the complaint about it was received.")]
    for number, subject in enumerate(given.subjects, start=1):
        if not subject.name.strip():
            errors["subjects"] = [_("Subject %(number)d has no name.") % {"number": number}]
        elif len(subject.name) > MAX_LINE:
            errors["subjects"] = [_("The name of subject %(number)d is too long.") % {"number": number}]
    if given.department is not None and not given.department.is_active:
        errors["department"] = [_("This department is no longer active.")]
    if given.category is not None and not given.category.is_active:
        errors["category"] = [_("This category is no longer in use.")]
    if errors:
        raise Invalid(_("The complaint could not be registered: please look at the fields named."), errors=errors)
