"""What could show how it was: which proofs are there and which are missing, and the numbers by which others know the
matter. Pure. (Mission M19: S2-22, S2-23, S3-43 to S3-45.)
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProofKind(TextChoices):
    """What would show it."""

    PURCHASE = "purchase", _("Invoice or receipt")
    CONTRACT = "contract", _("Contract or terms")
    PICTURE = "picture", _("Picture or video")
    RECORDING = "recording", _("Recording of a talk")
    RECORD = "record", _("Record or log")
    GOODS = "goods", _("The thing itself")
    WITNESS = "witness", _("Witness")
    OTHER = "other", _("Something else")


class ProofFrom(TextChoices):
    """Who could bring it."""

    COMPLAINANT = "complainant", _("The complainant")
    OFFICE = "office", _("We ourselves")
    OTHERS = "others", _("Somebody else")


class ProofState(TextChoices):
    """Whether it is there."""

    MISSING = "missing", _("Missing")
    THERE = "there", _("There")
    UNAVAILABLE = "unavailable", _("Cannot be had")


SETTLED: frozenset[ProofState] = frozenset({ProofState.THERE, ProofState.UNAVAILABLE})
"""Nobody looks for it any more."""


class NumberKind(TextChoices):
    """By which number others know the matter."""

    INVOICE = "invoice", _("Invoice")
    ORDER = "order", _("Order")
    ACCOUNT = "account", _("Account or customer")
    DEVICE = "device", _("Device or serial number")
    ERROR = "error", _("Error log")
    ELSEWHERE = "elsewhere", _("Case number elsewhere")
    OTHER = "other", _("Other number")
