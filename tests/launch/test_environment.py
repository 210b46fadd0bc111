"""What the operator sets, what the launcher adds, and what tests and checks must not see."""

import re
import stat

import pytest

from launch import environment
from launch.errors import LaunchError
from launch.places import CHECKOUT
from launch.services import Servers

SERVERS = Servers("postgres://redress@%2Frun%2Fx/redress", "redis+socket:///run/x/valkey.sock?virtual_host=0")


def test_children_learn_where_everything_is(data):
    values = environment.for_django(data, SERVERS, {}, base_url="http://127.0.0.1:8001", hosts="localhost")
    assert values == {
        "DATABASE_URL": SERVERS.database_url,
        "REDIS_URL": SERVERS.redis_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDRESS_DATA_DIR": str(data.root),
        "REDRESS_SECRET_KEY": data.secret_key(),
        "REDRESS_BASE_URL": "http://127.0.0.1:8001",
        "REDRESS_ALLOWED_HOSTS": "localhost",
    }


def test_what_the_operator_set_stays_and_what_belongs_to_other_projects_goes(data):
    operator = {
        "REDRESS_BASE_URL": "https://complaints.example",
        "REDRESS_SECRET_KEY": "mine",
        "DJANGO_SETTINGS_MODULE": "other.settings",
        "PYTHONPATH": "/other",
    }
    values = environment.for_django(data, SERVERS, operator, base_url="http://127.0.0.1:8000")
    assert values["REDRESS_BASE_URL"] == "https://complaints.example"
    assert values["REDRESS_SECRET_KEY"] == "mine"
    assert values["DJANGO_SETTINGS_MODULE"] == "config.settings"
    assert "PYTHONPATH" not in values
    assert not (data.root / "secret-key").exists()


def test_the_secret_key_is_made_once_and_read_by_its_owner_alone(data):
    key = data.secret_key()
    assert len(key) >= 50
    assert data.secret_key() == key
    assert stat.S_IMODE((data.root / "secret-key").stat().st_mode) == 0o600


def test_tests_and_checks_see_no_settings_of_the_operator():
    assert environment.without_settings(
        {"REDRESS_DEBUG": "1", "DATABASE_URL": "x", "REDIS_URL": "y", "HOME": "/"}
    ) == {"HOME": "/"}


def test_a_dotenv_is_read_as_a_shell_would_and_the_environment_wins(tmp_path, monkeypatch):
    path = tmp_path / ".env"
    path.write_text('# mail\nREDRESS_FROM_EMAIL="Redress <a@example.org>"\nREDRESS_TIME_ZONE=Asia/Taipei # here\n\n')
    monkeypatch.setenv("REDRESS_TIME_ZONE", "Asia/Shanghai")
    given = environment.given(path)
    assert given["REDRESS_FROM_EMAIL"] == "Redress <a@example.org>"
    assert given["REDRESS_TIME_ZONE"] == "Asia/Shanghai"


@pytest.mark.parametrize("line", ["REDRESS_DEBUG", "A B=1", "NAME=two words", "NAME='open"])
def test_a_bad_line_in_a_dotenv_is_named(tmp_path, line):
    path = tmp_path / ".env"
    path.write_text(f"REDRESS_DEBUG=1\n{line}\n")
    with pytest.raises(LaunchError, match=r"Line 2 of \.env"):
        environment.given(path)


def test_the_example_names_every_variable_the_settings_read():
    settings = (CHECKOUT / "config/settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    documented = set(re.findall(r"^#([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    assert read
    assert read <= documented
