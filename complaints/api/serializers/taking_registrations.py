"""What goes in to register a complaint: its shapes, and what they become. Nothing here saves anything."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department
from complaints.api.fields import ChosenIn, CodeIn, ListIn, MomentIn, OneOf
from complaints.api.serializers.taking import Strict, line, words
from complaints.classes import Kind
from complaints.guiding import Step
from complaints.limits import MAX_LINE, MAX_SUBJECT, MAX_TEXT
from complaints.models import Category
from complaints.services.first_contact import Settled
from complaints.services.intake import ComplainantDetails, Registration, SubjectDetails
from complaints.vocabulary import Channel, Demand, Form, Grade, Outcome, Relation, SubjectKind, Track

_MAX_EMAIL = 254
_MAX_SUBJECTS = 50


class ComplainantIn(Strict):
    """Who complains. All of it may be missing: a complaint may be anonymous."""

    name = line()
    email = serializers.EmailField(required=False, allow_blank=True, max_length=_MAX_EMAIL)
    phone = line(max_length=60)
    relation = OneOf(Relation, required=False, allow_blank=True)
    anonymous = serializers.BooleanField(required=False)
    on_behalf_of = line(help_text=_("For whom, when not for themselves."))
    authority = line(help_text=_("By what authority for somebody else."))


class SubjectIn(Strict):
    """A person, product or place complained about."""

    name = serializers.CharField(max_length=MAX_LINE)
    kind = OneOf(SubjectKind, required=False)
    reference = line(
        max_length=100,
        help_text=_("A number; of a member of the staff the e-mail address: the complaint is then kept from them."),
    )


class SettledIn(Strict):
    """A communicative complaint that was answered at first contact: it is registered, classed and resolved in one."""

    class_kind = OneOf(Kind, help_text=_("One of the kinds of communicative."))
    outcome = OneOf(Outcome)
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("For the file: why this settles it."))
    message = serializers.CharField(max_length=MAX_TEXT, help_text=_("What the complainant was told."))


class RegisterIn(Strict):
    """The registration form. Only `subject` and `description` are required."""

    subject = serializers.CharField(max_length=MAX_SUBJECT)
    description = serializers.CharField(
        max_length=MAX_TEXT, help_text=_("The complainant's own words; the office never changes them.")
    )
    channel = OneOf(Channel, required=False, default=Channel.API)
    form = OneOf(Form, required=False)
    track = OneOf(Track, required=False)
    category = CodeIn(Category, required=False, allow_null=True)
    department = CodeIn(
        Department,
        required=False,
        allow_null=True,
        help_text=_(
            "A code. Left out, the category decides; without one it goes to the first department at the top where"
            " somebody works on complaints."
        ),
    )
    impact = OneOf(Grade, required=False)
    urgency = OneOf(Grade, required=False)
    language = ChosenIn(
        settings.LANGUAGES,
        required=False,
        help_text=_("In which the complainant is written to. Left out, that of the person the token acts for."),
    )
    occurred_at = MomentIn(required=False, allow_null=True)
    received_at = MomentIn(
        required=False, allow_null=True, help_text=_("An earlier moment than now needs a role that may backdate.")
    )
    complainant = ComplainantIn(required=False)
    subjects = ListIn(child=SubjectIn(), required=False, max_length=_MAX_SUBJECTS)
    demands = ListIn(child=OneOf(Demand), required=False, max_length=len(Demand))
    demand_note = words()
    suggestion = words()
    summary = words(help_text=_("The office's own summary, kept apart from the complainant's words."))
    routing_reason = words(help_text=_("Why it goes to another department than its category says."))
    read_back = serializers.BooleanField(
        required=False, help_text=_("Whether an oral complaint was read back to the complainant.")
    )
    steps = ListIn(
        child=OneOf(Step),
        required=False,
        max_length=len(Step),
        help_text=_("If it came in a talk: those of the six steps that were done."),
    )
    settled = SettledIn(
        required=False, allow_null=True, help_text=_("How it was settled at first contact, where it was.")
    )

    def settlement(self) -> Settled | None:
        """How it was settled at first contact; None where it was not."""
        given = dict(self.validated_data.get("settled") or {})
        return Settled(kind=given.pop("class_kind"), **given) if given else None

    def registration(self) -> Registration:
        """What was sent, as intake takes it."""
        return self.registration_from(self.validated_data)

    def registration_from(self, sent: Mapping[str, Any]) -> Registration:
        """The form as intake takes it, of these fields of what was sent."""
        given = {name: value for name, value in sent.items() if value is not None}
        given.pop("settled", None)
        given.setdefault("language", self.context["request"].user.language)
        return Registration(
            **given
            | {
                "complainant": ComplainantDetails(**given.get("complainant", {})),
                "subjects": [SubjectDetails(**subject) for subject in given.get("subjects", ())],
                "demands": list(dict.fromkeys(given.get("demands", ()))),
            }
        )
