"""Nobody outside the circle of a restricted complaint learns of it: everybody × every door of the URL table.

Every run asks the matrix by turns (`share_of`); `pytest --hypothesis-profile=long` asks the whole of it.

The complaint had an ordinary life first, with tasks, letters, proposals and a climb, so that it had come to stand in
every list there is; then it was restricted. A door that is added tomorrow is asked as well. Whoever adds a part of an
address that nobody here can fill in is told so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from hypothesis import settings

from accounts import services as staff
from accounts.models import Department, Membership, User
from accounts.roles import Role
from complaints import references
from complaints.classes import ComplaintClass, Kind
from complaints.gravity import Criterion, SafetyKind
from complaints.judging import Source
from complaints.measuring import MeasureKind
from complaints.models import Attachment, Category, CirclePlace, Complaint, Task, Viewing
from complaints.proving import NumberKind, ProofFrom, ProofKind
from complaints.services import (
    casework,
    correspondence,
    decisions,
    evidence,
    guides,
    incidents,
    inquiries,
    majors,
    matters,
    measures,
    proofs,
    rehandling,
    restriction,
    safety,
    tasks,
    transfers,
)
from complaints.services import head_office as above
from complaints.services.guides import TemplateDraft
from complaints.services.intake import ComplainantDetails, SubjectDetails
from complaints.services.matters import Part
from complaints.tasking import TaskKind
from complaints.vocabulary import SubjectKind, Track
from escalation.models import Clock
from escalation.services import sweep
from notifications import services as outbox
from notifications.models import OutboxMessage
from tests.architecture.doors import Door, ask, every_door, told
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The default scheme will be changed"),  # of a form of the workshop
]

CANARY = "Kanarie-77"
WORD = "zebrafish"
"""What is searched for; it stands beside the canary."""

CSRF = r"""csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+"""

SAYS_NOTHING_OF_COMPLAINTS = ("api/v1/docs/", "api/v1/schema/")
"""Doors that take long to open and show the same to everybody."""

_ALL = [door for door in every_door() if not door.route.startswith(SAYS_NOTHING_OF_COMPLAINTS)]
WORKSHOP = [door for door in _ALL if door.name.startswith("admin:")]
"""The set-up tables; whoever is not of the workshop is sent away before anything is looked up."""
DOORS = [door for door in _ALL if door not in WORKSHOP]
ABOUT_RULES = (
    "account/",
    "desk/deadlines/calendar",
    "desk/deadlines/packs/",
    "desk/deadlines/policies/",
    "desk/presets/",
    "desk/guides/",
    "api/v1/guides/",
    "api/v1/reply-templates/",
)
"""Pages of rules and of oneself, which take long and say the same to every role: two roles ask them."""


NEAREST = (Role.EXECUTIVE, Role.ADMINISTRATOR, Role.QUALITY_REVIEWER)
"""Who comes nearest: who reads everything, who may set up everything, and whom the complaint is about, with a place in
its circle.
"""
TURNS, TURNS_OF_LISTS = 7, 2


@dataclass(frozen=True)
class Scene:
    """The complaint, who is inside, who is outside, and what the parts of addresses may stand for."""

    complaint: Complaint
    inside: Mapping[str, User]
    outside: Mapping[Role, User]
    parts: Mapping[str, Sequence[object]]

    def addresses(self, doors: Iterable[Door], *, searching: bool = False) -> list[tuple[Door, str]]:
        """Every address that leads through these doors, and if asked for lists once more with a search for it."""
        found = []
        for door in doors:
            known = {**self.parts, "object_id": [_row_behind(door, self.complaint)]}
            unknown = set(door.parts) - known.keys()
            assert not unknown, f"say in {__name__}.scene what {unknown} may stand for: {door.route}"
            found += [(door, address) for address in door.addresses(known)]
            if searching and not door.parts and not door.name.startswith("admin:"):
                found += [(door, f"{door.addresses(known)[0]}?text={WORD}&q={WORD}&state=&status=")]
        return found


def _row_behind(door: Door, complaint: Complaint) -> object:
    """The row that a page of the workshop is about: one that has to do with the complaint, if there is any."""
    match = re.fullmatch(r"admin:(\w+?)_(\w+)_(?:change|delete|history)", door.name)
    if match is None or (match[1], match[2]) not in _workshop():
        return complaint.pk
    model = apps.get_model(match[1], match[2])
    near = {User: complaint.holder_id, Department: complaint.department_id, Category: complaint.category_id}
    of_it = {field.name for field in model._meta.fields} & {"complaint", "clock"}
    if model in near:
        return near[model]
    if "complaint" in of_it:
        row = model._default_manager.filter(complaint=complaint).first()
    elif "clock" in of_it:
        row = model._default_manager.filter(clock__complaint=complaint).first()
    else:
        row = model._default_manager.first()
    return row.pk if row else 1


def _workshop() -> set[tuple[str, str]]:
    return {(model._meta.app_label, model._meta.model_name) for model in apps.get_models()}


@pytest.fixture
def scene(head_office, branch, supervisor, manager, register) -> Scene:
    publish_calendar()
    template = {"en": {"name": "Standard", "body": "{subject}"}}
    guides.add_template(by=None, code="standard", draft=TemplateDraft(template))
    publish_policy()
    words = f"{CANARY} {WORD}"
    south = DepartmentFactory(code="south", name="South branch", parent=head_office)
    # one person for each role, at the head office, so that they read everything that is not restricted
    outside = {role: UserFactory(name=role.label, role=role, department=head_office) for role in Role}
    registrar, past_holder = outside[Role.AGENT], outside[Role.HANDLER]
    accused, chief, mechanic = outside[Role.QUALITY_REVIEWER], outside[Role.SUPERVISOR], outside[Role.DUTY_OFFICER]
    for person in (accused, chief):
        person.department = south
        person.save()
    Membership.objects.create(user=chief, department=south, role=Role.SUPERVISOR)
    root = outside[Role.ADMINISTRATOR]
    root.is_staff = root.is_superuser = True
    root.save()
    complaint = register(
        by=registrar,
        subject=words,
        description=words,
        category=CategoryFactory(department=branch),
        complainant=ComplainantDetails(name=words, email=f"{CANARY.lower()}@example.org", phone="0912 345 678"),
        subjects=[SubjectDetails(f"{CANARY} {accused.name}", SubjectKind.PERSON, accused.email)],
        received_at=timezone.now() - timedelta(days=12),
    ).complaint
    acts = {"complaint_id": complaint.pk, "by": registrar}
    casework.acknowledge(**acts)
    casework.assign(**acts, to=past_holder)
    correspondence.note(**acts, body=words)
    correspondence.reply(**acts, body=words)
    file = evidence.check_file(ContentFile(words.encode(), name=f"{CANARY}.txt"))
    attachment = evidence.attach(**acts, file=file, internal=False)
    for owner in (mechanic, accused, None):
        kind = TaskKind.STATEMENT if owner == accused else TaskKind.CONSULTATION
        tasks.issue(**acts, kind=kind, what=words, department=south, owner=owner)
    decisions.classify(
        **acts, complaint_class=ComplaintClass.MALICIOUS, kind=Kind.ABUSE, reasons=words, evidence=words, told=words
    )
    inquiries.investigate(**acts, source=Source.COMPLAINANT, what=words)
    matters.split(**acts, parts=[Part(subject=words, words=words), Part(subject=f"{words} too")])
    majors.declare_major(**acts, criteria=[Criterion.BUSINESS], reasons=words)
    safety.report_safety(**acts, kind=SafetyKind.THREAT, what=words)
    incident = incidents.open_incident(by=manager, title="Storm", text="Many wrote.", department=branch)
    incidents.gather(complaint_id=complaint.pk, by=manager, incident=incident)
    sweep.sweep()  # long overdue: it climbs, and letters of the climb are written
    Clock.objects.filter(complaint=complaint, kind="resolution").update(
        failures=8, last_error=f"ValueError: {CANARY}", set_aside_at=timezone.now(), wake_at=None
    )
    outbox.send_due(limit=100)
    above.brief(complaint_id=complaint.pk, by=outside[Role.EXECUTIVE], text=words)
    above.watch(complaint_id=complaint.pk, by=outside[Role.EXECUTIVE])
    transfers.transfer(complaint_id=complaint.pk, by=manager, to=south, reasons=words, spoken=words, knows=words)
    proofs.list_proof(
        complaint_id=complaint.pk, by=manager, kind=ProofKind.OTHER, what=words, brought_by=ProofFrom.COMPLAINANT
    )
    proofs.record_number(complaint_id=complaint.pk, by=manager, kind=NumberKind.OTHER, value=words)
    restriction.restrict(complaint_id=complaint.pk, by=manager, reasons=words)
    measures.order_measure(complaint_id=complaint.pk, by=manager, kind=MeasureKind.OTHER, what=words, reasons=words)
    rehandling.ask_another(complaint_id=complaint.pk, reasons=words)
    for concerned in (accused, chief):  # even a place in the circle opens nothing to them
        CirclePlace.objects.create(complaint=complaint, user=concerned, admitted_at=timezone.now())
    complaint.refresh_from_db()
    inside = {"manager": manager, "holder": complaint.holder}
    assert not {person.pk for person in outside.values()} & {person.pk for person in inside.values()}
    parts = _parts(complaint, attachment) | {"incident_id": [incident.pk]}
    return Scene(complaint, inside, outside, parts)


def _parts(complaint: Complaint, attachment: Attachment) -> dict[str, Sequence[object]]:
    """What the parts of addresses may stand for, where they are to lead to this complaint if they can."""
    letters = OutboxMessage.objects.filter(complaint=complaint).order_by("pk")
    return {
        "reference": [complaint.reference],
        "number": [attachment.pk, Task.objects.filter(complaint=complaint).values_list("number", flat=True)[0]],
        "attachment_id": [attachment.pk],
        "file_id": [attachment.pk],
        "key": ["no-such-link"],
        "message_id": [letters.filter(recipient=None)[0].pk, letters.exclude(recipient=None)[0].pk],
        "clock_id": [Clock.objects.filter(complaint=complaint, set_aside_at__isnull=False)[0].pk],
        # of things that belong to no complaint
        "code": ["office", "standard"],
        "year": [2026],
        "slug": ["what"],
        "shift_id": [1],
        "limit_id": [1],
        "absence_id": [1],
        "migration_id": [1],
        "uidb64": ["MQ"],
        "token": ["set-password"],
        # of the workshop
        "content_type_id": [1],
        "app_label": ["escalation"],
        "id": [complaint.holder_id],
        "url": ["complaints/complaint/"],
    }


def ways_in(user: User) -> list[Client]:
    """A browser that is signed in, and a program with a token."""
    browser, program = Client(raise_request_exception=False), Client(raise_request_exception=False)
    browser.force_login(user)
    _token, plain = staff.issue_token(user=user, name="tests", scopes=("read", "write"), expires_at=None)
    program.defaults["HTTP_AUTHORIZATION"] = f"Bearer {plain}"
    return [browser, program]


def reached_by(client: Client, addresses: Iterable[tuple[Door, str]]) -> list[tuple[Door, str]]:
    """A program asks the API, a browser the pages."""
    is_program = "HTTP_AUTHORIZATION" in client.defaults
    return [(door, address) for door, address in addresses if address.startswith("/api/") == is_program]


def share_of(role: Role, addresses: Sequence[tuple[Door, str]]) -> list[tuple[Door, str]]:
    """The nearest ask at every door; every other role by turns. The doors of one complaint all open by one rule: one
    of the other roles asks at each. At each list half of them ask.
    """
    if role in NEAREST or settings.get_current_profile_name() == "long":
        return list(addresses)
    own = [each for each in Role if each not in NEAREST].index(role)
    return [
        pair
        for at, pair in enumerate(addresses)
        if (at - own) % (TURNS if "reference" in pair[0].parts else TURNS_OF_LISTS) == 0
    ]


def gives_away(scene: Scene, client: Client, address: str) -> bool:
    """Whether this address tells the person behind this way in of the complaint. Its reference counts wherever the
    person has not just written it themselves.
    """
    says = told(ask(client, address)).lower()
    named = scene.complaint.reference.lower() in says and scene.complaint.reference not in address
    return CANARY.lower() in says or named


SHOWN = {
    "desk:complaints",
    "desk:dossier",
    "desk:file",
    "escalation:board",
    "notifications:handover",
    "api:complaints",
    "api:complaint",
    "api:messages",
    "api:attachment",
    "api:decisions",
    "api:issue_task",
}
"""Some of the doors through which the circle sees it."""


def test_the_circle_sees_it_and_every_look_is_written_down(scene):
    """The manager asks at every door, the holder where it must be shown."""
    asked = {
        "manager": [door for door in DOORS if not door.route.startswith(ABOUT_RULES)],
        "holder": [door for door in DOORS if door.name in SHOWN],
    }
    for who, person in scene.inside.items():
        addresses = scene.addresses(asked[who])
        shown, unlogged = set(), []
        for client in ways_in(person):
            for door, address in reached_by(client, addresses):
                response = ask(client, address)
                if CANARY.lower() in told(response).lower():
                    shown.add(door.name)
                opened = "reference" in door.parts and response.status_code == 200
                looks = Viewing.objects.filter(complaint=scene.complaint, user=person, door=door.name)
                if opened and not door.name.startswith("portal:") and not looks.exists():
                    unlogged.append(address)
        assert not unlogged, who
        assert shown >= SHOWN, who


def test_nobody_outside_the_circle_learns_of_it_through_any_door(scene):
    addresses, workshop = scene.addresses(DOORS), scene.addresses(WORKSHOP)
    searched = scene.addresses(DOORS, searching=True)
    about_cases = [pair for pair in addresses if not pair[0].route.startswith(ABOUT_RULES)]
    leaks = []
    for role, person in scene.outside.items():
        asked = searched if role == Role.EXECUTIVE else addresses + workshop if person.is_superuser else about_cases
        for client in ways_in(person):
            mine = share_of(role, reached_by(client, asked))
            leaks += [(role, a) for _door, a in mine if gives_away(scene, client, a)]
    assert leaks == []
    assert not Viewing.objects.filter(complaint=scene.complaint).exclude(user__in=scene.inside.values()).exists()


def test_nobody_outside_the_circle_does_anything_with_it_through_any_door(scene):
    """Asked by those who come nearest: what they cannot find nobody finds who sees less."""
    about_it = {"reference", "message_id", "clock_id", "attachment_id"}
    doors = [door for door in DOORS if about_it & set(door.parts) and not door.name.startswith("portal:")]
    addresses, events = scene.addresses(doors), scene.complaint.event_count
    reached = []
    for who in NEAREST:
        for client in ways_in(scene.outside[who]):
            for _door, address in reached_by(client, addresses):
                sent = {"content_type": "application/json"} if address.startswith("/api/") else {}
                response = client.post(address, {"version": events, "reasons": "x", "body": "x"}, **sent)
                if response.status_code not in (403, 404, 405):
                    reached.append((who, address, response.status_code))
    assert reached == []
    scene.complaint.refresh_from_db()
    assert scene.complaint.event_count == events


def test_a_reference_that_is_typed_says_as_much_as_one_that_is_not_there(scene, register, branch):
    agent = scene.outside[Role.AGENT]
    other = register(by=agent).complaint
    browser, program = ways_in(agent)

    def tried(reference):
        page = browser.post(f"/desk/complaints/{other.reference}/merge/", {"into": reference, "version": 1})
        answer = program.post(
            f"/api/v1/complaints/{other.reference}/merge/", {"into": reference}, content_type="application/json"
        )
        sign = re.compile(rf"{reference}|{CSRF}")
        return page.status_code, answer.status_code, answer.json()["errors"], sign.sub("", page.content.decode())

    assert tried(scene.complaint.reference) == tried(references.make(2026, 999_999))


def test_complainants_of_other_complaints_and_strangers_learn_nothing_of_it(scene, register):
    other = register()
    stranger, complainant = Client(raise_request_exception=False), Client(raise_request_exception=False)
    complainant.post("/track/", {"reference": other.complaint.reference, "secret": other.access_secret})
    assert complainant.get(f"/track/{other.complaint.reference}/").status_code == 200
    for client in (stranger, complainant):
        assert [a for _door, a in scene.addresses(DOORS) if gives_away(scene, client, a)] == []


def test_what_is_counted_for_others_does_not_count_it(head_office, branch, agent, specialist, register):
    """The same pages before such a complaint came in and after it: nothing looks different."""
    publish_calendar()
    publish_policy()
    person = UserFactory(role=Role.ADMINISTRATOR, department=head_office)
    with time_machine.travel(timezone.now(), tick=False):
        register(by=agent)
        browser, program = ways_in(person)
        counted = [
            (browser, "/desk/"),
            (browser, "/desk/complaints/"),
            (browser, "/desk/board/"),
            (browser, "/desk/handover/"),
            (browser, "/desk/mailbox/"),
            (browser, "/desk/duty/"),
            (program, "/api/v1/complaints/"),
            (Client(), "/metrics"),
        ]

        def seen():
            changing = re.compile(rf"{CSRF}|redress_(?:clocks|outbox)\S* .*")
            return [changing.sub("", client.get(address).content.decode()) for client, address in counted]

        before = seen()
        case = register(track=Track.REPORT, by=agent, received_at=timezone.now() - timedelta(hours=3)).complaint
        assert case.holder == specialist
        correspondence.note(complaint_id=case.pk, by=specialist, body="Only for the circle.")
        for page, (_client, address), same in zip(seen(), counted, before, strict=True):
            assert page == same, address
