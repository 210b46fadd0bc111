"""Interim measures of restricted complaints, and what leaves them only with consent."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import circles, measuring
from complaints.classes import Kind
from complaints.errors import ComplaintError, IllegalMove, Invalid, NotAllowed
from complaints.measuring import MeasureKind
from complaints.models import Complaint, Event, InterimMeasure
from complaints.restricting import Restriction, needs_consent_to_leave
from complaints.services import casework, matters, measures, restriction, splitting, upgrades
from complaints.services.intake import ComplainantDetails, SubjectDetails
from complaints.services.matters import Part
from complaints.vocabulary import Relation, SubjectKind
from tests.factories import DepartmentFactory

WHAT = "Ms. Lin reports to Mr. Wang."


@pytest.fixture
def restricted(register, manager, handler):
    """About somebody of the staff; the handler held it when the manager restricted it."""
    about = [SubjectDetails(name="Colleague", kind=SubjectKind.PERSON)]
    complaint = register(subjects=about).complaint
    casework.assign(complaint_id=complaint.pk, by=manager, to=handler)
    return restriction.restrict(complaint_id=complaint.pk, by=manager, reasons="Among colleagues.")


@pytest.fixture
def order(restricted, manager):
    def _order(**changes):
        given = {"by": manager, "kind": MeasureKind.CONTACT, "what": WHAT, "reasons": "They sit side by side."}
        return measures.order_measure(complaint_id=restricted.pk, **(given | changes))

    return _order


@pytest.mark.parametrize(
    ("until", "ended", "due"),
    [
        (None, False, False),
        (date(2026, 3, 1), False, True),
        (date(2026, 3, 2), False, False),
        (date(2026, 3, 1), True, False),
    ],
)
def test_when_a_measure_has_outlived_its_last_day(until, ended, due):
    assert measuring.is_due(until=until, ended=ended, today=date(2026, 3, 2)) == due


def test_it_is_ordered_by_somebody_senior_ended_by_an_act_and_the_event_says_nothing_of_it(
    restricted, order, manager, handler
):
    with pytest.raises(NotAllowed):
        order(by=handler)
    made = order(until=timezone.localdate() + timedelta(days=14))
    assert (made.number, made.since, made.is_open) == (1, timezone.localdate(), True)
    event = restricted.events.last()
    assert (event.kind, event.data) == ("order_measure", {"measure": 1})
    end = {"complaint_id": restricted.pk, "by": manager, "number": 1}
    with pytest.raises(IllegalMove, match="End it first"):
        restriction.lift(complaint_id=restricted.pk, by=manager, reasons="Settled.")
    casework.withdraw(complaint_id=restricted.pk, by=manager, reasons="They agreed.")
    with pytest.raises(IllegalMove):
        order()
    for wrong in ({"number": 9}, {"reasons": " "}):
        with pytest.raises(Invalid):
            measures.end_measure(**({"reasons": "Over."} | end | wrong))
    ended = measures.end_measure(**end, reasons="The inquiry is over.")
    assert (ended.ended_by, ended.is_open) == (manager, False)
    with pytest.raises(IllegalMove):
        measures.end_measure(**end, reasons="Again.")
    assert restriction.lift(complaint_id=restricted.pk, by=manager, reasons="Settled.").restriction == ""


def test_what_cannot_be_ordered(register, order, manager, outsider):
    today = timezone.localdate()
    wrong = [
        {"what": " "}, {"reasons": ""}, {"by": outsider}, {"until": today - timedelta(days=1)},
        {"since": today + timedelta(days=5), "until": today + timedelta(days=2)},
        {"until": today + timedelta(days=900)}, {"since": today - timedelta(days=900)},
    ]  # fmt: skip
    for changes in wrong:
        with pytest.raises(ComplaintError):
            order(**changes)
    open_to_all = register().complaint
    with pytest.raises(IllegalMove, match="Restrict it first"):
        measures.order_measure(complaint_id=open_to_all.pk, by=manager, kind=MeasureKind.OTHER, what="x", reasons="x")
    assert not InterimMeasure.objects.exists()


def test_the_database_refuses_half_a_measure(order):
    order()
    today = timezone.localdate()
    for change in (
        {"what": ""},
        {"until": today - timedelta(days=1)},
        {"ended_at": timezone.now()},
        {"kind": "exile"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            InterimMeasure.objects.update(**change)


# --- what leaves it -----------------------------------------------------------------------------------------


def test_when_the_complainant_is_asked_before_it_leaves():
    asked = {
        (why, staff): needs_consent_to_leave(why, about_staff=staff) for why in ("", *Restriction) for staff in (0, 1)
    }
    assert {key for key, needed in asked.items() if not needed} == {("", 0), ("", 1), (Restriction.DECISION, 0)}


def test_a_part_of_it_goes_to_another_department_only_with_consent_and_stays_restricted(
    register, specialist, head_office
):
    elsewhere = DepartmentFactory(code="personnel", parent=head_office)
    who = ComplainantDetails(name="An employee", relation=Relation.EMPLOYEE)
    case = register(complainant=who).complaint
    matters.split(complaint_id=case.pk, by=specialist, parts=[Part("The shifts"), Part("The tone")])
    given = {"complaint_id": case.pk, "number": 1, "by": specialist, "message": "Personnel looks at the shifts."}
    with pytest.raises(Invalid) as refusal:
        splitting.split_off(**given, department=elsewhere)
    assert "consent" in refusal.value.errors
    part = splitting.split_off(**given, department=elsewhere, consent=True)
    assert (part.restriction, part.department) == (Restriction.EMPLOYEE, elsewhere)
    assert set(circles.members(case)) <= set(circles.members(part))
    assert Event.objects.get(kind="split_off").data["consent"] is True


def test_one_that_is_restricted_by_decision_and_about_the_staff_asks_as_well(register, manager, agent, head_office):
    about = [SubjectDetails(name=agent.name, kind=SubjectKind.PERSON, user=agent)]
    case = register(subjects=about).complaint
    restriction.restrict(complaint_id=case.pk, by=manager, reasons="Among colleagues.")
    given = {"complaint_id": case.pk, "by": manager, "to": head_office, "reasons": "Theirs."}
    with pytest.raises(Invalid) as refusal:
        casework.transfer(**given)
    assert "consent" in refusal.value.errors
    assert casework.transfer(**given, consent=True).department == head_office


def test_what_takes_it_further_is_restricted_with_it(register, manager, handler, specialist, executive, agent):
    earlier = register().complaint
    casework.assign(complaint_id=earlier.pk, by=agent, to=handler)
    made = upgrades.demand(complaint_id=earlier.pk, grounds=[Kind.UNRESOLVED], words="Nobody acts.").complaint
    restriction.restrict(complaint_id=earlier.pk, by=manager, reasons="It is about health.")
    made.refresh_from_db()
    event = made.events.last()
    assert (made.restriction, event.kind, event.actor) == (Restriction.DECISION, "restrict", None)
    assert event.data["earlier"] == earlier.pk
    inside = set(circles.members(made))
    assert made.holder_id in inside
    assert handler.pk not in inside, "they handled the earlier one"
    assert agent.pk not in inside
    assert Complaint.objects.get(pk=earlier.pk).restriction == Restriction.DECISION
    again = upgrades.demand(complaint_id=made.pk, grounds=[Kind.UNRESOLVED], words="Still nobody.").complaint
    assert again.restriction == Restriction.DECISION
