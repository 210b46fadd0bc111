"""More time for a deadline: asked for before it passes, granted by somebody else, told to the complainant."""

import math
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed
from complaints.models import Event, Subject
from complaints.services import casework, correspondence
from complaints.vocabulary import Outcome, SubjectKind
from escalation.errors import AlreadyAsked, AlreadyDecided, ClockEnded, DeadlinePassed, NotExtendable, OwnRequest
from escalation.extending import Ground, Standing
from escalation.models import Clock, Extension
from escalation.replay import State
from escalation.services import extensions, rebuilding
from notifications.models import OutboxMessage
from tests.escalation.conftest import taipei
from tests.factories import UserFactory
from tests.factories.escalation import LADDER, publish_policy, working_hours

MONDAY = "2026-03-02 09:00"
TUESDAY = "2026-03-03 09:00"


@pytest.fixture
def rules(office):
    """The resolution may be put off twice, by at most 10 working hours; the acknowledgement never."""
    return publish_policy(
        clocks={
            "acknowledge": {"target": working_hours(4)},
            "resolution": {"target": working_hours(24), "steps": LADDER, "extensions": {"times": 2, "most": 10}},
        }
    )


@pytest.fixture
def case(rules, register, at):
    with at(MONDAY):
        return register().complaint


def clock(complaint, kind="resolution") -> Clock:
    return Clock.objects.get(complaint=complaint, kind=kind)


@pytest.fixture
def ask(case, agent, at):
    def _ask(when=TUESDAY, *, by=agent, amount=8, kind="resolution", reason=Ground.EXPERT, reasons="The lab."):
        with at(when):
            return extensions.ask(
                complaint_id=case.pk,
                clock_id=clock(case, kind).pk,
                by=by,
                amount=amount,
                reason=reason,
                reasons=reasons,
            )

    return _ask


@pytest.fixture
def grant(case, supervisor, at):
    def _grant(extension, when=TUESDAY, *, by=supervisor):
        with at(when):
            return extensions.grant(complaint_id=case.pk, extension_id=extension.pk, by=by, reasons="Fair.")

    return _grant


def test_asking_moves_nothing_and_says_so_in_one_event_without_words(case, ask):
    extension = ask()
    assert clock(case).due_at == taipei("2026-03-04 18:00")
    event = Event.objects.get(complaint=case, kind="ask_extension")
    assert event.data["extension"] == extension.pk
    assert (event.data["amount"], event.data["unit"], event.data["reason"]) == (8, "working_hours", "expert")
    assert "The lab." not in str(event.data)


def test_granting_puts_the_deadline_off_by_so_many_units_in_one_act(case, ask, grant):
    extension = grant(ask())
    moved = clock(case)
    assert (moved.due_at, moved.state) == (taipei("2026-03-05 18:00"), State.RUNNING)
    case.refresh_from_db()
    extension.refresh_from_db()
    assert extension.due_before == taipei("2026-03-04 18:00")
    assert extension.due_at == taipei("2026-03-05 18:00")
    event = Event.objects.get(complaint=case, kind="grant_extension")
    assert datetime.fromisoformat(event.data["due_before"]) == taipei("2026-03-04 18:00")
    assert datetime.fromisoformat(event.data["due_at"]) == taipei("2026-03-05 18:00")
    assert event.data["told"] is True
    assert list(rebuilding.rebuild(check=True)) == []


def test_the_ladder_goes_on_from_the_new_deadline(case, ask, grant, sweep_at):
    grant(ask())
    sweep_at("2026-03-05 17:59")
    assert clock(case).state == State.RUNNING
    sweep_at("2026-03-05 18:00")
    assert clock(case).breached_at == taipei("2026-03-05 18:00")


def test_refusing_leaves_the_deadline_where_it_is(case, ask, supervisor, at):
    extension = ask()
    with at(TUESDAY):
        extensions.refuse(complaint_id=case.pk, extension_id=extension.pk, by=supervisor, reasons="Do it now.")
    assert clock(case).due_at == taipei("2026-03-04 18:00")
    event = Event.objects.get(complaint=case, kind="refuse_extension")
    assert event.data["due_before"] == event.data["due_at"]
    assert "Do it now." not in str(event.data)


def test_once_refused_one_may_ask_again(case, ask, supervisor, grant, at):
    extension = ask()
    with at(TUESDAY):
        extensions.refuse(complaint_id=case.pk, extension_id=extension.pk, by=supervisor, reasons="Say more.")
    grant(ask(reasons="The lab writes that it needs until Thursday."))
    assert clock(case).due_at == taipei("2026-03-05 18:00")


@pytest.mark.parametrize("amount", [0, -1, 10**9, math.inf, math.nan, True, "3", None, 10.5])
def test_an_amount_that_is_none_or_too_much_is_refused_by_its_field(ask, amount):
    with pytest.raises(Invalid) as refusal:
        ask(amount=amount)
    assert list(refusal.value.errors) == ["amount"]


def test_days_are_whole(office, register, agent, at):
    days = {"target": {"unit": "working_days", "amount": 5}, "extensions": {"times": 1, "most": 5}}
    publish_policy(clocks={"resolution": days})
    with at(MONDAY):
        complaint = register().complaint
        given = {"complaint_id": complaint.pk, "clock_id": clock(complaint).pk, "by": agent, "reasons": "Much."}
        with pytest.raises(Invalid, match="whole"):
            extensions.ask(**given, amount=1.5, reason=Ground.COMPLEX)
        extensions.ask(**given, amount=5, reason=Ground.COMPLEX)


def test_the_policy_says_whether_and_how_often(case, ask, grant):
    with pytest.raises(NotExtendable, match="does not let"):
        ask("2026-03-02 10:00", kind="acknowledge")
    grant(ask())
    grant(ask())
    with pytest.raises(NotExtendable, match="as often as"):
        ask()
    assert clock(case).due_at == taipei("2026-03-06 18:00")


def test_the_law_is_put_off_only_where_the_policy_says_so(office, register, agent, supervisor, at):
    law = {"target": {"unit": "calendar_days", "amount": 15, "statutory": True}}
    publish_policy(clocks={"resolution": law})
    with at(MONDAY):
        complaint = register().complaint
        given = {"by": agent, "amount": 15, "reason": Ground.LAW, "reasons": "Article 23."}
        with pytest.raises(NotExtendable, match="the law sets it"):
            extensions.ask(complaint_id=complaint.pk, clock_id=clock(complaint).pk, **given)
        publish_policy(clocks={"resolution": law | {"extensions": {"times": 1, "most": 15}}})
        other = register().complaint
        extension = extensions.ask(complaint_id=other.pk, clock_id=clock(other).pk, **given)
        extensions.grant(complaint_id=other.pk, extension_id=extension.pk, by=supervisor)
    assert clock(other).due_at == taipei("2026-04-02 00:00")


def test_after_the_deadline_it_is_too_late_to_ask(ask):
    with pytest.raises(DeadlinePassed, match="has passed"):
        ask("2026-03-04 18:00")


def test_after_the_deadline_it_is_too_late_to_grant_and_the_request_has_lapsed(case, ask, grant):
    extension = ask("2026-03-04 17:00")
    with pytest.raises(DeadlinePassed, match="lapsed"):
        grant(extension, "2026-03-04 18:00")
    assert clock(case).due_at == taipei("2026-03-04 18:00")
    extension.refresh_from_db()
    assert extension.standing == Standing.LAPSED


def test_a_request_lapses_when_its_clock_ends(case, ask, grant, agent, at):
    extension = ask()
    with at("2026-03-03 10:00"):
        casework.resolve(
            complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
        )
    extension = Extension.objects.select_related("clock__complaint").get(pk=extension.pk)
    assert extension.standing == Standing.LAPSED
    with pytest.raises(IllegalMove):
        grant(extension, "2026-03-03 11:00")


def test_a_request_from_before_a_reopening_has_lapsed(office, register, agent, supervisor, at):
    publish_policy(
        clocks={"resolution": {"target": working_hours(24), "extensions": {"times": 2, "most": 10}}}, reopen="resume"
    )
    with at(MONDAY):
        complaint = register().complaint
        given = {"complaint_id": complaint.pk, "clock_id": clock(complaint).pk, "by": agent}
        old = extensions.ask(**given, amount=2, reason=Ground.OTHER, reasons="Much.")
        casework.resolve(complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="Y", message="Yes.")
        casework.dispute(complaint_id=complaint.pk, body="No.")
    with at(TUESDAY):
        with pytest.raises(ClockEnded, match="lapsed"):
            extensions.grant(complaint_id=complaint.pk, extension_id=old.pk, by=supervisor)
        extensions.ask(**given, amount=2, reason=Ground.OTHER, reasons="Much.")


def test_one_request_at_a_time(ask):
    ask()
    with pytest.raises(AlreadyAsked):
        ask()


def test_the_database_holds_one_request_and_two_people(ask, agent):
    first = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(
            clock=first.clock, cycle=1, unit="hours", amount=1, reason="other", reasons="x", asked_by=agent
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=first.pk).update(state="granted", decided_by=agent, decided_at=first.asked_at)


def test_nobody_grants_or_refuses_their_own_request(case, ask, supervisor, at):
    extension = ask(by=supervisor)
    with at(TUESDAY):
        with pytest.raises(OwnRequest, match="Somebody else"):
            extensions.grant(complaint_id=case.pk, extension_id=extension.pk, by=supervisor)
        with pytest.raises(OwnRequest):
            extensions.refuse(complaint_id=case.pk, extension_id=extension.pk, by=supervisor, reasons="No.")


def test_who_may_not(case, ask, grant, handler, outsider, branch):
    with pytest.raises(NotAllowed):
        ask(by=UserFactory(role=Role.AUDITOR, department=branch))
    extension = ask()
    for person in (handler, outsider):
        with pytest.raises(NotAllowed):
            grant(extension, by=person)


def test_whom_the_complaint_is_about_does_not_grant(case, ask, grant, supervisor):
    Subject.objects.create(complaint=case, kind=SubjectKind.PERSON, name=supervisor.name, user=supervisor)
    with pytest.raises(ConflictOfInterest):
        grant(ask())


def test_a_request_is_decided_once(ask, grant):
    extension = grant(ask())
    with pytest.raises(AlreadyDecided):
        grant(extension)


def test_a_request_of_another_complaint_is_none_here(case, ask, supervisor, register, at):
    extension = ask()
    with at(TUESDAY):
        other = register().complaint
        with pytest.raises(Invalid):
            extensions.grant(complaint_id=other.pk, extension_id=extension.pk, by=supervisor)
        with pytest.raises(Invalid):
            extensions.ask(
                complaint_id=other.pk,
                clock_id=extension.clock_id,
                by=supervisor,
                amount=1,
                reason=Ground.OTHER,
                reasons="x",
            )


def test_words_are_needed(ask):
    with pytest.raises(Invalid) as refusal:
        ask(reasons="   ")
    assert list(refusal.value.errors) == ["reasons"]


def test_a_paused_deadline_may_be_put_off_and_counts_on_from_its_end(case, ask, grant, agent, at):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
    with at("2026-03-02 17:00"):
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop?")
    extension = grant(ask())
    assert (extension.due_before, extension.due_at) == (None, None)
    assert clock(case).remaining == 25 * 3600
    with at("2026-03-05 09:00"):
        correspondence.hear(complaint_id=case.pk, body="The one at the station.")
    assert clock(case).due_at == taipei("2026-03-10 10:00")


def test_to_be_told_of_more_time_is_word_on_progress(office, register, agent, supervisor, at):
    publish_policy(
        clocks={
            "progress": {"target": working_hours(16), "extensions": {"times": 1, "most": 8}},
            "resolution": {"target": working_hours(24), "extensions": {"times": 1, "most": 8}},
            "authority_report": {"target": working_hours(24), "extensions": {"times": 1, "most": 8}},
        }
    )
    with at(MONDAY):
        complaint = register().complaint
        for kind in ("authority_report", "progress", "resolution"):
            asked = extensions.ask(
                complaint_id=complaint.pk,
                clock_id=clock(complaint, kind).pk,
                by=agent,
                amount=8,
                reason=Ground.OTHER,
                reasons="Much.",
            )
            assert complaint.clocks.filter(kind="progress").count() == 1, "neither what they never hear of, nor itself"
            extensions.grant(complaint_id=complaint.pk, extension_id=asked.pk, by=supervisor)
    assert [row.state for row in complaint.clocks.filter(kind="progress").order_by("number")] == ["met", "running"]


def test_more_time_is_lost_with_the_act_when_a_handler_fails(case, ask, supervisor, at, settings):
    extension = ask()
    settings.COMPLAINT_EVENT_HANDLERS = ["tests.escalation.test_extensions.fails"]
    with at(TUESDAY), pytest.raises(RuntimeError):
        extensions.grant(complaint_id=case.pk, extension_id=extension.pk, by=supervisor)
    extension.refresh_from_db()
    assert extension.state == Extension.State.ASKED
    assert clock(case).due_at == taipei("2026-03-04 18:00")


def fails(_occurrences):
    raise RuntimeError


# --- who is told --------------------------------------------------------------------------------------------


@pytest.fixture
def _letters(settings):
    settings.COMPLAINT_EVENT_HANDLERS = [
        "escalation.handlers.keep_clocks",
        "notifications.handlers.queue_messages",
    ]


@pytest.mark.usefixtures("_letters")
@pytest.mark.parametrize(
    ("language", "says", "date"),
    [
        ("en", "A test or an expert opinion takes longer", "5 March 2026, 18:00"),
        ("zh-hant", "檢測", "3月5日"),
        ("zh-hans", "检测", "3月5日"),
    ],
)
def test_the_complainant_is_told_the_new_date_in_the_same_act(
    rules, register, agent, supervisor, at, language, says, date
):
    with at(MONDAY):
        complaint = register(language=language).complaint
        extension = extensions.ask(
            complaint_id=complaint.pk,
            clock_id=clock(complaint).pk,
            by=agent,
            amount=8,
            reason=Ground.EXPERT,
            reasons="Internal: the lab lost our sample.",
        )
        extensions.grant(complaint_id=complaint.pk, extension_id=extension.pk, by=supervisor, reasons="Their fault.")
    letter = OutboxMessage.objects.get(kind="more_time", complaint=complaint)
    assert letter.address == "lin@example.org"
    assert says in letter.body
    assert date in letter.body
    assert "sample" not in letter.body
    assert "fault" not in letter.body


@pytest.mark.usefixtures("_letters")
def test_who_asked_hears_of_the_decision_and_who_decides_of_the_request(case, ask, grant, agent, supervisor):
    OutboxMessage.objects.all().delete()
    extension = ask()
    assert {letter.recipient for letter in OutboxMessage.objects.all()} >= {supervisor}
    OutboxMessage.objects.all().delete()
    grant(extension)
    assert agent in {letter.recipient for letter in OutboxMessage.objects.filter(kind="grant_extension")}
