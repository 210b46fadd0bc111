"""Taking a complaint further: a complaint of its own about how an earlier one is handled.

(Design section 3, class upgrade; missions M21, M22, M41.) Without the number of the earlier one:
`unrecorded_upgrades`; what both enter as: `upgrade_grounds`.
"""

from collections.abc import Collection
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, lifecycle, permissions, selectors, upgrading
from complaints.classes import ComplaintClass, Kind
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text
from complaints.models import Complaint, Decision, Upgrade
from complaints.selectors import upgrades as reads
from complaints.services import acting, intake
from complaints.services.intake import ComplainantDetails, Registered, Registration, SubjectDetails
from complaints.services.upgrade_grounds import as_it_stands, checked_grounds, compare, leave_to_others, settle_in
from complaints.upgrading import Record
from complaints.vocabulary import Channel, Demand, Form, Grade, SubjectKind, Track


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


@transaction.atomic
def name_earlier(
    *, complaint_id: int, by: User, reasons: str, earlier: Complaint | None = None, none_found: bool = False
) -> Complaint:
    """Say which complaint an upgrade takes further, or that none was found: a new decision about its class, with the
    grounds compared anew. Whoever handled that one, or supervises them, does not go on holding this one.

    Raises Invalid, NotAllowed, IllegalMove for what is no upgrade.
    """
    complaint = acting.held_for(complaint_id, by, Verb.NAME_EARLIER)
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
    entered = Upgrade(complaint=registered.complaint, record=Record.EARLIER, **as_it_stands(earlier))
    try:
        with transaction.atomic():
            settle_in(entered, findings, by, now)
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
