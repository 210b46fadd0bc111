"""Whoever may not see a complaint learns nothing of it: not by a page, a list, a count, a search, a file or the API.

The addresses are read from the URL configuration, so that a page that is added tomorrow is asked as well.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from hypothesis import settings

from accounts import services as people
from accounts.roles import Role
from complaints.classes import ComplaintClass, Kind
from complaints.gravity import SafetyKind
from complaints.models import Attachment, Complaint
from complaints.outside import ProceedingKind
from complaints.permissions import visible_to
from complaints.remedying import RemedyKind
from complaints.services import (
    casework,
    correspondence,
    decisions,
    evidence,
    incidents,
    intake,
    matters,
    media,
    proceedings,
    rehandling,
    remedies,
    safety,
    standing,
    supplier_claims,
    tasks,
)
from complaints.services.matters import Part
from complaints.tasking import TaskKind
from complaints.vocabulary import Outcome
from escalation.models import Clock
from notifications import services as outbox
from notifications.models import OutboxMessage
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.escalation import publish_calendar, publish_policy
from tests.factories.judging import judge, look_into

pytestmark = pytest.mark.django_db

CANARY = "Kanarie-77"
WORD = "zebrafish"
"""What is searched for; it stands beside the canary."""

SKIPPED = ("admin/", "i18n/", "account/sign-out", "api/v1/docs", "api/v1/schema")
"""The set-up tables are for superusers; the others tell nothing about anybody."""


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every address as its pattern and the converters of its parts."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern).lstrip("^")
        if route.startswith(SKIPPED):
            continue
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, getattr(entry.pattern, "converters", {})


def addresses(complaint: Complaint, *, searching: bool | None = None) -> list[str]:
    """Every address, filled in with what would lead to this complaint; a list as it is, with a search, or both."""
    known = {
        "reference": complaint.reference,
        "number": str(Attachment.objects.get(complaint=complaint).pk),
        "message_id": str(OutboxMessage.objects.filter(complaint=complaint).first().pk),
        "clock_id": str(Clock.objects.filter(complaint=complaint).first().pk),
        "code": "office",
        "incident_id": str(complaint.gathered.incident_id),
        "year": "2026",
    }
    found = []
    for route, converters in routes():
        address = "/" + route.removesuffix("$")
        for name in converters:
            kind = route.split(f":{name}>")[0].rsplit("<", 1)[-1] if f":{name}>" in route else ""
            part = f"<{kind}:{name}>" if kind else f"<{name}>"
            address = address.replace(part, known.get(name, str(complaint.pk)))
        listed = {None: [address, f"{address}?text={WORD}"], False: [address], True: [f"{address}?text={WORD}"]}
        found += [address] if converters else listed[searching]
    return found


def asked_for(client: Client, addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """These addresses with what they tell: a program asks the API, a browser the pages."""
    is_program = "HTTP_AUTHORIZATION" in client.defaults
    for address in addresses:
        if address.startswith("/api/") == is_program:
            response = client.get(address)
            assert response.status_code != 500, address
            yield address, told(response)


def told(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace") + str(response.headers)


@pytest.fixture
def complaint(branch, agent, handler, supervisor, register) -> Complaint:
    """A complaint with the canary wherever words can stand, overdue, with letters and a clock that was set aside."""
    publish_calendar()
    publish_policy()
    words = f"{CANARY} {WORD}"
    complaint = register(
        subject=words,
        description=words,
        complainant=intake.ComplainantDetails(name=words, email=f"{CANARY.lower()}@example.org"),
        received_at=timezone.now(),
    ).complaint
    acts = {"complaint_id": complaint.pk, "by": agent}
    casework.acknowledge(**acts)
    casework.assign(**acts, to=handler)
    rehandling.ask_another(complaint_id=complaint.pk, reasons=words)
    correspondence.note(**acts, body=words)
    correspondence.reply(**acts, body=words)
    file = evidence.check_file(ContentFile(words.encode(), name=f"{CANARY}.txt"))
    evidence.attach(**acts, file=file, internal=False)
    look_into(complaint, agent, what=words, how=words)
    judge(complaint, agent, grounds_reasons=words, enough_because=words)
    decisions.classify(**acts, complaint_class=ComplaintClass.COMMUNICATIVE, kind=Kind.HELP, reasons=words)
    matters.split(**acts, parts=[Part(words), Part(f"{words} too", words=words)])
    matters.settle(**acts, number=1, outcome=Outcome.UPHELD, finding=words, reasons=words)
    tasks.issue(**acts, kind=TaskKind.CONSULTATION, what=words, department=branch)
    remedies.plan(**acts, kind=RemedyKind.EXCHANGE, what=words)
    supplier_claims.claim(**acts, supplier=words, amount=Decimal(1), currency="TWD", grounds=words)
    safety.report_safety(**acts, kind=SafetyKind.THREAT, what=words)
    media.note_media(**acts, source=words, published_on=timezone.localdate())
    standing.add_complainant(**acts, name=words)
    proceedings.open_proceeding(**acts, kind=ProceedingKind.COURT, body=words, what=words)
    incident = incidents.open_incident(by=supervisor, title=words, text=words, department=branch)
    incidents.gather(**acts, incident=incident)
    incidents.tell_all(incident=incident, by=supervisor, body=words, key="one")
    Clock.objects.filter(complaint=complaint, kind="resolution").update(
        failures=8, last_error=f"ValueError: {CANARY}", set_aside_at=timezone.now(), wake_at=None
    )
    outbox.send_due(limit=100)
    complaint.refresh_from_db()
    return complaint


@pytest.fixture
def elsewhere(head_office):
    return DepartmentFactory(code="south", name="South branch", parent=head_office)


def ways_in(user) -> list[Client]:
    """A browser that is signed in, and a program with a token."""
    browser, program = Client(raise_request_exception=False), Client(raise_request_exception=False)
    browser.force_login(user)
    _token, plain = people.issue_token(user=user, name="tests", scopes=("read", "write"), expires_at=None)
    program.defaults["HTTP_AUTHORIZATION"] = f"Bearer {plain}"
    return [browser, program]


@pytest.mark.slow
def test_the_canary_is_really_there(complaint, supervisor):
    doors = ("/desk/complaints/", "/api/v1/complaints/")
    expected = {f"{door}{rest}" for door in doors for rest in (f"?text={WORD}", f"{complaint.reference}/")}
    asked = [address for address in addresses(complaint) if address in expected or "/files/" in address]
    shown = {address for way_in in ways_in(supervisor) for address, text in asked_for(way_in, asked) if CANARY in text}
    assert expected < shown
    assert any("/files/" in address for address in shown)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "searching"), [(Role.MANAGER, True), (Role.AUDITOR, False), (Role.ADMINISTRATOR, None)]
)
def test_nobody_of_another_branch_learns_of_it(complaint, elsewhere, role, searching):
    """The lists are asked by turns: searched for the word, as they are, and both."""
    for way_in in ways_in(UserFactory(role=role, department=elsewhere)):
        for address, text in asked_for(way_in, addresses(complaint, searching=searching)):
            assert CANARY.lower() not in text.lower(), address


@pytest.mark.slow
def test_nobody_from_outside_learns_of_it(complaint):
    for address, text in asked_for(Client(raise_request_exception=False), addresses(complaint)):
        assert CANARY.lower() not in text.lower(), address


TURNS = 3


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_lists_and_single_pages_go_by_the_same_rule(complaint, head_office, branch, elsewhere, role):
    """Each third of the doors is asked by turns: so of each department every role's third is another one. The long
    profile asks all.
    """
    turns = 1 if settings.get_current_profile_name() == "long" else TURNS
    reference = complaint.reference
    for at, department in enumerate((head_office, branch, elsewhere), start=list(Role).index(role)):
        user = UserFactory(role=role, department=department)
        browser, program = ways_in(user)
        doors = {
            "desk list": lambda ask=browser: reference in told(ask.get("/desk/complaints/")),
            "desk search": lambda ask=browser: CANARY in told(ask.get(f"/desk/complaints/?text={WORD}")),
            "api list": lambda ask=program: reference in told(ask.get("/api/v1/complaints/")),
        }
        for page in ("", "deadlines/"):
            address = f"/desk/complaints/{reference}/{page}"
            doors[f"desk {page}"] = lambda ask=browser, at=address: ask.get(at).status_code == 200
        for part in ("", "matters/", "tasks/", "remedies/", "supplier_claims/", "clocks/"):
            address = f"/api/v1/complaints/{reference}/{part}"
            doors[f"api {part}"] = lambda ask=program, at=address: ask.get(at).status_code == 200
        seen = visible_to(user).filter(pk=complaint.pk).exists()
        answers = {name: opens() for turn, (name, opens) in enumerate(doors.items()) if turn % turns == at % turns}
        assert answers == dict.fromkeys(answers, seen), (role, department.code)
