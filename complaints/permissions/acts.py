"""What a person may do to a complaint that they see."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import User
from accounts.roles import Role
from complaints import aftercare, arbiters, circles, conflicts, signers
from complaints.errors import ConflictOfInterest, NotAllowed, SecondPersonNeeded
from complaints.lifecycle import ANSWERING_TRANSFER, COMPLAINANTS_OWN, SIGNING, Status, Verb
from complaints.models import Complaint, Proposal, Signature
from complaints.permissions.grants import GRANTS, HOLDING, READS_WHO_ANSWERS
from complaints.permissions.standing import Standing, circles_entered, standing
from complaints.permissions.transfers import answers_for, is_about
from complaints.signing import ProposalState
from complaints.transferring import TransferState


def allowed_verbs(user: User, complaint: Complaint) -> frozenset[Verb]:
    """Everything this person may do to this complaint, whatever its status."""
    theirs = standing(user)
    entered = circles_entered(theirs, user, [complaint])
    verbs = granted_verbs(theirs, user, complaint, entered) - SIGNING - ANSWERING_TRANSFER
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
    proposal = complaint.proposals.filter(state=ProposalState.OPEN).first()
    if proposal is None:
        return False
    signatures = list(proposal.signatures.all())
    due = signers.due_now(signatures)
    theirs = any(each in due for each in signers.can_sign(user, proposal, signatures, signers.held_by(user)))
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
            verbs |= answers_for(theirs, transfer)
        elif transfer.state == TransferState.ARBITRATION and arbiters.can_arbitrate(user, theirs.held, transfer):
            verbs.add(Verb.ARBITRATE)
        elif transfer.is_untold and transfer.teller_id == user.pk:
            verbs.add(Verb.INTRODUCE)
    if verbs & ANSWERING_TRANSFER and is_about(user, complaint):
        verbs -= ANSWERING_TRANSFER
    return frozenset(verbs)


def check_signing(user: User, verb: Verb, proposal: Proposal, signatures: Sequence[Signature]) -> Sequence[Signature]:
    """Those of the signatures of the open proposal that this person could give.

    Raises SecondPersonNeeded for whoever made the proposal, planned a remedy that it holds, or has signed it;
    ConflictOfInterest, NotAllowed.
    """
    complaint = proposal.complaint
    if proposal.prepared_by_id == user.pk:
        raise SecondPersonNeeded(_("You made this proposal yourself. Somebody else must sign it."))
    if user.pk in signers.makers(proposal):
        raise SecondPersonNeeded(
            _("You planned a remedy that this proposal holds. Somebody who planned none of them must sign it.")
        )
    if any(signature.signer_id == user.pk for signature in signatures):
        raise SecondPersonNeeded(_("You have signed this proposal already. Each party signs by another person."))
    theirs = signers.can_sign(user, proposal, signatures, signers.held_by(user))
    if not theirs:
        raise NotAllowed(_("You may not do “%(verb)s” with this complaint.") % {"verb": verb.label})
    if complaint.restriction and user.pk not in circles.members(complaint):
        raise NotAllowed(_("You may not do “%(verb)s” with this complaint.") % {"verb": verb.label})
    if user.pk in conflicts.concerned(complaint):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot sign anything about it.") % {"name": user.name}
        )
    return theirs


def granted_verbs(theirs: Standing, user: User, complaint: Complaint, entered: Collection[int]) -> frozenset[Verb]:
    """What their roles grant where the complaint lies. Of a restricted one nothing to those outside its circle; to
    those inside what they may do anywhere, because they were chosen by name and not by department.
    """
    if complaint.restriction and complaint.pk not in entered:
        return frozenset()
    roles = theirs.covers.keys() if complaint.restriction else theirs.roles_in(complaint.department_id)
    verbs = frozenset().union(*(GRANTS[role] for role in roles))
    return verbs | HOLDING if complaint.holder_id == user.pk else verbs


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
    entered = circles_entered(theirs, user, complaints)
    return {complaint.pk for complaint in complaints if verb in granted_verbs(theirs, user, complaint, entered)}


def check(user: User, verb: Verb, complaint: Complaint) -> None:
    """Raise NotAllowed when `may` says no."""
    if not may(user, verb, complaint):
        raise NotAllowed(_("You may not do “%(verb)s” with this complaint.") % {"verb": verb.label})


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
    reviews = bool(theirs.roles_in(complaint.department_id) & READS_WHO_ANSWERS)
    entered = circles_entered(theirs, user, [complaint])
    return user.is_active and (reviews or Verb.JUDGE in granted_verbs(theirs, user, complaint, entered))


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
