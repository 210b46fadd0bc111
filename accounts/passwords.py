"""What a password must be, in words that exist in each language of the office."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least so many characters (`min_length`). Django's own sentence of this is not translated into Chinese."""

    def get_error_message(self) -> str:
        """Why a password is refused."""
        return _("This password is too short. Give at least %(count)d characters.") % {"count": self.min_length}
