"""What acts mean for what is watched besides: tasks, signatures, proceedings, transfers, briefings, taking over."""

from datetime import datetime

from complaints import outside, signing, tasking, transferring
from complaints.events import Occurrence
from complaints.transferring import TransferState
from escalation.handlers.course import changed
from escalation.policies import ClockKind
from escalation.services import watching
from escalation.services.docket import Docket


def task_issued(docket: Docket, occurrence: Occurrence) -> None:
    """Its clock runs to the moment agreed on, or as long as the policy says."""
    event = occurrence.event
    until = datetime.fromisoformat(event.data["until"]) if event.data["until"] else None
    watching.watch_task(
        docket, occurrence.complaint, event.occurred_at, about=tasking.about(event.data["task"]), until=until
    )


def task_done(docket: Docket, occurrence: Occurrence) -> None:
    """The promise is kept, in time or late."""
    event = occurrence.event
    watching.meet_task(docket, occurrence.complaint, event.occurred_at, about=tasking.about(event.data["task"]))


def task_dropped(docket: Docket, occurrence: Occurrence) -> None:
    """Refused or cancelled, and with it all that was part of it."""
    event = occurrence.event
    numbers = [event.data["task"], *event.data.get("tasks", ())]
    abouts = {tasking.about(number) for number in numbers}
    watching.cancel_tasks(docket, occurrence.complaint, event.occurred_at, abouts=abouts, reason=event.kind)


def proposed(docket: Docket, occurrence: Occurrence) -> None:
    """Those who are to sign have as long as the policy says."""
    event = occurrence.event
    watching.watch_signoff(
        docket, occurrence.complaint, event.occurred_at, about=signing.about(event.data["proposal"])
    )


def signed(docket: Docket, occurrence: Occurrence) -> None:
    """Only the last signature keeps the promise."""
    if occurrence.event.data["last"]:
        docket.meet(occurrence.complaint, {ClockKind.SIGNOFF}, occurrence.event.occurred_at)


def sent_back(docket: Docket, occurrence: Occurrence) -> None:
    """Refused or taken back: nobody needs to sign it any more."""
    event = occurrence.event
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds={ClockKind.SIGNOFF})


def proceeding_opened(docket: Docket, occurrence: Occurrence) -> None:
    """The date that somebody outside has set, if they have."""
    data = occurrence.event.data
    if data["until"]:
        at, until = occurrence.event.occurred_at, datetime.fromisoformat(data["until"])
        watching.watch_proceeding(
            docket, occurrence.complaint, at, about=outside.about(data["proceeding"]), until=until
        )


def proceeding_moved(docket: Docket, occurrence: Occurrence) -> None:
    """The clock that ran to the old date is called off, and one that was broken stays so; another runs to the new."""
    event = occurrence.event
    about = outside.about(event.data["proceeding"])
    watching.drop_proceeding(docket, occurrence.complaint, event.occurred_at, about=about, reason=event.kind)
    proceeding_opened(docket, occurrence)


def proceeding_ended(docket: Docket, occurrence: Occurrence) -> None:
    """Nobody outside waits any more."""
    event = occurrence.event
    about = outside.about(event.data["proceeding"])
    watching.meet_proceeding(docket, occurrence.complaint, event.occurred_at, about=about)


def transferred(docket: Docket, occurrence: Occurrence) -> None:
    """It has moved, or somebody is asked about it; until they answer nothing changes for the other clocks."""
    event = occurrence.event
    if event.data.get("state", TransferState.DIRECT) == TransferState.DIRECT:
        changed(docket, occurrence)
    else:
        about = transferring.about(event.data["transfer"])
        watching.watch_transfer(docket, occurrence.complaint, event.occurred_at, about=about)


def transfer_answered(docket: Docket, occurrence: Occurrence) -> None:
    """The other department, or whoever decides, has answered."""
    docket.meet(occurrence.complaint, {ClockKind.TRANSFER}, occurrence.event.occurred_at)
    changed(docket, occurrence)


def transfer_disputed(docket: Docket, occurrence: Occurrence) -> None:
    """The other department has answered; now the time of those who decide runs."""
    event = occurrence.event
    docket.meet(occurrence.complaint, {ClockKind.TRANSFER}, event.occurred_at)
    about = transferring.about(event.data["transfer"])
    watching.watch_transfer(docket, occurrence.complaint, event.occurred_at, about=about)


def briefed(docket: Docket, occurrence: Occurrence) -> None:
    """The answer is wanted by a moment, if one was given."""
    event = occurrence.event
    if event.data["until"]:
        about, until = transferring.about_briefing(event.data["briefing"]), datetime.fromisoformat(event.data["until"])
        watching.watch_briefing(docket, occurrence.complaint, event.occurred_at, about=about, until=until)


def reported_back(docket: Docket, occurrence: Occurrence) -> None:
    """The answer is there, in time or late."""
    event = occurrence.event
    about = transferring.about_briefing(event.data["briefing"])
    watching.meet_briefing(docket, occurrence.complaint, event.occurred_at, about=about)


def handed_over(docket: Docket, occurrence: Occurrence) -> None:
    """Somebody has found a holder: nobody needs to be asked to take over any more."""
    docket.meet(occurrence.complaint, {ClockKind.TAKEOVER}, occurrence.event.occurred_at)


def handed_up(docket: Docket, occurrence: Occurrence) -> None:
    """Whoever holds it now is to take it over."""
    clock = docket.case(occurrence.event.data["clock"])
    if clock is not None:
        watching.ask_to_take_over(docket, occurrence.complaint, occurrence.event.occurred_at, rules=clock.rules)


def declared_major(docket: Docket, occurrence: Occurrence) -> None:
    """The policy for major complaints counts now, and the management is to say that it knows."""
    changed(docket, occurrence)
    watching.ask_the_management(docket, occurrence.complaint, occurrence.event.occurred_at)


def management_knows(docket: Docket, occurrence: Occurrence) -> None:
    """The management has acknowledged it."""
    docket.meet(occurrence.complaint, {ClockKind.MAJOR_NOTICE}, occurrence.event.occurred_at)


def reported(docket: Docket, occurrence: Occurrence) -> None:
    """The report was made when it says, even if it was recorded later."""
    event = occurrence.event
    watching.keep_report(docket, occurrence.complaint, event.occurred_at, stated=event.data["stated"])
