"""The form of a link to the public form: what is known already."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.form_links import Known
from complaints.limits import MAX_SUBJECT
from complaints.web.desk.fields import Line, Words, name_what_is_missing


class FormLinkForm(forms.Form):
    """All of it may be left empty: they write the rest themselves."""

    name = Line(label=_("Name"), required=False)
    phone = Line(label=_("Phone"), required=False, limit=60)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    subject = Line(label=_("Subject"), required=False, limit=MAX_SUBJECT)
    description = Words(
        label=_("What they said so far"),
        required=False,
        rows=4,
        help_text=_("In their own words. They read and complete it before they send it."),
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language"), initial=get_language)

    def full_clean(self) -> None:
        """Judge what was typed."""
        name_what_is_missing(self)
        super().full_clean()

    def known(self) -> Known:
        """As the link takes it."""
        return Known(**self.cleaned_data)
