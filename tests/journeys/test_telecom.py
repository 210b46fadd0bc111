"""The preset of a telecom operator: a letter with four matters, and its way up when the number is lost."""

import re
from html import unescape

import pytest

from accounts.roles import Role
from complaints.models import Complaint
from tests.factories import DepartmentFactory
from tests.journeys.stage import clock, load, seat

pytestmark = pytest.mark.django_db

LETTER = (
    "You cut me off twice, without a word. Your shop sold me a bundle I never asked for. Changing the owner"
    " of my number cost 30 yuan. And with my identity card in hand I was refused my itemised bill."
)
MATTERS = [
    ("Cut off twice", "telecom-cut-off"),
    ("A bundle nobody asked for", "telecom-bundles"),
    ("30 yuan for changing the owner", "telecom-tariffs"),
    ("No itemised bill", "telecom-records"),
]


def test_a_letter_with_four_matters_is_answered_in_each_and_taken_further_without_a_number(at, sweep_at, client):
    DepartmentFactory(code="head-office", name="Head office")  # as in an office set up empty
    load("telecom")
    agent = seat(Role.AGENT, "telecom")
    handler = seat(Role.HANDLER, "telecom-line")
    seat(Role.SUPERVISOR, "telecom-line")
    specialist = seat(Role.SPECIALIST, "telecom")
    head = seat(Role.EXECUTIVE, "telecom")

    # one letter; the hotline takes it in and splits it, each matter under its own category
    with at("2026-03-02 10:00"):
        told = agent.registers(
            subject="Four things",
            description=LETTER,
            channel="letter",
            department="telecom-line",
            complainant={"name": "Qin Yu", "phone": "137 0000 1234", "relation": "customer"},
            demands=["refund", "explanation"],
        )
        reference = told["reference"]
        agent.does(reference, "acknowledge")
        agent.does(reference, "assign", to=handler.user.email)
        handler.does(reference, "reply", body="Your letter holds four matters; you get one answer to all of them.")
        parts = [{"subject": subject, "category": category} for subject, category in MATTERS]
        told = handler.does(reference, "split", parts=parts)
    assert len(told["matters"]) == 4
    assert clock(told, "resolution")["due_at"] == "2026-03-17T16:00:00Z"  # fifteen days, from the rule pack

    # each is found out and settled by itself; the outcome of the whole follows from them
    with at("2026-03-10 10:00"):
        assert handler.is_refused(reference, "resolve", message="Done.")
        for number, outcome in enumerate(("upheld", "upheld", "not_upheld", "upheld"), start=1):
            says = {"finding": "We looked at it.", "reasons": "The records show it."}
            told = handler.does(reference, f"matters/{number}/settle", outcome=outcome, **says)
        told = handler.does(reference, "resolve", message="Three of the four are as you say; we put them right.")
    assert (told["status"], told["outcome"]) == ("resolved", "partly_upheld")

    # weeks later nothing is put right, and the number is lost: the public page takes it further all the same
    with at("2026-04-03 09:00"):
        page = unescape(client.get("/upgrade/").content.decode())
        sent = {
            "once": re.search(r'name="once" value="([^"]+)"', page)[1],
            "name": "Qin Yu",
            "phone": "137 0000 1234",
            "told_on": "2026-03-01",
            "told_about": "A letter about four things.",
            "subject": "Still cut off, still the bundle",
            "grounds": ["unresolved", "not_informed"],
            "body": "You said you would put it right. You have not.",
        }
        answer = client.post("/upgrade/", sent, follow=True)
    upgrade = Complaint.objects.get(subject=sent["subject"])
    assert upgrade.reference in answer.content.decode()  # the receipt, with a number this time
    assert (upgrade.complaint_class, upgrade.holder) == ("upgrade", specialist.user)
    assert upgrade.holder != handler.user

    # the desk works on every day of the week: the specialist finds the letter by the phone number, on a Saturday
    with at("2026-04-04 09:00"):
        found = specialist.browser.get("/desk/upgrades/find/", {"phone": "137 0000 1234"}).content.decode()
        assert reference in found
        told = specialist.does(
            upgrade.reference, "name_earlier", earlier=reference, reasons="The same person, phone and matters."
        )
    says = {each["ground"]: (each["verdict"], each["sentence"]) for each in told["upgrade"]["grounds"]}
    assert says["unresolved"] == ("not_confirmed", "It was answered on Tuesday 10 March 2026, 10:00 Taipei time.")
    assert says["not_informed"][0] == "not_confirmed"
    assert (told["upgrade"]["earlier"], told["tier"]) == (reference, 4)
    assert clock(told, "resolution")["due_at"] == "2026-04-10T16:00:00Z"  # seven days of its own

    # whoever handled the letter has no part in it, and silence climbs to the head of the operator
    assert handler.program.read(f"{upgrade.reference}/").status_code == 404
    sweep_at("2026-04-05 10:00")
    upgrade.refresh_from_db()
    assert (upgrade.tier, upgrade.holder) == (5, head.user)
