"""What a final response must have, and words that promise too much. Pure."""

from datetime import date

import pytest

from complaints import overpromising, responding
from complaints.responding import ALWAYS, OF_EACH_MATTER, STANDARD, Content, Part, Requirements, Text
from complaints.vocabulary import Outcome

EVERYTHING = [Text(part, "x") for part in Part]


def names(lacks):
    return [lack.field for lack in lacks]


def test_an_empty_letter_lacks_everything_that_the_standard_asks():
    lacks = responding.missing(Content(None, []), STANDARD)
    assert names(lacks) == ["outcome", "concern", "considered", "finding", "reasons", "recourse", "contact"]
    assert all(lack.sentence.endswith("missing.") for lack in lacks[1:])


@pytest.mark.parametrize("outcome", list(Outcome))
def test_whoever_is_right_is_told_what_is_done_for_them(outcome):
    content = Content(outcome, [text for text in EVERYTHING if text.part != Part.REMEDY])
    wanted = ["remedy"] if outcome in (Outcome.UPHELD, Outcome.PARTLY_UPHELD) else []
    assert names(responding.missing(content, STANDARD)) == wanted


def test_reasons_are_needed_whatever_the_rules_say():
    nothing = Requirements(parts=frozenset())
    assert names(responding.missing(Content(Outcome.NO_FAULT, []), nothing)) == ["reasons"]
    assert {Part.REASONS} == ALWAYS


def test_a_rule_may_want_the_last_date():
    wanted = Requirements(parts=frozenset(), until=True)
    content = Content(Outcome.NO_FAULT, EVERYTHING)
    assert names(responding.missing(content, wanted)) == ["until"]
    assert not responding.missing(Content(Outcome.NO_FAULT, EVERYTHING, date(2027, 1, 1)), wanted)


def test_each_matter_has_its_own_parts():
    of_the_first = [Text(part, "x", 1) for part in OF_EACH_MATTER]
    rest = [text for text in EVERYTHING if text.part not in OF_EACH_MATTER]
    ended = {1: Outcome.UPHELD, 3: Outcome.UPHELD}
    lacks = responding.missing(Content(Outcome.UPHELD, of_the_first + rest), STANDARD, ended)
    assert names(lacks) == ["concern_3", "finding_3", "reasons_3", "remedy_3"]
    assert "Matter 3" in lacks[0].sentence


def test_only_the_matters_that_are_upheld_say_what_is_done():
    texts = [text for text in EVERYTHING if text.part not in OF_EACH_MATTER]
    texts += [Text(part, "x", number) for number in (1, 2, 3) for part in OF_EACH_MATTER - {Part.REMEDY}]
    ended = {1: Outcome.NOT_UPHELD, 2: Outcome.PARTLY_UPHELD, 3: None}
    assert names(responding.missing(Content(Outcome.PARTLY_UPHELD, texts), STANDARD, ended)) == ["remedy_2"]


def test_the_digest_is_that_of_the_words():
    one = Content(Outcome.UPHELD, EVERYTHING, date(2027, 1, 1))
    assert one.digest() == Content(Outcome.UPHELD, EVERYTHING[::-1], date(2027, 1, 1)).digest()
    assert len({one.digest(), Content(Outcome.UPHELD, EVERYTHING).digest(), Content(None, []).digest()}) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("We will look into it. A guarantee card; warranty.", ["guarantee"]),
        ("We GUARANTEE it will never   happen again.", ["GUARANTEE", "never   happen again"]),
        ("guaranteeing nothing", []),
        ("您的問題我們一定會幫您解決的", ["一定會"]),
        ("请放心，一定解决！必給您答覆，一定給您答覆", ["一定解决", "一定給您"]),
        ("我们保证不会再发生，保证。", ["保证", "不会再发生"]),
        ("It is 100% certain; 我們保證。", ["100%", "保證"]),
    ],
)
def test_words_that_promise_too_much_are_found_in_every_language(text, words):
    assert overpromising.found_in(text) == words
