"""What a complainant says who wishes for another handler, and what somebody senior decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from complaints.rehandling import DECIDED, Wish, WishState
from complaints.vocabulary import Channel


def _person(words: object, **options: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=words,  # type: ignore[arg-type]  # words are translated when they are read
        db_index=False,
        **options,  # type: ignore[arg-type]
    )


class HandlerWish(models.Model):
    """The wish that somebody else than `holder` handles a complaint. It waits for as long as they hold it and the
    complaint is open. Whoever was replaced does not hold that complaint again (`conflicts.py`).

    The complaint's row guards its wishes: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="handler_wishes", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    state = models.CharField(_("state"), max_length=10, choices=WishState, default=WishState.OPEN)
    wish = models.CharField(_("wish"), max_length=10, choices=Wish)
    reasons = models.TextField(_("why, in the complainant's words"))
    through = models.CharField(_("said through"), max_length=20, choices=Channel)
    recorded_by = _person(
        _("recorded by"), null=True, blank=True, help_text=_("Empty: the complainant wrote it on their page.")
    )
    made_at = models.DateTimeField(_("made at"))
    holder = _person(_("handler at that time"))
    decided_by = _person(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.TextField(_("what the complainant was told"), blank=True)
    went_to = _person(_("handler afterwards"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "number"]
        verbose_name = _("wish for another handler")
        verbose_name_plural = _("wishes for another handler")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_wish_once"),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state=WishState.OPEN), name="complaints_one_wish_waits"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WishState.values, wish__in=Wish.values) & ~Q(reasons=""),
                name="complaints_wish_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(DECIDED), decided_by__isnull=False, decided_at__isnull=False)
                | (~Q(state__in=sorted(DECIDED)) & Q(decided_by=None, decided_at=None, answer="", went_to=None)),
                name="complaints_wish_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=WishState.REFUSED) | (~Q(answer="") & Q(went_to=None)),
                name="complaints_wish_refused_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=WishState.GRANTED) | (Q(went_to__isnull=False) & ~Q(went_to=F("holder"))),
                name="complaints_wish_granted_to_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("holder")), name="complaints_wish_not_by_the_handler"
            ),
        ]
        indexes: ClassVar = [  # My work of those who lead: wishes that wait are few
            models.Index(fields=["made_at"], name="complaints_wishes_waiting", condition=Q(state=WishState.OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} wish {self.number}"
