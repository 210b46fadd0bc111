"""The workshop for the category tree. Complaints themselves are handled at the desk, never here."""

from django.contrib import admin

from complaints.models import Category


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "parent", "department", "is_active"]
    list_select_related = ["parent", "department"]
    list_filter = ["department", "is_active"]
    search_fields = ["code", "name"]
