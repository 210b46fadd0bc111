"""Splitting a letter into matters, and settling each. (Design section 3, "Matters"; mission M18, S3-42.)

What belongs elsewhere is split off by `splitting.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, lifecycle, permissions, selectors, settling
from complaints.errors import IllegalMove, Invalid, MattersOpen, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import MAX_SUBJECT, MAX_TEXT, check_text, too_long
from complaints.models import Category, Complaint, Matter, MatterFinding, Subject
from complaints.placeholders import check_words
from complaints.selectors import matters
from complaints.services import acting, judgements, unsent_letters
from complaints.services.searching import add_words
from complaints.settling import MatterState
from complaints.vocabulary import Outcome

MOST_MATTERS = 50
"""Of one complaint, those dropped and split off included; no letter that somebody reads has more."""

LEAST_MATTERS = 2
"""A letter about one thing is not split."""


@dataclass(frozen=True)
class Part:
    """One matter as it is split from the letter.

    `about` is the name of one of those whom the complaint names; `words` the part of the letter it stands in.
    """

    subject: str
    words: str = ""
    category: Category | None = None
    about: str = ""


@transaction.atomic
def split(*, complaint_id: int, by: User, parts: Sequence[Part]) -> list[Matter]:
    """Split the letter into matters, or add some that were overlooked; each is settled by itself from now on.

    Raises Invalid naming each part at fault, as in `parts.0.subject`.
    """
    complaint = acting.held_for(complaint_id, by, Verb.SPLIT)
    before = list(complaint.matters.all())
    live = [matter for matter in before if matter.state in settling.LIVE]
    if not parts or len(live) + len(parts) < LEAST_MATTERS:
        raise invalid("parts", _("Name at least two matters: a letter about one thing is not split."))
    if len(before) + len(parts) > MOST_MATTERS:
        raise invalid("parts", _("This complaint has very many matters already. Settle some of them first."))
    subjects = list(complaint.subjects.order_by("id"))
    _check(parts, subjects, live)
    now, first = timezone.now(), 1 + max((matter.number for matter in before), default=0)
    added = Matter.objects.bulk_create(
        Matter(
            complaint=complaint,
            number=number,
            subject=part.subject.strip(),
            words=part.words.strip(),
            category=part.category,
            about=_named(subjects, part.about),
            split_by=by,
            split_at=now,
        )
        for number, part in enumerate(parts, start=first)
    )
    add_words(complaint, *(matter.subject for matter in added))
    _record(complaint, Verb.SPLIT, by, now, matters=[matter.number for matter in added])
    return added


@transaction.atomic
def settle(*, complaint_id: int, number: int, by: User, outcome: Outcome, finding: str, reasons: str) -> Matter:
    """Say how one matter ended: what the complainant is told of it once we answer, and the reasons for the file.

    Until then it may be settled anew; what was found before is kept. Only the complainant takes a matter back: it is
    then settled as withdrawn.
    Raises Invalid, IllegalMove, ContradictsJudgement when the outcome says something else than the judgement about the
    matter, and ConflictOfInterest for somebody whom the complaint concerns.
    """
    matter = held_for(complaint_id, number, by, Verb.SETTLE_MATTER)
    complaint = matter.complaint
    permissions.check_may_judge(by, complaint)
    judgements.check_outcome_of(matter, Outcome(outcome))
    now = timezone.now()
    finding, reasons = check_words("finding", finding), check_text("reasons", reasons)
    _replace([matter], now)
    found = MatterFinding.objects.create(
        matter=matter,
        cycle=complaint.cycle,
        outcome=outcome,
        finding=finding,
        reasons=reasons,
        settled_by=by,
        settled_at=now,
    )
    outcome_before, matter.outcome = matter.outcome, str(outcome)
    move(matter, Verb.SETTLE_MATTER, fields=["outcome"])
    add_words(complaint, finding, reasons)
    _record(
        complaint,
        Verb.SETTLE_MATTER,
        by,
        now,
        matter=matter.number,
        finding=found.pk,
        outcome=matter.outcome,
        outcome_before=outcome_before,
    )
    return matter


@transaction.atomic
def drop(*, complaint_id: int, number: int, by: User, reasons: str) -> Matter:
    """Take a matter off that is none: named twice, or not in the letter. Nothing is answered about it.

    When the last one is dropped the complaint ends as a whole again. Raises ConflictOfInterest for somebody whom the
    complaint concerns: to say that it is none is to judge it.
    """
    matter = held_for(complaint_id, number, by, Verb.DROP_MATTER)
    permissions.check_may_judge(by, matter.complaint)
    now = timezone.now()
    matter.drop_reasons = check_text("reasons", reasons)
    _replace([matter], now)
    matter.outcome = ""
    move(matter, Verb.DROP_MATTER, fields=["outcome", "drop_reasons"])
    _record(matter.complaint, Verb.DROP_MATTER, by, now, matter=matter.number)
    return matter


@dataclass(frozen=True)
class Ending:
    """How a complaint ends, why, and the matters that say so: numbers with outcomes, none when it was never split."""

    outcome: Outcome
    reasons: str
    matters: Sequence[tuple[int, str]] = ()


def ending(complaint: Complaint, *, outcome: Outcome | None, reasons: str) -> Ending:
    """How a held complaint ends that is being answered: as its matters did, or as was said when it was never split.

    The reasons of a complaint with matters are theirs; `reasons` are what is to be said besides.
    Raises MattersOpen naming those not settled, and Invalid for an outcome where there should be none, or none where
    there should be one.
    """
    live = list(matters.live(complaint))
    if not live:
        if outcome is None:
            raise invalid("outcome", _("Say how it ended."))
        if outcome == Outcome.WITHDRAWN:
            raise invalid("outcome", _("Only the complainant takes a complaint back: use “Withdraw” for that."))
        return Ending(Outcome(outcome), check_text("reasons", reasons))
    if waiting := [matter for matter in live if matter.state == MatterState.OPEN]:
        raise MattersOpen(
            _("The complaint cannot be resolved before each of its matters is settled. Still open: %(matters)s.")
            % {"matters": matters.in_words(waiting)}
        )
    if outcome is not None:
        raise invalid("outcome", _("The outcome follows from the matters. Leave it out."))
    derived = settling.derived([Outcome(matter.outcome) for matter in live])
    if derived == Outcome.WITHDRAWN:
        raise IllegalMove(_("All matters were taken back: use “Withdraw” for the complaint."))
    return Ending(derived, _reasons(live, reasons), [(matter.number, matter.outcome) for matter in live])


def open_again(complaint: Complaint, verb: Verb, numbers: Sequence[int], *, at: datetime) -> dict[str, Any]:
    """Of a held complaint that is being opened again, open the settled matters of these numbers; all when none is
    named. What was found about them is kept. Says what the event tells of it.

    Raises Invalid for a number that no settled matter has.
    """
    settled = list(matters.settled(complaint))
    if unknown := sorted(set(numbers) - {matter.number for matter in settled}):
        raise invalid(
            "matter_numbers",
            _("The complaint has no settled matter no. %(number)s.") % {"number": _(", ").join(map(str, unknown))},
        )
    chosen = [matter for matter in settled if not numbers or matter.number in numbers]
    if not chosen:
        return {}
    _replace(chosen, at)
    for matter in chosen:
        matter.state, matter.outcome = settling.after(MatterState(matter.state), verb), ""
    Matter.objects.bulk_update(chosen, ["state", "outcome"])
    return {"matters": [matter.number for matter in chosen]}


def held_for(complaint_id: int, number: int, by: User, verb: Verb) -> Matter:
    """Hold the complaint, find its matter, and ask: may this person, and is it possible now?"""
    complaint = selectors.locked(complaint_id)
    permissions.check(by, verb, complaint)
    matter = complaint.matters.select_related("category", "about").filter(number=number).first()
    if matter is None:
        raise invalid("matter", _("The complaint has no matter with this number."))
    matter.complaint = complaint
    lifecycle.after(Status(complaint.status), verb)
    settling.after(MatterState(matter.state), verb)
    return matter


def move(matter: Matter, verb: Verb, *, fields: Sequence[str]) -> None:
    """Take the matter of a held complaint where the verb leads."""
    matter.state = settling.after(MatterState(matter.state), verb)
    matter.save(update_fields=["state", *fields])


def put_aside(matter: Matter, *, at: datetime) -> None:
    """Whatever was found about the matter of a held complaint does not count any more."""
    _replace([matter], at)
    matter.outcome = ""


def _replace(some: Sequence[Matter], at: datetime) -> None:
    MatterFinding.objects.filter(matter__in=some, replaced_at=None).update(replaced_at=at)


def _record(complaint: Complaint, kind: Verb, by: User, at: datetime, **data: Any) -> None:
    unsent_letters.fall_back(complaint)
    events.record(
        complaint, kind=kind, by=by, at=at, before=str(complaint.status), after=str(complaint.status), **data
    )


def _reasons(live: Sequence[Matter], besides: str) -> str:
    """The reasons for the file: of each matter, and what is said besides."""
    found = dict(
        MatterFinding.objects.filter(matter__in=live, replaced_at=None).values_list("matter__number", "reasons")
    )
    listed = [f"{matter.number}. {matter.subject}: {found[matter.number]}" for matter in live]
    return "\n\n".join([*listed, *([check_text("reasons", besides)] if besides.strip() else [])])


def _named(subjects: Sequence[Subject], name: str) -> Subject | None:
    name = name.strip().casefold()
    return next((subject for subject in subjects if subject.name.casefold() == name), None) if name else None


def _said_of(matter: Part | Matter) -> tuple[str, Category | None, str]:
    """What tells a matter from the others of its letter: about what, of which category, about whom."""
    about = matter.about.name if isinstance(matter.about, Subject) else (matter.about or "")
    return matter.subject.strip().casefold(), matter.category, about.strip()


def _check(parts: Sequence[Part], subjects: Sequence[Subject], live: Sequence[Matter]) -> None:
    """Collect everything wrong with the parts and refuse it all at once. `live` are the matters that there are."""
    errors: dict[str, list[Any]] = {}
    said = [_said_of(matter) for matter in live]
    for place, part in enumerate(parts):
        field = f"parts.{place}"
        if not part.subject.strip():
            errors[f"{field}.subject"] = [_("This may not be empty.")]
        errors |= too_long(
            {
                f"{field}.subject": (part.subject.strip(), MAX_SUBJECT),
                f"{field}.words": (part.words, MAX_TEXT),
            }
        )
        if part.category is not None and not part.category.is_active:
            errors[f"{field}.category"] = [_("This category is no longer in use.")]
        if part.about.strip() and _named(subjects, part.about) is None:
            errors[f"{field}.about"] = [_("The complaint names nobody and nothing of this name.")]
        if _said_of(part) in said:
            errors[f"{field}.subject"] = [_("Another matter of this complaint says the same.")]
        said.append(_said_of(part))
    if errors:
        raise Invalid(_("The letter could not be split: please look at the fields named."), errors=errors)
