"""Who takes a complaint that must change hands by itself, and at which tier it goes on.

Tiers and who holds them are known to the app that keeps the ladder; settings.COMPLAINT_NEXT_HOLDER and
COMPLAINT_TIER_AGAIN name the functions that answer, because nothing here may import them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from complaints.conflicts import Concerned
from complaints.models import Complaint


@dataclass(frozen=True)
class Successor:
    """Who takes it; None when it has to wait until somebody assigns it.

    `passed_over` are the people whom the complaint concerns and who were asked in vain. `unmanned`: nobody of any tier
    is left who could take it; `last_resort` is then the administrator who takes what must not be in nobody's hands.
    """

    holder_id: int | None
    passed_over: tuple[int, ...] = ()
    unmanned: bool = False
    last_resort: int | None = None


Answer = Callable[[Complaint, Concerned], Successor]


def next_holder(complaint: Complaint, concerned: Concerned) -> Successor:
    """Who takes the complaint where it is now, other than the people whom it concerns."""
    answer: Answer = import_string(settings.COMPLAINT_NEXT_HOLDER)
    return answer(complaint, concerned)


def tier_again(complaint: Complaint) -> int:
    """The tier at which a held complaint goes on that is being opened again."""
    answer: Callable[[Complaint], int] = import_string(settings.COMPLAINT_TIER_AGAIN)
    return answer(complaint)
