"""Loading a preset: everything that is missing, in one transaction. Nothing that is there is ever overwritten."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.permissions import may_administer
from complaints.errors import NotAllowed
from complaints.selectors.routes import head_office
from escalation.models import Policy
from presets.errors import PresetDiffers, PresetError
from presets.items import Difference, Item, Kind
from presets.reading import Preset, Seat
from presets.services import guidance, letters, places, promises, signing
from presets.services.surveying import elsewhere, survey

LOADING = 4_814_801
"""The advisory lock of whoever is loading: two at once would both find the same things missing."""

MAKE: Mapping[Kind, Callable[[Item, User | None], Any]] = {
    Kind.DEPARTMENT: places.make_department,
    Kind.CATEGORY: places.make_category,
    Kind.CALENDAR: places.make_calendar,
    Kind.OFFICE_HOURS: places.make_office_hours,
    Kind.PACK: promises.load_pack,
    Kind.SIGNOFF_RULE: signing.make_rule,
    Kind.LIMIT: signing.make_limit,
    Kind.THRESHOLD: signing.make_threshold,
    Kind.BODY: letters.make_body,
    Kind.LETTER: letters.make_rule,
}
"""How an item of each kind is made; policies are published or saved as drafts, guides and templates taken over."""


@dataclass(frozen=True)
class Loaded:
    """What came of it. `made` is empty when everything was there. `overlapping` are the policies of the office because
    of which the preset's own are drafts now; empty when they are published. `kept` is what belongs to the whole office
    and stays as it was. `elsewhere` is the department that complaints without a category go to, unless it is one of
    the preset's.
    """

    preset: Preset
    made: Sequence[Item]
    overlapping: Sequence[Policy]
    kept: Sequence[Difference]
    empty_seats: Sequence[Seat]
    elsewhere: Department | None


@transaction.atomic
def load(*, preset: Preset, by: User | None) -> Loaded:
    """Make everything of the preset that the office does not have yet, or nothing at all.

    Its policies are published; where the office has active policies that could apply to the same complaints, they are
    saved as drafts instead, before those. `by` is an administrator; None is whoever runs commands on the machine.

    Raises NotAllowed, PresetDiffers where the office says something else already, BadPack or BadPolicy for what cannot
    be published, PresetError naming the item that cannot be made.
    """
    if by is not None and not may_administer(by):
        raise NotAllowed(_("Only administrators load presets."))
    _queue()
    (found,) = survey([preset])
    if found.contrary:
        raise PresetDiffers(found.contrary)
    for item in found.missing:
        if item.kind in MAKE:
            _make(item, by)
    guidance.bring([item for item in found.missing if item.kind in (Kind.GUIDE, Kind.TEMPLATE)], by)
    policies = [item for item in found.missing if item.kind == Kind.POLICY]
    if policies and found.overlapping:
        promises.draft(policies, by, before=found.overlapping[0])
    else:
        promises.publish(policies, by)
    overlapping = found.overlapping if policies else []
    receiver = elsewhere(preset, head_office())
    return Loaded(preset, found.missing, overlapping, found.kept, found.empty_seats, receiver)


def rehearse(*, preset: Preset, by: User | None) -> Loaded:
    """What `load` would make, found out by doing it and undoing it all. Raises what `load` raises."""
    with transaction.atomic():
        loaded = load(preset=preset, by=by)
        transaction.set_rollback(True)
    return loaded


def _make(item: Item, by: User | None) -> None:
    try:
        MAKE[item.kind](item, by)
    except ValidationError as problem:
        sentences = " ".join(problem.messages)
        raise PresetError(_("%(item)s cannot be made: %(problem)s") % {"item": item, "problem": sentences}) from None


def _queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])
