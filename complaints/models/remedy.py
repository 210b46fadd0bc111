"""Remedies: what is planned, offered, agreed and carried out for the complainant, and its money."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import as_read
from complaints.models.complaint import Complaint
from complaints.models.task import Task
from complaints.remedying import (
    ANSWERED,
    DONE,
    NEEDS_NO_AGREEMENT,
    OPEN,
    Loss,
    RemedyKind,
    RemedyState,
    has_lapsed,
    in_money,
    letter,
)
from complaints.vocabulary import Channel

_UNASKED = [RemedyState.PLANNED, RemedyState.DROPPED, *sorted(DONE)]
IN_LETTERS = RegexValidator(r"^[A-Z]{3}$")


def all_or_none(state: Q, *names: str) -> Q:
    """In these states all the columns are filled, in the others none."""
    filled = Q(**{f"{name}__isnull": False for name in names})
    empty = Q(**{f"{name}__isnull": True for name in names})
    return (state & filled) | (~state & empty)


class Remedy(models.Model):
    """One thing done for the complainant. Those of one `offer` with the same `option` come together; between the
    options the complainant chooses.

    The complaint's row guards its remedies: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="remedies", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    kind = models.CharField(_("kind"), max_length=20, choices=RemedyKind)
    state = models.CharField(_("state"), max_length=12, choices=RemedyState, default=RemedyState.PLANNED)
    what = models.TextField(_("what is done"), help_text=_("The complainant reads this when it is offered."))
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[IN_LETTERS])
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="next_ones", verbose_name=_("follows")
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned at"))
    offer = models.PositiveSmallIntegerField(_("offer"), null=True, help_text=_("Counts within the complaint."))
    option = models.PositiveSmallIntegerField(_("option"), null=True, help_text=_("Counts within the offer."))
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("offered by")
    )
    offered_at = models.DateTimeField(_("offered at"), null=True)
    stands_until = models.DateTimeField(
        _("the offer stands until"), null=True, help_text=_("Empty: until it is answered or dropped.")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answer recorded by"),
        help_text=_("Empty: the complainant answered on their page."),
    )
    answered_through = models.CharField(_("answered through"), max_length=20, choices=Channel, blank=True)
    task = models.ForeignKey(
        Task,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="remedies",
        verbose_name=_("task"),
        help_text=_("The task that carries it out."),
    )
    carried_out_on = models.DateField(_("carried out on"), null=True)
    carried_out_at = models.DateTimeField(_("recorded as carried out at"), null=True)
    carried_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("carried out by")
    )
    proof = models.TextField(_("what shows it"), blank=True)
    why_less = models.TextField(_("why less was paid than agreed"), blank=True)
    failed_at = models.DateTimeField(_("said to have failed at"), null=True)
    failed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("failure recorded by"),
        help_text=_("Empty: the complainant said so on their page."),
    )
    dropped_at = models.DateTimeField(_("dropped at"), null=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("dropped by")
    )
    reasons = models.TextField(_("why it was dropped"), blank=True)

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_remedy_once"),
            models.CheckConstraint(condition=Q(state__in=RemedyState.values), name="complaints_remedy_state"),
            models.CheckConstraint(condition=Q(kind__in=RemedyKind.values), name="complaints_remedy_kind"),
            models.CheckConstraint(condition=Q(number__gt=0), name="complaints_remedy_number"),
            models.CheckConstraint(condition=~Q(what=""), name="complaints_remedy_says_what"),
            models.CheckConstraint(
                condition=Q(follows=None) | ~Q(follows=F("id")), name="complaints_remedy_not_its_own"
            ),
            models.CheckConstraint(
                condition=Q(currency="") | Q(currency__regex=r"^[A-Z]{3}$"), name="complaints_remedy_currency"
            ),
            models.CheckConstraint(
                condition=Q(offer=None, option=None, offered_by=None, offered_at=None, state__in=_UNASKED)
                | Q(
                    ~Q(state=RemedyState.PLANNED),
                    offer__gt=0,
                    option__gt=0,
                    offered_by__isnull=False,
                    offered_at__isnull=False,
                ),
                name="complaints_remedy_offered",
            ),
            models.CheckConstraint(
                condition=Q(stands_until=None) | Q(offered_at__isnull=False, stands_until__gt=F("offered_at")),
                name="complaints_remedy_stands_until",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answered_through="")
                | (Q(answered_at__isnull=False, offered_at__isnull=False) & ~Q(answered_through="")),
                name="complaints_remedy_answer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ANSWERED), answered_at__isnull=False)
                | Q(state__in=[RemedyState.PLANNED, RemedyState.OFFERED], answered_at=None)
                | Q(state=RemedyState.DROPPED)
                | (
                    Q(state__in=sorted(DONE)) & (Q(answered_at__isnull=False) | Q(kind__in=sorted(NEEDS_NO_AGREEMENT)))
                ),
                name="complaints_remedy_agreed_first",
            ),
            models.CheckConstraint(
                condition=all_or_none(Q(state__in=sorted(DONE)), "carried_out_on", "carried_out_at", "carried_out_by"),
                name="complaints_remedy_carried_out_when",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=sorted(DONE)) & ~Q(proof=""))
                | (~Q(state__in=sorted(DONE)) & Q(proof="", why_less="")),
                name="complaints_remedy_proof",
            ),
            models.CheckConstraint(
                condition=Q(state=RemedyState.FAILED, failed_at__isnull=False)
                | (~Q(state=RemedyState.FAILED) & Q(failed_at=None, failed_by=None)),
                name="complaints_remedy_failed_when",
            ),
            models.CheckConstraint(
                condition=all_or_none(Q(state=RemedyState.DROPPED), "dropped_at", "dropped_by"),
                name="complaints_remedy_dropped_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} remedy {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether something still has to come of it."""
        return self.state in OPEN

    @property
    def has_lapsed(self) -> bool:
        """Whether it was offered until a moment that has passed, and nobody answered."""
        return has_lapsed(self.state, self.stands_until, timezone.now())

    @property
    def option_letter(self) -> str:
        """The option of its offer as people name it; empty before it is offered."""
        return letter(self.option) if self.option else ""

    def words(self) -> list[object]:
        """All that somebody reads who decides about it, as the digests take it."""
        lines = sorted(self.items.all(), key=lambda item: item.number)
        money = [[item.number, item.loss, item.what, _exact(item.claimed), _exact(item.offered)] for item in lines]
        return [self.number, self.kind, self.what, self.currency, money]

    def total(self, column: str) -> Decimal | None:
        """The sum of its lines in this column (claimed, offered, accepted, paid); None where no line has any."""
        return _sum(getattr(item, column) for item in self.items.all())

    @property
    def claimed(self) -> Decimal | None:
        """All that the complainant asks for."""
        return self.total("claimed")

    @property
    def offered(self) -> Decimal | None:
        """All that the office offers: what authority limits ask about."""
        return self.total("offered")

    @property
    def accepted(self) -> Decimal | None:
        """All that both agreed on."""
        return self.total("accepted")

    @property
    def paid(self) -> Decimal | None:
        """All that was paid."""
        return self.total("paid")

    @property
    def amount_words(self) -> str:
        """What it is worth now, for people: what was paid, else agreed, else offered; empty without money."""
        for amount in (self.paid, self.accepted, self.offered):
            if amount is not None:
                return in_money(amount, self.currency)
        return ""


class RemedyItem(models.Model):
    """One line of the money of a remedy, in its currency. Exact; offered once planned, accepted once agreed."""

    remedy = models.ForeignKey(
        Remedy, models.PROTECT, related_name="items", verbose_name=_("remedy"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"))
    loss = models.CharField(_("for"), max_length=20, choices=Loss)
    what = models.CharField(_("what it is for"), max_length=200, blank=True)
    claimed = models.DecimalField(_("claimed"), max_digits=15, decimal_places=3, null=True, blank=True)
    offered = models.DecimalField(_("offered"), max_digits=15, decimal_places=3)
    accepted = models.DecimalField(_("agreed"), max_digits=15, decimal_places=3, null=True, blank=True)
    paid = models.DecimalField(_("paid"), max_digits=15, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["remedy_id", "number"]
        verbose_name = _("line of money")
        verbose_name_plural = _("lines of money")
        constraints = [
            models.UniqueConstraint(fields=["remedy", "number"], name="complaints_remedy_line_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="complaints_remedy_line_number"),
            models.CheckConstraint(condition=Q(loss__in=Loss.values), name="complaints_remedy_line_loss"),
            models.CheckConstraint(
                condition=(Q(claimed=None) | Q(claimed__gte=0)) & Q(offered__gte=0),
                name="complaints_remedy_line_asked",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None) | Q(accepted__gte=0, accepted__lte=F("offered")),
                name="complaints_remedy_line_agreed",
            ),
            models.CheckConstraint(
                condition=Q(paid=None) | Q(accepted__isnull=False, paid__gte=0, paid__lte=F("accepted")),
                name="complaints_remedy_line_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remedy_id} line {self.number}"

    def in_words(self, column: str) -> str:
        """Its amount in a column, for people; empty where there is none."""
        amount: Decimal | None = getattr(self, column)
        return "" if amount is None else in_money(amount, self.remedy.currency)

    @property
    def claimed_words(self) -> str:
        """What is asked for it."""
        return self.in_words("claimed")

    @property
    def offered_words(self) -> str:
        """What is offered for it."""
        return self.in_words("offered")

    @property
    def accepted_words(self) -> str:
        """What was agreed for it."""
        return self.in_words("accepted")

    @property
    def paid_words(self) -> str:
        """What was paid for it."""
        return self.in_words("paid")


def digest_of_offer(offered: Iterable[Remedy]) -> str:
    """Of what is offered together or for choice: the options, what comes with each, and until when it stands."""
    options = sorted(offered, key=lambda remedy: (remedy.option or 0, remedy.number))
    said = [
        [remedy.offer, remedy.option, remedy.stands_until and remedy.stands_until.isoformat(), remedy.words()]
        for remedy in options
    ]
    return as_read.digest(said)


def _exact(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.3f}"


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known else None
