"""Who sees a complaint: restricting it to a circle, lifting that, admitting people and dismissing them.

(Design section 3, "Restricted"; mission M37 and M38.)
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import circles, conflicts, events, selectors
from complaints.errors import ConflictOfInterest, IllegalMove, invalid
from complaints.lifecycle import Verb
from complaints.limits import check_text
from complaints.models import CirclePlace, Complaint, Message
from complaints.restricting import CONFIDENTIAL_TIER, Restriction, by_nature, needs_consent, needs_consent_to_leave
from complaints.selectors.upgrades import all_going_further
from complaints.services import acting, handing, measures, messages

log = logging.getLogger(__name__)

CIRCLE_RESTORED = "circle_restored"
"""Nobody saw a restricted complaint any more, and somebody was found who does."""


@transaction.atomic
def restrict(*, complaint_id: int, by: User, reasons: str, people: Collection[User] = ()) -> Complaint:
    """Let only a circle see the complaint from now on: whoever restricts it, whoever holds it, and these `people`.

    What nobody holds goes to whoever holds its tier now. Open tasks of people outside the circle stay open, but those
    people see nothing of them any more. A transfer that waits for an answer is called off. What takes the complaint
    further is restricted with it.
    Raises ConflictOfInterest for anybody whom the complaint concerns, IllegalMove when it is restricted already.
    """
    complaint = acting.held_for(complaint_id, by, Verb.RESTRICT)
    if complaint.restriction:
        raise IllegalMove(_("This complaint is restricted already."))
    now, concerned = timezone.now(), conflicts.concerned(complaint)
    _refuse_concerned([by], concerned, field=None)
    _refuse_concerned(people, concerned, field="people")
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    complaint.restriction = Restriction.DECISION
    handed: dict[str, Any] = {}
    if complaint.holder_id is None or complaint.holder_id in concerned:
        handed = handing.hand_on(complaint, concerned)
    complaint.save(update_fields=["restriction", "holder"])  # whoever holds it joins the circle: a trigger sees to it
    admitted = _seat(complaint, [by, *people], by=by, at=now)
    events.record(
        complaint,
        kind=Verb.RESTRICT,
        by=by,
        at=now,
        restriction=str(complaint.restriction),
        people=admitted,
        message=note.pk,
        **handed,
        **handing.call_off_transfer(complaint),
    )
    for upgrade in selectors.locked_all(all_going_further(complaint)):
        if not upgrade.restriction:
            _restrict_along(upgrade, complaint, now)
    return complaint


def _restrict_along(upgrade: Complaint, earlier: Complaint, at: datetime) -> None:
    """Restrict a held complaint that takes a restricted one further: it is about the same people and the same thing.
    The circle is that of the earlier one, without those whom the upgrade concerns, and whoever holds the upgrade.
    """
    concerned = conflicts.concerned(upgrade)
    upgrade.restriction = Restriction.DECISION
    handed: dict[str, Any] = {}
    if upgrade.holder_id is None or upgrade.holder_id in concerned:
        handed = handing.hand_on(upgrade, concerned)
    upgrade.save(update_fields=["restriction", "holder"])
    people = [person for person in User.objects.filter(pk__in=circles.members(earlier)) if person.pk not in concerned]
    admitted = _seat(upgrade, people, by=None, at=at)
    events.record(
        upgrade,
        kind=Verb.RESTRICT,
        by=None,
        at=at,
        restriction=str(upgrade.restriction),
        people=admitted,
        earlier=earlier.pk,
        **handed,
        **handing.call_off_transfer(upgrade),
    )


@transaction.atomic
def lift(*, complaint_id: int, by: User, reasons: str, consent: bool = False) -> Complaint:
    """Let everybody who reads the complaints of its department see it again. The circle ends.

    A complaint that is restricted by what it is needs the complainant's `consent`. Raises Invalid without it, and
    IllegalMove while an interim measure is in force.
    """
    complaint = acting.held_for(complaint_id, by, Verb.LIFT_RESTRICTION)
    _check_restricted(complaint)
    check_consent(complaint, consent)
    measures.check_none_in_force(complaint)
    now, before = timezone.now(), complaint.restriction
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    CirclePlace.objects.filter(complaint=complaint, left_at=None).update(left_at=now)
    complaint.restriction = ""
    complaint.save(update_fields=["restriction"])
    events.record(
        complaint, kind=Verb.LIFT_RESTRICTION, by=by, at=now, restriction=before, consent=consent, message=note.pk
    )
    return complaint


@transaction.atomic
def admit(*, complaint_id: int, by: User, person: User, reasons: str) -> Complaint:
    """Give somebody a place in the circle, because they need to know.

    Raises ConflictOfInterest for whom the complaint concerns: the subject, their supervisor, who handled it before.
    """
    complaint = acting.held_for(complaint_id, by, Verb.ADMIT)
    _check_restricted(complaint)
    if not person.is_active:
        raise invalid("person", _("The account of %(name)s is closed.") % {"name": person.name})
    _refuse_concerned([person], conflicts.concerned(complaint), field="person")
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    now = timezone.now()
    if not _seat(complaint, [person], by=by, at=now):
        raise invalid("person", _("%(name)s is in the circle already.") % {"name": person.name})
    events.record(complaint, kind=Verb.ADMIT, by=by, at=now, person=person.pk, message=note.pk)
    return complaint


@transaction.atomic
def dismiss(*, complaint_id: int, by: User, person: User, reasons: str) -> Complaint:
    """End somebody's place in the circle: they see nothing of the complaint any more.

    Never that of whoever holds it, nor the last one: a complaint that nobody sees is lost.
    """
    complaint = acting.held_for(complaint_id, by, Verb.DISMISS)
    _check_restricted(complaint)
    if complaint.holder_id == person.pk:
        raise invalid(
            "person", _("%(name)s holds this complaint. Assign it to somebody else first.") % {"name": person.name}
        )
    place = complaint.circle.filter(user=person, left_at=None).first()
    if place is None:
        raise invalid("person", _("%(name)s is not in the circle.") % {"name": person.name})
    if not set(circles.members(complaint)) - {person.pk}:
        raise invalid("person", _("Nobody else would see this complaint. Admit somebody first."))
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    place.left_at = timezone.now()
    place.save(update_fields=["left_at"])
    events.record(complaint, kind=Verb.DISMISS, by=by, at=place.left_at, person=person.pk, message=note.pk)
    return complaint


def entrust(complaint: Complaint, *, part_of: Complaint | None = None) -> dict[str, Any]:
    """Restrict a complaint that is just being registered, if it is one that is so by what it is or `part_of` one that
    is restricted, and put it into the hands of whoever is in charge of such ones; says what the event tells of it.
    Whoever sees the whole sees the part.
    """
    restriction = by_nature(track=complaint.track, relation=complaint.complainant.relation)
    if restriction is None and part_of is not None and part_of.restriction:
        restriction = Restriction(part_of.restriction)
    if restriction is None:
        return {}
    complaint.restriction, complaint.tier = restriction, max(complaint.tier, CONFIDENTIAL_TIER)
    if part_of is not None and part_of.restriction:
        now, people = timezone.now(), circles.members(part_of)
        CirclePlace.objects.bulk_create(
            CirclePlace(complaint=complaint, user_id=person, admitted_at=now) for person in people
        )
    handed = handing.hand_on(complaint, conflicts.concerned(complaint))
    complaint.save(update_fields=["restriction", "tier", "holder"])
    return {"restriction": str(restriction), "tier": complaint.tier, **handed}


def check_consent(complaint: Complaint, consent: bool) -> None:
    """Raise Invalid where the complainant must agree before others come to know of the complaint, and has not."""
    if needs_consent(complaint.restriction) and not consent:
        raise invalid("consent", _ask_them())


def check_consent_to_leave(complaint: Complaint, consent: bool) -> None:
    """The same before the complaint, or a part of it, goes to another department."""
    if leaves_with_consent(complaint) and not consent:
        raise invalid("consent", _ask_them())


def leaves_with_consent(complaint: Complaint) -> bool:
    """Whether the complainant must agree before the complaint, or a part of it, goes to another department."""
    if not complaint.restriction:
        return False
    about_staff = complaint.subjects.filter(user__isnull=False).exists()
    return needs_consent_to_leave(complaint.restriction, about_staff=about_staff)


def _ask_them() -> str:
    return _("This complaint is confidential. Ask the complainant, and record here that they agree.")


def restore_circles() -> int:
    """Find somebody for restricted complaints that nobody sees any more, because accounts were closed or people became
    supervisors of those concerned; says for how many. One at a time: there are hardly ever any.
    """
    restored = 0
    for pk in circles.abandoned().order_by("pk").values_list("pk", flat=True):
        restored += _restore(pk)
    return restored


@transaction.atomic
def _restore(complaint_id: int) -> bool:
    complaint = selectors.locked(complaint_id)
    if not complaint.restriction or circles.members(complaint):
        return False
    handed = handing.hand_on(complaint, conflicts.concerned(complaint))
    complaint.save(update_fields=["holder"])  # who then has a place, as every holder
    if not circles.members(complaint):
        log.error("nobody of this office may see the restricted complaint %s", complaint)
        return False
    events.record(complaint, kind=CIRCLE_RESTORED, by=None, at=timezone.now(), **handed)
    return True


def _check_restricted(complaint: Complaint) -> None:
    if not complaint.restriction:
        raise IllegalMove(_("This complaint is not restricted, so it has no circle."))


def _refuse_concerned(some: Iterable[User], concerned: conflicts.Concerned, *, field: str | None) -> None:
    for person in some:
        if person.pk in concerned:
            sentence = _("The complaint concerns %(name)s, who may not know of it.") % {"name": person.name}
            raise ConflictOfInterest(sentence, errors={field: [sentence]} if field else {})


def _seat(complaint: Complaint, some: Iterable[User], *, by: User | None, at: datetime) -> list[int]:
    """Give those of these people a place who have none; their ids."""
    seated = set(complaint.circle.filter(left_at=None).values_list("user_id", flat=True))
    new = [person for person in dict.fromkeys(some) if person.pk not in seated]
    CirclePlace.objects.bulk_create(
        CirclePlace(complaint=complaint, user=person, admitted_by=by, admitted_at=at) for person in new
    )
    return [person.pk for person in new]
