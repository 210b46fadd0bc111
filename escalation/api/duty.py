"""The doors of the REST API to the duty roster: who holds each tier now, and the shifts."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as staff
from accounts.models import Department, DutyShift
from accounts.roles import TIER_HOLDERS, Role
from accounts.services import duty
from complaints.api.fields import CodeIn, MomentIn, MomentOut, PersonIn
from complaints.api.parsers import Json
from complaints.api.serializers.taking import Strict
from complaints.api.views import Door
from escalation.selectors import Way
from escalation.selectors.duty import holders_now, zone_of

AHEAD = timedelta(days=14)
"""Without `until` shifts are listed so far ahead of `since`."""

MOST_LISTED = timedelta(days=366)

DEPARTMENT = OpenApiParameter("department", str, description="The department's code.", required=True)


class PersonOut(serializers.Serializer):
    """Somebody of the staff."""

    name = serializers.CharField()
    email = serializers.EmailField()


class HolderOut(serializers.Serializer):
    """Who holds a tier now, and how they come to it."""

    tier = serializers.IntegerField(min_value=min(TIER_HOLDERS), max_value=max(TIER_HOLDERS))
    name = serializers.CharField(help_text=_("Of the tier, in the language of the person the token acts for."))
    role = serializers.ChoiceField(Role.choices, help_text=_("Whose people hold the tier."))
    holder = PersonOut(allow_null=True, help_text=_("Null where nobody at all is left."))
    way = serializers.ChoiceField(Way.choices)
    found_in = serializers.CharField(
        allow_null=True, help_text=_("Code of the department in which the holder was found; null for administrators.")
    )
    found_on_tier = serializers.IntegerField(help_text=_("Higher than the tier itself where somebody stands in."))
    away = PersonOut(many=True, help_text=_("Who was passed over because they are away."))
    unmanned = serializers.BooleanField(help_text=_("Nobody of any tier is left, at best an administrator."))


class DutyOut(serializers.Serializer):
    """A department's tiers at this moment."""

    department = serializers.CharField()
    timezone = serializers.CharField(help_text=_("In which the department plans."))
    at = MomentOut()
    tiers = HolderOut(many=True)


class ShiftOut(serializers.Serializer):
    """A shift on duty."""

    id = serializers.IntegerField()
    department = serializers.CharField(source="department.code")
    tier = serializers.IntegerField()
    user = PersonOut()
    starts_at = MomentOut()
    ends_at = MomentOut()


class ShiftsOut(serializers.Serializer):
    """All on one page."""

    results = ShiftOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class ShiftIn(Strict):
    """Who is on duty, for which tier, and when."""

    user = PersonIn(help_text=_("The e-mail address of who is on duty."))
    tier = serializers.IntegerField(min_value=min(TIER_HOLDERS), max_value=max(TIER_HOLDERS))
    starts_at = MomentIn()
    ends_at = MomentIn(help_text=_("The first moment at which they are no longer on duty."))


class NewShiftIn(ShiftIn):
    """The same, for a department."""

    department = CodeIn(Department, help_text=_("The department's code."))


class Asked(serializers.Serializer):
    """What a list of shifts is asked for."""

    department = serializers.CharField()
    since = MomentIn(required=False)
    until = MomentIn(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """From now on, and for two weeks, unless told otherwise; a year at most."""
        since = attrs.setdefault("since", timezone.now())
        try:
            until = attrs.setdefault("until", since + AHEAD)
            too_long = until > since + MOST_LISTED
        except OverflowError:
            too_long = True
        if too_long:
            raise serializers.ValidationError({"until": [_("Ask for a year at most.")]})
        return attrs


class Duty(Door):
    """`GET /duty/?department=CODE`."""

    serializer_class = DutyOut

    @extend_schema(
        operation_id="duty_now", tags=["duty"], summary="Read who holds each tier now", parameters=[DEPARTMENT]
    )
    def get(self, request: Request) -> Response:
        """Of one department: the duty shift there comes first, then whoever holds the role, then the department above,
        then the next tier, at last an administrator. People who are away are passed over.
        """
        department = _department(request.query_params.get("department", ""))
        now = timezone.now()
        tiers = holders_now(department, now)
        codes = dict(Department.objects.values_list("pk", "code"))
        shape = DutyOut(
            {
                "department": department.code,
                "timezone": str(zone_of(department.pk)),
                "at": now,
                "tiers": [
                    {
                        "tier": tier.number,
                        "name": tier.label(),
                        "role": tier.role,
                        "holder": holder.person,
                        "way": holder.found.way,
                        "found_in": codes.get(holder.found.department_id or 0),
                        "found_on_tier": holder.found.rung,
                        "away": holder.away,
                        "unmanned": holder.found.unmanned,
                    }
                    for tier, holder in tiers
                ],
            }
        )
        return Response(shape.data)


class Shifts(Door):
    """`GET` and `POST /duty/shifts/`."""

    serializer_class = ShiftsOut
    parser_classes = (Json,)

    @extend_schema(
        operation_id="duty_shifts",
        tags=["duty"],
        summary="List the shifts of a department",
        parameters=[
            DEPARTMENT,
            OpenApiParameter("since", OpenApiTypes.DATETIME, description="Shifts that end after it. Left out: now."),
            OpenApiParameter(
                "until",
                OpenApiTypes.DATETIME,
                description="Shifts that begin before it. Left out: two weeks on.",
            ),
        ],
    )
    def get(self, request: Request) -> Response:
        """Those that touch the time asked for, in the order in which they begin; all on one page."""
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        department = _department(asked.validated_data["department"])
        shifts = staff.shifts_between(asked.validated_data["since"], asked.validated_data["until"], department.pk)
        rows = shifts.select_related("user", "department")
        return Response({"results": ShiftOut(rows, many=True).data, "next": None, "previous": None})

    @extend_schema(
        operation_id="duty_shift_add",
        tags=["duty"],
        summary="Put somebody on duty",
        request=NewShiftIn,
        responses={201: ShiftOut},
    )
    def post(self, request: Request) -> Response:
        """For supervisors, managers and administrators of the department. Shifts of a tier may overlap: the one that
        begins later counts.
        """
        given = NewShiftIn(data=request.data)
        given.is_valid(raise_exception=True)
        shift = duty.add_shift(by=self.person, **given.validated_data)
        return Response(ShiftOut(shift).data, status=201)


class Shift(Door):
    """`PUT` and `DELETE /duty/shifts/{id}/`."""

    serializer_class = ShiftOut
    parser_classes = (Json,)

    @extend_schema(operation_id="duty_shift_change", tags=["duty"], summary="Change a shift", request=ShiftIn)
    def put(self, request: Request, shift_id: int) -> Response:
        """Who, which tier, when. For those who plan for the department."""
        _refuse_unless_there(shift_id)
        given = ShiftIn(data=request.data)
        given.is_valid(raise_exception=True)
        changed = duty.change_shift(shift_id=shift_id, by=self.person, **given.validated_data)
        return Response(ShiftOut(changed).data)

    @extend_schema(
        operation_id="duty_shift_remove", tags=["duty"], summary="Take a shift off the roster", responses={204: None}
    )
    def delete(self, request: Request, shift_id: int) -> Response:
        """Whoever holds the role is asked then. For those who plan for the department."""
        _refuse_unless_there(shift_id)
        duty.remove_shift(shift_id=shift_id, by=self.person)
        return Response(status=204)


def _department(code: str) -> Department:
    """The active department of that code. Raises NotFound."""
    department = Department.objects.filter(is_active=True, code=code).first() if "\x00" not in code else None
    if department is None:
        raise NotFound(_("There is no active department with this code."))
    return department


def _refuse_unless_there(shift_id: int) -> None:
    if not DutyShift.objects.filter(pk=shift_id).exists():
        raise NotFound(_("There is no such shift."))
