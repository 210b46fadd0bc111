"""Restricted complaints on the desk: the panel, the forms, who looked."""

from django.utils import timezone

from complaints.models import Viewing
from complaints.services import casework, restriction
from complaints.vocabulary import Track
from tests.factories import UserFactory


def test_a_complaint_is_restricted_people_come_and_go_and_it_is_opened_again(
    desk, complaint, manager, handler, agent, words
):
    casework.assign(complaint_id=complaint.pk, by=manager, to=handler)
    leader = desk(manager)
    assert "Restrict" in words(leader.opens(complaint))
    assert "Lift the restriction" not in words(leader.opens(complaint))
    assert "Agent, North branch" in words(leader.opens(complaint, "restrict"))
    answer = leader.does("restrict", complaint, reasons="It is about health.", people=[agent.pk])
    assert answer.status_code == 302
    page = words(desk(agent).opens(complaint))
    assert "Only these people see the complaint" in page
    assert "restricted the complaint to a circle." in page
    witness = UserFactory(name="Witness", department=complaint.department)
    assert desk(witness).opens(complaint).status_code == 404
    assert leader.does("admit", complaint, person=witness.pk, reasons="Saw it.").status_code == 302
    assert desk(witness).opens(complaint).status_code == 200
    assert "Witness" in words(leader.opens(complaint, "dismiss"))
    assert leader.does("dismiss", complaint, person=witness.pk, reasons="Said all.").status_code == 302
    assert desk(witness).opens(complaint).status_code == 404
    assert "dismissed Witness from the circle." in words(leader.opens(complaint))
    measure = {"kind": "separation", "what": "The witness works upstairs.", "since": "2026-13-01", "reasons": "Peace."}
    part = leader.does("order-measure", complaint, **measure, headers={"HX-Request": "true"})
    assert part.status_code == 422
    measure["since"] = str(timezone.localdate())
    assert desk(agent).does("order-measure", complaint, **measure).status_code == 403
    assert leader.does("order-measure", complaint, **measure).status_code == 302
    page = words(desk(agent).opens(complaint))
    assert "The witness works upstairs." in page
    assert "ordered interim measure no. 1." in page
    assert leader.does("lift-restriction", complaint, reasons="Settled.").status_code == 409
    assert leader.does("end-measure", complaint, measure="1", reasons="Over.").status_code == 302
    assert "No interim measure is in force." in words(leader.opens(complaint, "end-measure"))
    assert leader.does("lift-restriction", complaint, reasons="Settled.").status_code == 302
    assert "The witness works upstairs." not in words(leader.opens(complaint))
    assert "Who has looked at it" not in words(leader.opens(complaint))


def test_a_major_report_that_no_manager_sees_says_so_until_one_is_admitted(desk, register, specialist, manager, words):
    report = register(track=Track.REPORT).complaint
    at_desk = desk(specialist)
    at_desk.does("declare-major", report, criteria=["legal"], reasons="Smoke.")
    sentence = "Nobody who could acknowledge it sees this restricted complaint."
    assert sentence in words(at_desk.opens(report))
    at_desk.does("admit", report, person=manager.pk, reasons="Leads the department.")
    assert sentence not in words(at_desk.opens(report))


def test_what_is_not_right_is_said_beside_the_field(desk, register, specialist, agent, words):
    report = register(track=Track.REPORT).complaint
    at_desk = desk(specialist)
    part = at_desk.does("admit", report, reasons="", headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert "“Why they need to know” may not be empty." in words(part)
    assert "“Who is to see the complaint”: choose one." in words(part)
    assert "<html" not in words(part)
    page = at_desk.does("lift-restriction", report, reasons="Settled.")
    assert page.status_code == 422
    assert "This complaint is confidential." in words(page)
    page = at_desk.does("transfer", report, to=report.department.parent_id, reasons="Theirs.")
    assert page.status_code == 422
    assert "This complaint is confidential." in words(page)
    assert desk(agent).does("admit", report, person=agent.pk, reasons="Curious.").status_code == 404


def test_people_who_may_not_restrict_are_told_so(desk, complaint, agent, words):
    assert "Your roles do not include this act here." in words(desk(agent).opens(complaint, "restrict"))
    assert desk(agent).does("restrict", complaint, reasons="Private.").status_code == 403
    assert "Restrict" not in words(desk(agent).opens(complaint))


def test_the_circle_reads_who_looked_and_a_page_that_asks_again_is_one_look(desk, register, specialist, words):
    report = register(track=Track.REPORT).complaint
    at_desk = desk(specialist)
    for _ in range(2):
        at_desk.opens(report)
        at_desk.opens(report, "changes", data={"since": 1})
    page = words(at_desk.opens(report))
    assert "Who has looked at it" in page
    assert Viewing.objects.filter(complaint=report, door="desk:dossier").count() == 1


def test_another_complaint_does_not_name_a_restricted_one(desk, register, manager, executive, words):
    one, into, earlier = (register().complaint for _ in range(3))
    casework.merge(complaint_id=one.pk, by=manager, into_id=into.pk)
    assert into.reference in words(desk(executive).opens(one))
    for named in (into, earlier):
        restriction.restrict(complaint_id=named.pk, by=manager, reasons="Private.")
    one.refresh_from_db()
    one.earlier = earlier
    one.save()
    page = words(desk(executive).opens(one))
    assert into.reference not in page
    assert earlier.reference not in page
    assert "one that is not open to you" in page
    assert into.reference in words(desk(manager).opens(one))


def test_the_dossier_costs_the_same_with_a_large_circle(desk, register, specialist, django_assert_max_num_queries):
    report = register(track=Track.REPORT).complaint
    at_desk = desk(specialist)
    at_desk.opens(report)
    counts = []
    for size in (2, 8):
        for _ in range(size):
            person = UserFactory(department=report.department)
            restriction.admit(complaint_id=report.pk, by=specialist, person=person, reasons="Needs to know.")
        with django_assert_max_num_queries(60) as queries:
            at_desk.opens(report)
        counts.append(len(queries))
    assert counts[0] == counts[1]
