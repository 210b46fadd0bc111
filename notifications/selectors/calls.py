"""Whom among the staff some news is for, by what happened."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from accounts.roles import Role
from complaints import permissions as complaint_permissions
from complaints.converting import CONVERSION_PROPOSED
from complaints.events import Occurrence
from complaints.lifecycle import Verb
from complaints.models import Decision
from complaints.selectors import head_office
from complaints.services.repeats import REPEAT_CONTACT
from complaints.services.restriction import CIRCLE_RESTORED
from complaints.transferring import TransferState
from escalation.happenings import Happening
from escalation.policies import ClockKind
from notifications.selectors.readers import UNCALLED, Call

ENDS = frozenset(verb.value for verb in (Verb.CLOSE, Verb.CONFIRM, Verb.WITHDRAW, Verb.DECLINE, Verb.MERGE))

_HANDLERS: tuple[frozenset[Role], ...] = (frozenset({Role.HANDLER}),)

_SUPERVISORS: tuple[frozenset[Role], ...] = (frozenset({Role.SUPERVISOR}),)

_CONFIRMERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.CONFIRM_CLASS in verbs),
)

_MANAGEMENT: tuple[frozenset[Role], ...] = (frozenset({Role.MANAGER}), frozenset({Role.EXECUTIVE}))

_LEADERS: tuple[frozenset[Role], ...] = (frozenset({Role.SUPERVISOR}), frozenset({Role.MANAGER}))

_GRANTERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.GRANT_EXTENSION in verbs),
)

_APPROVERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.APPROVE_RESPONSE in verbs),
)


def _new_holder(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["holder"],))


def _replaced(occurrence: Occurrence) -> Call:
    """Whoever handles it now, and whoever did."""
    data = occurrence.event.data
    return Call(people=(data["holder"], data["holder_before"]))


def _holder_or_handlers(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.complaint.holder_id,), else_groups=_HANDLERS)


def _confirmers(occurrence: Occurrence) -> Call:
    return Call(groups=_CONFIRMERS if occurrence.event.data["state"] == Decision.State.PROPOSED else ())


def _by_the_ladder(occurrence: Occurrence) -> Call:
    """Whom the step names, and the new holder. Steps that were missed and only recorded tell nobody; what they hand
    to somebody is told by `handed_over_to`.
    """
    data, holder = occurrence.event.data, occurrence.complaint.holder_id
    if not data["notify"]:
        return UNCALLED
    groups = tuple(frozenset({Role(role)}) for role in data["roles"])
    if data["holder"] != holder:  # a later step of the same sweep has handed it on
        return Call(groups=groups)
    if data["tell_holder"] or data["holder_before"] != holder:
        return Call(people=(holder,), groups=groups, else_groups=_HANDLERS)
    return Call(groups=groups)


def handed_over_to(occurrence: Occurrence) -> Call:
    """The new holder, by a step that tells nobody itself: it names nobody, or was missed and a higher one speaks."""
    data, holder = occurrence.event.data, occurrence.complaint.holder_id
    if occurrence.event.kind != Happening.ESCALATED or data["notify"] or holder is None:
        return UNCALLED
    return Call(people=(holder,)) if data["holder_before"] != data["holder"] == holder else UNCALLED


def left_alone_by_all(occurrence: Occurrence) -> Call:
    """All administrators, when nobody of any tier could take the complaint. Of steps that are only recorded because a
    higher one fired with them the higher one tells it.
    """
    data = occurrence.event.data
    return Call(administrators=True) if data.get("unmanned") and not data.get("missed", False) else UNCALLED


def _holder(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.complaint.holder_id,))


def _who_may_grant(_occurrence: Occurrence) -> Call:
    return Call(groups=_GRANTERS)


def _who_asked(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["asked_by"], occurrence.complaint.holder_id))


def _who_may_confirm(_occurrence: Occurrence) -> Call:
    return Call(groups=_CONFIRMERS)


def _asked(occurrence: Occurrence) -> Call:
    """Whoever is to do the task: its owner, else those who handle complaints in the department that is asked."""
    data = occurrence.event.data
    return Call(people=(data["owner"],), else_groups=_HANDLERS, department=data["department"])


def _owner(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["owner"],))


def _management(occurrence: Occurrence) -> Call:
    """Whose it is from now on, who manages the line of the department, and who leads the house; at night whoever is on
    duty, too.
    """
    return Call(people=(occurrence.event.data["holder"],), groups=_MANAGEMENT, or_on_duty=True)


def _declarer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["declared_by"], occurrence.complaint.holder_id))


def _leaders(occurrence: Occurrence) -> Call:
    """Who holds the complaint, and who leads where it lies; at night whoever is on duty, too."""
    return Call(people=(occurrence.complaint.holder_id,), groups=_LEADERS, or_on_duty=True)


def _entrusted(occurrence: Occurrence) -> Call:
    """Whoever comes to be in the circle of a restricted complaint by this."""
    data = occurrence.event.data
    if not occurrence.complaint.restriction:
        return UNCALLED
    return Call(people=(data.get("holder"), data.get("person"), *data.get("people", ())))


def _issuer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["issued_by"],))


def _approvers(occurrence: Occurrence) -> Call:
    """Who may approve a final response, once it was handed to a second person."""
    return Call(groups=_APPROVERS) if occurrence.event.data["ready"] else UNCALLED


def _who_wrote_it(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["written_by"], occurrence.complaint.holder_id))


def _supervisors_of_rework(occurrence: Occurrence) -> Call:
    """An answer did not hold: those who lead hear of it; whoever takes it over reads that it was opened again."""
    return Call(groups=_SUPERVISORS) if occurrence.event.data["rework"] else UNCALLED


def _holder_if_unhappy(occurrence: Occurrence) -> Call:
    return UNCALLED if occurrence.event.data["satisfied"] else _holder_or_handlers(occurrence)


def _who_signs(occurrence: Occurrence) -> Call:
    """Whoever may sign now: those whose turn a proposal or a signature has brought."""
    return Call(people=tuple(occurrence.event.data["asked"]))


def _signed(occurrence: Occurrence) -> Call:
    """After the last signature whoever made the proposal and whoever holds the complaint; before, who signs next."""
    data = occurrence.event.data
    if data["last"]:
        return Call(people=(data["prepared_by"], occurrence.complaint.holder_id))
    return _who_signs(occurrence)


def _third_persons(occurrence: Occurrence) -> Call:
    """Those who may decide: about an objection senior people who had no part in the class, about the wish for another
    handler who is senior to them.
    """
    return Call(people=tuple(occurrence.event.data["asked"]))


def _who_decided_the_class(occurrence: Occurrence) -> Call:
    """Whoever proposed and confirmed the class, and whoever holds the complaint."""
    return Call(people=(*occurrence.event.data["parts"], occurrence.complaint.holder_id))


def _proposer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["prepared_by"], occurrence.complaint.holder_id))


def _transferred(occurrence: Occurrence) -> Call:
    """Whoever works there, once it has moved; those who answer, while it is asked for; those who decide, where only
    they may move it.
    """
    data = occurrence.event.data
    if data["state"] == TransferState.ASKED:
        return Call(groups=_HANDLERS, else_groups=_SUPERVISORS, department=data["department"])
    return _arbiters(occurrence) if data["state"] == TransferState.ARBITRATION else _holder_or_handlers(occurrence)


def _transfer_accepted(occurrence: Occurrence) -> Call:
    """Who asked; and what came by silence is news to those who work there."""
    data = occurrence.event.data
    if not data["silent"]:
        return Call(people=(data["asked_by"],))
    return Call(people=(data["asked_by"], occurrence.complaint.holder_id), groups=_HANDLERS)


def _arbiters(occurrence: Occurrence) -> Call:
    return Call(people=tuple(occurrence.event.data["asked"]))


def _parties(occurrence: Occurrence) -> Call:
    """Those who disagreed, and whoever works where it lies now."""
    data = occurrence.event.data
    people = (data["asked_by"], data["objected_by"], occurrence.complaint.holder_id)
    return Call(people=people, groups=_HANDLERS)


def _briefed(occurrence: Occurrence) -> Call:
    """Who holds it, and who leads where it lies: they see to it."""
    return Call(people=(occurrence.complaint.holder_id,), groups=_SUPERVISORS, else_groups=_HANDLERS)


def _briefer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["briefed_by"],))


def watching(occurrences: Sequence[Occurrence]) -> list[tuple[Occurrence, Call]]:
    """What those who watch complaints are told: that one has ended, or that its answer is overdue. One query for any
    number of them, and none where nothing of the kind has happened.
    """
    news = [occurrence for occurrence in occurrences if _is_for_watchers(occurrence)]
    watchers = head_office.watchers({occurrence.complaint.id for occurrence in news}) if news else {}
    return [
        (occurrence, Call(people=tuple(watchers[occurrence.complaint.id])))
        for occurrence in news
        if occurrence.complaint.id in watchers
    ]


def _is_for_watchers(occurrence: Occurrence) -> bool:
    event = occurrence.event
    return event.kind in ENDS or (
        event.kind == Happening.BREACHED and event.data["clock_kind"] == ClockKind.RESOLUTION
    )


TO_STAFF: Mapping[str, Callable[[Occurrence], Call]] = MappingProxyType(
    {
        Verb.ASSIGN.value: _new_holder,
        Verb.ASK_ANOTHER.value: _third_persons,
        Verb.GRANT_ANOTHER.value: _replaced,
        Verb.REFUSE_ANOTHER.value: _holder,
        Verb.TRANSFER.value: _transferred,
        Verb.ACCEPT_TRANSFER.value: _transfer_accepted,
        Verb.OBJECT_TO_TRANSFER.value: _arbiters,
        Verb.ARBITRATE.value: _parties,
        Verb.BRIEF.value: _briefed,
        Verb.REPORT_BACK.value: _briefer,
        Verb.CLASSIFY.value: _confirmers,
        Verb.RENEW_CLASS.value: _confirmers,
        Verb.LAPSE_CLASS.value: _holder,
        Verb.OBJECT.value: _third_persons,
        Verb.DECIDE_OBJECTION.value: _who_decided_the_class,
        Verb.HEAR.value: _holder_or_handlers,
        Verb.DISPUTE.value: _holder_or_handlers,
        Verb.ACCEPT_OFFER.value: _holder_or_handlers,
        Verb.REFUSE_OFFER.value: _holder_or_handlers,
        Verb.STILL_BROKEN.value: _holder_or_handlers,
        Verb.REOPEN.value: _holder_or_handlers,
        Verb.ASK_EXTENSION.value: _who_may_grant,
        Verb.GRANT_EXTENSION.value: _who_asked,
        Verb.REFUSE_EXTENSION.value: _who_asked,
        Verb.ISSUE_TASK.value: _asked,
        Verb.ACCEPT_TASK.value: _issuer,
        Verb.REFUSE_TASK.value: _issuer,
        Verb.FINISH_TASK.value: _issuer,
        Verb.CANCEL_TASK.value: _owner,
        Verb.DRAFT_RESPONSE.value: _approvers,
        Verb.APPROVE_RESPONSE.value: _who_wrote_it,
        Verb.RETURN_RESPONSE.value: _who_wrote_it,
        Verb.DECLARE_MAJOR.value: _management,
        Verb.ACKNOWLEDGE_MAJOR.value: _declarer,
        Verb.REPORT_SAFETY.value: _leaders,
        Verb.REGISTER.value: _entrusted,
        Verb.RESTRICT.value: _entrusted,
        Verb.ADMIT.value: _entrusted,
        CIRCLE_RESTORED: _entrusted,
        REPEAT_CONTACT: _who_may_confirm,
        Verb.FOLLOW_UP.value: _supervisors_of_rework,
        Verb.RATE.value: _holder_if_unhappy,
        Verb.PROPOSE.value: _who_signs,
        Verb.SIGN.value: _signed,
        Verb.REFUSE_TO_SIGN.value: _proposer,
        Verb.TAKE_BACK_PROPOSAL.value: _who_signs,
        Happening.ESCALATED.value: _by_the_ladder,
        Happening.REMINDED.value: _by_the_ladder,
        Happening.UPGRADE_PROPOSED.value: _who_may_confirm,
        CONVERSION_PROPOSED: _who_may_confirm,
        Happening.REFERRED.value: _holder_or_handlers,
        Happening.PAUSE_ENDED.value: _holder,
        Happening.CALLED_OFF.value: _holder,
        Happening.MOVED.value: _holder,
    }
)
