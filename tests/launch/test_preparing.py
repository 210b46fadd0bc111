"""A step is left out only when nothing it depends on has changed."""

import pytest

from launch import preparing


@pytest.fixture
def looks(monkeypatch) -> list[str]:
    """How the office was asked to be prepared, in order."""
    asked: list[str] = []
    monkeypatch.setattr(preparing, "office", lambda *_args, furnishing: asked.append(furnishing))
    return asked


def _prepare(data, console, signals, *, furnishing="demo", **environment) -> None:
    preparing.own_office(data, None, environment, console, signals, furnishing=furnishing)


def test_tables_are_looked_at_once_while_nothing_changes(data, console, signals, looks):
    _prepare(data, console, signals, REDRESS_TIME_ZONE="Asia/Taipei", HOME="/one")
    _prepare(data, console, signals, REDRESS_TIME_ZONE="Asia/Taipei", HOME="/two")
    assert looks == ["demo"]


def test_tables_are_looked_at_again_after_a_change(data, console, signals, looks, monkeypatch, tmp_path):
    checkout = tmp_path / "checkout"
    (checkout / "config").mkdir(parents=True)
    (checkout / "config/settings.py").touch()
    (checkout / "accounts/migrations").mkdir(parents=True)
    monkeypatch.setattr(preparing, "CHECKOUT", checkout)
    _prepare(data, console, signals)
    (checkout / "accounts/migrations/0002_more.py").write_text("")
    _prepare(data, console, signals)
    _prepare(data, console, signals, REDRESS_TIME_ZONE="Europe/Berlin")
    _prepare(data, console, signals, furnishing="empty", REDRESS_TIME_ZONE="Europe/Berlin")
    data.tables_stamp.unlink()
    _prepare(data, console, signals, furnishing="empty", REDRESS_TIME_ZONE="Europe/Berlin")
    assert looks == ["demo", "demo", "demo", "empty", "empty"]


def test_a_failed_look_is_repeated(data, console, signals, monkeypatch):
    def fail(*_args, furnishing):
        raise preparing.LaunchError("The office could not be prepared.")

    monkeypatch.setattr(preparing, "office", fail)
    for _attempt in range(2):
        with pytest.raises(preparing.LaunchError):
            _prepare(data, console, signals)


def test_static_files_are_gathered_again_when_one_changes(monkeypatch, tmp_path):
    checkout = tmp_path / "checkout"
    (checkout / "config").mkdir(parents=True)
    (checkout / "config/settings.py").touch()
    (checkout / "static/css").mkdir(parents=True)
    (checkout / "static/css/base.css").write_text("body {}")
    monkeypatch.setattr(preparing, "CHECKOUT", checkout)
    before = preparing.fingerprint(preparing.static_files())
    assert before == preparing.fingerprint(preparing.static_files())
    (checkout / "static/css/base.css").write_text("body { color: red }")
    assert before != preparing.fingerprint(preparing.static_files())
