"""Who sees a restricted complaint: the places of its circle, and who has looked at it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint


class CirclePlace(models.Model):
    """A person's place in the circle of a restricted complaint, from `admitted_at` until `left_at`.

    A trigger gives one to whoever comes to hold the complaint, by whatever way (migration 0013). Without `admitted_by`
    it came by itself. The complaint's row guards its circle: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="circle", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="circle_places",
        verbose_name=_("person"),
        db_index=False,
    )
    admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("admitted by"),
        db_index=False,
    )
    admitted_at = models.DateTimeField(_("admitted at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    class Meta:
        ordering = ["admitted_at", "id"]
        verbose_name = _("place in a circle")
        verbose_name_plural = _("places in circles")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "user"], condition=Q(left_at=None), name="complaints_one_place_each"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("admitted_at")), name="complaints_left_after_admitted"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="complaints_places_of", condition=Q(left_at=None))]

    def __str__(self) -> str:
        return f"{self.complaint_id} circle {self.user_id}"


class Viewing(models.Model):
    """Somebody of the staff looked at a restricted complaint, through the door of that name. Rows are only ever added
    (a trigger refuses the rest).
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="viewings", verbose_name=_("complaint"), db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"), db_index=False
    )
    door = models.CharField(_("door"), max_length=80, help_text=_("The name of the page or of the API's address."))
    address = models.CharField(_("address"), max_length=200)
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("viewing")
        verbose_name_plural = _("viewings")
        indexes = [models.Index(fields=["complaint", "-at", "-id"], name="complaints_viewings")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.door}"
