"""Letters on paper."""

import re
from datetime import UTC, datetime

import pytest

from common.typesetting import Facts, Heading, Paragraph, _Sheet, pdf

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def read(content: bytes) -> str:
    """The characters that the pages show, by the tables with which a viewer copies them."""
    tables = b" ".join(re.findall(rb"beginbfchar(.*?)endbfchar", content, re.DOTALL))
    codes = re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]+)>", tables)
    return "".join(bytes.fromhex(code.decode()).decode("utf-16-be") for code in codes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text"),
    [("zh-hant", "我們的答覆：個體戶 R26"), ("zh-hans", "我们的答复：个体户 R26"), ("en", "Ours: 個 and 个 R26")],
)
def test_every_character_is_embedded_in_the_shapes_of_its_region(language, text):
    content = pdf(title=text, blocks=[Heading("R26"), Paragraph(text)], foot="R26", language=language, written_at=AT)
    assert content.startswith(b"%PDF-")
    assert b"FontFile" in content
    assert set(text.replace(" ", "")) <= set(read(content))
    assert {"zh-hans": b"NotoSansSC"}.get(language, b"NotoSansTC") in content
    assert len(content) < 60_000, "only the characters that are used"


@pytest.mark.slow
def test_a_long_letter_goes_over_pages_and_what_no_font_has_is_marked():
    blocks = [Facts([("A word that is longer than its column is wide", "x")]), Paragraph("字\U0001f600 \n\n" * 150)]
    content = pdf(title="t", blocks=blocks, foot="f", language="zh-hant", written_at=AT)
    assert content.count(b"/Type /Page\n") > 2
    assert "□" in read(content)


@pytest.mark.slow
@pytest.mark.parametrize("lines", range(30, 42))
def test_headings_in_a_row_go_to_the_next_page_with_the_text_below_them(monkeypatch, lines):
    pages = {}
    cell = _Sheet.cell

    def written(sheet, *args, **kwargs):
        pages.setdefault(args[2] if len(args) > 2 else "", []).append(sheet.page_no())
        return cell(sheet, *args, **kwargs)

    monkeypatch.setattr(_Sheet, "cell", written)
    blocks = [Paragraph("x\n" * lines), Heading("Matter 2"), Heading("What we found"), Paragraph("Nothing.")]
    pdf(title="t", blocks=blocks, foot="f", language="en", written_at=AT)
    assert pages["Matter 2"] == pages["What we found"] == pages["Nothing."]
