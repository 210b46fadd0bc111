"""What the proofs count: each step once, nothing skipped, everybody told, every record in order."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from accounts.models import Department
from bench import filling, office
from complaints import verification
from complaints.models import Complaint, Event
from escalation.happenings import Happening
from escalation.models import Clock, Firing
from escalation.services import policies, rebuilding
from notifications.models import OutboxMessage

CLIMBED = (Happening.ESCALATED.value, Happening.REMINDED.value)


def two_steps(*, apart: float) -> None:
    """Let urgent complaints climb two steps, `apart` seconds from each other."""
    step = {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}
    policies.publish(
        code="bench-due",
        name="Due",
        position=1,
        document={
            "match": {"priority": ["major"]},
            "calendar": "bench",
            "clocks": {
                "resolution": {
                    "target": {"unit": "hours", "amount": office.DUE_HOURS},
                    "steps": [
                        {"at": "deadline", "effects": step},
                        {"after_working_hours": apart / 3_600, "effects": {**step, "raise_to_tier": 3}},
                    ],
                }
            },
        },
    )


def let_deadlines_pass(complaints: int, *, seconds: float, departments: Sequence[Department] = ()) -> list[int]:
    """Complaints whose deadlines pass within the next so many seconds, for a fifth of them a minute ago already."""
    to_come = complaints - complaints // 5
    begin = timezone.now() + timedelta(seconds=2 + complaints / 1_000)
    between = timedelta(seconds=seconds) / to_come
    return filling.add(
        complaints,
        lambda n: begin + between * n if n < to_come else begin - timedelta(seconds=60 + n / 1_000),
        urgent=True,
        departments=departments,
    )


def let_finish(steps: int, *, remind: Callable[[], None], patience: timedelta) -> float:
    """Wait until so many steps have fired and no mail waits; the seconds that took.

    Mail in the hands of a worker that was killed is let go at once, instead of after the minutes that its claim lasts.
    """
    began = time.monotonic()
    while True:
        remind()
        time.sleep(1)
        try:
            waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING)
            if Firing.objects.count() >= steps and not waiting.exists():
                return round(time.monotonic() - began, 1)
            if time.monotonic() - began > 10:  # longer than any living worker keeps a batch that nobody disturbs
                waiting.filter(claimed_until__lt=timezone.now() + timedelta(minutes=4, seconds=50)).update(
                    claimed_until=None, next_try_at=timezone.now()
                )
        except (DatabaseError, InterfaceError):  # it was stopped and started again meanwhile
            connection.close()
        if time.monotonic() - began > patience.total_seconds():
            raise RuntimeError(f"{Firing.objects.count()} of {steps} steps fired; {waiting.count()} mails wait.")


def count(complaints: int, accepted: Counter[str] | None = None) -> dict[str, Any]:
    """Count everything; raises RuntimeError, naming what is wrong, unless each step fired once and was told once.

    `accepted` is how often the mail server took which Message-ID; without it no mail was sent.
    """
    clocks = Clock.objects.count()
    fired = Counter(Firing.objects.values_list("clock_id", "cycle", "step", "repeat"))
    broken = Counter(Event.objects.filter(kind=Happening.BREACHED).values_list("complaint_id", "data__clock"))
    climbed = Counter(Event.objects.filter(kind__in=CLIMBED).values_list("complaint_id", "data__clock", "data__step"))
    late = Clock.objects.filter(breached_at__isnull=True).count()
    untold, told = _letters()
    leaving = OutboxMessage.objects.filter(sent_with=None) if accepted is not None else OutboxMessage.objects.none()
    mails = {row.headers["Message-ID"] for row in leaving.only("headers")}
    accepted = accepted or Counter()
    chains = list(verification.broken_chains())
    differences = list(rebuilding.rebuild(check=True))
    wrong = {
        "steps not fired, or more than once": 2 * complaints != len(fired) or set(fired.values()) != {1},
        "steps without their event, or with two": len(climbed) != 2 * complaints or set(climbed.values()) != {1},
        "broken promises without their event, or with two": len(broken) != clocks or set(broken.values()) != {1},
        "clocks that were skipped": late,
        "complaints that did not climb": Complaint.objects.exclude(tier=3).count(),
        "news that nobody was told": untold,
        "mails that never reached the server": len(mails - accepted.keys()),
        "mails that nobody queued": len(accepted.keys() - mails),
        "broken chains": len(chains),
        "clocks that differ from their ledgers": len(differences),
    }
    if any(wrong.values()):
        raise RuntimeError("; ".join(f"{name}: {many}" for name, many in wrong.items() if many))
    return {
        "complaints": complaints,
        "steps_fired": len(fired),
        "steps_fired_twice": 0,
        "letters_single": told["single"],
        "letters_folded_into_digests": told["folded"],
        "mails_accepted": sum(accepted.values()),
        "message_ids": len(accepted),
        "sent_again_after_a_kill": sum(accepted.values()) - len(accepted),
        "events_verified": Event.objects.count(),
        "ledgers_checked": clocks,
        "differences": 0,
    }


def _letters() -> tuple[int, Counter[str]]:
    """How many steps that notify left no letter, and how the others were told: in a letter of their own, or folded."""
    rows = OutboxMessage.objects.values_list("key", "kind", "recipient_id", "items")
    keys = {key for key, _kind, _user, items in rows if not items}
    folded: dict[tuple[str, int], set[str]] = defaultdict(set)
    for _key, kind, user, items in rows:
        folded[kind, user] |= {item["reference"] for item in items}
    untold, told = 0, Counter[str]()
    events = Event.objects.filter(kind__in=CLIMBED, data__notify=True)
    for pk, kind, reference, holder in events.values_list("pk", "kind", "complaint__reference", "data__holder"):
        if f"event:{pk}:user:{holder}" in keys:
            told["single"] += 1
        elif reference in folded[kind, holder]:
            told["folded"] += 1
        else:
            untold += 1
    return untold, told
