"""Policies and calendars as programs read them, and publishing a policy."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.fields import MomentOut
from complaints.api.serializers import Strict
from complaints.api.views import Door
from escalation import permissions, selectors, wording
from escalation.models import CalendarVersion
from escalation.selectors import PolicyStanding
from escalation.services import policies


class ClockRuleOut(serializers.Serializer):
    """What a policy promises of one kind of clock, in the words of the person the token acts for."""

    kind = serializers.CharField()
    promise = serializers.CharField()
    conditions = serializers.ListField(child=serializers.CharField())
    ladder = serializers.ListField(child=serializers.CharField(), help_text=_("The steps, in the order of time."))


class PolicyOut(serializers.Serializer):
    """A policy with its newest version: the document itself, and what it says in words."""

    code = serializers.CharField(source="policy.code")
    name = serializers.CharField(source="policy.name")
    position = serializers.IntegerField(
        source="policy.position", help_text=_("Policies are tried in this order; the first that matches applies.")
    )
    is_active = serializers.BooleanField(source="policy.is_active")
    version = serializers.IntegerField(source="version.number")
    published_at = MomentOut(source="version.published_at")
    document = serializers.SerializerMethodField()
    clocks = serializers.SerializerMethodField()

    def get_document(self, standing: PolicyStanding) -> dict[str, Any]:
        """The JSON form, which publishing takes."""
        return standing.rules.to_json()

    @extend_schema_field(ClockRuleOut(many=True))
    def get_clocks(self, standing: PolicyStanding) -> list[dict[str, Any]]:
        """Each promise and its ladder in words."""
        return [
            {"kind": said.kind.value, "promise": said.promise, "conditions": said.conditions, "ladder": said.steps}
            for said in wording.clocks(standing.rules)
        ]


class PolicyIn(Strict):
    """The next version of a policy."""

    name = serializers.CharField(max_length=120)
    position = serializers.IntegerField(min_value=-1_000_000, max_value=1_000_000, default=100)
    document = serializers.JSONField(help_text=_("The JSON form that reading a policy gives."))
    after = serializers.IntegerField(
        min_value=0,
        required=False,
        help_text=_("The version it was made from, 0 for none: if another has been published since, nothing is."),
    )


class CalendarOut(serializers.Serializer):
    """A calendar with its newest version."""

    code = serializers.CharField(source="calendar.code")
    name = serializers.CharField(source="calendar.name")
    version = serializers.IntegerField(source="number")
    published_at = MomentOut()
    covers_until = serializers.DateField(
        allow_null=True, help_text=_("Up to this date its days off are listed; later deadlines are provisional.")
    )
    document = serializers.SerializerMethodField()

    def get_document(self, version: CalendarVersion) -> dict[str, Any]:
        """The JSON form of the import and the export."""
        return selectors.calendar_rules(version.pk).to_json()


def _page(name: str, shape: type[serializers.Serializer]) -> Any:
    link = serializers.URLField(allow_null=True)
    return inline_serializer(name, {"results": shape(many=True), "next": link, "previous": link})


class Policies(Door):
    """`GET /policies/`."""

    serializer_class = PolicyOut

    @extend_schema(
        operation_id="policies_list", summary="List the policies", responses=_page("PoliciesOut", PolicyOut)
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """In the order in which they are tried, all on one page."""
        shape = PolicyOut(selectors.policy_standings(), many=True)
        return Response({"results": shape.data, "next": None, "previous": None})


class Policy(Door):
    """`GET /policies/{code}/`."""

    serializer_class = PolicyOut

    @extend_schema(operation_id="policies_read", summary="Read one policy", responses=PolicyOut)
    def get(self, request: Request, code: str, **kwargs: Any) -> Response:
        """Its newest version."""
        return Response(PolicyOut(_standing(code)).data)


class PolicyVersions(Door):
    """`POST /policies/{code}/versions/`."""

    serializer_class = PolicyIn

    @extend_schema(
        operation_id="policies_publish",
        summary="Publish the next version of a policy",
        request=PolicyIn,
        responses={201: PolicyOut},
    )
    def post(self, request: Request, code: str, **kwargs: Any) -> Response:
        """For administrators. Clocks that run keep their version until somebody moves them on the desk."""
        if not permissions.may_administer(self.person):
            raise PermissionDenied(_("Only administrators publish policies."))
        given = PolicyIn(data=request.data)
        given.is_valid(raise_exception=True)
        newest = selectors.newest_policy(code)
        policies.publish(
            code=code,
            by=self.person,
            is_active=newest.policy.is_active if newest else True,
            **given.validated_data,
        )
        return Response(PolicyOut(_standing(code)).data, status=201)


class Calendars(Door):
    """`GET /calendars/`."""

    serializer_class = CalendarOut

    @extend_schema(
        operation_id="calendars_list", summary="List the calendars", responses=_page("CalendarsOut", CalendarOut)
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """By their names, all on one page."""
        versions = selectors.newest_calendars()
        selectors.prepare(calendar_version_ids=[version.pk for version in versions])
        return Response({"results": CalendarOut(versions, many=True).data, "next": None, "previous": None})


class Calendar(Door):
    """`GET /calendars/{code}/`."""

    serializer_class = CalendarOut

    @extend_schema(operation_id="calendars_read", summary="Read one calendar", responses=CalendarOut)
    def get(self, request: Request, code: str, **kwargs: Any) -> Response:
        """Its newest version."""
        version = selectors.newest_calendar(code)
        if version is None:
            raise NotFound(_("There is no such calendar."))
        return Response(CalendarOut(version).data)


def _standing(code: str) -> PolicyStanding:
    version = selectors.newest_policy(code)
    if version is None:
        raise NotFound(_("There is no such policy."))
    return PolicyStanding(version.policy, version, selectors.policy_rules(version.pk), None)
