"""Open clocks and another version of their policy: what would change, moving them, undoing it; retiring a policy.

A clock keeps the version it started with until an administrator moves it. The preview lists every open clock of the
policy with its date before and after; the move recomputes each under its complaint's lock, and marks those for which
the preview no longer held. A little is done at once; what is more is left to the workers (`batches.py`).
"""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.lifecycle import OPEN
from complaints.models import Complaint
from escalation.errors import CannotMigrate
from escalation.models import Policy, PolicyDraft, PolicyMigration, PolicyVersion
from escalation.services import batches

AT_ONCE = 300
"""So many clocks are dealt with in the request that asks for it."""
COMPARED_AT_ONCE = 2_000
"""So many open complaints are compared in it."""
SECONDS_AT_ONCE = 1.5


def preview_draft(*, code: str, by: User) -> PolicyMigration:
    """What would change if the draft of the policy `code` were its newest version and its open clocks were moved.

    Raises CannotMigrate when there is no draft.
    """
    draft = PolicyDraft.objects.filter(code=code).first()
    if draft is None:
        raise CannotMigrate(_("There is no draft of this policy any more; somebody published or discarded it."))
    policy = Policy.objects.filter(code=code).first()
    return _ask(
        PolicyMigration(
            code=code, policy=policy, document=draft.document, position=draft.position, asked_by=by, counts={}
        )
    )


def preview_newest(*, code: str, by: User) -> PolicyMigration:
    """What would change if the open clocks of the policy's older versions were moved to the newest one."""
    version = _newest(code)
    return _ask(
        PolicyMigration(
            code=code,
            policy=version.policy,
            document=version.document,
            position=version.policy.position,
            to_version=version,
            asked_by=by,
            counts={},
        )
    )


def start(*, migration_id: int, by: User) -> PolicyMigration:
    """Move the clocks of a preview. Raises CannotMigrate unless its document is the newest version of the policy."""
    with transaction.atomic():
        migration = _held(migration_id)
        if migration.state != PolicyMigration.State.READY or migration.kind != PolicyMigration.Kind.MIGRATE:
            raise CannotMigrate(_("This preview is not waiting to be carried out."))
        if migration.to_version is None or migration.to_version != _newest(migration.code):
            raise CannotMigrate(
                _("What was previewed here is not the newest version of the policy. Publish it, or preview that one.")
            )
        migration.state, migration.run_by, migration.run_at = PolicyMigration.State.RUNNING, by, timezone.now()
        migration.total, migration.done = None, 0
        _save_at_work(migration)
    return _at_once(migration)


def retire(*, code: str, by: User) -> PolicyMigration:
    """Switch a policy off and cancel its open clocks, so that it leaves nothing escalated. What people promised one
    another stands. To keep its clocks, only switch it off: `policies.switch`.
    """
    with transaction.atomic():
        policy = Policy.objects.select_for_update().get(code=code)
        migration = PolicyMigration(
            kind=PolicyMigration.Kind.RETIRE,
            code=code,
            policy=policy,
            state=PolicyMigration.State.RUNNING,
            asked_by=by,
            run_by=by,
            run_at=timezone.now(),
            counts={},
        )
        policy.is_active = False
        policy.save(update_fields=["is_active"])
        _save_at_work(migration)
    return _at_once(migration)


def undo(*, migration_id: int, by: User) -> PolicyMigration:
    """Put every clock that has not changed since back to the version it had; a retired policy is active again.

    Those that changed meanwhile are listed and left. Raises CannotMigrate for what has not been carried out.
    """
    with transaction.atomic():
        migration = _held(migration_id)
        if migration.state != PolicyMigration.State.DONE:
            raise CannotMigrate(_("Only what has been carried out can be undone, and only once."))
        if migration.kind == PolicyMigration.Kind.RETIRE:
            Policy.objects.filter(pk=migration.policy_id or 0).update(is_active=True)
        migration.state, migration.undone_by, migration.undone_at = PolicyMigration.State.UNDOING, by, timezone.now()
        migration.total, migration.done, migration.finished_at = None, 0, None
        _save_at_work(migration)
    return _at_once(migration)


def go_on(*, migration_id: int) -> PolicyMigration:
    """Try again what an error stopped. Raises CannotMigrate if none did."""
    with transaction.atomic():
        migration = _held(migration_id)
        if migration.state != PolicyMigration.State.FAILED:
            raise CannotMigrate(_("Nothing is stopped here."))
        migration.state, migration.stopped_in, migration.last_error = migration.stopped_in, "", ""
        _save_at_work(migration)
    return _at_once(migration)


def _held(migration_id: int) -> PolicyMigration:
    """Hold a preview or move. Raises CannotMigrate for a preview that a newer one has replaced."""
    migration = PolicyMigration.objects.select_for_update().filter(pk=migration_id).first()
    if migration is None:
        raise CannotMigrate(_("This preview is not waiting to be carried out."))
    return migration


def _newest(code: str) -> PolicyVersion:
    version = PolicyVersion.objects.filter(policy__code=code).select_related("policy").order_by("-number").first()
    if version is None:
        raise CannotMigrate(_("There is no such policy."))
    return version


def _save_at_work(migration: PolicyMigration) -> None:
    """Keep what is at work from now on. Raises CannotMigrate while another move of the same policy's clocks is; the
    database refuses the second, also of two at the same moment.
    """
    try:
        with transaction.atomic():
            migration.save()
    except IntegrityError:
        raise CannotMigrate(
            _("The clocks of this policy are being moved right now; wait until that is done.")
        ) from None


def _ask(migration: PolicyMigration) -> PolicyMigration:
    """Keep a preview that is to be made. Older ones of the same policy that nobody carried out are dropped, but for
    one that a worker has in hand: it would list clocks under what is gone.
    """
    with transaction.atomic():
        older = PolicyMigration.objects.filter(
            code=migration.code, state__in=[PolicyMigration.State.READY, PolicyMigration.State.PREVIEWING], run_at=None
        )
        free = older.select_for_update(skip_locked=True).values_list("pk", flat=True)
        PolicyMigration.objects.filter(pk__in=list(free)).delete()
        migration.save()
    return _at_once(migration)


def _at_once(migration: PolicyMigration) -> PolicyMigration:
    """Begin in the request if there is little to do; the workers do what is left."""
    few = batches.clocks_of(migration)[: AT_ONCE + 1].count() <= AT_ONCE
    if few and (
        not batches.compares(migration)
        or Complaint.objects.filter(status__in=OPEN)[: COMPARED_AT_ONCE + 1].count() <= COMPARED_AT_ONCE
    ):
        batches.carry_on(seconds=SECONDS_AT_ONCE, migration_id=migration.pk)
    migration.refresh_from_db()
    return migration
