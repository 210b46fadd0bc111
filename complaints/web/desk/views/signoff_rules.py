"""The rules of sign-off and the authority limits: everybody reads them, administrators keep them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import may_administer
from common import htmx
from complaints.errors import Invalid
from complaints.models import AuthorityLimit, SignoffRule
from complaints.selectors.proposals import rules_with_all
from complaints.services import signoff_rules
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.forms.signoff_rules import Checks, LimitForm, Parties, RuleForm, initial_of

P = ParamSpec("P")

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


def _administrators_only(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Others of the staff get 403, everybody else the sign-in page."""

    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_administer(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wraps(view)(staff_only(guarded))


@require_safe
@staff_only
def index(request: StaffRequest) -> HttpResponse:
    """Every rule in its order, and every limit."""
    context = {
        "rules": rules_with_all(),
        "limits": AuthorityLimit.objects.all(),
        "may_change": may_administer(request.user),
    }
    return htmx.render(request, "desk/signoff/rules.html", context=context)


@asks_and_acts
@_administrators_only
def add(request: StaffRequest) -> HttpResponse:
    """A new rule."""
    return _edit(request, None)


@asks_and_acts
@_administrators_only
def change(request: StaffRequest, code: str) -> HttpResponse:
    """Change a rule."""
    return _edit(request, get_object_or_404(rules_with_all(), code=code))


@require_POST
@_administrators_only
def switch(request: StaffRequest, code: str) -> HttpResponse:
    """Switch a rule off, or on again."""
    rule = get_object_or_404(SignoffRule, code=code)
    if request.POST.get("to") == "on":
        signoff_rules.switch_on_rule(by=request.user, code=rule.code)
        says = _("%(name)s asks for its signatures again.")
    else:
        signoff_rules.switch_off_rule(by=request.user, code=rule.code)
        says = _("%(name)s asks for nothing any more.")
    return htmx.done(request, to="desk:signoff-rules", says=says % {"name": rule.label()})


@asks_and_acts
@_administrators_only
def set_limit(request: StaffRequest) -> HttpResponse:
    """A new limit, or another amount for one that is there."""
    preset = {name: request.GET[name] for name in ("role", "amount", "currency") if name in request.GET}
    form = LimitForm(request.POST if request.method == "POST" else None, initial=preset)
    if form.is_bound and form.is_valid():
        try:
            signoff_rules.set_limit(by=request.user, **form.said())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return htmx.done(request, to="desk:signoff-rules", says=_("The limit is in force."))
    return htmx.render(request, "desk/signoff/limit.html", context={"form": form}, status=422 if form.errors else 200)


@require_POST
@_administrators_only
def switch_off_limit(request: StaffRequest, limit_id: int) -> HttpResponse:
    """The limit counts no more."""
    limit = get_object_or_404(AuthorityLimit, pk=limit_id)
    signoff_rules.switch_off_limit(by=request.user, limit_id=limit.pk)
    return htmx.done(request, to="desk:signoff-rules", says=_("The limit is switched off."))


def _edit(request: StaffRequest, rule: SignoffRule | None) -> HttpResponse:
    typed: Any = request.POST if request.method == "POST" else None
    of_rule, of_parties, of_checks = initial_of(rule) if rule else ({}, [], [])
    form = RuleForm(typed, initial=of_rule, new=rule is None)
    parties = Parties(typed, prefix="parties", initial=of_parties)
    checks = Checks(typed, prefix="checks", initial=of_checks)
    if form.is_bound and all([form.is_valid(), parties.is_valid(), checks.is_valid()]):
        draft = form.draft(parties, checks)
        try:
            if rule is None:
                signoff_rules.add_rule(by=request.user, code=form.cleaned_data["code"], draft=draft)
            else:
                signoff_rules.change_rule(by=request.user, code=rule.code, draft=draft)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return htmx.done(request, to="desk:signoff-rules", says=_("The rule counts for proposals from now on."))
    wrong = form.is_bound
    context = {"form": form, "parties": parties, "checks": checks, "rule": rule}
    return htmx.render(request, "desk/signoff/rule.html", context=context, status=422 if wrong else 200)
