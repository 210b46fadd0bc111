"""Who looks after the deadline office itself: its calendars and its engine."""

from accounts.permissions import may_administer

__all__ = ["may_administer"]
