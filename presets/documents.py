"""The documents of the presets: a folder for each in `offices/`; calendars and promises that several share beside it.

Pure but for reading the files.
"""

from functools import cache
from pathlib import Path
from typing import Any

from escalation.documents import loads
from presets.errors import BadPreset

HERE = Path(__file__).resolve().parent
OFFICES = HERE / "offices"
CALENDARS = HERE / "calendars"
PROMISES = HERE / "promises.json"


def names() -> list[str]:
    """The names of all presets, in order."""
    return sorted(folder.name for folder in OFFICES.iterdir() if (folder / "preset.json").is_file())


def read(preset: str, part: str) -> Any:
    """A document of a preset: `read("hospital", "categories")`. Raises BadPreset."""
    return _read(OFFICES / preset / f"{part}.json")


def calendar(code: str) -> Any:
    """A calendar that several offices go by: `calendar("mainland-office")`. Raises BadPreset."""
    return _read(CALENDARS / f"{code}.json")


def calendars() -> list[str]:
    """The codes of those calendars, in order."""
    return sorted(path.stem for path in CALENDARS.glob("*.json"))


@cache
def promises() -> Any:
    """Ladders and sets of clocks that the policies of every preset name."""
    return _read(PROMISES)


def _read(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadPreset(path.name, problem) from None
    return loads(text, refuse=lambda field, problem: BadPreset(f"{path.name}: {field}", problem))
