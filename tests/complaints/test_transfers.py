"""Transfers between departments: asked, accepted, objected to, decided, and told to the complainant."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Membership
from accounts.roles import Role
from complaints import arbiters, permissions, selectors, transferring
from complaints.errors import ConflictOfInterest, IllegalMove, Invalid, NotAllowed, SecondPersonNeeded
from complaints.lifecycle import Verb
from complaints.models import Complaint, Message, Transfer
from complaints.selectors import transfers
from complaints.services import casework, correspondence, restriction
from complaints.services import transfers as moving
from complaints.services.intake import SubjectDetails
from complaints.transferring import Leg, TransferState
from complaints.vocabulary import Outcome, SubjectKind
from notifications.models import OutboxMessage
from tests.factories import AbsenceFactory, DepartmentFactory, UserFactory


@given(st.lists(st.builds(Leg, objected=st.booleans(), agreed=st.booleans())))
def test_bounces_only_grow_and_the_first_way_is_none(legs):
    counts = [transferring.bounces(legs[:some]) for some in range(len(legs) + 1)]
    assert counts == sorted(counts)
    assert transferring.bounces([Leg(objected=False, agreed=True)]) == 0
    assert counts[-1] <= 2 * len(legs)


def test_nobody_judges_in_their_own_cause_but_at_the_very_top():
    branch, other, region, root = 4, 5, 2, 1
    assert transferring.above_both([branch, region, root], [other, region, root]) == [region, root]
    assert transferring.above_both([branch, region, root], [region, root]) == [root]
    assert transferring.above_both([branch, root], [root]) == [root]


# --- the scene ----------------------------------------------------------------------------------------------


@pytest.fixture
def south(outsider):
    """The outsider supervises it."""
    return outsider.department


@pytest.fixture
def there(south):
    return UserFactory(name="Southerner", role=Role.HANDLER, department=south)


@pytest.fixture
def chief(head_office):
    return UserFactory(name="Chief", role=Role.SUPERVISOR, department=head_office)


@pytest.fixture
def complaint(register, agent):
    return register(by=agent).complaint


@pytest.fixture
def asked(complaint, agent, south):
    """The north has asked the south to take it."""
    return moving.transfer(
        complaint_id=complaint.pk,
        by=agent,
        to=south,
        reasons="It happened there.",
        spoken="She told us of the till.",
        promised="A call by Friday.",
        knows="Agent, in the mornings.",
    )


def last(complaint) -> Transfer:
    return complaint.transfers.order_by("-number")[0]


# --- asking, accepting --------------------------------------------------------------------------------------


def test_until_it_is_accepted_the_sending_department_stays_responsible(asked, agent, branch, south, there, handler):
    assert (asked.department, last(asked).state, asked.bounces) == (branch, TransferState.ASKED, 0)
    assert asked.messages.get().kind == Message.Kind.NOTE
    assert asked in selectors.queue(handler)
    assert asked in permissions.visible_to(there), "who is asked sees what they are asked about"
    assert permissions.may(there, Verb.ACCEPT_TRANSFER, asked)
    assert not permissions.may(there, Verb.REPLY, asked)
    assert not permissions.may(agent, Verb.ACCEPT_TRANSFER, asked)
    assert [one.transfer for one in transfers.to_answer(there)] == [last(asked)]
    with pytest.raises(IllegalMove, match="waits"):
        moving.transfer(complaint_id=asked.pk, by=agent, to=south, reasons="Again.")
    with pytest.raises(NotAllowed, match="South branch was asked"):
        moving.accept(complaint_id=asked.pk, by=agent)
    taken = moving.accept(complaint_id=asked.pk, by=there)
    assert (taken.department, taken.holder, taken.bounces) == (south, None, 0)
    told = taken.events.last()
    assert told.kind == Verb.ACCEPT_TRANSFER
    assert (told.data["department_before"], told.data["department"]) == (branch.pk, south.pk)
    assert permissions.may(there, Verb.REPLY, taken)
    assert transfers.to_answer(there) == []
    with pytest.raises(IllegalMove):
        moving.accept(complaint_id=asked.pk, by=there)
    with pytest.raises(IllegalMove):
        moving.arbitrate(complaint_id=asked.pk, by=there, to=south, reasons="x")


def test_the_database_keeps_one_open_transfer_and_a_third_person(asked, agent, branch, south):
    values = {"complaint": asked, "sender": branch, "receiver": south, "reasons": "x", "asked_by": agent}
    now = timezone.now()
    wrong = [
        {"state": "asked"},
        {"state": "accepted"},
        {"state": "decided", "decided_by": agent, "decided_at": now, "decision": "x", "placed_in": south},
        {"state": "direct", "moved_at": now, "reasons": ""},
        {"state": "direct", "moved_at": now, "receiver": branch},
        {"state": "called_off", "teller": agent},
    ]
    for columns in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Transfer.objects.create(**(values | {"number": 2, "asked_at": now} | columns))


def test_whoever_works_for_both_departments_moves_it_at_once(complaint, specialist, south):
    moved = moving.transfer(complaint_id=complaint.pk, by=specialist, to=south, reasons="Theirs.")
    assert (moved.department, last(moved).state) == (south, TransferState.DIRECT)
    assert moved.events.last().data["state"] == "direct"


def test_what_is_wrong_with_a_transfer_is_said(complaint, agent, branch, south):
    given = {"complaint_id": complaint.pk, "by": agent, "to": south, "reasons": "Theirs."}
    for wrong, field in [({"to": branch}, "to"), ({"reasons": " "}, "reasons"), ({"spoken": "x" * 100_001}, "spoken")]:
        with pytest.raises(Invalid) as refusal:
            moving.transfer(**(given | wrong))
        assert field in refusal.value.errors
    south.is_active = False
    south.save()
    with pytest.raises(Invalid, match="no longer active"):
        moving.transfer(**given)


def test_one_that_has_climbed_goes_to_whoever_holds_its_tier_there_once_it_is_accepted(asked, outsider, supervisor):
    Complaint.objects.filter(pk=asked.pk).update(tier=2, holder=supervisor)
    assert moving.accept(complaint_id=asked.pk, by=outsider).holder == outsider


def test_whom_the_complaint_is_about_does_not_answer_for_their_department(register, agent, south, there, outsider):
    about = [SubjectDetails(name=there.name, kind=SubjectKind.PERSON, user=there)]
    complaint = register(by=agent, subjects=about).complaint
    moving.transfer(complaint_id=complaint.pk, by=agent, to=south, reasons="Theirs.")
    for person in (there, outsider):  # and their direct supervisor
        assert not permissions.may(person, Verb.ACCEPT_TRANSFER, complaint)
        with pytest.raises(ConflictOfInterest):
            moving.accept(complaint_id=complaint.pk, by=person)


# --- objecting, deciding ------------------------------------------------------------------------------------


def test_an_objection_goes_to_who_leads_above_both_and_they_decide_for_good(
    asked, agent, branch, south, there, chief, executive, outsider, supervisor
):
    west = DepartmentFactory(code="west", name="West branch", parent=branch.parent)
    object_to = {"complaint_id": asked.pk, "by": there, "reasons": "The till is theirs."}
    with pytest.raises(Invalid) as refusal:
        moving.object_to(**object_to, proposed=branch)
    assert "proposed" in refusal.value.errors
    disputed = moving.object_to(**object_to, proposed=west)
    assert (disputed.department, last(disputed).state, disputed.bounces) == (branch, TransferState.ARBITRATION, 1)
    assert disputed.events.last().data["asked"] == [chief.pk], "the supervisor before the executive"
    assert there not in permissions.visible_to(there)
    assert [one.to_decide for one in transfers.to_answer(chief)] == [True]
    for person in (agent, supervisor, outsider):
        assert not permissions.may(person, Verb.ARBITRATE, disputed)
    decide = {"complaint_id": asked.pk, "to": west, "reasons": "The west runs that till."}
    for person, refusal in [(agent, SecondPersonNeeded), (there, SecondPersonNeeded), (supervisor, NotAllowed)]:
        with pytest.raises(refusal):
            moving.arbitrate(**decide, by=person)
    with pytest.raises(Invalid):
        moving.arbitrate(**(decide | {"reasons": ""}), by=chief)
    decided = moving.arbitrate(**decide, by=chief)
    assert (decided.department, last(decided).state, decided.bounces) == (west, TransferState.DECIDED, 1)
    assert last(decided).teller == agent
    told = {row.recipient for row in OutboxMessage.objects.filter(kind="arbitrate")}
    assert {agent, there} <= told


def test_it_may_be_decided_that_it_stays_where_it_is(asked, agent, there, branch, chief, handler):
    casework.assign(complaint_id=asked.pk, by=agent, to=handler)
    moving.object_to(complaint_id=asked.pk, by=there, reasons="No.")
    stays = moving.arbitrate(complaint_id=asked.pk, by=chief, to=branch, reasons="Their customer.")
    assert (stays.department, stays.holder, last(stays).moved_at) == (branch, handler, None)
    assert not transfers.to_tell(agent), "nothing has changed for the complainant"


def test_no_arbiter_with_a_conflict_of_interest_and_nobody_is_an_alarm(
    register, agent, south, there, chief, executive, administrator
):
    about = [SubjectDetails(name=chief.name, kind=SubjectKind.PERSON, user=chief)]
    complaint = register(by=agent, subjects=about).complaint
    moving.transfer(complaint_id=complaint.pk, by=agent, to=south, reasons="Theirs.")
    moving.object_to(complaint_id=complaint.pk, by=there, reasons="No.")
    assert arbiters.asked_to_decide(last(complaint)) == [executive.pk]
    with pytest.raises(ConflictOfInterest):
        moving.arbitrate(complaint_id=complaint.pk, by=chief, to=south, reasons="Mine to say.")
    Membership.objects.filter(user=executive).delete()
    other = register(by=agent, subjects=about).complaint
    moving.transfer(complaint_id=other.pk, by=agent, to=south, reasons="Theirs.")
    moving.object_to(complaint_id=other.pk, by=there, reasons="No.")
    assert other.events.last().data["unmanned"]
    assert OutboxMessage.objects.filter(kind="unmanned", recipient=administrator).exists()


def test_who_is_away_is_asked_only_when_nobody_else_is_left(asked, there, chief, executive):
    AbsenceFactory(user=chief)
    moving.object_to(complaint_id=asked.pk, by=there, reasons="No.")
    assert arbiters.asked_to_decide(last(asked)) == [executive.pk]
    AbsenceFactory(user=executive)
    assert arbiters.asked_to_decide(last(asked)) == [chief.pk]


def test_one_that_has_bounced_too_often_is_moved_by_arbitration_alone(
    settings, complaint, agent, south, there, branch, chief, administrator
):
    settings.TRANSFER_BOUNCES = 2
    steps = [(agent, south, there), (there, branch, agent), (agent, south, there)]
    for sender, to, receiver in steps:
        moving.transfer(complaint_id=complaint.pk, by=sender, to=to, reasons="Theirs.")
        complaint = moving.accept(complaint_id=complaint.pk, by=receiver)
    assert complaint.bounces == 2, "there, back, and there again"
    for person in (there, administrator):  # nor does it help to work for both
        with transaction.atomic():
            stuck = moving.transfer(complaint_id=complaint.pk, by=person, to=branch, reasons="Back.")
            assert (stuck.department, last(stuck).state) == (south, TransferState.ARBITRATION)
            transaction.set_rollback(True)
    moved = moving.transfer(complaint_id=complaint.pk, by=chief, to=branch, reasons="Enough.")
    assert (moved.department, last(moved).state) == (branch, TransferState.DIRECT)


# --- what ends it otherwise ---------------------------------------------------------------------------------


def test_what_ends_the_complaint_or_restricts_it_calls_the_transfer_off(asked, agent, handler, supervisor, there):
    with transaction.atomic():
        restriction.restrict(complaint_id=asked.pk, by=supervisor, reasons="Private.")
        assert last(asked).state == TransferState.CALLED_OFF
        assert asked not in permissions.visible_to(there)
        transaction.set_rollback(True)
    casework.resolve(complaint_id=asked.pk, by=agent, outcome=Outcome.UPHELD, reasons="Right.", message="Right.")
    assert last(asked).state == TransferState.CALLED_OFF
    assert asked not in permissions.visible_to(there)


def test_it_is_taken_back_by_those_who_sent_it_as_long_as_it_waits(register, asked, agent, there, chief, south):
    with pytest.raises(NotAllowed):
        moving.take_back(complaint_id=asked.pk, by=there, reasons="Not mine to take back.")
    moving.object_to(complaint_id=asked.pk, by=there, reasons="No.")
    with pytest.raises(Invalid):
        moving.take_back(complaint_id=asked.pk, by=agent, reasons=" ")
    stays = moving.take_back(complaint_id=asked.pk, by=agent, reasons="They were right.")
    assert (stays.department, last(stays).state, stays.bounces) == (agent.department, TransferState.CALLED_OFF, 1)
    assert (asked in permissions.visible_to(there), transfers.to_answer(chief)) == (False, [])
    with pytest.raises(IllegalMove, match="No transfer"):
        moving.take_back(complaint_id=asked.pk, by=agent, reasons="Again.")
    moving.transfer(complaint_id=asked.pk, by=agent, to=south, reasons="After all.")
    about = [SubjectDetails(name=agent.name, kind=SubjectKind.PERSON, user=agent)]
    own = register(subjects=about).complaint
    with pytest.raises(ConflictOfInterest):
        moving.take_back(complaint_id=own.pk, by=agent, reasons="Let it stay with me.")


def test_a_restricted_one_moves_at_once(complaint, agent, supervisor, south, outsider):
    restriction.restrict(complaint_id=complaint.pk, by=supervisor, reasons="Private.")
    moved = moving.transfer(complaint_id=complaint.pk, by=supervisor, to=south, reasons="Theirs.")
    assert (moved.department, last(moved).state) == (south, TransferState.DIRECT)


# --- telling the complainant --------------------------------------------------------------------------------


def test_the_first_receiver_tells_the_complainant_until_somebody_has(asked, agent, there, south):
    assert not transfers.to_tell(agent)
    moving.accept(complaint_id=asked.pk, by=there)
    assert [row.complaint for row in transfers.to_tell(agent)] == [asked]
    assert permissions.may(agent, Verb.INTRODUCE, Complaint.objects.get(pk=asked.pk))
    with transaction.atomic():
        correspondence.reply(complaint_id=asked.pk, by=there, body="I deal with it now.")
        assert (last(asked).told_by, bool(transfers.to_tell(agent))) == (there, False)
        transaction.set_rollback(True)
    moving.introduce(complaint_id=asked.pk, by=agent, words="Called her; she has the number.")
    assert (last(asked).told_by, bool(transfers.to_tell(agent))) == (agent, False)
    assert asked.messages.last().body == "Called her; she has the number."
    with pytest.raises(IllegalMove, match="knows"):
        moving.introduce(complaint_id=asked.pk, by=there)


def test_where_the_complainant_filed_it_alone_who_sends_it_tells_them(register, agent, south, there, outsider):
    complaint = register().complaint
    moving.transfer(complaint_id=complaint.pk, by=agent, to=south, reasons="Theirs.")
    moving.accept(complaint_id=complaint.pk, by=there)
    assert last(complaint).teller == agent
    with pytest.raises(NotAllowed):
        moving.introduce(complaint_id=complaint.pk, by=UserFactory(role=Role.AUDITOR, department=south))
    moving.introduce(complaint_id=complaint.pk, by=outsider)
