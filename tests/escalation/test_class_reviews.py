"""The review date of a grave class on its clock: told, watched, and lapsed in the sweep without breaking anything."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from complaints.classes import ComplaintClass, Kind
from complaints.malice import USUAL_REVIEW
from complaints.models import Decision
from complaints.selectors import digests
from complaints.services import casework, class_reviews, correspondence, decisions, objections
from escalation.errors import NotExtendable
from escalation.extending import Ground
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.services import extensions, lapsing, rebuilding
from tests.escalation.conftest import taipei
from tests.factories.escalation import climb, publish_calendar, publish_policy, working_hours
from tests.factories.grave import call_malicious

pytestmark = pytest.mark.django_db

MONDAY = "2026-03-02 09:00"
REVIEW = {"unit": "calendar_days", "amount": 30}


@pytest.fixture
def rules(office):
    """What is called malicious is looked at again after thirty days; its policy would answer it later."""
    clocks = {
        "acknowledge": {"target": working_hours(4)},
        "first_response": {"target": working_hours(8)},
        "progress": {"target": working_hours(16)},
        "resolution": {"target": working_hours(24)},
        "objection": {"target": REVIEW, "steps": [climb(notify=["holder"])], "extensions": {"times": 1, "most": 9}},
    }
    publish_policy(clocks=clocks)
    later = clocks | {"resolution": {"target": working_hours(80)}}
    publish_policy("malicious", position=1, match={"class": ["malicious"]}, clocks=later)


@pytest.fixture
def case(rules, register, at, agent, supervisor):
    with at(MONDAY):
        complaint = register().complaint
        promised = Clock.objects.get(complaint=complaint, kind=ClockKind.RESOLUTION).due_at
        call_malicious(complaint, agent, supervisor)
    complaint.refresh_from_db()
    assert Clock.objects.get(complaint=complaint, kind=ClockKind.RESOLUTION).due_at == promised, "as the letter says"
    return complaint


def open_kinds(complaint):
    return set(Clock.objects.filter(complaint=complaint, state="running").values_list("kind", flat=True))


def review(complaint):
    return Clock.objects.filter(complaint=complaint, kind=ClockKind.OBJECTION).latest("id")


def test_no_clock_stops_for_it_least_of_all_the_acknowledgement(rules, register, agent, supervisor, at, monkeypatch):
    with at(MONDAY):
        complaint = register().complaint
        assert open_kinds(complaint) == {"acknowledge", "first_response", "progress", "resolution"}
        with monkeypatch.context() as deaf:  # another system explained it: no clock has heard
            deaf.setattr("complaints.events._handlers", list)
            correspondence.reply(complaint_id=complaint.pk, by=agent, body="We have explained this to you.")
        decisions.classify(
            complaint_id=complaint.pk,
            by=agent,
            complaint_class=ComplaintClass.MALICIOUS,
            kind=Kind.ABUSE,
            reasons="x",
            evidence="y",
            told="z",
        )
        decisions.confirm_class(
            complaint_id=complaint.pk, digest=digests.of_class(complaint), by=supervisor, reasons="I listened to them."
        )
        kept = {"acknowledge", "first_response", "progress", "resolution"}
        assert open_kinds(complaint) == kept | {"objection"}
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
    assert Clock.objects.get(complaint=complaint, kind="acknowledge").state == "met"


def test_the_date_told_stands_whatever_pauses_and_nobody_puts_it_off(case, agent, at):
    told = case.decisions.get().review_at
    assert told == review(case).due_at == taipei("2026-04-02 00:00")
    with at("2026-03-03 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which till?")
        assert (review(case).state, review(case).due_at) == ("running", told)
        with pytest.raises(NotExtendable):
            extensions.ask(
                complaint_id=case.pk, clock_id=review(case).pk, by=agent, amount=3, reason=Ground.EXPERT, reasons="x"
            )


def test_on_the_date_it_lapses_in_the_sweep_exactly_once_and_breaks_nothing(case, sweep_at, agent):
    sweep_at("2026-04-01 23:59")
    case.refresh_from_db()
    assert case.complaint_class == "malicious"
    for _time in range(2):
        sweep_at("2026-04-02 00:00")
    case.refresh_from_db()
    assert case.complaint_class == "unclassified"
    assert case.events.filter(kind="lapse_class").count() == 1
    assert not case.events.filter(kind="breached", data__clock_kind="objection").exists()
    clock = review(case)
    assert (clock.state, clock.breached_at, clock.wake_at) == ("cancelled", None, None)
    assert list(rebuilding.rebuild(check=True)) == []
    assert case.decisions.get().state == Decision.State.LAPSED


def test_a_lifted_class_calls_the_review_off(case, manager, at):
    with at("2026-03-05 10:00"):
        objections.object_to_class(complaint_id=case.pk, words="Only loud.")
        objections.decide_objection(complaint_id=case.pk, by=manager, upheld=True, answer="You are right.")
    assert review(case).state == "cancelled"


def test_what_no_clock_watches_lapses_as_well(case, agent, at, monkeypatch):
    """Withdrawn, so that its clocks are called off; and one of an office without any policy."""
    with at("2026-03-05 10:00"):
        casework.withdraw(complaint_id=case.pk, by=agent, reasons="He said so.")
    assert review(case).state == "cancelled"
    late = taipei("2026-04-02 00:00")
    with time_machine.travel(late, tick=False):
        monkeypatch.setattr(lapsing.selectors, "database_now", lambda: late)
        assert lapsing.lapse_all(batch=1) == 1
        assert lapsing.lapse_all() == 0
    case.refresh_from_db()
    assert case.complaint_class == "unclassified"


def test_without_a_policy_it_stands_as_long_as_is_usual(office_without_rules, register, agent, supervisor):
    complaint = register().complaint
    call_malicious(complaint, agent, supervisor)
    left = complaint.decisions.get().review_at - timezone.now()
    assert abs(left - USUAL_REVIEW) < timedelta(minutes=1)
    assert not Clock.objects.exists()


@pytest.fixture
def office_without_rules(db, agent, supervisor, manager):
    publish_calendar()


def test_one_that_was_let_lapse_before_counts_by_the_usual_policy_again(case, manager, agent, at):
    with at("2026-03-03 10:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="News.")
        class_reviews.lapse_class(complaint_id=case.pk, by=manager, reasons="He said sorry.")
    resolution = Clock.objects.get(complaint=case, kind="resolution", state="running")
    assert resolution.policy_version.policy.code == "standard"
