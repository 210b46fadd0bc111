"""Letters as PDF, with the type embedded: it looks the same everywhere and can be searched and copied. (ADR 0011.)

Chinese has the shapes of its region, Traditional or Simplified; what that font lacks is taken from the other one.
Knows nothing of what a letter says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import takewhile

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from common.linebreaks import wrapped

_TRADITIONAL = ("pylopdf_fonts_zh_tw", "NotoSansTC-Regular.otf")
_SIMPLIFIED = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
_FIRST = {"zh-hans": _SIMPLIFIED}
"""The font of a language; every other language has the Traditional one, whose Latin letters are the same."""

_MARGIN = 25.0
_FOOT = 20.0
_SIZE, _LINE = 10.5, 6.2
_HEADING_SIZE, _HEADING_LINE, _HEADING_SPACE = 12.5, 7.6, 1.5
_TITLE_SIZE, _TITLE_LINE = 16.0, 9.5
_SMALL = 8.5
_LABEL_WIDTH = 42.0
_UNKNOWN = "□"
"""What stands for a character that no font has, such as a picture."""

_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " "})
"""The fonts draw these as wide as a Chinese character, which is wrong between Latin letters."""


@dataclass(frozen=True)
class Heading:
    """A heading. Neither it nor several in a row are the last lines of a page."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Text; line ends in it are kept."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Pairs of a word and what it is."""

    rows: Sequence[tuple[str, str]]


Block = Heading | Paragraph | Facts


def pdf(*, title: str, blocks: Sequence[Block], foot: str, language: str, written_at: datetime) -> bytes:
    """The letter on A4. `foot` stands on every page before its number; `language` is one of settings.LANGUAGES."""
    sheet = _Sheet(language, foot, " ".join([title, foot, *map(_all_text, blocks)]))
    sheet.set_title(title)
    sheet.set_creation_date(written_at)
    sheet.add_page()
    sheet.write_lines(title, _TITLE_SIZE, _TITLE_LINE)
    sheet.ln(3)
    for place, block in enumerate(blocks):
        sheet.keep_with_text([_all_text(one) for one in takewhile(_is_heading, blocks[place:])])
        sheet.write_block(block)
    return bytes(sheet.output())


def _is_heading(block: Block) -> bool:
    return isinstance(block, Heading)


def _all_text(block: Block) -> str:
    return " ".join(f"{word} {fact}" for word, fact in block.rows) if isinstance(block, Facts) else block.text


class _Sheet(FPDF):
    """A4 pages in the fonts of a language."""

    def __init__(self, language: str, foot: str, text: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self._words = {} if language.startswith("zh") else _STRAIGHT
        main, other = sorted([_TRADITIONAL, _SIMPLIFIED], key=lambda font: font != _FIRST.get(language, _TRADITIONAL))
        self._known = self._with_font("main", main)
        missing = {character for character in text if ord(character) not in self._known and not character.isspace()}
        if missing:
            self._known |= self._with_font("other", other)
            self.set_fallback_fonts(["other"])
        script = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}
        self.set_lang(script.get(language, language))
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_FOOT + 5)
        self.set_font("main", size=_SIZE)

    def footer(self) -> None:
        """The foot of each page; called by the base class."""
        self.set_y(-_FOOT)
        self.set_font("main", size=_SMALL)
        self.set_text_color(90)
        self.cell(0, 5, self._readable(f"{self._foot}  {self.page_no()} / {{nb}}"))
        self.set_text_color(0)

    def write_block(self, block: Block) -> None:
        """One part of the letter, with the space after it."""
        if isinstance(block, Heading):
            self.ln(_HEADING_SPACE)
            self.write_lines(block.text, _HEADING_SIZE, _HEADING_LINE)
            return
        if isinstance(block, Paragraph):
            self.write_lines(block.text, _SIZE, _LINE)
        else:
            for word, fact in block.rows:
                self._write_fact(word, fact)
        self.ln(2.5)

    def keep_with_text(self, headings: Sequence[str]) -> None:
        """Begin a page where these headings and two lines below them have no room on this one."""
        if headings:
            self.set_font("main", size=_HEADING_SIZE)
            lines = sum(len(wrapped(self._readable(one), self.epw, self.get_string_width)) for one in headings)
            self._keep_together(len(headings) * _HEADING_SPACE + lines * _HEADING_LINE + 2 * _LINE)

    def write_lines(self, text: str, size: float, height: float, indent: float = 0.0) -> None:
        """Text in one size, from the left margin on and a little further in if asked to. `height` in millimetres."""
        self.set_font("main", size=size)
        width = self.epw - indent
        for paragraph in text.splitlines() or [""]:
            for line in wrapped(self._readable(paragraph), width, self.get_string_width):
                self.set_x(self.l_margin + indent)
                self.cell(width, height, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _write_fact(self, word: str, fact: str) -> None:
        """Side by side; the fact below its word where the word is a long one."""
        self._keep_together(2 * _LINE)
        self.set_font("main", size=_SIZE)
        self.set_text_color(90)
        label = self._readable(word)
        beside = self.get_string_width(label) < _LABEL_WIDTH
        top = self.get_y()
        self.cell(0, _LINE, label, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)
        if beside:
            self.set_y(top)
        self.write_lines(fact or " ", _SIZE, _LINE, indent=_LABEL_WIDTH)

    def _keep_together(self, height: float) -> None:
        if self.will_page_break(height):
            self.add_page()

    def _with_font(self, name: str, font: tuple[str, str]) -> set[int]:
        package, file = font
        self.add_font(name, fname=str(files(package) / file))
        face = self.fonts[name]
        return set(face.cmap) if isinstance(face, TTFFont) else set()

    def _readable(self, text: str) -> str:
        """What the fonts can draw."""
        plain: str = text.expandtabs(4).translate(self._words) if self._words else text.expandtabs(4)
        known: Mapping[str, str] = {
            character: character if character.isspace() or ord(character) in self._known else _UNKNOWN
            for character in set(plain)
        }
        return "".join(known[character] for character in plain if character.isprintable() or character.isspace())
