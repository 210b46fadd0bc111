"""The final response: the parts of the letter, which of them it must have, and where it stands. Pure.

What a final response holds is the union of what regulators ask (DISP 1.6.2R; RG 271; SI 2012/3094 r. 29; the order on
petitions of 2022, art. 32) and of mission M30: the cause, the result, the improvement, in words that put nobody down.
Which parts an office must fill is data (`models.ResponseRule`); `STANDARD` holds where it has said nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import as_read
from complaints.vocabulary import Outcome

MOST_MONTHS = 120
"""So many months a rule may give for turning elsewhere."""

WHOLE = 0
"""In place of a matter's number: a part that is about the complaint as a whole."""


class Part(TextChoices):
    """The parts of the letter in their order. The label is the heading that the complainant reads."""

    CONCERN = "concern", gettext_lazy("What you complained about")
    CONSIDERED = "considered", gettext_lazy("How we looked into it")
    FINDING = "finding", gettext_lazy("What we found")
    REASONS = "reasons", gettext_lazy("Why we decide so")
    LEGAL_BASIS = "legal_basis", gettext_lazy("The rules that apply")
    REMEDY = "remedy", gettext_lazy("What we do for you")
    CHANGED = "changed", gettext_lazy("What we change")
    RECOURSE = "recourse", gettext_lazy("If you disagree")
    CONTACT = "contact", gettext_lazy("Whom to ask")


OF_EACH_MATTER: frozenset[Part] = frozenset({Part.CONCERN, Part.FINDING, Part.REASONS, Part.REMEDY})
"""Where a complaint is split into matters, each of them has these parts of its own."""

ALWAYS: frozenset[Part] = frozenset({Part.REASONS})
"""No end without reasons, whatever the office's rules say."""

UPHELD: frozenset[Outcome] = frozenset({Outcome.UPHELD, Outcome.PARTLY_UPHELD})

HINTS: Mapping[Part, str | Promise] = MappingProxyType(
    {
        Part.CONCERN: gettext_lazy("In your words, so that they see that they were understood."),
        Part.CONSIDERED: gettext_lazy("Whom you heard, what you read and saw, what could not be found out."),
        Part.FINDING: gettext_lazy("The facts and their cause. What happened, not who is to blame."),
        Part.REASONS: gettext_lazy("How the facts lead to the decision. Be tactful where it is not upheld."),
        Part.LEGAL_BASIS: gettext_lazy("Laws, terms or house rules that the decision rests on."),
        Part.REMEDY: gettext_lazy("What was agreed or is offered, and by when; also an apology."),
        Part.CHANGED: gettext_lazy("What is done so that it does not happen again."),
        Part.RECOURSE: gettext_lazy("Who looks at it next, inside and outside, and how to reach them."),
        Part.CONTACT: gettext_lazy("Name and phone number of a person."),
    }
)


class ResponseState(TextChoices):
    """Where a letter stands. A changed one is a draft again."""

    DRAFT = "draft", gettext_lazy("Draft")
    READY = "ready", gettext_lazy("Waits for a second person")
    APPROVED = "approved", gettext_lazy("Approved")
    SENT = "sent", gettext_lazy("Sent")


@dataclass(frozen=True)
class Requirements:
    """What a letter must have before it is sent.

    `until`: a last date for turning elsewhere. `four_eyes`: a second person approves it. `letter`: the complaint is
    ended by a letter only.
    """

    parts: frozenset[Part]
    if_upheld: frozenset[Part] = frozenset()
    until: bool = False
    four_eyes: bool = False
    letter: bool = False

    def parts_for(self, outcome: Outcome | None) -> frozenset[Part]:
        """The parts that a letter with this outcome must have."""
        return ALWAYS | self.parts | (self.if_upheld if outcome in UPHELD else frozenset())


STANDARD = Requirements(
    parts=frozenset({Part.CONCERN, Part.CONSIDERED, Part.FINDING, Part.REASONS, Part.RECOURSE, Part.CONTACT}),
    if_upheld=frozenset({Part.REMEDY}),
)
"""What holds where no rule of the office fits."""


@dataclass(frozen=True)
class Text:
    """What one part says, about one matter or about the whole."""

    part: Part
    text: str
    matter: int = WHOLE

    @property
    def field(self) -> str:
        """Its name in forms and in errors: `finding`, or `finding_2` of the second matter."""
        return field(self.part, self.matter)


@dataclass(frozen=True)
class Content:
    """What a letter says."""

    outcome: Outcome | None
    texts: Sequence[Text]
    until: date | None = None

    def text(self, part: Part, matter: int = WHOLE) -> str:
        """What that part says; empty when it says nothing."""
        return next((text.text for text in self.texts if (text.part, text.matter) == (part, matter)), "")

    def digest(self) -> str:
        """The same for the same words: what was approved can be compared with what was sent (SHA-256, hex)."""
        texts = sorted((text.matter, text.part.value, text.text) for text in self.texts)
        said = [self.outcome.value if self.outcome else "", self.until.isoformat() if self.until else "", texts]
        return as_read.digest(said)


def field(part: Part, matter: int = WHOLE) -> str:
    """The name of a part in forms and in errors."""
    return f"{part.value}_{matter}" if matter else part.value


def places(part: Part, matters: Sequence[int]) -> Sequence[int]:
    """Which matters the part is about: each of them, or the whole."""
    return matters if matters and part in OF_EACH_MATTER else [WHOLE]


def where(part: Part, matters: Sequence[int]) -> str:
    """What the part is about, for whoever said something else."""
    if places(part, matters) == [WHOLE]:
        return _("“%(part)s” is about the complaint as a whole: name no matter there.") % {"part": part.label}
    numbers = ", ".join(map(str, matters))
    return _("“%(part)s” is written for each matter by itself: name one of the matters %(numbers)s there.") % {
        "part": part.label,
        "numbers": numbers,
    }


@dataclass(frozen=True)
class Missing:
    """One thing that a letter lacks: the field of it, and the sentence that says so."""

    field: str
    sentence: str


def missing(
    content: Content, required: Requirements, matters: Mapping[int, Outcome | None] = MappingProxyType({})
) -> list[Missing]:
    """Everything that keeps the letter from being sent, in the order of the letter.

    `matters` are those that the complaint is split into, by their numbers, each with its outcome once it is settled.
    That of the complaint then follows from theirs, and each of them needs what its own outcome asks for.
    """
    lacks: list[Missing] = []
    if content.outcome is None and not matters:
        lacks.append(Missing("outcome", _("The outcome is not chosen.")))
    for part in Part:
        for matter in places(part, list(matters)):
            wanted = required.parts_for(matters.get(matter, content.outcome))
            if part in wanted and not content.text(part, matter):
                lacks.append(Missing(field(part, matter), _lacking(part, matter)))
    if required.until and content.until is None:
        lacks.append(Missing("until", _("The last date for turning elsewhere is missing.")))
    return lacks


def _lacking(part: Part, matter: int) -> str:
    if matter:
        return _("Matter %(number)d: the part “%(part)s” is missing.") % {"number": matter, "part": part.label}
    return _("The part “%(part)s” is missing.") % {"part": part.label}
