"""Which complaints a rule is for, by the codes of what is known of them. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from complaints.classes import ComplaintClass
from complaints.vocabulary import Channel, Priority, Track
from escalation.documents import Fields
from escalation.errors import BadPolicy

KNOWN_CODES: Mapping[str, tuple[str, ...] | None] = {
    "class": tuple(ComplaintClass.values),
    "priority": tuple(Priority.values),
    "track": tuple(Track.values),
    "category": None,
    "channel": tuple(Channel.values),
    "department": None,
}
"""What a policy may match on. Categories and departments are the office's own, so their codes are not checked
here.
"""


Facts = Mapping[str, str | Collection[str]]
"""What is known of a complaint, by the names of KNOWN_CODES. Several codes, such as a department and those
above it, match if any of them does.
"""


def match_from_json(document: Any, *, path: str = "") -> dict[str, tuple[str, ...]]:
    """Read the facts and codes that say to which complaints something applies. Raises BadPolicy."""
    fields = Fields(document, path, BadPolicy)
    match: dict[str, tuple[str, ...]] = {}
    for name, known in KNOWN_CODES.items():
        codes = fields.get(name)
        if codes is None:
            continue
        place = fields.field(name)
        if not isinstance(codes, list) or not codes or not all(isinstance(code, str) and code for code in codes):
            raise BadPolicy(place, _("This must be a list of codes; leave it out to match every complaint."))
        if len(set(codes)) != len(codes):
            raise BadPolicy(place, _("A code is listed twice; list each once."))
        for code in codes:
            if known is not None and code not in known:
                raise BadPolicy(
                    place,
                    _("No complaint ever has “%(code)s” here; choose from: %(choices)s.")
                    % {"code": code, "choices": ", ".join(known)},
                )
        match[name] = tuple(codes)
    fields.finish()
    return match


def fits(match: Mapping[str, tuple[str, ...]], facts: Facts) -> bool:
    """Whether every fact that is named fits."""
    return all(_fits(codes, facts.get(name, ())) for name, codes in match.items())


def _fits(codes: tuple[str, ...], known: str | Collection[str]) -> bool:
    return known in codes if isinstance(known, str) else any(code in codes for code in known)
