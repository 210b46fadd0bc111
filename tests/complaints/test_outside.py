"""Outside the house: proceedings and their dates, legal holds, who may speak for whom, joint complaints."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import outside
from complaints.aftercare import CloseReason
from complaints.errors import ComplaintError, IllegalMove, Invalid, LegalHoldInForce, NoAuthority, NotAllowed
from complaints.models import Authority, Complaint, LegalHold, Proceeding
from complaints.outside import Basis, ProceedingKind
from complaints.remedying import RemedyKind
from complaints.selectors.parties import parties_of
from complaints.services import casework, correspondence, evidence, offers, proceedings, remedies, standing
from complaints.services.intake import ComplainantDetails
from complaints.vocabulary import DeclineCode, Outcome, Relation
from escalation.models import Clock
from tests.factories.escalation import publish_calendar, publish_policy

TODAY = date(2026, 3, 2)


@pytest.fixture
def complaint(register):
    return register().complaint


@pytest.fixture
def represented(register):
    """A daughter complains for her father."""
    who = ComplainantDetails(name="Lin Mei-hua", email="lin@example.org", on_behalf_of="Lin senior")
    return register(complainant=who).complaint


def resolve(complaint, by):
    return casework.resolve(
        complaint_id=complaint.pk, by=by, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
    )


# --- who may speak for whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "until", "revoked", "good"),
    [
        (True, None, False, True), (True, TODAY, False, True), (False, None, False, False),
        (True, TODAY - timedelta(days=1), False, False), (True, None, True, False),
    ],
)  # fmt: skip
def test_when_an_authority_counts(seen, until, revoked, good):
    assert outside.is_good(document_seen=seen, valid_until=until, revoked=revoked, today=TODAY) == good


def record(complaint, by, **changes):
    given = {"basis": Basis.POWER_OF_ATTORNEY, "document_seen": True} | changes
    return standing.record_authority(complaint_id=complaint.pk, by=by, **given)


def test_without_an_authority_no_findings_go_to_a_representative(represented, agent):
    assert parties_of(represented).lacks_authority
    with pytest.raises(NoAuthority):
        resolve(represented, agent)
    correspondence.reply(complaint_id=represented.pk, by=agent, body="Please send us the power of attorney.")
    record(represented, agent, document_seen=False)
    with pytest.raises(NoAuthority):
        resolve(represented, agent)
    file = evidence.check_file(ContentFile(b"I authorise", name="power.txt"))
    kept = record(represented, agent, file=file).document
    assert (kept.name, kept.internal) == ("power.txt", True)
    resolve(represented, agent)


def test_no_remedy_is_offered_to_a_representative_without_one(represented, agent):
    given = {"complaint_id": represented.pk, "by": agent}
    casework.acknowledge(**given)
    planned = remedies.plan(**given, kind=RemedyKind.EXCHANGE, what="Another one.")
    with pytest.raises(NoAuthority):
        offers.offer(**given, options=[[planned.number]], message="We offer you this.")


def test_an_authority_that_is_revoked_or_over_counts_no_more(represented, agent):
    record(represented, agent)
    standing.revoke_authority(complaint_id=represented.pk, by=agent, number=1, reasons="He took it back.")
    record(represented, agent, valid_until=timezone.localdate())
    Authority.objects.filter(number=2).update(valid_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(NoAuthority):
        resolve(represented, agent)
    with pytest.raises(IllegalMove):
        standing.revoke_authority(complaint_id=represented.pk, by=agent, number=1, reasons="x")


def test_what_is_no_authority(represented, complaint, agent, outsider):
    own = evidence.attach(
        complaint_id=complaint.pk, by=agent, internal=True, file=evidence.check_file(ContentFile(b"x", name="x.txt"))
    )
    wrong = [
        {"valid_until": timezone.localdate() - timedelta(days=1)}, {"document": own.pk},
        {"document": own.pk, "document_seen": False}, {"by": outsider},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(ComplaintError):
            record(represented, change.pop("by", agent), **change)
    with pytest.raises(IllegalMove):
        record(complaint, agent)
    with pytest.raises(Invalid):
        standing.revoke_authority(complaint_id=represented.pk, by=agent, number=1, reasons="x")
    assert not Authority.objects.exists()


def test_whoever_speaks_for_themselves_needs_none(complaint, agent):
    assert not parties_of(complaint).lacks_authority
    resolve(complaint, agent)


def test_joint_complainants_come_and_go_and_are_found_by_name(complaint, agent):
    given = {"complaint_id": complaint.pk, "by": agent}
    standing.add_complainant(**given, name="Chen Ta-wei", phone="0912 000 111", relation=Relation.RESIDENT)
    standing.add_complainant(**given, name="Ho Li", email="ho@example.org")
    assert "chen" in complaint.search_entry.terms
    standing.remove_complainant(**given, number=1)
    assert [person.name for person in parties_of(complaint).still_joint] == ["Ho Li"]
    with pytest.raises(IllegalMove):
        standing.remove_complainant(**given, number=1)
    for wrong in ({"name": " "}, {"name": "x" * 201}, {"name": "x", "email": "no"}, {"name": "x", "phone": "1" * 61}):
        with pytest.raises(Invalid):
            standing.add_complainant(**given | wrong)
    with pytest.raises(Invalid):
        standing.remove_complainant(**given, number=9)
    assert "Chen" not in str([event.data for event in complaint.events.all()])


# --- legal hold ---------------------------------------------------------------------------------------------


def test_under_a_legal_hold_nothing_ends(complaint, register, agent, supervisor):
    other = register().complaint
    proceedings.place_hold(complaint_id=complaint.pk, by=supervisor, reasons="A court asked for the file.")
    given = {"complaint_id": complaint.pk, "by": supervisor}
    declined = {"code": DeclineCode.NO_CONTENT, "reasons": "x", "recourse": "x"}
    for end in (
        lambda: casework.withdraw(**given, reasons="They called."),
        lambda: casework.decline(**given, **declined),
        lambda: casework.merge(**given, into_id=other.pk),
    ):
        with pytest.raises(LegalHoldInForce):
            end()
    resolve(complaint, agent)
    with pytest.raises(LegalHoldInForce):
        casework.close(**given, reason=CloseReason.CONFIRMED, note="They agreed.")
    with pytest.raises(IllegalMove) as refusal:
        casework.confirm(complaint_id=complaint.pk)
    assert "hold" not in str(refusal.value), "the complainant hears nothing of it"
    with pytest.raises(IllegalMove):
        proceedings.place_hold(**given, reasons="Again.")
    proceedings.lift_hold(**given, reasons="The court is done.")
    casework.close(**given, reason=CloseReason.CONFIRMED, note="They agreed.")
    assert Complaint.objects.get(pk=complaint.pk).status == "closed"
    with pytest.raises(IllegalMove):
        proceedings.lift_hold(**given, reasons="x")


def test_only_those_who_lead_place_and_lift_holds(complaint, agent, supervisor):
    with pytest.raises(NotAllowed):
        proceedings.place_hold(complaint_id=complaint.pk, by=agent, reasons="x")
    with pytest.raises(Invalid):
        proceedings.place_hold(complaint_id=complaint.pk, by=supervisor, reasons=" ")
    hold = proceedings.place_hold(complaint_id=complaint.pk, by=supervisor, reasons="x")
    with pytest.raises(NotAllowed):
        proceedings.lift_hold(complaint_id=complaint.pk, by=agent, reasons="x")
    for change in ({"reasons": ""}, {"lifted_at": timezone.now()}, {"lifted_because": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalHold.objects.filter(pk=hold.pk).update(**change)


# --- proceedings --------------------------------------------------------------------------------------------


def open_one(complaint, by, **changes):
    given = {"kind": ProceedingKind.COURT, "body": "District court", "what": "Answer the claim."} | changes
    return proceedings.open_proceeding(complaint_id=complaint.pk, by=by, **given)


def test_the_date_of_a_court_is_watched_whatever_becomes_of_the_complaint(register, agent):
    publish_calendar()
    publish_policy()
    complaint = register().complaint
    due = timezone.now() + timedelta(days=30)
    open_one(complaint, agent, due=due)
    open_one(complaint, agent, kind=ProceedingKind.MEDIATION, body="Board")
    clock = Clock.objects.get(complaint=complaint, kind="proceeding")
    assert (clock.about, clock.due_at, clock.shown_number) == ("proceeding:1", due, "1")
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="They called.")
    clock.refresh_from_db()
    assert clock.state == "running"
    proceedings.end_proceeding(complaint_id=complaint.pk, by=agent, number=1, result="Settled in court.")
    clock.refresh_from_db()
    assert clock.state == "met"
    assert [one.number for one in parties_of(complaint).open_proceedings] == [2]


def test_the_date_of_a_proceeding_is_moved_and_its_clock_follows(register, agent, outsider):
    publish_calendar()
    publish_policy()
    complaint = register().complaint
    soon, later = (timezone.now() + timedelta(days=days) for days in (3, 40))
    open_one(complaint, agent, due=soon)
    open_one(complaint, agent)
    move = {"complaint_id": complaint.pk, "by": agent, "number": 1, "reasons": "The court put it off."}
    wrong = [{"due": soon}, {"due": timezone.now()}, {"due": later, "reasons": " "}, {"number": 9}, {"by": outsider}]
    for change in wrong:
        with pytest.raises(ComplaintError):
            proceedings.move_proceeding(**(move | {"due": later} | change))
    proceedings.move_proceeding(**move, due=later)
    told = complaint.events.last()
    assert (told.data["due_before"], told.data["until"]) == (soon.isoformat(), later.isoformat())
    clocks = Clock.objects.filter(complaint=complaint, kind="proceeding", about="proceeding:1").order_by("number")
    assert [(clock.state, clock.due_at) for clock in clocks] == [("cancelled", soon), ("running", later)]
    proceedings.move_proceeding(**move)
    assert [clock.state for clock in clocks.all()] == ["cancelled", "cancelled"], "no date stands any more"
    proceedings.move_proceeding(**(move | {"number": 2}), due=later)
    assert Clock.objects.get(about="proceeding:2").due_at == later
    proceedings.end_proceeding(complaint_id=complaint.pk, by=agent, number=1, result="Done.")
    with pytest.raises(IllegalMove):
        proceedings.move_proceeding(**move, due=later)


def test_an_answer_does_not_settle_what_a_regulator_ordered(register, agent):
    publish_calendar()
    publish_policy()
    complaint = register().complaint
    open_one(complaint, agent, kind=ProceedingKind.REGULATOR_ORDER, due=timezone.now() + timedelta(days=3))
    resolve(complaint, agent)
    assert Clock.objects.get(complaint=complaint, kind="proceeding").state == "running"


def test_what_is_no_proceeding(complaint, agent, outsider):
    now = timezone.now()
    wrong = [
        {"body": " "}, {"what": ""}, {"reference": "x" * 201}, {"due": now - timedelta(days=1)},
        {"due": now + timedelta(days=5000)}, {"due": (now + timedelta(days=1)).replace(tzinfo=None)},
        {"by": outsider},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(ComplaintError):
            open_one(complaint, change.pop("by", agent), **change)
    assert not Proceeding.objects.exists()
    open_one(complaint, agent)
    given = {"complaint_id": complaint.pk, "by": agent}
    for wrong_end in ({"number": 9, "result": "x"}, {"number": 1, "result": " "}):
        with pytest.raises(Invalid):
            proceedings.end_proceeding(**given, **wrong_end)
    proceedings.end_proceeding(**given, number=1, result="Done.")
    with pytest.raises(IllegalMove):
        proceedings.end_proceeding(**given, number=1, result="Done.")
