"""Publishing calendars. A published version never changes; a new year's days are a new version."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from escalation.calendars import Calendar as CalendarRules
from escalation.documents import check_code
from escalation.errors import BadCalendar
from escalation.models import Calendar, CalendarVersion
from escalation.services import recounting


@transaction.atomic
def publish(
    *, code: str, document: Any, name: str = "", by: User | None = None, after: int | None = None
) -> CalendarVersion:
    """Make the document the newest version of the calendar `code`, which is created if it is new.

    `after` is the number of the version that the document was made from, 0 for none: if another has been published
    meanwhile, nothing is, so that nobody's days are lost.

    Without `name` the calendar is called what the document calls it. A document that says the same as the newest
    version publishes nothing and answers with that version. Clocks that run keep theirs, unless the new version lists
    further days than the one before: then those that rest on guessed days, or are moved, are counted by it.
    Raises BadCalendar, naming the field at fault.
    """
    rules = CalendarRules.from_json(document)
    check_code(code, refuse=BadCalendar)
    calendar, _created = Calendar.objects.get_or_create(code=code, defaults={"name": (name or rules.name)[:120]})
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if name and calendar.name != name:
        calendar.name = name
        calendar.save(update_fields=["name"])
    newest = calendar.versions.order_by("-number").first()
    if after is not None and after != (newest.number if newest else 0):
        raise BadCalendar(
            "code", _("Somebody published another version meanwhile; nothing is changed. Begin again from that one.")
        )
    if newest is not None and CalendarRules.from_json(newest.document) == rules:
        return newest
    number = (calendar.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = CalendarVersion.objects.create(
        calendar=calendar,
        number=number,
        document=rules.to_json(),
        covers_until=rules.covers_until,
        published_at=timezone.now(),
        published_by=by,
    )
    if newest is not None and _reaches_further(rules.covers_until, newest.covers_until):
        recounting.begin(version)
    return version


def _reaches_further(until: date | None, before: date | None) -> bool:
    """Whether listed days that end on one date reach further than those that end on another; None has no end."""
    return before is not None and (until is None or until > before)
