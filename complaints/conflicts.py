"""Conflict of interest: who may not hold a complaint. (Design section 3; ISO 10002, objectivity.)

The one place where this is decided. Assigning by hand asks it, and so do the ladder and the sweep, for a whole batch.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from common.rows import fetch, numbers
from complaints.errors import ConflictOfInterest
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, Judgement


class Concern(TextChoices):
    """Why somebody may not hold a complaint, the gravest first. Who was found to answer for it is known to few, so
    that the word for them says no more than that.
    """

    SUBJECT = "subject", _("The complaint is about this person")
    RESPONSIBLE = "responsible", _("The complaint concerns this person")
    SUPERVISOR = "supervisor", _("The direct supervisor of somebody the complaint is about")
    EARLIER = "earlier", _("Handled the complaint at an earlier stage")
    REPLACED = "replaced", _("Replaced at the complainant's wish")
    ABOVE_EARLIER = "above_earlier", _("The direct supervisor of whoever handled the earlier complaint")


Concerned = Mapping[int, Concern]
"""The people who may not hold one complaint, each with the gravest reason."""

ABOUT_THEM = frozenset({Concern.SUBJECT, Concern.RESPONSIBLE, Concern.SUPERVISOR})
"""These are party to it; whoever handled it earlier is not."""

RESPONDENTS = frozenset({Concern.SUBJECT, Concern.RESPONSIBLE})
"""They give a statement of their own, and do nothing else; what is about them never stays with them."""

GRAVITY = {concern.value: place for place, concern in enumerate(Concern)}

# One statement, however many complaints ask. `line` is each complaint with the earlier ones that it takes further, as
# they stood when that was demanded (as they stand, while it is being demanded); `stages` are those whose handling is
# over: up to the event `ended`. Each part is looked up by the complaint's number (the OFFSET 0 keeps the planner from
# reading a whole table of a million instead when it knows little of its rows).
_CONCERNED = """
WITH RECURSIVE line (root, id, handler, ended) AS (
    SELECT c.id, c.id, NULL::bigint, NULL::integer FROM complaints_complaint AS c WHERE c.id = ANY(%(ids)s::bigint[])
    UNION
    SELECT line.root, c.earlier_id, u.earlier_holder_id, u.earlier_events FROM line CROSS JOIN LATERAL (
        SELECT id, earlier_id FROM complaints_complaint WHERE id = line.id AND earlier_id IS NOT NULL OFFSET 0
    ) AS c LEFT JOIN LATERAL (
        SELECT earlier_id, earlier_holder_id, earlier_events FROM complaints_upgrade WHERE complaint_id = c.id OFFSET 0
    ) AS u ON u.earlier_id = c.earlier_id
),
about (root, person, department) AS (
    SELECT DISTINCT line.root, u.id, u.department_id FROM line CROSS JOIN LATERAL (
        SELECT user_id FROM complaints_subject WHERE complaint_id = line.id AND user_id IS NOT NULL OFFSET 0
    ) AS s JOIN accounts_user AS u ON u.id = s.user_id
),
answers_for (root, person) AS (
    SELECT DISTINCT line.root, j.person_id FROM line CROSS JOIN LATERAL (
        SELECT person_id FROM complaints_judgement
        WHERE complaint_id = line.id AND state = %(in_force)s AND person_id IS NOT NULL OFFSET 0
    ) AS j
),
stages (root, id, ended, handler) AS (
    SELECT line.root, line.id,
        CASE WHEN line.id <> line.root THEN coalesce(line.ended, c.event_count)
        WHEN %(opening)s THEN c.event_count + 1 ELSE (
            SELECT max(e.sequence) FROM complaints_event AS e
            WHERE e.complaint_id = line.id AND e.kind = ANY(%(opened)s)
        ) END,
        CASE WHEN line.ended IS NOT NULL THEN line.handler
            WHEN line.id <> line.root OR %(opening)s AND c.status = ANY(%(answered)s) THEN c.holder_id END
    FROM line CROSS JOIN LATERAL (
        SELECT cycle, event_count, status, holder_id FROM complaints_complaint WHERE id = line.id OFFSET 0
    ) AS c
    WHERE line.id <> line.root OR c.cycle > 1 OR %(opening)s
),
handled (root, id, person) AS (
    SELECT root, id, handler FROM stages WHERE handler IS NOT NULL
    UNION
    SELECT stages.root, stages.id, e.person
    FROM stages CROSS JOIN LATERAL (
        SELECT CASE WHEN kind = ANY(%(answers)s) THEN actor_id ELSE (data ->> 'holder_before')::bigint END AS person
        FROM complaints_event
        WHERE complaint_id = stages.id AND sequence <= stages.ended
        AND (kind = ANY(%(answers)s) OR kind = ANY(%(opened)s) AND data ->> 'before' = ANY(%(answered)s))
        OFFSET 0
    ) AS e WHERE e.person IS NOT NULL
)
SELECT root, person, %(subject)s FROM about
UNION ALL
SELECT root, person, %(responsible)s FROM answers_for
UNION ALL
SELECT about.root, m.user_id, %(supervisor)s
FROM about JOIN accounts_membership AS m ON m.department_id = about.department AND m.role = %(supervises)s
WHERE m.user_id <> about.person
UNION ALL
SELECT root, person, %(earlier)s FROM handled
UNION ALL
SELECT line.root, w.holder_id, %(replaced)s FROM line CROSS JOIN LATERAL (
    SELECT holder_id FROM complaints_handlerwish WHERE complaint_id = line.id AND state = 'granted' OFFSET 0
) AS w
UNION ALL
SELECT handled.root, m.user_id, %(above_earlier)s
FROM handled JOIN accounts_user AS u ON u.id = handled.person
JOIN accounts_membership AS m ON m.department_id = u.department_id AND m.role = %(supervises)s
WHERE handled.id <> handled.root AND m.user_id <> handled.person
"""

_OPENED_AGAIN = [Verb.REOPEN.value, Verb.DISPUTE.value]
_ANSWERS = [Verb.RESOLVE.value, Verb.DECLINE.value]
_ANSWERED = [Status.RESOLVED.value, Status.CLOSED.value, Status.DECLINED.value]


def concerned_in(complaint_ids: Iterable[int]) -> dict[int, Concerned]:
    """For each complaint that somebody may not hold: those people. One query for any number of complaints.

    They are: whoever the complaint, or an earlier one that it takes further, is about; the supervisors of those
    people's home departments; whoever answers for it by the judgement in force; and whoever handled an earlier stage:
    held the complaint when its answer was disputed or it was opened again, or gave that answer; the same of an earlier
    complaint that it takes further, and whoever held that one when it was taken further; and whoever was replaced at
    the complainant's wish.
    """
    return _read(list(complaint_ids), opening=False)


def concerned(complaint: Complaint) -> Concerned:
    """The people who may not hold this complaint."""
    return concerned_in([complaint.pk]).get(complaint.pk, {})


def concerned_once_opened(complaint: Complaint) -> Concerned:
    """The people who may not hold a held complaint that is just being opened again: what its row and its events say
    now, before anything of it is written, is the earlier stage.
    """
    return _read([complaint.pk], opening=True).get(complaint.pk, {})


def _read(ids: list[int], *, opening: bool) -> dict[int, Concerned]:
    if not ids:
        return {}
    rows = fetch(
        _CONCERNED,
        {
            "ids": numbers(ids),
            "opening": opening,
            "opened": _OPENED_AGAIN,
            "answers": _ANSWERS,
            "answered": _ANSWERED,
            "supervises": Role.SUPERVISOR.value,
            "in_force": Judgement.State.IN_FORCE.value,
            "subject": Concern.SUBJECT.value,
            "responsible": Concern.RESPONSIBLE.value,
            "supervisor": Concern.SUPERVISOR.value,
            "earlier": Concern.EARLIER.value,
            "replaced": Concern.REPLACED.value,
            "above_earlier": Concern.ABOVE_EARLIER.value,
        },
    )
    found: dict[int, dict[int, Concern]] = defaultdict(dict)
    for complaint_id, person, concern in sorted(rows, key=lambda row: GRAVITY[row[2]]):
        found[complaint_id].setdefault(person, Concern(concern))
    return dict(found)


def check(user: User, complaint: Complaint) -> None:
    """Raise ConflictOfInterest when this person may not hold the complaint."""
    concern = concerned(complaint).get(user.pk)
    if concern is not None:
        raise ConflictOfInterest(refusal(user, concern))


def refusal(user: User, concern: Concern) -> str:
    """Why this person may not hold the complaint, and what to do."""
    sentences = {
        Concern.SUBJECT: _("The complaint is about %(name)s, who cannot hold it. Choose somebody else."),
        Concern.RESPONSIBLE: _("The complaint concerns %(name)s, who cannot hold it. Choose somebody else."),
        Concern.SUPERVISOR: _(
            "The complaint is about somebody whom %(name)s supervises directly. Choose somebody else to hold it."
        ),
        Concern.EARLIER: _(
            "%(name)s handled this complaint before. Now that it is looked at again, somebody else must hold it."
        ),
        Concern.REPLACED: _(
            "The complainant asked for somebody else than %(name)s, and that was granted. Somebody else must hold it."
        ),
        Concern.ABOVE_EARLIER: _(
            "%(name)s supervises whoever handled the earlier complaint. Choose somebody outside that line to hold it."
        ),
    }
    return str(sentences[concern]) % {"name": user.name}
