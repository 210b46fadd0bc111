"""Where a line of a letter may end, in Chinese and in Latin script mixed. Pure.

Chinese breaks between any two characters, but no line begins with a mark that closes something, nor ends with one that
opens something (GB/T 15834, "line start and line end avoidance"); Latin words stay whole where they fit.
"""

import re
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]
"""How wide a text is, in the same unit as the width of the line."""

_HAN = "\u2e80-\u303f\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003134f"
_PIECE = re.compile(rf"\s+|[{_HAN}]|[^\s{_HAN}]+")
_NOT_FIRST = frozenset("，。、；：？！）］｝」』】》〉〕”’…—·％～,.;:?!)]}%")
_NOT_LAST = frozenset("（［｛「『【《〈〔“‘([{")


def wrapped(text: str, width: float, measure: Measure) -> list[str]:
    """One paragraph as lines no wider than `width`; an empty one is one empty line.

    What is wider than a line by itself, such as a long address of the web, is cut where the line is full.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if measure((line + piece).rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while measure(line) > width and len(line) > 1:
            end = _longest(line, width, measure)
            lines.append(line[:end])
            line = line[end:]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _longest(text: str, width: float, measure: Measure) -> int:
    """How many characters fit into the line; at least one."""
    end = 1
    while end < len(text) and measure(text[: end + 1]) <= width:
        end += 1
    return end


def _pieces(text: str) -> Iterator[str]:
    """What is not torn apart: a word, a character with the marks that cling to it, a stretch of spaces."""
    held = ""
    for piece in _PIECE.findall(text):
        if held and (held[-1] in _NOT_LAST or (piece[0] in _NOT_FIRST and not held.isspace())):
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held
