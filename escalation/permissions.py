"""Who looks after the deadline office itself: its calendars and its engine."""

from accounts import selectors as people
from accounts.models import User
from accounts.roles import Role


def may_administer(user: User) -> bool:
    """Administrators of any department, and superusers."""
    if not user.is_active:
        return False
    return user.is_superuser or any(role == Role.ADMINISTRATOR for role, _department in people.roles_of(user))
