"""Who complains. Personal data lives here and in messages, never in events or logs."""

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Right, Upper
from django.utils.translation import gettext_lazy as _

from complaints.vocabulary import Relation

PHONE_TAIL = 8
"""So many last digits tell two phone numbers apart, however they are written and whatever code stands before them."""


def phone_tail(column: str) -> Right:
    """The last digits of the phone number in that column, as the index knows them."""
    digits = Func(
        F(column), Value("[^0-9]"), Value(""), Value("g"), function="regexp_replace", output_field=models.CharField()
    )
    return Right(digits, PHONE_TAIL)


class Complainant(models.Model):
    """The person behind one complaint, as they gave themselves: by name, anonymously, or for somebody else."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    relation = models.CharField(_("relation"), max_length=20, choices=Relation, blank=True)
    anonymous = models.BooleanField(_("wants to stay anonymous"), default=False)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    authority = models.CharField(_("by what authority"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("complainant")
        verbose_name_plural = _("complainants")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(anonymous=False) | models.Q(name=""),
                name="complaints_anonymous_has_no_name",
            ),
        ]
        indexes = [
            models.Index(Upper("email"), name="complaints_complainant_email", condition=~models.Q(email="")),
            models.Index(fields=["phone"], name="complaints_complainant_phone", condition=~models.Q(phone="")),
            models.Index(phone_tail("phone"), name="complaints_complainant_tail", condition=~models.Q(phone="")),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Anonymous"))
