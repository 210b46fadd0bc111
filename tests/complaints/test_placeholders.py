"""The placeholders of reply templates: looked up by name, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.errors import Invalid
from complaints.placeholders import Placeholder, check_filled, check_known, fill, gaps, used_in

NAME, REFERENCE = Placeholder.NAME, Placeholder.REFERENCE


def test_what_is_known_is_filled_in_and_what_is_missing_stays_visible():
    filled = fill("{name}, {reference}: {due_date}", {NAME: "Lin", REFERENCE: "R26-000001-E", Placeholder.LINK: "x"})
    assert filled.text == "Lin, R26-000001-E: {due_date}"
    assert filled.missing == (Placeholder.DUE_DATE,)


def test_a_value_is_never_read_as_a_template():
    filled = fill("{name} {reference}", {NAME: "{reference} {link}", REFERENCE: "R1"})
    assert filled.text == "{reference} {link} R1"
    assert filled.missing == ()


def test_a_value_of_spaces_is_none():
    assert fill("{name}", {NAME: "  "}).missing == (NAME,)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Dear {nome}", "{nome}"),
        ("{name.__class__.__mro__}", "{name.__class__.__mro__}"),
        ("{name!r}", "{name!r}"),
        ("{0}", "{0}"),
        ("{}", "{}"),
        ("{ name }", "{ name }"),
        ("{NAME}", "{NAME}"),
    ],
)
def test_an_unknown_placeholder_is_refused_and_named(text, named):
    with pytest.raises(Invalid) as refusal:
        check_known("body", text)
    assert named in str(refusal.value)
    assert "body" in refusal.value.errors


@pytest.mark.parametrize("text", ["{", "name}", "{{name}}", "{name", "｛name｝"])
def test_a_brace_that_stands_alone_is_refused(text):
    with pytest.raises(Invalid, match="brace"):
        check_known("body", text)


def test_every_placeholder_of_the_list_is_taken():
    text = " ".join(f"{{{placeholder}}}" for placeholder in Placeholder)
    check_known("body", text)
    assert used_in(text) == list(Placeholder)


def test_a_gap_is_named_with_its_meaning_and_blocks():
    assert gaps("Dear Lin, 50 % {off}") == ""
    assert "{due_date}" in gaps("By {due_date}")
    assert "promised" in gaps("By {due_date}")
    with pytest.raises(Invalid) as refusal:
        check_filled("question", "By {due_date}")
    assert list(refusal.value.errors) == ["question"]


@given(st.text(alphabet="{}｛｝.!:[]abname_ \n", max_size=60), st.text(max_size=20))
def test_filling_looks_up_names_and_leaves_everything_else_as_it_is(text, value):
    filled = fill(text, {NAME: value})
    if value.strip():
        assert filled.text == text.replace("{name}", value.strip())
    else:
        assert filled.text == text
