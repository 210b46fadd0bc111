"""Correcting the category: it says which department a complaint belongs to, also after it was registered. (M11.)"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from complaints import events, permissions
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text
from complaints.models import Category, Complaint, Message
from complaints.selectors import routes
from complaints.services import acting, messages, transfers


@transaction.atomic
def categorise(*, complaint_id: int, by: User, category: Category, keep: bool = False, reasons: str = "") -> Complaint:
    """Correct the category. Where the new one belongs to another department the complaint is transferred there, or
    that one is asked to take it; unless the person wants to `keep` it where it is, for which they give reasons.

    Raises Invalid, NotAllowed, and IllegalMove while another transfer waits.
    """
    complaint = acting.held_for(complaint_id, by, Verb.CATEGORISE)
    before = Status(complaint.status)
    if not category.is_active:
        raise invalid("category", _("This category is no longer in use."))
    if category.pk == complaint.category_id:
        raise invalid("category", _("The complaint has this category already."))
    route = routes.find_route(category)
    elsewhere = route.category is not None and route.department.pk != complaint.department_id
    if elsewhere and keep:
        reasons = check_text("reasons", reasons)
    if elsewhere and not keep and complaint.restriction:
        raise invalid(
            "keep", _("This complaint is restricted: leave it where it is, and transfer it on its own if need be.")
        )
    category_before, complaint.category = complaint.category_id, category
    complaint.save(update_fields=["category"])
    told = {}
    if keep and elsewhere:
        told["message"] = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=reasons).pk
    events.record(
        complaint,
        kind=Verb.CATEGORISE,
        by=by,
        at=timezone.now(),
        before=str(before),
        after=str(before),
        category_before=category_before,
        category=category.pk,
        routed_by=route.category.pk if route.category else None,
        department=route.department.pk if elsewhere else complaint.department_id,
        kept=keep and elsewhere,
        **told,
    )
    if elsewhere and not keep:
        _route(complaint, route.department, by=by, reasons=reasons)
    return complaint


def _route(complaint: Complaint, to: Department, *, by: User, reasons: str) -> None:
    if not permissions.may(by, Verb.TRANSFER, complaint):
        raise IllegalMove(_("This category belongs to another department, and you may not transfer the complaint."))
    because = reasons.strip() or _("The category was corrected, and belongs to this department.")
    transfers.hand_over(complaint, by=by, to=to, reasons=check_text("reasons", because), by_category=True)
