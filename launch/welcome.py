"""What a person reads when the office is open: where it is, who may sign in, what a program uses."""

import json
import unicodedata
from typing import Any

from launch.console import Console
from launch.places import DataDirectory


def greet(console: Console, data: DataDirectory, address: str, *, seconds: float) -> None:
    console.say(f"\nOpen after {seconds:.1f} s:  {address}/       for the public")
    console.say(f"{'':{len(f'Open after {seconds:.1f} s:')}}  {address}/desk/  for the staff\n")
    for line in introduction(read_demo(data), address):
        console.say(line)
    console.say(f"Everything is kept in {data.root}, logs in its folder logs. Ctrl-C stops in order.")


def introduction(demo: dict[str, Any], address: str) -> list[str]:
    """The accounts and the token of demo.json as lines; nothing when this office has no demo."""
    accounts = demo.get("accounts", [])
    columns = ("role", "department", "email", "password")
    rows = [[str(account.get(column) or "") for column in columns] for account in accounts]
    lines = []
    if rows:
        widths = [max(map(_width, column)) for column in zip(columns, *rows, strict=True)]
        for row in [columns, *rows]:
            cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
            lines.append("  " + "  ".join(cells).rstrip())
        lines.append("")
    if token := demo.get("api_token"):
        lines += [
            f"  API token  {token}",
            f"  Try it     curl -H 'Authorization: Bearer {token}' {address}/api/v1/complaints/",
            "",
        ]
    return lines


def read_demo(data: DataDirectory) -> dict[str, Any]:
    try:
        demo = json.loads(data.demo_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return demo if isinstance(demo, dict) else {}


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
