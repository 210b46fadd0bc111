"""The tags behind the components in templates/components/. `{% load ui %}`; each says there what it takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from common import moments
from common.badges import BADGES

register = template.Library()


# --- Page ---------------------------------------------------------------------------------------------------


@register.simple_tag
def html_lang() -> str:
    """The active language as a BCP 47 tag: `zh-Hant`, not Django's `zh-hant`."""
    language, _sep, script = (get_language() or "en").partition("-")
    return f"{language}-{script.title()}" if script else language


@register.simple_tag(takes_context=True)
def chosen_theme(context: template.Context) -> str:
    """`light` or `dark` if the reader has chosen one (cookie `theme`), else nothing: the system's wish counts."""
    request = context.get("request")
    theme = request.COOKIES.get("theme", "") if request else ""
    return theme if theme in {"light", "dark"} else ""


@register.simple_tag
def language_name(code: str) -> str:
    """A language's name in that language: 繁體中文."""
    return str(get_language_info(code)["name_local"])


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/img/icons.svg. Decoration by default; with `label` it speaks for itself."""
    href = f"{_sprite()}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@cache
def _sprite() -> str:
    """Where the icons lie. A page shows a hundred of them, and the address holds as long as the process."""
    return static("img/icons.svg")


@register.inclusion_tag("components/rail_link.html", takes_context=True)
def rail_link(
    context: template.Context,
    view: str,
    label: str,
    symbol: str,
    key: str = "",
    count: int | None = None,
    also: str = "",
) -> dict[str, Any]:
    """A link of the rail. A view that does not exist gets no link; `key` is its letter after `g`. `also` names, with
    spaces between them, the views that belong to the same place.
    """
    try:
        href = reverse(view)
    except NoReverseMatch:
        return {"href": ""}
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    return {
        "href": href,
        "label": label,
        "symbol": symbol,
        "key": key,
        "count": count,
        "current": bool(match and match.view_name in (view, *also.split())),
    }


# --- Time ---------------------------------------------------------------------------------------------------


@register.simple_tag
def moment(at: datetime | None, style: str = "short") -> SafeString | str:
    """A `<time>` in the reader's language and zone, with the full date on hover.

    Styles: `short` "26 Nov, 18:00"; `full` "Thursday 26 November 2026, 18:00 Taipei time"; `day` without the
    time; `happened` the full form, or the day where nothing else was told; `ago` the short form followed by
    "3 hours ago".
    """
    if at is None:
        return ""
    stamp, whole = _stamp(at), moments.full(at)
    if style == "full":
        return format_html('<time datetime="{}">{}</time>', stamp, whole)
    if style == "happened":
        return format_html('<time datetime="{}">{}</time>', stamp, moments.happened(at))
    if style == "day":
        return format_html('<time datetime="{}" title="{}">{}</time>', stamp, whole, moments.day(at))
    if style == "ago":
        return format_html(
            '<time datetime="{}" title="{}">{} <span class="faint">· {}</span></time>',
            stamp,
            whole,
            moments.short(at),
            moments.ago(at),
        )
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, whole, moments.short(at))


@register.filter
def last_minute(at: datetime | None) -> datetime | None:
    """A deadline as it is to be told: `{% moment clock.due_at|last_minute "full" %}`."""
    return None if at is None else moments.last_minute(at)


@dataclass(frozen=True)
class Look:
    """How a deadline looks: never by colour alone."""

    name: str
    symbol: str
    word: Any


LOOKS = {
    "on-time": Look("on-time", "clock", _("On time")),
    "due-soon": Look("due-soon", "hourglass", _("Due soon")),
    "overdue": Look("overdue", "alert", _("Overdue")),
    "paused": Look("paused", "pause", _("Paused")),
}


_WHOLE_DAY = 24 * 3600


@register.inclusion_tag("components/deadline_chip.html")
def deadline_chip(
    due_at: datetime | None,
    remaining: float | None = None,
    ticking: bool = True,
    paused: bool = False,
    soon: int = 4 * 3600,
    day_seconds: int = 0,
    holds_for: float | None = None,
    purpose: str = "",
) -> dict[str, Any]:
    """The deadline chip; see components/deadline_chip.html for what each parameter means."""
    if due_at is None:
        return {"due_at": None, "paused": paused, "purpose": purpose, "look": LOOKS["paused"]}
    left = remaining if remaining is not None else (due_at - timezone.now()).total_seconds()
    if paused:
        look = LOOKS["paused"]
    elif left <= 0:
        look = LOOKS["overdue"]
    elif left <= soon:
        look = LOOKS["due-soon"]
    else:
        look = LOOKS["on-time"]
    return {
        "due_at": due_at,
        "stamp": _stamp(due_at),
        "full": moments.full(moments.last_minute(due_at)),
        "short": moments.short(moments.last_minute(due_at)),
        "remaining": None if remaining is None else int(remaining),
        "left": "" if remaining is None else moments.span(remaining, day_seconds=day_seconds),
        "late": left <= 0,
        "look": look,
        "ticking": ticking and not paused,
        "paused": paused,
        "soon": soon,
        "day_seconds": day_seconds,
        "elapsed": day_seconds == _WHOLE_DAY,
        "holds_for": None if holds_for is None else int(holds_for),
        "purpose": purpose,
    }


@register.inclusion_tag("components/countdown_words.html")
def countdown_words() -> dict[str, Any]:
    """The words static/js/countdown.js writes, in the reader's language. Once on a page that has chips."""
    return {"spans": moments.SPANS, "looks": LOOKS.values()}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# --- Badges -------------------------------------------------------------------------------------------------


@register.simple_tag
def comma() -> str:
    """What stands between two facts: who, when. Between the items of a list stands what `listed` puts there."""
    return pgettext("between two facts", ", ")


@register.simple_tag
def colon() -> str:
    """What stands between the name of something and what is said of it."""
    return gettext(": ")


@register.filter
def listed(items: Iterable[Any]) -> str:
    """The items one after the other, as the reader's language lists them."""
    return gettext(", ").join(str(item) for item in items)


@register.simple_tag
def badge(kind: str, value: Any, label: Any, symbol: str = "", tone: str = "") -> SafeString:
    """A badge: icon and word; see components/badge.html."""
    known_symbol, known_tone = BADGES.get(kind, {}).get(str(value), ("dot", "quiet"))
    return _badge(kind, str(label), symbol or known_symbol, tone or known_tone)


@lru_cache(maxsize=1_000)
def _badge(kind: str, label: str, symbol: str, tone: str) -> SafeString:
    """Rendered once for each word: a list of fifty rows shows the same few a hundred times."""
    context = {"kind": kind, "label": label, "symbol": symbol, "tone": tone}
    return render_to_string("components/badge.html", context)


# --- Forms --------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    size: str = "",
    label_size: str = "",
    hints: Mapping[str, str] | None = None,
    counted: bool = False,
) -> dict[str, Any]:
    """One field of a form; see components/field.html."""
    widget = bound.field.widget
    return {
        "field": bound,
        "shape": _shape(widget),
        "size": size,
        "label_size": label_size,
        "choices": _choices(bound, hints or {}) if _is_group(widget) else [],
        "optional": not bound.field.required and not isinstance(widget, forms.CheckboxInput),
        "counted": getattr(bound.field, "max_length", None) if counted else None,
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*bound_forms: forms.BaseForm | Sequence[forms.BaseForm] | None) -> dict[str, Any]:
    """What is wrong in one or more forms, or lists of forms, each error with a link to its field; nothing if nothing
    is wrong.
    """
    faults: list[tuple[str, str]] = []
    for form in chain.from_iterable(one if isinstance(one, list | tuple) else [one] for one in bound_forms):
        if form is None or not form.is_bound:
            continue
        faults += [("", str(message)) for message in form.non_field_errors()]
        for bound in form:
            faults += [(_target(bound), str(message)) for message in bound.errors]
    return {"faults": faults}


def _is_group(widget: forms.Widget) -> bool:
    return isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


def _shape(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.MultiWidget):
        return "several"
    if isinstance(widget, forms.FileInput):
        return "file"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.Select):
        return "select"
    return "input"


def _choices(bound: BoundField, hints: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for choice in bound.subwidgets:
        yield {
            "tag": choice.tag(),
            "id": choice.id_for_label,
            "label": choice.choice_label,
            "hint": hints.get(str(choice.data["value"]), ""),
        }


def _target(bound: BoundField) -> str:
    """The id of the first control of a field, where a link from the error summary lands."""
    widget = bound.field.widget
    if bound.is_hidden:
        return ""
    if _is_group(widget) or isinstance(widget, forms.MultiWidget):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id
