"""The outbox: every message waits here, written in the transaction of the act that it tells about."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint


class OutboxMessage(models.Model):
    """One message to one reader.

    `key` says what the message is about and for whom, so that an act heard of twice is told once. A row that waits
    is sent when `next_try_at` has come and nobody has claimed it; `claimed_until` frees the rows of a worker that
    died. From `handed_at` on it says what it says, and carries what it carries: what may have arrived is sent
    again as it was, or not at all. What waits for its reader's working hours has `not_before`, and is never tried
    earlier. After the last try a row is set aside, where administrators see it and may send it again. Withheld is
    what is for a person whose account was closed meanwhile, and what waited about a complaint that was answered
    before its reader came to work.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        CONSOLE = "console", _("Console")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept here")
        SET_ASIDE = "set_aside", _("Set aside")
        WITHHELD = "withheld", _("Not sent")

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.EMAIL)
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)

    # to whom, and what
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="outbox_messages",
        verbose_name=_("member of the staff"),
    )
    address = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    complaint = models.ForeignKey(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outbox_messages",
        verbose_name=_("complaint"),
    )
    secret = models.BooleanField(
        _("holds a secret"), default=False, help_text=_("Such as a password link: its text is erased once sent.")
    )
    items = models.JSONField(
        _("what a digest lists"), default=list, blank=True, help_text=_("Empty for an ordinary message.")
    )
    sent_with = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="also_carries",
        verbose_name=_("sent within"),
        help_text=_("The digest that told this one's news as well."),
    )

    # how it goes
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), default=timezone.now)
    not_before = models.DateTimeField(
        _("not before"),
        null=True,
        blank=True,
        help_text=_("When the reader's working hours begin, if it waited for them."),
    )
    claimed_until = models.DateTimeField(_("in a worker's hands until"), null=True, blank=True)
    handed_at = models.DateTimeField(_("first handed over at"), null=True, blank=True)
    last_error = models.TextField(_("what went wrong last"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "sent", "kept", "set_aside", "withheld"]),
                name="notifications_state",
            ),
            models.CheckConstraint(condition=models.Q(channel__in=["email", "console"]), name="notifications_channel"),
            models.CheckConstraint(
                condition=models.Q(state__in=["sent", "kept"], sent_at__isnull=False)
                | models.Q(state__in=["pending", "set_aside", "withheld"], sent_at__isnull=True),
                name="notifications_sent_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state="pending") | models.Q(claimed_until__isnull=True),
                name="notifications_only_waiting_is_claimed",
            ),
            models.CheckConstraint(  # so that the index of what is due serves for what is held back, too
                condition=models.Q(not_before__isnull=True) | models.Q(next_try_at__gte=models.F("not_before")),
                name="notifications_held_back",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="notifications_due", condition=models.Q(state="pending")),
            models.Index(fields=["-created_at", "-id"], name="notifications_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="notifications_by_state"),
            models.Index(
                fields=["created_at"],
                name="notifications_secrets",
                condition=models.Q(secret=True) & ~models.Q(body=""),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_digest(self) -> bool:
        """Whether it lists several complaints."""
        return bool(self.items)
