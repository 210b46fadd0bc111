"""What a request is read by before anything looks into it: one encoding, cookies that can be kept, one visitor."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest, get_str_from_wsgi
from django.http import HttpRequest, parse_cookie
from django.utils.functional import cached_property
from django.utils.http import parse_header_parameters


class ReadableRequest(WSGIRequest):
    """A request as our pages send it: in UTF-8, with cookies that a table can hold (see config/wsgi.py).

    Django takes the charset that a request claims for itself. There are some that nothing can be read in (`hex`:
    that fails before any middleware could help) and some that give half characters (`raw_unicode_escape`). A cookie
    with a NUL character was never ours, and PostgreSQL refuses to look for it.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):
            self.content_type, self.content_params = "", {}
        self.content_params.pop("charset", None)

    @cached_property
    def COOKIES(self) -> dict[str, str]:  # type: ignore[override]  # noqa: N802 - Django's name, and lazy there too
        """Those that were sent, but for the unreadable ones."""
        sent = parse_cookie(get_str_from_wsgi(self.environ, "HTTP_COOKIE", ""))
        return {name: value for name, value in sent.items() if "\x00" not in value}


def visitor_address(request: HttpRequest) -> str:
    """The visitor's address, for counting; empty when it is not known. A /64 of IPv6, one household, counts as one.

    Behind the proxy that ends TLS, the last address it added to X-Forwarded-For counts, never one the visitor wrote.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if settings.SERVED_OVER_TLS:
        given = request.headers.get("X-Forwarded-For", given).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return ""
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
