"""The registration form: a call, a visit or a letter, with the full record. (Design section 3.)"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Department, User
from complaints import guiding, permissions
from complaints.classes import KINDS, ComplaintClass, Kind
from complaints.errors import ComplaintError, NotAllowed
from complaints.guiding import Step, StepShown
from complaints.limits import MAX_LINE, MAX_SUBJECT
from complaints.models import Category
from complaints.selectors import routes
from complaints.services.evidence import CheckedFile
from complaints.services.first_contact import Settled
from complaints.services.intake import ComplainantDetails, Registration, SubjectDetails
from complaints.vocabulary import Channel, Demand, Form, Grade, Outcome, Relation, Track
from complaints.web.desk.fields import Line, MomentField, SeveralFilesField, TreeField, Words, name_what_is_missing

CHANNELS = (
    Channel.PHONE,
    Channel.VISIT,
    Channel.LETTER,
    Channel.EMAIL,
    Channel.SMS,
    Channel.FOLLOW_UP,
    Channel.BOT,
    Channel.VOICEMAIL,
    Channel.MANAGEMENT,
)
"""By which ways a complaint reaches somebody who then writes it down; web and API write by themselves."""


_SERVICE_FIELDS = {
    "file": "evidence",
    "class_kind": "settled_kind",
    "outcome": "settled_outcome",
    "message": "settled_message",
    "reasons": "settled_reasons",
}
"""Where a service's name of a field differs from the form's."""


class RegistrationForm(forms.Form):
    """Everything but the subjects, which are rows of their own."""

    channel = forms.ChoiceField(
        choices=[(channel.value, channel.label) for channel in CHANNELS],
        initial=Channel.PHONE,
        label=gettext_lazy("How it reached us"),
    )
    form = forms.ChoiceField(
        choices=Form.choices,
        initial=Form.ORAL,
        label=gettext_lazy("Oral or written"),
        help_text=gettext_lazy("Both count alike."),
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        choices=settings.LANGUAGES,
        label=gettext_lazy("The complainant's language"),
        help_text=gettext_lazy("We write to them in it."),
    )
    received_at = MomentField(
        label=gettext_lazy("Received at"),
        required=False,
        help_text=gettext_lazy("Only if it came before now: a letter of yesterday. Deadlines count from here."),
    )

    steps = forms.MultipleChoiceField(
        choices=Step.choices,
        label=gettext_lazy("Steps of the talk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    name = Line(label=gettext_lazy("Name"), required=False, limit=MAX_LINE)
    anonymous = forms.BooleanField(label=gettext_lazy("Wants to stay anonymous"), required=False)
    phone = Line(label=gettext_lazy("Phone"), required=False, limit=60)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    relation = forms.ChoiceField(
        choices=[("", gettext_lazy("Not said")), *Relation.choices],
        label=gettext_lazy("What they are to us"),
        required=False,
    )
    on_behalf_of = Line(label=gettext_lazy("On behalf of"), required=False, limit=MAX_LINE)
    authority = Line(
        label=gettext_lazy("By what authority"),
        required=False,
        limit=MAX_LINE,
        help_text=gettext_lazy("Parent, lawyer, power of attorney …"),
    )

    track = forms.ChoiceField(
        choices=Track.choices,
        initial=Track.COMPLAINT,
        label=gettext_lazy("What it is"),
        help_text=gettext_lazy("A report, like the complaint of an employee, is restricted from the first moment."),
    )
    subject = Line(label=gettext_lazy("What it is about, in one line"), limit=MAX_SUBJECT)
    description = Words(
        label=gettext_lazy("In the complainant's own words"),
        help_text=gettext_lazy("As they say it. Your own view belongs into the summary below."),
        rows=7,
    )
    read_back = forms.BooleanField(
        label=gettext_lazy("Read back to the complainant, who agrees"),
        required=False,
        help_text=gettext_lazy("For oral complaints."),
    )
    summary = Words(
        label=gettext_lazy("Your summary"),
        required=False,
        help_text=gettext_lazy("Only the office reads this."),
        rows=3,
    )
    occurred_at = MomentField(label=gettext_lazy("When it happened"), required=False)

    demands = forms.MultipleChoiceField(
        choices=Demand.choices,
        label=gettext_lazy("What they ask for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    demand_note = Words(label=gettext_lazy("Their demand in their own words"), required=False, rows=2)
    suggestion = Words(label=gettext_lazy("What they suggest"), required=False, rows=2)

    category = TreeField(
        queryset=Category.objects.filter(is_active=True),
        label=gettext_lazy("Category"),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    department = TreeField(
        queryset=Department.objects.filter(is_active=True),
        label=gettext_lazy("Department"),
        required=False,
        empty_label=gettext_lazy("As the category says"),
    )
    routing_reason = Words(
        label=gettext_lazy("Why not where the category belongs"),
        required=False,
        help_text=gettext_lazy("Only if you send it to another department than its category says."),
        rows=2,
    )
    impact = forms.ChoiceField(
        choices=Grade.choices,
        initial=Grade.MEDIUM,
        label=gettext_lazy("Impact"),
        help_text=gettext_lazy("How far it reaches."),
        widget=forms.RadioSelect,
    )
    urgency = forms.ChoiceField(
        choices=Grade.choices,
        initial=Grade.MEDIUM,
        label=gettext_lazy("Urgency"),
        help_text=gettext_lazy("How soon it bites."),
        widget=forms.RadioSelect,
    )
    evidence = SeveralFilesField(
        label=gettext_lazy("Files"),
        required=False,
        help_text=gettext_lazy("Letters, photos, recordings. At most 10 MB each."),
    )

    settled_kind = forms.ChoiceField(
        choices=[
            ("", gettext_lazy("No, somebody looks into it")),
            *((kind.value, kind.label) for kind in KINDS[ComplaintClass.COMMUNICATIVE]),
        ],
        label=gettext_lazy("Answered on the spot"),
        required=False,
        help_text=gettext_lazy("Only what a word settles: it counts as communicative and as answered at once."),
    )
    settled_outcome = forms.ChoiceField(
        choices=[(each.value, each.label) for each in Outcome if each != Outcome.WITHDRAWN],
        initial=Outcome.NO_FAULT,
        label=gettext_lazy("Outcome"),
        required=False,
    )
    settled_message = Words(
        label=gettext_lazy("What the complainant was told"),
        required=False,
        help_text=gettext_lazy("They read it on their page, and can disagree."),
        rows=3,
    )
    settled_reasons = Words(
        label=gettext_lazy("Why this settles it"),
        required=False,
        help_text=gettext_lazy("For the file. Only the office reads this."),
        rows=2,
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        name_what_is_missing(self)
        self.fields["language"].initial = get_language()
        if (place := routes.head_office()) is not None:
            self.fields["department"].help_text = _("Without either it goes here: %(department)s.") % {
                "department": place.label()
            }
        if not _may_backdate(user):
            del self.fields["received_at"]

    def clean(self) -> dict[str, Any]:
        """Who stays anonymous gives no name: we neither keep it nor drop it without a word."""
        said = super().clean() or {}
        if said.get("anonymous") and said.get("name"):
            self.add_error("name", _("Either keep the name, or keep them anonymous: not both."))
        if _is_overruled(said) and not said.get("routing_reason"):
            self.add_error(
                "routing_reason", _("The category belongs to another department. Say why it goes to this one.")
            )
        for name in ("settled_message", "settled_reasons"):
            if said.get("settled_kind") and not said.get(name, "").strip():
                self.add_error(name, _("What was answered on the spot needs this."))
            elif said.get(name, "").strip() and not said.get("settled_kind"):
                self.add_error("settled_kind", _("Say what kind of question it was, or leave the answer empty."))
        if said.get("authority") and not said.get("on_behalf_of"):
            self.add_error("on_behalf_of", _("Say on whose behalf."))
        if len(said.get("evidence") or []) > settings.EVIDENCE_MAX_FILES:
            self.add_error(
                "evidence", _("At most %(limit)d files are taken.") % {"limit": settings.EVIDENCE_MAX_FILES}
            )
        return said

    def talk(self) -> Iterator[tuple[StepShown, Any]]:
        """The six steps, each with its box to tick."""
        return zip(guiding.steps(), self["steps"].subwidgets, strict=True)

    def registration(self, subjects: list[SubjectDetails]) -> Registration:
        """What intake takes."""
        said = self.cleaned_data
        return Registration(
            subject=said["subject"],
            description=said["description"],
            channel=Channel(said["channel"]),
            form=Form(said["form"]),
            track=Track(said["track"]),
            category=said["category"],
            department=said["department"],
            impact=Grade(said["impact"]),
            urgency=Grade(said["urgency"]),
            language=said["language"],
            occurred_at=said["occurred_at"],
            received_at=said.get("received_at"),
            complainant=ComplainantDetails(
                name=said["name"],
                email=said["email"],
                phone=said["phone"],
                relation=said["relation"],
                anonymous=said["anonymous"],
                on_behalf_of=said["on_behalf_of"],
                authority=said["authority"],
            ),
            subjects=subjects,
            demands=[Demand(code) for code in said["demands"]],
            demand_note=said["demand_note"],
            suggestion=said["suggestion"],
            summary=said["summary"],
            read_back=said["read_back"],
            routing_reason=said["routing_reason"],
            steps=[Step(code) for code in said["steps"]],
        )

    def settlement(self) -> Settled | None:
        """How it was settled at first contact; None where it was not."""
        said = self.cleaned_data
        if not said["settled_kind"]:
            return None
        return Settled(
            kind=Kind(said["settled_kind"]),
            outcome=Outcome(said["settled_outcome"] or Outcome.NO_FAULT),
            reasons=said["settled_reasons"],
            message=said["settled_message"],
        )

    def files_given(self) -> list[CheckedFile]:
        """The evidence that came with it."""
        files: list[CheckedFile] = self.cleaned_data["evidence"]
        return files

    def refuse(self, refusal: ComplaintError) -> None:
        """Show what intake refused beside the fields it names."""
        for name, sentences in refusal.errors.items():
            field = _SERVICE_FIELDS.get(name, name.removeprefix("complainant."))
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, str(sentence))
        if not refusal.errors:
            self.add_error(None, str(refusal))


def _is_overruled(said: dict[str, Any]) -> bool:
    """Whether somebody chose another department than the category leads to."""
    if not said.get("category") or not said.get("department"):
        return False
    route = routes.find_route(said["category"])
    return route.category is not None and route.department != said["department"]


def _may_backdate(user: User) -> bool:
    try:
        permissions.check_backdate(user)
    except NotAllowed:
        return False
    return True
