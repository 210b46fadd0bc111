"""What the made-up office consists of, as JSON documents in `demo/office`."""

import json
from pathlib import Path
from typing import Any

OFFICE = Path(__file__).resolve().parent / "office"


def read(name: str) -> Any:
    """`read("people")`, `read("complaints/taipei")`."""
    return json.loads((OFFICE / f"{name}.json").read_text(encoding="utf-8"))


def names(folder: str) -> list[str]:
    """What can be read from a folder, in order: `complaints/taipei`, …"""
    return sorted(f"{folder}/{path.stem}" for path in (OFFICE / folder).glob("*.json"))
