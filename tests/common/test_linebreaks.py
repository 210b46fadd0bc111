"""Where lines end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.linebreaks import wrapped


def width(text):
    """Chinese twice as wide as Latin letters."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 10, [""]),
        ("   ", 10, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("我們已收到您的投訴。", 8, ["我們已收", "到您的投", "訴。"]),
        ("他說：「好」。", 8, ["他說：", "「好」。"]),
        ("編號 R26-004217-K 的投訴", 14, ["編號", "R26-004217-K", "的投訴"]),
        ("https://example.org/long", 10, ["https://ex", "ample.org/", "long"]),
    ],
)
def test_lines_end_where_a_reader_expects_it(text, room, lines):
    assert wrapped(text, room, width) == lines


@settings(max_examples=60)
@given(st.text(alphabet="ab c，。「」我們的（）", max_size=60), st.integers(8, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text, room):
    lines = wrapped(text, room, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= room for line in lines)
