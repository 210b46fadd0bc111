"""Reading what programs send, so that nothing they send can break us."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    """More than one request may carry."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The request is too large. Send long texts as files, each in a request of its own.")


class Json(JSONParser):
    """JSON as its standard has it: UTF-8, without NaN, within our limit of size, and not endlessly nested."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value sent. Raises ParseError, or TooLarge beyond DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge
        try:
            return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_such_number)
        except UnicodeDecodeError:
            raise ParseError(_("The request is not written in UTF-8.")) from None
        except json.JSONDecodeError as fault:
            place = _("line %(line)d, column %(column)d") % {"line": fault.lineno, "column": fault.colno}
            said = _("%(problem)s (%(place)s)") % {"problem": _(fault.msg), "place": place}
            raise ParseError(_("The request is not JSON: %(fault)s.") % {"fault": said}) from None
        except ValueError as fault:
            raise ParseError(_("The request is not JSON: %(fault)s.") % {"fault": fault}) from None
        except RecursionError:
            raise ParseError(_("The request is nested too deeply.")) from None


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
