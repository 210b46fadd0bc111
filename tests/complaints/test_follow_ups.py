"""After the answer: the rules, follow-ups that lead to rework, ratings, and closing with reasons."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import aftercare
from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed, SecondPersonNeeded
from complaints.lifecycle import Status
from complaints.models import Complaint, Message, Subject
from complaints.selectors import contact
from complaints.services import casework, closing, correspondence, follow_ups
from complaints.vocabulary import Outcome, Priority
from tests.factories import UserFactory

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=3), NOW - timedelta(days=3)


@pytest.fixture
def answered(register, agent, handler):
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    return casework.resolve(
        complaint_id=complaint.pk, by=handler, outcome=Outcome.UPHELD, reasons="The till.", message="Paid back."
    )


@pytest.fixture
def ask(answered, agent):
    def _ask(*, by=agent, **changes):
        given = {"mode": FollowUpMode.PHONE, "result": Satisfaction.SATISFIED, "words": "All is well."} | changes
        return follow_ups.follow_up(complaint_id=answered.pk, by=by, **given)

    return _ask


# --- pure ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "upheld", "again"),
    [
        (Satisfaction.SATISFIED, None, False),
        (Satisfaction.NOT_REACHED, None, False),
        (Satisfaction.PARTLY, False, False),
        (Satisfaction.PARTLY, True, True),
        (Satisfaction.DISSATISFIED, False, False),
        (Satisfaction.DISSATISFIED, True, True),
    ],
)
def test_only_who_is_not_content_and_right_brings_rework(result, upheld, again):
    aftercare.check_finding(result, upheld)
    assert aftercare.leads_to_rework(result, upheld) is again
    with pytest.raises(Invalid) as refusal:
        aftercare.check_finding(result, True if upheld is None else None)
    assert list(refusal.value.errors) == ["upheld"]


@pytest.mark.parametrize(
    ("reason", "note", "until", "wrong"),
    [
        (CloseReason.SILENT, "x", None, "reason"),
        (CloseReason.SILENT, "x", LATER, "reason"),
        (CloseReason.SILENT, "", EARLIER, None),
        (CloseReason.SILENT, "", NOW, None),
        (CloseReason.CONFIRMED, "", LATER, "note"),
        (CloseReason.CONFIRMED, "", None, "note"),
        (CloseReason.CONFIRMED, "By phone.", LATER, None),
        (CloseReason.NO_CONTACT, "", EARLIER, None),
        (CloseReason.OTHER, "", EARLIER, "note"),
        (CloseReason.OTHER, "Moved away.", EARLIER, None),
    ],
)
def test_what_closing_takes_before_and_after_the_stated_date(reason, note, until, wrong):
    if wrong is None:
        aftercare.check_closing(reason, note, until=until, now=NOW)
        return
    with pytest.raises(Invalid) as refusal:
        aftercare.check_closing(reason, note, until=until, now=NOW)
    assert list(refusal.value.errors) == [wrong]


# --- follow-ups ---------------------------------------------------------------------------------------------


def test_what_a_follow_up_has_heard_is_not_said_again_when_closing(ask, answered, agent):
    given = {"complaint_id": answered.pk, "by": agent, "reason": CloseReason.CONFIRMED}
    ask(result=Satisfaction.NOT_REACHED, words="Nobody answered.")
    with pytest.raises(Invalid):
        casework.close(**given)
    ask()
    assert casework.close(**given).closed_because == CloseReason.CONFIRMED


def test_a_follow_up_says_how_who_when_and_in_whose_words(ask, answered, agent):
    made = ask(own_words=True)
    answered.refresh_from_db()
    assert (answered.status, answered.reworks, answered.cycle) == (Status.RESOLVED, 0, 1)
    assert (made.number, made.cycle, made.by, made.own_words, made.upheld) == (1, 1, agent, True, None)
    assert (made.message.kind, made.message.body) == (Message.Kind.NOTE, "All is well.")
    event = answered.events.latest("sequence")
    assert (event.kind, event.data["result"], event.data["rework"]) == ("follow_up", "satisfied", False)
    assert "All is well." not in str(event.data)
    assert ask(mode=FollowUpMode.VISIT).number == 2


def test_not_content_and_right_begins_a_new_cycle_in_other_hands_and_is_counted(ask, answered, handler, supervisor):
    ask(result=Satisfaction.DISSATISFIED, words="Charged again.", upheld=True, reasons="The bank shows it.")
    answered.refresh_from_db()
    assert (answered.status, answered.cycle, answered.reworks) == (Status.ASSESSING, 2, 1)
    assert answered.holder != handler
    assert (answered.outcome, answered.resolved_at, answered.objection_until) == ("", None, None)
    followed, opened = answered.events.order_by("sequence").filter(kind__in=["follow_up", "reopen"])
    assert (followed.data["rework"], followed.data["reworks"]) == (True, 1)
    assert (opened.data["follow_up"], opened.data["holder_before"]) == (1, handler.pk)
    with pytest.raises(ConflictOfInterest):
        casework.assign(complaint_id=answered.pk, by=supervisor, to=handler)


def test_rework_reaches_back_behind_closing(ask, answered, supervisor):
    casework.confirm(complaint_id=answered.pk)
    answered.refresh_from_db()
    assert answered.closed_because == CloseReason.CONFIRMED
    ask(by=supervisor, result=Satisfaction.PARTLY, words="Half of it.", upheld=True, reasons="So it is.")
    answered.refresh_from_db()
    assert (answered.status, answered.closed_because, answered.closed_at) == (Status.ASSESSING, "", None)


def test_whoever_gave_the_answer_does_not_find_it_right(ask, answered, handler, agent):
    unhappy = {"result": Satisfaction.DISSATISFIED, "words": "No.", "upheld": False, "reasons": "It was paid."}
    with pytest.raises(SecondPersonNeeded):
        ask(by=handler, **unhappy)
    ask(by=agent, **unhappy)
    answered.refresh_from_db()
    assert (answered.status, answered.reworks) == (Status.RESOLVED, 0)
    assert ask(by=handler).number == 2, "a content one is nobody's judgement"


def test_a_major_complaint_is_followed_up_by_the_head_in_person(ask, answered, agent, supervisor, manager, executive):
    Complaint.objects.filter(pk=answered.pk).update(priority=Priority.MAJOR)
    for person in (agent, supervisor):
        with pytest.raises(NotAllowed, match="head of the department"):
            ask(by=person)
    assert ask(by=manager, mode=FollowUpMode.VISIT).number == 1
    assert ask(by=executive).number == 2


def test_nobody_follows_up_what_is_about_them(ask, answered, agent):
    Subject.objects.create(complaint=answered, kind="person", name="Agent", user=agent)
    with pytest.raises(ConflictOfInterest):
        ask()


def test_who_may_not(ask, outsider, register, agent):
    with pytest.raises(NotAllowed):
        ask(by=outsider)
    with pytest.raises(IllegalMove):
        follow_ups.follow_up(
            complaint_id=register().complaint.pk,
            by=agent,
            mode=FollowUpMode.PHONE,
            result=Satisfaction.SATISFIED,
            words="x",
        )


def test_a_quality_reviewer_may(ask, branch):
    assert ask(by=UserFactory(role="quality_reviewer", department=branch)).number == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"words": " "}, "words"),
        ({"result": Satisfaction.PARTLY}, "upheld"),
        ({"result": Satisfaction.PARTLY, "upheld": True}, "reasons"),
        ({"upheld": True, "reasons": "x"}, "upheld"),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)}, "at"),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, "at"),
        ({"at": datetime(2126, 1, 1, tzinfo=UTC)}, "at"),
    ],
)
def test_what_is_refused_names_its_field(ask, answered, wrong, field):
    with pytest.raises(Invalid) as refusal:
        ask(**wrong)
    assert list(refusal.value.errors) == [field]
    assert not answered.follow_ups.exists()


def test_who_does_not_say_whether_they_are_right_is_told_what_follows_if_they_are(ask):
    with pytest.raises(Invalid, match=r"If they are, the complaint is worked on again\."):
        ask(result=Satisfaction.DISSATISFIED)


def test_an_earlier_moment_needs_the_right_to_state_one(ask, answered, handler, agent):
    Complaint.objects.filter(pk=answered.pk).update(resolved_at=timezone.now() - timedelta(days=1))
    hour_ago = timezone.now() - timedelta(hours=1)
    with pytest.raises(NotAllowed):
        ask(by=handler, at=hour_ago)
    assert ask(by=agent, at=hour_ago).at == hour_ago


def test_the_database_holds_the_finding(ask):
    made = ask()
    made.upheld = True
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


# --- ratings ------------------------------------------------------------------------------------------------


def test_satisfied_or_not_once_for_each_answer(answered, handler):
    closing.state_last_date(answered, timezone.now() + timedelta(days=9))
    rating = follow_ups.rate(complaint_id=answered.pk, satisfied=True, words="Thank you.")
    answered.refresh_from_db()
    assert answered.objection_until is not None
    assert (rating.satisfied, rating.cycle, rating.message.kind) == (True, 1, Message.Kind.HEARD)
    with pytest.raises(IllegalMove, match="told us already"):
        follow_ups.rate(complaint_id=answered.pk, satisfied=False)
    casework.dispute(complaint_id=answered.pk, body="Not paid after all.")
    with pytest.raises(IllegalMove):
        follow_ups.rate(complaint_id=answered.pk, satisfied=False)


def test_who_is_not_satisfied_or_writes_was_not_silent(answered):
    closing.state_last_date(answered, timezone.now() + timedelta(days=9))
    follow_ups.rate(complaint_id=answered.pk, satisfied=False)
    answered.refresh_from_db()
    assert (answered.status, answered.objection_until) == (Status.RESOLVED, None)
    closing.state_last_date(answered, timezone.now() + timedelta(days=9))
    correspondence.hear(complaint_id=answered.pk, body="And the receipt?")
    answered.refresh_from_db()
    assert answered.objection_until is None


# --- closing ------------------------------------------------------------------------------------------------


def test_closing_says_why_and_keeps_the_words_inside(answered, agent):
    with pytest.raises(Invalid):
        casework.close(complaint_id=answered.pk, by=agent, reason=CloseReason.NO_CONTACT)
    casework.close(complaint_id=answered.pk, by=agent, reason=CloseReason.NO_CONTACT, note="Called three times.")
    answered.refresh_from_db()
    event = answered.events.latest("sequence")
    assert (answered.status, answered.closed_because) == (Status.CLOSED, CloseReason.NO_CONTACT)
    assert event.data["reason"] == "no_contact"
    assert Message.objects.get(pk=event.data["message"]).kind == Message.Kind.NOTE


def test_the_database_knows_no_closing_without_a_reason(answered):
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=answered.pk).update(status=Status.CLOSED)


def test_silence_closes_nothing_before_its_date(answered):
    closing.state_last_date(answered, timezone.now() + timedelta(hours=1))
    with pytest.raises(ValueError, match="can still be objected to"):
        closing.close_silent([answered], at=timezone.now())


# --- whom complainants turn to ------------------------------------------------------------------------------


def test_a_department_may_show_its_desk_instead_of_people(answered, handler, branch):
    handler.phone = "02-1234"
    named = contact.contact_of(answered)
    assert (named.name, named.is_desk) == ("Handler", False)
    branch.desk_name, branch.desk_phone = "Service desk", "02-9999"
    branch.save()
    fresh = Complaint.objects.get(pk=answered.pk)
    shown = contact.contact_of(fresh)
    assert (shown.name, shown.phone, shown.department) == ("Service desk", "02-9999", "North branch")
    assert contact.name_shown(fresh.holder, fresh) == "Service desk"
