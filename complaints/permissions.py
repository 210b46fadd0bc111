"""Who may do what, and who sees which complaints: one grants table, one visibility rule. (Design section 1.)

A role counts in the department it is held in and in everything below it. Whoever holds a complaint may
handle it wherever they come from, because the ladder may hand it to somebody of another department.
When an act is possible is another question and another file (`lifecycle.py`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Absence, User
from accounts.permissions import may_administer
from accounts.roles import Role
from accounts.trees import tree
from complaints import aftercare, arbiters, circles, conflicts, heads, signers
from complaints.errors import ConflictOfInterest, NotAllowed, SecondPersonNeeded, invalid
from complaints.lifecycle import ANSWERING_TRANSFER, COMPLAINANTS_OWN, OPEN, SIGNING, Status, Verb
from complaints.models import Complaint, Signature, Task, Transfer
from complaints.signing import ProposalState
from complaints.tasking import OPEN as OPEN_TASKS
from complaints.tasking import TaskKind
from complaints.transferring import TransferState

_HANDLING = frozenset(
    {
        Verb.REGISTER,
        Verb.ACKNOWLEDGE,
        Verb.ASSIGN,
        Verb.ASK_ANOTHER,
        Verb.TRANSFER,
        Verb.ACCEPT_TRANSFER,
        Verb.OBJECT_TO_TRANSFER,
        Verb.TAKE_BACK_TRANSFER,
        Verb.INTRODUCE,
        Verb.REPORT_BACK,
        Verb.CATEGORISE,
        Verb.CLASSIFY,
        Verb.PRIORITISE,
        Verb.REPLY,
        Verb.NOTE,
        Verb.ATTACH,
        Verb.LIST_PROOF,
        Verb.SETTLE_PROOF,
        Verb.RECORD_NUMBER,
        Verb.WAIT,
        Verb.RESUME,
        Verb.RESOLVE,
        Verb.CLOSE,
        Verb.WITHDRAW,
        Verb.MERGE,
        Verb.TAKE_OVER,
        Verb.PROMISE,
        Verb.FULFIL,
        Verb.ASK_EXTENSION,
        Verb.REFER,
        Verb.ISSUE_TASK,
        Verb.ACCEPT_TASK,
        Verb.REFUSE_TASK,
        Verb.FINISH_TASK,
        Verb.CANCEL_TASK,
        Verb.SPLIT,
        Verb.SETTLE_MATTER,
        Verb.DROP_MATTER,
        Verb.SPLIT_OFF,
        Verb.INVESTIGATE,
        Verb.JUDGE,
        Verb.DRAFT_RESPONSE,
        Verb.DECLARE_MAJOR,
        Verb.REPORT_TO_AUTHORITY,
        Verb.REPORT_SAFETY,
        Verb.TELL_SAFETY,
        Verb.NOTE_MEDIA,
        Verb.GATHER,
        Verb.RELEASE,
        Verb.OPEN_PROCEEDING,
        Verb.MOVE_PROCEEDING,
        Verb.END_PROCEEDING,
        Verb.RECORD_AUTHORITY,
        Verb.REVOKE_AUTHORITY,
        Verb.ADD_COMPLAINANT,
        Verb.REMOVE_COMPLAINANT,
        Verb.PLAN_REMEDY,
        Verb.DROP_REMEDY,
        Verb.OFFER,
        Verb.ACCEPT_OFFER,
        Verb.REFUSE_OFFER,
        Verb.CARRY_OUT,
        Verb.STILL_BROKEN,
        Verb.CLAIM_FROM_SUPPLIER,
        Verb.SETTLE_SUPPLIER_CLAIM,
        Verb.FOLLOW_UP,
        Verb.PROPOSE,
        Verb.SIGN,
        Verb.REFUSE_TO_SIGN,
        Verb.TAKE_BACK_PROPOSAL,
        Verb.RENEW_CLASS,
        Verb.OBJECT,
        Verb.UPGRADE,
        Verb.NAME_EARLIER,
    }
)
_LEADING = _HANDLING | {
    Verb.CONFIRM_CLASS,
    Verb.REJECT_CLASS,
    Verb.GRANT_ANOTHER,
    Verb.REFUSE_ANOTHER,
    Verb.ARBITRATE,
    Verb.BRIEF,
    Verb.WATCH,
    Verb.UNWATCH,
    Verb.LAPSE_CLASS,
    Verb.CONVERT,
    Verb.KEEP_CLASS,
    Verb.DECIDE_OBJECTION,
    Verb.DECLINE,
    Verb.REOPEN,
    Verb.GRANT_EXTENSION,
    Verb.REFUSE_EXTENSION,
    Verb.APPROVE_RESPONSE,
    Verb.RETURN_RESPONSE,
    Verb.PLACE_HOLD,
    Verb.LIFT_HOLD,
    Verb.RESTRICT,
    Verb.LIFT_RESTRICTION,
    Verb.ADMIT,
    Verb.DISMISS,
    Verb.ORDER_MEASURE,
    Verb.END_MEASURE,
}
_HOLDING = _HANDLING | {Verb.ADMIT, Verb.DISMISS}
"""What whoever holds a complaint may do wherever they come from. Who works on a restricted one is theirs to say."""
_MANAGING = frozenset({Verb.ACKNOWLEDGE_MAJOR})

GRANTS: Mapping[Role, frozenset[Verb]] = MappingProxyType(
    {
        Role.AGENT: _HANDLING,
        Role.HANDLER: _HANDLING,
        Role.SUPERVISOR: _LEADING,
        Role.MANAGER: _LEADING | _MANAGING,
        Role.SPECIALIST: _LEADING,
        Role.EXECUTIVE: _LEADING | _MANAGING,
        Role.DUTY_OFFICER: _HANDLING - {Verb.CLOSE, Verb.MERGE, Verb.JUDGE, Verb.FOLLOW_UP},
        Role.QUALITY_REVIEWER: frozenset({Verb.REGISTER, Verb.NOTE, Verb.FOLLOW_UP}),
        Role.ADMINISTRATOR: frozenset({Verb.REGISTER, Verb.ASSIGN, Verb.TRANSFER, Verb.TAKE_BACK_TRANSFER, Verb.NOTE}),
        Role.AUDITOR: frozenset(),
    }
)

_DOING = frozenset({Verb.ACCEPT_TASK, Verb.FINISH_TASK})
_OF_THE_ASKED = _DOING | {Verb.REFUSE_TASK}

READERS: frozenset[Role] = frozenset(Role)
"""Every role reads the complaints of its departments that are not restricted."""

BACKDATERS: frozenset[Role] = frozenset(
    {Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.SPECIALIST, Role.EXECUTIVE, Role.ADMINISTRATOR}
)
"""Who may state that a complaint was received earlier than it is being registered (letters, imports)."""

_READS_WHO_ANSWERS: frozenset[Role] = frozenset({Role.AUDITOR, Role.QUALITY_REVIEWER})

GUIDE_KEEPERS: frozenset[Role] = frozenset({Role.MANAGER, Role.QUALITY_REVIEWER})
"""Who, besides administrators, writes the guides and templates of their departments."""

SUPERVISING: frozenset[Role] = frozenset({Role.SPECIALIST, Role.EXECUTIVE, Role.AUDITOR})
"""Who sits at the supervision desk, outside the line of any department (mission M41)."""

WORKING_ROLES: frozenset[Role] = frozenset({Role.AGENT, Role.HANDLER, Role.DUTY_OFFICER})
"""Whose list of work also shows what nobody holds yet."""


@dataclass(frozen=True)
class Standing:
    """A person's roles, each with every department it covers, and with those it is held in."""

    covers: Mapping[Role, frozenset[int]]
    held: Mapping[Role, Collection[int]]
    all_departments: frozenset[int]

    def departments(self, roles: frozenset[Role]) -> set[int]:
        """The departments that any of these roles covers."""
        return {department for role in roles for department in self.covers.get(role, ())}

    def roles_in(self, department_id: int) -> set[Role]:
        """The roles that count in this department."""
        return {role for role, departments in self.covers.items() if department_id in departments}


def standing(user: User) -> Standing:
    """Read the person's roles and what each covers."""
    held: dict[Role, set[int]] = {}
    for role, department_id in people.roles_of(user):
        held.setdefault(role, set()).add(department_id)
    departments = tree()
    covers = {role: frozenset(departments.under(ids)) for role, ids in held.items()}
    return Standing(covers, held, all_departments=frozenset(departments.parents))


def allowed_verbs(user: User, complaint: Complaint) -> frozenset[Verb]:
    """Everything this person may do to this complaint, whatever its status."""
    theirs = standing(user)
    entered = _entered(theirs, user, [complaint])
    verbs = _allowed(theirs, user, complaint, entered) - SIGNING - ANSWERING_TRANSFER
    if complaint.restriction and complaint.pk not in entered:
        return verbs
    verbs |= _with_transfers(theirs, user, complaint)
    if Verb.BRIEF in verbs and not _leads_from_above(theirs, complaint):
        verbs -= {Verb.BRIEF}
    return verbs | SIGNING if _is_asked_to_sign(user, complaint) else verbs


def _is_asked_to_sign(user: User, complaint: Complaint) -> bool:
    """Whether the open proposal of the complaint asks for a signature that this person could give now."""
    if complaint.status != Status.AWAITING_SIGNOFF:
        return False
    open_one = Signature.objects.filter(proposal__complaint=complaint, proposal__state=ProposalState.OPEN)
    signatures = list(open_one)
    due = signers.due_now(signatures)
    theirs = any(each in due for each in signers.can_sign(user, signatures, signers.held_by(user)))
    return theirs and user.pk not in conflicts.concerned(complaint)


def _leads_from_above(theirs: Standing, complaint: Complaint) -> bool:
    """Whether they lead in a department above the one that handles the complaint: nobody briefs their own."""
    return any(
        complaint.department_id in theirs.covers[role] and complaint.department_id not in theirs.held[role]
        for role in theirs.covers
        if Verb.BRIEF in GRANTS[role]
    )


def _with_transfers(theirs: Standing, user: User, complaint: Complaint) -> frozenset[Verb]:
    """What the transfers of the complaint let this person do: answer for the department that is asked, decide above
    both, and note that the complainant was told, for who has to tell them.
    """
    verbs: set[Verb] = set()
    for transfer in complaint.transfers.all():
        if transfer.state == TransferState.ASKED:
            verbs |= _answers_for(theirs, transfer)
        elif transfer.state == TransferState.ARBITRATION and arbiters.can_arbitrate(user, theirs.held, transfer):
            verbs.add(Verb.ARBITRATE)
        elif transfer.is_untold and transfer.teller_id == user.pk:
            verbs.add(Verb.INTRODUCE)
    if verbs & ANSWERING_TRANSFER and _is_about(user, complaint):
        verbs -= ANSWERING_TRANSFER
    return frozenset(verbs)


def _answers_for(theirs: Standing, transfer: Transfer) -> frozenset[Verb]:
    """What their roles in the department that is asked let them answer."""
    granted = frozenset().union(*(GRANTS[role] for role in theirs.roles_in(transfer.receiver_id)))
    return granted & {Verb.ACCEPT_TRANSFER, Verb.OBJECT_TO_TRANSFER}


def _is_about(user: User, complaint: Complaint) -> bool:
    concern = conflicts.concerned(complaint).get(user.pk)
    return concern in conflicts.ABOUT_THEM


def check_answering(user: User, verb: Verb, transfer: Transfer) -> None:
    """Raise NotAllowed for whoever does not work for the department that is asked, ConflictOfInterest for whom the
    complaint is about.
    """
    complaint = transfer.complaint
    if not user.is_active or complaint.restriction or verb not in _answers_for(standing(user), transfer):
        raise NotAllowed(
            _("%(department)s was asked to take this complaint: only those who work there answer.")
            % {"department": transfer.receiver.label()}
        )
    if _is_about(user, complaint):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot decide where it goes. Somebody else must.")
            % {"name": user.name}
        )


def check_arbiter(user: User, transfer: Transfer) -> None:
    """Raise SecondPersonNeeded for those who asked or objected, ConflictOfInterest for whom the complaint concerns,
    NotAllowed for whoever does not lead above both departments.
    """
    if user.pk in (transfer.asked_by_id, transfer.objected_by_id):
        raise SecondPersonNeeded(_("You asked for this transfer or objected to it. Somebody else must decide."))
    complaint = transfer.complaint
    if not user.is_active or complaint.restriction or not arbiters.can_arbitrate(user, standing(user).held, transfer):
        raise NotAllowed(
            _("Between %(sender)s and %(receiver)s decides who leads the nearest department above both.")
            % {"sender": transfer.sender.label(), "receiver": transfer.receiver.label()}
        )
    if user.pk in conflicts.concerned(complaint):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot decide where it goes. Somebody else must.")
            % {"name": user.name}
        )


def leads_above(user: User, one: int, other: int) -> bool:
    """Whether this person could decide between these two departments."""
    return user.is_active and arbiters.leads_above(standing(user).held, one, other)


def check_signing(
    user: User, verb: Verb, complaint: Complaint, signatures: Sequence[Signature]
) -> Sequence[Signature]:
    """Those of the signatures of the open proposal that this person could give.

    Raises SecondPersonNeeded for whoever made the proposal or has signed it, ConflictOfInterest, NotAllowed.
    """
    if any(signature.proposer_id == user.pk for signature in signatures):
        raise SecondPersonNeeded(_("You made this proposal yourself. Somebody else must sign it."))
    if any(signature.signer_id == user.pk for signature in signatures):
        raise SecondPersonNeeded(_("You have signed this proposal already. Each party signs by another person."))
    theirs = signers.can_sign(user, signatures, signers.held_by(user))
    if not theirs:
        raise NotAllowed(_("You may not do “%(verb)s” with this complaint.") % {"verb": verb.label})
    if complaint.restriction and user.pk not in circles.members(complaint):
        raise NotAllowed(_("You may not do “%(verb)s” with this complaint.") % {"verb": verb.label})
    if user.pk in conflicts.concerned(complaint):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot sign anything about it.") % {"name": user.name}
        )
    return theirs


def _allowed(theirs: Standing, user: User, complaint: Complaint, entered: Collection[int]) -> frozenset[Verb]:
    """What their roles grant where the complaint lies. Of a restricted one nothing to those outside its circle; to
    those inside what they may do anywhere, because they were chosen by name and not by department.
    """
    if complaint.restriction and complaint.pk not in entered:
        return frozenset()
    roles = theirs.covers.keys() if complaint.restriction else theirs.roles_in(complaint.department_id)
    verbs = frozenset().union(*(GRANTS[role] for role in roles))
    return verbs | _HOLDING if complaint.holder_id == user.pk else verbs


def _entered(theirs: Standing, user: User, complaints: Iterable[Complaint]) -> set[int]:
    """The ids of those of these complaints that are restricted and in whose circle the person is. No query where none
    is restricted.
    """
    restricted = [complaint.pk for complaint in complaints if complaint.restriction]
    if not restricted or not user.is_active:
        return set()
    return set(Complaint.objects.filter(_inside(theirs, user), pk__in=restricted).values_list("pk", flat=True))


def _inside(theirs: Standing, user: User) -> Func:
    """The condition that the person is in the circle of a complaint."""
    return circles.entered_by(user, supervises=theirs.held.get(Role.SUPERVISOR, ()))


def may(user: User, verb: Verb, complaint: Complaint) -> bool:
    """Whether this person may do this to this complaint."""
    return user.is_active and verb not in COMPLAINANTS_OWN and verb in allowed_verbs(user, complaint)


def may_each(user: User, verb: Verb, complaints: Collection[Complaint]) -> set[int]:
    """The ids of those complaints with which this person may do this: `may` for a page of them, reading their roles
    once.
    """
    if not user.is_active or verb in COMPLAINANTS_OWN:
        return set()
    theirs = standing(user)
    entered = _entered(theirs, user, complaints)
    return {complaint.pk for complaint in complaints if verb in _allowed(theirs, user, complaint, entered)}


def unnamed_to(user: User, complaints: Iterable[Complaint | None]) -> set[int]:
    """The ids of those of these complaints whose reference is kept from this person, where another complaint names
    them: restricted ones of whose circle they are not. No query where none is restricted.
    """
    restricted = [complaint for complaint in complaints if complaint is not None and complaint.restriction]
    if not restricted:
        return set()
    return {complaint.pk for complaint in restricted} - _entered(standing(user), user, restricted)


def check(user: User, verb: Verb, complaint: Complaint) -> None:
    """Raise NotAllowed when `may` says no."""
    if not may(user, verb, complaint):
        raise NotAllowed(_("You may not do “%(verb)s” with this complaint.") % {"verb": verb.label})


def may_in(user: User, verb: Verb, department_id: int) -> bool:
    """Whether a role of this person includes the act for complaints of that department, whichever they are."""
    return user.is_active and any(verb in GRANTS[role] for role in standing(user).roles_in(department_id))


def may_lead(user: User, department_id: int) -> bool:
    """Whether this person leads in that department: supervises, manages, or holds a tier above."""
    return user.is_active and any(GRANTS[role] >= _LEADING for role in standing(user).roles_in(department_id))


def supervises_upgrades(user: User) -> bool:
    """Whether this person sits at the supervision desk."""
    return user.is_active and any(role in SUPERVISING for role, _department in people.roles_of(user))


def check_supervises(user: User) -> None:
    """Raise NotAllowed when `supervises_upgrades` says no."""
    if not supervises_upgrades(user):
        raise NotAllowed(
            _("The supervision desk is for these roles: %(roles)s.")
            # Translators: stands between the parts of a list.
            % {"roles": _(", ").join(str(role.label) for role in Role if role in SUPERVISING)}
        )


def manages(user: User, complaint: Complaint) -> bool:
    """Whether this person heads the complaint's department, or one above it."""
    return user.is_active and Role.MANAGER in standing(user).roles_in(complaint.department_id)


def departments_below(department_id: int) -> set[int]:
    """That department and everything below it."""
    return people.departments_under([department_id])


def lineage_of(complaint: Complaint) -> list[int]:
    """The complaint's department, the one above it, and so on up to the root."""
    return people.lineage(complaint.department_id)


def check_register(user: User, *, backdated: bool) -> None:
    """Anyone on the staff may log a complaint (mission M01); stating an earlier receipt needs the right to.

    Raises NotAllowed.
    """
    roles = {role for role, _department in people.roles_of(user)}
    if not any(Verb.REGISTER in GRANTS[role] for role in roles):
        raise NotAllowed(_("Your roles do not include registering complaints."))
    if backdated:
        check_backdate(user)


def check_backdate(user: User) -> None:
    """Stating that something happened before it is being recorded needs the right to. Raises NotAllowed."""
    if not {role for role, _department in people.roles_of(user)} & BACKDATERS:
        raise NotAllowed(_("Your roles do not include stating an earlier date. Leave it empty."))


def readable_departments(user: User) -> set[int] | None:
    """The departments whose complaints the person reads; None when that is all of them."""
    return _readable(standing(user))


def _readable(theirs: Standing) -> set[int] | None:
    readable = theirs.departments(READERS)
    return None if readable and readable >= theirs.all_departments else readable


def visible_to(user: User | AnonymousUser) -> QuerySet[Complaint]:
    """The complaints this person sees. The only way any list, search, count, feed, mail or file finds one.

    A restricted one is seen by its circle alone, whatever roles anybody holds.
    """
    if not isinstance(user, User) or not user.is_active:
        return Complaint.objects.none()
    theirs = standing(user)
    inside = _inside(theirs, user)
    not_kept_from_them = Complaint.objects.filter(Q(restriction="") | Q(inside))
    departments = _readable(theirs)
    if departments is None:
        return not_kept_from_them
    return not_kept_from_them.filter(
        Q(department__in=departments)
        | Q(holder=user)
        | Q(registered_by=user)
        | Q(_asked_for_help(user, departments))
        | Q(_asked_to_take_it(departments))
        | Q(_taken_further_by(user))
        | Q(inside)
        | Q(signers.seen_for_signing(user, theirs.held))
    )


def unrestricted() -> QuerySet[Complaint]:
    """The complaints that are not restricted: for numbers that are shown to nobody in particular."""
    return Complaint.objects.filter(restriction="")


def circle_of(user: User) -> QuerySet[Complaint]:
    """The restricted complaints of whose circle this person is."""
    return Complaint.objects.exclude(restriction="").filter(_inside(standing(user), user))


_ASKED_FOR_HELP = """
SELECT complaint_id FROM complaints_task
WHERE state = ANY(%s) AND (owner_id = %s OR department_id = ANY(%s::bigint[]))
"""

_ASKED_TO_TAKE_IT = "SELECT complaint_id FROM complaints_transfer WHERE state = %s AND receiver_id = ANY(%s::bigint[])"


_TAKEN_FURTHER_BY = """
SELECT upgrade.earlier_id FROM complaints_upgrade AS upgrade
JOIN complaints_complaint AS further ON further.id = upgrade.complaint_id
WHERE further.holder_id = %s AND further.status = ANY(%s) AND upgrade.earlier_id IS NOT NULL
"""


def _asked_for_help(user: User, departments: set[int]) -> Func:
    """Complaints of other departments with an open task for this person, or for a department that they read."""
    return circles.among(_ASKED_FOR_HELP, (sorted(OPEN_TASKS), user.pk, sorted(departments)))


def _asked_to_take_it(departments: set[int]) -> Func:
    """Complaints of other departments which one that the person reads is asked to take."""
    return circles.among(_ASKED_TO_TAKE_IT, (TransferState.ASKED.value, sorted(departments)))


def _taken_further_by(user: User) -> Func:
    """Complaints that an open upgrade in this person's hands takes further: they look at how those were handled."""
    return circles.among(_TAKEN_FURTHER_BY, (user.pk, sorted(OPEN)))


def may_with_task(user: User, verb: Verb, task: Task) -> bool:
    """Whether this person may do this with a task.

    Accepting, refusing and finishing is for its owner and for those who handle complaints where the task lies; issuing
    and cancelling for those who may handle the complaint, cancelling also for whoever issued it.
    """
    return verb in task_verbs(user, task.complaint, [task])[task.pk]


def check_task(user: User, verb: Verb, task: Task) -> None:
    """Raise NotAllowed when `may_with_task` says no, ConflictOfInterest when the complaint concerns the person."""
    if not may_with_task(user, verb, task):
        raise NotAllowed(_("You may not do “%(verb)s” with this task.") % {"verb": verb.label})
    if verb in _DOING:
        check_impartial(user, task.complaint, TaskKind(task.kind))


def check_impartial(user: User, complaint: Complaint, kind: TaskKind) -> None:
    """Whom the complaint concerns does nothing for it, but for giving their own statement.

    Raises ConflictOfInterest.
    """
    concern = conflicts.concerned(complaint).get(user.pk)
    if concern is not None and not (kind == TaskKind.STATEMENT and concern in conflicts.RESPONDENTS):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot do anything about it. Choose somebody else.")
            % {"name": user.name}
        )


def check_may_judge(user: User, complaint: Complaint) -> None:
    """Whom the complaint concerns neither looks into it nor judges it. Raises ConflictOfInterest."""
    concern = conflicts.concerned(complaint).get(user.pk)
    if concern is not None:
        raise ConflictOfInterest(
            _("Somebody else must look into this complaint and judge it, because it concerns %(name)s. (%(concern)s.)")
            % {"name": user.name, "concern": concern.label}
        )


def check_not_about(user: User, complaint: Complaint) -> None:
    """Whoever a complaint is about, and their direct supervisor, neither class it, nor answer it, nor end it, nor ask
    whether the answer held. Raises ConflictOfInterest.
    """
    if conflicts.concerned(complaint).get(user.pk) in conflicts.ABOUT_THEM:
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot do anything about it. Choose somebody else.")
            % {"name": user.name}
        )


def sees_responsible(user: User, complaint: Complaint) -> bool:
    """Whether the person reads which colleague answers for a complaint that they see: those who may judge it, and who
    review and audit. Whoever sees it for a task only, or keeps the office's tables, need not know. (S1-20.)
    """
    theirs = standing(user)
    reviews = bool(theirs.roles_in(complaint.department_id) & _READS_WHO_ANSWERS)
    entered = _entered(theirs, user, [complaint])
    return user.is_active and (reviews or Verb.JUDGE in _allowed(theirs, user, complaint, entered))


def check_follow_up(user: User, complaint: Complaint) -> None:
    """Whether this person may go back to the complainant: the grants, and for a major complaint the head of the
    department, or somebody above all heads, in person. Nobody whom the complaint is about does it.

    Raises NotAllowed, ConflictOfInterest.
    """
    check(user, Verb.FOLLOW_UP, complaint)
    if not is_follower_up(user, complaint):
        raise NotAllowed(_("A major complaint is followed up by the head of the department in person."))
    check_not_about(user, complaint)


def is_follower_up(user: User, complaint: Complaint) -> bool:
    """Whether the rule about major complaints lets this person follow up."""
    if not aftercare.wants_the_head(complaint.priority):
        return True
    return bool(standing(user).roles_in(complaint.department_id) & aftercare.HEADS)


def heads_of(complaint: Complaint) -> list[User]:
    """The head of the department that answers the complaint; where it has none, of the nearest one above it."""
    for department_id in people.lineage(complaint.department_id):
        if found := people.holders(department_id, Role.MANAGER):
            return found
    return []


def task_verbs(user: User, complaint: Complaint, tasks: Iterable[Task]) -> dict[int, frozenset[Verb]]:
    """What this person may do with each of these tasks of one complaint, by their ids, whatever their states."""
    theirs = standing(user)
    entered = _entered(theirs, user, [complaint])
    if complaint.restriction and complaint.pk not in entered:
        return {task.pk: frozenset() for task in tasks}
    may_cancel = Verb.CANCEL_TASK in _allowed(theirs, user, complaint, entered)
    found: dict[int, frozenset[Verb]] = {}
    for task in tasks:
        granted = frozenset().union(*(GRANTS[role] for role in theirs.roles_in(task.department_id)))
        verbs = _OF_THE_ASKED if task.owner_id == user.pk else _OF_THE_ASKED & granted
        cancels = may_cancel or task.issued_by_id == user.pk
        allowed = verbs | {Verb.CANCEL_TASK} if cancels else verbs
        found[task.pk] = allowed if user.is_active else frozenset()
    return found


def departments_of_tasks(user: User) -> set[int]:
    """Where a task that nobody owns yet waits for this person: where they work, and where they lead."""
    theirs = standing(user)
    led = {place for role, places in theirs.held.items() if Verb.ACCEPT_TASK in GRANTS[role] for place in places}
    return theirs.departments(WORKING_ROLES) | led


def can_do(user: User, kind: TaskKind, department_id: int) -> bool:
    """Whether a task of this kind in this department can be given to this person: one who handles complaints there;
    for a statement, anybody who works there.
    """
    roles = standing(user).roles_in(department_id)
    if kind == TaskKind.STATEMENT:
        return user.is_active and (bool(roles) or user.department_id == department_id)
    return user.is_active and any(Verb.FINISH_TASK in GRANTS[role] for role in roles)


def can_handle(user: User, complaint: Complaint) -> bool:
    """Whether the complaint can be assigned to this person: they may answer it where it lies, or are in the circle of
    a restricted one and may answer complaints somewhere. What was declared major is assigned to those who lead.
    """
    theirs = standing(user)
    roles = _roles_with(theirs, complaint, _entered(theirs, user, [complaint]))
    return user.is_active and bool(roles & _holding_roles(complaint))


def check_can_handle(field: str, user: User, complaint: Complaint) -> None:
    """Raise Invalid naming the field when `can_handle` says no, with what to do."""
    if can_handle(user, complaint):
        return
    sentence = _("%(name)s cannot handle complaints of this department. Choose somebody else.")
    if heads.is_led_in_person(complaint):
        sentence = _("%(name)s cannot lead this complaint: it was declared major. Choose the head of the department.")
    elif complaint.restriction:
        sentence = _(
            "%(name)s is not in the circle of this restricted complaint, or cannot handle it. Admit them first."
        )
    raise invalid(field, sentence % {"name": user.name})


def leads_each(user: User, complaints: Collection[Complaint]) -> set[int]:
    """The ids of those complaints that this person may lead: all but what was declared major, which is led by whoever
    holds it, or leads where it lies. Their roles are read once.
    """
    led = heads.led_in_person(complaint for complaint in complaints if complaint.holder_id != user.pk)
    theirs = {complaint.pk for complaint in complaints if complaint.pk not in led}
    if not led:
        return theirs
    others = [complaint for complaint in complaints if complaint.pk in led]
    held = standing(user)
    entered = _entered(held, user, others)
    return theirs | {each.pk for each in others if _roles_with(held, each, entered) & heads.LEADERS}


def check_leads(user: User, complaint: Complaint) -> None:
    """What was declared major is answered by whoever holds it or leads where it lies, and by nobody else.

    Raises NotAllowed.
    """
    if not leads_each(user, [complaint]):
        raise NotAllowed(
            _("This complaint was declared major: whoever holds it or heads the department leads it in person.")
        )


def _roles_with(theirs: Standing, complaint: Complaint, entered: Collection[int]) -> set[Role]:
    """The roles that count with a complaint: of a restricted one all that are held by who has entered it."""
    if not complaint.restriction:
        return theirs.roles_in(complaint.department_id)
    return set(theirs.covers) if complaint.pk in entered else set()


def _holding_roles(complaint: Complaint) -> frozenset[Role]:
    """The roles of which one is needed to be given the complaint."""
    if heads.is_led_in_person(complaint):
        return heads.LEADERS
    return frozenset(role for role, verbs in GRANTS.items() if Verb.RESOLVE in verbs)


def handlers_of(complaint: Complaint, at: datetime) -> QuerySet[User]:
    """The people the complaint can be assigned to: the rule of `can_handle` and of `conflicts.check` as a queryset.

    In order of name, those who are away at that moment last; `away_until` is when they are expected back.
    """
    roles = sorted(_holding_roles(complaint))
    away = Absence.objects.filter(user=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at).order_by("-ends_at")
    if complaint.restriction:
        fit = User.objects.filter(memberships__role__in=roles, pk__in=circles.members(complaint))
    else:
        departments = people.lineage(complaint.department_id)
        fit = User.objects.filter(memberships__role__in=roles, memberships__department__in=departments)
    return (
        fit.filter(is_active=True)
        .exclude(pk__in=list(conflicts.concerned(complaint)))
        .annotate(away_until=Subquery(away.values("ends_at")[:1]))
        .distinct()
        .order_by(F("away_until").asc(nulls_first=True), "name", "id")
    )


def may_keep_guides(user: User, department_id: int | None) -> bool:
    """Whether this person writes handling guides and reply templates for that department and those below it; None:
    for every department. Administrators for all; managers and quality reviewers where they hold the role. (M42.)
    """
    if not user.is_active:
        return False
    if may_administer(user):
        return True
    theirs = standing(user)
    kept = theirs.departments(GUIDE_KEEPERS)
    return kept >= theirs.all_departments if department_id is None else department_id in kept


def keeps_guides_in(user: User) -> set[int]:
    """The departments for which this person writes guides and templates."""
    if not user.is_active:
        return set()
    theirs = standing(user)
    return set(theirs.all_departments) if may_administer(user) else theirs.departments(GUIDE_KEEPERS)
