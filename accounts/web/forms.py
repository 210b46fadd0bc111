"""What people tell about themselves."""

from collections.abc import Iterator
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, User
from common.refusals import Refusal

MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


class SignInForm(AuthenticationForm):
    """E-mail and password; one sentence for every reason to refuse, so that nobody learns who works here."""

    error_messages = {
        "invalid_login": _("This e-mail and password do not belong together. Check both, or reset the password."),
        "inactive": _("This e-mail and password do not belong together. Check both, or reset the password."),
    }


class ProfileForm(forms.ModelForm):
    """The language and time zone a person reads in, and how colleagues reach them."""

    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(name, name) for name in sorted(available_timezones())]
    )

    class Meta:
        model = User
        fields = ["name", "phone", "language", "timezone"]
        labels = {"name": _("Name"), "phone": _("Phone"), "language": _("Language")}


class OwnAbsenceForm(forms.Form):
    """When a person is away, in the zone they read in; the reason is a code and nothing more."""

    starts_at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT)
    )
    ends_at = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT)
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=Absence.Reason.choices,
        help_text=_("A word is enough. Medical details are not written down."),
    )

    def refuse(self, refusal: Refusal) -> None:
        """Show what the service refused beside the fields it names."""
        for field, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, str(sentence))


class ForgottenPasswordForm(PasswordResetForm):
    """Also for people who never had a password: a new person chooses their first one this way."""

    def get_users(self, email: str) -> Iterator[User]:
        yield from User.objects.filter(email__iexact=email, is_active=True)
