"""The forms of looking into a complaint and judging it. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints.judging import SHOWN_BY, Cause, DemandFinding, Grounds, Party, Source
from complaints.models import Complaint, InvestigationEntry, Judgement
from complaints.selectors import inquiries, matters
from complaints.selectors import tasks as task_reads
from complaints.services.judgements import Origin
from complaints.tasking import TaskKind, TaskState
from complaints.web.desk.fields import Line, PersonField, SeveralFilesField, TreeField, Words
from complaints.web.desk.forms.acts import ActForm


def in_a_list(entry: InvestigationEntry) -> str:
    """An entry as a choice: its number, and how it begins."""
    what = entry.what if len(entry.what) <= 60 else f"{entry.what[:60]}…"
    return gettext("No. %(number)d: %(what)s") % {"number": entry.number, "what": what}


def from_task(user: User, complaint: Complaint, number: str) -> dict[str, Any]:
    """What a finished task has brought, for the fields of the form: nobody types twice what is on record."""
    done = (entry.task for entry in task_reads.tasks_of(user, complaint) if entry.task.state == TaskState.DONE)
    task = next((task for task in done if str(task.number) == number and task.kind in SHOWN_BY), None)
    if task is None:
        return {}
    by = gettext("Task no. %(number)d (%(kind)s), %(department)s") % {
        "number": task.number,
        "kind": task.get_kind_display(),
        "department": task.department.label(),
    }
    return {"source": SHOWN_BY[TaskKind(task.kind)], "what": task.result, "how": by}


class InvestigateForm(ActForm):
    """One thing that was found out. `task` among what the address presets fills it in with what that task brought."""

    service_fields = {"replaces_number": "replaces"}

    source = forms.ChoiceField(
        choices=Source.choices, label=_("Where it comes from"), widget=forms.RadioSelect, initial=Source.DOCUMENT
    )
    what = Words(
        label=_("What was found out"),
        help_text=_("One fact, in sober words: about the matter, not about the person. Only the office reads this."),
        rows=3,
    )
    verified = forms.BooleanField(label=_("It is verified"), required=False)
    how = Words(
        label=_("By what it is verified"),
        required=False,
        help_text=_("Such as the till roll, a second witness, the delivery note."),
        rows=2,
    )
    amount = forms.DecimalField(
        label=_("Amount at stake"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("If this shows what is at stake. How far to look into the complaint is proposed by it."),
    )
    currency = Line(label=_("Currency"), required=False, limit=3, help_text=_("Three letters, such as TWD."))
    legal = forms.BooleanField(label=_("A lawsuit is threatened or under way"), required=False)
    files = SeveralFilesField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        label=_("Photos and papers"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if number := self.initial.pop("task", ""):
            self.initial = {**from_task(self.user, self.complaint, number), **self.initial}
        entries = inquiries.standing(list(self.complaint.investigation.order_by("number")))
        self.fields["replaces"] = forms.TypedChoiceField(
            choices=[("", _("No other fact")), *((entry.number, in_a_list(entry)) for entry in entries)],
            coerce=int,
            empty_value=None,
            required=False,
            label=_("Takes the place of"),
            help_text=_("When something is verified later, or turns out to be otherwise. Both stay on record."),
        )
        self.order_fields(["source", "what", "verified", "how", "replaces", "amount", "currency", "legal", "files"])

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types."""
        said = super().said()
        return said | {
            "source": Source(said["source"]),
            "replaces_number": said.pop("replaces"),
            "files": said["files"] or [],
        }


_OF_THE_ORIGIN = ("cause", "cause_note", "party", "department", "person", "party_name")


class JudgeForm(ActForm):
    """Two findings with their reasons, about the whole or about one matter; then the cause, who answers for it, and
    the complainant's share.
    """

    service_fields = {"matter_number": "matter"}

    grounds = forms.ChoiceField(choices=Grounds.choices, label=_("Are the grounds founded?"), widget=forms.RadioSelect)
    grounds_reasons = Words(label=_("Why, as to the grounds"), help_text=_("Which facts show it."), rows=3)
    demand = forms.ChoiceField(
        choices=DemandFinding.choices, label=_("Is the demand reasonable?"), widget=forms.RadioSelect
    )
    demand_reasons = Words(
        label=_("Why, as to the demand"),
        required=False,
        help_text=_("Apart from the grounds. Needed unless there is no demand."),
        rows=3,
    )
    cause = forms.ChoiceField(
        choices=[("", _("Not known yet")), *Cause.choices],
        label=_("Cause"),
        required=False,
        help_text=_("What brought it about. The class “valid” needs it."),
    )
    cause_note = Words(
        label=_("The cause in words"), required=False, help_text=_("Needed once a cause is chosen."), rows=2
    )
    party = forms.ChoiceField(
        choices=[("", _("Not known yet")), *Party.choices], label=_("Who answers for it"), required=False
    )
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        required=False,
        label=_("Which department"),
        help_text=_("If a department answers for it."),
        empty_label=_("None"),
    )
    party_name = Line(
        label=_("Name"), required=False, help_text=_("If a supplier or somebody else outside answers for it.")
    )
    share = forms.IntegerField(
        label=_("Share of the complainant, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
        initial=0,
        help_text=_("How much of it they brought about themselves; 0 when nothing."),
    )
    share_reasons = Words(
        label=_("Why they share it"), required=False, help_text=_("Needed when they share it."), rows=2
    )
    enough_because = Words(
        label=_("Why this inquiry is enough"),
        required=False,
        help_text=_("Needed when it lacks something that the proposed depth calls for."),
        rows=2,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"] = PersonField(
            queryset=self._people(),
            required=False,
            label=_("Which member of the staff"),
            help_text=_("If one person answers for it. Only those who may judge, review or audit read the name."),
            empty_label=_("None"),
        )
        names = list(JudgeForm.base_fields)
        names.insert(names.index("party_name"), "person")
        live = list(matters.live(self.complaint))
        if live:
            self.fields["matter"] = forms.TypedChoiceField(
                choices=[("", _("The whole complaint")), *((matter.number, str(matter)) for matter in live)],
                coerce=int,
                empty_value=None,
                required=False,
                label=_("What is judged"),
            )
            names.insert(0, "matter")
        self.order_fields(names)
        wanted = str(self.initial.get("matter", ""))
        judged = next((matter for matter in live if str(matter.number) == wanted), None)
        judgement = inquiries.in_force(self.complaint, judged)
        if judgement is not None:
            self.initial = _as_typed(judgement) | dict(self.initial)

    def _people(self) -> QuerySet[User]:
        """Nobody judges themselves."""
        return User.objects.exclude(pk=self.user.pk).select_related("department").order_by("name", "id")

    def clean(self) -> dict[str, Any]:
        """Cause and party are stated together, with what belongs to them, or not at all."""
        cleaned = super().clean() or {}
        if any(cleaned.get(name) for name in _OF_THE_ORIGIN):
            for name in ("cause", "party"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Cause and responsible party are stated together."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """Codes as the service's own types; cause and party together."""
        said = super().said()
        given = {name: said.pop(name) for name in _OF_THE_ORIGIN}
        origin = None
        if given["cause"]:
            origin = Origin(**given | {"cause": Cause(given["cause"]), "party": Party(given["party"])})
        return said | {
            "matter_number": said.pop("matter", None),
            "grounds": Grounds(said["grounds"]),
            "demand": DemandFinding(said["demand"]),
            "share": said["share"] or 0,
            "origin": origin,
        }


def _as_typed(judgement: Judgement) -> dict[str, Any]:
    """The judgement in force, to be revised."""
    names = ("grounds", "grounds_reasons", "demand", "demand_reasons", "cause", "cause_note", "party", "party_name")
    return {name: getattr(judgement, name) for name in (*names, "share", "share_reasons", "enough_because")} | {
        "department": judgement.department_id,
        "person": judgement.person_id,
    }
