"""The cast and the stage: an office with a head office and a branch, and the people who act in the tests."""

import gc
import uuid

import pytest
from django.db import connection
from django.template import Context, Engine, Template
from django.test.signals import template_rendered
from django.utils import translation
from django.utils.safestring import SafeString
from hypothesis import HealthCheck, settings

from accounts.models import Department, User
from accounts.roles import Role
from complaints.services import intake
from tests import database
from tests.factories import DepartmentFactory, UserFactory

# `--hypothesis-profile=long`: the state machine of the procedure plays for long, and never the same games
settings.register_profile(
    "long", max_examples=150, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)


def pytest_collection_finish(session):
    """What is loaded by now stays: garbage is looked for among the rest, and less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    testrun_uid, django_db_modify_db_settings, django_db_blocker, django_db_keepdb, django_db_createdb
):
    """A new database is a copy of one that is migrated once for all processes of the run."""
    with django_db_blocker.unblock():
        if django_db_createdb or not django_db_keepdb or not database.is_there():
            connection.settings_dict["TEST"] |= {"TEMPLATE": database.template(testrun_uid), "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """At the end nobody may be in the database that is dropped."""
    yield
    with django_db_blocker.unblock():
        database.end_other_sessions()


@pytest.fixture(scope="session", autouse=True)
def _only_whole_pages_tell_their_context(django_test_environment):
    """`response.context` is what the view gave. Otherwise the test client copies the context of every widget."""
    office = Engine.get_default()

    def render(page: Template, context: Context) -> SafeString:
        if context.template is page and page.engine is office and not str(page.name).startswith("django/forms/"):
            template_rendered.send(sender=page, template=page, context=context)
        return page.nodelist.render(context)

    Template._render = render  # where the test environment has put its own


@pytest.fixture(scope="session")
def _throwaway_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _files_go_to_a_throwaway_folder(settings, _throwaway_folder):
    """One for each test, made when a file is written."""
    settings.MEDIA_ROOT = _throwaway_folder / uuid.uuid4().hex


@pytest.fixture(autouse=True)
def _the_last_reader_is_forgotten():
    """A page leaves its reader's language active in the thread, as between two requests; the next test starts anew."""
    translation.deactivate()


@pytest.fixture
def head_office(db) -> Department:
    return DepartmentFactory(code="head-office", name="Head office")


@pytest.fixture
def branch(head_office) -> Department:
    return DepartmentFactory(code="north", name="North branch", parent=head_office)


@pytest.fixture
def agent(branch) -> User:
    return UserFactory(name="Agent", role=Role.AGENT, department=branch)


@pytest.fixture
def handler(branch) -> User:
    return UserFactory(name="Handler", role=Role.HANDLER, department=branch)


@pytest.fixture
def supervisor(branch) -> User:
    return UserFactory(name="Supervisor", role=Role.SUPERVISOR, department=branch)


@pytest.fixture
def manager(branch) -> User:
    return UserFactory(name="Manager", role=Role.MANAGER, department=branch)


@pytest.fixture
def specialist(head_office) -> User:
    return UserFactory(name="Specialist", role=Role.SPECIALIST, department=head_office)


@pytest.fixture
def executive(head_office) -> User:
    return UserFactory(name="Executive", role=Role.EXECUTIVE, department=head_office)


@pytest.fixture
def administrator(head_office) -> User:
    return UserFactory(name="Administrator", role=Role.ADMINISTRATOR, department=head_office, is_staff=True)


@pytest.fixture
def outsider(head_office) -> User:
    """Works elsewhere in the same organisation and has no business with the branch."""
    south = DepartmentFactory(code="south", name="South branch", parent=head_office)
    return UserFactory(name="Outsider", role=Role.SUPERVISOR, department=south)


@pytest.fixture
def register(branch):
    """Take in a complaint the real way; returns what intake returns (the complaint and its secret)."""

    def _register(*, by: User | None = None, **answers) -> intake.Registered:
        given = {
            "subject": "Charged twice",
            "description": "The card was charged twice for one purchase.",
            "department": branch,
            "complainant": intake.ComplainantDetails(name="Lin Mei-hua", email="lin@example.org"),
        } | answers
        return intake.register(registration=intake.Registration(**given), by=by)

    return _register
