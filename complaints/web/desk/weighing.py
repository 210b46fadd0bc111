"""Words that promise too much: a form that goes to the complainant asks once whether they are meant. (Mission M42.)"""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from complaints import overpromising


class WeighedForm(forms.Form):
    """Mixed into a form whose words the complainant reads. `weighed` names those fields.

    Sent a second time with the same words, the form goes through: this is a warning, never a refusal. The form that
    goes back carries what it has shown.
    """

    weighed: tuple[str, ...] = ()

    seen_words = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Show what was found, beside its field, unless it was shown before."""
        cleaned = super().clean() or self.cleaned_data
        found = {name: overpromising.found_in(cleaned.get(name) or "") for name in self.weighed}
        words = sorted({word.casefold() for each in found.values() for word in each})
        shown = "|".join(words)
        if words and cleaned.get("seen_words") != shown and not self.errors:
            for name in self.weighed:
                if found[name]:
                    self.add_error(name, warning(found[name]))
            said = self.data if isinstance(self.data, MultiValueDict) else MultiValueDict()
            self.data = MultiValueDict({**dict(said.lists()), self.add_prefix("seen_words"): [shown]})
        cleaned.pop("seen_words", None)
        return cleaned


def warning(words: list[str]) -> str:
    """The sentence about these words."""
    return _(
        "This may promise more than we can keep: %(words)s. Change it, or send it again as it is if you mean it."
    ) % {"words": overpromising.named(words)}
