"""Sign-off: proposals, those who sign them, and what waits for the last signature."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Absence, Membership
from accounts.roles import Role
from complaints import permissions
from complaints.errors import (
    ConflictOfInterest,
    IllegalMove,
    Invalid,
    NobodyToSign,
    NotAllowed,
    SecondPersonNeeded,
    SignaturesMissing,
)
from complaints.lifecycle import SIGNING, Verb
from complaints.models import Complaint, Event, Message, Proposal, ProposalCheck, Signature, Subject
from complaints.remedying import RemedyKind
from complaints.responding import Part, Text
from complaints.selectors import digests, proposals
from complaints.services import casework, offers, remedies, responses, restriction, signoff, tasks
from complaints.tasking import TaskKind
from complaints.vocabulary import DeclineCode, Grade, Outcome, Priority
from escalation.models import Clock
from notifications.models import OutboxMessage
from tests.complaints.signoff_stage import limit, plan, rule, three_parties
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy, working_hours


@pytest.fixture
def control_room(head_office):
    return DepartmentFactory(code="control-room", name="Control room", parent=head_office)


@pytest.fixture
def key_accounts(head_office):
    return DepartmentFactory(code="key-accounts", name="Key accounts", parent=head_office)


@pytest.fixture
def operator(control_room):
    return UserFactory(name="Operator", role=Role.HANDLER, department=control_room)


@pytest.fixture
def key_manager(key_accounts):
    return UserFactory(name="Key manager", role=Role.MANAGER, department=key_accounts)


@pytest.fixture
def complaint(register, agent):
    complaint = register().complaint
    return casework.acknowledge(complaint_id=complaint.pk, by=agent)


@pytest.fixture
def propose(complaint, handler):
    def _propose(**changes):
        given = {"complaint_id": complaint.pk, "by": handler, "text": "We take it back."} | changes
        return signoff.propose(**given)

    return _propose


@pytest.fixture
def returned(complaint, handler, manager, control_room, key_accounts, operator, key_manager):
    """The rule of three, and a return that is planned."""
    three_parties(control_room, key_accounts)
    return plan(complaint, handler)


def sign(complaint, by, **given):
    return signoff.sign(complaint_id=complaint.pk, by=by, **{"digest": digests.of_proposal(complaint)} | given)


def status_of(complaint):
    return Complaint.objects.values_list("status", flat=True).get(pk=complaint.pk)


def labels(proposal):
    return [each.label() for each in proposals.signatures_of(proposal)]


def released(remedy):
    try:
        remedies.check_released(remedy)
    except SignaturesMissing as refusal:
        return str(refusal)
    return True


# --- the return of three parties ----------------------------------------------------------------------------


def test_a_return_waits_for_all_three_and_their_checklist(
    returned, propose, complaint, manager, operator, key_manager
):
    assert "Control room, Shop manager, Key-account manager" in released(returned)
    proposal = propose()
    assert status_of(complaint) == "awaiting_signoff"
    assert labels(proposal) == ["Control room", "Shop manager", "Key-account manager"]
    assert [held.remedy for held in proposal.held.all()] == [returned]
    assert "before the last one" in released(returned)
    with pytest.raises(Invalid, match=r"Sold here, Everything is recorded"):
        sign(complaint, manager, checked=[])
    with pytest.raises(Invalid, match="no such item"):
        sign(complaint, manager, checked=[1, 2, 3])
    sign(complaint, manager, checked=[2, 3], instruction="Look at the seal.")
    sign(complaint, operator, checked=[1])
    assert "before the last one" in released(returned)
    assert status_of(complaint) == "awaiting_signoff"
    sign(complaint, key_manager)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.ended_by, status_of(complaint)) == ("signed", key_manager, "carrying_out")
    assert released(returned) is True
    ticks = list(ProposalCheck.objects.order_by("number").values_list("ticked_by", flat=True))
    assert ticks == [operator.pk, manager.pk, manager.pk]
    events = list(Event.objects.filter(complaint=complaint, kind="sign").order_by("sequence"))
    assert [event.data["last"] for event in events] == [False, False, True]
    assert events[-1].data["after"] == "carrying_out"
    assert "seal" not in str([event.data for event in events])
    assert Message.objects.get(pk=events[0].data["message"]).body == "Look at the seal."


def test_those_of_a_later_turn_wait_for_those_before(
    complaint, handler, propose, manager, operator, key_manager, control_room, key_accounts
):
    three_parties(control_room, key_accounts, in_order=True)
    plan(complaint, handler)
    propose()
    complaint.refresh_from_db()
    assert permissions.may(operator, Verb.SIGN, complaint)
    for early in (manager, key_manager):
        assert not permissions.may(early, Verb.SIGN, complaint)
        with pytest.raises(IllegalMove, match="First has to sign: Control room"):
            sign(complaint, early)
    assert [each.number for each in proposals.to_sign(operator)] == [1]
    assert proposals.to_sign(manager) == []
    sign(complaint, operator, checked=[1, 3])
    assert Event.objects.get(kind="sign").data["asked"] == [manager.pk]
    sign(complaint, manager, checked=[2])
    assert sign(complaint, key_manager).state == "signed"


def test_a_refusal_sends_it_back_with_the_instruction(returned, propose, complaint, manager, operator):
    proposal = propose()
    with pytest.raises(Invalid):
        signoff.refuse_to_sign(complaint_id=complaint.pk, by=manager, instruction=" ")
    signoff.refuse_to_sign(complaint_id=complaint.pk, by=manager, instruction="Offer an exchange first.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.ended_by, status_of(complaint)) == ("refused", manager, "assessing")
    refused = Signature.objects.get(state="refused")
    assert (refused.signer, refused.instruction.body) == (manager, "Offer an exchange first.")
    with pytest.raises(IllegalMove):
        sign(complaint, operator, checked=[1])
    assert "must be signed first" in released(returned)
    assert propose(text="Now with an exchange.").number == 2


def test_what_somebody_refused_to_sign_goes_out_only_signed(complaint, propose, handler, supervisor):
    """Also where no rule wanted it signed: a superior was asked, and said no."""
    remedy = plan(complaint, handler, RemedyKind.REPAIR)
    assert released(remedy) is True
    propose()
    signoff.refuse_to_sign(complaint_id=complaint.pk, by=supervisor, instruction="Not before it was looked at.")
    assert "was sent back unsigned" in released(remedy)
    with pytest.raises(SignaturesMissing):
        offers.offer(complaint_id=complaint.pk, by=handler, options=[[1]], message="We mend it.")
    propose()
    signoff.take_back_proposal(complaint_id=complaint.pk, by=handler, reasons="A slip.")
    assert released(remedy) is True, "what was taken back is as if nobody had been asked"
    propose()
    sign(complaint, supervisor)
    assert released(remedy) is True


def test_a_proposal_is_taken_back(returned, propose, complaint, handler, operator):
    propose()
    sign(complaint, operator, checked=[1, 3])
    signoff.take_back_proposal(complaint_id=complaint.pk, by=handler, reasons="Another sum.")
    assert (Proposal.objects.get().state, status_of(complaint)) == ("taken_back", "assessing")
    with pytest.raises(IllegalMove):
        signoff.take_back_proposal(complaint_id=complaint.pk, by=handler, reasons="x")
    assert status_of(complaint) == "assessing"


# --- who must, and who may ----------------------------------------------------------------------------------


def test_nobody_signs_twice_or_what_they_proposed(returned, propose, complaint, manager, operator, control_room):
    Membership.objects.create(user=manager, department=control_room, role=Role.SUPERVISOR)
    propose()
    with pytest.raises(Invalid, match="party"):
        sign(complaint, operator, party=2, checked=[1])
    sign(complaint, manager, party=2, checked=[2, 3])
    with pytest.raises(SecondPersonNeeded, match="signed this proposal already"):
        sign(complaint, manager, party=1, checked=[1])
    sign(complaint, operator, checked=[1])


def test_the_proposer_does_not_sign(returned, propose, complaint, manager, operator):
    with pytest.raises(NobodyToSign, match="Shop manager"):
        propose(by=manager)
    assert status_of(complaint) == "assessing"
    UserFactory(name="Second manager", role=Role.MANAGER, department=manager.department)
    propose(by=manager)
    with pytest.raises(SecondPersonNeeded, match="yourself"):
        sign(complaint, manager)
    with pytest.raises(SecondPersonNeeded, match="yourself"):
        signoff.refuse_to_sign(complaint_id=complaint.pk, by=manager, instruction="x")


def test_of_a_restricted_one_whoever_is_to_sign_is_admitted_first(
    complaint, propose, handler, supervisor, manager, executive
):
    restriction.restrict(complaint_id=complaint.pk, by=supervisor, reasons="About a colleague.", people=[handler])
    rule("always", ("Shop manager", Role.MANAGER, None))
    with pytest.raises(NobodyToSign, match=r"only its circle signs: first admit .* as “Shop manager”"):
        propose()
    restriction.admit(complaint_id=complaint.pk, by=supervisor, person=manager, reasons="To sign.")
    propose()


def test_an_amount_above_everybody_in_the_circle_asks_to_admit_somebody(complaint, propose, handler, supervisor):
    for role, amount in ((Role.HANDLER, 100), (Role.SUPERVISOR, 1_000)):
        limit(role, amount)
    restriction.restrict(complaint_id=complaint.pk, by=supervisor, reasons="About a colleague.", people=[handler])
    plan(complaint, handler, RemedyKind.COMPENSATION, 50_000)
    with pytest.raises(NobodyToSign, match=r"first admit whoever is to sign\..*authority limits"):
        propose()


def test_whoever_planned_it_does_not_sign_what_somebody_else_proposes(
    complaint, propose, handler, supervisor, manager, operator, key_manager, control_room, key_accounts, specialist
):
    three_parties(control_room, key_accounts)
    plan(complaint, manager)
    with pytest.raises(NobodyToSign, match=r"Shop manager.*Let somebody else plan it"):
        propose()
    deputy = UserFactory(name="Deputy", role=Role.MANAGER, department=manager.department)
    propose()
    complaint.refresh_from_db()
    assert Event.objects.get(kind="propose").data["asked"] == sorted([deputy.pk, operator.pk, key_manager.pk])
    assert proposals.to_sign(manager) == []
    assert [each.number for each in proposals.to_sign(deputy)] == [1]
    assert not permissions.allowed_verbs(manager, complaint) & SIGNING
    for act in (
        lambda: sign(complaint, manager, checked=[2, 3]),
        lambda: signoff.refuse_to_sign(complaint_id=complaint.pk, by=manager, instruction="x"),
    ):
        with pytest.raises(SecondPersonNeeded, match="You planned a remedy"):
            act()
    Membership.objects.create(user=operator, department=manager.department, role=Role.MANAGER)
    sign(complaint, deputy, checked=[2, 3])
    assert sign(complaint, operator, checked=[1]).is_open, "the manager is not left for the third"
    assert sign(complaint, key_manager).state == "signed"


def test_where_the_next_above_planned_it_the_one_above_them_signs(complaint, propose, supervisor, manager):
    plan(complaint, supervisor, RemedyKind.APOLOGY)
    assert labels(propose()) == ["Manager"]


def test_whom_the_complaint_concerns_does_not_sign(returned, propose, complaint, manager, operator):
    deputy = UserFactory(name="Deputy", role=Role.MANAGER, department=manager.department)
    propose()
    complaint.refresh_from_db()
    Subject.objects.create(complaint=complaint, kind="person", name="Manager", user=manager)
    assert proposals.to_sign(manager) == []
    assert not permissions.allowed_verbs(manager, complaint) & SIGNING
    with pytest.raises(ConflictOfInterest):
        sign(complaint, manager, checked=[2, 3])
    assert permissions.allowed_verbs(deputy, complaint) >= SIGNING
    Subject.objects.create(complaint=complaint, kind="person", name="Operator", user=operator)
    with pytest.raises(NobodyToSign, match="Control room"):
        sign(complaint, deputy, checked=[2, 3])


def test_others_may_not(returned, propose, complaint, agent, outsider, executive):
    with pytest.raises(IllegalMove):
        sign(complaint, agent)
    propose()
    for other in (agent, outsider, executive):
        with pytest.raises(NotAllowed):
            sign(complaint, other)
    with pytest.raises(NotAllowed):
        propose(by=outsider)
    with pytest.raises(NotAllowed):
        signoff.take_back_proposal(complaint_id=complaint.pk, by=outsider, reasons="x")


def test_who_could_sign_for_two_does_not_take_the_only_place_of_another(
    returned, propose, complaint, manager, operator, control_room
):
    Membership.objects.create(user=operator, department=manager.department, role=Role.MANAGER)
    propose()
    with pytest.raises(NobodyToSign, match="nobody is left to sign as “Control room”"):
        sign(complaint, operator, party=2, checked=[2, 3])


def test_a_party_that_is_not_there_is_looked_for_above(complaint, propose, handler, head_office, manager):
    rule("always", ("Leader", Role.MANAGER, None))
    chief = UserFactory(name="Chief", role=Role.MANAGER, department=head_office)
    now = timezone.now()
    Absence.objects.create(user=manager, starts_at=now, ends_at=now + timedelta(days=9), entered_by=manager)
    propose()
    assert Signature.objects.get().department == head_office
    assert sign(complaint, chief).state == "signed"


def test_where_no_rule_asks_the_next_above_signs(complaint, propose, handler, supervisor, manager):
    remedy = plan(complaint, handler, RemedyKind.APOLOGY)
    assert released(remedy) is True
    assert labels(propose()) == ["Supervisor"]
    sign(complaint, supervisor)
    assert status_of(complaint) == "carrying_out"
    assert labels(propose(by=supervisor)) == ["Manager"]


def test_who_has_nobody_above_needs_no_signature(complaint, propose, executive):
    with pytest.raises(NobodyToSign, match="nobody above"):
        propose(by=executive)


# --- amounts ------------------------------------------------------------------------------------------------


@pytest.fixture
def limits(db):
    for role, amount in ((Role.HANDLER, 100), (Role.SUPERVISOR, 1_000), (Role.MANAGER, 10_000)):
        limit(role, amount)


@pytest.mark.parametrize(("amount", "who"), [(101, "Supervisor"), (1_001, "Manager"), (10_001, "Executive")])
def test_an_amount_above_the_limits_goes_up_by_itself(
    complaint, propose, handler, supervisor, manager, executive, limits, amount, who
):
    remedy = plan(complaint, handler, RemedyKind.COMPENSATION, amount)
    assert who in released(remedy)
    proposal = propose()
    assert labels(proposal) == [who]
    assert Signature.objects.get().by_limit
    sign(complaint, {"Supervisor": supervisor, "Manager": manager, "Executive": executive}[who])
    assert released(remedy) is True


def test_an_amount_goes_past_whoever_planned_it(complaint, propose, supervisor, manager, limits):
    plan(complaint, supervisor, RemedyKind.COMPENSATION, 900)
    assert labels(propose()) == ["Manager"]
    assert sign(complaint, manager).state == "signed"


def test_an_amount_cannot_be_split(complaint, handler, supervisor, limits):
    first = plan(complaint, handler, RemedyKind.COMPENSATION, 100)
    assert released(first) is True
    second = plan(complaint, handler, RemedyKind.GIFT, 1)
    assert "Supervisor" in released(second)
    assert "Supervisor" in released(first)


def test_what_was_offered_before_a_rule_applied_can_still_be_signed(complaint, propose, handler, supervisor, limits):
    first = plan(complaint, handler, RemedyKind.COMPENSATION, 100)
    offers.offer(complaint_id=complaint.pk, by=handler, options=[[1]], message="This we offer.")
    offers.choose(complaint_id=complaint.pk, option=1, digest=digests.of_offer(complaint))
    first.refresh_from_db()
    plan(complaint, handler, RemedyKind.GIFT, 1)
    assert "Supervisor" in released(first)
    assert [held.remedy.number for held in propose().held.order_by("remedy__number")] == [1, 2]
    sign(complaint, supervisor)
    assert released(first) is True
    assert list(proposals.unsigned(complaint)) == []


def test_within_the_limit_and_without_a_rule_nothing_is_signed(complaint, handler, limits):
    assert released(plan(complaint, handler, RemedyKind.COMPENSATION, 100)) is True


def test_a_party_of_a_rule_that_may_decide_about_the_amount_suffices(
    complaint, propose, handler, supervisor, manager, limits
):
    rule("dear", ("Shop manager", Role.MANAGER, None), amount=500, currency="TWD")
    plan(complaint, handler, RemedyKind.COMPENSATION, 900)
    assert labels(propose()) == ["Shop manager"]


def test_an_amount_about_which_nobody_may_decide_is_refused(complaint, propose, handler, supervisor, limits):
    remedy = plan(complaint, handler, RemedyKind.COMPENSATION, 50_000)
    with pytest.raises(NobodyToSign, match="authority limits"):
        propose()
    assert "authority limits" in released(remedy)


def test_what_has_changed_since_asks_its_parties_before_the_last_signature_counts(
    complaint, propose, handler, supervisor, manager, executive
):
    rule("major", ("Executive", Role.EXECUTIVE, None), priorities=["major"], checks=[("The press is told", None)])
    propose()
    casework.prioritise(
        complaint_id=complaint.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH, override=Priority.MAJOR
    )
    assert sign(complaint, supervisor).state == "open"
    assert Event.objects.get(kind="sign").data["asked"] == [executive.pk]
    assert sign(complaint, executive, checked=[1]).state == "signed"
    assert Proposal.objects.get().rules == ["major"]


# --- the answer ---------------------------------------------------------------------------------------------


def answer(complaint, by):
    return casework.resolve(complaint_id=complaint.pk, by=by, outcome="upheld", reasons="Seen.", message="We explain.")


def test_a_rule_about_grave_complaints_holds_the_answer_too(complaint, propose, handler, supervisor, manager, agent):
    rule("return", ("Shop manager", Role.MANAGER, None), kinds=["return"], classes=["unclassified"])
    rule("all", ("Anybody", Role.MANAGER, None))
    rule("grave", ("Head", Role.MANAGER, None), ("", Role.SUPERVISOR, None), priorities=[str(complaint.priority)])
    written = {"complaint_id": complaint.pk, "by": handler}
    parts = [Text(part, "Words.") for part in Part]
    responses.draft(**written, outcome=Outcome.UPHELD, texts=parts)
    for refused in (lambda: answer(complaint, handler), lambda: responses.send(**written)):
        with pytest.raises(SignaturesMissing, match=r"these must sign: Head, Supervisor\. Put a proposal"):
            refused()
    assert (status_of(complaint), complaint.messages.count()) == ("assessing", 0)
    propose(text="We explain the price.")
    sign(complaint, manager)
    with pytest.raises(IllegalMove):
        answer(complaint, handler)
    signoff.refuse_to_sign(complaint_id=complaint.pk, by=supervisor, instruction="Say it more kindly.")
    with pytest.raises(SignaturesMissing):
        answer(complaint, handler)
    propose(text="We explain the price, and are sorry.")
    sign(complaint, supervisor), sign(complaint, manager)
    assert responses.send(**written).state == "sent"
    casework.reopen(complaint_id=complaint.pk, by=manager, reasons="There is more.")
    with pytest.raises(SignaturesMissing):
        answer(complaint, agent)  # another cycle, another answer


# --- what hangs on it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["withdraw", "decline", "merge"])
def test_a_proposal_ends_with_its_complaint(returned, propose, complaint, register, supervisor, end):
    propose()
    given = {
        "withdraw": {"reasons": "x"},
        "decline": {"code": DeclineCode.OUTSIDE_REMIT, "reasons": "x", "recourse": "y"},
        "merge": {"into_id": register().complaint.pk},
    }[end]
    getattr(casework, end)(complaint_id=complaint.pk, by=supervisor, **given)
    assert Proposal.objects.get().state == "taken_back"
    assert Event.objects.get(kind=end).data["proposal"] == 1


def test_while_signatures_are_waited_for_nothing_is_planned_dropped_or_resolved(returned, propose, complaint, handler):
    propose()
    with pytest.raises(IllegalMove):
        plan(complaint, handler)
    with pytest.raises(IllegalMove):
        remedies.drop(complaint_id=complaint.pk, number=1, by=handler, reasons="x")
    with pytest.raises(IllegalMove):
        propose()
    with pytest.raises(IllegalMove):
        casework.resolve(complaint_id=complaint.pk, by=handler, outcome="upheld", reasons="x", message="y")


def test_a_task_that_names_no_remedy_carries_nothing_out_past_the_signatures(
    returned, propose, complaint, handler, branch
):
    given = {"complaint_id": complaint.pk, "by": handler, "what": "Send the money back.", "department": branch}
    for _proposed in range(2):
        before = complaint.events.count()
        with pytest.raises(SignaturesMissing):
            tasks.issue(**given, kind=TaskKind.CARRYING_OUT)
        assert (complaint.events.count(), complaint.tasks.count()) == (before, 0)
        if not complaint.proposals.exists():
            propose()
    assert tasks.issue(**given, kind=TaskKind.CONSULTATION).number == 1
    signoff.take_back_proposal(complaint_id=complaint.pk, by=handler, reasons="Not wanted.")
    remedies.drop(complaint_id=complaint.pk, number=1, by=handler, reasons="Not wanted.")
    assert tasks.issue(**given, kind=TaskKind.CARRYING_OUT).number == 2


def test_signers_see_the_complaint_while_its_proposal_waits(returned, propose, complaint, operator, key_manager):
    assert not permissions.visible_to(operator).exists()
    propose()
    assert permissions.visible_to(operator).get() == complaint
    sign(complaint, operator, checked=[1, 3])
    assert permissions.visible_to(operator).get() == complaint
    assert permissions.visible_to(key_manager).get() == complaint
    signoff.refuse_to_sign(complaint_id=complaint.pk, by=key_manager, instruction="x")
    assert not permissions.visible_to(operator).exists()


def test_the_clock_runs_from_the_proposal_to_the_last_signature(register, agent, handler, supervisor, manager):
    publish_calendar()
    publish_policy(clocks={"resolution": {"target": working_hours(24)}, "signoff": {"target": working_hours(8)}})
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    given = {"complaint_id": complaint.pk, "by": handler, "text": "x"}
    signoff.propose(**given)
    clock = Clock.objects.get(kind="signoff")
    assert (clock.state, clock.about) == ("running", "proposal:1")
    signoff.refuse_to_sign(complaint_id=complaint.pk, by=supervisor, instruction="x")
    clock.refresh_from_db()
    assert clock.state == "cancelled"
    signoff.propose(**given)
    sign(complaint, supervisor)
    assert Clock.objects.get(about="proposal:2").state == "met"
    signoff.propose(**given)
    signoff.take_back_proposal(complaint_id=complaint.pk, by=handler, reasons="x")
    assert Clock.objects.get(about="proposal:3").state == "cancelled"
    signoff.propose(**given)
    casework.decline(
        complaint_id=complaint.pk, by=supervisor, code=DeclineCode.OUTSIDE_REMIT, reasons="x", recourse="y"
    )
    assert Clock.objects.get(about="proposal:4").state == "cancelled"


def test_letters_find_who_signs_next_and_who_proposed(
    complaint, propose, handler, manager, operator, key_manager, control_room, key_accounts
):
    three_parties(control_room, key_accounts, in_order=True)
    plan(complaint, handler)
    OutboxMessage.objects.all().delete()
    propose()
    assert told("propose") == [operator.email]
    sign(complaint, operator, checked=[1, 3])
    assert told("sign") == [manager.email]
    signoff.refuse_to_sign(complaint_id=complaint.pk, by=manager, instruction="x")
    assert told("refuse_to_sign") == [handler.email]
    propose()
    signoff.take_back_proposal(complaint_id=complaint.pk, by=handler, reasons="x")
    assert told("take_back_proposal") == [operator.email]


def told(kind):
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("recipient__email", flat=True))


# --- the database keeps the promises ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "signed"},
        {"state": "refused", "signer": "manager", "decided_at": timezone.now()},
        {"state": "signed", "signer": "handler", "decided_at": timezone.now()},
        {"signer": "manager"},
        {"state": "perhaps"},
    ],
)
def test_a_signature_cannot_be_half_given_or_the_proposers_own(returned, propose, request, changes):
    propose()
    given = {name: request.getfixturevalue(value) if name == "signer" else value for name, value in changes.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.filter(position=1).update(**given)


def test_one_person_cannot_sign_twice_in_the_database(returned, propose, operator):
    propose()
    given = {"state": "signed", "signer": operator, "decided_at": timezone.now()}
    Signature.objects.filter(position=1).update(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.filter(position=2).update(**given)


def test_one_proposal_at_a_time_is_open(returned, propose):
    proposal = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(
            complaint=proposal.complaint,
            number=2,
            cycle=1,
            text="x",
            prepared_by=proposal.prepared_by,
            prepared_at=timezone.now(),
        )


def test_of_a_restricted_complaint_only_the_circle_signs(
    returned, propose, complaint, handler, manager, supervisor, operator, key_manager
):
    circle = [handler, manager, supervisor, key_manager]
    restriction.restrict(complaint_id=complaint.pk, by=supervisor, reasons="x", people=circle)
    with pytest.raises(NobodyToSign, match="Control room"):
        propose()
    restriction.admit(complaint_id=complaint.pk, by=supervisor, person=operator, reasons="x")
    propose()
    assert proposals.to_sign(operator)
    restriction.dismiss(complaint_id=complaint.pk, by=supervisor, person=operator, reasons="x")
    assert proposals.to_sign(operator) == []
    assert not permissions.visible_to(operator).exists()
    complaint.refresh_from_db()
    assert not permissions.allowed_verbs(operator, complaint)
    with pytest.raises(NotAllowed):
        sign(complaint, operator, checked=[1, 3])
