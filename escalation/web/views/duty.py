"""The duty roster: a week of a department, its shifts and absences. Those who lead the department plan it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts import selectors as staff
from accounts.models import Absence, Department, DutyShift
from accounts.services import absences, duty
from common import htmx, moments
from common.refusals import Unfit
from complaints.web.desk.access import StaffRequest, staff_only
from escalation.selectors.duty import roster_week, zone_of
from escalation.web.duty_forms import AbsenceForm, ShiftForm, WhichForm

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])

USUAL_BEGIN, USUAL_END = time(9), time(18)
"""What a new shift or absence proposes."""


@require_safe
@never_cache
@staff_only
def show(request: StaffRequest) -> HttpResponse:
    """One week of one department: without a choice the person's own department and this week."""
    department = _asked_department(request)
    now = timezone.now()
    with timezone.override(zone_of(department.pk)):
        week = roster_week(department, _monday(request.GET.get("week", ""), timezone.localdate(now)), now)
        context = {
            "week": week,
            "now": now,
            "which": WhichForm(initial={"department": department.code}),
            "may_plan": permissions.may_plan(request.user, department.pk),
            "previous": week_address(department, week.first - timedelta(days=7)),
            "next": week_address(department, week.first + timedelta(days=7)),
            "this": week_address(department),
            "here": week_address(department, week.first),
            "number": week.first.isocalendar().week,
            "place": moments.place(),
        }
        return htmx.render(request, "escalation/duty.html", part="roster", context=context)


@asks_and_acts
@staff_only
def add_shift(request: StaffRequest) -> HttpResponse:
    """Put somebody on duty."""
    department = _asked_department(request)
    with timezone.override(zone_of(department.pk)):
        initial = {**_proposed(request, department), "tier": request.GET.get("tier", "1")}
        form = ShiftForm(request.POST or None, department=department, initial=initial)
        if request.method != "POST" or not form.is_valid():
            return _form_page(request, "add", department, form)
        try:
            shift = duty.add_shift(by=request.user, department=department, **form.cleaned_data)
        except Unfit as refusal:
            form.refuse(refusal)
            return _form_page(request, "add", department, form)
        return _kept(request, shift, says=_("%(name)s is on the roster.") % {"name": shift.user})


@asks_and_acts
@staff_only
def change_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    """Change who, which tier, or when."""
    shift = get_object_or_404(DutyShift.objects.select_related("department"), pk=shift_id)
    department = shift.department
    with timezone.override(zone_of(department.pk)):
        initial = {
            "user": shift.user_id,
            "tier": shift.tier,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
        }
        form = ShiftForm(request.POST or None, department=department, initial=initial)
        if request.method != "POST" or not form.is_valid():
            return _form_page(request, "change", department, form, shift=shift)
        try:
            changed = duty.change_shift(shift_id=shift.pk, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            form.refuse(refusal)
            return _form_page(request, "change", department, form, shift=shift)
        return _kept(request, changed, says=_("The shift is changed."))


@require_POST
@staff_only
def remove_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    """Take a shift off the roster."""
    shift = get_object_or_404(DutyShift.objects.select_related("department"), pk=shift_id)
    duty.remove_shift(shift_id=shift.pk, by=request.user)
    return _done(request, shift.department, shift.starts_at, says=_("The shift is off the roster."))


@asks_and_acts
@staff_only
def add_absence(request: StaffRequest) -> HttpResponse:
    """Note that somebody of the department is away."""
    department = _asked_department(request)
    with timezone.override(zone_of(department.pk)):
        form = AbsenceForm(request.POST or None, department=department, initial=_proposed(request, department))
        if request.method != "POST" or not form.is_valid():
            return _form_page(request, "absence", department, form)
        given = form.cleaned_data
        try:
            absence = absences.enter(by=request.user, **{**given, "reason": Absence.Reason(given["reason"])})
        except Unfit as refusal:
            form.refuse(refusal)
            return _form_page(request, "absence", department, form)
        says = _("%(name)s is passed over while away.") % {"name": absence.user}
        return _done(request, department, absence.starts_at, says=says)


@require_POST
@staff_only
def end_absence(request: StaffRequest, absence_id: int) -> HttpResponse:
    """Somebody is back, or does not go."""
    absence = get_object_or_404(Absence.objects.select_related("user__department"), pk=absence_id)
    ended = absences.end(absence_id=absence.pk, by=request.user)
    department = _asked_department(request)
    says = _("The absence has ended.") if ended else _("The absence is taken off.")
    return _done(request, department, absence.starts_at, says=says)


def week_address(department: Department, first: date | None = None) -> str:
    """The page of a department's week; without a day, of the present one."""
    asked = {"department": department.code} | ({"week": _week_name(first)} if first else {})
    return f"{reverse('escalation:duty')}?{urlencode(asked)}"


def _week_name(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def _monday(name: str, today: date) -> date:
    """The Monday of a week such as 2026-W48; of the present one when none is asked for. Raises Http404."""
    if not name:
        return today - timedelta(days=today.weekday())
    year, _dash, week = name.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        raise Http404(_("This is not a week. Write it as 2026-W48.")) from None
    if not 2000 <= monday.year <= 2200:
        raise Http404(_("This week is too far away."))
    return monday


def _asked_department(request: StaffRequest) -> Department:
    """The department of the address, else the person's own, else the first. Raises Http404."""
    active = Department.objects.filter(is_active=True)
    code = request.GET.get("department", "")
    if "\x00" in code:  # PostgreSQL refuses to look for it
        raise Http404(_("There is no active department with this code."))
    if code:
        return get_object_or_404(active, code=code)
    own = active.filter(pk=request.user.department_id).first() if request.user.department_id else None
    department = own or active.first()
    if department is None:
        raise Http404(_("There is no department yet."))
    return department


def _proposed(request: StaffRequest, department: Department) -> dict[str, Any]:
    """The usual hours of the day of the address, or of today."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate()
    zone = timezone.get_current_timezone()
    return {
        "starts_at": datetime.combine(day, USUAL_BEGIN, zone),
        "ends_at": datetime.combine(day, USUAL_END, zone),
        "user": request.GET.get("user", ""),
    }


def _form_page(
    request: StaffRequest, act: str, department: Department, form: Any, *, shift: DutyShift | None = None
) -> HttpResponse:
    """The form, or the reason why this person gets none: the same sentence as the service's."""
    if act == "absence":
        absences.check_may_plan(request.user, department.pk)
    else:
        duty.check_may_plan(request.user, department.pk)
    context = {
        "act": act,
        "department": department,
        "form": form,
        "shift": shift,
        "place": moments.place(),
        "back": week_address(department, timezone.localtime(shift.starts_at).date() if shift else None),
    }
    return htmx.render(
        request, "escalation/duty_form.html", part="sheet", context=context, status=422 if form.is_bound else 200
    )


def _kept(request: StaffRequest, shift: DutyShift, *, says: str) -> HttpResponse:
    """Back to the roster, with what the planner should know of a shift that is allowed and yet odd."""
    for warning in _warnings(shift):
        messages.warning(request, warning)
    return _done(request, shift.department, shift.starts_at, says=says)


def _warnings(shift: DutyShift) -> list[str]:
    odd = []
    if staff.absences_between(shift.starts_at, shift.ends_at, [shift.user_id]).exists():
        odd.append(
            _("%(name)s is away for some of this shift. While they are, the next in line holds the tier.")
            % {"name": shift.user}
        )
    others = staff.shifts_between(shift.starts_at, shift.ends_at, shift.department_id).exclude(pk=shift.pk)
    other = others.filter(tier=shift.tier).first()
    if other is not None:
        odd.append(
            _("This shift overlaps one of %(name)s for the same tier. Of the two the one that begins later counts.")
            % {"name": other.user}
        )
    return odd


def _done(request: StaffRequest, department: Department, at: datetime, *, says: str) -> HttpResponse:
    return htmx.done(request, to=week_address(department, at.astimezone(zone_of(department.pk)).date()), says=says)
