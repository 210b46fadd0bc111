"""Every door of the office, from the URL table: its address, what leads through it, and what it shows."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern


@dataclass(frozen=True)
class Door:
    """One entry of the URL table."""

    route: str
    name: str
    parts: tuple[str, ...]

    def addresses(self, known: Mapping[str, Sequence[object]]) -> list[str]:
        """The addresses that lead through this door, one for each choice of its parts."""
        choices = itertools.product(*(known[part] for part in self.parts))
        return [self._filled(dict(zip(self.parts, values, strict=True))) for values in choices]

    def _filled(self, values: Mapping[str, object]) -> str:
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), self.route)
        return "/" + re.sub(r"\(\?P<(\w+)>.*?\)", lambda part: str(values[part[1]]), address).rstrip("$")


def every_door(resolver: URLResolver | None = None, route: str = "", names: str = "") -> Iterator[Door]:
    """Every entry of the URL table, however deep."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = entry.pattern
        assert isinstance(pattern, RoutePattern | RegexPattern), f"nobody can fill in such an address: {pattern}"
        below = route + str(pattern).lstrip("^")
        if isinstance(entry, URLPattern):
            parts = re.findall(r"<(?:\w+:)?(\w+)>", below)
            yield Door(below, f"{names}{entry.name}", tuple(parts))
        else:
            yield from every_door(entry, below, f"{names}{entry.namespace}:" if entry.namespace else names)


def told(response) -> str:
    """All that an answer says, its headers included."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace") + str(response.headers)


def ask(client: Client, address: str):
    """Look through a door, which never breaks."""
    response = client.get(address)
    assert response.status_code != 500, address
    return response
