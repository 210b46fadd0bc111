"""Two people at once on the same complaint: signing, taking back, offering, choosing, carrying out, judging, settling.

Each contest is fought on a complaint of its own, by threads with a transaction each. Whoever comes second is refused
in a sentence, and what is left is what one of the two orders leaves.
"""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from common.refusals import Refusal
from complaints import selectors, verification
from complaints.classes import Kind
from complaints.lifecycle import Status, Verb
from complaints.models import (
    Complaint,
    Event,
    Judgement,
    Matter,
    MatterFinding,
    Proposal,
    Remedy,
    Signature,
    Upgrade,
)
from complaints.remedying import RemedyKind, RemedyState
from complaints.selectors import digests
from complaints.services import (
    carrying_out,
    casework,
    matters,
    offers,
    remedies,
    signoff,
    tasks,
    unrecorded_upgrades,
    upgrades,
)
from complaints.services.intake import Registration
from complaints.services.matters import Part
from complaints.signing import ProposalState
from complaints.tasking import TaskKind
from complaints.vocabulary import Channel, Outcome
from tests.complaints.signoff_stage import plan, rule
from tests.factories import UserFactory
from tests.factories.escalation import publish_calendar, publish_policy
from tests.factories.judging import judge, look_into

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race, pytest.mark.slow]

ROUNDS = 1


def contest(*works: Callable[[], object]) -> list[Refusal | None]:
    """Run each in a thread of its own, all at the same moment; what each was refused with, None where it was not."""
    barrier = threading.Barrier(len(works))
    ended: dict[int, BaseException | None] = {}

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=20)
            work()
            ended[place] = None
        except BaseException as error:
            ended[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a thread hangs"
    for error in ended.values():
        if error is not None and not isinstance(error, Refusal):
            raise error
    return [ended[place] for place in range(len(works))]


def went_through(results: list[Refusal | None]) -> int:
    return sum(result is None for result in results)


def events_of(complaint: Complaint, verb: Verb) -> list[Event]:
    return list(complaint.events.filter(kind=verb).order_by("sequence"))


@pytest.fixture
def taken_on(register, agent):
    publish_calendar()
    publish_policy()

    def _taken_on(**answers) -> Complaint:
        return casework.acknowledge(complaint_id=register(**answers).complaint.pk, by=agent)

    return _taken_on


@pytest.fixture
def agreed(taken_on, handler):
    """Repairs that the complainant was offered for choice."""

    def _agreed(*, accepted: bool = False) -> Complaint:
        complaint = taken_on()
        for _option in range(2):
            plan(complaint, handler, RemedyKind.REPAIR)
        offers.offer(complaint_id=complaint.pk, by=handler, options=[[1], [2]], message="Which one?")
        if accepted:
            offers.choose(complaint_id=complaint.pk, option=1, digest=digests.of_offer(complaint))
        return complaint

    return _agreed


def test_signatures_given_at_once_are_each_given_once(taken_on, handler, supervisor, manager, branch, specialist):
    deputy = UserFactory(name="Deputy", role=Role.SUPERVISOR, department=branch)
    rule("two", ("First", Role.SUPERVISOR, None), ("Second", Role.MANAGER, None), kinds=["return"])

    def proposed() -> tuple[dict, Callable]:
        complaint = taken_on()
        plan(complaint, handler)
        signoff.propose(complaint_id=complaint.pk, by=handler, text="We take it back.")
        it = {"complaint_id": complaint.pk}
        return it, partial(signoff.sign, **it, digest=digests.of_proposal(complaint))

    for _round in range(ROUNDS):
        # both parties at once: both count, and one of them is the last
        it, sign = proposed()
        assert went_through(contest(partial(sign, by=supervisor), partial(sign, by=manager))) == 2
        complaint = Complaint.objects.get(pk=it["complaint_id"])
        assert complaint.status == Status.CARRYING_OUT
        assert [event.data["last"] for event in events_of(complaint, Verb.SIGN)] == [False, True]

        # two people for one party: one of them
        it, sign = proposed()
        results = contest(partial(sign, by=supervisor), partial(sign, by=deputy))
        assert went_through(results) == 1
        assert Signature.objects.filter(proposal__complaint=it["complaint_id"], signer__isnull=False).count() == 1

        # the last signature and taking it back: one of the two
        it, sign = proposed()
        sign(by=supervisor)
        results = contest(
            partial(sign, by=manager),
            partial(signoff.take_back_proposal, **it, by=handler, reasons="A slip."),
        )
        assert went_through(results) == 1
        proposal = Proposal.objects.get(complaint=it["complaint_id"])
        ends = {ProposalState.SIGNED: Status.CARRYING_OUT, ProposalState.TAKEN_BACK: Status.ASSESSING}
        assert proposal.complaint.status == ends[ProposalState(proposal.state)]

        # the last signature and the withdrawal of the complaint: nothing of it stays open
        it, sign = proposed()
        sign(by=supervisor)
        contest(
            partial(sign, by=manager),
            partial(casework.withdraw, **it, by=handler, reasons="Settled."),
        )
        complaint = Complaint.objects.get(pk=it["complaint_id"])
        assert complaint.status == Status.WITHDRAWN
        assert not complaint.proposals.filter(state=ProposalState.OPEN).exists()
        assert not complaint.remedies.exclude(state=RemedyState.DROPPED).exists()

        # proposed twice: once
        complaint = taken_on()
        plan(complaint, handler)
        it = {"complaint_id": complaint.pk, "text": "We take it back."}
        assert went_through(contest(*[partial(signoff.propose, **it, by=handler)] * 2)) == 1
        assert complaint.proposals.count() == 1
    assert not list(verification.broken_chains())


def test_what_is_offered_is_chosen_once_and_carried_out_once(agreed, taken_on, handler, supervisor, manager):
    rule("any", ("First", Role.SUPERVISOR, None), ("Second", Role.MANAGER, None), classes=["upgrade"])
    for _round in range(ROUNDS):
        # both options at once, as by two open pages
        complaint = agreed()
        it, read = {"complaint_id": complaint.pk}, {"digest": digests.of_offer(complaint)}
        results = contest(*[partial(offers.choose, **it, **read, option=n) for n in (1, 2)])
        assert went_through(results) == 1
        states = sorted(complaint.remedies.values_list("state", flat=True))
        assert states == [RemedyState.ACCEPTED, RemedyState.NOT_CHOSEN]

        # chosen on the page while the office records that it is refused
        complaint = agreed()
        it, read = {"complaint_id": complaint.pk}, {"digest": digests.of_offer(complaint)}
        results = contest(
            partial(offers.choose, **it, **read, option=1),
            partial(offers.record_refusal, **it, by=handler, through=Channel.PHONE),
        )
        assert went_through(results) == 1
        assert len(set(complaint.remedies.values_list("answered_at", flat=True))) == 1

        # chosen while the office drops it
        complaint = agreed()
        it, read = {"complaint_id": complaint.pk}, {"digest": digests.of_offer(complaint)}
        contest(
            partial(offers.choose, **it, **read, option=1),
            partial(remedies.drop, **it, number=1, by=handler, reasons="A slip.", message="We cannot do this."),
        )
        complaint.refresh_from_db()
        owed = complaint.remedies.filter(state=RemedyState.ACCEPTED).exists()
        assert (complaint.status == Status.CARRYING_OUT) == owed

        # offered twice
        complaint = taken_on()
        plan(complaint, handler, RemedyKind.REPAIR)
        it = {"complaint_id": complaint.pk, "by": handler, "options": [[1]], "message": "We mend it."}
        assert went_through(contest(*[partial(offers.offer, **it)] * 2)) == 1
        assert len(events_of(complaint, Verb.OFFER)) == 1

        # carried out twice
        complaint = agreed(accepted=True)
        it = {"complaint_id": complaint.pk, "number": 1, "by": handler, "on": timezone.localdate(), "proof": "Done."}
        assert went_through(contest(*[partial(carrying_out.carry_out, **it)] * 2)) == 1
        assert len(events_of(complaint, Verb.CARRY_OUT)) == 1

        # carried out while it is put before those who sign, and while they refuse
        complaint = agreed(accepted=True)
        it = {"complaint_id": complaint.pk, "number": 1, "by": handler, "on": timezone.localdate(), "proof": "Done."}
        contest(
            partial(carrying_out.carry_out, **it),
            partial(signoff.propose, complaint_id=complaint.pk, by=handler, text="Please look."),
        )
        held = Proposal.objects.filter(complaint=complaint, held__remedy__state=RemedyState.CARRIED_OUT)
        assert not held.exists(), "nothing is carried out that signatures are waited for"
        if Remedy.objects.filter(complaint=complaint, state=RemedyState.ACCEPTED).exists():
            contest(
                partial(carrying_out.carry_out, **it),
                partial(signoff.refuse_to_sign, complaint_id=complaint.pk, by=supervisor, instruction="No."),
            )
            done = [*events_of(complaint, Verb.REFUSE_TO_SIGN), *events_of(complaint, Verb.CARRY_OUT)]
            assert [event.sequence for event in done] == sorted(event.sequence for event in done)
    assert not list(verification.broken_chains())


def test_judged_settled_and_answered_at_once(taken_on, handler, supervisor):
    for _round in range(ROUNDS):
        # judged twice: both are kept, one is in force
        complaint = taken_on()
        look_into(complaint, handler)
        assert went_through(contest(partial(judge, complaint, handler), partial(judge, complaint, supervisor))) == 2
        assert complaint.judgements.filter(state=Judgement.State.IN_FORCE).count() == 1
        assert complaint.judgements.count() == 2

        # a matter is settled twice: both findings are kept, one counts, and the matter says the same
        complaint = taken_on()
        matters.split(complaint_id=complaint.pk, by=handler, parts=[Part(subject="Bill"), Part(subject="Noise")])
        it = {"complaint_id": complaint.pk, "number": 1, "finding": "So.", "reasons": "Because."}
        contest(
            partial(matters.settle, **it, by=handler, outcome=Outcome.UPHELD),
            partial(matters.settle, **it, by=supervisor, outcome=Outcome.NOT_UPHELD),
        )
        counts = MatterFinding.objects.get(matter__complaint=complaint, replaced_at=None)
        assert Matter.objects.get(complaint=complaint, number=1).outcome == counts.outcome

        # settled otherwise while it is judged: never one against the other
        matters.settle(**{**it, "number": 2}, by=handler, outcome=Outcome.UPHELD)
        look_into(complaint, handler)
        results = contest(
            partial(judge, complaint, handler, matter_number=1),
            partial(matters.settle, **it, by=supervisor, outcome=Outcome.NOT_UPHELD),
            partial(casework.resolve, complaint_id=complaint.pk, by=handler, message="So it is."),
        )
        complaint.refresh_from_db()
        if complaint.status == Status.RESOLVED and results[0] is None:
            assert Matter.objects.get(complaint=complaint, number=1).outcome == Outcome.UPHELD

        # answered while something comes up that must come first
        complaint = taken_on()
        it = {"complaint_id": complaint.pk, "by": handler}
        contest(
            partial(casework.resolve, **it, message="So.", outcome=Outcome.UPHELD, reasons="Because."),
            partial(tasks.issue, **it, kind=TaskKind.SITE_VISIT, what="Look.", department=complaint.department),
            partial(remedies.plan, **it, kind=RemedyKind.APOLOGY, what="We say sorry."),
            partial(matters.split, **it, parts=[Part(subject="Bill"), Part(subject="Noise")]),
        )
        complaint.refresh_from_db()
        waits = complaint.tasks.exists() or complaint.remedies.exists() or complaint.matters.exists()
        assert (complaint.status == Status.RESOLVED) != waits
    assert not list(verification.broken_chains())


def test_an_earlier_complaint_is_taken_further_once_by_whoever_comes_first(taken_on, register, specialist):
    def without_number() -> Complaint:
        given = unrecorded_upgrades.Unrecorded(
            registration=Registration(subject="Refund", description="They forgot."), grounds=[Kind.UNRESOLVED]
        )
        return unrecorded_upgrades.upgrade(given=given, by=specialist, none_found=False).complaint

    earlier, one, other = taken_on(), without_number(), without_number()
    naming = partial(upgrades.name_earlier, by=specialist, reasons="This one.", earlier=earlier)
    results = contest(
        partial(naming, complaint_id=one.pk),
        partial(naming, complaint_id=other.pk),
        partial(upgrades.demand, complaint_id=earlier.pk, grounds=[Kind.UNRESOLVED], words="Nobody does anything."),
    )
    assert went_through(results) == 1
    assert Upgrade.objects.filter(earlier=earlier).count() == 1


def test_the_desk_holds_two_complaints_in_their_order_so_that_merges_cannot_block_each_other(taken_on, supervisor):
    lower, higher = taken_on(), taken_on()
    client = Client()
    client.force_login(supervisor)
    form = {"into": lower.reference, "version": str(higher.event_count)}

    def merge() -> None:
        assert client.post(f"/desk/complaints/{higher.reference}/merge/", form).status_code == 302
        connections.close_all()

    desk = threading.Thread(target=merge)
    with transaction.atomic():
        selectors.locked(lower.pk)
        desk.start()
        _until_somebody_waits_for_a_row()
        Complaint.objects.select_for_update(nowait=True).get(pk=higher.pk)  # not held by whoever waits for the lower
    desk.join(timeout=60)
    higher.refresh_from_db()
    assert higher.status == Status.MERGED


def _until_somebody_waits_for_a_row() -> None:
    for _try in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
            if cursor.fetchone():
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits")
