"""The next version of a policy: written, looked at, previewed, published. For administrators."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import htmx
from complaints.web.desk.access import StaffRequest
from escalation import documents, selectors, wording
from escalation.errors import BadDocument, BadPolicy
from escalation.models import PolicyDraft
from escalation.policies import PolicyRules
from escalation.services import migrating, policies
from escalation.web.access import administrators_only
from escalation.web.policy_forms import CodeForm, JsonForm
from escalation.web.rules_form import RulesForm
from escalation.web.tabs import tabs
from escalation.web.views.policies import migration_address

LAST_PLACE = 100
"""The position of a new policy, unless it is given one."""


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def begin(request: StaffRequest) -> HttpResponse:
    """The code of a policy that does not exist yet; its draft is written next."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("escalation:policy-edit", form.cleaned_data["code"])
    context = {"tabs": tabs(request), "form": form}
    return htmx.render(request, "escalation/policy_new.html", context=context, status=422 if form.errors else 200)


@require_safe
@administrators_only
def show(request: StaffRequest, code: str) -> HttpResponse:
    """The draft in words, and what it changes. Without one, the form to write one."""
    draft = selectors.policy_draft(code)
    if draft is None:
        return redirect("escalation:policy-edit", code)
    rules = PolicyRules.from_json(draft.document)
    newest = selectors.newest_policy(code)
    now = selectors.policy_rules(newest.pk) if newest else None
    names = selectors.names_for([rules, now] if now else [rules])
    context = {
        "tabs": tabs(request),
        "draft": draft,
        "newest": newest,
        "general": wording.general(rules, names),
        "clocks": wording.clocks(rules),
        "changes": wording.differences(now, rules, names) if now else [],
        "overtaken": newest is not None and newest.number != draft.made_from,
    }
    return htmx.render(request, "escalation/policy_draft.html", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: StaffRequest, code: str) -> HttpResponse:
    """Write the draft in a form."""
    known = _known(code)
    form = RulesForm(request.POST if request.method == "POST" else None, **known)
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, code, form.general.cleaned_data, form.document())
        except BadDocument as refusal:
            form.refuse(refusal)
    context = {"tabs": tabs(request), "code": code, "form": form, "known": known}
    wrong = any(each.is_bound and each.errors for each in form.all_forms())
    return htmx.render(request, "escalation/policy_edit.html", context=context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit_json(request: StaffRequest, code: str) -> HttpResponse:
    """Write the draft as JSON, or bring in what another office exported."""
    known = _known(code)
    rules: PolicyRules | None = known["rules"]
    text = json.dumps(rules.to_json(), ensure_ascii=False, indent=2) if rules else ""
    initial = known | {"text": text}
    sent = request.method == "POST"
    form = JsonForm(request.POST if sent else None, request.FILES if sent else None, initial=initial)
    if sent and form.is_valid():
        try:
            return _saved(request, code, form.cleaned_data, form.cleaned_data["document"])
        except BadDocument as refusal:
            form.refuse(refusal)
    context = {"tabs": tabs(request), "code": code, "form": form, "known": known}
    return htmx.render(request, "escalation/policy_json.html", context=context, status=422 if form.errors else 200)


@require_POST
@administrators_only
def discard(request: StaffRequest, code: str) -> HttpResponse:
    """Throw the draft away."""
    policies.discard_draft(code=code)
    return htmx.done(request, to="escalation:policies", says=_("The draft is discarded."))


@require_POST
@administrators_only
def preview(request: StaffRequest, code: str) -> HttpResponse:
    """What would change if the draft were in force."""
    return htmx.done(request, to=migration_address(migrating.preview_draft(code=code, by=request.user)))


@require_POST
@administrators_only
def publish(request: StaffRequest, code: str) -> HttpResponse:
    """Make the draft the newest version. Clocks that run keep theirs."""
    version = policies.publish_draft(code=code, by=request.user)
    says = _("%(name)s: version %(number)d is the newest. Clocks that run keep theirs until you move them.") % {
        "name": version.policy.name,
        "number": version.number,
    }
    moves = selectors.migrations_of(code).filter(to_version=version, run_at=None)
    to = migration_address(moves[0]) if moves else reverse("escalation:policy", args=[code])
    return htmx.done(request, to=to, says=says)


def _saved(request: StaffRequest, code: str, said: Mapping[str, Any], document: Any) -> HttpResponse:
    policies.save_draft(
        code=code,
        name=said["name"],
        position=said["position"],
        document=document,
        by=request.user,
        seen=said["seen"],
    )
    says = _("The draft is saved. Nothing has changed for complaints yet.")
    return htmx.done(request, to=reverse("escalation:policy-draft", args=[code]), says=says)


def _known(code: str) -> dict[str, Any]:
    """What the form begins with: the draft, else the newest version, else nothing."""
    try:
        documents.check_code(code, refuse=BadPolicy)
    except BadPolicy:
        raise Http404(_("There is no such policy.")) from None
    draft: PolicyDraft | None = selectors.policy_draft(code)
    if draft is not None:
        rules = PolicyRules.from_json(draft.document)
        return {"rules": rules, "name": draft.name, "position": draft.position, "seen": draft.stamp}
    newest = selectors.newest_policy(code)
    if newest is not None:
        rules = selectors.policy_rules(newest.pk)
        return {"rules": rules, "name": newest.policy.name, "position": newest.policy.position, "seen": ""}
    return {"rules": None, "name": "", "position": LAST_PLACE, "seen": ""}
