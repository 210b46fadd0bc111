"""Creating for programs that may have to send the same request twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken
from complaints import references
from complaints.errors import IdempotencyConflict
from complaints.models import Complaint, IdempotentCreate, Task
from complaints.services import first_contact, tasks, unrecorded_upgrades
from complaints.services.first_contact import Settled
from complaints.services.intake import Registered, Registration
from complaints.services.unrecorded_upgrades import Unrecorded


@dataclass(frozen=True)
class RegisteredOnce:
    """The complaint, its secret, and whether it had been registered by an earlier request.

    `access_secret` is empty when the case has been given another secret since.
    """

    complaint: Complaint
    access_secret: str
    repeated: bool


@transaction.atomic
def register_once(
    *,
    registration: Registration,
    token: ApiToken,
    key: str,
    request_digest: str,
    settled: Settled | None = None,
) -> RegisteredOnce:
    """Register a complaint once: see `_once`. Raises what `first_contact.register` raises."""

    def register(secret: str) -> Registered:
        return first_contact.register(registration=registration, by=token.user, settled=settled, access_secret=secret)

    return _once(register, token, key, request_digest)


@transaction.atomic
def upgrade_once(
    *, given: Unrecorded, none_found: bool, token: ApiToken, key: str, request_digest: str
) -> RegisteredOnce:
    """Register an upgrade without a number once: see `_once`. Raises what `unrecorded_upgrades.upgrade` raises."""

    def register(secret: str) -> Registered:
        return unrecorded_upgrades.upgrade(given=given, by=token.user, none_found=none_found, access_secret=secret)

    return _once(register, token, key, request_digest)


def _once(register: Callable[[str], Registered], token: ApiToken, key: str, request_digest: str) -> RegisteredOnce:
    """Register a complaint with the secret that `register` is given, unless this token did so before with this key:
    then give back that one.

    The secret follows from the key and the content, so that the repeated answer shows the same one although only
    its digest is kept. Two requests at the same moment queue on the key (an advisory lock until the transaction ends).
    Raises IdempotencyConflict when the key came with another request.
    """
    _queue_on(token, key)
    # of the content as well: a key that is used anew when the first use is forgotten opens no other case
    secret = references.secret_from(_seed(token, key, request_digest))
    before = IdempotentCreate.objects.select_related("complaint").filter(token=token, key=key).first()
    if before is not None:
        if before.request_digest != request_digest or before.task_id is not None or before.made:
            raise IdempotencyConflict(
                _("This Idempotency-Key was used for a complaint with other content. Use a new key.")
            )
        same = references.digest(secret) == before.complaint.access_digest
        return RegisteredOnce(before.complaint, secret if same else "", repeated=True)
    registered = register(secret)
    IdempotentCreate.objects.create(
        token=token, key=key, request_digest=request_digest, complaint=registered.complaint
    )
    return RegisteredOnce(registered.complaint, registered.access_secret, repeated=False)


@dataclass(frozen=True)
class IssuedOnce:
    """The task, and whether it had been issued by an earlier request."""

    task: Task
    repeated: bool


@transaction.atomic
def issue_once(
    *,
    complaint_id: int,
    token: ApiToken,
    key: str,
    request_digest: str,
    given: Mapping[str, Any],
    if_new: Callable[[], None],
) -> IssuedOnce:
    """Issue a task, `given` as `tasks.issue` takes it, unless this token did so before with this key: then give back
    that one. `if_new` is asked before anything is done, and may raise.

    Raises IdempotencyConflict when the key came with another request, and what `tasks.issue` raises.
    """
    _queue_on(token, key)
    before = IdempotentCreate.objects.select_related("task").filter(token=token, key=key).first()
    if before is not None:
        same = before.request_digest == request_digest and before.complaint_id == complaint_id
        if not same or before.task is None:
            raise IdempotencyConflict(_("This Idempotency-Key was used for another request. Use a new key."))
        return IssuedOnce(before.task, repeated=True)
    if_new()
    task = tasks.issue(complaint_id=complaint_id, by=token.user, **given)
    IdempotentCreate.objects.create(
        token=token, key=key, request_digest=request_digest, complaint_id=complaint_id, task=task
    )
    return IssuedOnce(task, repeated=False)


@transaction.atomic
def make_once(
    *,
    complaint_id: int,
    token: ApiToken,
    key: str,
    request_digest: str,
    what: str,
    make: Callable[[], object],
    if_new: Callable[[], None],
) -> bool:
    """Make some part of a complaint, unless this token did so before with this key; whether it had. `what` names the
    kind of part. `if_new` is asked before anything is done, and may raise.

    Raises IdempotencyConflict when the key came with another request, and what `make` raises.
    """
    _queue_on(token, key)
    before = IdempotentCreate.objects.filter(token=token, key=key).first()
    if before is not None:
        if (before.request_digest, before.complaint_id, before.made) != (request_digest, complaint_id, what):
            raise IdempotencyConflict(_("This Idempotency-Key was used for another request. Use a new key."))
        return True
    if_new()
    make()
    IdempotentCreate.objects.create(
        token=token, key=key, request_digest=request_digest, complaint_id=complaint_id, made=what
    )
    return False


def _seed(token: ApiToken, key: str, *more: str) -> bytes:
    return salted_hmac("complaints.idempotency", ":".join([str(token.pk), *more, key]), algorithm="sha256").digest()


def _queue_on(token: ApiToken, key: str) -> None:
    number = int.from_bytes(_seed(token, key)[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
