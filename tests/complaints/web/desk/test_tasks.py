"""Tasks on the desk: the panel, the forms, My work."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from complaints.models import Task
from complaints.services import tasks
from complaints.tasking import TaskKind
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy, working_hours


@pytest.fixture
def repairs(head_office):
    return DepartmentFactory(code="repairs", name="Repairs", parent=head_office)


@pytest.fixture
def mechanic(repairs):
    return UserFactory(name="Mechanic", role=Role.HANDLER, department=repairs)


@pytest.fixture
def issue(complaint, agent, repairs):
    def _issue(**changes):
        given = {"kind": TaskKind.SITE_VISIT, "what": "Look at the till.", "department": repairs} | changes
        return tasks.issue(complaint_id=complaint.pk, by=agent, **given)

    return _issue


def post(client, complaint, name, *, htmx=False, **data):
    complaint.refresh_from_db()
    headers = {"HX-Request": "true"} if htmx else {}
    address = reverse(f"desk:{name}", args=[complaint.reference])
    return client.post(address, {"version": complaint.event_count} | data, headers=headers)


def test_a_task_goes_its_way_by_forms(client, complaint, agent, repairs, mechanic):
    client.force_login(agent)
    page = client.get(reverse("desk:issue-task", args=[complaint.reference])).content.decode()
    assert "Mechanic, Repairs" in page
    given = {"kind": "appraisal", "what": "Is it safe?", "department": repairs.pk, "blocking": "on"}
    answer = post(
        client, complaint, "issue-task", **given, body="Institute", cost="10.50", currency="TWD", payer="office"
    )
    assert answer.status_code == 302
    client.force_login(mechanic)
    assert "Is it safe?" in client.get(reverse("desk:my-work")).content.decode()
    dossier = client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()
    assert 'id="task-1"' in dossier
    assert "10.50 TWD" in dossier
    assert post(client, complaint, "accept-task", task=1).status_code == 302
    photo = SimpleUploadedFile("visit.txt", b"seen", content_type="text/plain")
    answer = post(client, complaint, "finish-task", task=1, result="It is safe.", files=photo)
    assert answer["Location"] == reverse("desk:my-work"), "the complaint is out of sight with the task"
    task = Task.objects.get()
    assert (task.state, task.attachments.get().name) == ("done", "visit.txt")
    client.force_login(agent)
    investigate = reverse("desk:investigate", args=[complaint.reference])
    assert f"{investigate}?task=1" in client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()
    form = client.get(investigate, {"task": "1"}).context["form"]
    proposed = [form.get_initial_for_field(form.fields[name], name) for name in ("source", "what", "how")]
    assert proposed == ["expert", "It is safe.", "Task no. 1 (Appraisal), Repairs"]
    assert client.get(investigate, {"task": "7"}).context["form"]["what"].initial is None
    client.force_login(agent)
    dossier = client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()
    assert "visit.txt" in dossier
    assert "finished task no. 1 (Appraisal)." in dossier


def test_refused_and_cancelled_by_forms(client, complaint, agent, mechanic, issue):
    issue(), issue()
    client.force_login(mechanic)
    assert post(client, complaint, "refuse-task", task=1, reasons="Not ours.").status_code == 302
    client.force_login(agent)
    assert post(client, complaint, "cancel-task", task=2, reasons="Settled.", htmx=True).headers["HX-Redirect"]
    assert list(Task.objects.values_list("state", flat=True)) == ["refused", "cancelled"]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_that_is_not_right_comes_back(client, complaint, agent, mechanic, issue, htmx):
    issue()
    client.force_login(agent)
    assert post(client, complaint, "issue-task", kind="gossip", what="", htmx=htmx).status_code == 422
    assert post(client, complaint, "accept-task", task=1, htmx=htmx).status_code == 422
    client.force_login(mechanic)
    for wrong in ("", "9", "x", "1" * 30, "\x00"):
        assert post(client, complaint, "finish-task", task=wrong, result="x", htmx=htmx).status_code == 422
    assert post(client, complaint, "finish-task", task=1, result=" ", htmx=htmx).status_code == 422
    assert Task.objects.get().is_open


def test_resolving_says_which_task_is_open(client, complaint, agent, issue):
    issue()
    client.force_login(agent)
    answer = client.post(
        reverse("desk:resolve", args=[complaint.reference]),
        {"version": 2, "outcome": "upheld", "reasons": "x", "message": "y"},
        follow=True,
    )
    assert "no. 1 (Site visit, Repairs)" in answer.content.decode()


def test_others_do_not_find_the_forms(client, complaint, mechanic, outsider, issue):
    client.force_login(outsider)
    assert client.get(reverse("desk:issue-task", args=[complaint.reference])).status_code == 404


def test_my_work_lists_tasks_in_the_order_in_which_they_are_due(client, complaint, register, agent, repairs, mechanic):
    given = {"by": agent, "kind": TaskKind.CONSULTATION, "department": repairs}
    tasks.issue(complaint_id=complaint.pk, what="Whenever you can", **given)
    publish_calendar()
    publish_policy(clocks={"resolution": {"target": working_hours(24)}, "task": {"target": working_hours(8)}})
    watched = register().complaint
    tasks.issue(complaint_id=watched.pk, what="Soon please", **given)
    client.force_login(mechanic)
    page = client.get(reverse("desk:my-work")).content.decode()
    assert "Tasks for me and my department" in page
    assert page.index("Soon please") < page.index("Whenever you can")


def test_twice_as_many_tasks_cost_the_dossier_and_my_work_the_same(
    client, complaint, agent, mechanic, issue, django_assert_num_queries, django_assert_max_num_queries
):
    pages = [reverse("desk:dossier", args=[complaint.reference]), reverse("desk:my-work")]
    client.force_login(mechanic)
    for _number in range(2):
        issue(owner=mechanic)
    counts = []
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(60) as count:
            client.get(page)
        counts.append(len(count))
    for _number in range(2):
        issue(owner=mechanic, parent_number=1)
    for page, count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            client.get(page)
