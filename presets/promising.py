"""The short form of a preset's policies, and the whole documents that are published. Pure.

A policy lists its `clocks`: names of the sets in `promises.json`, and objects with clocks of its own; what comes later
counts. A clock may name its ladder (`"steps": "to-the-top"`), and take its target from a rule pack
(`"target": {"pack": "mainland-hospital", "policy": "cn-hospital", "clock": "resolution"}`), so that the limit of a law
stands once, where its source stands. What a policy says of nothing else, such as pauses, is the same in all of them.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from escalation import packs
from escalation.documents import Fields
from escalation.policies import ClockKind, PolicyRules
from presets.errors import BadPreset

Document = dict[str, Any]


def policy_document(form: Mapping[str, Any], *, root: str, promises: Mapping[str, Any], path: str) -> Document:
    """The whole document of a policy in its short form, lying at `path`; it is for the department `root` and all below
    unless it names departments.

    Raises BadPreset for a set, a ladder or a pack that does not exist, BadPolicy (BadTarget, BadLadder) for what could
    not be published.
    """
    fields = Fields(form, path, BadPreset)
    match = dict(Fields(fields.get("match", {}), fields.field("match"), BadPreset).value)
    clocks: Document = {}
    for number, part in enumerate(_list(fields.required("clocks"), fields.field("clocks"))):
        place = f"{fields.field('clocks')}[{number}]"
        found = _named(promises["sets"], part, place) if isinstance(part, str) else part
        clocks |= {
            kind: _clock(clock, promises, f"{place}.{kind}")
            for kind, clock in Fields(found, place, BadPreset).value.items()
        }
    document = {
        **promises["terms"],
        "match": {"department": [root]} | match,
        "calendar": fields.text("calendar"),
        "clocks": clocks,
    }
    return PolicyRules.from_json(document, path=path).to_json()


def _clock(form: Any, promises: Mapping[str, Any], path: str) -> Document:
    clock = dict(Fields(form, path, BadPreset).value)
    if isinstance(clock.get("steps"), str):
        clock["steps"] = _named(promises["ladders"], clock["steps"], f"{path}.steps")
    if isinstance(clock.get("target"), Mapping) and "pack" in clock["target"]:
        clock["target"] = _target_of_pack(clock["target"], f"{path}.target")
    return clock


def _target_of_pack(form: Any, path: str) -> Document:
    fields = Fields(form, path, BadPreset)
    pack, policy = packs.pack(fields.text("pack")), fields.text("policy")
    kind = ClockKind(fields.one_of("clock", tuple(ClockKind.values)))
    fields.finish()
    rules = (rule for rule in pack.rules if (rule.policy.code, rule.clock) == (policy, kind)) if pack else iter(())
    rule = next(rules, None)
    if rule is None:
        raise BadPreset(path, _("No rule pack has such a limit."))
    return rule.target.to_json()


def _named(known: Mapping[str, Any], name: str, path: str) -> Any:
    if name not in known:
        raise BadPreset(
            path,
            _("Nothing is called “%(name)s”; possible here are: %(names)s.")
            % {"name": name, "names": ", ".join(sorted(known))},
        )
    return known[name]


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadPreset(path, _("This must be a list."))
    return value
