"""Publishing policies. A published version never changes; clocks that run keep the one they started with."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department
from complaints.models import Category
from escalation.documents import check_code
from escalation.errors import BadPolicy
from escalation.models import Calendar, Policy, PolicyVersion
from escalation.policies import PolicyRules


@transaction.atomic
def publish(
    *,
    code: str,
    document: Any,
    name: str,
    position: int = 100,
    is_active: bool = True,
) -> PolicyVersion:
    """Make the document the newest version of the policy `code`, which is created if it is new.

    A document that says the same as the newest version publishes nothing and answers with that version.
    Raises BadPolicy (BadTarget, BadLadder), naming the field at fault: also for a calendar, department or category
    that does not exist, since such a policy could keep no promise, or would never match.
    """
    rules = PolicyRules.from_json(document)
    check_codes(rules)
    check_code(code, refuse=BadPolicy)
    described = {"name": name, "position": position, "is_active": is_active}
    policy, _created = Policy.objects.get_or_create(code=code, defaults=described)
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    for field, value in described.items():
        setattr(policy, field, value)
    policy.save(update_fields=list(described))
    newest = policy.versions.order_by("-number").first()
    if newest is not None and PolicyRules.from_json(newest.document) == rules:
        return newest
    number = (policy.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return PolicyVersion.objects.create(
        policy=policy, number=number, document=rules.to_json(), published_at=timezone.now()
    )


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
