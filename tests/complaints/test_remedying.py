"""The rules of remedies, without a database."""

from decimal import Decimal

import pytest

from complaints import lifecycle, remedying
from complaints.errors import IllegalMove, Invalid
from complaints.lifecycle import ABOUT_REMEDIES, Status, Verb
from complaints.remedying import NEEDS_NO_AGREEMENT, OPEN, REMEDY_MOVES, RemedyKind, RemedyState


@pytest.mark.parametrize("state", list(RemedyState))
@pytest.mark.parametrize("verb", sorted(ABOUT_REMEDIES))
def test_what_is_possible_with_a_remedy_is_what_the_table_says(state, verb):
    kind = RemedyKind.EXCHANGE
    if (state, verb) in REMEDY_MOVES and (state, verb) != (RemedyState.PLANNED, Verb.CARRY_OUT):
        assert remedying.after(kind, state, verb) == REMEDY_MOVES[state, verb]
        assert verb in remedying.verbs_from(kind, state)
    else:
        with pytest.raises(IllegalMove):
            remedying.after(kind, state, verb)
        assert verb not in remedying.verbs_from(kind, state)


@pytest.mark.parametrize("kind", list(RemedyKind))
def test_only_what_takes_nothing_from_the_complainant_is_done_without_asking(kind):
    possible = Verb.CARRY_OUT in remedying.verbs_from(kind, RemedyState.PLANNED)
    assert possible == (kind in {RemedyKind.APOLOGY, RemedyKind.EXPLANATION, RemedyKind.CORRECTION})
    assert possible == (kind in NEEDS_NO_AGREEMENT)


@pytest.mark.parametrize("state", list(RemedyState))
def test_whatever_is_open_can_be_dropped_and_nothing_else(state):
    assert (Verb.DROP_REMEDY in remedying.verbs_from(RemedyKind.GIFT, state)) == (state in OPEN)


@pytest.mark.parametrize(
    ("kind", "failed", "proposed"),
    [
        (RemedyKind.REPAIR, 1, RemedyKind.REPAIR), (RemedyKind.REPAIR, 2, RemedyKind.EXCHANGE),
        (RemedyKind.REPAIR, 3, RemedyKind.EXCHANGE), (RemedyKind.EXCHANGE, 1, RemedyKind.RETURN),
        (RemedyKind.REDO, 2, RemedyKind.DISCOUNT), (RemedyKind.RETURN, 1, RemedyKind.COMPENSATION),
        (RemedyKind.APOLOGY, 1, None), (RemedyKind.COMPENSATION, 1, None), (RemedyKind.GIFT, 5, None),
    ],
)  # fmt: skip
def test_repaired_and_still_broken_goes_one_up(kind, failed, proposed):
    assert remedying.next_remedy(kind, failed) == proposed


@pytest.mark.parametrize("kind", list(remedying.ONCE_MORE))
def test_every_way_up_ends(kind):
    seen = []
    while kind is not None and kind not in seen:
        seen.append(kind)
        kind = remedying.next_remedy(kind, 9)
    assert kind is None


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("-1", "TWD"), ("1.001", "TWD"), ("0.5", "JPY"), ("1.0001", "KWD"), ("NaN", "TWD"), ("1E+30", "TWD"),
     ("Infinity", "TWD")],
)  # fmt: skip
def test_amounts_that_are_refused_rather_than_rounded(amount, currency):
    with pytest.raises(Invalid) as refusal:
        remedying.checked_amount("offered", Decimal(amount), currency)
    assert "offered" in refusal.value.errors


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [("1200.5", "TWD", "TWD 1,200.50"), ("1200", "JPY", "JPY 1,200"), ("0.125", "KWD", "KWD 0.125"),
     ("999999999999.99", "CNY", "CNY 999,999,999,999.99")],
)  # fmt: skip
def test_exact_amounts_in_words(amount, currency, words):
    exact = remedying.checked_amount("offered", Decimal(amount), currency)
    assert exact == Decimal(amount)
    assert remedying.in_money(exact, currency) == words


@pytest.mark.parametrize("currency", ["", "NT", "NTD1", "12A", "台幣元", "TWD\n5"])
def test_currencies_have_three_letters(currency):
    with pytest.raises(Invalid):
        remedying.checked_currency(currency)


def test_a_currency_may_be_typed_small():
    assert remedying.checked_currency(" twd ") == "TWD"


def test_options_are_named_by_letters():
    assert [remedying.letter(option) for option in (1, 2, 6)] == ["A", "B", "F"]


@pytest.mark.parametrize("verb", [Verb.RESUME, Verb.HEAR])
def test_whoever_waited_while_something_was_agreed_goes_on_carrying_out(verb):
    assert lifecycle.after(Status.WAITING, verb) == Status.ASSESSING
    assert lifecycle.after(Status.WAITING, verb, owing=True) == Status.CARRYING_OUT
    assert lifecycle.after(Status.RESOLVED, Verb.HEAR, owing=True) == Status.RESOLVED
