"""Who answers for the department that is asked to take a complaint, and who decides between two."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import arbiters, conflicts
from complaints.errors import ConflictOfInterest, NotAllowed, SecondPersonNeeded
from complaints.lifecycle import Verb
from complaints.models import Complaint, Transfer
from complaints.permissions.grants import GRANTS
from complaints.permissions.standing import Standing, standing


def answers_for(theirs: Standing, transfer: Transfer) -> frozenset[Verb]:
    """What their roles in the department that is asked let them answer."""
    granted = frozenset().union(*(GRANTS[role] for role in theirs.roles_in(transfer.receiver_id)))
    return granted & {Verb.ACCEPT_TRANSFER, Verb.OBJECT_TO_TRANSFER}


def is_about(user: User, complaint: Complaint) -> bool:
    concern = conflicts.concerned(complaint).get(user.pk)
    return concern in conflicts.ABOUT_THEM


def check_answering(user: User, verb: Verb, transfer: Transfer) -> None:
    """Raise NotAllowed for whoever does not work for the department that is asked, ConflictOfInterest for whom the
    complaint is about.
    """
    complaint = transfer.complaint
    if not user.is_active or complaint.restriction or verb not in answers_for(standing(user), transfer):
        raise NotAllowed(
            _("%(department)s was asked to take this complaint: only those who work there answer.")
            % {"department": transfer.receiver.label()}
        )
    if is_about(user, complaint):
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
