"""The escalation board: who stands where, what the climb does next, and taking over from a card."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from complaints.lifecycle import OPEN
from complaints.models import Complainant, Complaint
from complaints.services import casework
from escalation.models import CalendarVersion, Clock, ClockEvent, Tier
from escalation.selectors import boards
from tests.escalation.conftest import taipei
from tests.factories import ComplainantFactory, ComplaintFactory, DepartmentFactory, UserFactory

MONDAY = "2026-03-02 09:00"
DEADLINE = "2026-03-04 18:00"
BOARD = "/desk/board/"


@pytest.fixture
def case(office, register, at):
    with at(MONDAY):
        return register().complaint


@pytest.fixture
def climbed(case, sweep_at):
    sweep_at(DEADLINE)
    case.refresh_from_db()
    return case


@pytest.fixture
def look(client, at):
    """`look(supervisor, "2026-03-05 09:00")` is what the board shows them then."""

    def _look(person, moment=MONDAY, *, part=False, **query):
        client.force_login(person)
        with at(moment):
            headers = {"HX-Request": "true"} if part else {}
            return client.get(BOARD, query, headers=headers).content.decode()

    return _look


def column(text, number):
    """The part of the page that shows one tier."""
    return re.search(rf'aria-labelledby="tier-{number}">(.*?)</section>', text, re.DOTALL).group(1)


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace(" :", ":")


def test_each_complaint_stands_in_the_column_of_its_tier(climbed, register, at, look, supervisor):
    with at("2026-03-04 10:00"):
        fresh = register().complaint
    text = look(supervisor, "2026-03-05 09:00")
    assert climbed.reference in column(text, 2)
    assert fresh.reference in column(text, 1)
    assert "Nothing is on this tier." in column(text, 3)


def test_a_tier_that_was_taken_out_of_the_table_still_has_its_column(climbed, look, supervisor):
    Tier.objects.all().delete()
    text = look(supervisor, "2026-03-05 09:00")
    assert climbed.reference in column(text, 2)
    assert "Supervisor" in words(column(text, 2))


def test_a_card_says_what_the_climb_does_next_and_when(climbed, look, supervisor):
    card = words(column(look(supervisor, "2026-03-05 09:00"), 2))
    assert "14:00: raise to tier 3, hand to whoever holds that tier, notify the person in charge, Executive" in card
    assert "On this tier since 4 Mar, 18:00" in card
    assert "Supervisor" in card


def test_a_deadline_without_a_step_is_told_as_what_it_is(case, look, agent):
    card = words(column(look(agent, MONDAY), 1))
    assert "14:00: the deadline passes: Acknowledgement" in card
    assert "Received 09:00" in card


def test_what_nobody_and_nothing_moves_comes_last_and_says_so(climbed, register, at, sweep_at, look, supervisor):
    with at(MONDAY):
        fresh = register().complaint
    sweep_at("2026-03-30 09:00")
    with at("2026-03-30 09:30"):
        later = register().complaint
    text = column(look(supervisor, "2026-03-30 10:00"), 3)
    assert "Nothing more happens by itself." in text
    assert {reference for reference in (climbed.reference, fresh.reference) if reference in text} == {
        climbed.reference,
        fresh.reference,
    }
    assert later.reference not in text


def test_a_paused_complaint_says_that_time_stands_still(case, at, look, agent):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop was it?")
    assert "Time stands still" in column(look(agent, "2026-03-02 11:00"), 1)


def test_cards_stand_in_the_order_in_which_the_climb_moves_them(office, register, at, look, agent):
    references = []
    for moment in ("2026-03-02 15:00", MONDAY, "2026-03-02 11:00"):
        with at(moment):
            references.append(register().complaint.reference)
    text = column(look(agent, "2026-03-02 16:00"), 1)
    late, early, middle = (text.index(reference) for reference in references)
    assert early < middle < late


def test_the_strip_shows_what_happens_within_the_hour(climbed, look, supervisor):
    strip = re.compile(r'aria-labelledby="soon">(.*?)</section>', re.DOTALL)
    before = strip.search(look(supervisor, "2026-03-05 12:59")).group(1)
    assert "Nothing climbs within the hour." in before
    within = words(strip.search(look(supervisor, "2026-03-05 13:00")).group(1))
    assert climbed.reference in within
    assert "14:00" in within
    assert "raise to tier 3" in within


def test_only_what_the_person_sees_is_there(climbed, look, outsider):
    text = look(outsider, "2026-03-05 13:30")
    assert climbed.reference not in text
    assert "No open complaint here" in text


def test_a_department_is_chosen_in_the_address(climbed, look, executive, head_office):
    south = DepartmentFactory(code="south", name="South", parent=head_office)
    assert climbed.reference in look(executive, "2026-03-05 09:00", department="north")
    empty = look(executive, "2026-03-05 09:00", department=south.code)
    assert climbed.reference not in empty
    assert "Show every department" in empty
    unknown = look(executive, "2026-03-05 09:00", department="moon")
    assert "There is no department with this code." in unknown
    assert climbed.reference not in unknown


def test_answered_complaints_leave_the_board(climbed, at, look, supervisor):
    with at("2026-03-05 09:00"):
        casework.resolve(
            complaint_id=climbed.pk, by=supervisor, outcome="upheld", reasons="True.", message="We are sorry."
        )
    assert climbed.reference not in look(supervisor, "2026-03-05 09:01")


def test_a_full_column_leads_to_the_list(office, register, at, look, agent, monkeypatch):
    monkeypatch.setattr(boards.board, "__kwdefaults__", {"cards": 2})
    with at(MONDAY):
        for _number in range(3):
            register()
    text = column(look(agent, MONDAY, department="north"), 1)
    assert text.count("data-row") == 2
    assert '<span class="count">3</span>' in text
    link = re.search(r'id="all-1" href="([^"]+)"', text).group(1).replace("&amp;", "&")
    assert link.startswith(reverse("desk:complaints"))
    assert {"department=north", "tier=1", "status=received"} <= set(link.split("?")[1].split("&"))


def test_on_the_first_tier_a_card_tells_when_it_was_received_also_after_it_had_climbed(climbed, look, supervisor):
    climbed.tier = 1
    climbed.save(update_fields=["tier"])
    assert "Received 2 Mar, 09:00" in words(column(look(supervisor, "2026-03-05 09:00"), 1))


def test_what_began_further_up_tells_no_moment_that_nobody_knows(case, look, supervisor):
    case.tier = 4
    case.save(update_fields=["tier"])
    text = column(look(supervisor, "2026-03-02 10:00"), 4)
    assert case.reference in text
    assert "On this tier since" not in text


def test_the_part_alone_is_fetched_again_and_keeps_the_filter(climbed, look, supervisor):
    text = look(supervisor, "2026-03-05 09:00", part=True, department="north")
    assert "<html" not in text
    assert 'hx-get="/desk/board/?department=north"' in text
    assert "every 30s" in text


def test_the_number_of_queries_does_not_depend_on_the_number_of_cards(office, register, at, sweep_at, look, manager):
    def queries():
        look(manager, "2026-03-05 10:00")
        with CaptureQueriesContext(connection) as found:
            look(manager, "2026-03-05 10:00")
        return len(found)

    with at(MONDAY):
        for _number in range(2):
            register()
    sweep_at(DEADLINE)
    with at("2026-03-05 09:00"):
        register()
    few = queries()
    with at(MONDAY):
        for _number in range(3):
            register()
    sweep_at(DEADLINE)
    with at("2026-03-05 09:00"):
        for _number in range(2):
            register()
    assert queries() == few


def test_a_ledger_that_cannot_be_read_hides_no_other_card(case, office, branch, look, agent, caplog):
    damaged = ComplaintFactory(department=branch, received_at=taipei(MONDAY))
    Clock.objects.create(
        complaint=damaged,
        kind="resolution",
        policy_version=office,
        calendar_version=CalendarVersion.objects.get(),
        started_at=taipei(MONDAY),
        due_at=taipei(DEADLINE),
        wake_at=taipei(DEADLINE),
    )
    text = column(look(agent, MONDAY), 1)
    assert case.reference in text
    assert damaged.reference in text
    assert "cannot be read" in caplog.text


def test_the_board_needs_a_person(client, db):
    assert client.get(BOARD).status_code == 302


def test_the_rail_leads_to_it(client, supervisor):
    client.force_login(supervisor)
    text = client.get(reverse("desk:my-work")).content.decode()
    assert re.search(r'href="/desk/board/"[^>]*data-key="b"', text)


# --- taking over from a card --------------------------------------------------------------------------------


def test_a_card_offers_to_take_over_and_then_says_until_when(climbed, at, look, client, supervisor):
    text = look(supervisor, "2026-03-05 10:00")
    assert f'id="take-{climbed.reference}"' in text
    with at("2026-03-05 10:00"):
        answer = client.post(f"/desk/complaints/{climbed.reference}/take-over/", {"next": f"{BOARD}?department=north"})
    assert answer.url == f"{BOARD}?department=north"
    text = look(supervisor, "2026-03-05 10:01")
    assert f'id="take-{climbed.reference}"' not in text
    assert "Taken over; the climb rests until" in column(text, 2)
    assert "15:00: " not in words(column(text, 2))
    assert "18:00: raise to tier 3" in words(column(text, 2))


def test_with_htmx_the_board_fetches_itself(climbed, at, client, supervisor):
    client.force_login(supervisor)
    with at("2026-03-05 10:00"):
        answer = client.post(
            f"/desk/complaints/{climbed.reference}/take-over/", {"next": BOARD}, headers={"HX-Request": "true"}
        )
    assert answer.status_code == 204
    assert "board-changed" in answer["HX-Trigger"]
    assert "15:00" in answer["HX-Trigger"]


def test_only_what_the_person_may_take_over_is_offered(climbed, case, at, look, supervisor, branch, manager):
    reviewer = UserFactory(role=Role.QUALITY_REVIEWER, department=branch)
    assert f'id="take-{climbed.reference}"' not in look(reviewer, "2026-03-05 10:00")
    assert f'id="take-{climbed.reference}"' in look(manager, "2026-03-05 10:00")


def test_a_foreign_address_is_no_way_back(climbed, at, client, supervisor):
    client.force_login(supervisor)
    with at("2026-03-05 10:00"):
        answer = client.post(
            f"/desk/complaints/{climbed.reference}/take-over/", {"next": "https://example.org/desk/board/"}
        )
    assert answer.url == reverse("desk:dossier", args=[climbed.reference])


# --- at size ------------------------------------------------------------------------------------------------


@pytest.fixture
def many(office, branch):
    """Fifteen hundred open complaints, each with a clock that wakes some time; a few of them high up."""
    policy, now = office, timezone.now()
    calendar = CalendarVersion.objects.get()
    people = Complainant.objects.bulk_create(ComplainantFactory.build_batch(1_500))
    complaints = Complaint.objects.bulk_create(
        ComplaintFactory.build(department=branch, complainant=person, tier=4 if place % 500 == 0 else 1)
        for place, person in enumerate(people)
    )
    clocks = Clock.objects.bulk_create(
        Clock(
            complaint=complaint,
            kind="resolution",
            policy_version=policy,
            calendar_version=calendar,
            started_at=now,
            due_at=now + timedelta(days=9),
            wake_at=now + timedelta(minutes=place),
        )
        for place, complaint in enumerate(complaints)
    )
    ClockEvent.objects.bulk_create(
        ClockEvent(clock=clock, sequence=1, kind="started", at=now, policy_version=policy, calendar_version=calendar)
        for clock in clocks
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_complaint, escalation_clock")
    return Complaint.objects.filter(status__in=sorted(OPEN))


@pytest.mark.slow
def test_what_it_costs_follows_what_is_shown(many, manager):
    with CaptureQueriesContext(connection) as found:
        boards.board(manager, many, now=timezone.now())
    reading = [query["sql"] for query in found if '"escalation_clock"."wake_at" IS NOT NULL' in query["sql"]]
    assert len(reading) == 6, "one for each tier, one for the strip"
    for statement in reading:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # of so few rows a scan of all may seem as cheap
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "escalation_clock_wake" in plan or "complaints_climbed" in plan, plan
        assert "Seq Scan on escalation_clock" not in plan, plan
    few = many.filter(tier=4).order_by().values("pk").explain()
    assert "complaints_climbed" in few, "the few of a high tier are found by an index"
