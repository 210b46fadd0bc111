"""Rule packs and policies: what the office has of them, and bringing them in."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from escalation import packs
from escalation.models import Policy, PolicyDraft, PolicyVersion
from escalation.policies import PolicyRules
from escalation.services import packing, policies
from presets.errors import PresetError
from presets.items import Item, Kind, Says
from presets.reading import Preset

STEP = 10
"""Between the positions of policies, so that others fit in."""


def loaded_packs(codes: Collection[str]) -> dict[str, Says]:
    """Which of these rule packs are loaded, by whatever calendar of the office: they are loaded once for all."""
    known = {code: pack for code in codes if (pack := packs.pack(code)) is not None}
    policy_codes = {policy.code for pack in known.values() for policy in pack.policies}
    here = set(Policy.objects.filter(code__in=policy_codes).values_list("code", flat=True))
    return {code: {} for code, pack in known.items() if all(policy.code in here for policy in pack.policies)}


def load_pack(item: Item, by: User | None = None) -> list[PolicyVersion]:
    """Its policies come in switched off. Raises BadPack, BadPolicy."""
    pack = packs.pack(item.code)
    if pack is None:
        raise PresetError(_("There is no rule pack “%(code)s”.") % {"code": item.code})
    return packing.load(pack=pack, calendar=item.says["calendar"], by=by)


def documents(codes: Collection[str]) -> dict[str, Says]:
    """What the newest versions of these policies say; of those that were never published, their drafts."""
    drafts = dict(PolicyDraft.objects.filter(code__in=codes).values_list("code", "document"))
    newest = PolicyVersion.objects.filter(policy__code__in=codes).order_by("policy_id", "-number")
    published = dict(newest.distinct("policy_id").values_list("policy__code", "document"))
    return {code: PolicyRules.from_json(document).to_json() for code, document in (drafts | published).items()}


def active() -> list[PolicyVersion]:
    """The newest versions of the active policies, in the order in which they are tried."""
    newest = PolicyVersion.objects.filter(policy__is_active=True).order_by("policy_id", "-number")
    versions = newest.distinct("policy_id").select_related("policy")
    return sorted(versions, key=lambda version: (version.policy.position, version.policy_id))


def overlapping(preset: Preset, versions: Iterable[PolicyVersion]) -> list[Policy]:
    """Of these the policies, other than the preset's, that could apply to complaints of its departments.

    One that is for every complaint is not among them: it is for what no other policy is for.
    """
    own = {item.code for item in preset.of(Kind.POLICY)}
    facts = {
        "department": {item.code for item in preset.of(Kind.DEPARTMENT)},
        "category": {item.code for item in preset.of(Kind.CATEGORY)},
    }
    return [version.policy for version in versions if version.policy.code not in own and _meets(version, facts)]


def _meets(version: PolicyVersion, facts: dict[str, set[str]]) -> bool:
    match = version.document.get("match", {})
    return bool(match) and all(not match.get(fact) or codes & set(match[fact]) for fact, codes in facts.items())


def publish(items: Sequence[Item], by: User | None) -> None:
    """Publish the policies, in their order, before one for every complaint or else after all. Raises BadPolicy."""
    for item, position in _numbered(items, _free_positions(len(items))):
        policies.publish(
            code=item.code, document=dict(item.says), name=str(item.name)[:120], position=position, by=by, after=0
        )


def _free_positions(count: int) -> Iterable[int]:
    for version in active():
        if not version.document.get("match"):
            return range(version.policy.position - count, version.policy.position)
    last = Policy.objects.aggregate(last=Max("position"))["last"] or 0
    return range(last + STEP, last + STEP * (count + 1), STEP)


def draft(items: Sequence[Item], by: User | None, *, before: Policy) -> None:
    """Save the policies as drafts, in their order before the one named. Raises BadPolicy."""
    for item, position in _numbered(items, range(before.position - len(items), before.position)):
        policies.save_draft(
            code=item.code, document=dict(item.says), name=str(item.name)[:120], position=position, by=by, seen=""
        )


def _numbered(items: Sequence[Item], positions: Iterable[int]) -> Iterable[tuple[Item, int]]:
    return zip(items, positions, strict=True)
