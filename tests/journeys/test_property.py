"""The preset of a property manager: water drips; somebody goes and looks; the head calls on the resident."""

import pytest

from accounts.roles import Role
from complaints.models import Complaint
from tests.journeys.stage import clock, letters_to, load, seat

pytestmark = pytest.mark.django_db


def test_what_is_said_at_the_counter_is_looked_at_on_the_spot_and_followed_up_by_the_head(at, sweep_at):
    load("property")
    counter = seat(Role.AGENT, "property")
    engineer = seat(Role.HANDLER, "property-engineering")
    supervisor = seat(Role.SUPERVISOR, "property-engineering")
    head = seat(Role.MANAGER, "property-engineering")
    leader = seat(Role.EXECUTIVE, "property")

    # an owner comes to the counter: what they say is written down with the unit, and read back to them
    with at("2026-03-02 09:30"):
        told = counter.registers(
            subject="Water drips into the hall of unit 2-1103",
            description="Every evening. The lamp stood in water yesterday.",
            channel="visit",
            form="oral",
            read_back=True,
            category="property-water",
            complainant={"name": "Zhou Lan", "phone": "139 0000 0000", "relation": "resident"},
            subjects=[{"kind": "unit", "name": "Unit 2-1103", "reference": "2-1103"}],
            demands=["repair"],
            suggestion="Look at the riser of the twelfth floor.",
            impact="high",
            urgency="high",
        )
        reference = told["reference"]
        counter.does(reference, "acknowledge")
    assert (told["department"], told["priority"]) == ("property-engineering", "major")

    # major: the head leads in person; a visit is asked for at once, and late it does not stay unseen
    with at("2026-03-02 09:45"):
        told = head.does(reference, "assign", to=head.user.email)
        told = head.does(
            reference,
            "tasks",
            kind="site_visit",
            what="Look at the riser, take pictures, close the valve if need be.",
            department="property-engineering",
            owner=engineer.user.email,
        )
    assert clock(told, "task")["due_at"] == "2026-03-03T01:45:00Z"
    with at("2026-03-02 10:15"):
        engineer.does(reference, "tasks/1/accept")
        answer = {"outcome": "upheld", "reasons": "x", "message": "x"}
        assert head.is_refused(reference, "resolve", **answer) == "tasks_open"  # the answer waits for the visit
    with at("2026-03-02 11:00"):
        told = engineer.does(reference, "tasks/1/finish", result="The seal of the riser is torn; replaced, dry.")
        head.does(reference, "investigate", source="visit", what="The seal was torn.", verified=True, how="Pictures")
        head.does(reference, "reply", body="The seal is replaced. We come again on Thursday to see that it holds.")
        # everything about a major complaint is signed by the head of the company, the answer as well
        answer |= {"reasons": "Torn seal.", "message": "It is repaired."}
        assert head.is_refused(reference, "resolve", **answer) == "signatures_missing"
        head.does(reference, "propose", text="Say what it was, and that we look at it again on Thursday.")
        leader.signs(reference)
        told = head.does(reference, "resolve", **answer)
    assert told["status"] == "resolved"
    follow_up = clock(told, "follow_up")
    assert follow_up["due_at"] == "2026-03-05T03:00:00Z"  # three days, day and night

    # nobody has asked when most of the time is gone: the head is reminded, and goes in person
    before = len(letters_to(head))
    sweep_at("2026-03-04 20:40")
    assert len(letters_to(head)) == before + 1
    with at("2026-03-05 10:00"):
        for somebody_else in (counter, engineer, supervisor):
            given = {"mode": "visit", "result": "satisfied", "words": "Dry."}
            assert somebody_else.is_refused(reference, "follow_up", **given)
        told = head.does(reference, "follow_up", mode="visit", result="satisfied", words="Dry since Monday.")
        assert clock(told, "follow_up")["state"] == "met"
        told = head.does(reference, "close", reason="confirmed", note="Said so at the door.")
    assert told["status"] == "closed"
    assert Complaint.objects.get(reference=reference).reworks == 0
