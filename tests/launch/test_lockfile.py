"""One lock, cut into parts."""

import re

import pytest

from launch import lockfile
from launch.errors import LaunchError


def _written(source: str) -> set[str]:
    """The package names a hand-written requirements file asks for."""
    text = lockfile.SOURCES[source].read_text()
    return {
        re.split(r"[\[~<>=! ]", line)[0].lower() for line in text.splitlines() if line and not line.startswith("#")
    }


@pytest.mark.parametrize("name", list(lockfile.SOURCES))
def test_each_part_of_the_lock_holds_what_was_asked_for(name):
    assert _written(name) <= set(lockfile.read()[name].packages)


def test_no_package_stands_in_two_parts():
    packages = [package for part in lockfile.read().values() for package in part.packages]
    assert len(packages) == len(set(packages))


def test_every_package_has_a_hash_and_no_host_is_named():
    text = lockfile.LOCK.read_text()
    assert all("--hash=sha256:" in entry for entry in lockfile.entries(text).values())
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_each_line_of_the_requirements_has_its_reason():
    for source in lockfile.SOURCES.values():
        for line in source.read_text().splitlines():
            assert not line or re.search(r"# \w", line), f"{source.name}: {line}"


def test_a_lock_without_its_headings_is_refused():
    with pytest.raises(LaunchError, match="python3 launch lock"):
        lockfile.parts("django==5.2 --hash=sha256:00\n")


def test_a_change_in_one_part_leaves_the_digest_of_the_others():
    text = lockfile.LOCK.read_text()
    before, after = lockfile.parts(text), lockfile.parts(text + "another==1.0 \\\n    --hash=sha256:00\n")
    assert [name for name in before if before[name].digest != after[name].digest] == ["dev"]
