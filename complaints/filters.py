"""The filters of every list of complaints: the same names in the desk's addresses and in the API.

Give it a queryset that came from `permissions.visible_to`, and the request (for `holder=me`). A form that is
not valid says which value is unknown: nothing is left out silently.
"""

from collections import OrderedDict
from typing import ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Department
from accounts.roles import TIER_HOLDERS
from complaints import selectors
from complaints.classes import ComplaintClass
from complaints.lifecycle import OPEN, Status
from complaints.models import Complaint
from complaints.selectors import head_office
from complaints.vocabulary import Priority

MAX_QUERY = 200
"""Characters of a search; each word costs one look into the index."""


class AnyOf(django_filters.MultipleChoiceFilter):
    """One of several values. Without DISTINCT: a column of the row itself never doubles it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, distinct=False, **kwargs)


class ComplaintFilter(django_filters.FilterSet):
    """`?status=received&status=waiting&class=valid&priority=major&tier=2&department=north&overdue=true&text=退款`."""

    text = django_filters.CharFilter(
        method="with_text",
        label=_("Words"),
        max_length=MAX_QUERY,
        help_text=_("All of these words, in Traditional or Simplified characters alike; a reference also counts."),
    )
    status = AnyOf(choices=Status.choices, label=_("Status"))
    complaint_class = AnyOf(choices=ComplaintClass.choices, label=_("Class"))
    priority = AnyOf(choices=Priority.choices, label=_("Priority"))
    tier = AnyOf(choices=[(tier, str(tier)) for tier in TIER_HOLDERS], label=_("Tier"))
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(),
        to_field_name="code",
        method="in_department",
        label=_("Department"),
        empty_label=_("All departments"),
        help_text=_("The code of a department; those below it count as well."),
        error_messages={"invalid_choice": _("There is no department with this code.")},
    )
    overdue = django_filters.ChoiceFilter(
        choices=[("true", _("Overdue")), ("false", _("Not overdue"))],
        method="by_promise",
        label=_("Promise"),
        empty_label=_("Overdue or not"),
    )
    holder = django_filters.CharFilter(
        method="held_by",
        label=_("Holder"),
        max_length=254,
        help_text=_("“me”, “none” for what nobody holds, or somebody's e-mail address."),
    )

    reworked = django_filters.ChoiceFilter(
        choices=[("true", _("Reworked")), ("false", _("Not reworked"))],
        method="by_rework",
        label=_("Rework"),
        empty_label=_("Reworked or not"),
        help_text=_("Whether a follow-up has found that an answer did not hold."),
    )

    bounced = django_filters.ChoiceFilter(
        choices=[("true", _("Bounced")), ("false", _("Not bounced"))],
        method="by_bounces",
        label=_("Bounces"),
        empty_label=_("Bounced or not"),
        help_text=_("Whether departments have sent it back or moved it on."),
    )

    watched = django_filters.ChoiceFilter(
        choices=[("true", _("Watched by me"))],
        method="by_watch",
        label=_("Watched"),
        empty_label=_("Watched or not"),
        help_text=_("Those that the person watches until they have ended."),
    )

    converted = django_filters.ChoiceFilter(
        choices=[("true", _("Converted")), ("false", _("Not converted"))],
        method="by_conversion",
        label=_("Conversion"),
        empty_label=_("Converted or not"),
        help_text=_("Whether it was communicative and became valid."),
    )

    class Meta:
        model = Complaint
        fields: ClassVar[list[str]] = []

    @classmethod
    def get_filters(cls) -> "OrderedDict[str, django_filters.Filter]":
        """In addresses the class is called `class`, which Python keeps for itself."""
        return OrderedDict(
            ("class" if name == "complaint_class" else name, each) for name, each in super().get_filters().items()
        )

    def with_text(self, complaints: QuerySet[Complaint], _name: str, text: str) -> QuerySet[Complaint]:
        """Every word must be there."""
        return selectors.with_text(complaints, text)

    def in_department(
        self, complaints: QuerySet[Complaint], _name: str, department: Department
    ) -> QuerySet[Complaint]:
        """The department and everything below it."""
        return complaints.filter(department__in=people.departments_under([department.pk]))

    def by_promise(self, complaints: QuerySet[Complaint], _name: str, overdue: str) -> QuerySet[Complaint]:
        """Whether the next promise is broken by now."""
        now = timezone.now()
        if overdue == "true":
            return selectors.overdue(complaints, now)
        return complaints.exclude(status__in=sorted(OPEN), due_at__lte=now)

    def by_rework(self, complaints: QuerySet[Complaint], _name: str, reworked: str) -> QuerySet[Complaint]:
        """Whether a follow-up has sent it back."""
        return complaints.filter(reworks__gt=0) if reworked == "true" else complaints.filter(reworks=0)

    def by_bounces(self, complaints: QuerySet[Complaint], _name: str, bounced: str) -> QuerySet[Complaint]:
        """Whether it went to and fro."""
        return complaints.filter(bounces__gt=0) if bounced == "true" else complaints.filter(bounces=0)

    def by_watch(self, complaints: QuerySet[Complaint], _name: str, _watched: str) -> QuerySet[Complaint]:
        """What whoever asks watches."""
        return complaints.filter(pk__in=head_office.watched_by(self.request.user).values("pk"))

    def by_conversion(self, complaints: QuerySet[Complaint], _name: str, converted: str) -> QuerySet[Complaint]:
        """Whether bad handling has made a valid one of it."""
        return complaints.filter(conversions__gt=0) if converted == "true" else complaints.filter(conversions=0)

    def held_by(self, complaints: QuerySet[Complaint], _name: str, holder: str) -> QuerySet[Complaint]:
        """Mine, nobody's, or somebody's."""
        if holder == "none":
            return complaints.filter(holder__isnull=True)
        if holder == "me":
            return complaints.filter(holder=self.request.user)
        return complaints.filter(holder__email__iexact=holder)

    @property
    def active(self) -> bool:
        """Whether anything is being filtered for: an empty page then offers to clear the filters."""
        form: forms.Form = self.form
        return form.is_bound and any(form.data.get(name) for name in form.fields)
