"""Remedies: planned, offered for choice, agreed, carried out with proof, and what follows when they do not help."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints.aftercare import CloseReason
from complaints.errors import ComplaintError, IllegalMove, Invalid, NotAllowed, RemediesOpen, TasksOpen
from complaints.lifecycle import Status
from complaints.models import Attachment, Event, Message, Remedy, SupplierClaim
from complaints.remedying import Loss, RemedyKind, RemedyState, SupplierClaimState
from complaints.selectors import digests
from complaints.selectors.remedies import next_remedies
from complaints.services import carrying_out, casework, correspondence, evidence, offers, remedies, supplier_claims
from complaints.services import tasks as task_services
from complaints.services.offers import Agreed
from complaints.services.remedies import Line
from complaints.tasking import TaskKind
from complaints.vocabulary import Channel, DeclineCode, Outcome
from escalation.models import Clock
from notifications.models import OutboxMessage
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

REFUND = [Line(Loss.PRICE, Decimal("1200.50"), Decimal(1500), "the second charge"), Line(Loss.TRAVEL, Decimal(80))]


@pytest.fixture
def complaint(register, agent):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    return complaint


@pytest.fixture
def act(complaint, agent):
    """Call a service about the complaint, by the agent unless somebody else is named."""

    def _act(service, **given):
        return service(complaint_id=complaint.pk, **{"by": agent} | given)

    return _act


@pytest.fixture
def plan(act):
    def _plan(kind=RemedyKind.EXCHANGE, what="A new kettle.", **given):
        return act(remedies.plan, kind=kind, what=what, **given)

    return _plan


@pytest.fixture
def refund(plan):
    return plan(RemedyKind.COMPENSATION, "We pay it back.", lines=REFUND, currency="twd")


@pytest.fixture
def offer(act):
    def _offer(*options, message="Please choose."):
        return act(offers.offer, options=options, message=message)

    return _offer


@pytest.fixture
def agreed(complaint, act, offer):
    """Offered and accepted: the first option of these."""

    def _agreed(*options, **given):
        offer(*options)
        read = digests.of_offer(complaint)
        return act(offers.record_choice, option=1, through=Channel.PHONE, digest=read, **given)

    return _agreed


@pytest.fixture
def done(act):
    def _done(number=1, **given):
        given = {"on": timezone.localdate(), "proof": "Handed over at the counter."} | given
        return act(carrying_out.carry_out, number=number, **given)

    return _done


def status_of(complaint):
    complaint.refresh_from_db()
    return complaint.status


def states():
    return list(Remedy.objects.order_by("number").values_list("state", flat=True))


# --- from planning to carrying out --------------------------------------------------------------------------


def test_several_are_offered_for_choice_one_is_taken_and_carried_out(complaint, plan, refund, offer, done, agent):
    plan()
    plan(RemedyKind.GIFT, "A voucher.", lines=[Line(Loss.OTHER, Decimal(200))], currency="TWD")
    assert states() == ["planned"] * 3
    offer([1], [2, 3])
    assert status_of(complaint) == Status.WAITING
    told = Message.objects.get(kind="reply")
    assert Event.objects.get(kind="offer").data["options"] == [[1], [2, 3]]
    offers.choose(complaint_id=complaint.pk, option=2, digest=digests.of_offer(complaint))
    assert states() == ["not_chosen", "accepted", "accepted"]
    assert status_of(complaint) == Status.CARRYING_OUT
    done(2)
    assert status_of(complaint) == Status.CARRYING_OUT
    gift = done(3)
    assert states() == ["not_chosen", "carried_out", "carried_out"]
    assert [item.paid for item in gift.items.all()] == [Decimal(200)]
    kinds = list(Event.objects.filter(complaint=complaint).order_by("sequence").values_list("kind", flat=True))
    assert kinds[2:] == [
        "plan_remedy",
        "plan_remedy",
        "plan_remedy",
        "offer",
        "accept_offer",
        "carry_out",
        "carry_out",
    ]
    assert told.author == agent
    assert Event.objects.get(kind="accept_offer").actor_kind == "complainant"
    spoken = str(list(Event.objects.values_list("data", flat=True)))
    assert "kettle" not in spoken
    assert "voucher" not in spoken


def test_money_is_itemised_and_exact(refund, agreed, done):
    assert (refund.claimed, refund.offered, refund.currency) == (Decimal(1500), Decimal("1280.50"), "TWD")
    assert (refund.accepted, refund.paid) == (None, None)
    agreed([1], agreed=[Agreed(1, 2, Decimal("60.10"))])
    remedy = Remedy.objects.get()
    assert remedy.accepted == Decimal("1260.60")
    with pytest.raises(Invalid) as refusal:
        done(paid={1: Decimal(1000)})
    assert "why_less" in refusal.value.errors
    done(paid={1: Decimal(1000)}, why_less="200.50 was paid back before.")
    remedy = Remedy.objects.get()
    assert (remedy.paid, remedy.amount_words) == (Decimal("1060.10"), "TWD 1,060.10")
    assert Event.objects.get(kind="carry_out").data["amount"] == "1060.10"


@pytest.mark.parametrize("paid", [{1: Decimal("1200.51")}, {1: Decimal(-1)}, {1: Decimal("0.001")}, {3: Decimal(1)}])
def test_no_more_is_paid_than_was_agreed(refund, agreed, done, paid):
    agreed([1])
    with pytest.raises(Invalid) as refusal:
        done(paid=paid, why_less="x")
    assert "paid" in refusal.value.errors
    assert states() == ["accepted"]


def test_a_line_is_named_once(refund, agreed):
    with pytest.raises(Invalid) as refusal:
        agreed([1], agreed=[Agreed(1, 1, Decimal(1)), Agreed(1, 1, Decimal(2))])
    assert "agreed" in refusal.value.errors


@pytest.mark.parametrize(
    "less",
    [Agreed(1, 1, Decimal(1201)), Agreed(1, 3, Decimal(1)), Agreed(2, 1, Decimal(1)), Agreed(1, 1, Decimal(-1))],
)
def test_no_more_is_agreed_than_was_offered(refund, agreed, less):
    with pytest.raises(Invalid) as refusal:
        agreed([1], agreed=[less])
    assert "agreed" in refusal.value.errors
    assert states() == ["offered"]


def test_an_apology_needs_no_offer_and_an_exchange_does(complaint, plan, done):
    plan(RemedyKind.APOLOGY, "We are sorry.")
    plan()
    assert done(1).state == RemedyState.CARRIED_OUT
    assert status_of(complaint) == Status.ASSESSING
    with pytest.raises(IllegalMove, match="offered and accepted before"):
        done(2)


def test_carrying_out_has_proof_for_the_office_and_if_they_like_for_the_complainant(plan, agreed, done):
    plan(), plan()
    agreed([1, 2])
    done(1, files=[evidence.check_file(ContentFile(b"signed", name="slip.txt"))])
    done(2, files=[evidence.check_file(ContentFile(b"paid", name="transfer.txt"))], for_complainant=True)
    assert list(Attachment.objects.order_by("id").values_list("remedy__number", "internal")) == [(1, True), (2, False)]


@pytest.mark.parametrize(
    ("field", "given"),
    [("proof", {"proof": " "}), ("on", {"on": timezone.localdate() + timedelta(days=1)}),
     ("on", {"on": timezone.localdate() - timedelta(days=400)}), ("task", {"task_number": 9})],
)  # fmt: skip
def test_carrying_out_needs_a_day_and_a_proof(plan, agreed, done, field, given):
    plan()
    agreed([1])
    with pytest.raises(Invalid) as refusal:
        done(1, **given)
    assert field in refusal.value.errors
    assert states() == ["accepted"]


def test_a_task_carries_it_out(plan, agreed, done, act, branch, handler):
    plan()
    given = {"what": "Take the new kettle there.", "department": branch, "remedy_number": 1}
    with pytest.raises(IllegalMove):
        act(task_services.issue, kind=TaskKind.CARRYING_OUT, **given)
    agreed([1])
    with pytest.raises(Invalid) as refusal:
        act(task_services.issue, kind=TaskKind.SITE_VISIT, **given)
    assert "remedy" in refusal.value.errors
    act(task_services.issue, kind=TaskKind.CARRYING_OUT, **given)
    with pytest.raises(IllegalMove, match=r"Task no\. 1"):
        act(task_services.issue, kind=TaskKind.CARRYING_OUT, **given)
    with pytest.raises(TasksOpen, match=r"Task no\. 1"):
        done(1)
    act(task_services.finish, number=1, by=handler, result="Signed for.")
    assert done(1).task.number == 1
    assert Event.objects.get(kind="carry_out").data["task"] == 1


def test_a_task_that_was_refused_does_not_stand_in_the_way(plan, agreed, done, act, branch, handler):
    plan()
    agreed([1])
    act(task_services.issue, kind=TaskKind.CARRYING_OUT, what="Go there.", department=branch, remedy_number=1)
    act(task_services.refuse, number=1, by=handler, reasons="Too far.")
    with pytest.raises(Invalid):
        done(1, task_number=1)
    assert done(1).task is None


# --- the offer and its answer -------------------------------------------------------------------------------


def test_the_office_records_what_it_heard_on_the_phone(complaint, plan, offer, act, agent):
    plan(), plan(RemedyKind.REPAIR, "We mend it.")
    offer([1], [2])
    read = digests.of_offer(complaint)
    act(offers.record_choice, option=2, through=Channel.PHONE, note="She called at noon.", digest=read)
    taken = Remedy.objects.get(state="accepted")
    assert (taken.number, taken.answered_by, taken.answered_through) == (2, agent, "phone")
    assert Message.objects.get(kind="note").body == "She called at noon."
    with pytest.raises(IllegalMove):
        act(offers.record_refusal, through=Channel.PHONE)


@pytest.mark.parametrize("through", [Channel.WEB, Channel.API])
def test_the_office_cannot_have_heard_it_on_the_complainants_page(complaint, plan, offer, act, through):
    plan()
    offer([1])
    with pytest.raises(Invalid) as refusal:
        act(offers.record_choice, option=1, through=through, digest=digests.of_offer(complaint))
    assert "through" in refusal.value.errors


def test_refused_by_the_complainant_with_words(complaint, plan, offer):
    plan()
    offer([1])
    offers.turn_down(complaint_id=complaint.pk, offer_number=1, body="I want my money back.")
    assert states() == ["refused"]
    assert status_of(complaint) == Status.ASSESSING
    assert Message.objects.get(kind="heard").body == "I want my money back."


def test_another_offer_while_something_is_carried_out(complaint, plan, agreed, offer, act, done):
    plan(), plan(RemedyKind.GIFT, "A voucher.")
    agreed([1])
    offer([2])
    assert status_of(complaint) == Status.CARRYING_OUT, "nobody waits for the voucher"
    act(offers.record_refusal, through=Channel.VISIT)
    assert status_of(complaint) == Status.CARRYING_OUT
    assert list(Remedy.objects.order_by("number").values_list("offer", flat=True)) == [1, 2]


def test_waiting_for_something_else_ends_in_carrying_out(complaint, plan, agreed, act):
    plan()
    agreed([1])
    act(casework.wait, question="When are you at home?")
    correspondence.hear(complaint_id=complaint.pk, body="On Monday.")
    assert status_of(complaint) == Status.CARRYING_OUT
    act(casework.wait, question="Which Monday?")
    act(casework.resume)
    assert status_of(complaint) == Status.CARRYING_OUT


@pytest.mark.parametrize(
    "options", [[], [[]], [[1], []], [[1], [1]], [[1, 1]], [[2]], [[9]], [[1], [3], [4], [5], [6], [7], [8]]]
)
def test_an_offer_that_cannot_be_made(plan, act, options):
    plan(), plan()
    act(remedies.drop, number=2, reasons="x")
    for _number in range(6):
        plan()
    with pytest.raises(Invalid) as refusal:
        act(offers.offer, options=options, message="Please choose.")
    assert "options" in refusal.value.errors
    assert not Remedy.objects.filter(state="offered").exists()


def test_an_offer_says_something_and_there_is_one_at_a_time(plan, offer):
    plan(), plan()
    with pytest.raises(Invalid):
        offer([1], message=" ")
    offer([1])
    with pytest.raises(IllegalMove, match="waits for the complainant"):
        offer([2])


def test_an_answer_to_an_offer_that_is_no_longer_the_one_they_saw(complaint, plan, offer, act):
    plan(), plan()
    offer([1])
    read = digests.of_offer(complaint)
    act(remedies.drop, number=1, reasons="Sold out.", message="There are none left.")
    act(casework.resume)
    offer([2])
    for digest in (read, ""):
        with pytest.raises(Invalid, match="changed since it was read"):
            offers.choose(complaint_id=complaint.pk, option=1, digest=digest)
        with pytest.raises(Invalid, match="changed since it was read"):
            act(offers.record_choice, option=1, through=Channel.PHONE, digest=digest)
    with pytest.raises(Invalid, match="not among what is offered"):
        offers.choose(complaint_id=complaint.pk, option=5, digest=digests.of_offer(complaint))
    with pytest.raises(IllegalMove, match="replaced"):
        offers.turn_down(complaint_id=complaint.pk, offer_number=1)
    assert states() == ["dropped", "offered"]


def test_an_offer_stands_until_its_date_and_what_has_lapsed_is_offered_anew(complaint, plan, act, agent):
    plan(), plan()
    now = timezone.now()
    given = {"options": [[1]], "message": "Please choose."}
    for wrong in (now, now + timedelta(days=400), (now + timedelta(days=1)).replace(tzinfo=None)):
        with pytest.raises(Invalid) as refusal:
            act(offers.offer, **given, stands_until=wrong)
        assert "stands_until" in refusal.value.errors
    until = now + timedelta(days=7)
    act(offers.offer, **given, stands_until=until)
    assert complaint.events.last().data["stands_until"] == until.isoformat()
    assert "You can accept this until" in OutboxMessage.objects.get(kind="offer").body
    with pytest.raises(IllegalMove, match="waits for the complainant"):
        act(offers.offer, **given)
    Remedy.objects.filter(number=1).update(offered_at=now - timedelta(days=8), stands_until=now - timedelta(seconds=1))
    with pytest.raises(IllegalMove, match="cannot be accepted any more"):
        offers.choose(complaint_id=complaint.pk, option=1, digest=digests.of_offer(complaint))
    with pytest.raises(IllegalMove, match="cannot be accepted any more"):
        act(offers.record_choice, option=1, through=Channel.PHONE, digest=digests.of_offer(complaint))
    act(offers.offer, options=[[2]], message="Something else, then.")
    assert states() == ["planned", "offered"]
    assert complaint.events.last().data["lapsed"] == [1]
    assert Remedy.objects.get(number=2).offer == 2, "the number of an offer is never used again"
    assert offers.choose(complaint_id=complaint.pk, option=1, digest=digests.of_offer(complaint))


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("what", {"what": "  "}), ("what", {"what": "x" * 20_001}),
        ("lines", {"kind": RemedyKind.COMPENSATION}), ("lines", {"kind": RemedyKind.DISCOUNT}),
        ("lines", {"kind": RemedyKind.APOLOGY, "lines": REFUND, "currency": "TWD"}),
        ("currency", {"lines": REFUND}), ("currency", {"lines": REFUND, "currency": "T"}),
        ("currency", {"currency": "TWD"}),
        ("lines", {"lines": REFUND, "currency": "JPY"}), ("lines", {"lines": REFUND * 11, "currency": "TWD"}),
        ("lines", {"lines": [Line(Loss.OTHER, Decimal(1), what="x" * 201)], "currency": "TWD"}),
        ("follows", {"follows_number": 1}), ("follows", {"follows_number": 7}),
    ],
)  # fmt: skip
def test_a_remedy_that_cannot_be_planned(plan, field, given):
    plan()
    with pytest.raises(Invalid) as refusal:
        plan(**given)
    assert field in refusal.value.errors
    assert Remedy.objects.count() == 1


def test_who_handles_the_complaint_plans_and_nobody_else(plan, outsider, administrator):
    for person in (outsider, administrator):
        with pytest.raises(NotAllowed):
            plan(by=person)


def test_the_complaint_is_not_resolved_while_a_remedy_is_open(complaint, plan, act, agreed, done):
    plan(), plan(RemedyKind.GIFT, "A voucher.")
    answer = {"outcome": Outcome.UPHELD, "reasons": "x", "message": "y"}
    agreed([1])
    with pytest.raises(RemediesOpen, match=r"no\. 1 \(Exchange, Agreed\), no\. 2 \(Gift, Planned\)"):
        act(casework.resolve, **answer)
    done(1)
    act(remedies.drop, number=2, reasons="Not needed.")
    act(casework.resolve, **answer)
    assert status_of(complaint) == Status.RESOLVED


def test_what_the_complainant_knows_of_is_dropped_with_a_word_to_them(complaint, plan, agreed, act):
    plan(), plan()
    with pytest.raises(Invalid) as refusal:
        act(remedies.drop, number=2, reasons="x", message="Never mind.")
    assert "message" in refusal.value.errors
    agreed([1])
    with pytest.raises(Invalid) as refusal:
        act(remedies.drop, number=1, reasons="Sold out.")
    assert "message" in refusal.value.errors
    act(remedies.drop, number=1, reasons="Sold out.", message="There are none left.")
    assert status_of(complaint) == Status.ASSESSING
    assert states() == ["dropped", "planned"]


@pytest.mark.parametrize("end", ["withdraw", "decline", "merge"])
def test_open_remedies_end_with_the_complaint_and_the_event_says_so(plan, register, supervisor, complaint, act, end):
    plan(RemedyKind.APOLOGY, "Sorry.")
    act(carrying_out.carry_out, number=1, on=timezone.localdate(), proof="By phone.")
    plan()
    given = {
        "withdraw": {"reasons": "x"},
        "decline": {"code": DeclineCode.OUT_OF_TIME, "reasons": "x", "recourse": "y"},
        "merge": {"into_id": register().complaint.pk},
    }[end]
    act(getattr(casework, end), by=supervisor, **given)
    assert states() == ["carried_out", "dropped"]
    assert Event.objects.get(kind=end).data["remedies"] == [2]
    with pytest.raises(ComplaintError):
        plan()


# --- when it has not helped ---------------------------------------------------------------------------------


def test_repaired_and_still_broken_proposes_the_next_remedy(complaint, plan, agreed, done, act):
    for time in (1, 2):
        plan(RemedyKind.REPAIR, "We mend it.", follows_number=time - 1 or None)
        agreed([time])
        done(time)
        carrying_out.report_failure(complaint_id=complaint.pk, number=time, body="It is broken again.")
        assert status_of(complaint) == Status.ASSESSING
        [proposal] = next_remedies(list(Remedy.objects.order_by("number")))
        assert (proposal.after.number, proposal.failed) == (time, time)
        assert proposal.kind == [RemedyKind.REPAIR, RemedyKind.EXCHANGE][time - 1]
    assert list(Event.objects.filter(kind="still_broken").values_list("data__proposed", flat=True)) == [
        "repair",
        "exchange",
    ]
    follower = plan(follows_number=2)
    assert follower.follows.number == 2
    assert next_remedies(list(Remedy.objects.order_by("number"))) == []
    act(remedies.drop, number=3, reasons="None left.")
    assert len(next_remedies(list(Remedy.objects.order_by("number")))) == 1


def test_the_office_records_that_it_has_not_helped(plan, agreed, done, act, outsider):
    plan()
    agreed([1])
    with pytest.raises(IllegalMove):
        act(carrying_out.record_failure, number=1, body="x")
    done(1)
    with pytest.raises(NotAllowed):
        act(carrying_out.record_failure, number=1, body="x", by=outsider)
    with pytest.raises(Invalid):
        act(carrying_out.record_failure, number=1, body=" ")
    act(carrying_out.record_failure, number=1, body="The lid is missing.")
    assert states() == ["failed"]
    assert Message.objects.filter(kind="note", body="The lid is missing.").exists()


# --- suppliers ----------------------------------------------------------------------------------------------


CLAIM = {"supplier": "Kettle Works", "amount": Decimal("900.50"), "currency": "twd", "grounds": "The lid broke."}


def test_a_supplier_is_asked_to_pay_and_pays_part_of_it(complaint, plan, agreed, done, act):
    plan()
    agreed([1])
    done(1)
    claim = act(supplier_claims.claim, **CLAIM, remedy_number=1, reference="KW-7")
    assert (claim.number, claim.remedy.number, claim.amount_words) == (1, 1, "TWD 900.50")
    act(casework.resolve, outcome=Outcome.UPHELD, reasons="x", message="y")
    act(casework.close, reason=CloseReason.CONFIRMED, note="By phone.")
    settled = act(
        supplier_claims.settle,
        number=1,
        state=SupplierClaimState.RECOVERED,
        recovered=Decimal("450.25"),
        result="Half.",
    )
    assert (settled.state, settled.recovered_words) == ("recovered", "TWD 450.25")
    assert "Kettle" not in str(list(Event.objects.values_list("data", flat=True)))
    with pytest.raises(IllegalMove):
        act(supplier_claims.settle, number=1, state=SupplierClaimState.REFUSED, result="x")


@pytest.mark.parametrize(
    ("field", "given"),
    [("supplier", {"supplier": " "}), ("supplier", {"supplier": "x" * 201}), ("amount", {"amount": Decimal(0)}),
     ("amount", {"amount": Decimal(-1)}), ("currency", {"currency": ""}), ("grounds", {"grounds": ""}),
     ("remedy", {"remedy_number": 4}), ("reference", {"reference": "x" * 101})],
)  # fmt: skip
def test_a_claim_that_cannot_be_made(act, field, given):
    with pytest.raises(Invalid) as refusal:
        act(supplier_claims.claim, **CLAIM | given)
    assert field in refusal.value.errors


@pytest.mark.parametrize(
    ("field", "given"),
    [("recovered", {"state": SupplierClaimState.RECOVERED}), ("state", {"state": SupplierClaimState.CLAIMED}),
     ("recovered", {"state": SupplierClaimState.RECOVERED, "recovered": Decimal(901)}),
     ("recovered", {"state": SupplierClaimState.RECOVERED, "recovered": Decimal(0)}),
     ("recovered", {"state": SupplierClaimState.REFUSED, "recovered": Decimal(1)}),
     ("result", {"state": SupplierClaimState.GIVEN_UP, "result": ""}),
     ("claim", {"state": SupplierClaimState.REFUSED, "number": 3})],
)  # fmt: skip
def test_a_claim_that_cannot_be_settled_so(act, field, given):
    act(supplier_claims.claim, **CLAIM)
    with pytest.raises(Invalid) as refusal:
        act(supplier_claims.settle, **{"number": 1, "result": "They said so."} | given)
    assert field in refusal.value.errors
    assert SupplierClaim.objects.get().is_open


# --- what the database keeps --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"state": "carried_out"}, {"state": "offered"}, {"state": "accepted"}, {"state": "failed"}, {"state": "dropped"},
     {"state": "moon"}, {"kind": "moon"}, {"currency": "tw"}, {"what": ""}, {"option": 1}],
)  # fmt: skip
def test_the_database_refuses_a_state_without_its_moment(plan, wrong):
    plan()
    with pytest.raises(IntegrityError), transaction.atomic():
        Remedy.objects.update(**wrong)


@pytest.mark.parametrize("wrong", [{"accepted": 1201}, {"paid": 1}, {"offered": -1}, {"claimed": -1}])
def test_the_database_refuses_money_that_does_not_add_up(refund, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        refund.items.filter(number=1).update(**wrong)


# --- clocks and letters -------------------------------------------------------------------------------------


@pytest.fixture
def policy(db):
    publish_calendar()
    clocks = {"resolution": {"target": working_hours(24)}, "first_response": {"target": working_hours(8)}}
    return publish_policy(clocks=clocks, pauses={"complainant": {}})


def test_an_offer_is_an_answer_and_time_stands_still_until_it_is_answered(policy, plan, offer, complaint):
    plan()
    offer([1])
    states_of = dict(Clock.objects.values_list("kind", "state"))
    assert states_of == {"resolution": "paused", "first_response": "met"}
    offers.choose(complaint_id=complaint.pk, option=1, digest=digests.of_offer(complaint))
    assert Clock.objects.get(kind="resolution").state == "running"


def test_time_stands_still_for_an_offer_no_longer_than_it_stands(policy, plan, act):
    plan()
    until = timezone.now() + timedelta(days=3)
    act(offers.offer, options=[[1]], message="Please choose.", stands_until=until)
    clock = Clock.objects.get(kind="resolution")
    assert (clock.state, clock.ledger.last().until, clock.wake_at) == ("paused", until, until)


def test_the_complainant_reads_what_is_offered_and_done_and_the_office_what_they_chose(
    plan, refund, offer, act, complaint, agent, done
):
    act(casework.assign, to=agent)
    plan()
    offer([1], [2], message="We are sorry about the kettle.")
    letter = OutboxMessage.objects.get(kind="offer")
    for words in ("We are sorry about the kettle.", "Choice A", "TWD 1,280.50", "Choice B", "A new kettle."):
        assert words in letter.body
    offers.choose(complaint_id=complaint.pk, option=1, digest=digests.of_offer(complaint))
    assert OutboxMessage.objects.get(kind="accept_offer").recipient == agent
    done(1)
    assert "Compensation (TWD 1,280.50): " in OutboxMessage.objects.get(kind="carry_out").body
    plan(RemedyKind.GIFT, "A cup.")
    act(remedies.drop, number=3, reasons="x")
    assert not OutboxMessage.objects.filter(kind="drop_remedy").exists(), "they never heard of it"
