"""The acts about deadlines as the API takes them: what is sent, and which service does it.

`POST /complaints/{reference}/{verb}/`, in the same manner as the other verbs of the office (complaints/api/acts.py).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.acts import Act
from complaints.api.fields import CodeIn, MomentIn, OneOf
from complaints.api.serializers import NothingIn, Strict
from complaints.lifecycle import Verb
from complaints.limits import MAX_TEXT
from escalation.extending import Ground
from escalation.models import ExternalBody, Referral
from escalation.services import extensions, promises, referrals, taking_over

_MOST = 2**63 - 1


def _id(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=_MOST, **kwargs)


class AmountIn(serializers.FloatField):
    """A number; true and false are none, whatever Python thinks."""

    default_error_messages = {"overflow": _("This number is too large.")}

    def to_internal_value(self, data: Any) -> float:
        """The number."""
        if isinstance(data, bool):
            self.fail("invalid")
        return float(super().to_internal_value(data))


class PromiseIn(Strict):
    until = MomentIn(help_text=_("By when; a moment ahead, at most a year."))
    what = serializers.CharField(max_length=MAX_TEXT, help_text=_("Kept as an internal note."))


class FulfilIn(Strict):
    clock = _id(help_text=_("The `id` of the clock that was kept."))
    note = serializers.CharField(max_length=MAX_TEXT, help_text=_("What was done. Kept as an internal note."))
    at = MomentIn(
        required=False, allow_null=True, help_text=_("An earlier moment than now needs a role that may state one.")
    )


class AskExtensionIn(Strict):
    clock = _id(help_text=_("The `id` of the clock."))
    amount = AmountIn(help_text=_("How many more units of the clock's target; days are whole."))
    reason = OneOf(Ground)
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("For whoever decides."))


class GrantExtensionIn(Strict):
    extension = _id(help_text=_("The `id` of the request."))
    reasons = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text=_("For the file.")
    )


class RefuseExtensionIn(Strict):
    extension = _id(help_text=_("The `id` of the request."))
    reasons = serializers.CharField(max_length=MAX_TEXT, help_text=_("For whoever asked."))


def _fulfil(*, clock: int, **given: Any) -> None:
    promises.fulfil(clock_id=clock, **given)


def _ask(*, clock: int, **given: Any) -> None:
    extensions.ask(clock_id=clock, **given)


def _grant(*, extension: int, **given: Any) -> None:
    extensions.grant(extension_id=extension, **given)


def _refuse(*, extension: int, **given: Any) -> None:
    extensions.refuse(extension_id=extension, **given)


class ReferIn(Strict):
    state = OneOf(Referral.State, help_text=_("What is to become of it: prepared, sent, or not needed."))
    body = CodeIn(
        ExternalBody,
        required=False,
        allow_null=True,
        help_text=_("The `code` of the external body. Left out, it is the one that serves the complaint."),
    )
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, help_text=_("Required for `not_needed`.")
    )


_fulfil.__doc__ = promises.fulfil.__doc__
_ask.__doc__ = extensions.ask.__doc__
_grant.__doc__ = extensions.grant.__doc__
_refuse.__doc__ = extensions.refuse.__doc__

ACTS: Mapping[Verb, Act] = MappingProxyType(
    {
        Verb.TAKE_OVER: Act(NothingIn, taking_over.take_over),
        Verb.PROMISE: Act(PromiseIn, promises.promise),
        Verb.FULFIL: Act(FulfilIn, _fulfil),
        Verb.ASK_EXTENSION: Act(AskExtensionIn, _ask),
        Verb.GRANT_EXTENSION: Act(GrantExtensionIn, _grant),
        Verb.REFUSE_EXTENSION: Act(RefuseExtensionIn, _refuse),
        Verb.REFER: Act(ReferIn, referrals.refer),
    }
)
