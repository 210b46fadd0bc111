"""The final response of a complaint: which rule it goes by, what it lacks, and what is proposed for it.

Reads only. What is proposed is in the language of the complaint and in the office's time zone, whoever writes it. The
letter as it is read: `letters`.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.trees import tree
from common import moments
from complaints import permissions, placeholders, responding, settling
from complaints.judging import SHOWN_BY, Source
from complaints.lifecycle import OPEN, Verb
from complaints.models import Attachment, Complaint, Event, FinalResponse, Matter, Message, Remedy, ResponseRule
from complaints.remedying import RemedyState
from complaints.responding import STANDARD, UPHELD, Content, Missing, Part, Requirements, ResponseState, Text
from complaints.selectors import contact, matters
from complaints.selectors.letters import read_by_complainant
from complaints.settling import MatterState
from complaints.tasking import TaskKind, TaskState
from complaints.vocabulary import Outcome


def with_parts(responses: QuerySet[FinalResponse]) -> QuerySet[FinalResponse]:
    """With everything that is shown of them: two queries."""
    return responses.select_related("drafted_by", "approved_by", "sent_by", "file").prefetch_related("parts")


def current(complaint: Complaint) -> FinalResponse | None:
    """The letter of the cycle that the complaint is in, with its parts; None before one is begun."""
    return with_parts(complaint.responses.filter(cycle=complaint.cycle)).first()


def sent_back(response: FinalResponse) -> Message | None:
    """What the second person wants changed, in a letter that is a draft again; None where nobody sent it back."""
    if response.state != ResponseState.DRAFT:
        return None
    returns = Event.objects.filter(complaint_id=response.complaint_id, kind=Verb.RETURN_RESPONSE)
    last = returns.order_by("-sequence").first()
    if last is None or last.data["cycle"] != response.cycle:
        return None
    return Message.objects.select_related("author").filter(pk=last.data["message"]).first()


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
    with read_by_complainant(complaint):
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

_ASKED_FOR: Mapping[TaskKind, str | Promise] = MappingProxyType(
    {kind: _LOOKED_INTO[source] for kind, source in SHOWN_BY.items()}
    | {TaskKind.CONSULTATION: gettext_lazy("We asked those who know about it for their view.")}
)
"""The same of finished tasks, where no recorded fact says so already."""


def _considered(complaint: Complaint) -> str:
    sentences = [_("We received your complaint on %(day)s.") % {"day": moments.day(complaint.received_at)}]
    if Attachment.objects.filter(complaint=complaint, uploaded_by=None).exists():
        sentences.append(_("We looked at the documents that came with it."))
    sources = dict.fromkeys(complaint.investigation.order_by("number").values_list("source", flat=True))
    sentences += [str(_LOOKED_INTO[Source(source)]) for source in sources if source in _LOOKED_INTO]
    done = complaint.tasks.filter(state=TaskState.DONE).order_by("number").values_list("kind", flat=True)
    told = {TaskKind.CARRYING_OUT, *(kind for kind, source in SHOWN_BY.items() if source in sources)}
    sentences += [str(_ASKED_FOR[TaskKind(kind)]) for kind in done if kind not in told]
    return "\n".join(dict.fromkeys(sentences))


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
