"""Reads about an inquiry: what was found out, both sides, the judgement, and what else is known of the same people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import judging, permissions
from complaints.judging import Fact, Gap, Proposal, Source, Stake, Thresholds
from complaints.lifecycle import Status
from complaints.models import (
    Attachment,
    Complaint,
    InvestigationEntry,
    Judgement,
    Matter,
    MatterFinding,
    StakeThreshold,
    Task,
)
from complaints.selectors import MOST_RELATED, in_short, matters
from complaints.settling import LIVE
from complaints.tasking import TaskKind, TaskState
from complaints.vocabulary import Outcome, Priority

_HAD_THEIR_SAY = frozenset({TaskState.DONE, TaskState.REFUSED})


@dataclass(frozen=True)
class Record:
    """Other complaints as facts: how many, how they ended, and which. Never what they were classed as: a class belongs
    to its complaint, not to the person. (Mission M14; S0-51: looked up, not assumed.)
    """

    complaints: Sequence[Complaint]

    @property
    def more(self) -> bool:
        """Whether there may be older ones that are not counted."""
        return len(self.complaints) >= MOST_RELATED

    @property
    def counts(self) -> list[tuple[str, str | Promise, int]]:
        """Code, words and number for each way in which they ended, in the order of `Outcome`."""
        found = Counter(_ended_as(complaint) for complaint in self.complaints)
        return [(code, words, found[code]) for code, words in _ENDINGS.items() if found[code]]


_OPEN, _DECLINED, _MERGED = "open", "declined", "merged"
_ENDINGS: dict[str, str | Promise] = {
    **{outcome.value: outcome.label for outcome in Outcome},
    _DECLINED: Status.DECLINED.label,
    _MERGED: Status.MERGED.label,
    _OPEN: _("Still open"),
}


def _ended_as(complaint: Complaint) -> str:
    if complaint.status in (Status.DECLINED, Status.MERGED):
        return _DECLINED if complaint.status == Status.DECLINED else _MERGED
    return complaint.outcome or _OPEN


@dataclass(frozen=True)
class Inquiry:
    """What a judgement rests on, and the judgements made."""

    complaint: Complaint
    entries: Sequence[InvestigationEntry]
    statements: Sequence[Task]
    judgements: Sequence[Judgement]
    stake: Stake
    proposal: Proposal
    gaps: Sequence[Gap]
    heard: bool
    sees_party: bool

    @property
    def in_force(self) -> Judgement | None:
        """The last judgement, if it is of this cycle: what was judged before the complaint was opened again does not
        answer it now.
        """
        whole = [judgement for judgement in self.judgements if judgement.matter_id is None]
        return whole[-1] if whole and whole[-1].cycle == self.complaint.cycle else None

    @property
    def of_matters(self) -> list[Judgement]:
        """Those in force about single matters, in the order of the matters."""
        found = {
            judgement.matter.number: judgement
            for judgement in self.judgements
            if judgement.matter is not None
            and judgement.matter.state in LIVE
            and (judgement.state, judgement.cycle) == (Judgement.State.IN_FORCE, self.complaint.cycle)
        }
        return [found[number] for number in sorted(found)]

    @property
    def earlier(self) -> list[Judgement]:
        """Those that were replaced or belong to an earlier cycle, the newest first."""
        counting = {judgement.pk for judgement in (self.in_force, *self.of_matters) if judgement is not None}
        return [judgement for judgement in reversed(self.judgements) if judgement.pk not in counting]

    @property
    def replaced(self) -> set[int]:
        """The entries that a later one replaces."""
        return {entry.replaces_id for entry in self.entries if entry.replaces_id is not None}

    @property
    def standing(self) -> list[InvestigationEntry]:
        """The entries that no later one replaces."""
        return standing(self.entries)

    @property
    def told_by_respondent(self) -> list[InvestigationEntry]:
        """What the respondent told somebody who wrote it down."""
        return [entry for entry in self.standing if entry.source == Source.RESPONDENT]


def inquiry(user: User, complaint: Complaint, *, tasks: Sequence[Task] | None = None) -> Inquiry:
    """The inquiry in a constant number of queries. The caller found the complaint through `visible_to`.

    `tasks` are those of the complaint, where the caller has read them already.
    """
    entries = list(entries_with_all(complaint))
    statements = [task for task in tasks if task.kind == TaskKind.STATEMENT] if tasks is not None else None
    if statements is None:
        statements = list(
            complaint.tasks.filter(kind=TaskKind.STATEMENT).select_related("owner", "department", "done_by")
        )
    heard = was_heard(standing(entries), statements)
    stake = stake_in(entries)
    proposal = proposed(complaint, stake)
    return Inquiry(
        complaint=complaint,
        entries=entries,
        statements=[task for task in statements if task.state != TaskState.CANCELLED],
        judgements=list(judgements_with_all(complaint)),
        stake=stake,
        proposal=proposal,
        gaps=judging.gaps(proposal.depth, facts(entries), heard=heard),
        heard=heard,
        sees_party=permissions.sees_responsible(user, complaint),
    )


def entries_with_all(complaint: Complaint) -> QuerySet[InvestigationEntry]:
    """What was found out about a complaint, with what is shown of it, in its order: two queries."""
    return (
        complaint.investigation.select_related("recorded_by", "replaces")
        .prefetch_related(Prefetch("attachments", Attachment.objects.order_by("id")))
        .order_by("number")
    )


def judgements_with_all(complaint: Complaint) -> QuerySet[Judgement]:
    """The judgements of a complaint with what is shown of them, as they were made."""
    return complaint.judgements.select_related("judged_by", "department", "person", "matter").order_by("number")


def in_force(complaint: Complaint, matter: Matter | None = None) -> Judgement | None:
    """The judgement about the whole complaint, or about one of its matters, that counts for this cycle."""
    return counting(complaint).filter(matter=matter).first()


def counting(complaint: Complaint) -> QuerySet[Judgement]:
    """The judgements that count for this cycle of the complaint: of the whole, and of matters."""
    still_ours = Q(matter=None) | Q(matter__state__in=sorted(LIVE))
    return complaint.judgements.filter(still_ours, state=Judgement.State.IN_FORCE, cycle=complaint.cycle)


def unjudged(complaint: Complaint) -> list[Matter]:
    """The matters to be answered in this cycle that nobody has judged. What was taken back needs no judgement, and
    what stands from an earlier cycle none of this one.
    """
    judged = counting(complaint).filter(matter=OuterRef("pk"))
    standing_still = MatterFinding.objects.filter(matter=OuterRef("pk"), replaced_at=None, cycle__lt=complaint.cycle)
    to_answer = matters.live(complaint).exclude(outcome=Outcome.WITHDRAWN)
    return list(to_answer.filter(~Exists(judged), ~Exists(standing_still)))


def is_judged(complaint: Complaint) -> bool:
    """Whether the complaint was judged in this cycle: as a whole, or each of its matters."""
    return in_force(complaint) is not None or (matters.live(complaint).exists() and not unjudged(complaint))


def names_cause(complaint: Complaint, *, beside: Matter | None = None) -> bool:
    """Whether a judgement that counts for this cycle, other than that of the matter `beside`, names the cause and the
    responsible party.
    """
    naming = counting(complaint).exclude(cause="")
    return naming.exclude(matter=beside).exists() if beside is not None else naming.exists()


def looked_into(complaint: Complaint) -> bool:
    """Whether somebody has looked into the complaint in this cycle."""
    return complaint.investigation.filter(cycle=complaint.cycle).exists()


def standing(entries: Sequence[InvestigationEntry]) -> list[InvestigationEntry]:
    """Those that no later one replaces."""
    replaced = {entry.replaces_id for entry in entries}
    return [entry for entry in entries if entry.pk not in replaced]


def facts(entries: Sequence[InvestigationEntry]) -> list[Fact]:
    """The standing entries as the rules see them."""
    return [Fact(Source(entry.source), entry.verified) for entry in standing(entries)]


def was_heard(entries: Sequence[InvestigationEntry], statements: Sequence[Task]) -> bool:
    """Whether the respondent has had their say: gave a statement, refused to, or told somebody who wrote it down."""
    return any(task.state in _HAD_THEIR_SAY for task in statements) or any(
        entry.source == Source.RESPONDENT for entry in entries
    )


def stake_in(entries: Sequence[InvestigationEntry]) -> Stake:
    """What is at stake: the last amount stated; a lawsuit counts until the entry that says so is replaced."""
    stating = next((entry for entry in reversed(entries) if entry.amount is not None), None)
    return Stake(
        amount=stating.amount if stating is not None else None,
        currency=stating.currency if stating is not None else "",
        legal=any(entry.legal for entry in standing(entries)),
    )


def proposed(complaint: Complaint, stake: Stake) -> Proposal:
    """The depth of inquiry proposed for a complaint."""
    row = StakeThreshold.objects.filter(currency=stake.currency).first() if stake.amount is not None else None
    return judging.proposed(
        stake,
        major=complaint.priority == Priority.MAJOR,
        thresholds=Thresholds(row.small_below, row.large_from) if row is not None else None,
    )


# The newest complaints that name the same person of the staff, the same number or the same name, looked up by index
# for each subject of this one: a name that half of all complaints have costs no more than a rare one.
_ABOUT_THE_SAME = """
SELECT DISTINCT found.complaint_id FROM complaints_subject AS mine CROSS JOIN LATERAL (
    (SELECT complaint_id FROM complaints_subject
     WHERE user_id = mine.user_id ORDER BY complaint_id DESC LIMIT %(most)s)
    UNION ALL
    (SELECT complaint_id FROM complaints_subject
     WHERE reference = mine.reference AND reference <> '' ORDER BY complaint_id DESC LIMIT %(most)s)
    UNION ALL
    (SELECT complaint_id FROM complaints_subject
     WHERE UPPER(name) = UPPER(mine.name) ORDER BY complaint_id DESC LIMIT %(most)s)
) AS found WHERE mine.complaint_id = %(complaint)s AND found.complaint_id <> %(complaint)s
"""


def about_the_same(user: User, complaint: Complaint) -> Record:
    """Other complaints about the same person, number or name, as far as the reader may see them; newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT_THE_SAME, {"complaint": complaint.pk, "most": 4 * MOST_RELATED})
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return Record([])
    return Record(list(in_short(permissions.visible_to(user).filter(pk__in=ids))))
