"""Drawing the arguments of acts: mostly fit ones, now and then something that must be refused."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from hypothesis import strategies as st

from complaints.services import evidence
from complaints.services.evidence import CheckedFile

CANARY = "Zqx"
"""Stands in everything that somebody types, so that it can be looked for where no words belong."""

_BAD_TEXTS = ("", "   ", CANARY * 7_000)
_BAD_NUMBERS = (0, -1, 99)
_AMOUNTS = ("100", "900", "4000", "20000", "700.5", "0")
_BAD_AMOUNTS = ("-1", "0.001", "NaN", "Infinity", "1E+40")


class Hand:
    """Draws from one choice of Hypothesis; what comes first is what a failing example shrinks to."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def number(self, least: int, most: int) -> int:
        """A whole number, small ones first."""
        return self._data.draw(st.integers(least, most))

    def chance(self, of: int) -> bool:
        """True once in so many times."""
        return self.number(1, of) == of

    def one(self, options: Iterable[Any]) -> Any:
        """One of these, of which there is at least one."""
        return self._data.draw(st.sampled_from(list(options)))

    def some(self, options: Iterable[Any], most: int = 3) -> list[Any]:
        """Some of these, each once; perhaps none."""
        known = list(options)
        return self._data.draw(st.lists(st.sampled_from(known), max_size=most, unique=True)) if known else []

    def mostly(self, fit: Sequence[Any], unfit: Sequence[Any], of: int = 12) -> Any:
        """One of the fit ones; once in so many times, and where there are none, an unfit one."""
        return self.one(unfit) if not fit or self.chance(of) else self.one(fit)

    def maybe(self, fit: Sequence[Any], unfit: Sequence[Any], of: int = 3) -> Any:
        """None most of the time, else as `mostly`."""
        return self.mostly(fit, unfit) if self.chance(of) else None

    def text(self) -> str:
        """What somebody types."""
        return self.mostly([f"{CANARY} says so"], _BAD_TEXTS, of=25)

    def remark(self) -> str:
        """What may be left out."""
        return self.one([f"{CANARY} remarks", ""])

    def part(self, numbers: Iterable[int]) -> int:
        """The number of a part of the complaint."""
        return self.mostly(sorted(numbers), _BAD_NUMBERS)

    def amount(self) -> Decimal:
        """An amount of money."""
        return Decimal(self.mostly(_AMOUNTS, _BAD_AMOUNTS, of=15))

    def currency(self) -> str:
        """The currency of it."""
        return self.mostly(["TWD", "TWD", "TWD", "JPY", "usd "], ["", "dollars"], of=20)

    def ahead(self) -> datetime:
        """A moment that somebody agrees on."""
        now = timezone.now()
        naive = (now + timedelta(days=1)).replace(tzinfo=None)
        bad = [now - timedelta(hours=1), now + timedelta(days=5000), naive]
        return self.mostly([now + timedelta(hours=hours) for hours in (3, 30, 200)], bad)

    def past(self) -> datetime | None:
        """When something was, if that is stated."""
        now = timezone.now()
        naive = (now - timedelta(hours=1)).replace(tzinfo=None)
        return self.maybe([now - timedelta(hours=hours) for hours in (1, 50)], [now + timedelta(days=1), naive])

    def day(self) -> date:
        """A day on which something was done."""
        today = timezone.localdate()
        return self.mostly([today], [today + timedelta(days=3), date(2001, 1, 1)])

    def file(self) -> CheckedFile:
        """A small file."""
        return evidence.check_file(ContentFile(f"{CANARY} on paper".encode(), name=f"{CANARY}.txt"))

    def files(self) -> list[CheckedFile]:
        """None, or one."""
        return [self.file()] if self.chance(6) else []
