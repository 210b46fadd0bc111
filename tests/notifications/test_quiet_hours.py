"""Mere reminders wait for the recipient's working hours; urgent ones go to the duty officer. (Design section 4.)"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from complaints import events, references
from complaints.models import Complainant, Complaint, Subject
from complaints.services import casework
from escalation.happenings import Happening
from escalation.models import Clock
from notifications import services
from notifications.models import OutboxMessage
from notifications.services import sending
from tests.factories import AbsenceFactory, DepartmentFactory, DutyShiftFactory, UserFactory
from tests.factories.escalation import WEEKDAYS, publish_calendar, publish_policy
from tests.notifications.ladder import step, sweep
from tests.notifications.moments import at, taipei

pytestmark = pytest.mark.django_db

FRIDAY_EVENING = "2026-03-06 17:55"
MONDAY_MORNING = "2026-03-09 09:00"


# --- what waits ---------------------------------------------------------------------------------------------


def test_what_breaks_on_friday_evening_is_not_mailed_before_monday_morning(
    closed_office, climbed, told, supervisor, mail_server
):
    with at(FRIDAY_EVENING):
        sweep(climbed())
        assert services.send_due(limit=10) == 0
    (letter,) = told(to=supervisor)
    assert letter.not_before == taipei(MONDAY_MORNING)
    with at("2026-03-09 08:59"):
        assert services.send_due(limit=10) == 0
    with at(MONDAY_MORNING):
        assert services.send_due(limit=10) == 1
    (mail,) = mail_server
    assert mail.to == [supervisor.email]


def test_in_working_hours_it_leaves_at_once(closed_office, climbed, mail_server):
    with at("2026-03-06 17:29"):
        sweep(climbed())
        assert services.send_due(limit=10) == 1


def test_a_public_holiday_is_waited_for_too(office_hours, climbed, told, supervisor):
    office_hours(days={"2026-03-09": []}, notes={"2026-03-09": "Founders' day"})
    with at(FRIDAY_EVENING):
        sweep(climbed())
    assert told(to=supervisor)[0].not_before == taipei("2026-03-10 09:00")


def test_each_reader_waits_for_the_hours_of_their_own_department(office_hours, climbed, told, supervisor, branch):
    shop = DepartmentFactory(parent=branch)
    office_hours()
    office_hours(shop, "shop-hours", week={day: [["10:00", "22:00"]] for day in (*WEEKDAYS, "sat")})
    clerk = UserFactory(role=Role.SUPERVISOR, department=shop)
    with at("2026-03-06 22:30"):
        sweep([*climbed(), *climbed(holder=clerk)])
    assert told(to=supervisor)[0].not_before == taipei(MONDAY_MORNING)
    assert told(to=clerk)[0].not_before == taipei("2026-03-07 10:00")


def test_where_nobody_has_said_the_hours_the_calendar_of_the_clock_counts(
    settings, register, agent, handler, branch, told
):
    settings.COMPLAINT_EVENT_HANDLERS = ["escalation.handlers.keep_clocks", *settings.COMPLAINT_EVENT_HANDLERS]
    publish_calendar("office")
    publish_policy()
    with at("2026-03-05 10:00"):
        complaint = register().complaint
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    complaint.refresh_from_db()
    clock = Clock.objects.get(complaint=complaint, kind="resolution")
    with at("2026-03-06 18:05"):
        sweep([complaint], kind=Happening.REMINDED, clock=clock.pk, holder_before=handler.pk)
    assert told(to=handler, kind="reminded")[0].not_before == taipei(MONDAY_MORNING)


def test_where_no_calendar_is_known_nothing_waits(climbed, told, supervisor):
    with at(FRIDAY_EVENING):
        sweep(climbed())
    assert told(to=supervisor)[0].not_before is None


def test_whoever_is_on_duty_is_at_work(closed_office, climbed, told, supervisor, branch):
    with at(FRIDAY_EVENING):
        DutyShiftFactory(user=supervisor, department=branch)
        sweep(climbed())
    assert told(to=supervisor)[0].not_before is None


def test_what_people_do_is_told_at_once(closed_office, register, agent, handler, told):
    with at(FRIDAY_EVENING):
        complaint = register().complaint
        casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    assert told(to=handler)[0].not_before is None


def test_letters_to_complainants_are_never_held_back(closed_office, register, mail_server):
    with at(FRIDAY_EVENING):
        complaint = register().complaint
        assert services.send_due(limit=10) == 1
    assert mail_server[0].to == [complaint.complainant.email]


def test_the_database_refuses_to_try_earlier(climbed, told, closed_office):
    with at(FRIDAY_EVENING):
        sweep(climbed())
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.update(next_try_at=taipei(FRIDAY_EVENING))


# --- one letter in the morning ------------------------------------------------------------------------------


def test_what_waited_leaves_as_one_letter_whatever_its_kind(closed_office, climbed, supervisor, mail_server):
    with at(FRIDAY_EVENING):
        sweep(climbed(2))
    with at("2026-03-07 11:00"):
        sweep(climbed(overdue=False), kind=Happening.REMINDED, holder_before=supervisor.pk)
    with at("2026-03-08 23:00"):
        sweep(climbed(7))
    with at(MONDAY_MORNING):
        assert services.send_due(limit=10) == 1
    (mail,) = mail_server
    assert "10 complaints" in mail.subject
    assert "9 complaints have climbed" in mail.body
    assert "1 complaint needs you" in mail.body
    assert "/desk/handover/" in mail.body
    carrier = OutboxMessage.objects.get(sent_with__isnull=True)
    assert carrier.kind == "morning"
    assert carrier.complaint is None
    assert OutboxMessage.objects.filter(sent_with=carrier, state=OutboxMessage.State.SENT).count() == 3


def test_a_complaint_of_which_several_things_waited_is_named_once(closed_office, climbed, supervisor, mail_server):
    (complaint,) = climbed()
    with at(FRIDAY_EVENING):
        sweep([complaint])
    with at("2026-03-07 11:00"):
        sweep([complaint], kind=Happening.REMINDED, holder_before=supervisor.pk)
    with at(MONDAY_MORNING):
        services.send_due(limit=10)
    (mail,) = mail_server
    assert mail.body.count(f"{complaint.reference}  ") == 1


def test_a_single_letter_that_waited_stays_what_it_is(closed_office, climbed, mail_server):
    (complaint,) = climbed()
    with at(FRIDAY_EVENING):
        sweep([complaint])
    with at(MONDAY_MORNING):
        services.send_due(limit=10)
    assert complaint.reference in mail_server[0].subject


def test_a_morning_letter_that_fails_is_tried_again_with_all_it_tells(
    closed_office, climbed, mail_server, monkeypatch
):
    with at(FRIDAY_EVENING):
        sweep(climbed(3))
    with at(MONDAY_MORNING), monkeypatch.context() as broken:
        broken.setattr(
            "django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *_: (_ for _ in ()).throw(OSError())
        )
        assert services.send_due(limit=10) == 0
    with at("2026-03-09 09:05"):
        assert services.send_due(limit=10) == 1
    assert "3 complaints" in mail_server[0].subject


def test_more_than_a_batch_of_what_waited_is_still_one_letter(closed_office, climbed, monkeypatch, mail_server):
    monkeypatch.setattr(sending, "BATCH", 2)
    for hour in range(4):
        with at(f"2026-03-07 1{hour}:00"):
            sweep(climbed(2))
    with at(MONDAY_MORNING):
        assert services.send_due(limit=100) == 1
    assert "8 complaints" in mail_server[0].subject


def test_a_reminder_of_what_was_answered_meanwhile_does_not_leave(closed_office, climbed, supervisor, mail_server):
    answered, waits = climbed(2)
    with at(FRIDAY_EVENING):
        sweep([answered, waits])
    with at("2026-03-07 11:00"):
        sweep([answered], kind=Happening.REMINDED, holder_before=supervisor.pk)
    Complaint.objects.filter(pk=answered.pk).update(
        status="resolved", outcome="upheld", outcome_reasons="So.", resolved_at=taipei("2026-03-08 10:00")
    )
    with at(MONDAY_MORNING):
        assert services.send_due(limit=10) == 1
    assert waits.reference in mail_server[0].subject
    assert OutboxMessage.objects.filter(complaint=answered, state=OutboxMessage.State.WITHHELD).count() == 2


def test_a_digest_leaves_out_what_was_answered_meanwhile(closed_office, climbed, mail_server):
    complaints = climbed(7)
    with at(FRIDAY_EVENING):
        sweep(complaints)
    Complaint.objects.filter(pk=complaints[0].pk).update(
        status="resolved", outcome="upheld", outcome_reasons="So.", resolved_at=taipei("2026-03-08 10:00")
    )
    with at(MONDAY_MORNING):
        services.send_due(limit=10)
    (mail,) = mail_server
    assert "6 complaints" in mail.subject
    assert complaints[0].reference not in mail.body


# --- urgent -------------------------------------------------------------------------------------------------


@pytest.fixture
def duty_officer(branch):
    return UserFactory(name="Officer", role=Role.DUTY_OFFICER, department=branch)


def test_what_is_urgent_leaves_at_once_and_goes_to_whoever_is_on_shift(
    closed_office, climbed, told, supervisor, duty_officer, branch
):
    on_shift = UserFactory(name="Night shift", role=Role.AGENT, department=branch)
    with at(FRIDAY_EVENING):
        DutyShiftFactory(user=on_shift, department=branch)
        sweep(climbed(), urgent=True)
    (own,) = told(to=supervisor)
    assert own.not_before is None
    assert "Night shift, who is on duty, was told as well" in own.body
    (stand_in,) = told(to=on_shift)
    assert stand_in.kind == "on_duty"
    assert "Supervisor, who is out of office" in stand_in.body
    assert told(to=duty_officer) == []


def test_without_a_shift_the_duty_officer_of_the_department_or_above_is_told(
    closed_office, climbed, told, head_office, duty_officer
):
    above = UserFactory(role=Role.DUTY_OFFICER, department=head_office)
    with at(FRIDAY_EVENING):
        sweep(climbed(), urgent=True)
        assert len(told(to=duty_officer)) == 1
        assert told(to=above) == []
        AbsenceFactory(user=duty_officer)
        sweep(climbed(), urgent=True)
    assert len(told(to=above)) == 1


def test_whoever_is_on_shift_but_may_not_read_it_is_not_told(closed_office, climbed, told, branch, outsider):
    with at(FRIDAY_EVENING):
        DutyShiftFactory(user=outsider, department=branch)
        sweep(climbed(), urgent=True)
    assert told(to=outsider) == []


def test_where_nobody_is_on_duty_the_recipient_alone_is_told_at_once(closed_office, climbed, told, supervisor):
    with at(FRIDAY_EVENING):
        sweep(climbed(), urgent=True)
    (letter,) = told()
    assert letter.recipient == supervisor
    assert letter.not_before is None


def test_in_working_hours_the_duty_officer_is_left_in_peace(closed_office, climbed, told, duty_officer):
    with at("2026-03-06 10:00"):
        sweep(climbed(), urgent=True)
    assert told(to=duty_officer) == []


def test_a_duty_officer_who_is_told_anyway_is_told_once(closed_office, climbed, told, duty_officer, branch):
    Membership.objects.create(user=duty_officer, department=branch, role=Role.MANAGER)
    with at(FRIDAY_EVENING):
        sweep(climbed(), urgent=True, roles=[Role.MANAGER])
    assert len(told(to=duty_officer)) == 1


def test_a_complaint_about_the_duty_officer_does_not_reach_them(closed_office, climbed, told, duty_officer):
    (complaint,) = climbed()
    Subject.objects.create(complaint=complaint, kind="person", name="Officer", user=duty_officer)
    with at(FRIDAY_EVENING):
        sweep([complaint], urgent=True)
    assert told(to=duty_officer) == []


# --- people who are away ------------------------------------------------------------------------------------


def test_nobody_who_is_away_is_the_only_one_told(climbed, told, supervisor, manager):
    AbsenceFactory(user=supervisor)
    sweep(climbed(), kind=Happening.REMINDED, holder_before=supervisor.pk)
    assert {letter.recipient for letter in told()} == {supervisor, manager}


def test_of_a_role_those_who_are_here_are_told(climbed, told, supervisor, manager, branch):
    here = UserFactory(role=Role.MANAGER, department=branch)
    AbsenceFactory(user=manager)
    sweep(climbed(), tell_holder=False, holder_before=supervisor.pk, roles=[Role.MANAGER])
    assert [letter.recipient for letter in told()] == [here]


def test_a_role_does_not_hear_of_a_complaint_about_itself(climbed, told, supervisor, manager, branch):
    other = UserFactory(role=Role.MANAGER, department=branch)
    (complaint,) = climbed()
    Subject.objects.create(complaint=complaint, kind="person", name="Manager", user=manager)
    sweep([complaint], tell_holder=False, holder_before=supervisor.pk, roles=[Role.MANAGER])
    assert [letter.recipient for letter in told()] == [other]


# --- one letter about one complaint -------------------------------------------------------------------------


def test_the_first_breach_is_one_letter_to_the_new_holder(climbed, told, supervisor):
    """One promise has climbed, another one of the same complaint only reminds."""
    (complaint,) = climbed()
    events.record_many(
        [
            step(complaint),
            step(complaint, kind=Happening.REMINDED, holder_before=supervisor.pk, clock_kind="first_response"),
        ]
    )
    (letter,) = told()
    assert letter.kind == "escalated"
    assert "climbed to you" in letter.subject


def test_the_proposed_upgrade_is_told_within_the_same_letter(climbed, told, supervisor, manager):
    (complaint,) = climbed()
    proposal = events.Act(
        complaint,
        Happening.UPGRADE_PROPOSED,
        None,
        timezone.now(),
        {"decision": 1, "class_kind": "overdue", "clock": 1},
    )
    events.record_many([step(complaint, roles=[Role.MANAGER]), proposal])
    assert len(told()) == 2
    assert "proposes an upgrade besides" in told(to=supervisor)[0].body


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        (Happening.UPGRADE_PROPOSED, {"decision": 1, "class_kind": "overdue", "clock": 1}, "confirm or reject"),
        (Happening.REFERRED, {"referral": 1, "cycle": 1, "clock": 1}, "print the letter and send it"),
        (Happening.PAUSE_ENDED, {"clocks": [1], "reason": "expert", "notify": True}, "count again"),
        (
            Happening.MOVED,
            {
                "clock": 1,
                "clock_kind": "resolution",
                "cycle": 1,
                "reason": "calendar",
                "due_before": "2026-03-06T10:00:00+00:00",
                "due_at": "2026-03-10T10:00:00+00:00",
            },
            "Now: Tuesday 10 March 2026, 18:00",
        ),
    ],
)
def test_what_else_happens_by_itself_is_told_and_waits_for_working_hours(
    closed_office, climbed, told, supervisor, kind, data, says
):
    (complaint,) = climbed()
    with at(FRIDAY_EVENING):
        events.record(complaint, kind=kind, by=None, at=timezone.now(), **data)
    (letter,) = told(to=supervisor)
    assert letter.kind == kind
    assert says in letter.body
    assert letter.not_before == taipei(MONDAY_MORNING)


# --- storms -------------------------------------------------------------------------------------------------


def test_a_storm_that_brings_each_reader_a_few_at_a_time_is_one_digest_all_the_same(climbed, mail_server, manager):
    for _number in range(4):
        sweep([*climbed(2), *climbed(5, holder=manager)])
    OutboxMessage.objects.update(next_try_at=timezone.now())
    assert services.send_due(limit=100) == 2
    assert sorted(mail.subject.split()[0] for mail in mail_server) == ["20", "8"]


def test_twice_as_many_urgent_ones_out_of_hours_cost_no_more_statements(closed_office, climbed, duty_officer, branch):
    people = [UserFactory(department=branch, role=Role.SUPERVISOR) for _number in range(8)]
    AbsenceFactory(user=people[0])

    def cost(count) -> int:
        complaints = [complaint for person in people[:count] for complaint in climbed(2, holder=person)]
        acts = [step(complaint, roles=[Role.MANAGER], urgent=True) for complaint in complaints]
        with CaptureQueriesContext(connection) as queries:
            events.record_many(acts)
        return len(queries)

    with at(FRIDAY_EVENING):
        cost(1)  # the calendars are parsed once and for all
        assert cost(8) == cost(4)


@pytest.mark.slow
def test_five_thousand_breaches_on_a_weekend_are_one_letter_to_each_reader(closed_office, branch, mail_server):
    people = [UserFactory(department=branch, role=Role.SUPERVISOR) for _number in range(10)]
    with at("2026-03-07 12:00"):
        complainants = Complainant.objects.bulk_create([Complainant(name="N") for _number in range(5_000)])
        complaints = Complaint.objects.bulk_create(
            [
                Complaint(  # by hand: the factory would take most of the test's time
                    reference=references.make(2026, 800_000 + number),
                    access_digest="0" * 64,
                    subject="Charged twice",
                    description="Twice.",
                    received_at=timezone.now() - timedelta(days=3),
                    due_at=timezone.now() - timedelta(hours=2),
                    department=branch,
                    complainant=person,
                    holder=people[number % 10],
                    tier=2,
                )
                for number, person in enumerate(complainants)
            ]
        )
        for first in range(0, 5_000, 500):
            sweep(complaints[first : first + 500])
    assert OutboxMessage.objects.filter(recipient__in=people).count() == 100
    with at(MONDAY_MORNING):
        assert services.send_due(limit=500) == 10
    assert all("500 complaints" in mail.subject for mail in mail_server)
