"""The outbox among the set-up tables: to look at, not to change. Texts are read in the mailbox of the desk."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from notifications import selectors
from notifications.models import OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(admin.ModelAdmin):
    """Read only."""

    list_display = ("created_at", "state", "channel", "kind", "address", "subject", "attempts", "next_try_at")
    list_filter = ("state", "channel", "kind")
    search_fields = ("key", "address")
    exclude = ("body", "items")
    ordering = ("-created_at", "-id")
    show_full_result_count = False
    list_select_related = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        """Without those about restricted complaints that are kept from this person."""
        return selectors.not_kept_from(cast(User, request.user), super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
