"""The preset of a public hotline: a unit lets a matter lie, is chased in writing, and has to do its work again."""

import pytest

from accounts.roles import Role
from complaints.models import Complaint
from tests.journeys.stage import clock, letters_to, load, seat

pytestmark = pytest.mark.django_db


def test_what_is_overdue_is_chased_in_writing_and_bad_work_is_done_again_by_somebody_else(at, sweep_at, client):
    load("hotline")
    intake = seat(Role.AGENT, "hotline")
    first = seat(Role.HANDLER, "hotline-city", "First handler")
    second = seat(Role.HANDLER, "hotline-city", "Second handler")
    supervisor = seat(Role.SUPERVISOR, "hotline-city")
    head = seat(Role.MANAGER, "hotline-city")
    seat(Role.SPECIALIST, "hotline")
    seat(Role.EXECUTIVE, "hotline")

    # Monday: the centre takes the call and dispatches to the competent unit by the category
    with at("2026-03-02 09:00"):
        told = intake.registers(
            subject="Rubbish is not fetched in Willow Lane",
            description="For two weeks. It stinks.",
            channel="phone",
            form="oral",
            read_back=True,
            category="hotline-rubbish",
            complainant={"name": "He Ping", "email": "he@example.org", "relation": "citizen"},
        )
        reference, secret = told["reference"], told["access_secret"]
        intake.does(reference, "acknowledge")
        intake.does(reference, "assign", to=first.user.email)
        first.does(reference, "reply", body="We have passed it on to the depot.")
    assert told["department"] == "hotline-city"
    assert clock(told, "resolution")["due_at"] == "2026-03-09T10:00:00Z"  # five working days, from the rule pack

    # nothing happens. On the last day handler and supervisor are chased, then the head as well, day by day
    sweep_at("2026-03-09 18:00")
    assert any(reference in subject for subject in letters_to(supervisor))
    assert not letters_to(head)
    for day in ("10", "11", "12"):
        sweep_at(f"2026-03-{day} 18:00")
    assert len(letters_to(head)) == 3
    told = first.reads(reference)
    assert (clock(told, "resolution")["state"], told["tier"]) == ("breached_open", 1)  # chased, not yet taken away

    # at last the unit answers; everybody is called back, and this caller has reason to complain
    with at("2026-03-13 10:00"):
        first.does(reference, "investigate", source="record", what="The depot has no order.", verified=True, how="Log")
        answer = {"outcome": "upheld", "reasons": "No order was made.", "message": "It was fetched on Thursday."}
        told = first.does(reference, "resolve", **answer)
    assert clock(told, "resolution")["state"] == "met_late"
    with at("2026-03-16 10:00"):
        told = intake.does(
            reference,
            "follow_up",
            mode="phone",
            result="dissatisfied",
            words="Nothing was fetched. Come and look.",
            own_words=True,
            upheld=True,
            reasons="The driver went to Willow Street.",
        )

    # rework: a new cycle with a new date, counted, and not for the one who did it before
    row = Complaint.objects.get(reference=reference)
    assert (row.status, row.cycle, row.reworks, row.holder) == ("assessing", 2, 1, second.user)
    with at("2026-03-16 11:00"):
        assert supervisor.is_refused(reference, "assign", to=first.user.email) == "conflict_of_interest"
        second.does(reference, "investigate", source="visit", what="Fetched, seen.", verified=True, how="Pictures")
        told = second.does(reference, "resolve", **answer | {"message": "It was fetched this morning; we looked."})

    # the caller reads it on their page, and says so
    with at("2026-03-16 18:00"):
        client.post("/track/", {"reference": reference, "secret": secret})
        page = client.get(f"/track/{reference}/")
        assert "It was fetched this morning; we looked." in page.content.decode()
