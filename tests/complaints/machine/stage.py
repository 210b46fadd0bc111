"""The office in which the machine plays: departments, people of every role, rules, and the letters that came in."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone

from accounts.models import Department, User
from accounts.roles import Role
from complaints import signers
from complaints.classes import ComplaintClass
from complaints.lifecycle import ABOUT_ONE_TASK, SIGNING, Verb
from complaints.models import Category, Complaint, MassIncident, Proposal, ResponseRule, Task
from complaints.permissions import GRANTS, standing
from complaints.selectors import proposals
from complaints.services import incidents, intake
from complaints.services.intake import ComplainantDetails, Registration, SubjectDetails
from complaints.signing import ProposalState
from complaints.tasking import OPEN as OPEN_TASKS
from complaints.vocabulary import Channel, SubjectKind, Track
from escalation import selectors
from escalation.models import ExternalBody
from tests.complaints.machine.hand import CANARY
from tests.complaints.signoff_stage import limit, rule
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

BEGINS = datetime(2091, 3, 5, 10, tzinfo=ZoneInfo("Asia/Taipei"))
"""A Monday. Later than the database's own clock will be for long: what it dates by itself must not lie ahead."""

MUST_SIGN = frozenset({"return", "exchange"})
"""The kinds of remedies that three parties sign."""

LIMITS = {Role.HANDLER: 1_000, Role.SUPERVISOR: 5_000, Role.MANAGER: 50_000, Role.SPECIALIST: 50_000}
"""Up to which amount of TWD each role decides alone; of another currency nobody does but the executive."""

_LADDER = [
    {"at": "4/5", "effects": {"notify": ["holder"]}},
    {"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}},
    {"after_working_hours": 4, "effects": {"raise_to_tier": 3, "assign": True, "propose_upgrade": True}},
    {"after_working_hours": 8, "effects": {"raise_to_tier": 5, "assign": True, "notify": ["executive"]}},
    {"after_working_hours": 16, "effects": {"refer": True, "notify": ["holder"]}},
]
_REMINDER = [{"at": "deadline", "effects": {"notify": ["holder"]}}]


@dataclass
class Stage:
    """Who acts, on what, and what it is o'clock."""

    departments: dict[str, Department]
    people: dict[str, User]
    category: Category
    body: ExternalBody
    incident: MassIncident
    letters: dict[str, int]
    now: datetime
    on_stage: list[int] = field(default_factory=list)
    granted: dict[int, set[tuple[Verb, int]]] = field(default_factory=dict)
    known_circles: dict[int, set[int]] = field(default_factory=dict)
    turn: int = 0

    @contextmanager
    def moment(self) -> Iterator[None]:
        """It is `now` for the office, and for the database as far as deadlines ask it."""
        with (
            time_machine.travel(self.now, tick=False),
            mock.patch.object(selectors, "database_now", return_value=self.now),
        ):
            yield

    def complaint(self, complaint_id: int) -> Complaint:
        """It as it is now."""
        return Complaint.objects.get(pk=complaint_id)

    def able(self, verb: Verb, complaint: Complaint) -> Collection[User]:
        """Those who by their roles may well do this; only a hint, so that the machine gets somewhere."""
        if verb in SIGNING:
            return self._signers(complaint)
        if verb in ABOUT_ONE_TASK and self.one_in(3):
            return self._entrusted(complaint)
        inside = {*complaint.circle.filter(left_at=None).values_list("user_id", flat=True), complaint.holder_id}
        return [
            person
            for person in self.people.values()
            if (complaint.restriction and person.pk in inside)
            or (not complaint.restriction and (verb, complaint.department_id) in self.granted[person.pk])
            or person.pk == complaint.holder_id
        ]

    def one_in(self, times: int) -> bool:
        """Now and then, without drawing: by the clock of the stage."""
        return self.now.minute % times == 0

    def _signers(self, complaint: Complaint) -> Collection[User]:
        proposal = Proposal.objects.filter(complaint=complaint, state=ProposalState.OPEN).first()
        if proposal is None:
            return []
        signatures = proposals.signatures_of(proposal)
        without = {proposal.prepared_by_id, *(each.signer_id for each in signatures if each.signer_id)}
        due = signers.candidates(complaint, signers.due_now(signatures), without=without)
        able = {person for some in due for person in some}
        return [person for person in self.people.values() if person.pk in able]

    def _entrusted(self, complaint: Complaint) -> Collection[User]:
        tasks = Task.objects.filter(complaint=complaint, state__in=sorted(OPEN_TASKS))
        owners = set(tasks.values_list("owner_id", flat=True))
        return [person for person in self.people.values() if person.pk in owners]


def build() -> Stage:
    """Write the office down, and take in the letters. Its clock is set to BEGINS."""
    with time_machine.travel(BEGINS, tick=False):
        return _build()


def _build() -> Stage:
    departments = _departments()
    people = _people(departments)
    _rules(departments)
    category = CategoryFactory(department=departments["north"])
    stage = Stage(
        departments=departments,
        people=people,
        category=category,
        body=ExternalBody.objects.create(code="ombudsman", name="Ombudsman"),
        incident=incidents.open_incident(
            by=people["executive"], title="Storm", text="Many wrote.", department=departments["head"]
        ),
        letters=_letters(departments, people),
        now=BEGINS,
    )
    for person in people.values():
        theirs = standing(person)
        stage.granted[person.pk] = {
            (verb, department)
            for role, covered in theirs.covers.items()
            for verb in GRANTS[role]
            for department in covered
            if person.is_active
        }
    return stage


def _departments() -> dict[str, Department]:
    head = DepartmentFactory(code="head-office", name="Head office")
    return {
        "head": head,
        "north": DepartmentFactory(code="north", name="North branch", parent=head),
        "south": DepartmentFactory(code="south", name="South branch", parent=head),
        "control": DepartmentFactory(code="control-room", name="Control room", parent=head),
        "keys": DepartmentFactory(code="key-accounts", name="Key accounts", parent=head),
        "closed": DepartmentFactory(code="east", name="East branch", parent=head, is_active=False),
    }


def _people(departments: dict[str, Department]) -> dict[str, User]:
    hired = {
        "agent": (Role.AGENT, "north"),
        "handler": (Role.HANDLER, "north"),
        "colleague": (Role.HANDLER, "north"),
        "accused": (Role.HANDLER, "north"),
        "supervisor": (Role.SUPERVISOR, "north"),
        "deputy": (Role.SUPERVISOR, "head"),
        "manager": (Role.MANAGER, "north"),
        "head_manager": (Role.MANAGER, "head"),
        "duty_officer": (Role.DUTY_OFFICER, "north"),
        "specialist": (Role.SPECIALIST, "head"),
        "executive": (Role.EXECUTIVE, "head"),
        "reviewer": (Role.QUALITY_REVIEWER, "head"),
        "administrator": (Role.ADMINISTRATOR, "head"),
        "auditor": (Role.AUDITOR, "head"),
        "operator": (Role.HANDLER, "control"),
        "key_manager": (Role.MANAGER, "keys"),
        "outsider": (Role.SUPERVISOR, "south"),
        "southerner": (Role.HANDLER, "south"),
    }
    people = {
        name: UserFactory(name=f"{CANARY} {name}", role=role, department=departments[place])
        for name, (role, place) in hired.items()
    }
    gone = UserFactory(name=f"{CANARY} gone", role=Role.HANDLER, department=departments["north"], is_active=False)
    return people | {"gone": gone}


def _rules(departments: dict[str, Department]) -> None:
    publish_calendar()
    besides = {
        "signoff": {"target": working_hours(8), "steps": _LADDER[1:3]},
        "task": {"target": working_hours(16), "steps": _REMINDER},
        "promise": {"steps": _REMINDER},
        "follow_up": {"target": working_hours(16), "steps": _REMINDER},
        "objection": {"target": working_hours(40), "steps": _REMINDER},
        "takeover": {"target": working_hours(4), "steps": _REMINDER},
        "proceeding": {"steps": _REMINDER},
        "progress": {"target": working_hours(20), "steps": _REMINDER},
    }
    owed = {
        "acknowledge": {"target": working_hours(4), "steps": _REMINDER},
        "first_response": {"target": working_hours(8), "steps": _REMINDER},
        "resolution": {
            "target": working_hours(24),
            "steps": _LADDER,
            "extensions": {"times": 2, "most": 8},
        },
    }
    grave = {
        "authority_report": {"target": {"unit": "hours", "amount": 6}, "steps": _REMINDER},
        "major_notice": {"target": {"unit": "hours", "amount": 1}, "steps": _REMINDER},
    }
    publish_policy("major", position=10, match={"priority": ["major"]}, clocks=owed | besides | grave)
    publish_policy("standard", clocks=owed | besides)
    rule(
        "return",
        ("Control room", "", departments["control"]),
        ("Shop manager", Role.MANAGER, None),
        ("Key-account manager", Role.MANAGER, departments["keys"]),
        checks=[("In sight all the time", 1), ("Sold here", 2), ("Everything is recorded", None)],
        kinds=sorted(MUST_SIGN),
        in_order=True,
    )
    rule("upgrade", ("Head office", Role.SPECIALIST, departments["head"]), classes=[ComplaintClass.UPGRADE.value])
    for role, amount in LIMITS.items():
        limit(role, amount)
    ResponseRule.objects.create(
        code="valid", name="Valid ones", classes=[ComplaintClass.VALID], four_eyes=True, letter_required=True
    )


def _letters(departments: dict[str, Department], people: dict[str, User]) -> dict[str, int]:
    """One of each kind, as they came in a week ago."""

    def enter(**answers: object) -> int:
        given = {
            "subject": f"{CANARY} was charged twice",
            "description": f"{CANARY} paid twice.",
            "department": departments["north"],
            "received_at": timezone.now() - timedelta(days=4),
            "complainant": ComplainantDetails(name=f"{CANARY} Lin", email="zqx@example.org"),
        }
        registration = Registration(**(given | answers))
        return intake.register(registration=registration, by=people["agent"]).complaint.pk

    accused = SubjectDetails(f"{CANARY} at the till", SubjectKind.PERSON, people["accused"].email)
    worker = ComplainantDetails(name=f"{CANARY} Chen", email="zqx2@example.org", relation="employee")
    for_mother = ComplainantDetails(name=f"{CANARY} Wu", email="zqx3@example.org", on_behalf_of=f"{CANARY} mother")
    return {
        "ordinary": enter(),
        "accusing": enter(subjects=[accused], channel=Channel.VISIT),
        "confidential": enter(complainant=worker, subjects=[accused]),
        "for_another": enter(complainant=for_mother),
        "report": enter(track=Track.REPORT, received_at=timezone.now()),
    }
