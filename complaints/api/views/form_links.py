"""Links to the public form, for a telephone menu or another program that sends text messages."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import form_links
from complaints.api.fields import ChosenIn, MomentOut, OneOf
from complaints.api.parsers import Json
from complaints.api.serializers.taking import Strict
from complaints.api.views.doors import Door
from complaints.form_links import Known
from complaints.limits import MAX_LINE, MAX_SUBJECT, MAX_TEXT
from complaints.services import form_links as making
from complaints.vocabulary import Channel


class FormLinkIn(Strict):
    """What is known already; all of it may be left out."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=MAX_LINE)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=60)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    subject = serializers.CharField(required=False, allow_blank=True, max_length=MAX_SUBJECT)
    description = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT)
    language = ChosenIn(settings.LANGUAGES, required=False)
    channel = OneOf(Channel, required=False, help_text=_("By which way it will have come; SMS if left out."))


class FormLinkOut(serializers.Serializer):
    """The link. It is told this once."""

    url = serializers.URLField()
    expires_at = MomentOut()


class FormLinks(Door):
    """`POST /form-links/`."""

    serializer_class = FormLinkOut
    parser_classes = (Json,)

    @extend_schema(
        operation_id="form_links_make",
        summary="Make a link to the public form",
        request=FormLinkIn,
        responses={201: FormLinkOut},
        tags=["complaints"],
    )
    def post(self, request: Request) -> Response:
        """A link for one person, with what they said already filled in; it opens once, within three days. Send it to
        nobody else: who has it reads what was filled in.
        """
        given = FormLinkIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        channel = data.pop("channel", Channel.SMS)
        made = making.make(by=self.person, answers=Known(**data).answers(), channel=channel)
        shown = FormLinkOut({"url": form_links.address(made.key), "expires_at": made.link.expires_at}).data
        return Response(shown, status=201, headers={"Cache-Control": "no-store"})
