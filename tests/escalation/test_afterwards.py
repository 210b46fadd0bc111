"""Follow-ups that are due, the lot, the stated date, and closing after silence: exactly once, never early."""

import hashlib

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.errors import IllegalMove, Invalid
from complaints.lifecycle import Status
from complaints.models import Complaint, Event, LegalHold
from complaints.services import casework, correspondence, follow_ups
from complaints.vocabulary import Grade, Outcome
from escalation import sampling, selectors
from escalation.errors import BadPolicy, NoPolicy
from escalation.models import Clock
from escalation.policies import PolicyRules
from escalation.replay import State
from escalation.services import policies, rebuilding, silence
from tests.escalation.conftest import taipei
from tests.factories import UserFactory
from tests.factories.escalation import publish_calendar, working_hours

MONDAY, TEN = "2026-03-02 09:00", "2026-03-02 10:00"
CLOCKS = {
    "resolution": {"target": working_hours(24)},
    "promise": {"steps": []},
    "follow_up": {"target": {"unit": "working_days", "amount": 5}},
}
SILENCE = {"unit": "calendar_days", "amount": 14}
UNTIL = "2026-03-17 00:00"
"""Midnight at the end of the 14th day after an answer of 2 March."""


@pytest.fixture
def publish(db, agent, handler, supervisor, manager):
    publish_calendar()

    def _publish(*, clocks=None, **changes):
        document = {"calendar": "office", "clocks": CLOCKS | (clocks or {}), "silence": SILENCE} | changes
        return policies.publish(code="standard", document=document, name="standard", position=100, is_active=True)

    return _publish


@pytest.fixture
def answer(register, agent, handler, at):
    def _answer(moment=TEN, **answers):
        with at(MONDAY):
            complaint = register(**answers).complaint
            casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
        with at(moment):
            casework.resolve(
                complaint_id=complaint.pk, by=handler, outcome=Outcome.UPHELD, reasons="Till.", message="Paid back."
            )
        return Complaint.objects.get(pk=complaint.pk)

    return _answer


@pytest.fixture
def close_at(monkeypatch):
    """Let the worker look as if the database's clock showed that moment."""

    def _close(text: str, **options) -> int:
        moment = taipei(text)
        with monkeypatch.context() as patched, time_machine.travel(moment, tick=False):
            patched.setattr(selectors, "database_now", lambda: moment)
            return silence.close_silent(**options)

    return _close


def follow(complaint, by, result=Satisfaction.SATISFIED, **changes):
    given = {"mode": FollowUpMode.PHONE, "result": result, "words": "Called."} | changes
    return follow_ups.follow_up(complaint_id=complaint.pk, by=by, **given)


def visits(complaint):
    return list(Clock.objects.filter(complaint=complaint, kind="follow_up").order_by("cycle", "number"))


# --- the lot ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [1, 10, 25, 50, 99])
def test_the_lot_falls_on_about_the_share_and_is_drawn_the_same_again(share):
    lots = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(4_000)]
    drawn = [sampling.is_drawn(lot, share) for lot in lots]
    assert abs(sum(drawn) / 40 - share) < 3
    assert drawn == [sampling.is_drawn(lot, share) for lot in lots]


def test_all_are_drawn_of_the_whole_and_shares_nest():
    lots = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(500)]
    assert all(sampling.is_drawn(lot, 100) for lot in [*lots, "f" * 64])
    assert {lot for lot in lots if sampling.is_drawn(lot, 10)} <= {lot for lot in lots if sampling.is_drawn(lot, 30)}


@pytest.mark.parametrize("drawn", [True, False])
def test_a_follow_up_is_due_where_the_lot_falls_and_of_every_major_one(publish, answer, monkeypatch, drawn):
    publish(clocks={"follow_up": CLOCKS["follow_up"] | {"share": 25}})
    monkeypatch.setattr(sampling, "is_drawn", lambda _lot, share: share == 25 and drawn)
    assert bool(visits(answer())) is drawn
    assert visits(answer(impact=Grade.HIGH, urgency=Grade.HIGH))


def test_the_lot_is_the_hash_of_the_answer(publish, answer, monkeypatch):
    lots = []
    publish()
    monkeypatch.setattr(sampling, "is_drawn", lambda lot, _share: lots.append(lot))
    complaint = answer()
    assert lots == [complaint.events.get(kind="resolve").hash]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"clocks": {"resolution": {"target": working_hours(24), "share": 5}}}, "clocks.resolution.share"),
        ({"clocks": {"follow_up": CLOCKS["follow_up"] | {"share": 0}}}, "clocks.follow_up.share"),
        ({"clocks": {"follow_up": CLOCKS["follow_up"] | {"share": True}}}, "clocks.follow_up.share"),
        ({"silence": {"unit": "calendar_days", "amount": 5, "statutory": True}}, "silence"),
        ({"silence": {"unit": "working_days", "amount": 5, "count_from": "same_day"}}, "silence"),
        ({"silence": {"unit": "calendar_days", "amount": 0}}, "silence.amount"),
    ],
)
def test_a_policy_that_says_nonsense_names_the_field(change, field):
    with pytest.raises(BadPolicy) as refusal:
        PolicyRules.from_json({"calendar": "office", "clocks": CLOCKS} | change)
    assert refusal.value.field == field


def test_a_policy_reads_back_what_it_wrote():
    document = {
        "calendar": "office",
        "clocks": {"follow_up": CLOCKS["follow_up"] | {"share": 25}},
        "silence": SILENCE | {"roll": True},
    }
    rules = PolicyRules.from_json(document)
    assert PolicyRules.from_json(rules.to_json()) == rules
    assert (rules.clocks["follow_up"].share, rules.silence.roll) == (25, True)


# --- the clock ----------------------------------------------------------------------------------------------


def test_recording_the_follow_up_keeps_its_clock_and_rework_follows_up_again(publish, answer, agent, supervisor, at):
    publish(clocks={"follow_up": CLOCKS["follow_up"] | {"share": 1}})
    complaint = answer(impact=Grade.HIGH, urgency=Grade.HIGH)
    manager = UserFactory(role=Role.MANAGER, department=complaint.department)
    with at("2026-03-03 10:00"):
        follow(complaint, manager, Satisfaction.DISSATISFIED, upheld=True, reasons="It is so.")
        assert [clock.state for clock in visits(complaint)] == [State.MET]
        Complaint.objects.filter(pk=complaint.pk).update(priority="ordinary")
        casework.resolve(
            complaint_id=complaint.pk, by=supervisor, outcome=Outcome.UPHELD, reasons="Now.", message="Done."
        )
    assert [(clock.cycle, clock.state) for clock in visits(complaint)] == [(1, State.MET), (2, State.RUNNING)], (
        "what was worked on again is asked about whatever the lot says"
    )
    assert list(rebuilding.rebuild(check=True)) == []


def test_made_in_time_but_recorded_late_it_was_in_time(publish, answer, agent, supervisor, at, sweep_at):
    publish()
    complaint = answer()
    sweep_at("2026-03-10 09:00")
    assert visits(complaint)[0].state == State.BREACHED_OPEN
    with at("2026-03-10 10:00"):
        follow(complaint, supervisor, at=taipei("2026-03-06 15:00"))
    (visit,) = visits(complaint)
    assert (visit.state, visit.breached_at, visit.met_at) == (State.MET, None, taipei("2026-03-06 15:00"))


def test_who_is_not_satisfied_is_called_on_whatever_the_lot_said(publish, answer, at, monkeypatch):
    publish()
    monkeypatch.setattr(sampling, "is_drawn", lambda _lot, _share: False)
    content, unhappy, silent = answer(), answer(), answer()
    with at("2026-03-03 10:00"):
        follow_ups.rate(complaint_id=content.pk, satisfied=True)
        casework.confirm(complaint_id=unhappy.pk)
        follow_ups.rate(complaint_id=unhappy.pk, satisfied=False)
    assert [bool(visits(each)) for each in (content, unhappy, silent)] == [False, True, False]
    assert visits(unhappy)[0].due_at == taipei("2026-03-10 18:00")


def test_my_work_of_the_head_and_of_the_quality_reviewer(publish, answer, agent, handler, manager, branch, outsider):
    publish()
    major, plain = answer(impact=Grade.HIGH, urgency=Grade.HIGH), answer()
    reviewer = UserFactory(role=Role.QUALITY_REVIEWER, department=branch)
    owed = {
        person.name: {clock.complaint_id for clock in selectors.owed_after_the_answer(person)}
        for person in (handler, manager, agent, outsider)
    }
    assert owed == {"Handler": {plain.pk}, "Manager": {major.pk}, "Agent": set(), "Outsider": set()}
    assert {clock.complaint_id for clock in selectors.owed_after_the_answer(reviewer)} == {plain.pk}


# --- the stated date, and silence ---------------------------------------------------------------------------


def test_the_answer_states_the_date_and_without_a_policy_for_it_none(publish, answer):
    publish()
    assert answer().objection_until == taipei(UNTIL)
    publish(silence=None)
    assert answer().objection_until is None


def test_what_was_said_after_the_answer_and_answered_states_a_later_date(publish, answer, handler, at):
    publish()
    complaint = answer()
    with at("2026-03-05 10:00"):
        correspondence.reply(complaint_id=complaint.pk, by=handler, body="The receipt is attached.")
        complaint.refresh_from_db()
        assert complaint.objection_until == taipei(UNTIL), "a date that stands stays"
        correspondence.hear(complaint_id=complaint.pk, body="Which receipt?")
        correspondence.reply(complaint_id=complaint.pk, by=handler, body="That of Monday.")
    complaint.refresh_from_db()
    assert complaint.objection_until == taipei("2026-03-20 00:00")


def test_silence_closes_once_at_its_date_and_never_before(publish, answer, agent, at, close_at):
    publish()
    silent, followed = answer(), answer()
    with at("2026-03-03 10:00"):
        follow(silent, agent)
    assert close_at("2026-03-16 23:59") == 0
    assert close_at(UNTIL) == 1, "the follow-up of the other is due"
    silent.refresh_from_db()
    assert (silent.status, silent.closed_because, silent.closed_at) == ("closed", CloseReason.SILENT, taipei(UNTIL))
    event = Event.objects.get(complaint=silent, kind="close")
    assert (event.actor, event.data["reason"], event.data["until"]) == (None, "silent", "2026-03-16T16:00:00+00:00")
    assert close_at("2026-03-18 09:00") == 0
    with at("2026-03-18 10:00"):
        follow(followed, agent)
    assert close_at("2026-03-18 10:01") == 1
    assert Event.objects.filter(kind="close").count() == 2


def test_what_is_under_a_legal_hold_is_not_closed(publish, answer, supervisor, close_at):
    publish(clocks={"follow_up": None})
    complaint = answer()
    hold = LegalHold.objects.create(
        complaint=complaint, reasons="A court asks.", placed_by=supervisor, placed_at=taipei(TEN)
    )
    assert close_at("2026-03-18 09:00") == 0
    hold.lifted_at, hold.lifted_by, hold.lifted_because = taipei("2026-03-19 09:00"), supervisor, "Settled."
    hold.save()
    assert close_at("2026-03-19 10:00") == 1


@pytest.mark.parametrize("unhappy", ["hear", "rate", "dispute", "follow_up"])
def test_who_was_not_silent_is_not_closed(publish, answer, agent, supervisor, at, close_at, unhappy):
    publish(clocks={"follow_up": None} if unhappy != "follow_up" else None)
    complaint = answer()
    with at("2026-03-03 10:00"):
        match unhappy:
            case "hear":
                correspondence.hear(complaint_id=complaint.pk, body="Hm.")
            case "rate":
                follow_ups.rate(complaint_id=complaint.pk, satisfied=False)
            case "dispute":
                casework.dispute(complaint_id=complaint.pk, body="No.")
            case "follow_up":
                follow(complaint, agent, Satisfaction.PARTLY, upheld=False, reasons="It was paid.")
    assert close_at("2026-04-01 09:00") == 0


def test_many_are_closed_in_batches_and_a_bad_one_stops_none(publish, answer, close_at, settings, monkeypatch):
    publish(clocks={"follow_up": None})
    complaints = [answer() for _n in range(5)]
    real = silence.closing.close_silent

    def fails(some, *, at):
        if complaints[2].pk in [each.pk for each in some]:
            raise RuntimeError("a handler fails")
        real(some, at=at)

    with monkeypatch.context() as patched:
        patched.setattr(silence.closing, "close_silent", fails)
        assert close_at("2026-03-18 09:00", batch=2) == 4
    assert close_at("2026-03-18 09:01", batch=2) == 1
    assert set(Complaint.objects.values_list("status", flat=True)) == {Status.CLOSED}
    assert Event.objects.filter(kind="close").count() == 5


def test_a_batch_costs_the_same_however_many_it_closes(publish, answer, close_at):
    publish(clocks={"follow_up": None})
    counts = []
    for many in (2, 4):
        for _n in range(many):
            answer()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert close_at("2026-03-18 09:00") == many
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_by_hand_before_the_date_it_takes_words_and_silence_is_no_reason(publish, answer, agent, at):
    publish()
    complaint = answer()
    with at("2026-03-03 10:00"):
        with pytest.raises(Invalid):
            casework.close(complaint_id=complaint.pk, by=agent, reason=CloseReason.SILENT, note="Nothing heard.")
        casework.close(complaint_id=complaint.pk, by=agent, reason=CloseReason.CONFIRMED, note="Said so by phone.")


# --- a promise in a reply -----------------------------------------------------------------------------------


def test_a_reply_may_promise_a_date_in_the_same_act(publish, register, agent, at):
    publish()
    with at(MONDAY):
        complaint = register().complaint
        message = correspondence.reply(
            complaint_id=complaint.pk, by=agent, body="We call you back.", promise_until=taipei("2026-03-03 15:00")
        )
    (promise,) = Clock.objects.filter(complaint=complaint, kind="promise")
    assert (promise.state, promise.due_at) == (State.RUNNING, taipei("2026-03-03 15:00"))
    event = Event.objects.get(complaint=complaint, kind="reply")
    assert (event.data["message"], event.data["until"]) == (message.pk, taipei("2026-03-03 15:00").isoformat())
    with at("2026-03-02 16:00"):
        correspondence.reply(complaint_id=complaint.pk, by=agent, body="Still at it.")
    promise.refresh_from_db()
    assert promise.state == State.RUNNING, "a mere reply keeps no promise"


def test_a_date_that_cannot_be_promised_sends_no_letter(publish, register, answer, agent, at):
    with at(MONDAY):
        complaint = register().complaint
        for wrong in (taipei("2026-03-02 08:00"), taipei("2028-03-02 08:00")):
            with pytest.raises(Invalid) as refusal:
                correspondence.reply(complaint_id=complaint.pk, by=agent, body="x", promise_until=wrong)
            assert list(refusal.value.errors) == ["promise_until"]
        with pytest.raises(NoPolicy):
            correspondence.reply(
                complaint_id=complaint.pk, by=agent, body="x", promise_until=taipei("2026-03-03 15:00")
            )
    assert not complaint.messages.exists()
    publish()
    answered = answer()
    with at("2026-03-02 11:00"), pytest.raises(IllegalMove):
        correspondence.reply(complaint_id=answered.pk, by=agent, body="x", promise_until=taipei("2026-03-03 15:00"))
