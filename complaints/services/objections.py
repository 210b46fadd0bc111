"""Objecting to a grave class: the complainant, or the office for them; decided by a third person. (Mission M04.)"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import conflicts, events, lifecycle, malice, permissions, selectors
from complaints.errors import ConflictOfInterest, IllegalMove, ThirdPersonNeeded, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text
from complaints.malice import ObjectionState
from complaints.models import Complaint, Objection
from complaints.placeholders import check_words
from complaints.selectors import objecting
from complaints.services import acting, class_reviews
from complaints.services.offers import HEARD_THROUGH
from complaints.services.searching import add_words
from complaints.vocabulary import Channel


@transaction.atomic
def object_to_class(*, complaint_id: int, words: str) -> Objection:
    """The complainant objects on their page, in their own words. Senior people who had no part in it are told; where
    none is left, all administrators are.

    Raises IllegalMove where there is nothing to object to any more, or they have objected already.
    """
    complaint = selectors.locked(complaint_id)
    return _object(complaint, None, Channel.WEB, words)


@transaction.atomic
def record_objection(*, complaint_id: int, by: User, words: str, through: Channel) -> Objection:
    """Record that the complainant objects, in their own words, and how they said so."""
    complaint = selectors.locked(complaint_id)
    permissions.check(by, Verb.OBJECT, complaint)
    if through not in HEARD_THROUGH:
        raise invalid("through", _("Say how the complainant told you."))
    return _object(complaint, by, Channel(through), words)


@transaction.atomic
def decide_objection(*, complaint_id: int, by: User, upheld: bool, answer: str) -> Objection:
    """A third, senior person decides: the class is lifted, or stands. The complainant reads the `answer`.

    Raises ThirdPersonNeeded for whoever proposed or confirmed the class, ConflictOfInterest, IllegalMove, Invalid.
    """
    complaint = acting.held_for(complaint_id, by, Verb.DECIDE_OBJECTION)
    objection = objecting.open_objection(complaint)
    if objection is None:
        raise IllegalMove(_("No objection waits for a decision."))
    now = timezone.now()
    malice.check_stands(objection.decision.review_at, now)
    if by.pk in objecting.had_a_part(complaint):
        raise ThirdPersonNeeded(
            _("You had a part in this class. A third senior person, who had none, must decide about the objection.")
        )
    if by.pk in conflicts.concerned(complaint):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot decide anything about it.") % {"name": by.name}
        )
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    objection.decided_by, objection.decided_at, objection.answer = by, now, check_words("answer", answer)
    objection.save()
    class_before = complaint.complaint_class
    if upheld:
        class_reviews.lift(complaint, objection.decision, at=now)
    events.record(
        complaint,
        kind=Verb.DECIDE_OBJECTION,
        by=by,
        at=now,
        decision=objection.decision_id,
        objection=objection.number,
        upheld=upheld,
        complaint_class=str(complaint.complaint_class),
        class_before=str(class_before),
        parts=[objection.proposer_id, objection.confirmer_id],
    )
    return objection


def _object(complaint: Complaint, by: User | None, through: Channel, words: str) -> Objection:
    lifecycle.after(Status(complaint.status), Verb.OBJECT)
    standing = objecting.grave_in_force(complaint)
    now = timezone.now()
    if standing is None or standing.decided_by is None or standing.second_person is None:
        raise IllegalMove(_("There is no decision here to object to."))
    malice.check_stands(standing.review_at, now)
    if Objection.objects.filter(decision=standing).exists():
        raise IllegalMove(_("There is an objection to this decision already. More can be said in a message."))
    last = complaint.objections.order_by("-number").first()
    objection = Objection.objects.create(
        complaint=complaint,
        number=last.number + 1 if last else 1,
        decision=standing,
        words=check_text("words", words),
        through=through,
        recorded_by=by,
        made_at=now,
        proposer=standing.decided_by,
        confirmer=standing.second_person,
    )
    add_words(complaint, objection.words)
    asked = objecting.deciders(complaint)
    events.record(
        complaint,
        kind=Verb.OBJECT,
        by=by or complaint.complainant,
        at=now,
        decision=standing.pk,
        objection=objection.number,
        through=str(through),
        asked=asked,
        unmanned=not asked,
    )
    return objection
