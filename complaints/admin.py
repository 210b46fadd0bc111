"""The workshop for the category tree, for what counts as a small or a large amount at stake, and for what a final
response must hold. Complaints themselves are handled at the desk, never here.
"""

from django.contrib import admin

from common.admin import NamesNoCase
from complaints.models import Category, ResponseRule, StakeThreshold


@admin.register(Category)
class CategoryAdmin(NamesNoCase):
    list_display = ["code", "name", "parent", "department", "is_active"]
    list_select_related = ["parent", "department"]
    list_filter = ["department", "is_active"]
    search_fields = ["code", "name"]


@admin.register(StakeThreshold)
class StakeThresholdAdmin(admin.ModelAdmin):
    list_display = ["currency", "small_below", "large_from"]


@admin.register(ResponseRule)
class ResponseRuleAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "position", "is_active", "four_eyes", "letter_required", "until_required"]
    list_filter = ["is_active", "four_eyes", "letter_required"]
    search_fields = ["code", "name"]
