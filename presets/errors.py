"""What loading a preset refuses, in sentences fit for the person who asked. Pure."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from complaints.errors import ComplaintError
from escalation.errors import BadDocument


class PresetError(ComplaintError):
    """A preset that cannot be loaded."""

    code = "preset_refused"


class BadPreset(BadDocument):
    """A preset whose documents cannot be read, or do not fit together; names the document and the field."""

    code = "bad_preset"


class NoSuchPreset(PresetError):
    """A name that no preset has."""

    code = "no_such_preset"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            _("There is no preset “%(name)s”; choose one of: %(known)s.") % {"name": name, "known": ", ".join(known)}
        )


class PresetDiffers(PresetError):
    """Something that the preset brings is here already and says something else. `differences` names all of it."""

    code = "preset_differs"

    def __init__(self, differences: Sequence[Any]) -> None:
        super().__init__(
            _("The office says something else already, and nothing of it is overwritten. %(differences)s")
            % {"differences": " ".join(str(difference) for difference in differences)}
        )
        self.differences = list(differences)
