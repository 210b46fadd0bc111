"""Mass incidents: one parent, many complaints, one update to all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from complaints.errors import ComplaintError, IllegalMove, Invalid, NotAllowed
from complaints.models import Complaint, Gathered, IncidentUpdate, Message
from complaints.selectors import mass
from complaints.services import casework, incidents
from notifications.models import OutboxMessage
from tests.factories import DepartmentFactory, UserFactory


@pytest.fixture
def incident(supervisor, branch):
    return incidents.open_incident(by=supervisor, title="Power cut", text="A cable broke.", department=branch)


@pytest.fixture
def gathered(register, incident, agent):
    cases = [register().complaint for _number in range(3)]
    incidents.gather_all(incident=incident, by=agent, complaint_ids=[case.pk for case in cases])
    return cases


def tell(incident, by, **changes):
    return incidents.tell_all(incident=incident, by=by, **{"body": "Power is back at six.", "key": "one"} | changes)


def test_one_act_writes_to_every_open_complaint(incident, gathered, supervisor, agent):
    casework.withdraw(complaint_id=gathered[0].pk, by=agent, reasons="They called.")
    update = tell(incident, supervisor)
    reached = gathered[1:]
    replies = Message.objects.filter(kind=Message.Kind.REPLY, body="Power is back at six.")
    assert sorted(reply.complaint_id for reply in replies) == sorted(case.pk for case in reached)
    assert set(update.messages.all()) == set(replies)
    for case in reached:
        event = case.events.latest("sequence")
        assert (event.kind, event.actor, event.data["incident"]) == ("reply", supervisor, incident.pk)
        assert OutboxMessage.objects.filter(complaint=case, kind="reply", recipient=None).count() == 1
        assert "power" in case.search_entry.terms
    assert not gathered[0].events.filter(kind="reply").exists()
    case = Complaint.objects.get(pk=reached[0].pk)
    assert case.event_head == case.events.latest("sequence").hash


def test_sent_twice_it_is_written_once(incident, gathered, supervisor):
    first = tell(incident, supervisor)
    assert tell(incident, supervisor) == first
    assert Message.objects.filter(kind=Message.Kind.REPLY).count() == 3
    with pytest.raises(Invalid):
        tell(incident, supervisor, body="Something else.")
    tell(incident, supervisor, body="Something else.", key="two")
    assert IncidentUpdate.objects.count() == 2


def test_twice_as_many_complaints_cost_the_same(register, branch, supervisor, agent):
    costs = []
    for many in (2, 4):
        incident = incidents.open_incident(by=supervisor, title="Flood", text="Water.", department=branch)
        ids = [register().complaint.pk for _number in range(many)]
        incidents.gather_all(incident=incident, by=agent, complaint_ids=ids)
        with CaptureQueriesContext(connection) as queries:
            tell(incident, supervisor)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_who_does_not_write_to_all(incident, gathered, agent, handler, outsider, supervisor, register, branch):
    for person in (agent, handler, outsider):
        with pytest.raises(NotAllowed):
            tell(incident, person)
    with pytest.raises(Invalid):
        tell(incident, supervisor, body=" ")
    with pytest.raises(Invalid):
        tell(incident, supervisor, key="x" * 201)
    empty = incidents.open_incident(by=supervisor, title="Nothing", text="x", department=branch)
    with pytest.raises(IllegalMove):
        tell(empty, supervisor)
    assert not IncidentUpdate.objects.exists()


def test_what_cannot_be_gathered_is_named_and_nothing_is(incident, gathered, register, agent, head_office, supervisor):
    elsewhere = DepartmentFactory(code="west", parent=head_office)
    boss = UserFactory(role=Role.EXECUTIVE, department=head_office)
    far, fresh, ended = (register().complaint for _number in range(3))
    Complaint.objects.filter(pk=far.pk).update(department=elsewhere)
    casework.withdraw(complaint_id=ended.pk, by=agent, reasons="They called.")
    ids = [far.pk, fresh.pk, ended.pk, gathered[0].pk]
    with pytest.raises(Invalid) as refusal:
        incidents.gather_all(incident=incident, by=boss, complaint_ids=ids)
    assert [str(sentence).split()[0] for sentence in refusal.value.errors["references"]] == [
        case.reference for case in sorted([far, ended, gathered[0]], key=lambda case: case.pk)
    ]
    assert not Gathered.objects.filter(complaint=fresh).exists()
    with pytest.raises(Invalid):
        incidents.gather_all(incident=incident, by=agent, complaint_ids=[far.pk])


def test_taken_out_it_stands_alone_and_may_be_gathered_again(incident, gathered, agent):
    case = gathered[0]
    with pytest.raises(Invalid):
        incidents.gather(complaint_id=case.pk, by=agent, incident=incident)
    incidents.release(complaint_id=case.pk, by=agent, reasons="Another street.")
    assert case.events.latest("sequence").data["incident"] == incident.pk
    with pytest.raises(IllegalMove):
        incidents.release(complaint_id=case.pk, by=agent, reasons="x")
    incidents.gather(complaint_id=case.pk, by=agent, incident=incident)


def test_a_closed_incident_takes_and_tells_nothing(incident, gathered, supervisor, agent, register):
    with pytest.raises(NotAllowed):
        incidents.close_incident(incident_id=incident.pk, by=agent)
    closed = incidents.close_incident(incident_id=incident.pk, by=supervisor)
    for act in (
        lambda: tell(closed, supervisor),
        lambda: incidents.gather(complaint_id=register().complaint.pk, by=agent, incident=closed),
        lambda: incidents.close_incident(incident_id=incident.pk, by=supervisor),
    ):
        with pytest.raises(IllegalMove):
            act()
    assert all(Complaint.objects.get(pk=case.pk).is_open for case in gathered)


def test_counts_are_of_what_the_reader_sees(incident, gathered, outsider, supervisor, branch, head_office):
    Complaint.objects.filter(pk=gathered[0].pk).update(holder=outsider)
    tell(incident, supervisor)
    for person, seen in ((supervisor, 3), (outsider, 1)):
        [found] = mass.with_counts(mass.visible_incidents(person), person)
        assert (found.gathered_count, found.open_count) == (seen, seen)
        assert mass.complaints_of(incident, person).count() == seen
        assert mass.updates_of(incident, person)[0].reached == seen
    stranger = UserFactory(role=Role.AGENT, department=DepartmentFactory(code="west", parent=head_office))
    assert not mass.visible_incidents(stranger).exists()


def test_who_does_not_open_one(outsider, branch, supervisor):
    for change in ({"by": outsider}, {"title": " "}, {"text": ""}, {"title": "x" * 201}):
        with pytest.raises(ComplaintError):
            incidents.open_incident(
                **{"by": supervisor, "title": "Flood", "text": "Water.", "department": branch} | change
            )
