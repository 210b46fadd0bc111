"""Valkey (or Redis) from its bare program: a unix socket, no TCP port, and nothing lost at a restart."""

import socket
from pathlib import Path

from launch import postgres
from launch.account import Account
from launch.places import DataDirectory
from launch.programs import Program

SOCKET = "valkey.sock"


def url(run_directory: Path) -> str:
    return f"redis+socket://{run_directory / SOCKET}?virtual_host=0"


def program(
    server: Path, data: DataDirectory, run_directory: Path, account: Account | None, *, durable: bool
) -> Program:
    """The server. It keeps its files in its working directory, so nobody need be able to walk there."""
    address = run_directory / SOCKET
    data.valkey.mkdir(mode=0o700, exist_ok=True)
    if account:
        account.own(data.valkey)
    settings = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "yes" if durable else "no",
        "maxmemory-policy": "noeviction",  # a broker that forgets messages under pressure is no broker
    }

    def is_ready(_pid: int) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(address))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")  # it says -LOADING while it reads its files
        except OSError:
            return False

    return Program(
        name="valkey",
        argv=[str(server), *[part for name, value in settings.items() for part in (f"--{name}", value)]],
        environment=postgres.environment(),
        cwd=data.valkey,
        log=data.logs / "valkey.log",
        is_ready=is_ready,
        patience=15,
        hurried=3,
        account=account,
    )
