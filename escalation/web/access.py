"""Who enters the pages that only administrators see."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from complaints.web.desk.access import StaffRequest, staff_only
from escalation import permissions

P = ParamSpec("P")


def administrators_only(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let administrators in; other members of the staff get 403, everybody else the sign-in page."""

    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not permissions.may_administer(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wraps(view)(staff_only(guarded))
