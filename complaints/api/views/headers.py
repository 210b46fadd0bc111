"""What the headers of a request say: the version of the complaint it was written for, and its own name."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from accounts.models import ApiToken
from complaints import selectors
from complaints.api.views.doors import etag
from complaints.models import Complaint

_MAX_KEY = 200

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the complaint as you last saw it. When it has changed since, nothing is done and "
    "the answer is 412 `changed_meanwhile`.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Your own name for this create, up to 200 characters. Sent again with the same body, it answers "
    "with the same complaint and the same secret and creates nothing; with another body it is refused "
    "with 409 `idempotency_conflict`. Kept for some days.",
)
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description="The version, for `If-Match`."
)


class ChangedMeanwhile(APIException):
    """`If-Match` names another version than the one there is."""

    status_code = 412
    default_code = "changed_meanwhile"
    default_detail = _("The complaint has changed since you read it. Read it again, then decide anew.")


def refuse_if_changed(request: Request, complaint: Complaint, given: Mapping[str, Any]) -> None:
    """Compare versions under the lock, or the comparison would mean nothing when the act begins.

    An act between two complaints holds both now, in the order in which every act holds two.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return
    other = next((value.pk for value in given.values() if isinstance(value, Complaint)), complaint.pk)
    held, _other = selectors.locked_both(complaint.pk, other)
    tags = [tag.removeprefix("W/") for tag in parse_etags(wanted)]
    if tags != ["*"] and etag(held) not in tags:
        raise ChangedMeanwhile


def token_of(request: Request) -> ApiToken:
    """The token that opened the door."""
    token: ApiToken = request.auth  # type: ignore[assignment]  # typed for every kind of authentication
    return token


def checked_key(key: str) -> str:
    """An Idempotency-Key that can be kept. Raises ValidationError."""
    if not key.strip() or len(key) > _MAX_KEY or not key.isprintable():
        raise ValidationError({"Idempotency-Key": [_("This must be 1 to 200 characters of plain text.")]})
    return key


def digest_of(body: Any) -> str:
    """The same for the same content, however its fields are ordered."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
