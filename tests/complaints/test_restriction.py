"""Restricted complaints: which are so, who sees them, who comes into the circle and who leaves it."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import circles, permissions, restricting
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed
from complaints.lifecycle import Verb
from complaints.models import CirclePlace, Complaint, Event, Subject, Viewing
from complaints.restricting import CONFIDENTIAL_TIER, Restriction
from complaints.selectors import tasks as task_reads
from complaints.services import casework, restriction, tasks, viewing
from complaints.services.intake import ComplainantDetails, SubjectDetails
from complaints.tasking import TaskKind
from complaints.vocabulary import Outcome, Relation, SubjectKind, Track
from tests.factories import ComplaintFactory, DepartmentFactory, UserFactory


@pytest.mark.parametrize(
    ("track", "relation", "why"),
    [
        (Track.REPORT, "", Restriction.REPORT),
        (Track.REPORT, Relation.EMPLOYEE, Restriction.REPORT),
        (Track.COMPLAINT, Relation.EMPLOYEE, Restriction.EMPLOYEE),
        (Track.SUGGESTION, Relation.EMPLOYEE, Restriction.EMPLOYEE),
        (Track.COMPLAINT, Relation.CUSTOMER, None),
        (Track.COMPLAINT, "", None),
    ],
)
def test_reports_and_what_employees_say_are_restricted_by_what_they_are(track, relation, why):
    assert restricting.by_nature(track=track, relation=relation) == why


@pytest.fixture
def report(register, agent, specialist):
    """A report of wrongdoing that the agent of the branch wrote down; it names nobody."""
    return register(track=Track.REPORT, by=agent, complainant=ComplainantDetails(anonymous=True)).complaint


@pytest.fixture
def restricted(register, manager, handler):
    """An ordinary complaint that the handler held when the manager restricted it."""
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=manager, to=handler)
    return restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="It is about health.")


def sees(person, complaint) -> bool:
    return permissions.visible_to(person).filter(pk=complaint.pk).exists()


def circle(complaint) -> set[int]:
    return set(circles.members(complaint))


# --- from registration on -----------------------------------------------------------------------------------


def test_a_report_begins_outside_the_line_with_one_person_who_alone_sees_it(
    report, agent, handler, supervisor, manager, executive, administrator, specialist
):
    assert (report.restriction, report.tier, report.holder) == (Restriction.REPORT, CONFIDENTIAL_TIER, specialist)
    assert circle(report) == {specialist.pk}
    for person in (agent, handler, supervisor, manager, executive, administrator):
        assert not sees(person, report), person
        assert not permissions.may(person, Verb.NOTE, report)
    assert sees(specialist, report)
    event = Event.objects.get(complaint=report, kind=Verb.REGISTER)
    assert event.data["restriction"] == "report"
    assert event.data["holder"] == specialist.pk


def test_an_employee_need_not_name_the_colleague_nor_themselves(report):
    assert not report.subjects.exists()
    assert report.complainant.anonymous


def test_it_never_comes_into_the_hands_of_whom_it_is_about(register, specialist, executive):
    about = SubjectDetails("The specialist", SubjectKind.PERSON, specialist.email.upper())
    complaint = register(track=Track.REPORT, subjects=[about]).complaint
    assert complaint.subjects.get().user == specialist
    assert complaint.holder == executive


def test_where_nobody_of_the_desk_is_left_an_administrator_has_to_take_it(register, administrator):
    complaint = register(track=Track.REPORT).complaint
    assert complaint.holder == administrator
    assert Event.objects.get(complaint=complaint).data["unmanned"] is True


# --- by decision --------------------------------------------------------------------------------------------


def test_restricting_leaves_it_to_whoever_holds_it_and_whoever_restricts_it(
    restricted, manager, handler, agent, supervisor, executive
):
    assert circle(restricted) == {manager.pk, handler.pk}
    assert [sees(person, restricted) for person in (manager, handler)] == [True, True]
    assert [sees(person, restricted) for person in (agent, supervisor, executive)] == [False, False, False]


def test_what_nobody_holds_finds_a_holder_when_it_is_restricted(register, manager, handler):
    complaint = register().complaint
    restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="Private.")
    complaint.refresh_from_db()
    assert complaint.holder == handler


def test_it_is_restricted_by_senior_people_whom_it_does_not_concern_and_once(register, agent, manager):
    complaint = register().complaint
    given = {"complaint_id": complaint.pk, "reasons": "Private."}
    with pytest.raises(NotAllowed):
        restriction.restrict(**given, by=agent)
    with pytest.raises(Invalid) as refused:
        restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="  ")
    assert "reasons" in refused.value.errors
    Subject.objects.create(complaint=complaint, name="The manager", user=manager)
    with pytest.raises(ConflictOfInterest):
        restriction.restrict(**given, by=manager)
    Subject.objects.all().delete()
    restriction.restrict(**given, by=manager)
    with pytest.raises(IllegalMove):
        restriction.restrict(**given, by=manager)


def test_lifting_it_opens_it_again_and_a_confidential_one_needs_consent(
    report, restricted, specialist, manager, agent
):
    with pytest.raises(Invalid) as refused:
        restriction.lift(complaint_id=report.pk, by=specialist, reasons="Settled.")
    assert "consent" in refused.value.errors
    restriction.lift(complaint_id=report.pk, by=specialist, reasons="Settled.", consent=True)
    restriction.lift(complaint_id=restricted.pk, by=manager, reasons="Settled.")
    assert sees(agent, report)
    assert sees(agent, restricted)
    assert not CirclePlace.objects.filter(left_at=None).exists()
    with pytest.raises(IllegalMove):
        restriction.lift(complaint_id=report.pk, by=specialist, reasons="Settled.", consent=True)


def test_a_confidential_complaint_goes_to_another_department_only_with_consent(report, specialist, head_office):
    personnel = DepartmentFactory(code="personnel", parent=head_office)
    chief = UserFactory(role=Role.SPECIALIST, department=personnel)
    given = {"complaint_id": report.pk, "by": specialist, "to": personnel, "reasons": "Theirs."}
    with pytest.raises(Invalid) as refused:
        casework.transfer(**given)
    assert "consent" in refused.value.errors
    casework.transfer(**given, consent=True)
    report.refresh_from_db()
    assert report.holder == chief
    assert circle(report) == {specialist.pk, chief.pk}


# --- the circle ---------------------------------------------------------------------------------------------


def test_admitted_people_see_it_and_may_do_what_their_roles_let_them_anywhere(restricted, manager, head_office):
    personnel = DepartmentFactory(code="personnel", parent=head_office)
    officer = UserFactory(role=Role.HANDLER, department=personnel)
    restriction.admit(complaint_id=restricted.pk, by=manager, person=officer, reasons="Knows the rules.")
    assert sees(officer, restricted)
    assert permissions.may(officer, Verb.RESOLVE, restricted)
    assert not permissions.may(officer, Verb.ADMIT, restricted)
    assert officer in permissions.handlers_of(restricted, timezone.now())
    casework.assign(complaint_id=restricted.pk, by=manager, to=officer)
    restricted.refresh_from_db()
    assert permissions.may(officer, Verb.ADMIT, restricted), "whoever holds it says who works on it"


def test_whom_it_concerns_is_never_admitted(restricted, manager, handler, outsider):
    Subject.objects.create(complaint=restricted, name="South", user=outsider)
    with pytest.raises(ConflictOfInterest):
        restriction.admit(complaint_id=restricted.pk, by=manager, person=outsider, reasons="Asks.")
    gone = UserFactory(is_active=False)
    for person in (gone, handler):
        with pytest.raises(Invalid):
            restriction.admit(complaint_id=restricted.pk, by=manager, person=person, reasons="Asks.")


def test_a_place_opens_nothing_to_whom_it_concerns_nor_to_who_comes_to_supervise_them(
    restricted, manager, head_office
):
    south = DepartmentFactory(code="south", parent=head_office)
    accused, colleague = (UserFactory(role=Role.HANDLER, department=south) for _ in range(2))
    restriction.admit(complaint_id=restricted.pk, by=manager, person=colleague, reasons="Knows it.")
    Subject.objects.create(complaint=restricted, name="South", user=accused)
    CirclePlace.objects.create(complaint=restricted, user=accused, admitted_at=timezone.now())
    assert [sees(person, restricted) for person in (accused, colleague)] == [False, True]
    Membership.objects.create(user=colleague, department=south, role=Role.SUPERVISOR)
    assert not sees(colleague, restricted)
    assert circle(restricted) == {manager.pk, restricted.holder_id}


def test_dismissed_people_see_nothing_more_but_neither_the_holder_nor_the_last_one_goes(restricted, manager, handler):
    given = {"complaint_id": restricted.pk, "reasons": "Done."}
    with pytest.raises(Invalid):
        restriction.dismiss(**given, by=manager, person=handler)
    with pytest.raises(Invalid):
        restriction.dismiss(**given, by=manager, person=UserFactory())
    restriction.dismiss(**given, by=handler, person=manager)
    assert not sees(manager, restricted)
    Complaint.objects.filter(pk=restricted.pk).update(holder=None)
    with pytest.raises(NotAllowed):
        restriction.dismiss(**given, by=manager, person=handler)


def test_whoever_comes_to_hold_it_joins_the_circle_by_whatever_way(restricted, executive):
    Complaint.objects.filter(pk=restricted.pk).update(holder=executive)
    assert sees(executive, restricted)
    Complaint.objects.filter(pk=restricted.pk).update(holder=executive)
    assert CirclePlace.objects.filter(complaint=restricted, user=executive).count() == 1


def test_a_holder_of_an_ordinary_complaint_has_no_place(register, manager, handler):
    casework.assign(complaint_id=register().complaint.pk, by=manager, to=handler)
    assert not CirclePlace.objects.exists()


def test_it_can_only_be_assigned_within_the_circle(restricted, manager, agent, handler):
    with pytest.raises(Invalid) as refused:
        casework.assign(complaint_id=restricted.pk, by=manager, to=agent)
    assert "to" in refused.value.errors
    assert set(permissions.handlers_of(restricted, timezone.now())) == {manager, handler}


def test_when_it_is_opened_again_who_handled_it_leaves_the_circle(restricted, manager, handler, supervisor):
    casework.resolve(complaint_id=restricted.pk, by=handler, outcome=Outcome.NOT_UPHELD, reasons="No.", message="No.")
    casework.dispute(complaint_id=restricted.pk, body="But I was there.")
    restricted.refresh_from_db()
    assert not sees(handler, restricted)
    assert restricted.holder == supervisor, "nobody else holds the first tier: it goes one up"
    assert sees(supervisor, restricted)


def test_tasks_of_a_restricted_complaint_stay_in_the_circle(restricted, manager, handler, agent, branch):
    given = {"complaint_id": restricted.pk, "by": manager, "kind": TaskKind.CONSULTATION, "what": "Look."}
    for owner in (None, agent):
        with pytest.raises(Invalid) as refused:
            tasks.issue(**given, department=branch, owner=owner)
        assert "owner" in refused.value.errors
    tasks.issue(**given, department=branch, owner=handler)
    assert [task.owner for task in task_reads.tasks_to_do(handler)] == [handler]


def test_whom_a_restricted_complaint_is_about_gets_no_task_and_nobody_is_told_to_admit_them(register, manager, agent):
    subject = SubjectDetails(kind=SubjectKind.PERSON, name="A", user=agent)
    complaint = register(subjects=[subject]).complaint
    restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="It is about a colleague.")
    given = {"complaint_id": complaint.pk, "by": manager, "kind": TaskKind.STATEMENT, "what": "What happened?"}
    with pytest.raises(Invalid, match="record what they say as a fact") as refused:
        tasks.issue(**given, department=agent.department, owner=agent)
    assert set(refused.value.errors) == {"owner"}
    assert "admit" not in str(refused.value)


def test_tasks_given_before_open_nothing_any_more(register, manager, agent, outsider):
    complaint = register().complaint
    tasks.issue(
        complaint_id=complaint.pk,
        by=agent,
        kind=TaskKind.CONSULTATION,
        what="Look.",
        department=outsider.department,
        owner=outsider,
    )
    assert sees(outsider, complaint)
    restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="Private.")
    assert not sees(outsider, complaint)
    assert not task_reads.tasks_to_do(outsider)
    with pytest.raises(NotAllowed):
        tasks.accept(complaint_id=complaint.pk, number=1, by=outsider)


def test_a_restricted_and_an_open_complaint_are_not_merged(restricted, register, manager):
    other = register().complaint
    for one, into in ((restricted, other), (other, restricted)):
        with pytest.raises(Invalid) as refused:
            casework.merge(complaint_id=one.pk, by=manager, into_id=into.pk)
        assert "Restrict the other one first" in refused.value.errors["into"][0]


def test_what_nobody_sees_any_more_is_found_again(report, specialist, executive):
    specialist.is_active = False
    specialist.save()
    assert list(circles.abandoned()) == [report]
    assert restriction.restore_circles() == 1
    report.refresh_from_db()
    assert report.holder == executive
    assert sees(executive, report)
    assert report.events.last().kind == restriction.CIRCLE_RESTORED
    assert restriction.restore_circles() == 0


# --- looks --------------------------------------------------------------------------------------------------


def test_a_look_is_written_down_once_for_a_while_and_for_good(report, restricted, register, specialist):
    for complaint in (report, report, register().complaint):
        viewing.note(complaint=complaint, by=specialist, door="desk:dossier", address="/desk/complaints/R/")
    look = Viewing.objects.get()
    assert (look.user, look.complaint, look.door) == (specialist, report, "desk:dossier")
    for statement in ("UPDATE complaints_viewing SET user_id = user_id", "DELETE FROM complaints_viewing"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- what it costs ------------------------------------------------------------------------------------------


def test_seeing_costs_the_same_number_of_queries(restricted, handler, executive, django_assert_num_queries):
    for person in (handler, executive):
        with django_assert_num_queries(3):
            list(permissions.visible_to(person))


@pytest.mark.slow
def test_lists_are_still_read_by_an_index(branch, head_office, executive, supervisor, specialist):
    """Some thousand complaints, two of a hundred restricted: the newest page does not read them all."""
    first = ComplaintFactory(department=branch)
    with connection.cursor() as cursor:
        columns = [field.column for field in Complaint._meta.fields if not field.primary_key]
        differing = {
            "reference": "'P' || n",
            "complainant_id": "c.id",
            "received_at": "received_at - n * interval '1 minute'",
            "restriction": "CASE WHEN n %% 50 = 0 THEN 'report' ELSE '' END",
            "holder_id": f"CASE WHEN n %% 50 = 0 THEN {specialist.pk} END",
        }
        cursor.execute(
            "INSERT INTO complaints_complainant (name, email, phone, relation, anonymous, on_behalf_of, authority)"
            " SELECT '', '', '', '', false, '', '' FROM generate_series(1, 4000)"
        )
        cursor.execute(
            f"INSERT INTO complaints_complaint ({', '.join(columns)})"
            f" SELECT {', '.join(differing.get(name, f'o.{name}') for name in columns)}"
            " FROM (SELECT row_number() OVER (ORDER BY id) AS n, id FROM complaints_complainant WHERE id <> %s) AS c,"
            " complaints_complaint AS o WHERE o.id = %s",
            [first.complainant_id, first.pk],
        )
        cursor.execute("ANALYZE complaints_complaint, complaints_circleplace")
    for person in (executive, supervisor, specialist):
        newest = permissions.visible_to(person).order_by("-received_at", "-id")[:50]
        (plan,) = json.loads(newest.explain(format="json", analyze=True))
        read = _rows_read(plan["Plan"])
        assert read < 400, (person, read, json.dumps(plan["Plan"], indent=1))
    assert permissions.visible_to(executive).count() == 4001 - 80
    assert permissions.visible_to(specialist).count() == 4001


def _rows_read(plan) -> int:
    """The most rows of complaints that any node of the plan looked at."""
    read = 0
    if plan.get("Relation Name") == "complaints_complaint":
        read = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return max([int(read), *(_rows_read(below) for below in plan.get("Plans", ()))])
