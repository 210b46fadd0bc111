"""Why this date, told to the complainant: a few plain sentences instead of every stretch. Pure.

The same stretches as in `explanation`, summarised: how much time there is, from when it counts, what was added,
which holidays lie on the way, when the time stood still, and whether the last day moved on. Nothing here names a
class, a policy, a tier or a person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import moments
from complaints.vocabulary import PauseReason
from escalation import amounts, explanation, replay
from escalation.explanation import Kind, Stretch
from escalation.replay import ClockState
from escalation.targets import DAY_UNITS, CountFrom, Target, Unit


class Origin(StrEnum):
    """What happened at the moment from which a clock counts."""

    RECEIVED = "received"
    REOPENED = "reopened"
    OTHER = "other"


def sentences(state: ClockState, events: Iterable[replay.Event], *, origin: Origin) -> list[str]:
    """Why the clock is due when it is, in the reader's language. `events`, its ledger, say why time stood still."""
    return list(_told(state, explanation.explain_clock(state), _reasons(events), origin))


def _told(
    state: ClockState, stretches: Sequence[Stretch], reasons: Sequence[tuple[datetime, str]], origin: Origin
) -> Iterator[str]:
    target = state.target
    if isinstance(target.amount, Fraction):
        yield _("This is the moment that was agreed with you.")
    else:
        yield str(_HAVE[target.unit]) % {"amount": amounts.in_words(target.unit, target.amount - state.extended_by)}
        yield _counted_from(state, origin)
    if state.extended_by:
        yield _("We needed more time and have told you so: %(amount)s more.") % {
            "amount": amounts.in_words(target.unit, state.extended_by)
        }
    if days := _list_of(stretches, Kind.HOLIDAY):
        yield _("These holidays do not count: %(days)s.") % {"days": days}
    if days := _list_of(stretches, Kind.MAKE_UP):
        yield _("On these days we work although they are usually days off, so they count: %(days)s.") % {"days": days}
    for stretch in stretches:
        if stretch.kind in (Kind.PAUSED, Kind.ENDED):
            yield _paused(stretch, reasons)
        elif stretch.kind is Kind.ROLLED:
            yield _rolled(state, stretch)
    if state.provisional:
        yield _("The holidays of that time are not announced yet, so this date may still move.")


_HAVE: Mapping[Unit, LazyText] = MappingProxyType(
    {
        Unit.HOURS: gettext_lazy("We have %(amount)s for this, by day and by night."),
        Unit.WORKING_HOURS: gettext_lazy("We have %(amount)s for this: hours in which our office is open."),
        Unit.WORKING_DAYS: gettext_lazy("We have %(amount)s for this: days on which our office is open."),
        Unit.CALENDAR_DAYS: gettext_lazy("We have %(amount)s for this, weekends and holidays included."),
    }
)

_FROM_THE_DAY_AFTER: Mapping[Origin, LazyText] = MappingProxyType(
    {
        Origin.RECEIVED: gettext_lazy("Your complaint reached us on %(day)s; that day itself does not count."),
        Origin.REOPENED: gettext_lazy("We took it up again on %(day)s; that day itself does not count."),
        Origin.OTHER: gettext_lazy("They count from the day after %(day)s."),
    }
)

_FROM_THE_DAY: Mapping[Origin, LazyText] = MappingProxyType(
    {
        Origin.RECEIVED: gettext_lazy("They count from %(day)s, the day on which your complaint reached us."),
        Origin.REOPENED: gettext_lazy("They count from %(day)s, the day on which we took it up again."),
        Origin.OTHER: gettext_lazy("They count from %(day)s."),
    }
)

_FROM_THE_MOMENT: Mapping[Origin, LazyText] = MappingProxyType(
    {
        Origin.RECEIVED: gettext_lazy("They count from %(moment)s, when your complaint reached us."),
        Origin.REOPENED: gettext_lazy("They count from %(moment)s, when we took it up again."),
        Origin.OTHER: gettext_lazy("They count from %(moment)s."),
    }
)

_ANSWERED, _NOT_OWED = "answered", "not_owed"
_STOOD_STILL: Mapping[str, LazyText] = MappingProxyType(
    {
        PauseReason.COMPLAINANT.value: gettext_lazy(
            "%(period)s: our time stood still while we waited for your answer."
        ),
        PauseReason.AGREED.value: gettext_lazy("%(period)s: our time stood still, as agreed with you."),
        _ANSWERED: gettext_lazy("%(period)s: our time stood still, because we had answered."),
        _NOT_OWED: gettext_lazy("%(period)s: this date did not apply to your complaint then."),
    }
)


def _counted_from(state: ClockState, origin: Origin) -> str:
    if state.target.unit not in DAY_UNITS:
        return str(_FROM_THE_MOMENT[origin]) % {"moment": moments.full(state.started_at)}
    sentence = (_FROM_THE_DAY if _receipt_counts(state.target) else _FROM_THE_DAY_AFTER)[origin]
    return str(sentence) % {"day": explanation.day(state.started_at.astimezone(state.calendar.zone))}


def _receipt_counts(target: Target) -> bool:
    return target.unit is Unit.WORKING_DAYS and target.count_from is CountFrom.SAME_DAY


def _list_of(stretches: Iterable[Stretch], kind: Kind) -> str:
    """The times of every stretch of that kind, with what the day is called where it has a name."""
    named = gettext_lazy("%(period)s (%(note)s)")
    found = [
        str(named) % {"period": explanation.period(stretch), "note": stretch.note}
        if stretch.note
        else explanation.period(stretch)
        for stretch in stretches
        if stretch.kind is kind
    ]
    # Translators: what stands between the days of a list.
    return _("; ").join(found)


def _reasons(events: Iterable[replay.Event]) -> list[tuple[datetime, str]]:
    """Why time stood still, and from when on, in the order of the ledger."""
    found: list[tuple[datetime, str]] = []
    for event in sorted(events, key=lambda event: event.sequence):
        match event:
            case replay.Paused():
                found.append((event.at, event.reason))
            case replay.Met():
                found.append((event.at, _ANSWERED))
            case replay.Cancelled():
                found.append((event.at, _NOT_OWED))
    return found


def _paused(stretch: Stretch, reasons: Sequence[tuple[datetime, str]]) -> str:
    """An entry dated before the one it follows counts from that one on, so the last one up to the moment is meant."""
    reason = next((reason for at, reason in reversed(reasons) if at <= stretch.start), "")
    known = _STOOD_STILL.get(reason)
    if known is None:
        known = gettext_lazy("%(period)s: our time stood still while we waited for somebody else's answer.")
    return str(known) % {"period": explanation.period(stretch)}


def _rolled(state: ClockState, stretch: Stretch) -> str:
    last = (stretch.start - timedelta(microseconds=1)).astimezone(ZoneInfo(stretch.timezone))
    note = state.calendar.notes.get(last.date(), "")
    words = {"day": explanation.day(last), "note": note}
    if note:
        return _("The last day would be %(day)s (%(note)s), so the date moves on to the next working day.") % words
    return _("The last day would be %(day)s, a day off, so the date moves on to the next working day.") % words
