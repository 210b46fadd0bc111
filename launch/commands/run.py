"""`python3 launch run`: the whole office from nothing, and its orderly end."""

import argparse
import http.client
import socket
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from launch import environment, preparing, services, supervisor, web_port, welcome
from launch.console import Console
from launch.places import CHECKOUT, DataDirectory
from launch.programs import Program
from launch.signals import StopSignals
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 launch run", description="Bring up the whole office.")
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: data in the checkout)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="port of the web; if taken, the next free one")
    parser.add_argument("--empty", action="store_true", help="start with one administrator instead of the demo office")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="worker processes (default: 2)")
    parser.add_argument("--web-workers", type=int, default=2, metavar="N", help="web processes (default: 2)")
    found = parser.parse_args(arguments)
    if not 0 <= found.port < 65536 or found.workers < 1 or found.web_workers < 1:
        parser.error("a port lies between 0 and 65535, and there is at least one worker of each kind")
    return found


def main(arguments: list[str], console: Console, signals: StopSignals) -> int:
    """Serve until asked to stop. Raises LaunchError when something needs a person."""
    wanted = options(arguments)
    began = time.monotonic()
    data = DataDirectory(Path(wanted.data).expanduser().resolve() if wanted.data else CHECKOUT / "data")
    data.create()
    venv = VirtualEnvironment()
    given = environment.given()
    console.say("Redress")
    with services.holding(data):
        venv.ensure(services.parts_to_install(given), console, signals)
        supervisor.stop_leftovers(data, console, signals)
        services.remove_run_directory(data)
        supervisor.set_long_logs_aside(data)
        with (
            web_port.listen(wanted.host, wanted.port) as line,
            services.sockets_removed(data),
            Supervisor(data, console, signals) as watched,
        ):
            address = web_port.address(wanted.host, line)
            if wanted.port not in {0, line.getsockname()[1]}:
                console.say(f"  Port {wanted.port} is taken, so this is port {line.getsockname()[1]}.")
            servers = services.start(data, venv, watched, console, signals, given=given)
            values = environment.for_django(
                data, servers, given, base_url=address, hosts=web_port.allowed_hosts(wanted.host)
            )
            preparing.translations(venv, values, console, signals)
            with preparing.StaticFiles(data, venv, values) as static:
                preparing.database(venv, values, console, signals)
                furnishing = "empty" if wanted.empty else "demo"
                if given.get("DATABASE_URL"):
                    preparing.office(venv, values, console, signals, furnishing=furnishing)
                else:
                    preparing.own_office(data, venv, values, console, signals, furnishing=furnishing)
                static.wait(console, signals)
            with console.step("Opening the office") as step:
                web, worker, beat = office_programs(data, venv, values, line, wanted)
                watched.start([web, worker])
                watched.start([beat])  # when somebody is there to hear it
                step.done("web, worker and beat up")
            watched.publish(state="running", address=address, **servers.as_environment())
            welcome.greet(console, data, address, seconds=time.monotonic() - began)
            watched.watch()
    console.say("Stopped. `python3 launch run` continues here.")
    return 0


def office_programs(
    data: DataDirectory,
    venv: VirtualEnvironment,
    values: Mapping[str, str],
    line: socket.socket,
    wanted: argparse.Namespace,
) -> tuple[Program, Program, Program]:
    """Web, worker and beat. The web server gets the listening socket, so its port is never lost to another."""
    gunicorn = venv.module(
        "gunicorn",
        "config.wsgi:application",
        "--worker-class=gthread",
        f"--workers={wanted.web_workers}",
        "--threads=4",
        f"--bind=fd://{line.fileno()}",
        "--graceful-timeout=30",
        "--timeout=60",
        "--preload",  # one import for all processes
        "--no-control-socket",  # it would lie in the home directory, shared by every gunicorn of this account
        "--max-requests=10000",
        "--max-requests-jitter=1000",
        "--name=redress",
    )
    celery = venv.module("celery", "--app", "config")
    worker = [*celery, "worker", "--loglevel=INFO", f"--concurrency={wanted.workers}"]
    worker += [
        "--without-mingle",
        "--without-gossip",
    ]  # there is one worker; listening for others costs a second
    beat = [*celery, "beat", "--loglevel=WARNING", f"--schedule={data.state / 'beat-schedule'}", "--pidfile="]
    program = partial(Program, environment=values, cwd=CHECKOUT)
    return (
        program(
            name="web",
            argv=gunicorn,
            log=data.logs / "web.log",
            is_ready=lambda _pid: answers(line),
            patience=35,
            pass_fds=(line.fileno(),),
        ),
        program(
            name="worker",
            argv=worker,
            log=data.logs / "worker.log",
            is_ready=Mentions(data.logs / "worker.log", " ready."),
            patience=120,
        ),
        program(name="beat", argv=beat, log=data.logs / "beat.log", is_ready=lambda _pid: True, patience=10),
    )


def answers(line: socket.socket) -> bool:
    """Whether the web server behind a listening socket answers; a refusal of the host name or a redirect counts.

    Asked without urllib, which would go through a proxy named in the environment.
    """
    host, port = line.getsockname()[:2]
    nearby = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - listening everywhere, asked here
    connection = http.client.HTTPConnection(nearby, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Mentions:
    """Whether a log has come to mention something since this was made."""

    def __init__(self, log: Path, words: str) -> None:
        self._log, self._words = log, words.encode()
        self._from = log.stat().st_size if log.exists() else 0

    def __call__(self, _pid: int) -> bool:
        with self._log.open("rb") as file:
            file.seek(self._from)
            return self._words in file.read()
