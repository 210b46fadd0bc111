"""Who writes handling guides and reply templates, and for which departments. (Mission M42.)"""

from accounts.models import User
from accounts.permissions import may_administer
from complaints.permissions.grants import GUIDE_KEEPERS
from complaints.permissions.standing import standing


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
