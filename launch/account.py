"""Which account the database and the broker run under. PostgreSQL refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launch.errors import LaunchError


@dataclass(frozen=True)
class Account:
    """An account that the servers are started under; only root can and must choose one."""

    name: str
    uid: int
    gid: int

    def credentials(self) -> dict[str, Any]:
        """How subprocess is told to start a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a directory to this account, closed for everybody else."""
        try:
            os.chown(path, self.uid, self.gid)
        except OSError as error:
            raise LaunchError(
                f"Cannot give {path} to the account {self.name} ({error.strerror}), and PostgreSQL refuses to "
                "run as root: start as an ordinary user, or set DATABASE_URL and REDIS_URL."
            ) from error


def servers_account(cluster: Path) -> Account | None:
    """None for an ordinary user. For root: whoever owns the existing cluster, and `nobody` for a new one.

    Only PostgreSQL and Valkey give up root; Python itself may lie where `nobody` cannot go.
    """
    if os.geteuid() != 0:
        return None
    owner = cluster.stat().st_uid if cluster.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise LaunchError(
            "PostgreSQL refuses to run as root, and this machine has no account to run it under: "
            "start as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
