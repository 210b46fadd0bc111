"""Who can sign: the people behind the parties of a proposal, and what waits for whom. (Design section 3.)"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Func, Q, QuerySet
from django.utils import timezone

from accounts import selectors as offices
from accounts.models import Membership, User
from accounts.roles import Role
from complaints import circles, conflicts
from complaints.models import Complaint, Proposal, Remedy, Signature
from complaints.signing import SIGNING_ROLES, Party, ProposalState, SignatureState


@dataclass(frozen=True)
class Asked:
    """A party that must sign, with the department where it was found, and the people of whom one signs."""

    party: Party
    department: int
    people: Sequence[int]
    by_limit: bool = False

    def label(self) -> str:
        """Who is asked, in the reader's language."""
        return self.party.words()


@dataclass(frozen=True)
class Pool:
    """The people who could sign for a complaint: `holders` by department and role, those who are away apart."""

    lineage: Sequence[int]
    holders: Mapping[tuple[int, Role], Collection[int]]
    roles: Mapping[int, Collection[tuple[Role, int]]]
    away: Collection[int]
    barred: Collection[int]
    circle: Collection[int] | None = None
    """Of a restricted complaint those who see it: nobody else signs."""

    @classmethod
    def of(
        cls, complaint: Complaint, proposer: User, remedies: Iterable[Remedy], departments: Collection[int]
    ) -> "Pool":
        """Read who holds which role in these departments, and in the complaint's own and those above it.

        `remedies` are those to be signed.
        """
        lineage = offices.lineage(complaint.department_id)
        rows = Membership.objects.filter(
            Q(department__in={*lineage, *departments}) | Q(user=proposer),
            user__is_active=True,
            role__in=sorted(SIGNING_ROLES),
        )
        holders: dict[tuple[int, Role], set[int]] = defaultdict(set)
        roles: dict[int, set[tuple[Role, int]]] = defaultdict(set)
        for person, role, department in rows.values_list("user_id", "role", "department_id"):
            holders[department, Role(role)].add(person)
            roles[person].add((Role(role), department))
        barred = {proposer.pk, *_planners(remedies), *conflicts.concerned(complaint)}
        away = offices.absences_at(timezone.now()).keys()
        return cls(lineage, holders, roles, away, barred, _circle(complaint))

    def roles_of(self, person: User) -> set[Role]:
        """The roles that the person holds where the complaint lies."""
        return {role for role, department in self.roles.get(person.pk, ()) if department in self.lineage}

    def has(self, role: Role) -> bool:
        """Whether anybody where the complaint lies, or above, could sign in this role."""
        return any(self._people(role, department) for department in self.lineage)

    def find(self, party: Party) -> Asked:
        """The party with its people: of the department it names, else of the nearest where somebody is there, else of
        the nearest where somebody is at all.
        """
        if party.department is not None:
            return Asked(party, party.department, self._people(party.role, party.department))
        found = [(department, self._people(party.role, department)) for department in self.lineage]
        there = [(department, some) for department, some in found if set(some) - set(self.away)]
        department, some = next(iter(there or [each for each in found if each[1]] or found))
        return Asked(party, department, some)

    def _people(self, role: Role | None, department: int) -> list[int]:
        roles = SIGNING_ROLES if role is None else {role}
        found = {person for each in roles for person in self.holders.get((department, each), ())}
        return sorted(
            found - set(self.barred) if self.circle is None else (found & set(self.circle)) - set(self.barred)
        )


def makers(proposal: Proposal) -> set[int]:
    """Whose work a proposal is, so that none of them signs it: whoever made it, and whoever planned what it holds."""
    return {proposal.prepared_by_id, *_planners(proposal.remedies.all())}


def _planners(remedies: Iterable[Remedy]) -> set[int]:
    return {remedy.planned_by_id for remedy in remedies}


def _circle(complaint: Complaint) -> Collection[int] | None:
    return circles.members(complaint) if complaint.restriction else None


# --- what waits for whom -------------------------------------------------------------------------------------


def waiting_for(held: Mapping[Role, Collection[int]]) -> QuerySet[Signature]:
    """The waiting signatures of open proposals that somebody could give who holds these roles, each with the
    departments it is held in.
    """
    could = Q(pk__in=())
    for role, departments in held.items():
        if role in SIGNING_ROLES:
            could |= Q(role__in=("", role), department__in=departments)
    return Signature.objects.filter(could, state=SignatureState.WAITING, proposal__state=ProposalState.OPEN)


_SEEN_FOR_SIGNING = """
SELECT proposal.complaint_id FROM complaints_signature AS signature
JOIN complaints_proposal AS proposal ON proposal.id = signature.proposal_id
WHERE proposal.state = %s AND (signature.signer_id = %s OR signature.state = %s AND ({could}))
"""


def seen_for_signing(user: User, held: Mapping[Role, Collection[int]]) -> Func:
    """A condition on complaints, which lets somebody of another department see them: an open proposal that they could
    sign (the rule of `waiting_for`), or have signed.
    """
    could, parameters = ["FALSE"], [ProposalState.OPEN.value, user.pk, SignatureState.WAITING.value]
    for role in sorted(held.keys() & SIGNING_ROLES):
        could.append("signature.role IN ('', %s) AND signature.department_id = ANY(%s::bigint[])")
        parameters += [role.value, sorted(held[role])]
    return circles.among(_SEEN_FOR_SIGNING.format(could=" OR ".join(could)), parameters)


def held_by(user: User) -> dict[Role, set[int]]:
    """The roles of this person, each with the departments it is held in. One query."""
    held: dict[Role, set[int]] = defaultdict(set)
    for role, department in offices.roles_of(user):
        held[role].add(department)
    return held


def can_sign(
    user: User, proposal: Proposal, signatures: Sequence[Signature], held: Mapping[Role, Collection[int]]
) -> list[Signature]:
    """Those of the signatures of this open proposal that this person could give: none of its makers, and without one
    given yet.

    Whether the complaint concerns them, and whose turn it is, is asked apart: both deserve a sentence.
    """
    if not user.is_active or any(user.pk == each.signer_id for each in signatures):
        return []
    theirs = [each for each in signatures if each.state == SignatureState.WAITING and _holds(held, each)]
    return [] if theirs and user.pk in makers(proposal) else theirs


def due_now(signatures: Sequence[Signature]) -> list[Signature]:
    """Those of the signatures of a proposal that may be given now: the waiting ones of the first turn that has any."""
    waiting = [each for each in signatures if each.state == SignatureState.WAITING]
    turn = min((each.turn for each in waiting), default=0)
    return [each for each in waiting if each.turn == turn]


def _holds(held: Mapping[Role, Collection[int]], signature: Signature) -> bool:
    roles = SIGNING_ROLES if not signature.role else {Role(signature.role)}
    return any(signature.department_id in held.get(role, ()) for role in roles)


def candidates(complaint: Complaint, signatures: Iterable[Signature], *, without: Collection[int]) -> list[list[int]]:
    """For each of these waiting signatures, the people who could give it, without those named. Two queries."""
    waiting = list(signatures)
    barred = {*without, *conflicts.concerned(complaint)}
    rows = Membership.objects.filter(
        department__in={signature.department_id for signature in waiting},
        user__is_active=True,
        role__in=sorted(SIGNING_ROLES),
    ).values_list("user_id", "role", "department_id")
    found = [
        {
            person
            for person, role, department in rows
            if department == signature.department_id and signature.role in ("", role)
        }
        for signature in waiting
    ]
    circle = _circle(complaint)
    return [sorted(some - barred if circle is None else (some & set(circle)) - barred) for some in found]
