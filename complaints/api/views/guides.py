"""Handling guides and reply templates: reading and writing them, those that fit a complaint, and filling one in."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.parsers import Json
from complaints.api.serializers import guides as shapes
from complaints.api.views.doors import Door
from complaints.models import Guide, ReplyTemplate
from complaints.selectors import filling
from complaints.selectors import guides as selectors
from complaints.services import guides


def _page(name: str, shape: type[serializers.Serializer]) -> Any:
    link = serializers.URLField(allow_null=True)
    return inline_serializer(name, {"results": shape(many=True), "next": link, "previous": link})


def _all_of(rows: QuerySet[Any], shape: type[serializers.Serializer]) -> Response:
    return Response({"results": shape(rows, many=True).data, "next": None, "previous": None})


def _guide(code: str) -> Guide:
    found = selectors.all_guides().filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no guide with this code."))
    return found


def _template(rows: QuerySet[ReplyTemplate], code: str) -> ReplyTemplate:
    found = rows.filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no template with this code here."))
    return found


class Guides(Door):
    """`/guides/`."""

    serializer_class = shapes.GuideOut
    parser_classes = (Json,)

    @extend_schema(
        operation_id="guides_list",
        summary="List handling guides",
        responses=_page("GuidesOut", shapes.GuideOut),
        tags=["guides"],
    )
    def get(self, request: Request) -> Response:
        """All on one page, in their order; also those that are not in use."""
        return _all_of(selectors.all_guides(), shapes.GuideOut)

    @extend_schema(
        operation_id="guides_add",
        summary="Write a handling guide",
        request=shapes.NewGuideIn,
        responses={201: shapes.GuideOut},
        tags=["guides"],
    )
    def post(self, request: Request) -> Response:
        """In use at once, unless it says otherwise."""
        given = shapes.NewGuideIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        kept = guides.add_guide(by=self.person, code=given.validated_data["code"], draft=given.draft())
        return Response(shapes.GuideOut(_guide(kept.code)).data, status=201)


class GuideDoor(Door):
    """`/guides/{code}/`."""

    serializer_class = shapes.GuideOut
    parser_classes = (Json,)

    @extend_schema(operation_id="guides_read", summary="Read a handling guide", tags=["guides"])
    def get(self, request: Request, code: str) -> Response:
        """In every language in which it is written."""
        return Response(shapes.GuideOut(_guide(code)).data)

    @extend_schema(
        operation_id="guides_change",
        summary="Change a handling guide",
        request=shapes.ChangedGuideIn,
        responses=shapes.GuideOut,
        tags=["guides"],
    )
    def put(self, request: Request, code: str) -> Response:
        """All of it but its code."""
        _guide(code)
        given = shapes.ChangedGuideIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        seen = given.validated_data.get("version")
        guides.change_guide(by=self.person, code=code, draft=given.draft(), seen_version=seen)
        return Response(shapes.GuideOut(_guide(code)).data)


class GuidesOfComplaint(Door):
    """`/complaints/{reference}/guides/`."""

    serializer_class = shapes.GuideOut

    @extend_schema(
        operation_id="complaints_guides",
        summary="List the handling guides that fit a complaint",
        responses=_page("FittingGuidesOut", shapes.GuideOut),
        tags=["guides"],
    )
    def get(self, request: Request, reference: str) -> Response:
        """By its category and those of its matters, the cause that was judged, its class and its department."""
        fitting = selectors.fitting(selectors.about(self.seen(reference)))
        shown = fitting.select_related("department", "changed_by").prefetch_related("categories")
        return _all_of(shown, shapes.GuideOut)


class ReplyTemplates(Door):
    """`/reply-templates/`."""

    serializer_class = shapes.TemplateOut
    parser_classes = (Json,)

    @extend_schema(
        operation_id="reply_templates_list",
        summary="List reply templates",
        responses=_page("ReplyTemplatesOut", shapes.TemplateOut),
        tags=["guides"],
    )
    def get(self, request: Request) -> Response:
        """All on one page, in their order; also those that are not in use."""
        return _all_of(selectors.all_templates(), shapes.TemplateOut)

    @extend_schema(
        operation_id="reply_templates_add",
        summary="Write a reply template",
        request=shapes.NewTemplateIn,
        responses={201: shapes.TemplateOut},
        tags=["guides"],
    )
    def post(self, request: Request) -> Response:
        """An unknown placeholder is refused and named."""
        given = shapes.NewTemplateIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        kept = guides.add_template(by=self.person, code=given.validated_data["code"], draft=given.draft())
        return Response(shapes.TemplateOut(_template(selectors.all_templates(), kept.code)).data, status=201)


class ReplyTemplateDoor(Door):
    """`/reply-templates/{code}/`."""

    serializer_class = shapes.TemplateOut
    parser_classes = (Json,)

    @extend_schema(operation_id="reply_templates_read", summary="Read a reply template", tags=["guides"])
    def get(self, request: Request, code: str) -> Response:
        """In every language in which it is written, with its placeholders."""
        return Response(shapes.TemplateOut(_template(selectors.all_templates(), code)).data)

    @extend_schema(
        operation_id="reply_templates_change",
        summary="Change a reply template",
        request=shapes.ChangedTemplateIn,
        responses=shapes.TemplateOut,
        tags=["guides"],
    )
    def put(self, request: Request, code: str) -> Response:
        """All of it but its code."""
        _template(selectors.all_templates(), code)
        given = shapes.ChangedTemplateIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        seen = given.validated_data.get("version")
        guides.change_template(by=self.person, code=code, draft=given.draft(), seen_version=seen)
        return Response(shapes.TemplateOut(_template(selectors.all_templates(), code)).data)


class TemplatesOfComplaint(Door):
    """`/complaints/{reference}/reply-templates/`."""

    serializer_class = shapes.TemplateOut

    @extend_schema(
        operation_id="complaints_reply_templates",
        summary="List the reply templates for a complaint",
        responses=_page("UsableTemplatesOut", shapes.TemplateOut),
        tags=["guides"],
    )
    def get(self, request: Request, reference: str) -> Response:
        """Those in use for its department."""
        usable = selectors.templates_for(self.seen(reference))
        return _all_of(usable.select_related("department", "changed_by"), shapes.TemplateOut)


class FillingTemplate(Door):
    """`/complaints/{reference}/reply-templates/{code}/`."""

    serializer_class = shapes.FilledTemplateOut

    @extend_schema(
        operation_id="complaints_fill_reply_template",
        summary="Fill in a reply template for a complaint",
        parameters=[OpenApiParameter("promise_until", str, description="A date that the same letter promises.")],
        tags=["guides"],
    )
    def get(self, request: Request, reference: str, code: str) -> Response:
        """In the complainant's language, else in the nearest one in which it is written. Nothing is sent."""
        complaint = self.seen(reference)
        template = _template(selectors.templates_for(complaint), code)
        given = shapes.FillIn(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        filled = filling.fill(template, complaint, by=self.person, at=timezone.now(), **given.validated_data)
        return Response(shapes.FilledTemplateOut(filled).data)
