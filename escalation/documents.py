"""Reading set-up documents (calendars, targets, ladders, policies) field by field. Pure.

Every refusal names the path of the field at fault and says what to write instead.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from escalation.errors import BadDocument

type_of_refusal = Callable[[str, Any], BadDocument]
MISSING = object()
CODE = re.compile(r"[-a-zA-Z0-9_]{1,60}", re.ASCII)


def below(path: str, name: str) -> str:
    """The path of a field inside the object at `path`; the document itself has the empty path."""
    return f"{path}.{name}" if path else name


def loads(text: str, *, refuse: type_of_refusal) -> Any:
    """The JSON document in `text`. Unlike `json.loads` it refuses a name written twice in one object."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise refuse(name, _("This name is written twice in the same object; keep one of the two."))
            found[name] = value
        return found

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        place = _("line %(line)d, column %(column)d") % {"line": error.lineno, "column": error.colno}
        raise refuse(place, _("This is not JSON: %(problem)s.") % {"problem": _(error.msg)}) from None


def check_code(code: str, *, refuse: type_of_refusal) -> None:
    """Refuse a code that could not stand in an address."""
    if not CODE.fullmatch(code):
        raise refuse("code", _("Write 1 to 60 letters, digits, hyphens or underscores, without spaces."))


class Fields:
    """One JSON object being read. Ask for its fields by name, then call `finish()` to refuse the rest."""

    def __init__(self, value: Any, path: str, refuse: type_of_refusal) -> None:
        if not isinstance(value, Mapping):
            raise refuse(path or _("document"), _("This must be an object with named fields."))
        self.value = value
        self.path = path
        self.refuse = refuse
        self.asked: set[str] = set()

    def field(self, name: str) -> str:
        """The path of one of its fields."""
        return below(self.path, name)

    def get(self, name: str, default: Any = None) -> Any:
        """The field's value as it stands, or the default when it is absent."""
        self.asked.add(name)
        return self.value.get(name, default)

    def required(self, name: str) -> Any:
        """The field's value as it stands; its absence is refused."""
        value = self.get(name, MISSING)
        if value is MISSING:
            raise self.refuse(self.field(name), _("This field is missing."))
        return value

    def text(self, name: str) -> str:
        """A required text that is not blank."""
        value = self.required(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(self.field(name), _("This must be a text that is not empty."))
        return value.strip()

    def boolean(self, name: str, *, default: bool) -> bool:
        """An optional true or false."""
        value = self.get(name, default)
        if not isinstance(value, bool):
            raise self.refuse(self.field(name), _("This must be true or false."))
        return value

    def whole(self, name: str, *, least: int, most: int, default: Any = MISSING) -> int:
        """A whole number between two bounds, both included; required unless a default is given."""
        value = self.required(name) if default is MISSING else self.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.refuse(
                self.field(name),
                _("This must be a whole number from %(least)d to %(most)d.") % {"least": least, "most": most},
            )
        return value

    def number(self, name: str, *, above: float, most: float) -> int | float:
        """A required number greater than `above` and not greater than `most`."""
        value = self.required(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not above < value <= most:
            raise self.refuse(
                self.field(name),
                _("This must be a number above %(above)g and up to %(most)g.") % {"above": above, "most": most},
            )
        return value

    def one_of(self, name: str, choices: tuple[str, ...], *, default: Any = MISSING) -> str:
        """One word out of a list; required unless a default is given."""
        value = self.required(name) if default is MISSING else self.get(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self.refuse(
                self.field(name),
                _("%(value)s is not possible here; choose one of: %(choices)s.")
                % {
                    "value": json.dumps(value, ensure_ascii=False, default=str),
                    "choices": ", ".join(choices),
                },
            )
        return value

    def finish(self) -> None:
        """Refuse any field nobody asked for: a misspelt name must not pass in silence."""
        for name in self.value:
            if name not in self.asked:
                raise self.refuse(
                    self.field(str(name)),
                    _("There is no such field; possible here are: %(names)s.")
                    % {"names": ", ".join(sorted(self.asked))},
                )
