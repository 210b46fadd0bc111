"""Carrying out what was agreed with the complainant, with proof, and hearing that it did not help.

(Design section 3, "Remedies"; mission M13, S2-11.)
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import lifecycle, permissions, remedying, selectors
from complaints.errors import TasksOpen, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text, optional_text
from complaints.models import Complaint, Message, Remedy, RemedyItem, Task
from complaints.remedying import RemedyKind, RemedyState, checked_amount, in_money
from complaints.services import evidence, messages, remedies
from complaints.services.evidence import CheckedFile
from complaints.tasking import TaskKind, TaskState


@transaction.atomic
def carry_out(
    *,
    complaint_id: int,
    number: int,
    by: User,
    on: date,
    proof: str,
    paid: Mapping[int, Decimal] | None = None,
    why_less: str = "",
    task_number: int | None = None,
    files: Sequence[CheckedFile] = (),
    for_complainant: bool = False,
) -> Remedy:
    """Record that a remedy was carried out: on what day of the office's calendar, and what shows it.

    `paid` says by number of the line what was paid; left out, it is what was agreed. Less needs a reason, more is
    refused. `task_number` names the finished task that carried it out. The files are for the office alone, unless
    they are `for_complainant` too. Raises Invalid, and TasksOpen while the task that carries it out is open.
    """
    remedy = remedies.held_for(complaint_id, number, by, Verb.CARRY_OUT)
    remedies.check_released(remedy)
    remedy.proof = check_text("proof", proof)
    remedy.carried_out_on = _checked_day(remedy.complaint, on)
    remedy.task = _carrying_task(remedy, task_number)
    items = _paid(remedy, paid or {})
    remedy.why_less = _checked_shortfall(items, why_less)
    evidence.check_room(remedy.complaint, len(files))
    RemedyItem.objects.bulk_update(items, ["paid"])
    for file in files:
        evidence.keep(remedy.complaint, file, by=by, internal=not for_complainant, remedy=remedy)
    remedy.carried_out_by, remedy.carried_out_at = by, timezone.now()
    fields = ["proof", "carried_out_on", "carried_out_by", "carried_out_at", "task", "why_less"]
    return remedies.move(
        remedy,
        Verb.CARRY_OUT,
        by,
        remedy.carried_out_at,
        fields=fields,
        on=on.isoformat(),
        **remedies.amount_of(remedy, "paid"),
        **({"task": remedy.task.number} if remedy.task else {}),
    )


@transaction.atomic
def report_failure(*, complaint_id: int, number: int, body: str) -> Remedy:
    """The complainant says on their page that what was done for them has not put things right, and how."""
    complaint = selectors.locked(complaint_id)
    return _fail(complaint, number, None, check_text("body", body))


@transaction.atomic
def record_failure(*, complaint_id: int, number: int, by: User, body: str) -> Remedy:
    """Record that what was done has not put things right, and what shows it; the next remedy is proposed."""
    complaint = selectors.locked(complaint_id)
    permissions.check(by, Verb.STILL_BROKEN, complaint)
    return _fail(complaint, number, by, check_text("body", body))


def _fail(complaint: Complaint, number: int, by: User | None, body: str) -> Remedy:
    """Of a held complaint. What the rules propose next is told by the event; people decide."""
    lifecycle.after(Status(complaint.status), Verb.STILL_BROKEN)
    remedy = remedies.find(complaint, number)
    kind = RemedyKind(remedy.kind)
    remedying.after(kind, RemedyState(remedy.state), Verb.STILL_BROKEN)
    now = timezone.now()
    failed = 1 + complaint.remedies.filter(kind=kind, state=RemedyState.FAILED).count()
    words = messages.write(
        complaint, kind=Message.Kind.NOTE if by else Message.Kind.HEARD, author=by, body=body, at=now
    )
    remedy.failed_by, remedy.failed_at = by, now
    return remedies.move(
        remedy,
        Verb.STILL_BROKEN,
        by or complaint.complainant,
        now,
        fields=["failed_by", "failed_at"],
        message=words.pk,
        failed=failed,
        proposed=remedying.next_remedy(kind, failed),
    )


def _checked_day(complaint: Complaint, on: date) -> date:
    if on > timezone.localdate():
        raise invalid("on", _("This day has not come yet. Record it once it is done."))
    if on < timezone.localdate(complaint.received_at):
        raise invalid("on", _("The complaint had not been received by then."))
    return on


def _carrying_task(remedy: Remedy, number: int | None) -> Task | None:
    """The task that carried the remedy out: the one named, else the one that was issued for it, if any."""
    task = remedy.task
    if number is not None:
        task = remedy.complaint.tasks.filter(number=number, kind=TaskKind.CARRYING_OUT).first()
        if task is None:
            raise invalid("task", _("The complaint has no task of carrying out with this number."))
    elif task is None or task.state in (TaskState.REFUSED, TaskState.CANCELLED):
        return None
    if task.is_open:
        raise TasksOpen(
            _("Task no. %(number)d carries this remedy out and is not done yet. Finish it first.")
            % {"number": task.number}
        )
    if task.state != TaskState.DONE:
        raise invalid("task", _("This task was not done."))
    return task


def _paid(remedy: Remedy, paid: Mapping[int, Decimal]) -> list[RemedyItem]:
    """The lines of the remedy with what was paid of each, not saved."""
    items = list(remedy.items.all())
    if unknown := set(paid) - {item.number for item in items}:
        raise invalid("paid", _("The remedy has no line no. %(number)d.") % {"number": min(unknown)})
    for item in items:
        if item.accepted is None:  # carried out without having been offered: there is no money in it
            continue
        amount = checked_amount("paid", paid.get(item.number, item.accepted), remedy.currency)
        if amount > item.accepted:
            raise invalid(
                "paid",
                _("Line no. %(number)d: at most %(agreed)s was agreed.")
                % {"number": item.number, "agreed": in_money(item.accepted, remedy.currency)},
            )
        item.paid = amount
    return items


def _checked_shortfall(items: Sequence[RemedyItem], why_less: str) -> str:
    less = any(item.paid is not None and item.accepted is not None and item.paid < item.accepted for item in items)
    if less and not why_less.strip():
        raise invalid("why_less", _("Less was paid than agreed: say why."))
    return optional_text("why_less", why_less)
