"""The forms of the acts about tasks. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints import conflicts
from complaints.conflicts import RESPONDENTS
from complaints.lifecycle import Verb
from complaints.models import Remedy, Task
from complaints.remedying import RemedyKind, RemedyState
from complaints.selectors import tasks as task_reads
from complaints.services.tasks import Appraisal
from complaints.tasking import OPEN, Payer, TaskKind
from complaints.web.desk.fields import Line, MomentField, PersonField, SeveralFilesField, TreeField, Words
from complaints.web.desk.forms.acts import ActForm


def in_a_list(task: Task) -> str:
    """A task as a choice: its number, its kind, and how it begins."""
    what = task.what if len(task.what) <= 60 else f"{task.what[:60]}…"
    return gettext("No. %(number)d, %(kind)s: %(what)s") % {
        "number": task.number,
        "kind": TaskKind(task.kind).label,
        "what": what,
    }


def remedy_in_a_list(remedy: Remedy) -> str:
    """A remedy as a choice: its number, its kind, and how it begins."""
    what = remedy.what if len(remedy.what) <= 60 else f"{remedy.what[:60]}…"
    return gettext("No. %(number)d, %(kind)s: %(what)s") % {
        "number": remedy.number,
        "kind": RemedyKind(remedy.kind).label,
        "what": what,
    }


class IssueTaskForm(ActForm):
    """What is asked of whom, and by when."""

    service_fields = {"parent_number": "parent", "remedy_number": "remedy"}

    kind = forms.ChoiceField(choices=TaskKind.choices, label=_("What kind of task"), widget=forms.RadioSelect)
    what = Words(label=_("What is to be done"), help_text=_("Only the office reads this."), rows=3)
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=_("Which department does it"),
        help_text=_("Its people see the complaint for as long as the task is open."),
        empty_label=_("Choose a department"),
    )
    due = MomentField(
        label=_("Agreed for"), required=False, help_text=_("Left empty, the deadline policy says by when.")
    )
    blocking = forms.BooleanField(
        label=_("The complaint is not answered before this has ended"), required=False, initial=True
    )
    body = Line(label=_("Body that appraises"), required=False, help_text=_("For an appraisal."))
    cost = forms.DecimalField(
        label=_("What it costs"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("For an appraisal, if it is known."),
    )
    currency = Line(label=_("Currency"), required=False, limit=3, help_text=_("Three letters, such as TWD."))
    payer = forms.ChoiceField(
        choices=[("", _("Not settled yet")), *Payer.choices], label=_("Who pays"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = PersonField(
            queryset=self._people(),
            required=False,
            label=_("Who does it"),
            help_text=_("Left empty, whoever in the department accepts it."),
            empty_label=_("Whoever accepts it"),
        )
        parents = self.complaint.tasks.filter(state__in=sorted(OPEN)).order_by("number")
        self.fields["parent"] = forms.TypedChoiceField(
            choices=[("", _("No other task")), *((task.number, in_a_list(task)) for task in parents)],
            coerce=int,
            empty_value=None,
            required=False,
            label=_("Part of"),
            help_text=_("That task cannot be finished before this one."),
        )
        agreed = self.complaint.remedies.filter(state=RemedyState.ACCEPTED).order_by("number")
        if agreed:
            self.fields["remedy"] = forms.TypedChoiceField(
                choices=[("", _("No remedy")), *((remedy.number, remedy_in_a_list(remedy)) for remedy in agreed)],
                coerce=int,
                empty_value=None,
                required=False,
                label=_("Remedy that it carries out"),
            )
        last = ["due", "blocking", "parent", "body", "cost", "currency", "payer"]
        self.order_fields(["kind", "remedy", "what", "department", "owner", *last])

    def _people(self) -> QuerySet[User]:
        """Whom the complaint concerns is left out; the person it is about may be asked for a statement."""
        concerned = conflicts.concerned(self.complaint)
        barred = [person for person, concern in concerned.items() if concern not in RESPONDENTS]
        people = User.objects.filter(is_active=True, department__isnull=False).exclude(pk__in=barred)
        return people.select_related("department").order_by("name", "id")

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types; what belongs to an appraisal together."""
        said = super().said()
        body, cost, currency, payer = (said.pop(name) for name in ("body", "cost", "currency", "payer"))
        appraisal = None
        if said["kind"] == TaskKind.APPRAISAL or body or cost is not None or currency or payer:
            appraisal = Appraisal(body, cost, currency, Payer(payer) if payer else None)
        return said | {
            "kind": TaskKind(said["kind"]),
            "parent_number": said.pop("parent"),
            "remedy_number": said.pop("remedy", None),
            "appraisal": appraisal,
        }


class OneTaskForm(ActForm):
    """Which task: one of those with which the person may do this now."""

    verb: Verb

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        entries = task_reads.tasks_of(self.user, self.complaint)
        self.tasks = [entry.task for entry in entries if self.verb in entry.verbs]
        self.fields["task"] = forms.TypedChoiceField(
            choices=[(task.number, in_a_list(task)) for task in self.tasks],
            coerce=int,
            label=_("Task"),
            error_messages={
                "invalid_choice": _("This is not possible with that task now, or not for you. Look at it again.")
            },
        )
        self.order_fields(["task"])

    def said(self) -> dict[str, Any]:
        """The task by its number."""
        said = super().said()
        return said | {"number": said.pop("task")}


class AcceptTaskForm(OneTaskForm):
    """Taking it on."""

    verb = Verb.ACCEPT_TASK


class RefuseTaskForm(OneTaskForm):
    """Why it will not be done."""

    verb = Verb.REFUSE_TASK
    reasons = Words(label=_("Why it will not be done"), help_text=_("Whoever issued the task reads this."), rows=3)


class FinishTaskForm(OneTaskForm):
    """What came of it."""

    verb = Verb.FINISH_TASK
    result = Words(
        label=_("What came of it"), help_text=_("What was found, said or done. Only the office reads this."), rows=4
    )
    files = SeveralFilesField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        label=_("Photos and papers"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if any(task.kind == TaskKind.APPRAISAL for task in self.tasks):
            self.fields["cost"] = forms.DecimalField(
                label=_("What the appraisal has cost"),
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=2,
                help_text=_("Left empty, it stays what it was."),
            )
            self.fields["currency"] = Line(
                label=_("Currency"), required=False, limit=3, help_text=_("Three letters, such as TWD.")
            )

    def said(self) -> dict[str, Any]:
        """The files as the service takes them."""
        said = super().said()
        return said | {"files": said["files"] or []}


class CancelTaskForm(OneTaskForm):
    """Why it is not needed any more."""

    verb = Verb.CANCEL_TASK
    reasons = Words(label=_("Why it is not needed any more"), help_text=_("Only the office reads this."), rows=3)
