"""The ladder proposes the class “upgrade”; a senior person decides. From the step to the deadlines that follow."""

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from accounts.services import tokens
from complaints.classes import ComplaintClass, Kind
from complaints.models import Decision
from complaints.selectors import digests
from complaints.services import casework, decisions
from escalation.happenings import Happening
from escalation.models import Clock
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

pytestmark = pytest.mark.django_db

State = Decision.State


@pytest.fixture
def office(agent, handler, supervisor, manager, specialist, executive, administrator):
    """A first reply within eight working hours, then a proposal every hour; what is upgraded is resolved sooner."""
    publish_calendar()
    step = {
        "effects": {"propose_upgrade": True, "notify": ["holder"]},
        "repeat": {"every_working_hours": 1, "times": 20},
    }
    publish_policy(
        clocks={
            "first_response": {"target": working_hours(8), "steps": [step]},
            "resolution": {"target": working_hours(40)},
        }
    )
    publish_policy(
        "upgraded",
        position=1,
        match={"class": ["upgrade"]},
        clocks={"resolution": {"target": working_hours(20)}},
    )


@pytest.fixture
def overdue(office, register, at, sweep_at):
    with at("2026-03-02 09:00"):
        complaint = register().complaint
    sweep_at("2026-03-03 09:00")
    complaint.refresh_from_db()
    return complaint


def test_the_step_proposes_and_nothing_counts_yet(overdue):
    decision = overdue.decisions.get()
    assert (decision.state, decision.complaint_class, decision.class_kind) == (
        State.PROPOSED,
        ComplaintClass.UPGRADE,
        Kind.OVERDUE,
    )
    assert decision.decided_by is None
    assert overdue.complaint_class == ComplaintClass.UNCLASSIFIED
    event = overdue.events.get(kind=Happening.UPGRADE_PROPOSED)
    assert event.data["decision"] == decision.pk
    assert event.data["clock"] == overdue.clocks.get(kind="first_response").pk


def test_a_senior_person_confirms_and_the_deadlines_follow(overdue, manager, at):
    before = overdue.clocks.get(kind="resolution")
    with at("2026-03-03 09:30"):
        decisions.confirm_class(
            complaint_id=overdue.pk, digest=digests.of_class(overdue), by=manager, reasons="It is overdue indeed."
        )
    overdue.refresh_from_db()
    assert overdue.complaint_class == ComplaintClass.UPGRADE
    after = Clock.objects.get(pk=before.pk)
    assert after.policy_version.policy.code == "upgraded"
    assert after.due_at < before.due_at
    assert overdue.clocks.get(kind="first_response").state == "breached_open", "what is broken stays broken"


def test_the_desk_confirms_it(client, overdue, supervisor, at):
    client.force_login(supervisor)
    assert overdue.subject in client.get(reverse("desk:my-work")).content.decode()
    page = client.get(reverse("desk:dossier", args=[overdue.reference])).content.decode()
    assert "The ladder proposes the class" in page
    assert "proposed an upgrade of the complaint" in page
    with at("2026-03-03 09:30"):
        client.post(
            reverse("desk:confirm-class", args=[overdue.reference]),
            {"reasons": "Overdue.", "version": overdue.event_count},
        )
    assert overdue.decisions.get().state == State.IN_FORCE


def test_the_api_confirms_it(client, overdue, supervisor):
    _token, key = tokens.issue_token(user=supervisor, name="t", scopes=[ApiToken.Scope.READ, ApiToken.Scope.WRITE])
    answer = client.post(
        reverse("api:confirm_class", args=[overdue.reference]),
        {"reasons": "Overdue.", "digest": digests.of_class(overdue)},
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 200
    assert answer.json()["complaint_class"] == "upgrade"


def test_whoever_may_not_confirm_classes_does_not(client, overdue, agent):
    client.force_login(agent)
    client.post(
        reverse("desk:confirm-class", args=[overdue.reference]), {"reasons": "Me.", "version": overdue.event_count}
    )
    assert overdue.decisions.get().state == State.PROPOSED


def test_a_proposal_that_waits_is_not_made_again(overdue, sweep_at):
    sweep_at("2026-03-03 12:00")
    assert overdue.decisions.count() == 1


def test_a_rejected_proposal_is_not_made_again_by_a_step_that_repeats(overdue, manager, at, sweep_at):
    with at("2026-03-03 09:30"):
        decisions.reject_class(complaint_id=overdue.pk, by=manager, reasons="It is nearly done.")
    swept = sweep_at("2026-03-03 12:00")
    assert swept.firings
    assert [decision.state for decision in overdue.decisions.all()] == [State.REJECTED]
    assert overdue.events.filter(kind=Happening.UPGRADE_PROPOSED).count() == 1


def test_a_persons_own_decision_replaces_the_proposal_for_good(overdue, agent, at, sweep_at):
    with at("2026-03-03 09:30"):
        decisions.classify(
            complaint_id=overdue.pk,
            by=agent,
            complaint_class=ComplaintClass.COMMUNICATIVE,
            kind=Kind.HELP,
            reasons="They only ask for help.",
        )
    sweep_at("2026-03-03 12:00")
    decided = overdue.decisions.filter(conversion="")
    assert sorted(decision.state for decision in decided) == [State.IN_FORCE, State.SUPERSEDED]


def test_in_another_cycle_it_is_proposed_again(overdue, manager, agent, at, sweep_at):
    with at("2026-03-03 09:30"):
        decisions.reject_class(complaint_id=overdue.pk, by=manager, reasons="It is nearly done.")
        casework.resolve(
            complaint_id=overdue.pk, by=agent, outcome="upheld", reasons="The till was wrong.", message="Refunded."
        )
    with at("2026-03-04 09:00"):
        casework.reopen(complaint_id=overdue.pk, by=manager, reasons="It was not refunded.")
    sweep_at("2026-03-09 09:00")
    again = overdue.decisions.get(cycle=2)
    assert (again.state, again.decided_by) == (State.PROPOSED, None)
