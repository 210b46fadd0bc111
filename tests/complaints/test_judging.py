"""Looking into a complaint and judging it: the rules, the two acts, and what they hold up."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from complaints import judging, permissions, selectors
from complaints.classes import ComplaintClass, Kind
from complaints.errors import ConflictOfInterest, ContradictsJudgement, IllegalMove, Invalid, NotAllowed, NotJudged
from complaints.judging import (
    Cause,
    DemandFinding,
    Depth,
    Fact,
    Gap,
    Grounds,
    Party,
    Source,
    Stake,
    Thresholds,
    Why,
)
from complaints.lifecycle import Status, Verb, possible
from complaints.models import InvestigationEntry, Judgement, StakeThreshold
from complaints.selectors import inquiries as reads
from complaints.services import casework, decisions, judgements, tasks
from complaints.services.intake import ComplainantDetails, SubjectDetails
from complaints.services.judgements import Origin
from complaints.tasking import TaskKind
from complaints.vocabulary import Outcome, SubjectKind
from tests.factories import UserFactory
from tests.factories.judging import BY_MISTAKE, judge, look_into

TWD = Thresholds(Decimal(3000), Decimal(50000))
VERIFIED, TOLD = Fact(Source.RECORD, True), Fact(Source.COMPLAINANT, False)


# --- the rules


@pytest.mark.parametrize(
    ("stake", "major", "thresholds", "depth", "why"),
    [
        (Stake(), False, None, Depth.ORDINARY, Why.NO_AMOUNT),
        (Stake(Decimal(1), "TWD"), False, None, Depth.ORDINARY, Why.NO_THRESHOLDS),
        (Stake(Decimal("2999.99"), "TWD"), False, TWD, Depth.BRIEF, Why.SMALL),
        (Stake(Decimal(3000), "TWD"), False, TWD, Depth.ORDINARY, Why.MIDDLE),
        (Stake(Decimal("49999.99"), "TWD"), False, TWD, Depth.ORDINARY, Why.MIDDLE),
        (Stake(Decimal(50000), "TWD"), False, TWD, Depth.THOROUGH, Why.LARGE),
        (Stake(Decimal(1), "TWD"), True, TWD, Depth.THOROUGH, Why.MAJOR),
        (Stake(Decimal(1), "TWD", legal=True), False, TWD, Depth.THOROUGH, Why.LEGAL),
    ],
)
def test_the_depth_follows_from_what_is_at_stake(stake, major, thresholds, depth, why):
    assert judging.proposed(stake, major=major, thresholds=thresholds) == judging.Proposal(depth, why)


@pytest.mark.parametrize(
    ("depth", "facts", "heard", "expected"),
    [
        (Depth.BRIEF, [TOLD], False, []),
        (Depth.ORDINARY, [TOLD], False, [Gap.NOT_HEARD, Gap.NOTHING_VERIFIED]),
        (Depth.ORDINARY, [TOLD, VERIFIED], True, []),
        (Depth.THOROUGH, [VERIFIED], True, [Gap.ONE_SOURCE]),
        (Depth.THOROUGH, [VERIFIED, TOLD], False, [Gap.NOT_HEARD, Gap.ONE_SOURCE, Gap.LEFT_OPEN]),
        (Depth.THOROUGH, [VERIFIED, Fact(Source.VISIT, True)], True, []),
    ],
)
def test_what_an_inquiry_lacks_depends_on_its_depth(depth, facts, heard, expected):
    assert judging.gaps(depth, facts, heard=heard) == expected


@pytest.mark.parametrize("grounds", list(Grounds))
def test_every_finding_has_an_outcome_that_says_the_same(grounds):
    fitting = [outcome for outcome in Outcome if not judging.contradicts(grounds, outcome)]
    assert fitting
    assert Outcome.WITHDRAWN not in fitting
    assert (Outcome.NOT_UPHELD in fitting) == (grounds in (Grounds.UNFOUNDED, Grounds.NOT_ESTABLISHED))


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("verb", [Verb.INVESTIGATE, Verb.JUDGE])
def test_what_is_worked_on_is_looked_into_and_what_is_answered_is_not(status, verb):
    worked_on = {Status.RECEIVED, Status.ASSESSING, Status.WAITING, Status.CARRYING_OUT}
    assert possible(status, verb) == (status in worked_on)


# --- looking into it


@pytest.fixture
def complaint(register):
    return register(demands=["refund"]).complaint


def test_a_fact_is_kept_and_later_verified(complaint, agent):
    told = look_into(complaint, agent, source=Source.COMPLAINANT, what=" Charged twice. ", verified=False, how="")
    assert (told.number, told.cycle, told.what, told.verified) == (1, 1, "Charged twice.", False)
    found = look_into(complaint, agent, replaces_number=1)
    assert (found.number, found.replaces) == (2, told)
    assert reads.standing(list(complaint.investigation.all())) == [found]
    event = complaint.events.last()
    assert event.kind == "investigate"
    assert event.data == {"entry": 2, "source": "record", "verified": True, "replaces": 1}
    with pytest.raises(Invalid) as refusal:
        look_into(complaint, agent, replaces_number=1)
    assert list(refusal.value.errors) == ["replaces"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": " "}, "what"),
        ({"how": ""}, "how"),
        ({"replaces_number": 7}, "replaces"),
        ({"amount": Decimal("1.005"), "currency": "TWD"}, "amount"),
        ({"amount": Decimal("0.5"), "currency": "JPY"}, "amount"),
        ({"amount": Decimal(-1), "currency": "TWD"}, "amount"),
        ({"amount": Decimal("NaN"), "currency": "TWD"}, "amount"),
        ({"amount": Decimal("1e30"), "currency": "TWD"}, "amount"),
        ({"amount": Decimal(5), "currency": "NT$"}, "currency"),
        ({"currency": "TWD"}, "amount"),
    ],
)
def test_what_is_wrong_with_a_fact_is_named(complaint, agent, wrong, field):
    with pytest.raises(Invalid) as refusal:
        look_into(complaint, agent, **wrong)
    assert list(refusal.value.errors) == [field]
    assert not InvestigationEntry.objects.exists()


def test_the_last_amount_counts_and_the_thresholds_are_those_of_its_currency(complaint, agent):
    StakeThreshold.objects.create(currency="TWD", small_below=3000, large_from=50000)
    look_into(complaint, agent, amount=Decimal(60000), currency="twd")
    assert reads.inquiry(agent, complaint).proposal.depth == Depth.THOROUGH
    look_into(complaint, agent, amount=Decimal(100), currency="TWD")
    assert reads.inquiry(agent, complaint).proposal.depth == Depth.BRIEF
    look_into(complaint, agent, legal=True)
    assert reads.inquiry(agent, complaint).proposal.why == Why.LEGAL
    look_into(complaint, agent, replaces_number=3, what="They do not go to court.")
    assert reads.inquiry(agent, complaint).proposal.depth == Depth.BRIEF


def test_whom_it_concerns_neither_looks_into_it_nor_judges_it(register, branch, agent, supervisor):
    clerk = UserFactory(name="Clerk", role=Role.HANDLER, department=branch)
    complaint = register(subjects=[SubjectDetails(kind=SubjectKind.PERSON, name="The clerk", user=clerk)]).complaint
    for person in (clerk, supervisor):  # the supervisor of the same department
        with pytest.raises(ConflictOfInterest, match=person.name):
            look_into(complaint, person)
    look_into(complaint, agent)
    with pytest.raises(ConflictOfInterest):
        judge(complaint, clerk)


def test_nobody_judges_themselves(complaint, agent, handler, supervisor):
    blamed = Origin(Cause.MISTAKE, "Pressed it twice.", Party.PERSON, person=handler)
    look_into(complaint, agent)
    with pytest.raises(ConflictOfInterest, match="Nobody judges themselves"):
        judge(complaint, handler, origin=blamed)
    judge(complaint, agent, origin=blamed)
    with pytest.raises(ConflictOfInterest, match="because it concerns Handler"):
        judge(complaint, handler)
    assert judge(complaint, supervisor).number == 2


def test_who_may(complaint, agent, outsider, branch):
    reviewer = UserFactory(role=Role.QUALITY_REVIEWER, department=branch)
    duty_officer = UserFactory(role=Role.DUTY_OFFICER, department=branch)
    for person in (outsider, reviewer):
        with pytest.raises(NotAllowed):
            look_into(complaint, person)
    look_into(complaint, duty_officer)
    with pytest.raises(NotAllowed):
        judge(complaint, duty_officer)


def test_who_answers_for_it_is_read_by_those_who_need_to_know(complaint, branch, agent, administrator, outsider):
    assert permissions.sees_responsible(agent, complaint)
    assert permissions.sees_responsible(UserFactory(role=Role.AUDITOR, department=branch), complaint)
    assert not permissions.sees_responsible(administrator, complaint)
    tasks.issue(
        complaint_id=complaint.pk, by=agent, kind=TaskKind.SITE_VISIT, what="Look.", department=outsider.department
    )
    assert permissions.visible_to(outsider).filter(pk=complaint.pk).exists()
    assert not permissions.sees_responsible(outsider, complaint)


# --- judging it


def test_never_before_somebody_has_looked_into_it(complaint, agent):
    given = {"grounds": Grounds.FOUNDED, "grounds_reasons": "x", "demand": DemandFinding.REASONABLE}
    with pytest.raises(NotJudged, match="Nobody judges before the facts"):
        judgements.judge(complaint_id=complaint.pk, by=agent, **given)
    assert not Judgement.objects.exists()


def test_two_findings_with_reasons_and_the_history_is_kept(complaint, agent, handler):
    first = judge(complaint, agent, demand=DemandFinding.UNREASONABLE, demand_reasons="Ten times the price.")
    assert (first.grounds, first.demand, first.depth) == ("founded", "unreasonable", "ordinary")
    second = judge(complaint, handler, grounds=Grounds.PARTLY, grounds_reasons="One of two.", origin=None)
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("superseded", "in_force", 2)
    assert reads.in_force(complaint) == second
    event = complaint.events.last()
    assert (event.kind, event.data["revised"], event.data["grounds"]) == ("judge", True, "partly")
    assert "person" not in event.data
    with pytest.raises(IntegrityError), transaction.atomic():
        Judgement.objects.filter(pk=first.pk).update(state="in_force")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"grounds_reasons": " "}, "grounds_reasons"),
        ({"demand_reasons": ""}, "demand_reasons"),
        ({"demand": DemandFinding.NONE}, "demand"),
        ({"share": 101}, "share"),
        ({"share": -1}, "share"),
        ({"share": 100, "share_reasons": "x"}, "share"),
        ({"share": 30}, "share_reasons"),
        ({"origin": Origin(Cause.MISTAKE, " ", Party.NOBODY)}, "cause_note"),
        ({"origin": Origin(Cause.MISTAKE, "x", Party.DEPARTMENT)}, "department"),
        ({"origin": Origin(Cause.MISTAKE, "x", Party.PERSON)}, "person"),
        ({"origin": Origin(Cause.SUPPLIER, "x", Party.SUPPLIER, party_name=" ")}, "party_name"),
        ({"origin": Origin(Cause.MISTAKE, "x", Party.NOBODY, party_name="Acme")}, "party_name"),
        ({"origin": Origin(Cause.SUPPLIER, "x", Party.SUPPLIER, party_name="x" * 201)}, "party_name"),
        ({"origin": Origin(Cause.COMPLAINANT, "x", Party.COMPLAINANT)}, "share"),
        ({"enough_because": ""}, "enough_because"),
    ],
)
def test_what_is_wrong_with_a_judgement_is_named(complaint, agent, wrong, field):
    look_into(complaint, agent)
    with pytest.raises(Invalid) as refusal:
        judge(complaint, agent, **wrong)
    assert list(refusal.value.errors) == [field]
    assert not Judgement.objects.exists()


def test_the_complainant_may_share_the_responsibility_or_bear_it_all(complaint, agent):
    shared = judge(complaint, agent, share=30, share_reasons="They lost the receipt.")
    assert (shared.share, shared.share_reasons) == (30, "They lost the receipt.")
    alone = judge(
        complaint,
        agent,
        grounds=Grounds.UNFOUNDED,
        origin=Origin(Cause.COMPLAINANT, "Two cards, one purchase each.", Party.COMPLAINANT),
        share=100,
        share_reasons="They paid for two.",
    )
    assert (alone.share, alone.party) == (100, "complainant")


def test_what_is_missing_is_said_and_what_is_enough_needs_no_reasons(complaint, agent, handler):
    look_into(complaint, agent, verified=False, how="")
    with pytest.raises(Invalid) as refusal:
        judge(complaint, agent, enough_because=" ")
    (sentence,) = refusal.value.errors["enough_because"]
    assert "The respondent has not been heard. No fact is verified." in str(sentence)
    statement = tasks.issue(
        complaint_id=complaint.pk,
        by=agent,
        kind=TaskKind.STATEMENT,
        what="What happened?",
        department=complaint.department,
        owner=handler,
    )
    assert not reads.inquiry(agent, complaint).heard
    tasks.finish(complaint_id=complaint.pk, number=statement.number, by=handler, result="The line was down.")
    look_into(complaint, agent, replaces_number=1)
    inquiry = reads.inquiry(agent, complaint)
    assert (inquiry.heard, inquiry.gaps) == (True, [])
    assert [task.result for task in inquiry.statements] == ["The line was down."]
    assert judge(complaint, agent, enough_because="").enough_because == ""


def test_whoever_refuses_to_speak_was_heard_as_was_who_spoke_to_the_handler(complaint, agent, handler):
    statement = {"kind": TaskKind.STATEMENT, "what": "What happened?", "department": complaint.department}
    tasks.issue(complaint_id=complaint.pk, by=agent, **statement)
    tasks.cancel(complaint_id=complaint.pk, number=1, by=agent, reasons="Wrong person.")
    assert not reads.inquiry(agent, complaint).heard
    look_into(complaint, agent, source=Source.RESPONDENT, what="It was the line.")
    assert reads.inquiry(agent, complaint).heard
    look_into(complaint, agent, replaces_number=1)
    tasks.issue(complaint_id=complaint.pk, by=agent, **statement)
    tasks.refuse(complaint_id=complaint.pk, number=2, by=handler, reasons="I say nothing.")
    assert reads.inquiry(agent, complaint).heard


def test_nothing_is_asked_for(register, agent):
    complaint = register().complaint
    assert judge(complaint, agent, demand=DemandFinding.NONE, demand_reasons="").demand_reasons == ""


# --- what a judgement holds up


def classify_valid(complaint, by):
    return decisions.classify(
        complaint_id=complaint.pk,
        by=by,
        complaint_class=ComplaintClass.VALID,
        kind=Kind.HARM,
        reasons="Seen.",
        basis=BY_MISTAKE,
    )


def resolve(complaint, by, outcome=Outcome.UPHELD):
    return casework.resolve(complaint_id=complaint.pk, by=by, outcome=outcome, reasons="Double.", message="Sorry.")


def test_valid_demands_a_fact_then_cause_and_party(complaint, agent):
    with pytest.raises(Invalid, match="look into the complaint"):
        classify_valid(complaint, agent)
    judge(complaint, agent, origin=None)
    with pytest.raises(Invalid, match="cause and the responsible party"):
        classify_valid(complaint, agent)
    judge(complaint, agent)
    assert classify_valid(complaint, agent).state == "in_force"
    with pytest.raises(Invalid) as refusal:
        judge(complaint, agent, origin=None)
    assert list(refusal.value.errors) == ["cause"]


def test_the_short_way_needs_no_judgement(complaint, agent):
    assert resolve(complaint, agent, Outcome.NO_FAULT).status == "resolved"


def test_a_valid_complaint_is_judged_anew_in_each_cycle(complaint, agent, handler, supervisor):
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    judge(complaint, handler)
    classify_valid(complaint, handler)
    resolve(complaint, handler)
    casework.dispute(complaint_id=complaint.pk, body="No!")
    complaint.refresh_from_db()
    with pytest.raises(NotJudged, match="before it has been judged"):
        resolve(complaint, agent)
    with pytest.raises(ConflictOfInterest):
        look_into(complaint, handler)
    with pytest.raises(NotJudged, match="Nobody judges before the facts"):
        judgements.judge(
            complaint_id=complaint.pk,
            by=agent,
            grounds=Grounds.FOUNDED,
            grounds_reasons="x",
            demand=DemandFinding.NONE,
        )
    judge(complaint, agent)
    assert resolve(complaint, agent).status == "resolved"


@pytest.mark.parametrize(
    ("grounds", "outcome"),
    [
        (Grounds.FOUNDED, Outcome.NOT_UPHELD),
        (Grounds.PARTLY, Outcome.UPHELD),
        (Grounds.UNFOUNDED, Outcome.PARTLY_UPHELD),
        (Grounds.NOT_ESTABLISHED, Outcome.OUTSIDE_REMIT),
    ],
)
def test_the_outcome_says_what_was_found(complaint, agent, grounds, outcome):
    judge(complaint, agent, grounds=grounds)
    with pytest.raises(ContradictsJudgement, match="Revise the judgement first"):
        resolve(complaint, agent, outcome)
    complaint.refresh_from_db()
    assert complaint.status == "received"
    assert resolve(complaint, agent, next(iter(judging.FITTING[grounds]))).status == "resolved"


def test_what_is_answered_is_not_judged(complaint, agent):
    judge(complaint, agent)
    resolve(complaint, agent)
    with pytest.raises(IllegalMove):
        judge(complaint, agent)


# --- what else is on record


def test_other_complaints_are_counted_as_facts(register, agent, outsider):
    lamp = SubjectDetails(kind=SubjectKind.PRODUCT, name="Lamp", reference="L-1")
    complaint = register(subjects=[lamp]).complaint
    elsewhere = ComplainantDetails(name="Wang", email="wang@example.org")
    same = register(subjects=[SubjectDetails(name="LAMP")], complainant=elsewhere).complaint
    other = register(subjects=[SubjectDetails(name="Light", reference="L-1")], complainant=elsewhere).complaint
    register(subjects=[SubjectDetails(name="Kettle")], complainant=elsewhere)
    register(subjects=[lamp], complainant=elsewhere, department=outsider.department)
    mine = register().complaint
    resolve(mine, agent)
    about = reads.about_the_same(agent, complaint)
    assert set(about.complaints) == {same, other}
    assert [(code, number) for code, _words, number in about.counts] == [("open", 2)]
    record = reads.Record(list(selectors.related(agent, complaint)))
    assert [(code, number) for code, _words, number in record.counts] == [("upheld", 1)]
    assert not record.more


def test_a_threshold_that_is_upside_down_is_refused(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        StakeThreshold.objects.create(currency="TWD", small_below=10, large_from=5)
