"""The tasks of a complaint, the door where new ones come in, and the acts on one task."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.acts import TASK_ACTS, Act
from complaints.api.parsers import Json
from complaints.api.problems import told_as
from complaints.api.serializers.taking import AppraisalIn
from complaints.api.views.doors import Door
from complaints.api.views.headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    checked_key,
    digest_of,
    refuse_if_changed,
    token_of,
)
from complaints.api.views.parts import PartsOfComplaint
from complaints.lifecycle import Verb
from complaints.models import Complaint, Task
from complaints.selectors import tasks as task_reads
from complaints.services import idempotency, tasks
from complaints.services.tasks import MOST_TASKS


class Tasks(PartsOfComplaint):
    """The tasks of a complaint, and the door where new ones come in."""

    model = Task
    serializer_class = shapes.TaskOut
    pagination_class = paging.InOrderOfNumbers
    parser_classes = (Json,)

    def rows(self, complaint: Complaint) -> QuerySet[Task]:
        """With everything that is shown of them."""
        return task_reads.tasks_with_all([complaint])

    @extend_schema(operation_id="complaints_tasks", summary="List the tasks")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was asked of whom, in the order in which it was issued, and what came of it."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="complaints_issue_task",
        summary="Issue a task",
        request=shapes.IssueTaskIn,
        responses={201: shapes.ComplaintOut},
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
        tags=["acts"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Ask a department, or one person of it, to do something for the complaint.

        While a `blocking` task is open the complaint cannot be resolved: the answer is then 409 `tasks_open`. The
        answer is the complaint as it now is; its last task is the new one.
        """
        complaint = self.seen(reference)
        given = shapes.IssueTaskIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        repeated = False
        with transaction.atomic(), told_as({name: f"appraisal.{name}" for name in AppraisalIn().get_fields()}):
            if key is None:
                refuse_if_changed(request, complaint, {})
                tasks.issue(complaint_id=complaint.pk, by=self.person, **given.task())
            else:
                repeated = idempotency.issue_once(
                    complaint_id=complaint.pk,
                    token=token_of(request),
                    key=checked_key(key),
                    request_digest=digest_of(request.data),
                    given=given.task(),
                    if_new=lambda: refuse_if_changed(request, complaint, {}),
                ).repeated
        answer = self.told(complaint.pk, shapes.ComplaintOut, status=201)
        if repeated:
            answer["Idempotent-Replayed"] = "true"
        return answer


class ActingOnTask(Door):
    """One verb about one task of a complaint."""

    verb: Verb = Verb.ACCEPT_TASK
    act: Act = TASK_ACTS[Verb.ACCEPT_TASK]
    parser_classes = (Json,)

    @classmethod
    def task_addresses(cls) -> list[URLPattern]:
        """One address for each verb, `complaints/{reference}/tasks/{number}/{accept}/`."""
        return [
            path(
                f"complaints/<str:reference>/tasks/<int:number>/{verb.removesuffix('_task')}/",
                cls.as_view(verb=verb, act=act),
                name=verb.value,
            )
            for verb, act in TASK_ACTS.items()
        ]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """What is sent, for the schema."""
        return self.act.takes

    @extend_schema(responses={200: shapes.ComplaintOut}, parameters=[IF_MATCH, ETAG])
    def post(self, request: Request, reference: str, number: int) -> Response:
        """Do it. The answer is the complaint as it now is."""
        complaint = self.seen(reference)
        if number > MOST_TASKS or not complaint.tasks.filter(number=number).exists():
            raise NotFound(_("The complaint has no task with this number."))
        given = self.act.takes(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            refuse_if_changed(request, complaint, {})
            self.act.do(complaint_id=complaint.pk, by=self.person, given={**given.validated_data, "number": number})
        return self.told(complaint.pk, shapes.ComplaintOut)
