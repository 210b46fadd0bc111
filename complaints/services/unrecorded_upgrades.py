"""Taking something further whose number nobody has: what the complainant remembers of it is all there is. (M41.)"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import permissions, references, upgrading
from complaints.classes import Kind
from complaints.errors import invalid
from complaints.limits import check_year, optional_text
from complaints.models import Upgrade
from complaints.services import intake
from complaints.services.intake import Registered, Registration
from complaints.services.upgrade_grounds import checked_grounds, settle_in
from complaints.upgrading import Record

RECEIPT_LASTS = timedelta(hours=1)
"""How long after a demand without a number its receipt can be shown again in the same browser."""


@dataclass(frozen=True)
class Unrecorded:
    """What is known of an earlier contact whose number nobody has. `told_on` is roughly when it was, `told_about` what
    the complainant remembers of it; `registration` holds who they are and what they want now.
    """

    registration: Registration
    grounds: Collection[Kind]
    told_on: date | None = None
    told_about: str = ""


def demand(*, given: Unrecorded, once: str) -> Registered:
    """The complainant demands on the public page that something be taken further whose number they do not have.

    Nobody looks for the earlier complaint here: the answer is the same whether there is one or not, and whoever takes
    the upgrade looks (`name_earlier`). `once` is a token of the form, known to that browser alone: sent again, it
    answers the upgrade made the first time, and the secret is made from it, so it is stored nowhere. Raises Invalid.
    """
    if (sent := receipt(once)) is not None:
        return sent
    try:
        with transaction.atomic():
            return _enter_unrecorded(given, None, Record.UNSETTLED, secret=_secret(once), once=once)
    except IntegrityError:
        if (sent := receipt(once)) is None:
            raise
        return sent


@transaction.atomic
def upgrade(*, given: Unrecorded, by: User, none_found: bool, access_secret: str | None = None) -> Registered:
    """Register an upgrade without a number. `none_found` states that the earlier complaint was looked for in vain,
    which is itself a finding; left open, whoever takes the upgrade looks for it. `access_secret` is given only where a
    retry must show the same one again.

    Raises Invalid, and NotAllowed for a person who may not register complaints.
    """
    received_at, now = given.registration.received_at, timezone.now()
    permissions.check_register(by, backdated=received_at is not None and received_at < now - intake.CLOCK_SKEW)
    return _enter_unrecorded(given, by, Record.NONE if none_found else Record.UNSETTLED, secret=access_secret)


def receipt(once: str) -> Registered | None:
    """The upgrade demanded with this token and its secret, while the receipt lasts."""
    demanded = Upgrade.objects.filter(once=_digest(once), demanded_at__gt=timezone.now() - RECEIPT_LASTS)
    found = demanded.select_related("complaint__complainant").first()
    return None if found is None else Registered(found.complaint, _secret(once))


def _enter_unrecorded(
    given: Unrecorded, by: User | None, record: Record, *, secret: str | None, once: str = ""
) -> Registered:
    grounds = checked_grounds(given.grounds)
    now = timezone.now()
    intake.check(given.registration, now)
    if given.told_on is not None and given.told_on > timezone.localdate(now):
        raise invalid("told_on", _("This day lies in the future. Give the day on which they turned to us before."))
    if given.told_on is not None:
        check_year("told_on", given.told_on)
    findings = upgrading.without_record(grounds, record)
    tier = upgrading.entry_tier(findings, stood_at=None)
    registered = intake.enter(
        given.registration,
        by=by,
        now=now,
        access_secret=secret,
        further=intake.Further(upgrading.leading(grounds), tier),
        upgrade_of=None,
        kinds=[str(ground) for ground in grounds],
    )
    entered = Upgrade(
        complaint=registered.complaint,
        record=record,
        told_on=given.told_on,
        told_about=optional_text("told_about", given.told_about),
        once=_digest(once) if once else "",
    )
    settle_in(entered, findings, by, now)
    return registered


def _digest(once: str) -> str:
    return hashlib.sha256(once.encode()).hexdigest()


def _secret(once: str) -> str:
    return references.secret_from(salted_hmac("complaints.upgrades.secret", once, algorithm="sha256").digest())
