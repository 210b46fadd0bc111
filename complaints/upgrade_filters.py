"""The filters of the supervision desk: the same names in the address of the page and in the API."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from complaints.lifecycle import OPEN
from complaints.models import Upgrade, UpgradeGround
from complaints.upgrading import GROUNDS, Record, Verdict


class UpgradeFilter(django_filters.FilterSet):
    """`?state=open&ground=overdue&verdict=not_confirmed&record=none`. Ground and verdict are of the same ground."""

    state = django_filters.ChoiceFilter(
        choices=[("open", _("Open")), ("ended", _("Ended"))],
        method="in_state",
        label=_("State"),
        empty_label=_("Open and ended"),
    )
    ground = django_filters.ChoiceFilter(
        choices=[(ground.value, ground.label) for ground in GROUNDS],
        method="with_ground",
        label=_("Ground"),
        empty_label=_("Any ground"),
    )
    verdict = django_filters.ChoiceFilter(
        choices=Verdict.choices, method="with_verdict", label=_("The record says"), empty_label=_("Anything")
    )
    record = django_filters.ChoiceFilter(choices=Record.choices, label=_("Compared with"), empty_label=_("Any record"))

    class Meta:
        model = Upgrade
        fields = ["state", "ground", "verdict", "record"]

    def in_state(self, upgrades: QuerySet[Upgrade], _name: str, value: str) -> QuerySet[Upgrade]:
        """Those whose complaint the office still owes an answer, or those it does not."""
        if value == "open":
            return upgrades.filter(complaint__status__in=sorted(OPEN))
        return upgrades.exclude(complaint__status__in=sorted(OPEN))

    def with_ground(self, upgrades: QuerySet[Upgrade], _name: str, value: str) -> QuerySet[Upgrade]:
        """Those with that ground, and with the verdict asked for about just that one."""
        verdict = self.form.cleaned_data.get("verdict")
        return _having(upgrades, ground=value, **({"verdict": verdict} if verdict else {}))

    def with_verdict(self, upgrades: QuerySet[Upgrade], _name: str, value: str) -> QuerySet[Upgrade]:
        """Those with that verdict about any ground."""
        return _having(upgrades, verdict=value)


def _having(upgrades: QuerySet[Upgrade], **wanted: str) -> QuerySet[Upgrade]:
    return upgrades.filter(Exists(UpgradeGround.objects.filter(upgrade=OuterRef("pk"), **wanted)))
