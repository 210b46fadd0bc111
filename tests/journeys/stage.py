"""People who walk through an office that was loaded from a preset, each by the doors that are theirs."""

from dataclasses import dataclass
from io import StringIO

from django.core.management import call_command
from django.test import Client

from accounts import services as staff
from accounts.models import Department, User
from accounts.roles import Role
from complaints.models import Complaint
from tests.complaints.api.conftest import Program
from tests.factories import UserFactory


@dataclass(frozen=True)
class Person:
    """Somebody in a seat, with a token and a browser. What they do has to be taken, unless they say otherwise."""

    user: User
    program: Program
    browser: Client

    def registers(self, **form) -> dict:
        """Take a complaint in; answers with it."""
        return self._taken(self.program.send("", form))

    def does(self, reference: str, verb: str, /, **given) -> dict:
        """`does(ref, "acknowledge")`, `does(ref, "tasks/1/accept")`: the complaint as it then is."""
        return self._taken(self.program.send(f"{reference}/{verb}/", given))

    def signs(self, reference: str, /, **given) -> dict:
        """What they have read of the proposal, they sign."""
        read = next(each for each in self.reads(reference)["proposals"] if each["state"] == "open")
        return self.does(reference, "sign", digest=read["digest"], **given)

    def is_refused(self, reference: str, verb: str, /, **given) -> str:
        """The stable code of why."""
        answer = self.program.send(f"{reference}/{verb}/", given)
        assert answer.status_code in {400, 403, 404, 409}, answer.content[:500]
        return answer.json()["code"]

    def reads(self, reference: str) -> dict:
        """The complaint as this person sees it."""
        return self._taken(self.program.read(f"{reference}/"))

    def _taken(self, answer) -> dict:
        assert answer.status_code in {200, 201}, answer.content[:800]
        return answer.json()


def load(name: str) -> None:
    """The office of that trade, as its command loads it."""
    call_command("load_preset", name, stdout=StringIO())


def seat(role: Role, place: str, name: str = "") -> Person:
    """Somebody takes a seat of the office."""
    department = Department.objects.get(code=place)
    user = UserFactory(name=name or f"{role.label}, {place}", role=role, department=department)
    _token, plain = staff.issue_token(user=user, name="tests", scopes=("read", "write"), expires_at=None)
    browser = Client()
    browser.force_login(user)
    return Person(user, Program(plain), browser)


def clock(told: dict, kind: str) -> dict:
    """The newest clock of a kind, as the API tells of it."""
    return [each for each in told["clocks"] if each["kind"] == kind][-1]


def case(reference: str) -> Complaint:
    """The row behind a reference."""
    return Complaint.objects.get(reference=reference)


def letters_to(person: Person) -> list[str]:
    """The subjects of what was written to somebody, the oldest first."""
    return list(person.user.outbox_messages.order_by("id").values_list("subject", flat=True))
