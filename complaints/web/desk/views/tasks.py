"""One view for each act about tasks; each calls exactly one service."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.services import tasks
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import tasks as task_forms
from complaints.web.desk.offers import tasks as task_offers

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def issue(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask a department or a person for something."""
    act = Act(
        Verb.ISSUE_TASK,
        lambda complaint, said: tasks.issue(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The task is issued; those asked are told."),
        form=task_forms.IssueTaskForm,
        preset=("kind", "remedy"),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def accept(request: StaffRequest, reference: str) -> HttpResponse:
    """Take a task on."""
    act = Act(
        Verb.ACCEPT_TASK,
        lambda complaint, said: tasks.accept(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The task is accepted."),
        form=task_forms.AcceptTaskForm,
        offer=task_offers.ACCEPT,
        preset=("task",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def refuse(request: StaffRequest, reference: str) -> HttpResponse:
    """Say that a task will not be done."""
    act = Act(
        Verb.REFUSE_TASK,
        lambda complaint, said: tasks.refuse(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The task is refused; whoever issued it is told."),
        form=task_forms.RefuseTaskForm,
        offer=task_offers.REFUSE,
        preset=("task",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def finish(request: StaffRequest, reference: str) -> HttpResponse:
    """Say what came of a task."""
    act = Act(
        Verb.FINISH_TASK,
        lambda complaint, said: tasks.finish(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The task is done."),
        form=task_forms.FinishTaskForm,
        offer=task_offers.FINISH,
        preset=("task",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def cancel(request: StaffRequest, reference: str) -> HttpResponse:
    """Say that a task is not needed any more."""
    act = Act(
        Verb.CANCEL_TASK,
        lambda complaint, said: tasks.cancel(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The task is cancelled."),
        form=task_forms.CancelTaskForm,
        offer=task_offers.CANCEL,
        preset=("task",),
    )
    return answer(request, reference, act)
