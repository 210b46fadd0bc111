"""The forms of a case that is there: opening it, asking for its link, writing, disagreeing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from complaints import references
from complaints.selectors.public_matters import PublicMatter
from complaints.web.portal.forms.fields import files, line, words


class TrackForm(forms.Form):
    """The two things that open a case."""

    reference = line(
        _("Reference"),
        most=40,
        help_text=_("It looks like R26-004217-K and stands on your receipt."),
        error_messages={"required": _("Enter the reference of your complaint.")},
    )
    secret = line(
        _("Secret"),
        most=80,
        help_text=_("Twenty letters and digits from your receipt. Dashes and capitals do not matter."),
        error_messages={"required": _("Enter the secret from your receipt.")},
    )

    def clean_reference(self) -> str:
        return _normalised(self.cleaned_data["reference"])


class LostForm(forms.Form):
    """Asking for the link by mail."""

    reference = line(
        _("Reference"),
        most=40,
        help_text=_("It looks like R26-004217-K and stands in our letters and mails."),
        error_messages={"required": _("Enter the reference of your complaint.")},
    )
    email = forms.EmailField(
        label=_("The e-mail address you gave us"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Enter the e-mail address you gave us."),
            "invalid": _("Give an e-mail address such as name@example.com."),
        },
    )

    def clean_reference(self) -> str:
        return _normalised(self.cleaned_data["reference"])


class ReplyForm(forms.Form):
    """A message to the office, with evidence."""

    prefix = "reply"
    body = words(_("Your message"), error_messages={"required": _("Write something before you send it.")})
    evidence = files(_("Add evidence"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["evidence"].help_text = _(
            "Pictures, PDF, Word, Excel, sound, video or text. At most %(megabytes)d MB each."
        ) % {"megabytes": settings.EVIDENCE_MAX_BYTES // 1024**2}


class DisputeForm(forms.Form):
    """Why the answer does not settle it, and which matters of several it is about."""

    prefix = "dispute"
    body = words(
        _("What is wrong with the answer?"),
        help_text=_("Say what we overlooked or what you see differently. Somebody else will look at your complaint."),
        error_messages={
            "required": _("Say what is wrong with the answer, so that the next person knows where to look.")
        },
    )

    def __init__(self, *args: Any, matters: Sequence[PublicMatter] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if matters:
            self.fields["matters"] = forms.TypedMultipleChoiceField(
                choices=[(matter.number, f"{matter.number}. {matter.subject}") for matter in matters],
                coerce=int,
                widget=forms.CheckboxSelectMultiple,
                label=_("With which answers do you disagree?"),
                error_messages={
                    "required": _("Say with which of the answers you disagree."),
                    "invalid_choice": _("Choose from the matters that we have answered."),
                },
            )
            self.order_fields(["matters", "body"])


class RateForm(forms.Form):
    """Satisfied or not, with words if they like."""

    prefix = "rate"
    satisfied = forms.ChoiceField(
        label=_("Are you satisfied with our answer?"),
        choices=[("yes", _("Satisfied")), ("no", _("Not satisfied"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you are satisfied or not.")},
    )
    body = words(_("Why?"), required=False)


def _normalised(typed: str) -> str:
    reference = references.normalise(typed)
    if reference is None:
        raise forms.ValidationError(
            _("This reference cannot be right: its last letter does not fit its digits. Compare it with the receipt."),
            code="wrong_check_character",
        )
    return reference
