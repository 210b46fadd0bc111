"""Loading rule packs: their policies come in switched off, last in the order, so that they disturb no other; so does
what they say of final responses.
"""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.models import ResponseRule
from escalation.errors import BadPack
from escalation.models import Policy, PolicyVersion
from escalation.packs import Pack, PackedPolicy, PackedResponse
from escalation.policies import PolicyRules
from escalation.services import policies

STEP = 10
"""Between the positions of policies, so that others fit in."""


@transaction.atomic
def load(*, pack: Pack, calendar: str, by: User | None = None) -> list[PolicyVersion]:
    """Publish the policies of a pack, counted by the calendar with that code, switched off; their newest versions.

    One that was loaded before keeps its name, its place and its switch; its document becomes the next version if it
    says something else. Raises BadPack if that one is switched on, since nobody would see what changes, and BadPolicy
    for a calendar that does not exist: then nothing is loaded. What the pack says of final responses comes in
    likewise.
    """
    if pack.response is not None:
        _load_response(pack.code, pack.response)
    return [_load(policy, calendar, by) for policy in pack.policies]


def _load(packed: PackedPolicy, calendar: str, by: User | None) -> PolicyVersion:
    document = packed.for_calendar(calendar)
    policy = Policy.objects.filter(code=packed.code).first()
    if policy is None:
        last = Policy.objects.aggregate(last=Max("position"))["last"] or 0
        policy = Policy(name=str(packed.name)[:120], position=last + STEP, is_active=False)
    elif policy.is_active and _says_something_else(policy, document):
        raise BadPack(
            packed.code,
            _("This policy is switched on and says something else now. Switch it off first, or change it by hand."),
        )
    return policies.publish(
        code=packed.code,
        name=policy.name,
        position=policy.position,
        is_active=policy.is_active,
        document=document,
        by=by,
    )


def _load_response(code: str, packed: PackedResponse) -> None:
    rule = ResponseRule.objects.filter(code=code).first()
    says = {
        "tracks": [str(track) for track in packed.tracks],
        "parts": [str(part) for part in packed.parts],
        "parts_if_upheld": [str(part) for part in packed.parts_if_upheld],
        "until_required": packed.until,
        "months": packed.months,
        "letter_required": packed.letter,
        "recourse": packed.recourse.languages["en"],
        "translations": {language: text for language, text in packed.recourse.languages.items() if language != "en"},
    }
    if rule is None:
        last = ResponseRule.objects.aggregate(last=Max("position"))["last"] or 0
        rule = ResponseRule(code=code, name=str(packed.name)[:160], position=last + STEP, is_active=False)
    elif rule.is_active and any(getattr(rule, name) != value for name, value in says.items()):
        raise BadPack(
            code,
            _("Its rule for final responses is switched on and says something else. Switch it off first."),
        )
    for name, value in says.items():
        setattr(rule, name, value)
    rule.save()


def _says_something_else(policy: Policy, document: object) -> bool:
    newest = policy.versions.order_by("-number").first()
    return newest is None or PolicyRules.from_json(newest.document) != PolicyRules.from_json(document)
