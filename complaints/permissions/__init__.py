"""Who may do what, and who sees which complaints: one grants table, one visibility rule. (Design section 1.)

A role counts in the department it is held in and in everything below it. Whoever holds a complaint may
handle it wherever they come from, because the ladder may hand it to somebody of another department.
When an act is possible is another question and another file (`lifecycle.py`).
"""

from complaints.permissions.acts import (
    allowed_verbs,
    check,
    check_follow_up,
    check_may_judge,
    check_not_about,
    check_signing,
    heads_of,
    is_follower_up,
    may,
    may_each,
    sees_responsible,
)
from complaints.permissions.grants import BACKDATERS, GRANTS, GUIDE_KEEPERS, READERS, SUPERVISING, WORKING_ROLES
from complaints.permissions.guides import keeps_guides_in, may_keep_guides
from complaints.permissions.holding import can_handle, check_can_handle, check_leads, handlers_of, leads_each
from complaints.permissions.standing import (
    Standing,
    check_backdate,
    check_register,
    check_supervises,
    departments_below,
    leads_above,
    lineage_of,
    manages,
    may_in,
    may_lead,
    standing,
    supervises_upgrades,
)
from complaints.permissions.tasks import (
    can_do,
    check_impartial,
    check_task,
    departments_of_tasks,
    may_with_task,
    task_verbs,
)
from complaints.permissions.transfers import check_answering, check_arbiter
from complaints.permissions.visibility import circle_of, readable_departments, unnamed_to, unrestricted, visible_to

__all__ = [
    "BACKDATERS",
    "GRANTS",
    "GUIDE_KEEPERS",
    "READERS",
    "SUPERVISING",
    "WORKING_ROLES",
    "Standing",
    "allowed_verbs",
    "can_do",
    "can_handle",
    "check",
    "check_answering",
    "check_arbiter",
    "check_backdate",
    "check_can_handle",
    "check_follow_up",
    "check_impartial",
    "check_leads",
    "check_may_judge",
    "check_not_about",
    "check_register",
    "check_signing",
    "check_supervises",
    "check_task",
    "circle_of",
    "departments_below",
    "departments_of_tasks",
    "handlers_of",
    "heads_of",
    "is_follower_up",
    "keeps_guides_in",
    "leads_above",
    "leads_each",
    "lineage_of",
    "manages",
    "may",
    "may_each",
    "may_in",
    "may_keep_guides",
    "may_lead",
    "may_with_task",
    "readable_departments",
    "sees_responsible",
    "standing",
    "supervises_upgrades",
    "task_verbs",
    "unnamed_to",
    "unrestricted",
    "visible_to",
]
