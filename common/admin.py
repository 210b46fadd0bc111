"""What the set-up tables share."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _


class NamesNoCase(admin.ModelAdmin):
    """Of what stands in the way of deleting a row, Django names every one: also complaints that the person may not
    know of. This says only that there is something.
    """

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What would go with it, and whether anything keeps it."""
        gone, counts, needed, protected = super().get_deleted_objects(objs, request)
        return gone, counts, needed, [_("Records that must be kept. Switch it off instead.")] if protected else []
