"""Who enters the desk, and which complaint an address means."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from common import htmx
from complaints import permissions, references, selectors
from complaints.models import Complaint
from complaints.services import viewing

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a member of the staff who is signed in and active."""

    user: User


def staff_only(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let only active members of the staff in; everybody else is led to the sign-in page, and then back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if isinstance(request.user, User) and request.user.is_active:
            return view(cast(StaffRequest, request), *args, **kwargs)
        if htmx.asks_for_part(request):  # a part of a page whose session has ended: the whole page has to go
            return HttpResponseClientRedirect(resolve_url("accounts:sign-in"))
        return redirect_to_login(request.get_full_path(), resolve_url("accounts:sign-in"))

    return guarded


def seen(request: StaffRequest, reference: str) -> Complaint:
    """The complaint of that reference, if the person sees it. Raises Http404 otherwise: unseen does not exist.

    That somebody looked at a restricted one is written down.
    """
    spelled = references.normalise(reference)
    if spelled is None:
        raise Http404(_("This is not a reference."))
    visible = selectors.listed(permissions.visible_to(request.user))
    complaint = get_object_or_404(visible.select_related("registered_by"), reference=spelled)
    door = request.resolver_match.view_name if request.resolver_match else ""
    viewing.note(complaint=complaint, by=request.user, door=door, address=request.path)
    return complaint


def address(user: User, complaint: Complaint) -> str:
    """Where to go after an act: back to the dossier, or to My work when it is out of the person's sight now."""
    if permissions.visible_to(user).filter(pk=complaint.pk).exists():
        return reverse("desk:dossier", args=[complaint.reference])
    return reverse("desk:my-work")
