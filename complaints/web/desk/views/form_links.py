"""Making a link to the public form for somebody on the phone."""

from urllib.parse import quote

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import htmx
from complaints import form_links, permissions
from complaints.form_links import Known
from complaints.services import form_links as making
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.form_link_form import FormLinkForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def form_link(request: StaffRequest) -> HttpResponse:
    """What is known already; then the link, shown this once, to be sent by text message or mail."""
    permissions.check_register(request.user, backdated=False)
    form = FormLinkForm(request.POST) if request.method == "POST" else FormLinkForm()
    if not form.is_bound or not form.is_valid():
        return htmx.render(
            request, "desk/form_link.html", context={"form": form}, status=422 if form.is_bound else 200
        )
    known = form.known()
    made = making.make(by=request.user, answers=known.answers())
    context = {"address": form_links.address(made.key), "link": made.link, **_messages(known, made.key)}
    return htmx.render(request, "desk/form_link_made.html", context=context)


def _messages(known: Known, key: str) -> dict[str, str]:
    """What is sent, in the language of whoever gets it, and the addresses that open the clerk's programs for it."""
    with translation.override(known.language):
        says = _("Your complaint form, with what you told us: %(link)s (opens once)") % {
            "link": form_links.address(key)
        }
        subject = _("Your form")
    number = "".join(sign for sign in known.phone if sign.isdigit() or sign == "+")
    return {
        "says": says,
        "sms": f"sms:{number}?body={quote(says)}" if number else "",
        "mail": f"mailto:{quote(known.email, safe='@')}?subject={quote(subject)}&body={quote(says)}"
        if known.email
        else "",
    }
