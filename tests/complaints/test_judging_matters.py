"""Judging matter by matter: each has findings of its own, and no answer says something else."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from complaints.classes import ComplaintClass, Kind
from complaints.errors import ContradictsJudgement, IllegalMove, Invalid, NotJudged
from complaints.judging import DemandFinding, Grounds
from complaints.models import Judgement
from complaints.selectors import inquiries as reads
from complaints.services import casework, decisions, matters
from complaints.services.matters import Part
from complaints.vocabulary import Demand, Outcome
from tests.factories.judging import BY_MISTAKE, judge, look_into

UNFOUNDED = {"grounds": Grounds.UNFOUNDED, "grounds_reasons": "The log shows it.", "origin": None}


@pytest.fixture
def complaint(register, agent):
    """A letter about two things that asks for money back, looked into."""
    complaint = register(demands=[Demand.REFUND]).complaint
    matters.split(complaint_id=complaint.pk, by=agent, parts=[Part("The till"), Part("The queue")])
    look_into(complaint, agent)
    complaint.refresh_from_db()
    return complaint


@pytest.fixture
def settle(complaint, agent):
    def _settle(number, outcome, by=agent):
        found = {"outcome": outcome, "finding": "x", "reasons": "y"}
        return matters.settle(complaint_id=complaint.pk, number=number, by=by, **found)

    return _settle


def call_valid(complaint, by):
    decisions.classify(
        complaint_id=complaint.pk,
        by=by,
        complaint_class=ComplaintClass.VALID,
        kind=Kind.HARM,
        reasons="x",
        basis=BY_MISTAKE,
    )
    complaint.refresh_from_db()


def test_each_matter_is_judged_by_itself(complaint, agent):
    first = judge(complaint, agent, matter_number=1)
    second = judge(complaint, agent, matter_number=2, demand=DemandFinding.NONE, demand_reasons="", **UNFOUNDED)
    assert [first.matter.number, second.matter.number] == [1, 2]
    assert {first.state, second.state} == {"in_force"}
    again = judge(complaint, agent, matter_number=1, **UNFOUNDED)
    first.refresh_from_db()
    assert (first.state, again.state) == ("superseded", "in_force")
    inquiry = reads.inquiry(agent, complaint)
    assert inquiry.in_force is None
    assert inquiry.of_matters == [again, second]
    assert inquiry.earlier == [first]
    whole = judge(complaint, agent)
    assert reads.inquiry(agent, complaint).in_force == whole
    assert list(Judgement.objects.filter(state="in_force").order_by("number")) == [second, again, whole]
    kinds = complaint.events.filter(kind="judge").values_list("data__matter", "data__revised")
    assert list(kinds) == [(1, False), (2, False), (1, True), (None, False)]


def test_only_a_matter_that_is_still_to_be_answered_is_judged(complaint, agent):
    matters.drop(complaint_id=complaint.pk, number=2, by=agent, reasons="Named twice.")
    for number in (2, 3):
        with pytest.raises(Invalid) as refusal:
            judge(complaint, agent, matter_number=number)
        assert list(refusal.value.errors) == ["matter_number"]


def test_a_matter_is_not_settled_against_its_judgement(complaint, agent, settle):
    judge(complaint, agent, matter_number=1, **UNFOUNDED)
    with pytest.raises(ContradictsJudgement) as refusal:
        settle(1, Outcome.UPHELD)
    assert "outcome" in refusal.value.errors
    settle(1, Outcome.NOT_UPHELD)
    settle(1, Outcome.WITHDRAWN)
    settle(2, Outcome.UPHELD)


def test_what_is_judged_anew_after_it_was_settled_holds_up_the_answer(complaint, agent, settle):
    settle(1, Outcome.UPHELD), settle(2, Outcome.UPHELD)
    judge(complaint, agent, matter_number=2, **UNFOUNDED)
    with pytest.raises(ContradictsJudgement, match=r"2\. The queue"):
        casework.resolve(complaint_id=complaint.pk, by=agent, message="x")
    settle(2, Outcome.NO_FAULT)
    assert casework.resolve(complaint_id=complaint.pk, by=agent, message="x").outcome == Outcome.PARTLY_UPHELD


def test_the_judgement_of_the_whole_still_counts(complaint, agent, settle):
    judge(complaint, agent, **UNFOUNDED)
    settle(1, Outcome.UPHELD), settle(2, Outcome.UPHELD)
    with pytest.raises(ContradictsJudgement):
        casework.resolve(complaint_id=complaint.pk, by=agent, message="x")


def test_a_valid_complaint_is_judged_as_a_whole_or_matter_by_matter(complaint, agent, settle):
    judge(complaint, agent, matter_number=1)
    call_valid(complaint, agent)
    settle(1, Outcome.UPHELD), settle(2, Outcome.NOT_UPHELD)
    with pytest.raises(NotJudged, match=r"no\. 2 \(The queue\)") as refusal:
        casework.resolve(complaint_id=complaint.pk, by=agent, message="x")
    assert "no. 1" not in str(refusal.value)
    judge(complaint, agent, matter_number=2, **UNFOUNDED)
    with pytest.raises(Invalid) as refused:
        judge(complaint, agent, matter_number=1, **UNFOUNDED)
    assert list(refused.value.errors) == ["cause"], "the class does not let go of the cause"
    assert casework.resolve(complaint_id=complaint.pk, by=agent, message="x").outcome == Outcome.PARTLY_UPHELD


def test_what_stands_from_an_earlier_cycle_is_not_judged_again(complaint, agent, supervisor, settle):
    judge(complaint, agent, matter_number=1), judge(complaint, agent, matter_number=2)
    call_valid(complaint, agent)
    settle(1, Outcome.UPHELD), settle(2, Outcome.UPHELD)
    casework.resolve(complaint_id=complaint.pk, by=agent, message="x")
    complaint = casework.dispute(complaint_id=complaint.pk, body="x", matter_numbers=[2])
    settle(2, Outcome.UPHELD, by=supervisor)
    assert [matter.number for matter in reads.unjudged(complaint)] == [2]
    judge(complaint, supervisor, matter_number=2)
    assert casework.resolve(complaint_id=complaint.pk, by=supervisor, message="x").outcome == Outcome.UPHELD


def test_the_database_keeps_one_judgement_of_a_matter_in_force(complaint, agent):
    judge(complaint, agent, matter_number=1), judge(complaint, agent, matter_number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Judgement.objects.update(state="in_force")


def test_at_the_desk(client, complaint, agent):
    client.force_login(agent)
    dossier, address = (reverse(f"desk:{name}", args=[complaint.reference]) for name in ("dossier", "judge"))
    assert f"{address}?matter=2" in client.get(dossier).content.decode()
    assert 'value="2" selected' in client.get(f"{address}?matter=2").content.decode()
    complaint.refresh_from_db()
    given = {
        "version": complaint.event_count,
        "matter": 2,
        "grounds": "unfounded",
        "grounds_reasons": "The log shows it.",
        "demand": "none",
        "enough_because": "The log leaves no doubt.",
    }
    assert client.post(address, given | {"matter": 9}).status_code == 422
    assert client.post(address, given).status_code == 302
    assert Judgement.objects.get().matter.number == 2
    page = client.get(dossier).content.decode()
    assert "Judged matter by matter" in page
    assert "The log shows it." in client.get(f"{address}?matter=2").content.decode()
    assert "The log shows it." not in client.get(f"{address}?matter=1").content.decode().split("<form")[-1]


def test_a_matter_cannot_be_judged_once_the_answer_is_given(complaint, agent, settle):
    settle(1, Outcome.UPHELD), settle(2, Outcome.UPHELD)
    casework.resolve(complaint_id=complaint.pk, by=agent, message="x")
    with pytest.raises(IllegalMove):
        judge(complaint, agent, matter_number=1)
