"""The preset of a hospital: at night somebody has died; the duty officer, the director, and the health authority."""

import pytest

from accounts.models import DutyShift
from accounts.roles import Role
from complaints.models import Complaint
from escalation.selectors.reporting import report_hours
from tests.escalation.conftest import taipei
from tests.journeys.stage import clock, letters_to, load, seat

pytestmark = pytest.mark.django_db


def test_a_death_at_night_is_acknowledged_by_the_director_and_reported_before_its_hour(at, sweep_at):
    load("hospital")
    director = seat(Role.EXECUTIVE, "hospital")
    officer = seat(Role.DUTY_OFFICER, "hospital")
    head = seat(Role.MANAGER, "hospital-medical-affairs")
    friday_night = {"starts_at": taipei("2026-03-06 18:00"), "ends_at": taipei("2026-03-07 08:00")}
    DutyShift.objects.create(user=officer.user, department=officer.user.department, tier=1, **friday_night)

    # Friday night, the relations office is closed: whoever is on duty receives, and reads back what was said
    with at("2026-03-06 22:00"):
        told = officer.registers(
            subject="Our father died on the ward",
            description="He rang for an hour. Nobody came. Then he was dead.",
            channel="visit",
            form="oral",
            read_back=True,
            category="hospital-incident",
            complainant={"name": "Chen Jing", "phone": "138 0000 0000", "relation": "relative"},
        )
        reference = told["reference"]
        officer.does(reference, "acknowledge")
        told = officer.does(reference, "declare_major", dead=1, reasons="The bell and the rounds are looked into.")
    assert (told["department"], told["priority"]) == ("hospital-medical-affairs", "major")

    # six hours by the rule of the house, day and night; the twelve of the law are shown beside it
    assert clock(told, "authority_report")["due_at"] == "2026-03-06T20:00:00Z"
    hours = report_hours(Complaint.objects.get(reference=reference))
    assert [(each.amount, each.by_law) for each in hours] == [("6 hours", False), ("12 hours", True)]

    # the director hears of it at once, is reminded after a quarter of an hour, and nobody else can say “I know”
    told_at_once = len(letters_to(director))
    assert told_at_once
    sweep_at("2026-03-06 22:16")
    assert len(letters_to(director)) == told_at_once + 1
    with at("2026-03-06 22:20"):
        assert officer.is_refused(reference, "acknowledge_major") == "not_allowed"
        told = director.does(reference, "acknowledge_major", remark="Leave everything as it is. I am coming.")
    assert clock(told, "major_notice")["state"] == "met"

    # a word to the family is no report; the record of the report is
    with at("2026-03-06 23:30"):
        told = officer.does(reference, "reply", body="We are with you. Dr Lin will call you before nine tomorrow.")
        assert clock(told, "authority_report")["state"] == "running"
        told = officer.does(
            reference,
            "report_to_authority",
            body="Health commission of the district",
            reference="WJ-2026-031",
            what="A death on a ward at 21:40.",
        )
    report = clock(told, "authority_report")
    assert (report["state"], report["met_at"]) == ("met", "2026-03-06T15:30:00Z")
    sweep_at("2026-03-07 04:01")
    assert clock(director.reads(reference), "authority_report")["breached_at"] is None

    # it is in the hands of the head of medical affairs by now; nothing is done before the director has signed it
    assert director.reads(reference)["holder"] == head.user.email
    with at("2026-03-07 09:00"):
        head.does(reference, "investigate", source="record", what="The bell rang at 20:35.", verified=True, how="Log")
        head.does(reference, "remedies", kind="apology", what="The director apologises to the family in person.")
        told = head.does(reference, "propose", text="We apologise, and tell the family all that we find.")
        assert told["status"] == "awaiting_signoff"
        assert head.is_refused(reference, "offer", options=[[1]], message="We apologise.") == "illegal_move"
        told = director.signs(reference, instruction="I go with you.")
    assert told["status"] == "carrying_out"
