"""What of the presets is in the office already, what is missing or says something else, and which seats are empty."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership
from complaints.selectors.routes import head_office
from escalation.models import Policy
from presets.items import SHARED, Difference, Item, Kind, Says, differences
from presets.reading import Preset, Seat
from presets.services import guidance, letters, places, promises, signing

READ: Mapping[Kind, Callable[[Collection[str]], Mapping[str, Says]]] = {
    Kind.DEPARTMENT: places.departments,
    Kind.CATEGORY: places.categories,
    Kind.CALENDAR: places.weeks,
    Kind.OFFICE_HOURS: places.office_hours,
    Kind.PACK: promises.loaded_packs,
    Kind.POLICY: promises.documents,
    Kind.SIGNOFF_RULE: signing.rules,
    Kind.LIMIT: signing.limits,
    Kind.THRESHOLD: signing.thresholds,
    Kind.BODY: letters.bodies,
    Kind.LETTER: letters.rules,
    Kind.GUIDE: guidance.guides,
    Kind.TEMPLATE: guidance.templates,
}
"""For each kind what the office says of the items with these codes."""


class State(TextChoices):
    """How much of a preset the office has."""

    ABSENT = "absent", _("Not loaded")
    LOADED = "loaded", _("Loaded")
    CHANGED = "changed", _("Changed since, or only in part")


@dataclass(frozen=True)
class Survey:
    """A preset beside the office as it is now. `overlapping` are policies because of which its own come as drafts;
    `elsewhere` is the department that complaints without a category go to, unless it is one of the preset's.
    """

    preset: Preset
    missing: Sequence[Item]
    apart: Sequence[Difference]
    empty_seats: Sequence[Seat]
    overlapping: Sequence[Policy]
    elsewhere: Department | None

    @cached_property
    def state(self) -> State:
        """How much of it is here. What belongs to the whole office, such as a calendar, says nothing."""
        if not self.missing and not self.apart:
            return State.LOADED
        absent = {(item.kind, item.code) for item in self.missing}
        own = [item for item in self.preset.items if item.kind not in SHARED]
        return State.ABSENT if all((item.kind, item.code) in absent for item in own) else State.CHANGED

    @property
    def contrary(self) -> Sequence[Difference]:
        """What stands in the way of loading. Before the first time nothing does: what belongs to the whole office,
        such as an authority limit, then stays as the office has it.
        """
        return [] if self.state == State.ABSENT else self.apart

    @property
    def kept(self) -> Sequence[Difference]:
        """What the office has of its own and keeps, though the preset would have it otherwise."""
        return self.apart if self.state == State.ABSENT else []

    @property
    def brings(self) -> list[tuple[Kind, list[Item]]]:
        """Everything it brings, by kind."""
        return by_kind(self.preset.items)


def by_kind(items: Sequence[Item]) -> list[tuple[Kind, list[Item]]]:
    """The items of each kind of which there are any, in the order of kinds."""
    found = [(kind, [item for item in items if item.kind == kind]) for kind in Kind]
    return [(kind, some) for kind, some in found if some]


def survey(presets: Sequence[Preset]) -> list[Survey]:
    """Each preset beside the office. A constant number of queries, however many there are."""
    here = _here(presets)
    held = _held()
    return [
        Survey(
            preset=preset,
            missing=[item for item in preset.items if item.code not in here[item.kind]],
            apart=[
                difference
                for item in preset.items
                if (says := here[item.kind].get(item.code)) is not None
                for difference in _differences(item, says)
            ],
            empty_seats=[seat for seat in preset.seats if (seat.department, str(seat.role)) not in held],
            overlapping=promises.overlapping(preset, policies),
            elsewhere=elsewhere(preset, receiver),
        )
        for policies, receiver in [(promises.active(), head_office())]
        for preset in presets
    ]


def elsewhere(preset: Preset, receiver: Department | None) -> Department | None:
    """The department that receives what has no category, where it is none of the preset's."""
    own = {item.code for item in preset.of(Kind.DEPARTMENT)}
    return receiver if receiver is not None and receiver.code not in own else None


def _here(presets: Sequence[Preset]) -> dict[Kind, Mapping[str, Says]]:
    codes: dict[Kind, set[str]] = defaultdict(set)
    for preset in presets:
        for item in preset.items:
            codes[item.kind].add(item.code)
    return {kind: read(codes[kind]) for kind, read in READ.items()}


def _differences(item: Item, here: Says) -> list[Difference]:
    """Only of what the office is asked to say the same: of a calendar the week, of a pack nothing."""
    if item.kind == Kind.PACK:
        return []
    said = {name: value for name, value in item.says.items() if item.kind != Kind.CALENDAR or name in here}
    return differences(Item(item.kind, item.code, item.name, said), here)


def _held() -> set[tuple[str, str]]:
    """The roles that somebody active holds, with the codes of the departments."""
    rows = Membership.objects.filter(user__is_active=True)
    return set(rows.values_list("department__code", "role").distinct())
