"""The final response of a complaint: which rule it goes by, what is proposed for it, and the letter as it is read.

Reads only. The letter is in the language of the complaint and in the office's time zone, whoever writes it; it never
holds the class, a note, or anything else that only the office knows.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.trees import tree
from common import moments, typesetting
from complaints import permissions, placeholders, responding, settling
from complaints.judging import SHOWN_BY, Source
from complaints.lifecycle import OPEN, Verb
from complaints.models import Attachment, Complaint, FinalResponse, Matter, Remedy, ResponseRule
from complaints.remedying import RemedyState
from complaints.responding import STANDARD, UPHELD, Content, Missing, Part, Requirements, ResponseState, Text
from complaints.selectors import contact, matters
from complaints.settling import MatterState
from complaints.tasking import TaskKind, TaskState
from complaints.vocabulary import Outcome


def with_parts(responses: QuerySet[FinalResponse]) -> QuerySet[FinalResponse]:
    """With everything that is shown of them: two queries."""
    return responses.select_related("drafted_by", "approved_by", "sent_by", "file").prefetch_related("parts")


def current(complaint: Complaint) -> FinalResponse | None:
    """The letter of the cycle that the complaint is in, with its parts; None before one is begun."""
    return with_parts(complaint.responses.filter(cycle=complaint.cycle)).first()


def digest(complaint: Complaint) -> str:
    """Of the words of that letter as they stand (SHA-256, hex); empty before one is begun."""
    response = current(complaint)
    return "" if response is None else response.content().digest()


def rule_for(complaint: Complaint) -> ResponseRule | None:
    """The first rule of the office that fits; None where none does and the standard holds."""
    rules = list(ResponseRule.objects.filter(is_active=True).order_by("position", "code"))
    if not rules:
        return None
    departments = tree()
    return next((rule for rule in rules if rule.fits(complaint, departments)), None)


def requirements(complaint: Complaint) -> Requirements:
    """What a final response to this complaint must have."""
    rule = rule_for(complaint)
    return rule.requirements if rule is not None else STANDARD


def waiting_for_approval(user: User) -> QuerySet[FinalResponse]:
    """Letters that this person, not having written them, may approve."""
    standing = permissions.standing(user)
    roles = frozenset(role for role, verbs in permissions.GRANTS.items() if Verb.APPROVE_RESPONSE in verbs)
    return (
        FinalResponse.objects.filter(
            state=ResponseState.READY,
            complaint__department__in=standing.departments(roles),
            complaint__status__in=sorted(OPEN),
            complaint__in=permissions.visible_to(user),
        )
        .exclude(drafted_by=user)
        .select_related("complaint", "drafted_by")
        .order_by("drafted_at", "id")
    )


def content_of(complaint: Complaint, response: FinalResponse, about: Sequence[Matter]) -> Content:
    """What the letter says. `about` are the live matters: where there are some, the outcome follows from theirs, and
    what was written about a matter that is none any more is left out.
    """
    content = response.content()
    if response.state == ResponseState.SENT:
        return content
    content = replace(content, texts=[text for text in content.texts if _has_place(text, about)])
    return replace(content, outcome=derived(about)) if about else content


def outcomes(about: Sequence[Matter]) -> dict[int, Outcome | None]:
    """How each matter ended, by its number; None while it is not settled."""
    return {matter.number: Outcome(matter.outcome) if matter.outcome else None for matter in about}


def derived(about: Sequence[Matter]) -> Outcome | None:
    """The outcome that follows from the matters; None while one of them is not settled."""
    settled = [outcome for outcome in outcomes(about).values() if outcome is not None]
    return settling.derived(settled) if len(settled) == len(about) else None


def _has_place(text: Text, about: Sequence[Matter]) -> bool:
    return text.matter in responding.places(text.part, [matter.number for matter in about])


def lacking(complaint: Complaint, response: FinalResponse, required: Requirements) -> list[Missing]:
    """Everything that keeps the letter from being sent."""
    about = list(matters.live(complaint))
    content = content_of(complaint, response, about)
    unsettled = [matter.number for matter in about if matter.state == MatterState.OPEN]
    lacks = [Missing(responding.field(Part.FINDING, number), _not_settled(number)) for number in unsettled]
    lacks += responding.missing(content, required, outcomes(about))
    if content.until is not None and content.until < timezone.localdate():
        lacks.append(Missing("until", _("The last date for turning elsewhere has passed already.")))
    lacks += _left_open(content)
    return lacks


def _left_open(content: Content) -> list[Missing]:
    """The parts in which a template left something to be filled in."""
    found = ((responding.field(text.part, text.matter), placeholders.gaps(text.text)) for text in content.texts)
    return [Missing(field, sentence) for field, sentence in found if sentence]


def _not_settled(number: int) -> str:
    return _("Matter %(number)d is not settled yet.") % {"number": number}


# --- What is proposed ---------------------------------------------------------------------------------------


def proposed(complaint: Complaint, *, at: datetime) -> Content:
    """What the letter may say, for somebody to write on: only what is known already, and only what they may know."""
    rule = rule_for(complaint)
    found = {one["number"]: one for one in matters.told(complaint)}
    with _read_by_complainant(complaint):
        texts = [
            Text(Part.CONSIDERED, _considered(complaint)),
            Text(Part.RECOURSE, (rule.recourse_text() if rule is not None else "") or _own_recourse()),
            Text(Part.CONTACT, contact.in_one_line(complaint)),
        ]
        today = timezone.localdate(at)
        about = list(matters.live(complaint))
        texts += _remedies(complaint, about)
    for matter in about:
        texts.append(Text(Part.CONCERN, matter.words or matter.subject, matter.number))
        if matter.number in found:
            texts.append(Text(Part.FINDING, found[matter.number]["finding"], matter.number))
    if not about:
        texts.append(Text(Part.CONCERN, complaint.subject))
    return Content(
        outcome=None,
        texts=[text for text in texts if text.text],
        until=_months_later(today, rule.months) if rule is not None and rule.months else None,
    )


_LOOKED_INTO: Mapping[Source, str | Promise] = MappingProxyType(
    {
        Source.RESPONDENT: gettext_lazy("We heard those whom you complain about."),
        Source.WITNESS: gettext_lazy("We asked others who know of it."),
        Source.DOCUMENT: gettext_lazy("We read the papers about it."),
        Source.RECORD: gettext_lazy("We looked it up in our records."),
        Source.VISIT: gettext_lazy("We looked at it on the spot."),
        Source.EXPERT: gettext_lazy("We had it examined."),
    }
)
"""What the complainant may be told of where the recorded facts come from: never what they say, nor who said so."""


def _considered(complaint: Complaint) -> str:
    sentences = [_("We received your complaint on %(day)s.") % {"day": moments.day(complaint.received_at)}]
    if Attachment.objects.filter(complaint=complaint, uploaded_by=None).exists():
        sentences.append(_("We looked at the documents that came with it."))
    sources = dict.fromkeys(complaint.investigation.order_by("number").values_list("source", flat=True))
    sentences += [str(_LOOKED_INTO[Source(source)]) for source in sources if source in _LOOKED_INTO]
    done = complaint.tasks.filter(state=TaskState.DONE).order_by("number").values_list("kind", flat=True)
    told = {TaskKind.CARRYING_OUT, *(kind for kind, source in SHOWN_BY.items() if source in sources)}
    if kinds := [kind for kind in dict.fromkeys(done) if kind not in told]:
        # Translators: stands between the parts of a list.
        named = _(", ").join(str(TaskKind(kind).label) for kind in kinds)
        sentences.append(_("For this we obtained: %(kinds)s.") % {"kinds": named})
    return "\n".join(sentences)


def _remedies(complaint: Complaint, about: Sequence[Matter]) -> list[Text]:
    """What was agreed with the complainant or done for them. Where several matters are upheld, the writer says which
    remedy belongs to which.
    """
    agreed = complaint.remedies.filter(state__in=[RemedyState.ACCEPTED, RemedyState.CARRIED_OUT])
    said = "\n".join(_in_words(remedy) for remedy in agreed.order_by("number").prefetch_related("items"))
    upheld = [matter.number for matter in about if matter.outcome in UPHELD]
    if not said or (about and len(upheld) != 1):
        return []
    return [Text(Part.REMEDY, said, upheld[0] if upheld else responding.WHOLE)]


def _in_words(remedy: Remedy) -> str:
    if not remedy.amount_words:
        return remedy.what
    # Translators: a remedy with its amount: "Compensation (TWD 300.00): For the taxi."
    return _("%(kind)s (%(amount)s): %(what)s") % {
        "kind": remedy.get_kind_display(),
        "amount": remedy.amount_words,
        "what": remedy.what,
    }


def _own_recourse() -> str:
    return _(
        "If you do not agree, tell us on the page of your complaint or in any other way. Somebody else will then look"
        " at it again."
    )


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# --- The letter ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it: nothing where it is the heading of a matter."""

    heading: str
    text: str


@dataclass(frozen=True)
class Letter:
    """A letter in the complainant's language, ready to be shown, mailed and printed."""

    reference: str
    language: str
    written_at: datetime
    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    signature: Sequence[tuple[str, str]]
    foot: str

    def plain(self) -> str:
        """As a message: the sections one after the other."""
        return "\n\n".join(f"{section.heading}\n{section.text}".strip() for section in self.sections)

    def pdf(self) -> bytes:
        """On paper."""
        blocks: list[typesetting.Block] = [typesetting.Facts(self.facts)]
        for section in self.sections:
            blocks.append(typesetting.Heading(section.heading))
            if section.text:
                blocks.append(typesetting.Paragraph(section.text))
        blocks.append(typesetting.Facts(self.signature))
        return typesetting.pdf(
            title=self.title, blocks=blocks, foot=self.foot, language=self.language, written_at=self.written_at
        )


def letter(complaint: Complaint, content: Content, *, signed_by: User | None, at: datetime) -> Letter:
    """The letter with this content. While nobody has signed it, every page says that it is a draft."""
    with _read_by_complainant(complaint):
        return Letter(
            reference=complaint.reference,
            language=complaint.language,
            written_at=at,
            title=_("Our final response to your complaint %(reference)s") % {"reference": complaint.reference},
            facts=_facts(complaint, content, at),
            sections=_sections(complaint, content),
            signature=_signature(complaint, signed_by),
            foot=_foot(complaint, signed_by),
        )


def _facts(complaint: Complaint, content: Content, at: datetime) -> list[tuple[str, str]]:
    facts = [
        (_("To"), complaint.complainant.name),
        (_("Date"), moments.day(at)),
        (_("Your complaint"), complaint.subject),
        (_("Received on"), moments.day(complaint.received_at)),
        (_("Our decision"), str(content.outcome.label) if content.outcome else ""),
    ]
    return [(word, fact) for word, fact in facts if fact]


def _sections(complaint: Complaint, content: Content) -> list[Section]:
    """The whole first, then each matter with its own parts, then what follows for the whole."""
    numbers = sorted({text.matter for text in content.texts if text.matter})
    named = {matter.number: matter for matter in complaint.matters.filter(number__in=numbers)} if numbers else {}
    before = (Part.CONCERN, Part.CONSIDERED) if numbers else tuple(Part)
    sections = [_section(part, content) for part in before]
    for number in numbers:
        sections.append(Section(_matter_heading(number, named.get(number)), ""))
        sections += [
            Section(str(part.label), content.text(part, number)) for part in Part if content.text(part, number)
        ]
    if numbers:
        sections += [_section(part, content) for part in Part if part not in before]
    return [section for section in sections if section is not None]


def _section(part: Part, content: Content) -> Section | None:
    """One part about the whole; None where it says nothing."""
    text = content.text(part)
    if part == Part.RECOURSE and content.until is not None:
        limit = _("You can do so until %(day)s.") % {"day": _day(content.until)}
        text = f"{text}\n{limit}" if text else limit
    return Section(str(part.label), text) if text else None


def _matter_heading(number: int, matter: Matter | None) -> str:
    heading = _("Matter %(number)d: %(subject)s") % {"number": number, "subject": matter.subject if matter else ""}
    if matter is None or not matter.outcome:
        return heading
    return _("%(matter)s (%(outcome)s)") % {"matter": heading, "outcome": Outcome(matter.outcome).label}


def _signature(complaint: Complaint, signed_by: User | None) -> list[tuple[str, str]]:
    if signed_by is None:
        return []
    place = signed_by.department or complaint.department
    return [(_("Signature"), _("%(name)s, %(department)s") % {"name": signed_by.name, "department": place.label()})]


def _foot(complaint: Complaint, signed_by: User | None) -> str:
    foot = f"{complaint.reference} · {complaint.department.label()}"
    return foot if signed_by is not None else _("%(foot)s · Draft, not sent") % {"foot": foot}


def _day(day: date) -> str:
    # Translators: a date format of Django: weekday, day, month and year.
    return date_format(day, _("l j F Y"))


@contextmanager
def _read_by_complainant(complaint: Complaint) -> Iterator[None]:
    """Words and moments as the complainant reads them."""
    with translation.override(complaint.language), timezone.override(ZoneInfo(settings.TIME_ZONE)):
        yield
