"""Publishing policies. A published version never changes; clocks that run keep the one they started with."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from complaints.models import Category
from escalation.documents import check_code
from escalation.errors import BadPolicy
from escalation.models import Calendar, Policy, PolicyDraft, PolicyMigration, PolicyVersion
from escalation.policies import PolicyRules

MEANWHILE = gettext_lazy(
    "Somebody published another version meanwhile; nothing is changed. Begin again from that one."
)


@transaction.atomic
def publish(
    *,
    code: str,
    document: Any,
    name: str,
    position: int = 100,
    is_active: bool = True,
    by: User | None = None,
    after: int | None = None,
) -> PolicyVersion:
    """Make the document the newest version of the policy `code`, which is created if it is new.

    `after` is the number of the version that the document was made from, 0 for none: if another has been published
    meanwhile, nothing is, so that nobody's rules are lost. A document that says the same as the newest version
    publishes nothing and answers with that version. Raises BadPolicy (BadTarget, BadLadder), naming the field at
    fault: also for a calendar, department or category that does not exist, since such a policy could keep no promise,
    or would never match.
    """
    rules = PolicyRules.from_json(document)
    check_codes(rules)
    check_code(code, refuse=BadPolicy)
    described = {"name": name, "position": position, "is_active": is_active}
    policy, _created = Policy.objects.get_or_create(code=code, defaults=described)
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    newest = policy.versions.order_by("-number").first()
    if after is not None and after != (newest.number if newest else 0):
        raise BadPolicy("code", MEANWHILE)
    for field, value in described.items():
        setattr(policy, field, value)
    policy.save(update_fields=list(described))
    if newest is not None and PolicyRules.from_json(newest.document) == rules:
        return newest
    number = (policy.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return PolicyVersion.objects.create(
        policy=policy, number=number, document=rules.to_json(), published_at=timezone.now(), published_by=by
    )


@transaction.atomic
def save_draft(
    *, code: str, name: str, position: int, document: Any, by: User | None, seen: str | None = None
) -> PolicyDraft:
    """Keep the next version of a policy without publishing it. Administrators share one draft.

    `seen` is the `stamp` of the draft that was gone on from, empty for none: if somebody has saved it meanwhile,
    nothing is overwritten. Without `by` it is whoever sets the office up by command. Raises BadPolicy (BadTarget,
    BadLadder), naming the field at fault, for what could not be published.
    """
    check_code(code, refuse=BadPolicy)
    rules = PolicyRules.from_json(document)
    check_codes(rules)
    draft = PolicyDraft.objects.select_for_update().filter(code=code).first()
    if seen is not None and seen != (draft.stamp if draft else ""):
        raise BadPolicy("draft", _("Somebody saved, published or discarded this draft meanwhile; nothing is changed."))
    if draft is None:
        newest = PolicyVersion.objects.filter(policy__code=code).aggregate(last=Max("number"))["last"] or 0
        draft = PolicyDraft(code=code, made_from=newest)
    draft.name, draft.position, draft.document = name, position, rules.to_json()
    draft.saved_by, draft.saved_at = by, timezone.now()
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, code: str) -> None:
    """Throw a draft away."""
    PolicyDraft.objects.filter(code=code).delete()


@transaction.atomic
def publish_draft(*, code: str, by: User) -> PolicyVersion:
    """Make the draft the newest version. A policy that was switched off stays so; clocks that run keep their version.

    A preview of this very document becomes the one from which the open clocks may be moved. Raises BadPolicy when
    there is no draft any more, or when another version has been published since the draft was begun.
    """
    draft = PolicyDraft.objects.select_for_update().filter(code=code).first()
    if draft is None:
        raise BadPolicy("code", _("There is no draft of this policy any more; somebody published or discarded it."))
    policy = Policy.objects.filter(code=code).first()
    version = publish(
        code=code,
        document=draft.document,
        name=draft.name,
        position=draft.position,
        is_active=policy.is_active if policy else True,
        by=by,
        after=draft.made_from,
    )
    previews = PolicyMigration.objects.filter(
        kind=PolicyMigration.Kind.MIGRATE, code=code, policy=version.policy, to_version=None, document=version.document
    )
    previews.update(to_version=version)
    draft.delete()
    return version


@transaction.atomic
def switch(*, code: str, is_active: bool) -> Policy:
    """Let a policy apply to complaints, or no longer. Clocks that run go on either way; see `migrating.retire`."""
    policy = Policy.objects.select_for_update().get(code=code)
    policy.is_active = is_active
    policy.save(update_fields=["is_active"])
    return policy


@transaction.atomic
def move(*, code: str, up: bool) -> None:
    """Try a policy before the one that is tried before it, or after the one after it. Positions are numbered anew,
    those of drafts that were to keep their policy's place with them.
    """
    policies = list(Policy.objects.select_for_update().order_by("position", "pk"))
    place = next(number for number, policy in enumerate(policies) if policy.code == code)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(policies):
        return
    policies[place], policies[other] = policies[other], policies[place]
    for number, policy in enumerate(policies, start=1):
        kept_place = PolicyDraft.objects.filter(code=policy.code, position=policy.position)
        kept_place.update(position=number * 10)
        policy.position = number * 10
    Policy.objects.bulk_update(policies, ["position"])


def check_codes(rules: PolicyRules) -> None:
    """Refuse codes that this office does not have. Raises BadPolicy."""
    if not Calendar.objects.filter(code=rules.calendar, versions__isnull=False).exists():
        raise BadPolicy(
            "calendar",
            _("There is no calendar with the code “%(code)s”; publish it first.") % {"code": rules.calendar},
        )
    for fact, model in (("department", Department), ("category", Category)):
        codes = rules.match.get(fact, ())
        known = set(model.objects.filter(code__in=codes).values_list("code", flat=True))
        for unknown in sorted(set(codes) - known):
            raise BadPolicy(f"match.{fact}", _("Nothing here has the code “%(code)s”.") % {"code": unknown})
