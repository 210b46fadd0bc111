"""Promises people make, and the clocks that no answer keeps: each kept by recording that it was done."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from complaints.aftercare import FollowUpMode, Satisfaction
from complaints.classes import ComplaintClass, Kind
from complaints.errors import IllegalMove, Invalid, NotAllowed
from complaints.lifecycle import Status
from complaints.models import Event, Message
from complaints.selectors import digests
from complaints.services import casework, class_reviews, correspondence, decisions, follow_ups, majors
from complaints.vocabulary import Grade, Outcome
from escalation.errors import ClockEnded, KeptByAnotherAct, NoPolicy
from escalation.models import Clock
from escalation.replay import State
from escalation.services import promises, rebuilding, taking_over
from escalation.services.docket import Docket
from tests.escalation.conftest import taipei
from tests.factories import UserFactory
from tests.factories.escalation import climb, publish_policy, working_hours
from tests.factories.judging import BY_MISTAKE, judge

MONDAY = "2026-03-02 09:00"


@pytest.fixture
def rules(office):
    return publish_policy(
        clocks={
            "acknowledge": {"target": working_hours(4)},
            "first_response": {"target": working_hours(8)},
            "progress": {"target": working_hours(16)},
            "resolution": {"target": working_hours(24)},
            "promise": {"steps": [climb(notify=["holder"])]},
            "follow_up": {"target": {"unit": "working_days", "amount": 5}},
            "objection": {"target": {"unit": "calendar_days", "amount": 30}},
        }
    )


@pytest.fixture
def major(rules):
    """Major incidents are reported to the authority within 12 hours, day and night."""
    publish_policy(
        "major",
        position=1,
        match={"priority": ["major"]},
        clocks={
            "resolution": {"target": working_hours(24)},
            "authority_report": {"target": {"unit": "hours", "amount": 12, "statutory": True}},
        },
    )


@pytest.fixture
def followed_up(at, agent):
    """`followed_up(case, "2026-03-10 10:00")`: somebody has called, and the complainant is content."""

    def _followed_up(complaint, moment, *, by=agent, at_that_time=at, **changes):
        with at_that_time(moment):
            return follow_ups.follow_up(
                complaint_id=complaint.pk,
                by=by,
                mode=FollowUpMode.PHONE,
                result=Satisfaction.SATISFIED,
                words="She is content.",
                **changes,
            )

    return _followed_up


@pytest.fixture
def case(rules, register, at):
    with at(MONDAY):
        return register().complaint


@pytest.fixture
def promise(case, agent, at):
    def _promise(until, *, when="2026-03-02 10:00", what="Call her after work."):
        until = taipei(until) if isinstance(until, str) else until
        with at(when):
            return promises.promise(complaint_id=case.pk, by=agent, until=until, what=what)

    return _promise


@pytest.fixture
def fulfil(agent, at):
    def _fulfil(clock, when, *, by=agent, **given):
        with at(when):
            return promises.fulfil(
                complaint_id=clock.complaint_id, clock_id=clock.pk, by=by, **{"note": "Called."} | given
            )

    return _fulfil


def clocks(complaint, kind):
    return list(Clock.objects.filter(complaint=complaint, kind=kind).order_by("cycle", "number"))


def states(complaint, kind):
    return [clock.state for clock in clocks(complaint, kind)]


def resolve(complaint, by):
    casework.resolve(
        complaint_id=complaint.pk, by=by, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
    )


# --- promises -----------------------------------------------------------------------------------------------


def test_a_promise_is_due_at_the_moment_people_agreed_on_also_out_of_hours(case, promise):
    clock = promise("2026-03-02 20:30")
    clock.refresh_from_db()
    assert (clock.kind, clock.number, clock.due_at) == ("promise", 1, taipei("2026-03-02 20:30"))
    event = Event.objects.get(complaint=case, kind="promise")
    assert datetime.fromisoformat(event.data["until"]) == taipei("2026-03-02 20:30")
    note = Message.objects.get(pk=event.data["message"])
    assert (note.kind, note.body) == (Message.Kind.NOTE, "Call her after work.")
    assert "after work" not in str(event.data)


def test_promises_stand_side_by_side(case, promise):
    promise("2026-03-03 20:30")
    promise("2026-03-02 12:00")
    assert [(clock.number, clock.state) for clock in clocks(case, "promise")] == [(1, "running"), (2, "running")]
    case.refresh_from_db()
    assert case.due_at == taipei("2026-03-02 12:00")


def test_a_reply_does_not_keep_a_promise_to_call_and_answering_does(case, promise, agent, at):
    promise("2026-03-03 20:30")
    with at("2026-03-02 11:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="We are looking into it.")
    assert states(case, "promise") == [State.RUNNING]
    with at("2026-03-02 12:00"):
        resolve(case, agent)
    assert states(case, "promise") == [State.MET]


def test_a_broken_promise_is_noted_and_climbs_like_any_other(case, promise, sweep_at):
    promise("2026-03-02 11:00")
    swept = sweep_at("2026-03-02 11:00")
    assert (swept.breaches, swept.firings) == (1, 1)
    assert clocks(case, "promise")[0].breached_at == taipei("2026-03-02 11:00")


def test_a_promise_does_not_pause_while_the_complainant_is_asked(case, promise, agent, at):
    promise("2026-03-03 12:00")
    with at("2026-03-02 11:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop?")
    assert states(case, "promise") == [State.RUNNING]


@pytest.mark.parametrize("until", ["2026-03-02 10:00", "2026-03-01 10:00", "2027-06-01 10:00"])
def test_a_promise_lies_ahead_and_not_years_ahead(promise, until):
    with pytest.raises(Invalid) as refusal:
        promise(until)
    assert list(refusal.value.errors) == ["until"]


def test_a_moment_without_a_zone_is_none(promise):
    with pytest.raises(Invalid) as refusal:
        promise(datetime(2026, 3, 3, 10, 0))  # noqa: DTZ001 - that is the point
    assert list(refusal.value.errors) == ["until"]


def test_what_was_promised_is_needed(promise):
    with pytest.raises(Invalid) as refusal:
        promise("2026-03-03 10:00", what=" ")
    assert list(refusal.value.errors) == ["what"]


def test_without_a_policy_nothing_watches_a_promise(db, register, agent):
    complaint = register().complaint
    with pytest.raises(NoPolicy):
        promises.promise(complaint_id=complaint.pk, by=agent, until=timezone.now() + timedelta(days=1), what="Call.")


def test_no_promise_after_the_end_and_none_by_who_may_not(case, agent, branch, at):
    given = {"complaint_id": case.pk, "until": taipei("2026-03-03 10:00"), "what": "Call."}
    with at("2026-03-02 10:00"):
        with pytest.raises(NotAllowed):
            promises.promise(by=UserFactory(role=Role.AUDITOR, department=branch), **given)
        resolve(case, agent)
        with pytest.raises(IllegalMove):
            promises.promise(by=agent, **given)


# --- recorded as done ---------------------------------------------------------------------------------------


def test_fulfilling_keeps_this_promise_and_no_other(case, promise, fulfil):
    first, _second = promise("2026-03-02 12:00"), promise("2026-03-03 12:00")
    fulfil(first, "2026-03-02 11:00")
    assert states(case, "promise") == [State.MET, State.RUNNING]
    event = Event.objects.get(complaint=case, kind="fulfil")
    assert (event.data["clock"], event.data["number"]) == (first.pk, 1)
    assert Message.objects.get(pk=event.data["message"]).body == "Called."
    with pytest.raises(ClockEnded):
        fulfil(first, "2026-03-02 11:30")


def test_fulfilled_late_it_was_broken_at_the_promise(case, promise, fulfil):
    fulfil(promise("2026-03-02 12:00"), "2026-03-02 13:00")
    (late,) = clocks(case, "promise")
    assert (late.state, late.breached_at) == (State.MET_LATE, taipei("2026-03-02 12:00"))


def test_an_earlier_moment_may_be_stated_by_who_may_and_then_it_was_in_time(case, promise, fulfil, sweep_at):
    clock = promise("2026-03-02 12:00")
    sweep_at("2026-03-02 12:01")
    fulfil(clock, "2026-03-02 13:00", at=taipei("2026-03-02 11:55"))
    (kept,) = clocks(case, "promise")
    assert (kept.state, kept.met_at, kept.breached_at) == (State.MET, taipei("2026-03-02 11:55"), None)
    assert Event.objects.get(complaint=case, kind="fulfil").occurred_at == taipei("2026-03-02 11:55")
    assert list(rebuilding.rebuild(check=True)) == []


def test_stated_to_have_been_late_it_stays_one_breach(case, promise, fulfil, sweep_at):
    clock = promise("2026-03-02 12:00")
    sweep_at("2026-03-02 12:01")
    fulfil(clock, "2026-03-02 15:00", at=taipei("2026-03-02 13:00"))
    (kept,) = clocks(case, "promise")
    assert (kept.state, kept.met_at) == (State.MET_LATE, taipei("2026-03-02 13:00"))
    assert Event.objects.filter(complaint=case, kind="breached", data__clock=clock.pk).count() == 1


def test_a_handler_may_not_state_an_earlier_moment(promise, fulfil, handler):
    with pytest.raises(NotAllowed, match="earlier date"):
        fulfil(promise("2026-03-02 12:00"), "2026-03-02 13:00", by=handler, at=taipei("2026-03-02 11:55"))


@pytest.mark.parametrize("at_", ["2026-03-02 09:59", "2026-03-02 13:30", datetime(2026, 3, 2, 11, 0)])  # noqa: DTZ001 - that is the point
def test_done_before_the_promise_or_in_the_future_or_at_no_clear_moment_is_refused(promise, fulfil, at_):
    with pytest.raises(Invalid) as refusal:
        fulfil(promise("2026-03-02 12:00"), "2026-03-02 13:00", at=taipei(at_) if isinstance(at_, str) else at_)
    assert list(refusal.value.errors) == ["at"]


def test_what_an_act_of_its_own_keeps_cannot_be_recorded(case, fulfil):
    for kind in ("acknowledge", "first_response", "progress", "resolution"):
        with pytest.raises(KeptByAnotherAct):
            fulfil(clocks(case, kind)[0], "2026-03-02 10:00")


def test_a_deadline_of_another_complaint_is_none_here(case, promise, register, agent, at):
    clock = promise("2026-03-02 12:00")
    with at("2026-03-02 11:00"):
        other = register().complaint
        with pytest.raises(Invalid) as refusal:
            promises.fulfil(complaint_id=other.pk, clock_id=clock.pk, by=agent, note="Called.")
    assert list(refusal.value.errors) == ["clock"]


# --- word on progress ---------------------------------------------------------------------------------------


def test_word_on_progress_is_owed_again_from_each_update_on(case, agent, at):
    with at("2026-03-02 14:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="We asked the shop.")
    with at("2026-03-02 15:00"):
        correspondence.note(complaint_id=case.pk, by=agent, body="Only for us.")
    first, second = clocks(case, "progress")
    assert (first.state, first.met_at) == (State.MET, taipei("2026-03-02 14:00"))
    assert (second.number, second.state, second.due_at) == (2, State.RUNNING, taipei("2026-03-04 14:00"))
    with at("2026-03-03 09:00"):
        resolve(case, agent)
    assert states(case, "progress") == [State.MET, State.MET]


def test_word_on_progress_survives_a_policy_in_between_that_owes_none(case, agent, supervisor, at):
    publish_policy(
        "major", position=1, match={"priority": ["major"]}, clocks={"resolution": {"target": working_hours(8)}}
    )
    with at("2026-03-02 10:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="We asked the shop.")
        casework.prioritise(complaint_id=case.pk, by=agent, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert states(case, "progress") == [State.MET, State.CANCELLED]
    with at("2026-03-02 11:00"):
        casework.prioritise(complaint_id=case.pk, by=agent, impact=Grade.LOW, urgency=Grade.LOW)
    assert states(case, "progress") == [State.MET, State.RUNNING]


def test_a_reopened_complaint_owes_word_on_progress_from_number_one_again(case, agent, at):
    with at("2026-03-02 10:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="We asked the shop.")
        resolve(case, agent)
        casework.dispute(complaint_id=case.pk, body="No.")
    assert [(clock.cycle, clock.number) for clock in clocks(case, "progress")] == [(1, 1), (1, 2), (2, 1)]


def test_a_withdrawn_complaint_owes_nothing_more(case, promise, agent, at):
    promise("2026-03-03 12:00")
    with at("2026-03-02 11:00"):
        casework.withdraw(complaint_id=case.pk, by=agent, reasons="They called.")
    assert set(states(case, "progress") + states(case, "promise")) == {State.CANCELLED}
    case.refresh_from_db()
    assert case.due_at is None


# --- reports, follow-ups, reviews ---------------------------------------------------------------------------


def report_to_authority(complaint, by, **given):
    texts = {"body": "Consumer Protection Commission", "reference": "CPC-115-0042", "what": "By phone."}
    return majors.report_to_authority(complaint_id=complaint.pk, by=by, **texts | given)


def test_a_major_complaint_is_reported_to_the_authority_from_when_it_is_known_to_be_one(
    major, case, agent, at, fulfil
):
    with at("2026-03-02 22:00"):
        casework.prioritise(complaint_id=case.pk, by=agent, impact=Grade.HIGH, urgency=Grade.HIGH)
        resolve(case, agent)
    (report,) = clocks(case, "authority_report")
    assert (report.state, report.due_at) == (State.RUNNING, taipei("2026-03-03 10:00"))
    case.refresh_from_db()
    assert case.status == Status.RESOLVED
    assert case.due_at == taipei("2026-03-03 10:00"), "answering the complainant does not report it"
    with pytest.raises(KeptByAnotherAct):
        fulfil(report, "2026-03-03 08:00", note="Consumer Protection Commission, by phone.")
    with at("2026-03-03 08:00"):
        report_to_authority(case, agent)
    assert states(case, "authority_report") == [State.MET]


def test_registered_as_major_it_is_reported_from_receipt_on(major, register, at):
    with at(MONDAY):
        complaint = register(impact=Grade.HIGH, urgency=Grade.HIGH).complaint
    (report,) = clocks(complaint, "authority_report")
    assert report.due_at == taipei("2026-03-02 21:00")


@pytest.mark.parametrize("done", ["2026-03-02 20:30", "2026-03-03 10:00"])
def test_a_breach_is_told_once_whatever_happened_before_the_report_is_recorded(
    major, register, supervisor, at, sweep_at, done
):
    """The clerk reported it in the evening and wrote it down after the manager had taken the late case over."""
    with at(MONDAY):
        complaint = register(impact=Grade.HIGH, urgency=Grade.HIGH).complaint
    sweep_at("2026-03-02 21:00")
    complaint.tier = 2
    complaint.save(update_fields=["tier"])
    with at("2026-03-03 09:00"):
        taking_over.take_over(complaint_id=complaint.pk, by=supervisor)
    (report,) = clocks(complaint, "authority_report")
    with at("2026-03-03 10:00"):
        report_to_authority(complaint, supervisor, at=taipei(done))
    in_time = done < "2026-03-02 21:00"
    assert states(complaint, "authority_report") == [State.MET if in_time else State.MET_LATE]
    report.refresh_from_db()
    assert report.met_at == taipei(done)
    assert Event.objects.filter(complaint=complaint, kind="breached", data__clock=report.pk).count() == 1


def test_a_moment_before_a_pause_that_came_later_is_not_believed(case, agent, supervisor, at, sweep_at, followed_up):
    """What waited for somebody after the deadline cannot have been done before: the breach stands, told once."""
    with at("2026-03-02 10:00"):
        resolve(case, agent)
    (visit,) = clocks(case, "follow_up")
    sweep_at("2026-03-09 18:00")
    case.refresh_from_db()
    with at("2026-03-10 09:00"):
        docket = Docket.of([case], now=taipei("2026-03-10 09:00"))
        docket.pause(case, taipei("2026-03-10 09:00"), reason="complainant")
        docket.write()
    assert visit.state == State.RUNNING
    followed_up(case, "2026-03-10 10:00", by=supervisor, at=taipei("2026-03-09 10:00"))
    assert states(case, "follow_up") == [State.MET_LATE]
    assert Event.objects.filter(complaint=case, kind="breached").count() == 1


def test_an_answer_is_followed_up_and_a_dispute_cancels_that(case, agent, supervisor, at, fulfil, followed_up):
    with at("2026-03-02 10:00"):
        resolve(case, agent)
    (first,) = clocks(case, "follow_up")
    assert first.due_at == taipei("2026-03-09 18:00")
    with at("2026-03-03 10:00"):
        casework.dispute(complaint_id=case.pk, body="No.")
        assert states(case, "follow_up") == [State.CANCELLED]
        resolve(case, supervisor)
    with at("2026-03-04 10:00"):
        casework.confirm(complaint_id=case.pk)
    _first, second = clocks(case, "follow_up")
    assert (second.cycle, second.number, second.state) == (2, 1, State.RUNNING), "closing does not visit anybody"
    with pytest.raises(KeptByAnotherAct):
        fulfil(second, "2026-03-10 10:00", note="She is content.")
    followed_up(case, "2026-03-10 10:00")
    assert states(case, "follow_up") == [State.CANCELLED, State.MET]
    case.refresh_from_db()
    assert case.due_at is None


def test_a_grave_class_is_reviewed_and_reviewed_once(case, agent, supervisor, manager, at, fulfil):
    with at("2026-03-02 10:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="Patiently explained.")
        propose_malicious(case, agent)
        assert clocks(case, "objection") == []
        decisions.confirm_class(complaint_id=case.pk, digest=digests.of_class(case), by=supervisor, reasons="Yes.")
    (review,) = clocks(case, "objection")
    assert review.due_at == taipei("2026-04-02 00:00")
    assert case.decisions.get().review_at == review.due_at, "the clock and the letter say the same"
    with pytest.raises(KeptByAnotherAct):
        fulfil(review, "2026-03-20 10:00", note="Looked at again: it stands.")
    with at("2026-03-21 10:00"):
        class_reviews.renew_class(
            complaint_id=case.pk, by=agent, reasons="He shouted again.", told="You did it again."
        )
        assert states(case, "objection") == [State.RUNNING], "a mere proposal renews nothing"
        decisions.confirm_class(
            complaint_id=case.pk, digest=digests.of_class(case), by=supervisor, reasons="I heard it."
        )
    assert states(case, "objection") == [State.MET, State.RUNNING]
    assert clocks(case, "objection")[1].due_at == taipei("2026-04-21 00:00")


def test_the_review_of_a_class_that_no_longer_applies_is_cancelled(case, agent, supervisor, at):
    with at("2026-03-02 10:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="Patiently explained.")
        propose_malicious(case, agent)
        decisions.confirm_class(complaint_id=case.pk, digest=digests.of_class(case), by=supervisor, reasons="Yes.")
        judge(case, agent)
        decisions.classify(
            complaint_id=case.pk,
            by=agent,
            complaint_class=ComplaintClass.VALID,
            kind=Kind.HARM,
            reasons="They were right.",
            basis=BY_MISTAKE,
        )
    assert states(case, "objection") == [State.CANCELLED]


def propose_malicious(complaint, by):
    decisions.classify(
        complaint_id=complaint.pk,
        by=by,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons="Shouted at everybody.",
        evidence="The recording.",
        told="Our people were shouted at.",
    )
