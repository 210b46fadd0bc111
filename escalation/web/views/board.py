"""The escalation board: open complaints by tier, and what the climb does next."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import htmx, paging
from complaints import permissions
from complaints.filters import ComplaintFilter
from complaints.lifecycle import OPEN
from complaints.web.desk.access import StaffRequest, staff_only
from escalation import selectors
from escalation.selectors.boards import Column


@require_safe
@never_cache
@staff_only
def show(request: StaffRequest) -> HttpResponse:
    """Every open complaint that the person sees, filtered by the address. The part `board` fetches itself anew."""
    visible = permissions.visible_to(request.user)
    chosen = ComplaintFilter(request.GET or None, visible.filter(status__in=sorted(OPEN)), request=request)
    complaints = chosen.qs if chosen.form.is_valid() or not chosen.is_bound else visible.none()
    chosen.form["department"].help_text = ""  # written for the address and the API
    board = selectors.board(request.user, complaints, now=timezone.now())
    context = {
        "board": board,
        "columns": [
            {"column": column, "count": _count(column.total), "all": _list_of(request, column)}
            for column in board.columns
        ],
        "form": chosen.form,
        "filtered": chosen.active,
    }
    return htmx.render(request, "escalation/board.html", part="board", context=context)


def _count(total: paging.Total) -> str:
    count = number_format(total.rows, force_grouping=True)
    return _("about %(count)s") % {"count": count} if total.estimated else count


def _list_of(request: StaffRequest, column: Column) -> str:
    """The list of all complaints of a tier, filtered as the board is."""
    query = request.GET.copy()
    query["tier"] = str(column.tier.number)
    query.setlist("status", [str(status) for status in sorted(OPEN)])
    return f"{reverse('desk:complaints')}?{query.urlencode()}"
