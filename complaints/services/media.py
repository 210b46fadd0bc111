"""Media attention: a fact that everybody on the case sees, and that changes nothing by itself. (Mission M46.)"""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import events
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Verb
from complaints.limits import EARLIEST_YEAR, check_line
from complaints.models import MediaReport
from complaints.services import facts

MOST_REPORTS = 200
MOST_LINK = 1000

_is_address = URLValidator(schemes=["http", "https"])


@transaction.atomic
def note_media(*, complaint_id: int, by: User, source: str, published_on: date, link: str = "") -> MediaReport:
    """Record where the matter was written or spoken of in public, and when. It moves no deadline, no priority, and no
    place in any list: whoever thinks that it should judges impact and urgency, with reasons.

    Raises Invalid.
    """
    complaint = facts.held_for(complaint_id, by, Verb.NOTE_MEDIA)
    now = timezone.now()
    if complaint.media_reports.count() >= MOST_REPORTS:
        raise IllegalMove(_("Very many media reports are recorded here already. Record this one as a note."))
    if published_on > timezone.localdate(now) or published_on.year < EARLIEST_YEAR:
        raise invalid("published_on", _("Give the day on which it was published, today at the latest."))
    report = MediaReport.objects.create(
        complaint=complaint,
        source=check_line("source", source),
        link=_address(link.strip()),
        published_on=published_on,
        recorded_by=by,
        recorded_at=now,
    )
    events.record(complaint, kind=Verb.NOTE_MEDIA, by=by, at=now, media=report.pk)
    return report


def _address(link: str) -> str:
    if not link:
        return ""
    try:
        _is_address(link)
    except ValidationError:
        raise invalid("link", _("This is no web address. It begins with https:// or http://.")) from None
    if len(link) > MOST_LINK:
        raise invalid("link", _("This address is too long. Leave the part after the question mark out."))
    return link
