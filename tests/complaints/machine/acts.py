"""One rule for each verb: the service that does it, with arguments that are mostly fit.

Whoever adds a verb to `lifecycle.Verb` adds its rule here; test_procedure_machine.py says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.models import User
from complaints.aftercare import UNHAPPY, CloseReason, FollowUpMode, Satisfaction
from complaints.classes import KINDS, ComplaintClass, Kind
from complaints.gravity import Criterion, SafetyKind, Told
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.outside import Basis as Right
from complaints.outside import ProceedingKind
from complaints.responding import OF_EACH_MATTER, WHOLE, Part, Text
from complaints.selectors import digests, final_responses
from complaints.services import (
    casework,
    class_reviews,
    conversions,
    correspondence,
    decisions,
    evidence,
    follow_ups,
    incidents,
    intake,
    majors,
    media,
    objections,
    proceedings,
    responses,
    restriction,
    safety,
    standing,
    tasks,
)
from complaints.services.intake import ComplainantDetails, Registration
from complaints.services.tasks import Appraisal
from complaints.settling import LIVE
from complaints.tasking import OPEN as OPEN_TASKS
from complaints.tasking import Payer, TaskKind
from complaints.validity import Basis, Fault, Harmed
from complaints.vocabulary import Channel, DeclineCode, Grade, Outcome, PauseReason, Priority, Relation, Track
from escalation.extending import Ground
from escalation.models import Clock, Extension, Referral
from escalation.replay import OPEN_STATES
from escalation.services import extensions, promises, referrals, taking_over
from tests.complaints.machine.hand import CANARY, Hand
from tests.complaints.machine.stage import Stage


@dataclass(frozen=True)
class Move:
    """An act that somebody tries: where, who, on what, and the hand that draws the rest."""

    stage: Stage
    by: User
    complaint: Complaint
    hand: Hand

    @property
    def given(self) -> dict[str, object]:
        """What every act of the staff takes."""
        return {"complaint_id": self.complaint.pk, "by": self.by}

    def numbers(self, related: str, **only: object) -> list[int]:
        """The numbers of the parts of the complaint that are called so."""
        rows = getattr(self.complaint, related).filter(**only)
        return list(rows.order_by("number").values_list("number", flat=True))

    def ids(self, related: str) -> list[int]:
        """The keys of its rows that are called so."""
        return list(getattr(self.complaint, related).order_by("pk").values_list("pk", flat=True))

    def person(self) -> User:
        """Anybody of the house."""
        return self.hand.one(self.stage.people.values())

    def department(self) -> object:
        """Any department, seldom one that is closed."""
        known = self.stage.departments
        return self.hand.mostly([known["north"], known["south"], known["head"]], [known["closed"]])

    def other(self) -> Complaint:
        """Another complaint, or the same."""
        return self.stage.complaint(self.hand.one(self.stage.on_stage))


Rule = Callable[[Move], object]
ACTS: dict[Verb, Rule] = {}


def does(verb: Verb) -> Callable[[Rule], Rule]:
    """Register the rule of a verb."""

    def register(rule: Rule) -> Rule:
        assert verb not in ACTS, verb
        ACTS[verb] = rule
        return rule

    return register


# --- the everyday acts --------------------------------------------------------------------------------------


@does(Verb.REGISTER)
def _register(m: Move) -> object:
    hand = m.hand
    registered = intake.register(
        registration=Registration(
            subject=hand.text(),
            description=hand.text(),
            department=m.department(),
            track=hand.one(Track),
            impact=hand.one(Grade),
            urgency=hand.one(Grade),
            received_at=hand.past(),
            complainant=ComplainantDetails(
                name=f"{CANARY} Lin",
                relation=hand.one(["", *Relation]),
                anonymous=hand.chance(8),
                on_behalf_of=f"{CANARY} mother" if hand.chance(8) else "",
            ),
        ),
        by=m.by,
    )
    m.stage.on_stage.append(registered.complaint.pk)
    return registered


@does(Verb.ACKNOWLEDGE)
def _acknowledge(m: Move) -> object:
    return casework.acknowledge(**m.given)


@does(Verb.ASSIGN)
def _assign(m: Move) -> object:
    able = [m.stage.people[name] for name in ("handler", "colleague", "supervisor", "manager", "accused")]
    return casework.assign(**m.given, to=m.hand.mostly(able, list(m.stage.people.values()), of=4))


@does(Verb.TRANSFER)
def _transfer(m: Move) -> object:
    return casework.transfer(**m.given, to=m.department(), reasons=m.hand.text(), consent=m.hand.chance(2))


@does(Verb.PRIORITISE)
def _prioritise(m: Move) -> object:
    hand = m.hand
    return casework.prioritise(
        **m.given,
        impact=hand.one(Grade),
        urgency=hand.one(Grade),
        override=hand.one([None, *Priority]),
        reasons=hand.remark(),
    )


@does(Verb.REPLY)
def _reply(m: Move) -> object:
    until = m.hand.ahead() if m.hand.chance(4) else None
    return correspondence.reply(**m.given, body=m.hand.text(), files=m.hand.files(), promise_until=until)


@does(Verb.NOTE)
def _note(m: Move) -> object:
    return correspondence.note(**m.given, body=m.hand.text(), files=m.hand.files())


@does(Verb.ATTACH)
def _attach(m: Move) -> object:
    hand = m.hand
    return evidence.attach(
        **m.given,
        file=hand.file(),
        internal=hand.chance(2),
        task_number=hand.maybe(m.numbers("tasks"), [99]),
        entry_number=hand.maybe(m.numbers("investigation"), [99], of=6),
        remedy_number=hand.maybe(m.numbers("remedies"), [99], of=6),
    )


@does(Verb.HEAR)
def _hear(m: Move) -> object:
    return correspondence.hear(complaint_id=m.complaint.pk, body=m.hand.text(), files=m.hand.files())


@does(Verb.WAIT)
def _wait(m: Move) -> object:
    return casework.wait(**m.given, question=m.hand.text(), reason=m.hand.one(PauseReason))


@does(Verb.RESUME)
def _resume(m: Move) -> object:
    return casework.resume(**m.given)


@does(Verb.CLASSIFY)
def _classify(m: Move) -> object:
    hand = m.hand
    chosen = hand.mostly([each for each in ComplaintClass if each in KINDS], [ComplaintClass.UNCLASSIFIED])
    kind = hand.mostly(KINDS.get(chosen, ()), [None, *Kind])
    takes_further = chosen == ComplaintClass.UPGRADE or hand.chance(10)
    earlier = m.other() if takes_further and hand.chance(2) else None
    return decisions.classify(
        **m.given,
        complaint_class=chosen,
        kind=kind,
        reasons=hand.text(),
        evidence=hand.text(),
        earlier=earlier,
        none_found=hand.one([earlier is None, earlier is None, earlier is not None]),
        basis=hand.mostly([_basis(m, kind if chosen == ComplaintClass.VALID else None)], [Basis(), _basis(m, kind)]),
        told=hand.mostly([hand.text() if chosen == ComplaintClass.MALICIOUS else ""], ["", hand.text()]),
    )


def _basis(m: Move, kind: Kind | None) -> Basis:
    """What a valid class of this kind rests on."""
    if kind == Kind.MISCONDUCT:
        return Basis(authority=m.hand.text(), authority_reference=m.hand.text())
    return Basis(fault=m.hand.one(Fault), harmed=m.hand.one(Harmed)) if kind == Kind.HARM else Basis()


@does(Verb.CONFIRM_CLASS)
def _confirm_class(m: Move) -> object:
    return decisions.confirm_class(
        **m.given, reasons=m.hand.text(), digest=m.hand.mostly([digests.of_class(m.complaint)], ["", "x"])
    )


@does(Verb.REJECT_CLASS)
def _reject_class(m: Move) -> object:
    return decisions.reject_class(**m.given, reasons=m.hand.text())


@does(Verb.CONVERT)
def _convert(m: Move) -> object:
    hand = m.hand
    return conversions.convert(**m.given, reasons=hand.text(), fault=hand.one(["", *Fault]), harmed=hand.one(Harmed))


@does(Verb.KEEP_CLASS)
def _keep_class(m: Move) -> object:
    return conversions.keep_class(**m.given, reasons=m.hand.text())


@does(Verb.RENEW_CLASS)
def _renew_class(m: Move) -> object:
    return class_reviews.renew_class(**m.given, reasons=m.hand.text(), told=m.hand.text())


@does(Verb.LAPSE_CLASS)
def _lapse_class(m: Move) -> object:
    return class_reviews.lapse_class(**m.given, reasons=m.hand.text())


@does(Verb.OBJECT)
def _object(m: Move) -> object:
    if m.hand.chance(2):
        return objections.object_to_class(complaint_id=m.complaint.pk, words=m.hand.text())
    return objections.record_objection(**m.given, words=m.hand.text(), through=m.hand.one(Channel))


@does(Verb.DECIDE_OBJECTION)
def _decide_objection(m: Move) -> object:
    return objections.decide_objection(**m.given, upheld=m.hand.chance(2), answer=m.hand.text())


# --- ends, and what comes after -----------------------------------------------------------------------------


@does(Verb.RESOLVE)
def _resolve(m: Move) -> object:
    hand = m.hand
    if hand.chance(2) and m.complaint.responses.filter(cycle=m.complaint.cycle).exists():
        return responses.send(**m.given)
    live = m.complaint.matters.filter(state__in=sorted(LIVE)).exists()
    outcome = hand.mostly([None] if live else [each for each in Outcome if each != Outcome.WITHDRAWN], [None])
    return casework.resolve(**m.given, message=hand.text(), outcome=outcome, reasons=hand.text())


@does(Verb.CLOSE)
def _close(m: Move) -> object:
    return casework.close(**m.given, reason=m.hand.one(CloseReason), note=m.hand.remark())


@does(Verb.REOPEN)
def _reopen(m: Move) -> object:
    return casework.reopen(**m.given, reasons=m.hand.text(), matter_numbers=_matters_again(m))


@does(Verb.DISPUTE)
def _dispute(m: Move) -> object:
    return casework.dispute(complaint_id=m.complaint.pk, body=m.hand.text(), matter_numbers=_matters_again(m))


def _matters_again(m: Move) -> list[int]:
    return [99] if m.hand.chance(20) else m.hand.some(m.numbers("matters"))


@does(Verb.CONFIRM)
def _confirm(m: Move) -> object:
    return casework.confirm(complaint_id=m.complaint.pk)


@does(Verb.RATE)
def _rate(m: Move) -> object:
    return follow_ups.rate(complaint_id=m.complaint.pk, satisfied=m.hand.chance(2), words=m.hand.remark())


@does(Verb.FOLLOW_UP)
def _follow_up(m: Move) -> object:
    hand = m.hand
    result = hand.one(Satisfaction)
    return follow_ups.follow_up(
        **m.given,
        mode=hand.one(FollowUpMode),
        result=result,
        words=hand.text(),
        own_words=hand.chance(2),
        upheld=hand.mostly([True, False] if result in UNHAPPY else [None], [None, True]),
        reasons=hand.text(),
        at=hand.past(),
    )


@does(Verb.WITHDRAW)
def _withdraw(m: Move) -> object:
    return casework.withdraw(**m.given, reasons=m.hand.text())


@does(Verb.DECLINE)
def _decline(m: Move) -> object:
    hand = m.hand
    return casework.decline(
        **m.given, code=hand.one(DeclineCode), reasons=hand.text(), recourse=hand.text(), message=hand.remark()
    )


@does(Verb.MERGE)
def _merge(m: Move) -> object:
    return casework.merge(**m.given, into_id=m.other().pk)


# --- deadlines ----------------------------------------------------------------------------------------------


def _clock(m: Move) -> int:
    """One that runs, seldom one that does not, or that of another complaint."""
    running = m.complaint.clocks.filter(state__in=sorted(OPEN_STATES)).order_by("pk").values_list("pk", flat=True)
    any_at_all = Clock.objects.order_by("pk").values_list("pk", flat=True)
    return m.hand.mostly(list(running), [0, *any_at_all])


@does(Verb.TAKE_OVER)
def _take_over(m: Move) -> object:
    return taking_over.take_over(**m.given)


@does(Verb.PROMISE)
def _promise(m: Move) -> object:
    return promises.promise(**m.given, until=m.hand.ahead(), what=m.hand.text())


@does(Verb.FULFIL)
def _fulfil(m: Move) -> object:
    return promises.fulfil(**m.given, clock_id=_clock(m), at=m.hand.past(), note=m.hand.text())


@does(Verb.ASK_EXTENSION)
def _ask_extension(m: Move) -> object:
    amount = m.hand.mostly([1, 4, 8], [0, -1, 9, 1e300, float("nan")])
    return extensions.ask(
        **m.given, clock_id=_clock(m), amount=amount, reason=m.hand.one(Ground), reasons=m.hand.text()
    )


def _extension(m: Move) -> int:
    asked = Extension.objects.filter(clock__complaint=m.complaint).order_by("-pk").values_list("pk", flat=True)
    return m.hand.mostly(list(asked), [0])


@does(Verb.GRANT_EXTENSION)
def _grant_extension(m: Move) -> object:
    return extensions.grant(**m.given, extension_id=_extension(m), reasons=m.hand.remark())


@does(Verb.REFUSE_EXTENSION)
def _refuse_extension(m: Move) -> object:
    return extensions.refuse(**m.given, extension_id=_extension(m), reasons=m.hand.text())


@does(Verb.REFER)
def _refer(m: Move) -> object:
    hand = m.hand
    body = hand.one([None, m.stage.body])
    return referrals.refer(**m.given, state=hand.one(Referral.State), body=body, note=hand.remark())


# --- tasks --------------------------------------------------------------------------------------------------


@does(Verb.ISSUE_TASK)
def _issue_task(m: Move) -> object:
    hand = m.hand
    kind = hand.one(TaskKind)
    appraisal = Appraisal(hand.text(), hand.amount(), hand.currency(), hand.one(Payer))
    at_work = m.numbers("tasks", state__in=sorted(OPEN_TASKS))
    return tasks.issue(
        **m.given,
        kind=kind,
        what=hand.text(),
        department=m.department(),
        owner=hand.one([None, m.stage.people["colleague"], m.person()]),
        parent_number=hand.maybe(at_work, [99]),
        blocking=not hand.chance(3),
        due=hand.ahead() if hand.chance(3) else None,
        appraisal=hand.mostly([appraisal if kind == TaskKind.APPRAISAL else None], [appraisal, None]),
        remedy_number=hand.maybe(m.numbers("remedies"), [99]),
    )


@does(Verb.ACCEPT_TASK)
def _accept_task(m: Move) -> object:
    return tasks.accept(**m.given, number=m.hand.part(m.numbers("tasks")))


@does(Verb.REFUSE_TASK)
def _refuse_task(m: Move) -> object:
    return tasks.refuse(**m.given, number=m.hand.part(m.numbers("tasks")), reasons=m.hand.text())


@does(Verb.FINISH_TASK)
def _finish_task(m: Move) -> object:
    hand = m.hand
    number = hand.part(m.numbers("tasks"))
    cost = {"cost": hand.amount(), "currency": hand.currency()} if hand.chance(5) else {}
    return tasks.finish(**m.given, number=number, result=hand.text(), **cost, files=hand.files())


@does(Verb.CANCEL_TASK)
def _cancel_task(m: Move) -> object:
    return tasks.cancel(**m.given, number=m.hand.part(m.numbers("tasks")), reasons=m.hand.text())


# --- the final response -------------------------------------------------------------------------------------


@does(Verb.DRAFT_RESPONSE)
def _draft_response(m: Move) -> object:
    hand = m.hand
    live = m.numbers("matters", state__in=sorted(LIVE))
    places = [(part, place) for part in Part for place in (live if live and part in OF_EACH_MATTER else [WHOLE])]
    if hand.chance(4):
        places = hand.some([*places, (Part.FINDING, 99), (Part.CONTACT, 1)], most=6)
    return responses.draft(
        **m.given,
        outcome=hand.mostly([None] if live else list(Outcome), [None]),
        texts=[Text(part, hand.text(), place) for part, place in places],
        until=hand.day() if hand.chance(4) else None,
        ready=hand.chance(2),
    )


@does(Verb.APPROVE_RESPONSE)
def _approve_response(m: Move) -> object:
    read = final_responses.digest(Complaint.objects.get(pk=m.given["complaint_id"]))
    return responses.approve(**m.given, digest=m.hand.mostly([read], ["0" * 64]))


@does(Verb.RETURN_RESPONSE)
def _return_response(m: Move) -> object:
    return responses.send_back(**m.given, reasons=m.hand.text())


# --- what is grave, and what happens outside ----------------------------------------------------------------


@does(Verb.DECLARE_MAJOR)
def _declare_major(m: Move) -> object:
    hand = m.hand
    return majors.declare_major(
        **m.given,
        criteria=hand.some(Criterion),
        harmed=hand.mostly([0, 0, 1, 3], [-1, 10**9]),
        dead=hand.mostly([0, 0, 1], [-1, 10**9]),
        reasons=hand.text(),
    )


@does(Verb.ACKNOWLEDGE_MAJOR)
def _acknowledge_major(m: Move) -> object:
    return majors.acknowledge_major(**m.given, remark=m.hand.remark())


@does(Verb.REPORT_TO_AUTHORITY)
def _report_to_authority(m: Move) -> object:
    hand = m.hand
    return majors.report_to_authority(
        **m.given,
        body=hand.text(),
        reference=hand.text(),
        what=hand.text(),
        at=hand.past(),
        attachments=hand.some([*m.ids("attachments"), 0], most=2),
        files=hand.files(),
    )


@does(Verb.REPORT_SAFETY)
def _report_safety(m: Move) -> object:
    hand = m.hand
    return safety.report_safety(
        **m.given,
        kind=hand.one(SafetyKind),
        what=hand.text(),
        happened_at=hand.past(),
        told=hand.one([None, *Told]),
        told_name=hand.remark(),
        police_reference=hand.remark(),
    )


@does(Verb.TELL_SAFETY)
def _tell_safety(m: Move) -> object:
    hand = m.hand
    number = hand.part(m.numbers("safety_incidents"))
    return safety.tell_safety(
        **m.given, number=number, told=hand.one(Told), told_name=hand.remark(), told_at=hand.past()
    )


@does(Verb.NOTE_MEDIA)
def _note_media(m: Move) -> object:
    link = m.hand.one(["", "https://example.org/news", "javascript:alert(1)", "https://"])
    return media.note_media(**m.given, source=m.hand.text(), published_on=m.hand.day(), link=link)


@does(Verb.GATHER)
def _gather(m: Move) -> object:
    return incidents.gather(**m.given, incident=m.stage.incident)


@does(Verb.RELEASE)
def _release(m: Move) -> object:
    return incidents.release(**m.given, reasons=m.hand.text())


@does(Verb.OPEN_PROCEEDING)
def _open_proceeding(m: Move) -> object:
    hand = m.hand
    return proceedings.open_proceeding(
        **m.given,
        kind=hand.one(ProceedingKind),
        body=hand.text(),
        what=hand.text(),
        reference=hand.remark(),
        due=hand.ahead() if hand.chance(2) else None,
    )


@does(Verb.MOVE_PROCEEDING)
def _move_proceeding(m: Move) -> object:
    number = m.hand.part(m.numbers("proceedings"))
    due = m.hand.ahead() if m.hand.chance(2) else None
    return proceedings.move_proceeding(**m.given, number=number, due=due, reasons=m.hand.text())


@does(Verb.END_PROCEEDING)
def _end_proceeding(m: Move) -> object:
    return proceedings.end_proceeding(**m.given, number=m.hand.part(m.numbers("proceedings")), result=m.hand.text())


@does(Verb.PLACE_HOLD)
def _place_hold(m: Move) -> object:
    return proceedings.place_hold(**m.given, reasons=m.hand.text())


@does(Verb.LIFT_HOLD)
def _lift_hold(m: Move) -> object:
    return proceedings.lift_hold(**m.given, reasons=m.hand.text())


@does(Verb.RECORD_AUTHORITY)
def _record_authority(m: Move) -> object:
    hand = m.hand
    return standing.record_authority(
        **m.given,
        basis=hand.one(Right),
        document_seen=not hand.chance(4),
        valid_until=hand.day() if hand.chance(3) else None,
        document=hand.maybe(m.ids("attachments"), [0]),
    )


@does(Verb.REVOKE_AUTHORITY)
def _revoke_authority(m: Move) -> object:
    number = m.hand.part(m.numbers("authorities"))
    return standing.revoke_authority(**m.given, number=number, reasons=m.hand.text())


@does(Verb.ADD_COMPLAINANT)
def _add_complainant(m: Move) -> object:
    hand = m.hand
    email = hand.mostly(["", "zqx4@example.org"], ["nobody"])
    return standing.add_complainant(**m.given, name=hand.text(), email=email, relation=hand.one([None, *Relation]))


@does(Verb.REMOVE_COMPLAINANT)
def _remove_complainant(m: Move) -> object:
    return standing.remove_complainant(**m.given, number=m.hand.part(m.numbers("joint_complainants")))


# --- the circle ---------------------------------------------------------------------------------------------


@does(Verb.RESTRICT)
def _restrict(m: Move) -> object:
    people = m.hand.some(m.stage.people.values(), most=2)
    return restriction.restrict(**m.given, reasons=m.hand.text(), people=people)


@does(Verb.LIFT_RESTRICTION)
def _lift_restriction(m: Move) -> object:
    return restriction.lift(**m.given, reasons=m.hand.text(), consent=m.hand.chance(2))


@does(Verb.ADMIT)
def _admit(m: Move) -> object:
    return restriction.admit(**m.given, person=m.person(), reasons=m.hand.text())


@does(Verb.DISMISS)
def _dismiss(m: Move) -> object:
    inside = [person for person in m.stage.people.values() if m.complaint.circle.filter(user=person).exists()]
    return restriction.dismiss(**m.given, person=m.hand.mostly(inside, [m.person()]), reasons=m.hand.text())


LIKELY: Mapping[str, tuple[Verb, ...]] = {
    "received": (Verb.ACKNOWLEDGE, Verb.ACKNOWLEDGE, Verb.RESOLVE, Verb.ASSIGN, Verb.INVESTIGATE),
    "assessing": (
        Verb.INVESTIGATE,
        Verb.JUDGE,
        Verb.PLAN_REMEDY,
        Verb.PLAN_REMEDY,
        Verb.PROPOSE,
        Verb.PROPOSE,
        Verb.OFFER,
        Verb.SPLIT,
        Verb.SETTLE_MATTER,
        Verb.SETTLE_MATTER,
        Verb.DRAFT_RESPONSE,
        Verb.APPROVE_RESPONSE,
        Verb.CLASSIFY,
        Verb.CONFIRM_CLASS,
        Verb.ISSUE_TASK,
        Verb.FINISH_TASK,
        Verb.CANCEL_TASK,
        Verb.RESOLVE,
        Verb.RESOLVE,
    ),
    "awaiting_signoff": (Verb.SIGN, Verb.SIGN, Verb.SIGN, Verb.SIGN, Verb.ACCEPT_OFFER, Verb.CARRY_OUT),
    "carrying_out": (
        Verb.CARRY_OUT,
        Verb.CARRY_OUT,
        Verb.OFFER,
        Verb.OFFER,
        Verb.PROPOSE,
        Verb.SETTLE_MATTER,
        Verb.STILL_BROKEN,
        Verb.DROP_REMEDY,
        Verb.DRAFT_RESPONSE,
        Verb.RESOLVE,
        Verb.RESOLVE,
    ),
    "waiting": (Verb.ACCEPT_OFFER, Verb.ACCEPT_OFFER, Verb.REFUSE_OFFER, Verb.HEAR, Verb.RESUME),
    "resolved": (Verb.CLOSE, Verb.CONFIRM, Verb.DISPUTE, Verb.REOPEN, Verb.FOLLOW_UP, Verb.RATE),
    "closed": (Verb.REOPEN, Verb.FOLLOW_UP, Verb.RATE),
    "withdrawn": (Verb.REOPEN,),
    "declined": (Verb.DISPUTE, Verb.REOPEN),
    "merged": (Verb.NOTE,),
}
"""What usually comes next in each status: by dice alone the machine would hardly ever carry anything out."""
