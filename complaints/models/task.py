"""Tasks: what a department or a person is asked to do for a complaint."""

from datetime import datetime

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints.models.complaint import Complaint
from complaints.tasking import OPEN, Payer, TaskKind, TaskState

_OPEN = sorted(OPEN)


def _moment_and_person(state: TaskState, name: str) -> models.CheckConstraint:
    """Exactly the tasks in this state say when and by whom they came to be in it."""
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    neither = {f"{name}_at__isnull": True, f"{name}_by__isnull": True}
    return models.CheckConstraint(
        condition=Q(state=state, **both) | (~Q(state=state) & Q(**neither)), name=f"complaints_task_{name}_when"
    )


class Task(models.Model):
    """One thing that somebody is asked to do. `result` holds what came of it, or why it was refused or cancelled.

    The complaint's row guards its tasks: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="tasks", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=TaskKind)
    state = models.CharField(_("state"), max_length=10, choices=TaskState, default=TaskState.ISSUED)
    what = models.TextField(_("what is to be done"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="tasks", verbose_name=_("department"), db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("owner"),
        db_index=False,
        help_text=_("Empty: whoever in the department accepts it."),
    )
    blocking = models.BooleanField(
        _("holds up the answer"), default=True, help_text=_("The complaint cannot be resolved before it has ended.")
    )
    due = models.DateTimeField(
        _("agreed moment"), null=True, blank=True, help_text=_("Empty: the policy says by when.")
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("issued at"))
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by")
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )
    done_at = models.DateTimeField(_("done at"), null=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("refused by")
    )
    refused_at = models.DateTimeField(_("refused at"), null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("cancelled by")
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    result = models.TextField(_("result"), blank=True)
    body = models.CharField(_("body that appraises"), max_length=200, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[RegexValidator(r"^[A-Z]{3}$")])
    payer = models.CharField(_("who pays"), max_length=12, choices=Payer, blank=True)

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_task_once"),
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="complaints_task_state"),
            models.CheckConstraint(condition=Q(kind__in=TaskKind.values), name="complaints_task_kind"),
            models.CheckConstraint(condition=Q(number__gt=0), name="complaints_task_number"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="complaints_task_not_its_own"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="complaints_task_accepted_pair",
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.ISSUED, accepted_at=None)
                | Q(state__in=[TaskState.ACCEPTED, TaskState.DONE], accepted_at__isnull=False, owner__isnull=False)
                | Q(state__in=[TaskState.REFUSED, TaskState.CANCELLED]),
                name="complaints_task_accepted_when",
            ),
            _moment_and_person(TaskState.DONE, "done"),
            _moment_and_person(TaskState.REFUSED, "refused"),
            _moment_and_person(TaskState.CANCELLED, "cancelled"),
            models.CheckConstraint(  # what was cancelled with its complaint needs no reasons of its own
                condition=Q(state__in=_OPEN, result="")
                | Q(state=TaskState.CANCELLED)
                | (Q(state__in=[TaskState.DONE, TaskState.REFUSED]) & ~Q(result="")),
                name="complaints_task_ended_says_how",
            ),
            models.CheckConstraint(
                condition=Q(due=None) | Q(due__gt=F("issued_at")), name="complaints_task_due_ahead"
            ),
            models.CheckConstraint(
                condition=Q(kind=TaskKind.APPRAISAL) & ~Q(body="")
                | (~Q(kind=TaskKind.APPRAISAL) & Q(body="", cost=None, payer="")),
                name="complaints_task_appraisal",
            ),
            models.CheckConstraint(
                condition=Q(cost=None, currency="") | (Q(cost__gte=0) & Q(currency__regex=r"^[A-Z]{3}$")),
                name="complaints_task_cost",
            ),
            models.CheckConstraint(condition=Q(payer__in=["", *Payer.values]), name="complaints_task_payer"),
        ]
        indexes = [
            # what lets people see a complaint of another department, and fills My work: open tasks are few
            models.Index(fields=["department"], name="complaints_task_for_dept", condition=Q(state__in=_OPEN)),
            models.Index(fields=["owner"], name="complaints_task_for_owner", condition=Q(state__in=_OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} task {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.state in OPEN

    @property
    def ended_at(self) -> datetime | None:
        """When it was done, refused or cancelled; None while it is open."""
        return self.done_at or self.refused_at or self.cancelled_at

    @property
    def ended_by(self) -> User | None:
        """Who ended it."""
        return self.done_by or self.refused_by or self.cancelled_by
