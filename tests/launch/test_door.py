"""The first thing a newcomer meets: a Python that is too old, a word that is no command."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from launch import cli
from launch.places import CHECKOUT

DOOR = CHECKOUT / "launch/__main__.py"


def test_the_door_parses_on_pythons_that_are_far_too_old():
    tree = ast.parse(DOOR.read_text(), feature_version=(3, 4))
    modern = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)]
    assert modern == []


def test_an_old_python_is_told_which_one_to_use(monkeypatch, tmp_path):
    door = runpy.run_path(str(DOOR))
    monkeypatch.setattr(sys, "version_info", (3, 8, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "needs Python 3.11 or newer, and this is Python 3.8." in door["refusal"]()
    assert "apt-get install" in door["refusal"]()
    newer = tmp_path / "python3.12"
    newer.touch(mode=0o755)
    assert "`python3.12 launch`" in door["refusal"]()


def test_the_launcher_imports_nothing_that_has_to_be_installed():
    foreign = {
        (str(path.relative_to(CHECKOUT)), name)
        for path in (CHECKOUT / "launch").rglob("*.py")
        if "inside" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if name not in sys.stdlib_module_names | {"launch"}
    }
    assert foreign == set()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").split(".")[0]]
    return []


def test_each_command_in_the_usage_exists():
    assert [name for name in cli.COMMANDS if not Path(CHECKOUT, "launch/commands", f"{name}.py").exists()] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [([], 2, "Usage: python3 launch COMMAND"), (["--help"], 0, "bring up the whole office"), (["fly"], 2, "'fly'")],
)
@pytest.mark.slow
def test_a_word_that_is_no_command_gets_the_list_of_commands(words, code, said, tmp_path):
    answer = subprocess.run(
        [sys.executable, str(CHECKOUT / "launch"), *words], capture_output=True, text=True, cwd=tmp_path
    )
    assert answer.returncode == code
    assert said in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
