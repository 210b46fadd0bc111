import re

from hypothesis import given
from hypothesis import strategies as st

from complaints import references

numbers = st.integers(1, 999_999_999)


def test_a_reference_can_be_said_on_the_phone():
    assert re.fullmatch(r"R26-004217-[A-HJ-NP-TV-Z]", references.make(2026, 4217))


@given(numbers)
def test_a_reference_is_found_however_it_is_typed(number):
    reference = references.make(2026, number)
    for typed in (
        reference,
        reference.lower(),
        reference.replace("-", " "),
        reference.replace("-", ""),
        f" {reference} ",
    ):
        assert references.normalise(typed) == reference


@given(numbers, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number, place, step):
    reference = references.make(2026, number)
    digits = [place for place, character in enumerate(reference) if character.isdigit()]
    at = digits[place]
    wrong = reference[:at] + str((int(reference[at]) + step) % 10) + reference[at + 1 :]
    assert references.normalise(wrong) is None


@given(numbers, st.integers(0, 6))
def test_two_digits_swapped_are_noticed(number, place):
    reference = references.make(2026, number)
    digits = [place for place, character in enumerate(reference) if character.isdigit()]
    first, second = digits[place], digits[place + 1]
    letters = list(reference)
    letters[first], letters[second] = letters[second], letters[first]
    swapped = "".join(letters)
    assert swapped == reference or references.normalise(swapped) is None


def test_a_wrong_check_character_is_noticed():
    reference = references.make(2026, 4217)
    others = set("ABCDEFGHJKLMNPQRSTVWXYZ") - {reference[-1]}
    assert all(references.normalise(reference[:-1] + other) is None for other in others)


@given(st.text(max_size=40))
def test_any_text_at_all_is_either_a_reference_or_not(text):
    assert references.normalise(text) is None or references.normalise(text).startswith("R")


def test_secrets_differ_and_are_long_enough():
    secrets = {references.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret.replace("-", "")) == 20 for secret in secrets)


def test_a_secret_matches_its_digest_however_it_is_typed():
    secret = references.new_secret()
    assert references.digest(secret.lower().replace("-", " ")) == references.digest(secret)


def test_the_same_seed_gives_the_same_secret_and_another_seed_another():
    assert references.secret_from(b"one") == references.secret_from(b"one")
    assert references.secret_from(b"one") != references.secret_from(b"two")
