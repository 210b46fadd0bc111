"""The grants table: what each role may do. Pure. (Design section 1.)"""

from collections.abc import Mapping
from types import MappingProxyType

from accounts.roles import Role
from complaints.lifecycle import Verb

HANDLING = frozenset(
    {
        Verb.REGISTER,
        Verb.ACKNOWLEDGE,
        Verb.ASSIGN,
        Verb.ASK_ANOTHER,
        Verb.TRANSFER,
        Verb.ACCEPT_TRANSFER,
        Verb.OBJECT_TO_TRANSFER,
        Verb.TAKE_BACK_TRANSFER,
        Verb.INTRODUCE,
        Verb.REPORT_BACK,
        Verb.CATEGORISE,
        Verb.CLASSIFY,
        Verb.PRIORITISE,
        Verb.REPLY,
        Verb.NOTE,
        Verb.ATTACH,
        Verb.LIST_PROOF,
        Verb.SETTLE_PROOF,
        Verb.RECORD_NUMBER,
        Verb.WAIT,
        Verb.RESUME,
        Verb.RESOLVE,
        Verb.CLOSE,
        Verb.WITHDRAW,
        Verb.MERGE,
        Verb.TAKE_OVER,
        Verb.PROMISE,
        Verb.FULFIL,
        Verb.ASK_EXTENSION,
        Verb.REFER,
        Verb.ISSUE_TASK,
        Verb.ACCEPT_TASK,
        Verb.REFUSE_TASK,
        Verb.FINISH_TASK,
        Verb.CANCEL_TASK,
        Verb.SPLIT,
        Verb.SETTLE_MATTER,
        Verb.DROP_MATTER,
        Verb.SPLIT_OFF,
        Verb.INVESTIGATE,
        Verb.JUDGE,
        Verb.DRAFT_RESPONSE,
        Verb.DECLARE_MAJOR,
        Verb.REPORT_TO_AUTHORITY,
        Verb.REPORT_SAFETY,
        Verb.TELL_SAFETY,
        Verb.NOTE_MEDIA,
        Verb.GATHER,
        Verb.RELEASE,
        Verb.OPEN_PROCEEDING,
        Verb.MOVE_PROCEEDING,
        Verb.END_PROCEEDING,
        Verb.RECORD_AUTHORITY,
        Verb.REVOKE_AUTHORITY,
        Verb.ADD_COMPLAINANT,
        Verb.REMOVE_COMPLAINANT,
        Verb.PLAN_REMEDY,
        Verb.DROP_REMEDY,
        Verb.OFFER,
        Verb.ACCEPT_OFFER,
        Verb.REFUSE_OFFER,
        Verb.CARRY_OUT,
        Verb.STILL_BROKEN,
        Verb.CLAIM_FROM_SUPPLIER,
        Verb.SETTLE_SUPPLIER_CLAIM,
        Verb.FOLLOW_UP,
        Verb.PROPOSE,
        Verb.SIGN,
        Verb.REFUSE_TO_SIGN,
        Verb.TAKE_BACK_PROPOSAL,
        Verb.RENEW_CLASS,
        Verb.OBJECT,
        Verb.UPGRADE,
        Verb.NAME_EARLIER,
    }
)

LEADING = HANDLING | {
    Verb.CONFIRM_CLASS,
    Verb.REJECT_CLASS,
    Verb.GRANT_ANOTHER,
    Verb.REFUSE_ANOTHER,
    Verb.ARBITRATE,
    Verb.BRIEF,
    Verb.WATCH,
    Verb.UNWATCH,
    Verb.LAPSE_CLASS,
    Verb.CONVERT,
    Verb.KEEP_CLASS,
    Verb.DECIDE_OBJECTION,
    Verb.DECLINE,
    Verb.REOPEN,
    Verb.GRANT_EXTENSION,
    Verb.REFUSE_EXTENSION,
    Verb.APPROVE_RESPONSE,
    Verb.RETURN_RESPONSE,
    Verb.PLACE_HOLD,
    Verb.LIFT_HOLD,
    Verb.RESTRICT,
    Verb.LIFT_RESTRICTION,
    Verb.ADMIT,
    Verb.DISMISS,
    Verb.ORDER_MEASURE,
    Verb.END_MEASURE,
}

HOLDING = HANDLING | {Verb.ADMIT, Verb.DISMISS}
"""What whoever holds a complaint may do wherever they come from. Who works on a restricted one is theirs to say."""

_MANAGING = frozenset({Verb.ACKNOWLEDGE_MAJOR})

GRANTS: Mapping[Role, frozenset[Verb]] = MappingProxyType(
    {
        Role.AGENT: HANDLING,
        Role.HANDLER: HANDLING,
        Role.SUPERVISOR: LEADING,
        Role.MANAGER: LEADING | _MANAGING,
        Role.SPECIALIST: LEADING,
        Role.EXECUTIVE: LEADING | _MANAGING,
        Role.DUTY_OFFICER: HANDLING - {Verb.CLOSE, Verb.MERGE, Verb.JUDGE, Verb.FOLLOW_UP},
        Role.QUALITY_REVIEWER: frozenset({Verb.REGISTER, Verb.NOTE, Verb.FOLLOW_UP}),
        Role.ADMINISTRATOR: frozenset({Verb.REGISTER, Verb.ASSIGN, Verb.TRANSFER, Verb.TAKE_BACK_TRANSFER, Verb.NOTE}),
        Role.AUDITOR: frozenset(),
    }
)

DOING = frozenset({Verb.ACCEPT_TASK, Verb.FINISH_TASK})

OF_THE_ASKED = DOING | {Verb.REFUSE_TASK}

READERS: frozenset[Role] = frozenset(Role)
"""Every role reads the complaints of its departments that are not restricted."""

BACKDATERS: frozenset[Role] = frozenset(
    {Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.SPECIALIST, Role.EXECUTIVE, Role.ADMINISTRATOR}
)
"""Who may state that a complaint was received earlier than it is being registered (letters, imports)."""

READS_WHO_ANSWERS: frozenset[Role] = frozenset({Role.AUDITOR, Role.QUALITY_REVIEWER})

GUIDE_KEEPERS: frozenset[Role] = frozenset({Role.MANAGER, Role.QUALITY_REVIEWER})
"""Who, besides administrators, writes the guides and templates of their departments."""

SUPERVISING: frozenset[Role] = frozenset({Role.SPECIALIST, Role.EXECUTIVE, Role.AUDITOR})
"""Who sits at the supervision desk, outside the line of any department (mission M41)."""

WORKING_ROLES: frozenset[Role] = frozenset({Role.AGENT, Role.HANDLER, Role.DUTY_OFFICER})
"""Whose list of work also shows what nobody holds yet."""
