"""PostgreSQL from its bare programs: one cluster, one unix socket, no TCP port and no password."""

import os
import shutil
import signal
import sys
from pathlib import Path
from urllib.parse import quote

from launch.account import Account
from launch.binaries import Programs
from launch.errors import LaunchError
from launch.places import DataDirectory, tail
from launch.processes import LINUX, run_to_end
from launch.programs import Program
from launch.signals import StopSignals

USER = DATABASE = "redress"
# pg_trgm finds no letters in Chinese when LC_CTYPE is C; macOS spells the locale differently.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
# Where the programs are told to find the cluster. A process may use its own working directory even when the
# directories above it are closed to its account, which is what happens to `nobody` below an owner-only checkout.
HERE = "/proc/self/cwd"


def environment() -> dict[str, str]:
    """Only what the servers need: the locale decides how text is compared."""
    return {"LC_ALL": LOCALE, "PATH": os.environ.get("PATH", os.defpath)}


def url(run_directory: Path) -> str:
    return f"postgres://{USER}@{quote(str(run_directory), safe='')}/{DATABASE}"


def ensure_cluster(
    programs: Programs, data: DataDirectory, account: Account | None, signals: StopSignals, *, durable: bool
) -> bool:
    """Make the cluster if there is none, and say whether it was made.

    Raises LaunchError when the cluster belongs to another major version or another account.
    """
    cluster = data.postgres
    if cluster.exists():
        _check_fits(programs, cluster, account)
        return False
    data.tables_stamp.unlink(missing_ok=True)
    draft = data.root / "postgres.new"  # half a cluster never gets the real name
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        account.own(draft)
    log = data.logs / "postgres.log"
    code = run_to_end(
        [
            str(programs.folder / "initdb"),
            f"--pgdata={_address(draft, account)}",
            f"--username={USER}",
            "--auth=trust",  # the socket lies in a directory that only this account and root can enter
            "--encoding=UTF8",
            f"--locale={LOCALE}",
            *([] if durable else ["--no-sync"]),
        ],
        environment=environment(),
        cwd=draft,
        signals=signals,
        log=log,
        account=account,
    )
    if code:
        raise LaunchError(f"PostgreSQL could not make its cluster. The last lines of {log}:\n{tail(log)}")
    draft.rename(cluster)
    return True


def program(
    programs: Programs, data: DataDirectory, run_directory: Path, account: Account | None, *, durable: bool
) -> Program:
    """The server. SIGINT is its fast shutdown, which ends sessions and keeps every committed row."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(run_directory),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    def is_ready(pid: int) -> bool:
        """The server writes its number and, on the eighth line, its state into a file of the cluster."""
        try:
            lines = (data.postgres / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    return Program(
        name="postgres",
        argv=[
            str(programs.folder / "postgres"),
            "-D",
            _address(data.postgres, account),
            *[part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
        ],
        environment=environment(),
        cwd=data.postgres,
        log=data.logs / "postgres.log",
        is_ready=is_ready,
        patience=60,
        hurried=3,
        account=account,
        stop=signal.SIGINT,
        hard=signal.SIGQUIT,
    )


def _address(cluster: Path, account: Account | None) -> str:
    """How the programs are told where the cluster is; they always start inside it."""
    return HERE if account and LINUX else str(cluster)


def _check_fits(programs: Programs, cluster: Path, account: Account | None) -> None:
    owner = cluster.stat().st_uid
    if owner != (account.uid if account else os.geteuid()):
        raise LaunchError(
            f"The database in {cluster} belongs to another account: start as that account, or choose another "
            "place with --data."
        )
    try:
        made_by = int((cluster / "PG_VERSION").read_text(encoding="ascii").split(".")[0])
    except (OSError, ValueError) as error:
        raise LaunchError(f"{cluster} holds no readable PostgreSQL cluster: move it away to start anew.") from error
    if made_by != programs.major:
        raise LaunchError(
            f"The database in {cluster} was made by PostgreSQL {made_by}, and this is PostgreSQL {programs.version} "
            f"({programs.origin}). Dump it with PostgreSQL {made_by} and restore it here: docs/operations.md says how."
        )
