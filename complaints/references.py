"""References people can say on the phone, and the secret that opens a case. Pure. (Design section 3.)

`R26-004217-K`: the year, a running number, and a check character that catches one wrong digit and any two
digits swapped. The alphabet leaves out I, O and U, which are misheard and misread.
"""

import hashlib
import re
import secrets

_ALPHABET = "ABCDEFGHJKLMNPQRSTVWXYZ"  # 23 letters: a prime, so every weighted digit error shows
_SHAPE = re.compile(r"R?(\d{2})-?(\d{6,9})-?([A-Z])")
_SECRET_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # noqa: S105 - what secrets are made of is none
_SECRET_LENGTH = 20  # characters of 31: 99 bits


def _check_character(digits: str) -> str:
    weight, total = 1, 0
    for digit in digits:
        total += weight * int(digit)
        weight = weight * 2 % len(_ALPHABET)
    return _ALPHABET[total % len(_ALPHABET)]


def make(year: int, number: int) -> str:
    """The reference of the number-th complaint registered in that year."""
    digits = f"{year % 100:02d}{number:06d}"
    return f"R{digits[:2]}-{digits[2:]}-{_check_character(digits)}"


def normalise(typed: str) -> str | None:
    """The reference as we write it, from what a person typed; None when it cannot be one (check character wrong)."""
    match = _parts(typed)
    if match is None:
        return None
    year, number, check = match.groups()
    return f"R{year}-{number}-{check}" if _check_character(year + number) == check else None


def resembles(typed: str) -> bool:
    """Whether it has the shape of a reference, right or not: who mistyped one should hear so."""
    return _parts(typed) is not None


def _parts(typed: str) -> re.Match[str] | None:
    return _SHAPE.fullmatch(re.sub(r"[\s‐-―_.]", "-", typed.strip().upper()).replace("--", "-"))


def new_secret() -> str:
    """A secret of 99 random bits in groups of five characters: shown once, kept only as a digest."""
    characters = "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(_SECRET_LENGTH))
    return "-".join(characters[start : start + 5] for start in range(0, _SECRET_LENGTH, 5))


def secret_from(seed: bytes) -> str:
    """The same kind of secret, made from a keyed digest: an idempotent retry must show the same secret again."""
    number = int.from_bytes(hashlib.sha256(seed).digest())
    characters = ""
    for _ in range(_SECRET_LENGTH):
        number, place = divmod(number, len(_SECRET_ALPHABET))
        characters += _SECRET_ALPHABET[place]
    return "-".join(characters[start : start + 5] for start in range(0, _SECRET_LENGTH, 5))


def digest(secret: str) -> str:
    """What is stored of a secret. A plain hash is enough: 99 random bits cannot be guessed (ADR 0004)."""
    plain = re.sub(r"[^0-9A-Z]", "", secret.upper())
    return hashlib.sha256(plain.encode()).hexdigest()
