"""Taking a complaint further: a complaint of its own about how an earlier one is handled, with a number or without.

(Design section 3, class upgrade; missions M21, M22, M41.)
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import conflicts, events, lifecycle, permissions, references, selectors, upgrading
from complaints.classes import ComplaintClass, Kind
from complaints.errors import IllegalMove, Invalid, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text, check_year
from complaints.models import Complaint, Decision, Upgrade, UpgradeGround
from complaints.selectors import upgrades as reads
from complaints.services import handing, intake
from complaints.services.intake import ComplainantDetails, Registered, Registration, SubjectDetails
from complaints.upgrading import GROUNDS, Finding, Record
from complaints.vocabulary import Channel, Demand, Form, Grade, SubjectKind, Track

RECEIPT_LASTS = timedelta(hours=1)
"""How long after a demand without a number its receipt can be shown again in the same browser."""


@transaction.atomic
def demand(*, complaint_id: int, grounds: Collection[Kind], words: str) -> Registered:
    """The complainant demands on their page that the complaint be taken further. Raises Invalid, IllegalMove."""
    earlier = selectors.locked(complaint_id)
    return _take_further(earlier, None, grounds, words, Channel.WEB, Form.WRITTEN, read_back=False)


@transaction.atomic
def upgrade(
    *,
    complaint_id: int,
    by: User,
    grounds: Collection[Kind],
    words: str,
    channel: Channel = Channel.PHONE,
    form: Form = Form.ORAL,
    read_back: bool = False,
) -> Registered:
    """Take the complaint further for its complainant: register an upgrade that is linked to it.

    The upgrade has its own clocks. It enters at the tier its grounds call for, above where this one stands, in the
    hands of somebody who has not handled this one, is not named in it and supervises neither. This one goes on as it
    was. `words` say what the complainant wants, in their own words.
    Raises Invalid, NotAllowed, and IllegalMove when it has been taken further already.
    """
    earlier = selectors.locked(complaint_id)
    permissions.check(by, Verb.UPGRADE, earlier)
    return _take_further(earlier, by, grounds, words, channel, form, read_back=read_back)


@dataclass(frozen=True)
class Unrecorded:
    """What is known of an earlier contact whose number nobody has. `told_on` is roughly when it was, `told_about` what
    the complainant remembers of it; `registration` holds who they are and what they want now.
    """

    registration: Registration
    grounds: Collection[Kind]
    told_on: date | None = None
    told_about: str = ""


def demand_unrecorded(*, given: Unrecorded, once: str) -> Registered:
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
def upgrade_unrecorded(
    *, given: Unrecorded, by: User, none_found: bool, access_secret: str | None = None
) -> Registered:
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


@transaction.atomic
def name_earlier(
    *, complaint_id: int, by: User, reasons: str, earlier: Complaint | None = None, none_found: bool = False
) -> Complaint:
    """Say which complaint an upgrade takes further, or that none was found: a new decision about its class, with the
    grounds compared anew. Whoever handled that one, or supervises them, does not go on holding this one.

    Raises Invalid, NotAllowed, IllegalMove for what is no upgrade.
    """
    complaint = selectors.locked(complaint_id)
    permissions.check(by, Verb.NAME_EARLIER, complaint)
    lifecycle.after(Status(complaint.status), Verb.NAME_EARLIER)
    entered = Upgrade.objects.filter(complaint=complaint).first()
    if entered is None or complaint.complaint_class != ComplaintClass.UPGRADE:
        raise IllegalMove(_("This complaint takes nothing further. Classify it as an upgrade first."))
    if (earlier is not None) == none_found:
        raise invalid("earlier", _("Name the earlier complaint, or state that none was found."))
    if entered.earlier_id is not None and earlier is not None and entered.earlier_id == earlier.pk:
        raise invalid("earlier", _("It takes this complaint further already."))
    now = timezone.now()
    grounds = [Kind(each.ground) for each in entered.grounds.all()]
    complaint.decisions.filter(state=Decision.State.IN_FORCE).update(state=Decision.State.SUPERSEDED)
    decision = Decision.objects.create(
        complaint=complaint,
        state=Decision.State.IN_FORCE,
        complaint_class=ComplaintClass.UPGRADE,
        class_kind=complaint.class_kind,
        reasons=check_text("reasons", reasons),
        decided_by=by,
        decided_at=now,
        earlier=earlier,
        none_found=none_found,
        cycle=complaint.cycle,
    )
    complaint.earlier = earlier
    complaint.save(update_fields=["earlier"])
    moved = compare(complaint, grounds, record=Record.EARLIER if earlier else Record.NONE, at=now)
    events.record(
        complaint,
        kind=Verb.NAME_EARLIER,
        by=by,
        at=now,
        before=str(complaint.status),
        after=str(complaint.status),
        earlier=complaint.earlier_id,
        none_found=none_found,
        decision=decision.pk,
        **moved,
    )
    leave_to_others(complaint, moved)
    return complaint


def enter_class(complaint: Complaint, decision: Decision) -> dict[str, Any]:
    """Let a held complaint that was classed as an upgrade enter as one: compare its ground and raise its tier. Says
    what the event tells of it; `leave_to_others` comes after that event. A decision that a rule proposed is about the
    complaint itself; one of a person about the earlier complaint, or about none that was found.
    """
    record = Record.EARLIER if decision.earlier_id is not None else Record.NONE
    if decision.decided_by_id is None:
        record = Record.ITSELF
    return compare(complaint, [Kind(decision.class_kind)], record=record, at=timezone.now())


def compare(complaint: Complaint, grounds: Sequence[Kind], *, record: Record, at: datetime) -> dict[str, Any]:
    """Compare the grounds of a held complaint with the record, and move it to where they call for; says what the event
    tells of that. It never goes down. Raises Invalid where the earlier complaint cannot be taken further by it.
    """
    earlier = complaint.earlier if record == Record.EARLIER else None
    if earlier is not None:
        earlier.refresh_from_db()  # whoever names it may have read it long ago
        _check_earlier(complaint, earlier)
    findings = _findings(complaint, grounds, record, earlier, at)
    before, tier = complaint.tier, _tier(complaint, findings, record, earlier)
    compared = {"record": record, **_as_it_stands(earlier)}
    new = {"demanded_at": at, "entered_at_tier": tier, "contacts": reads.contacts_of(complaint, at)}
    try:
        with transaction.atomic():
            entered, _new = Upgrade.objects.update_or_create(
                complaint=complaint, defaults=compared, create_defaults=compared | new
            )
    except IntegrityError:  # the row of the earlier complaint is not held: somebody else takes it further just now
        raise _taken_further_already() from None
    _keep_findings(entered, findings, at)
    if tier > before:
        complaint.tier = tier
        complaint.save(update_fields=["tier"])
    return {"record": str(record), "tier_before": before, "tier": tier}


def leave_to_others(complaint: Complaint, moved: Mapping[str, Any]) -> None:
    """Give a held upgrade to whoever holds its tier, if it was raised, or if it concerns whoever holds it: they
    handled the earlier complaint, supervise those who did, or are named in it. An event of its own says so.
    """
    concerned = conflicts.concerned(complaint)
    raised = moved["tier"] > moved["tier_before"]
    if not raised and (complaint.holder_id is None or complaint.holder_id not in concerned):
        return
    handing.record(complaint, handing.hand_up(complaint, concerned), at=timezone.now())


def _take_further(
    earlier: Complaint,
    by: User | None,
    grounds: Collection[Kind],
    words: str,
    channel: Channel,
    form: Form,
    *,
    read_back: bool,
) -> Registered:
    lifecycle.after(Status(earlier.status), Verb.UPGRADE)
    grounds = checked_grounds(grounds)
    words = check_text("words", words)
    if reads.is_taken_further(earlier):
        raise _goes_on_there()
    now = timezone.now()
    findings = upgrading.compare(grounds, reads.facts_of(earlier, now))
    tier = upgrading.entry_tier(findings, stood_at=earlier.tier)
    registration = replace(
        _registration_of(earlier), description=words, channel=channel, form=form, read_back=read_back
    )
    intake.check(registration, now)
    registered = intake.enter(
        registration,
        by=by,
        now=now,
        part_of=earlier,
        further=intake.Further(upgrading.leading(grounds), tier, earlier),
        upgrade_of=earlier.pk,
        kinds=[str(ground) for ground in grounds],
    )
    entered = Upgrade(complaint=registered.complaint, record=Record.EARLIER, **_as_it_stands(earlier))
    try:
        with transaction.atomic():
            _settle_in(entered, findings, by, now)
    except IntegrityError:  # somebody has just named it as the earlier one of another upgrade, without holding it
        raise _goes_on_there() from None
    earlier.objection_until = None  # whoever wants it taken further is not silent
    earlier.save(update_fields=["objection_until"])
    events.record(
        earlier,
        kind=Verb.UPGRADE,
        by=by or earlier.complainant,
        at=now,
        before=str(earlier.status),
        after=str(earlier.status),
        went_to=registered.complaint.pk,
        kinds=[str(ground) for ground in grounds],
        tier=registered.complaint.tier,
    )
    return registered


def _goes_on_there() -> IllegalMove:
    return IllegalMove(_("This complaint has been taken further already. It goes on there."))


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
        told_about=check_text("told_about", given.told_about) if given.told_about.strip() else "",
        once=_digest(once) if once else "",
    )
    _settle_in(entered, findings, by, now)
    return registered


def _settle_in(entered: Upgrade, findings: Sequence[Finding], by: User | None, now: datetime) -> None:
    """Keep a new upgrade with its findings and the decision about its class, and give it to somebody independent."""
    complaint = entered.complaint
    entered.by_complainant, entered.demanded_at = by is None, now
    entered.entered_at_tier, entered.contacts = complaint.tier, reads.contacts_of(complaint, now)
    entered.save()
    _keep_findings(entered, findings, now)
    Decision.objects.create(
        complaint=complaint,
        state=Decision.State.IN_FORCE,
        complaint_class=ComplaintClass.UPGRADE,
        class_kind=complaint.class_kind,
        reasons=complaint.description,
        decided_by=by,
        decided_at=now,
        earlier=entered.earlier,
        none_found=entered.record == Record.NONE,
        demanded=by is None,
        cycle=complaint.cycle,
    )
    if complaint.restriction:
        return  # it was put into the hands of whoever is in charge of such ones when it was registered
    handing.record(complaint, handing.hand_up(complaint, conflicts.concerned(complaint)), at=now)


def _as_it_stands(earlier: Complaint | None) -> dict[str, Any]:
    """The earlier complaint and where its handling stands now, as the row of an upgrade keeps it."""
    return {
        "earlier": earlier,
        "earlier_cycle": earlier.cycle if earlier else None,
        "earlier_holder_id": earlier.holder_id if earlier else None,
        "earlier_events": earlier.event_count if earlier else None,
    }


def _findings(
    complaint: Complaint, grounds: Collection[Kind], record: Record, earlier: Complaint | None, at: datetime
) -> list[Finding]:
    if earlier is None and record != Record.ITSELF:
        return upgrading.without_record(grounds, record)
    return upgrading.compare(grounds, reads.facts_of(earlier or complaint, at))


def _tier(complaint: Complaint, findings: Collection[Finding], record: Record, earlier: Complaint | None) -> int:
    if record == Record.ITSELF:
        return upgrading.tier_of_itself(findings, stands_at=complaint.tier)
    return max(complaint.tier, upgrading.entry_tier(findings, stood_at=earlier.tier if earlier else None))


def _check_earlier(complaint: Complaint, earlier: Complaint) -> None:
    """Nobody learns through an upgrade what a restricted complaint holds, and each cycle is taken further once."""
    if earlier.restriction and not complaint.restriction:
        raise invalid("earlier", _("That complaint is restricted. Restrict this one first; then name it."))
    others = Upgrade.objects.filter(earlier=earlier, earlier_cycle=earlier.cycle).exclude(complaint=complaint)
    if others.exists():
        raise _taken_further_already()


def _taken_further_already() -> Invalid:
    return invalid(
        "earlier", _("Another upgrade takes that complaint further already. Merge this one into it instead.")
    )


def _keep_findings(entered: Upgrade, findings: Sequence[Finding], at: datetime) -> None:
    entered.grounds.all().delete()
    UpgradeGround.objects.bulk_create(
        UpgradeGround(
            upgrade=entered,
            ground=finding.ground,
            verdict=finding.verdict,
            says=finding.says,
            values=dict(finding.values),
            compared_at=at,
        )
        for finding in findings
    )


def checked_grounds(grounds: Collection[Kind]) -> list[Kind]:
    """The grounds in their order, each once. Raises Invalid."""
    if not grounds:
        raise invalid("grounds", _("Say why it should be taken further: choose at least one."))
    if any(ground not in GROUNDS for ground in grounds):
        raise invalid("grounds", _("Choose from: %(grounds)s.") % {"grounds": _list(GROUNDS)})
    return [ground for ground in GROUNDS if ground in grounds]


def _list(grounds: Collection[Kind]) -> str:
    return ", ".join(str(ground.label) for ground in grounds)


def _registration_of(earlier: Complaint) -> Registration:
    """The form of the earlier complaint: who, about whom and what, where it lies. Their words are new."""
    person = earlier.complainant
    return Registration(
        subject=earlier.subject,
        description=earlier.description,
        track=Track(earlier.track),
        category=earlier.category if earlier.category and earlier.category.is_active else None,
        department=earlier.department if earlier.department.is_active else None,
        impact=Grade(earlier.impact),
        urgency=Grade(earlier.urgency),
        language=earlier.language,
        occurred_at=earlier.occurred_at,
        complainant=ComplainantDetails(
            name=person.name,
            email=person.email,
            phone=person.phone,
            relation=person.relation,
            anonymous=person.anonymous,
            on_behalf_of=person.on_behalf_of,
            authority=person.authority,
        ),
        subjects=[
            SubjectDetails(
                name=subject.name, kind=SubjectKind(subject.kind), reference=subject.reference, user=subject.user
            )
            for subject in earlier.subjects.select_related("user")
        ],
        demands=[Demand(code) for code in earlier.demands],
        demand_note=earlier.demand_note,
    )


def _digest(once: str) -> str:
    return hashlib.sha256(once.encode()).hexdigest()


def _secret(once: str) -> str:
    return references.secret_from(salted_hmac("complaints.upgrades.secret", once, algorithm="sha256").digest())
