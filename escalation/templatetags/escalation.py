"""Deadlines on the desk's pages. `{% load escalation %}`; what it shows are the components of `ui`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from common.templatetags import ui
from complaints import outside, tasking, transferring
from complaints.models import Briefing, Complaint, Proceeding, Proposal, Task, Transfer
from escalation import amounts, permissions, selectors
from escalation.extending import Ground
from escalation.models import Extension
from escalation.policies import ClockKind
from escalation.selectors import NextClock, reporting, signoffs, tasks
from escalation.selectors.clocks import shown

register = template.Library()


@register.simple_tag
def next_clocks(complaints: Iterable[Any]) -> dict[int, NextClock]:
    """The next promise of each complaint of a page, in one query: `{% next_clocks complaints as clocks %}`.

    Takes complaints, or rows that hold one as `complaint`.
    """
    return selectors.next_clocks([getattr(row, "complaint", row) for row in complaints])


@register.inclusion_tag("escalation/calendar_notice.html", takes_context=True)
def calendar_notice(context: template.Context) -> dict[str, Any]:
    """Which calendars need their next days, for whoever can load them; nothing for anybody else."""
    person = context["request"].user
    may_load = permissions.may_administer(person)
    return {"alarms": selectors.calendar_alarms(timezone.now()) if may_load else []}


@register.inclusion_tag("components/deadline_chip.html")
def next_deadline(clocks: Mapping[int, NextClock], complaint: Complaint) -> dict[str, Any]:
    """The chip of a complaint's next promise, counting down: `{% next_deadline clocks complaint %}`."""
    following = clocks.get(complaint.pk)
    return chip(following) if following else ui.deadline_chip(complaint.due_at)


@register.inclusion_tag("components/deadline_chip.html")
def clock_chip(following: NextClock) -> dict[str, Any]:
    """The chip of one promise that is still open."""
    return chip(following)


def chip(following: NextClock) -> dict[str, Any]:
    """What the component wants to know of a clock."""
    return ui.deadline_chip(
        following.clock.due_at,
        remaining=following.remaining,
        ticking=following.ticking,
        holds_for=following.holds_for,
        paused=following.paused,
        day_seconds=following.day_seconds,
        purpose=following.kind_label,
    )


@register.inclusion_tag("escalation/pauses.html")
def pause_terms(complaint: Complaint) -> dict[str, Any]:
    """Which reasons stop the time of this complaint, and for how long still: `{% pause_terms complaint %}`."""
    return {"terms": selectors.pause_terms(complaint, timezone.now())}


@register.simple_tag
def requests_to_decide(user: User) -> list[Extension]:
    """The requests for more time that wait for this person: `{% requests_to_decide request.user as waiting %}`."""
    return selectors.requests_to_decide(user, timezone.now())


@register.simple_tag
def owed_after_the_answer(user: User) -> list[NextClock]:
    """What this person's answered complaints still owe: `{% owed_after_the_answer request.user as owed %}`."""
    now = timezone.now()
    return [shown(clock, now) for clock in selectors.owed_after_the_answer(user)]


@register.simple_tag
def follow_up_due(complaint: Complaint) -> NextClock | None:
    """The follow-up that is due of this complaint: `{% follow_up_due complaint as due %}`. One query."""
    clock = selectors.follow_up_due(complaint)
    return shown(clock, timezone.now()) if clock is not None else None


@register.simple_tag
def task_clocks(complaint: Complaint) -> dict[str, NextClock]:
    """The open clocks of a complaint's tasks, in one query: `{% task_clocks complaint as clocks %}`."""
    return tasks.task_clocks(complaint, timezone.now())


@register.inclusion_tag("components/deadline_chip.html")
def task_deadline(clocks: Mapping[str, NextClock], task: Task) -> dict[str, Any]:
    """The chip of a task's clock: `{% task_deadline clocks task %}`."""
    following = clocks.get(tasking.about(task.number))
    return chip(following) if following else ui.deadline_chip(task.due)


@register.inclusion_tag("components/deadline_chip.html")
def signoff_deadline(complaint: Complaint, proposal: Proposal) -> dict[str, Any]:
    """The chip of the clock of an open proposal: `{% signoff_deadline complaint proposal %}`. One query."""
    following = signoffs.clock_of(complaint, proposal, timezone.now())
    return chip(following) if following else ui.deadline_chip(None)


@register.inclusion_tag("components/deadline_chip.html")
def transfer_deadline(complaint: Complaint, transfer: Transfer) -> dict[str, Any]:
    """The chip of the clock of an open transfer: `{% transfer_deadline complaint transfer %}`. One query."""
    clocks = tasks.clocks_about(complaint, ClockKind.TRANSFER, timezone.now())
    following = clocks.get(transferring.about(transfer.number))
    return chip(following) if following else ui.deadline_chip(None)


@register.simple_tag
def briefing_clocks(complaint: Complaint) -> dict[str, NextClock]:
    """The open clocks of briefings, in one query: `{% briefing_clocks complaint as clocks %}`."""
    return tasks.clocks_about(complaint, ClockKind.BRIEFING, timezone.now())


@register.inclusion_tag("components/deadline_chip.html")
def briefing_deadline(clocks: Mapping[str, NextClock], briefing: Briefing) -> dict[str, Any]:
    """The chip of the date of a briefing: `{% briefing_deadline clocks briefing %}`."""
    following = clocks.get(transferring.about_briefing(briefing.number))
    return chip(following) if following else ui.deadline_chip(briefing.answer_by)


@register.simple_tag
def proposals_to_sign(user: User) -> list[signoffs.ToSign]:
    """What waits for this person's signature: `{% proposals_to_sign request.user as to_sign %}`."""
    return signoffs.to_sign(user, timezone.now())


@register.simple_tag
def proceeding_clocks(complaint: Complaint) -> dict[str, NextClock]:
    """The open clocks of proceedings outside, in one query: `{% proceeding_clocks complaint as clocks %}`."""
    return tasks.clocks_about(complaint, ClockKind.PROCEEDING, timezone.now())


@register.inclusion_tag("components/deadline_chip.html")
def proceeding_deadline(clocks: Mapping[str, NextClock], proceeding: Proceeding) -> dict[str, Any]:
    """The chip of a proceeding's date: `{% proceeding_deadline clocks proceeding %}`."""
    following = clocks.get(outside.about(proceeding.number))
    return chip(following) if following else ui.deadline_chip(proceeding.due)


@register.simple_tag
def report_hours(complaint: Complaint) -> list[reporting.ReportHours]:
    """Within what time an authority must hear of a major complaint: `{% report_hours complaint as hours %}`."""
    return reporting.report_hours(complaint)


@register.simple_tag
def tasks_to_do(user: User) -> list[tasks.ToDo]:
    """What this person, or somebody where they work, is asked to do: `{% tasks_to_do request.user as to_do %}`."""
    return tasks.tasks_to_do(user, timezone.now())


@register.simple_tag
def units(unit: str, amount: float) -> str:
    """An amount of time in the words of its unit: `{% units "working_hours" 8 as more %}`."""
    return amounts.in_words(unit, amount)


@register.filter
def ground(code: str) -> str:
    """Why more time is needed, in words for the office: `{{ code|ground }}`."""
    return str(Ground(code).label) if code in Ground.values else code
