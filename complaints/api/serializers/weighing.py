"""Words that promise too much: what goes to a complainant comes back once, as on the desk. (Mission M42.)"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from complaints import overpromising
from complaints.errors import PromisesTooMuch


class Weighed(serializers.Serializer):
    """Mixed into a shape whose words the complainant reads. `weighed` names those fields."""

    weighed: tuple[str, ...] = ()

    meant = serializers.BooleanField(
        required=False,
        default=False,
        help_text=gettext_lazy(
            "That the words are meant which may promise more than the office can keep. Without it a text with such"
            " words is refused with 400 `promises_too_much`, which names them."
        ),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Name the words, unless they are meant. Raises PromisesTooMuch."""
        attrs = super().validate(attrs)
        meant = attrs.pop("meant", False)
        found = {name: overpromising.found_in(attrs.get(name) or "") for name in self.weighed}
        if not meant and any(found.values()):
            errors = {name: [_sentence(words)] for name, words in found.items() if words}
            raise PromisesTooMuch(next(iter(errors.values()))[0], errors=errors)
        return attrs


def _sentence(words: list[str]) -> str:
    return _(
        "This may promise more than we can keep: %(words)s. Change it, or send it with “meant” if you mean it."
    ) % {"words": overpromising.named(words)}
