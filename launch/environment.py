"""What the children are told through the environment. The names are documented in .env.example."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from launch.errors import LaunchError
from launch.places import CHECKOUT, DataDirectory
from launch.services import Servers

FOREIGN = ("DJANGO_SETTINGS_MODULE", "PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH")  # meant for other projects


def given(dotenv: Path = CHECKOUT / ".env") -> dict[str, str]:
    """The environment as the operator made it: the process's own, then what `.env` adds to it."""
    return read_dotenv(dotenv) | os.environ


def read_dotenv(path: Path) -> dict[str, str]:
    """Lines of NAME=value, `#` comments and quotes as in a shell; raises LaunchError for anything else."""
    values: dict[str, str] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return values
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            words = [""]
        if not words:
            continue
        name, separator, value = words[0].partition("=")
        if len(words) > 1 or not separator or not name.isidentifier():
            raise LaunchError(f"Line {number} of {path.name} should read NAME=value, with quotes around spaces.")
        values[name] = value
    return values


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without anything that changes how Redress behaves: for tests and checks."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("REDRESS_") and name not in {*FOREIGN, "DATABASE_URL", "REDIS_URL"}
    }


def for_django(
    data: DataDirectory,
    servers: Servers,
    environment: Mapping[str, str],
    *,
    base_url: str = "",
    hosts: str = "",
) -> dict[str, str]:
    """The environment of every Python child. What the operator set stays, except the data directory."""
    values = {name: value for name, value in environment.items() if name not in FOREIGN}
    values.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling our own modules anew costs each start a second
    values |= servers.as_environment()
    values["DJANGO_SETTINGS_MODULE"] = "config.settings"
    values["REDRESS_DATA_DIR"] = str(data.root)
    if not values.get("REDRESS_SECRET_KEY"):
        values["REDRESS_SECRET_KEY"] = data.secret_key()
    if base_url:
        values.setdefault("REDRESS_BASE_URL", base_url)
    if hosts:
        values.setdefault("REDRESS_ALLOWED_HOSTS", hosts)
    return values
