"""What complainants are told by mail, and of which acts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import translation

from complaints.access import signed_link
from complaints.aftercare import CLOSED_BECAUSE
from complaints.classes import Kind
from complaints.events import Occurrence
from complaints.lifecycle import Verb
from complaints.malice import FINDINGS
from complaints.models import Complaint, Decision, HandlerWish, Message, Remedy
from complaints.remedying import RemedyKind, in_money
from complaints.selectors import matters
from complaints.selectors.contact import contact_of, in_one_line
from complaints.services.portal_access import LINK_REQUESTED
from complaints.vocabulary import DeclineCode, Outcome, PauseReason
from escalation import extending
from escalation.selectors import next_promised
from notifications import letters
from notifications.letters import Letter

TO_COMPLAINANT: frozenset[str] = frozenset(
    {
        Verb.REGISTER.value,
        Verb.ACKNOWLEDGE.value,
        Verb.REPLY.value,
        Verb.WAIT.value,
        Verb.RESOLVE.value,
        Verb.CLOSE.value,
        Verb.DECLINE.value,
        Verb.MERGE.value,
        Verb.REOPEN.value,
        Verb.GRANT_EXTENSION.value,
        Verb.SPLIT_OFF.value,
        Verb.OFFER.value,
        Verb.CARRY_OUT.value,
        Verb.DROP_REMEDY.value,
        Verb.CLASSIFY.value,
        Verb.CONFIRM_CLASS.value,
        Verb.LAPSE_CLASS.value,
        Verb.OBJECT.value,
        Verb.DECIDE_OBJECTION.value,
        Verb.GRANT_ANOTHER.value,
        Verb.REFUSE_ANOTHER.value,
        LINK_REQUESTED,
    }
)
"""What the complainant hears by mail: never the class, nor anything else that only the office knows. Of a grave class
they read what was decided, the reasons meant for them, and until when they may object.
"""

COMPLAINANT_LETTERS: Mapping[str, str] = {
    Verb.GRANT_EXTENSION.value: "more_time",
    Verb.CLASSIFY.value: "class_lifted",
    Verb.CONFIRM_CLASS.value: "class_told",
    Verb.LAPSE_CLASS.value: "class_lifted",
    Verb.OBJECT.value: "objection_received",
    Verb.DECIDE_OBJECTION.value: "objection_decided",
    Verb.GRANT_ANOTHER.value: "another_granted",
    Verb.REFUSE_ANOTHER.value: "another_refused",
}
"""What the complainant reads where the letter of the same name is the staff's."""

NAMES_THE_DATE: frozenset[str] = frozenset({Verb.REGISTER.value, Verb.ACKNOWLEDGE.value, Verb.REOPEN.value})
"""The letters that say by when the complainant hears from us next."""

NAMES_THE_CONTACT: frozenset[str] = frozenset(
    {
        Verb.ACKNOWLEDGE.value,
        Verb.REPLY.value,
        Verb.WAIT.value,
        Verb.RESOLVE.value,
        Verb.REOPEN.value,
        Verb.GRANT_EXTENSION.value,
        Verb.GRANT_ANOTHER.value,
        Verb.REFUSE_ANOTHER.value,
    }
)
"""The letters that name whom to turn to."""

ABOUT_THE_CLASS: frozenset[str] = frozenset(
    {
        Verb.CLASSIFY.value,
        Verb.CONFIRM_CLASS.value,
        Verb.LAPSE_CLASS.value,
        Verb.OBJECT.value,
        Verb.DECIDE_OBJECTION.value,
    }
)
TELLS_OF_THE_CLASS: frozenset[str] = frozenset({Verb.CLASSIFY.value, Verb.CONFIRM_CLASS.value})
"""Told to the complainant only where a grave class begins or ends with it."""

RECEIPT_WITHIN = timedelta(days=30)
"""How long after a complaint was received its registration still causes a receipt."""


def to_complainants(occurrences: Sequence[Occurrence]) -> list[Letter]:
    """The letters that these occurrences cause for complainants."""
    told = [
        occurrence
        for occurrence in occurrences
        if occurrence.event.kind in TO_COMPLAINANT and not _is_passed_over(occurrence)
    ]
    if not told:
        return []
    prefetch_related_objects([occurrence.complaint for occurrence in told], "complainant")  # those not read yet
    told = [occurrence for occurrence in told if occurrence.complaint.complainant.email]
    named = [occurrence.complaint for occurrence in told if occurrence.event.kind in NAMES_THE_CONTACT]
    prefetch_related_objects(named, "department", "holder__department")
    texts = _replies(told)
    parts = _split_off(told)
    offered = _offers([one for one in told if one.event.kind == Verb.OFFER])
    done = _carried_out([one for one in told if one.event.kind == Verb.CARRY_OUT])
    decided = _decisions([one for one in told if one.event.kind in ABOUT_THE_CLASS])
    answers = _answers_to_wishes(told)
    promised = next_promised([one.complaint for one in told if one.event.kind in NAMES_THE_DATE])
    return [
        Letter(
            kind=_letter_of(occurrence),
            event_id=occurrence.event.pk,
            reader=letters.complainant_reader(occurrence.complaint),
            complaint=occurrence.complaint,
            facts={
                "promised": _promised(occurrence, promised),
                "text": texts.get(occurrence.event.data.get("message", 0), ""),
                **_findings(occurrence, texts),
                **_about_matters(occurrence, parts),
                **({"options": offered[occurrence.event.pk]} if occurrence.event.kind == Verb.OFFER else {}),
                **({"what": done[occurrence.event.pk]} if occurrence.event.kind == Verb.CARRY_OUT else {}),
                **_about_the_class(occurrence, decided),
                **({"text": answers[occurrence.event.pk]} if occurrence.event.pk in answers else {}),
                **_contact(occurrence, texts),
            },
        )
        for occurrence in told
    ]


def _letter_of(occurrence: Occurrence) -> str:
    kind = occurrence.event.kind
    return "class_lifted" if occurrence.event.data.get("lifts") else COMPLAINANT_LETTERS.get(kind, kind)


def _is_passed_over(occurrence: Occurrence) -> bool:
    if occurrence.event.kind in TELLS_OF_THE_CLASS and not occurrence.event.data.get("told"):
        return True
    return _is_old_news(occurrence) or _is_internal(occurrence) or _is_told_with_the_letter(occurrence)


def _is_told_with_the_letter(occurrence: Occurrence) -> bool:
    """A matter that was split off: what is told of the letter that it was part of names it, and opens it."""
    data = occurrence.event.data
    return data.get("split_from") is not None or data.get("carried") is True


def _is_old_news(occurrence: Occurrence) -> bool:
    """A complaint of long ago, entered or imported now: a receipt would only puzzle. So would an answer that another
    system gave.
    """
    event = occurrence.event
    if event.data.get("imported"):
        return True
    return event.kind == Verb.REGISTER and event.recorded_at - event.occurred_at > RECEIPT_WITHIN


def _is_internal(occurrence: Occurrence) -> bool:
    """More time for a deadline that the complainant never heard of, such as a report to an authority; a remedy that
    was never offered to them and is dropped.
    """
    return occurrence.event.data.get("told") is False


def _replies(occurrences: Iterable[Occurrence]) -> dict[int, str]:
    """The texts meant for complainants. Notes are not even read: the reasons of a reopening are one."""
    wanted = {occurrence.event.data["message"] for occurrence in occurrences if "message" in occurrence.event.data}
    if not wanted:
        return {}
    return dict(Message.objects.filter(pk__in=wanted, kind=Message.Kind.REPLY).values_list("pk", "body"))


def _promised(occurrence: Occurrence, promised: Mapping[int, datetime]) -> datetime | None:
    """The next date promised to the complainant; nothing when it has passed already (a letter entered late)."""
    due_at = promised.get(occurrence.complaint.pk)
    return due_at if due_at is not None and due_at > occurrence.event.recorded_at else None


def _decisions(occurrences: Sequence[Occurrence]) -> Mapping[int, Decision]:
    """The class decisions that these tell of, each with the objection to it."""
    wanted = {occurrence.event.data["decision"] for occurrence in occurrences}
    return Decision.objects.select_related("objection").in_bulk(wanted) if wanted else {}


def _about_the_class(occurrence: Occurrence, decided: Mapping[int, Decision]) -> dict[str, Any]:
    """Of a grave class: what was found, the words for the complainant, until when it stands; of an objection what was
    decided.
    """
    event = occurrence.event
    if event.kind not in ABOUT_THE_CLASS:
        return {}
    decision = decided[event.data["decision"]]
    if event.kind == Verb.CONFIRM_CLASS and not event.data["lifts"]:
        finding = FINDINGS[Kind(decision.class_kind)]
        return {"class_finding": finding, "text": decision.told, "object_until": decision.review_at}
    if event.kind == Verb.DECIDE_OBJECTION:
        return {"upheld": event.data["upheld"], "text": decision.objection.answer, "object_until": decision.review_at}
    return {"by_itself": event.kind == Verb.LAPSE_CLASS and event.actor_id is None}


def _answers_to_wishes(occurrences: Sequence[Occurrence]) -> Mapping[int, str]:
    """What complainants are told who wished for another handler, by the event of the decision."""
    decided = [one for one in occurrences if one.event.kind in (Verb.GRANT_ANOTHER, Verb.REFUSE_ANOTHER)]
    if not decided:
        return {}
    wishes = HandlerWish.objects.filter(complaint__in={one.complaint.pk for one in decided})
    answers = {(wish.complaint_id, wish.number): wish.answer for wish in wishes}
    return {one.event.pk: answers[one.complaint.pk, one.event.data["wish"]] for one in decided}


def _split_off(occurrences: Iterable[Occurrence]) -> Mapping[int, Complaint]:
    """The complaints that matters of these were split off into."""
    wanted = {one.event.data["went_to"] for one in occurrences if one.event.kind == Verb.SPLIT_OFF}
    return Complaint.objects.in_bulk(wanted) if wanted else {}


def _about_matters(occurrence: Occurrence, parts: Mapping[int, Complaint]) -> dict[str, Any]:
    """Of an answer how each matter ended; of a matter that was split off where it goes on."""
    data = occurrence.event.data
    if occurrence.event.kind == Verb.RESOLVE and data.get("matter_outcomes"):
        return {"matters": matters.told(occurrence.complaint)}
    if occurrence.event.kind == Verb.SPLIT_OFF:
        part = parts[data["went_to"]]
        return {"part": part.reference, "part_subject": part.subject, "part_link": signed_link(part)}
    return {}


def _offers(occurrences: Sequence[Occurrence]) -> dict[int, list[dict[str, Any]]]:
    """What each offer holds, by the event that tells of it: the options, each with all that comes with it."""
    if not occurrences:
        return {}
    complaints = {occurrence.complaint.pk for occurrence in occurrences}
    found: dict[tuple[int, int], list[Remedy]] = defaultdict(list)
    for remedy in Remedy.objects.filter(complaint__in=complaints, offer__gt=0).prefetch_related("items"):
        found[remedy.complaint_id, remedy.offer or 0].append(remedy)
    return {
        occurrence.event.pk: _options(found[occurrence.complaint.pk, occurrence.event.data["offer"]])
        for occurrence in occurrences
    }


def _options(remedies: Sequence[Remedy]) -> list[dict[str, Any]]:
    together: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for remedy in sorted(remedies, key=lambda remedy: (remedy.option or 0, remedy.number)):
        offered = remedy.offered
        thing = {
            "kind": RemedyKind(remedy.kind).label,
            "what": remedy.what,
            "amount": "" if offered is None else in_money(offered, remedy.currency),
        }
        together[remedy.option_letter].append(thing)
    return [{"letter": letter, "things": things} for letter, things in together.items()]


def _carried_out(occurrences: Sequence[Occurrence]) -> Mapping[int, str]:
    """What was done for the complainant, by the event that tells of it."""
    if not occurrences:
        return {}
    complaints = {occurrence.complaint.pk for occurrence in occurrences}
    rows = Remedy.objects.filter(complaint__in=complaints).values_list("complaint_id", "number", "what")
    what = {(complaint, number): said for complaint, number, said in rows}
    return {one.event.pk: what[one.complaint.pk, one.event.data["remedy"]] for one in occurrences}


def _contact(occurrence: Occurrence, texts: Mapping[int, str]) -> dict[str, Any]:
    """Whom to turn to, as complainants read it; nothing where nobody is named, or the text has named them already."""
    if occurrence.event.kind not in NAMES_THE_CONTACT:
        return {}
    with translation.override(letters.complainant_reader(occurrence.complaint).language):
        name, line = contact_of(occurrence.complaint).name, in_one_line(occurrence.complaint)
    if not name or name in texts.get(occurrence.event.data.get("message", 0), ""):
        return {}
    return {"contact": line}


def _findings(occurrence: Occurrence, texts: Mapping[int, str]) -> dict[str, Any]:
    data, complaint = occurrence.event.data, occurrence.complaint
    if occurrence.event.kind == Verb.ACKNOWLEDGE:
        return {"department": complaint.department.label}
    if occurrence.event.kind == Verb.RESOLVE:
        return {
            "finding": Outcome(data["outcome"]).label,
            "letter": "letter" in data,
            "object_by": complaint.object_by,
        }
    if occurrence.event.kind == Verb.REPLY:
        until = datetime.fromisoformat(data["until"]) if data.get("until") else None
        return {"until": until, "object_by": complaint.object_by}
    if occurrence.event.kind == Verb.CLOSE:
        return {"finding": CLOSED_BECAUSE.get(data["reason"], "")}
    if occurrence.event.kind == Verb.DECLINE:
        said = complaint.recourse in texts.get(data["message"], "")
        return {"finding": DeclineCode(data["code"]).label, "recourse": "" if said else complaint.recourse}
    if occurrence.event.kind == Verb.OFFER:
        stated = data.get("stands_until")
        return {"stands_until": datetime.fromisoformat(stated) if stated else None}
    if occurrence.event.kind == Verb.WAIT:
        return {"reason": data.get("reason", PauseReason.COMPLAINANT.value)}
    if occurrence.event.kind == Verb.CARRY_OUT:
        amount = in_money(Decimal(data["amount"]), data["currency"]) if "amount" in data else ""
        day = date.fromisoformat(data["on"])
        return {"remedy_kind": RemedyKind(data["remedy_kind"]).label, "day": day, "amount": amount}
    if occurrence.event.kind == Verb.GRANT_EXTENSION:
        until = datetime.fromisoformat(data["due_at"]) if data["due_at"] else None
        return {"clock_kind": data["clock_kind"], "because": extending.TOLD[data["reason"]], "until": until}
    return {}
