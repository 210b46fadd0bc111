"""Reads: the matters of a complaint, what was found about each, and which complaints belong together by a split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import lifecycle, permissions, settling
from complaints.lifecycle import ABOUT_ONE_MATTER, Status, Verb
from complaints.models import Complaint, Matter, MatterFinding
from complaints.settling import LIVE, MatterState
from complaints.vocabulary import Outcome


@dataclass(frozen=True)
class MatterEntry:
    """A matter in the dossier: what was found, the last first, and what the reader may do with it now.

    `went_to` is the complaint it was split off into, if the reader sees that one.
    """

    matter: Matter
    findings: Sequence[MatterFinding]
    went_to: Complaint | None
    verbs: Sequence[Verb]

    @property
    def current(self) -> MatterFinding | None:
        """The finding in force."""
        return self.findings[0] if self.findings and self.findings[0].counts else None

    @property
    def is_live(self) -> bool:
        """Whether the complaint still has to answer it, or has."""
        return self.matter.state in LIVE

    @property
    def earlier(self) -> Sequence[MatterFinding]:
        """What was found before, the last first."""
        return [finding for finding in self.findings if not finding.counts]


@dataclass(frozen=True)
class Matters:
    """Everything about the matters of one complaint, for one reader.

    `came_from` is the matter that this complaint was split off from, `origin` the complaint that had it, if the reader
    sees that one.
    """

    entries: Sequence[MatterEntry]
    came_from: Matter | None
    origin: Complaint | None

    @property
    def derived(self) -> Outcome | None:
        """How the complaint would end as its matters stand; None while one is open, or without matters."""
        outcomes = [entry.matter.outcome for entry in self.entries if entry.matter.state in LIVE]
        if not outcomes or not all(outcomes):
            return None
        return settling.derived([Outcome(outcome) for outcome in outcomes])


def live(complaint: Complaint) -> QuerySet[Matter]:
    """What the complaint itself has to answer; nothing when it was never split."""
    return complaint.matters.filter(state__in=sorted(LIVE)).order_by("number")


def settled(complaint: Complaint) -> QuerySet[Matter]:
    """The matters that were answered, and may be disputed."""
    return complaint.matters.filter(state=MatterState.SETTLED).order_by("number")


def with_all(complaints: Iterable[Complaint]) -> QuerySet[Matter]:
    """The matters of these complaints with everything that is shown of them: two queries."""
    findings = MatterFinding.objects.select_related("settled_by").order_by("-id")
    return (
        Matter.objects.filter(complaint__in=[complaint.pk for complaint in complaints])
        .select_related("category", "about", "split_by", "went_to")
        .prefetch_related(Prefetch("findings", findings))
        .order_by("complaint_id", "number")
    )


def of(user: User, complaint: Complaint, *, allowed: frozenset[Verb]) -> Matters:
    """The matters of a complaint as this person sees them, in a constant number of queries.

    `allowed` is `permissions.allowed_verbs`.
    """
    rows = list(with_all([complaint]))
    came_from = Matter.objects.filter(went_to=complaint).select_related("complaint").first()
    linked = [row.went_to_id for row in rows if row.went_to_id is not None]
    seen = seen_among(user, [*linked, came_from.complaint_id] if came_from is not None else linked)
    verbs = _verbs(complaint, allowed)
    return Matters(
        entries=[
            MatterEntry(
                matter=row,
                findings=list(row.findings.all()),
                went_to=row.went_to if row.went_to_id in seen else None,
                verbs=[verb for verb in settling.verbs_from(MatterState(row.state)) if verb in verbs],
            )
            for row in rows
        ],
        came_from=came_from,
        origin=came_from.complaint if came_from is not None and came_from.complaint_id in seen else None,
    )


def seen_among(user: User, complaint_ids: Iterable[int]) -> set[int]:
    """Those of these complaints that the person sees: a link to another complaint is shown to nobody else."""
    wanted = set(complaint_ids)
    if not wanted:
        return set()
    return set(permissions.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))


def told(complaint: Complaint) -> list[dict[str, Any]]:
    """The matters that a held complaint has answered, each with how it ended and what the complainant is told."""
    findings = (
        MatterFinding.objects.filter(matter__complaint=complaint, matter__state=MatterState.SETTLED, replaced_at=None)
        .select_related("matter")
        .order_by("matter__number")
    )
    return [
        {
            "number": finding.matter.number,
            "subject": finding.matter.subject,
            "outcome": Outcome(finding.outcome).label,
            "finding": finding.finding,
        }
        for finding in findings
    ]


def in_words(some: Sequence[Matter]) -> str:
    """Matters by number and subject, in the reader's language."""
    # Translators: stands between the parts of a list.
    return _(", ").join(
        _("no. %(number)d (%(subject)s)") % {"number": matter.number, "subject": matter.subject} for matter in some
    )


def _verbs(complaint: Complaint, allowed: frozenset[Verb]) -> frozenset[Verb]:
    """Of the allowed acts about one matter those that are possible now."""
    status = Status(complaint.status)
    return frozenset(verb for verb in ABOUT_ONE_MATTER & allowed if lifecycle.possible(status, verb))
