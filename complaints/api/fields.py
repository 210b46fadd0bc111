"""What the API takes in place of our rows: codes, e-mail addresses, references, and moments that are clear."""

from datetime import UTC, datetime
from typing import Any, NoReturn

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, TextChoices
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from complaints import permissions, references
from complaints.limits import MAX_LINE
from complaints.models import Complaint


class MomentIn(serializers.DateTimeField):
    """An ISO 8601 moment that says its offset: without one nobody can know when it was."""

    default_error_messages = {
        "naive": _("Say which time it is: add the offset from UTC, as in 2026-11-20T09:30:00+08:00."),
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """Aware, in UTC."""
        if value.tzinfo is None:
            self.fail("naive")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("overflow")


class MomentOut(serializers.DateTimeField):
    """An ISO 8601 moment in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, read_only=True, **kwargs)


class ChosenIn(serializers.ChoiceField):
    """One of a few. Whoever sends another one is told which there are."""

    default_error_messages = {
        "invalid_choice": _("“{input}” is none of these: {choices}."),
    }

    def fail(self, key: str, **values: Any) -> NoReturn:
        """Refuse, naming what would have been taken."""
        sent = str(values.pop("input", ""))[:MAX_LINE]
        super().fail(key, input=sent, choices=", ".join(map(str, self.choices)), **values)


class OneOf(ChosenIn):
    """One of our own words: what comes out is the member, which the rules ask for its label."""

    def __init__(self, words: type[TextChoices], **kwargs: Any) -> None:
        super().__init__(words.choices, **kwargs)
        self.words = words

    def to_internal_value(self, data: Any) -> TextChoices | str:
        """The member; an empty text where one is taken."""
        code = super().to_internal_value(data)
        return self.words(code) if code else ""


class ListIn(serializers.ListField):
    """A list of at most so many. Too many are refused before any of them is looked at: each may ask the database, and
    each that is wrong gets a sentence.
    """

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.most = max_length

    def run_child_validation(self, data: Any) -> list[Any]:
        """Look at each, if they are few enough."""
        if len(data) > self.most:
            self.fail("max_length", max_length=self.most)
        return list(super().run_child_validation(data))


@extend_schema_field(OpenApiTypes.STR)
class CodeIn(serializers.Field):
    """The code of a department, a category, or another row that has one."""

    default_error_messages = {
        "unknown": _("There is none with the code “{value}”."),
        "invalid": _("Give the code as text."),
    }

    def __init__(self, rows: type[Model], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def to_internal_value(self, data: Any) -> Model:
        """The row with this code."""
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return self.rows._default_manager.get(code=data)
        except ObjectDoesNotExist:
            self.fail("unknown", value=data[:MAX_LINE])
        except ValueError:  # characters that no database text can hold
            self.fail("invalid")


@extend_schema_field(OpenApiTypes.EMAIL)
class PersonIn(serializers.Field):
    """The e-mail address of somebody on the staff."""

    default_error_messages = {
        "unknown": _("Nobody with this e-mail address works here."),
        "invalid": _("Give an e-mail address as text."),
    }

    def to_internal_value(self, data: Any) -> User:
        """The person, whether or not they may do what is asked of them: that is for the service to say."""
        if not isinstance(data, str) or "\x00" in data or len(data) > MAX_LINE:
            self.fail("invalid")
        try:
            return User.objects.get(email__iexact=data.strip())
        except User.DoesNotExist:
            self.fail("unknown")
        except ValueError:  # characters that no database text can hold
            self.fail("invalid")


@extend_schema_field(OpenApiTypes.STR)
class ComplaintIn(serializers.Field):
    """The reference of another complaint that the person sees."""

    default_error_messages = {
        "check": _("The check character of this reference does not match: please compare it with the original."),
        "unknown": _("There is no complaint with this reference that you may see."),
        "invalid": _("Give a reference as text."),
    }

    def to_internal_value(self, data: Any) -> Complaint:
        """The complaint, found as every other is: among those the person sees."""
        if not isinstance(data, str):
            self.fail("invalid")
        reference = references.normalise(data)
        if reference is None:
            self.fail("check")
        try:
            return permissions.visible_to(self.context["request"].user).get(reference=reference)
        except Complaint.DoesNotExist:
            self.fail("unknown")
