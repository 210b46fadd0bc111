"""Tasks: what was asked of whom, and what holds what up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from complaints import permissions, tasking
from complaints.errors import ComplaintError, ConflictOfInterest, IllegalMove, Invalid, NotAllowed, TasksOpen
from complaints.lifecycle import ABOUT_ONE_TASK, Verb
from complaints.models import Attachment, Event, Task
from complaints.services import casework, evidence, tasks
from complaints.services.intake import SubjectDetails
from complaints.services.tasks import Appraisal
from complaints.tasking import Payer, TaskKind, TaskState
from complaints.vocabulary import DeclineCode, Outcome, SubjectKind
from escalation.models import Clock
from notifications.models import OutboxMessage
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

ENDED = (TaskState.DONE, TaskState.REFUSED, TaskState.CANCELLED)


@pytest.mark.parametrize("state", list(TaskState))
@pytest.mark.parametrize("verb", sorted(ABOUT_ONE_TASK))
def test_what_has_ended_does_not_move_and_what_is_open_can_end(state, verb):
    if state in ENDED or (state, verb) == (TaskState.ACCEPTED, Verb.ACCEPT_TASK):
        with pytest.raises(IllegalMove):
            tasking.after(state, verb)
    else:
        assert tasking.after(state, verb) != state


@pytest.fixture
def repairs(head_office):
    return DepartmentFactory(code="repairs", name="Repairs", parent=head_office)


@pytest.fixture
def mechanic(repairs):
    return UserFactory(name="Mechanic", role=Role.HANDLER, department=repairs)


@pytest.fixture
def complaint(register):
    return register().complaint


@pytest.fixture
def issue(complaint, agent, repairs):
    def _issue(**changes):
        given = {
            "complaint_id": complaint.pk,
            "by": agent,
            "kind": TaskKind.SITE_VISIT,
            "what": "Look at the till.",
            "department": repairs,
        } | changes
        return tasks.issue(**given)

    return _issue


def act(task, by, verb, **given):
    return getattr(tasks, verb)(complaint_id=task.complaint_id, number=task.number, by=by, **given)


def resolve(complaint, by):
    return casework.resolve(
        complaint_id=complaint.pk, by=by, outcome=Outcome.UPHELD, reasons="The till.", message="We pay it back."
    )


# --- the acts -----------------------------------------------------------------------------------------------


def test_a_task_from_issuing_to_its_result(issue, agent, mechanic, complaint):
    task = issue()
    assert (task.number, task.state, task.owner, task.blocking) == (1, TaskState.ISSUED, None, True)
    task = act(task, mechanic, "accept")
    assert (task.state, task.owner, task.accepted_by) == (TaskState.ACCEPTED, mechanic, mechanic)
    photo = evidence.check_file(ContentFile(b"seen at noon", name="visit.txt"))
    act(task, mechanic, "finish", result="The drawer jams.", files=[photo])
    task.refresh_from_db()
    assert (task.state, task.done_by, task.result) == (TaskState.DONE, mechanic, "The drawer jams.")
    assert Attachment.objects.get(task=task).internal
    kinds = list(Event.objects.filter(complaint=complaint).order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["register", "issue_task", "accept_task", "attach", "finish_task"]
    event = Event.objects.get(kind="finish_task")
    assert event.data["task"] == 1
    assert "drawer" not in str(event.data)


def test_what_is_done_at_once_is_accepted_at_the_same_moment(issue, mechanic):
    task = act(issue(), mechanic, "finish", result="Done.")
    assert task.accepted_at == task.done_at
    assert task.owner == mechanic


def test_the_complaint_cannot_be_resolved_before_a_blocking_task_has_ended(issue, agent, mechanic, complaint):
    issue(blocking=False)
    blocking = issue()
    with pytest.raises(TasksOpen, match=r"no\. 2 \(Site visit, Repairs\)") as refusal:
        resolve(complaint, agent)
    assert "no. 1" not in str(refusal.value)
    act(blocking, mechanic, "finish", result="Done.")
    assert resolve(complaint, agent).status == "resolved"
    assert Task.objects.get(number=1).is_open
    act(Task.objects.get(number=1), mechanic, "finish", result="Later.")


def test_a_task_cannot_be_finished_before_what_is_part_of_it(issue, mechanic):
    parent = issue()
    child = issue(parent_number=1, kind=TaskKind.CONSULTATION, what="Ask the maker.")
    grandchild = issue(parent_number=2, what="Ring the maker.")
    act(child, mechanic, "accept")
    with pytest.raises(TasksOpen, match=r"no\. 2 .* no\. 3 "):
        act(parent, mechanic, "finish", result="x")
    act(grandchild, mechanic, "finish", result="x")
    act(child, mechanic, "finish", result="x")
    assert act(parent, mechanic, "finish", result="x").state == TaskState.DONE


@pytest.mark.parametrize(
    ("verb", "by", "state"), [("refuse", "mechanic", "refused"), ("cancel", "agent", "cancelled")]
)
def test_what_is_part_of_a_task_ends_with_it(issue, request, complaint, verb, by, state):
    parent, other = issue(), issue()
    issue(parent_number=1)
    act(parent, request.getfixturevalue(by), verb, reasons="Not ours.")
    assert list(Task.objects.values_list("state", flat=True)) == [state, "issued", "cancelled"]
    assert Event.objects.get(kind=f"{verb}_task").data["tasks"] == [3]
    with pytest.raises(Invalid):
        issue(parent_number=parent.number)
    assert other.is_open


@pytest.mark.parametrize("end", ["withdraw", "decline", "merge"])
def test_open_tasks_end_with_the_complaint_and_the_event_says_so(
    issue, register, supervisor, mechanic, complaint, end
):
    act(issue(), mechanic, "finish", result="Done before.")
    issue()
    given = {
        "withdraw": {"reasons": "x"},
        "decline": {"code": DeclineCode.values[0], "reasons": "x", "recourse": "y"},
        "merge": {"into_id": register().complaint.pk},
    }[end]
    getattr(casework, end)(complaint_id=complaint.pk, by=supervisor, **given)
    assert list(Task.objects.values_list("state", flat=True)) == ["done", "cancelled"]
    assert Event.objects.get(kind=end).data["tasks"] == [2]


# --- who ----------------------------------------------------------------------------------------------------


def test_people_of_the_department_see_the_complaint_for_as_long_as_it_has_an_open_task(issue, mechanic, complaint):
    assert complaint not in permissions.visible_to(mechanic)
    task = issue()
    assert complaint in permissions.visible_to(mechanic)
    assert permissions.visible_to(mechanic).filter(subject__contains="twice").count() == 1
    act(task, mechanic, "finish", result="Done.")
    assert complaint not in permissions.visible_to(mechanic)


def test_the_owner_of_a_task_sees_the_complaint(issue, repairs, complaint):
    witness = UserFactory(name="Witness", department=repairs)
    issue(kind=TaskKind.STATEMENT, owner=witness)
    assert complaint in permissions.visible_to(witness)
    assert permissions.allowed_verbs(witness, complaint) == frozenset()


def test_finding_the_complaints_of_tasks_uses_an_index(issue, mechanic, complaint):
    plan = permissions.visible_to(mechanic).order_by().explain()
    assert "ANY" in plan
    assert "SubPlan" not in plan, "an array that is filled first, not a question asked of each row"


@pytest.mark.parametrize("verb", ["accept", "refuse", "finish"])
def test_only_those_who_are_asked_do_a_task(issue, agent, outsider, verb):
    task = issue()
    given = {"refuse": {"reasons": "x"}, "finish": {"result": "x"}}.get(verb, {})
    for person in (agent, outsider):
        with pytest.raises(NotAllowed):
            act(task, person, verb, **given)


def test_only_those_who_handle_the_complaint_issue_and_cancel(issue, outsider, mechanic, agent):
    with pytest.raises(NotAllowed):
        issue(by=outsider)
    task = issue()
    with pytest.raises(NotAllowed):
        act(task, mechanic, "cancel", reasons="x")
    assert act(task, agent, "cancel", reasons="x").state == TaskState.CANCELLED


def test_whom_the_complaint_concerns_does_nothing_but_give_a_statement(register, agent, mechanic, repairs):
    about = SubjectDetails(name="Mechanic", kind=SubjectKind.PERSON, user=mechanic)
    complaint = register(subjects=[about]).complaint
    given = {"complaint_id": complaint.pk, "by": agent, "what": "x", "department": repairs}
    with pytest.raises(ConflictOfInterest):
        tasks.issue(**given, kind=TaskKind.CONSULTATION, owner=mechanic)
    visit = tasks.issue(**given, kind=TaskKind.SITE_VISIT)
    with pytest.raises(ConflictOfInterest):
        act(visit, mechanic, "accept")
    statement = tasks.issue(**given, kind=TaskKind.STATEMENT, owner=mechanic)
    assert act(statement, mechanic, "finish", result="I was at lunch.").state == TaskState.DONE


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("what", {"what": "  "}),
        ("due", {"due": timezone.now() - timedelta(hours=1)}),
        ("due", {"due": timezone.now() + timedelta(days=400)}),
        ("parent", {"parent_number": 9}),
        ("body", {"kind": TaskKind.APPRAISAL}),
        ("body", {"kind": TaskKind.APPRAISAL, "appraisal": Appraisal(" ")}),
        ("body", {"appraisal": Appraisal("Institute")}),
        ("currency", {"kind": TaskKind.APPRAISAL, "appraisal": Appraisal("Institute", Decimal(5), "¥¥")}),
        ("cost", {"kind": TaskKind.APPRAISAL, "appraisal": Appraisal("Institute", None, "TWD")}),
        ("cost", {"kind": TaskKind.APPRAISAL, "appraisal": Appraisal("Institute", Decimal("0.001"), "TWD")}),
        ("cost", {"kind": TaskKind.APPRAISAL, "appraisal": Appraisal("Institute", Decimal("0.5"), "JPY")}),
        ("cost", {"kind": TaskKind.APPRAISAL, "appraisal": Appraisal("Institute", Decimal("NaN"), "TWD")}),
    ],
)
def test_a_task_that_cannot_be_issued(issue, field, changes):
    with pytest.raises(Invalid) as refusal:
        issue(**changes)
    assert field in refusal.value.errors
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (TaskKind.SITE_VISIT, "Agent does not handle complaints in Repairs. Choose somebody who does"),
        (TaskKind.STATEMENT, "Agent does not work in Repairs. Choose somebody who does"),
    ],
)
def test_an_owner_belongs_to_the_department(issue, agent, kind, words):
    with pytest.raises(Invalid, match=words) as refusal:
        issue(owner=agent, kind=kind)
    assert "owner" in refusal.value.errors


def test_an_appraisal_keeps_its_cost_to_the_cent(issue, mechanic):
    task = issue(kind=TaskKind.APPRAISAL, appraisal=Appraisal("Institute", Decimal("1200.10"), "twd", Payer.SHARED))
    act(task, mechanic, "finish", result="Safe.", cost=Decimal("999999999999.99"), currency="TWD")
    task.refresh_from_db()
    assert (task.cost, task.currency, task.payer) == (Decimal("999999999999.99"), "TWD", "shared")


def test_only_an_appraisal_costs_something(issue, mechanic):
    with pytest.raises(Invalid):
        act(issue(), mechanic, "finish", result="x", cost=Decimal(5), currency="TWD")


def test_a_task_that_is_not_there(complaint, agent):
    with pytest.raises(Invalid):
        tasks.cancel(complaint_id=complaint.pk, number=7, by=agent, reasons="x")


def test_nothing_can_be_issued_for_a_complaint_that_has_ended(issue, complaint, agent):
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="x")
    with pytest.raises(ComplaintError):
        issue()


@pytest.mark.parametrize(
    "wrong",
    [{"state": "done"}, {"state": "accepted"}, {"accepted_at": timezone.now()}, {"cost": 5}, {"result": "x"}],
)
def test_the_database_refuses_a_state_without_its_moment(issue, wrong):
    task = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**wrong)


# --- clocks and letters -------------------------------------------------------------------------------------


@pytest.fixture
def policy(db):
    publish_calendar()
    clocks = {"resolution": {"target": working_hours(24)}, "task": {"target": working_hours(8)}}
    return publish_policy(clocks=clocks)


def clocks():
    return list(Clock.objects.filter(kind="task").order_by("id").values_list("about", "state"))


def test_each_task_has_its_clock(policy, register, agent, repairs, mechanic):
    complaint = register().complaint
    given = {
        "complaint_id": complaint.pk,
        "by": agent,
        "kind": TaskKind.SITE_VISIT,
        "what": "x",
        "department": repairs,
    }
    due = timezone.now() + timedelta(days=2)
    first, second, third = tasks.issue(**given), tasks.issue(**given, due=due), tasks.issue(**given, blocking=False)
    assert Clock.objects.get(about="task:2").due_at == due
    act(first, mechanic, "finish", result="x")
    act(second, mechanic, "refuse", reasons="x")
    assert clocks() == [("task:1", "met"), ("task:2", "cancelled"), ("task:3", "running")]
    resolve(complaint, agent)
    assert clocks()[2] == ("task:3", "running"), "what does not hold up the answer outlasts it"
    act(third, mechanic, "finish", result="x")
    assert clocks()[2] == ("task:3", "met")


@pytest.mark.parametrize("end", ["withdraw", "decline"])
def test_the_clocks_of_tasks_end_with_the_complaint(policy, register, supervisor, repairs, end):
    complaint = register().complaint
    tasks.issue(complaint_id=complaint.pk, by=supervisor, kind=TaskKind.CONSULTATION, what="x", department=repairs)
    given = {"withdraw": {}, "decline": {"code": DeclineCode.values[0], "recourse": "y"}}[end]
    getattr(casework, end)(complaint_id=complaint.pk, by=supervisor, reasons="x", **given)
    assert clocks() == [("task:1", "cancelled")]


def test_an_agreed_moment_does_not_pause_while_the_complaint_waits(policy, register, agent, repairs):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    given = {
        "complaint_id": complaint.pk,
        "by": agent,
        "kind": TaskKind.SITE_VISIT,
        "what": "x",
        "department": repairs,
    }
    tasks.issue(**given)
    tasks.issue(**given, due=timezone.now() + timedelta(days=2))
    casework.wait(complaint_id=complaint.pk, by=agent, question="When?")
    tasks.issue(**given)
    assert clocks() == [("task:1", "paused"), ("task:2", "running"), ("task:3", "paused")]


def test_without_a_policy_a_task_has_no_clock(issue, mechanic):
    act(issue(), mechanic, "finish", result="x")
    assert clocks() == []


def told(kind):
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def test_those_asked_and_those_who_asked_are_told(issue, repairs, mechanic, agent, handler):
    owner = UserFactory(name="Owner", role=Role.HANDLER, department=repairs, language="zh-hant")
    task = issue()
    assert told("issue_task") == ["Mechanic", "Owner"]
    act(task, mechanic, "accept")
    act(task, mechanic, "finish", result="A secret finding.")
    assert told("accept_task") == told("finish_task") == ["Agent"]
    OutboxMessage.objects.all().delete()
    named = issue(owner=owner)
    assert told("issue_task") == ["Owner"]
    act(named, owner, "refuse", reasons="Not ours.")
    assert told("refuse_task") == ["Agent"]
    assert not OutboxMessage.objects.filter(body__contains="Look at the till").exists()
    assert not OutboxMessage.objects.filter(body__contains="finding").exists()
