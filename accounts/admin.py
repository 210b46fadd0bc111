"""The workshop for people and departments, until they have pages of their own."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashField
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, DutyShift, Membership, User

admin.site.site_header = admin.site.site_title = _("Redress: settings")
admin.site.index_title = _("Set-up tables")
admin.site.site_url = "/desk/"
admin.site.unregister(Group)  # people have roles in departments, see Membership


class NewPersonForm(forms.ModelForm):
    """A new person chooses their own password through the link for forgotten ones."""

    class Meta:
        model = User
        fields = ["email", "name", "department", "language", "timezone"]

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        user.email = user.email.lower()
        user.set_unusable_password()
        if commit:
            user.save()
        return user


class PersonForm(forms.ModelForm):
    password = ReadOnlyPasswordHashField(label=_("Password"))

    class Meta:
        model = User
        fields = "__all__"


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonForm
    add_form = NewPersonForm
    list_display = ["email", "name", "department", "language", "is_active"]
    list_filter = ["department", "memberships__role", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = ["user_permissions"]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "phone", "department", "language", "timezone"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "user_permissions"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "department", "language", "timezone"]})]


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "parent", "is_active"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]


@admin.register(DutyShift)
class DutyShiftAdmin(admin.ModelAdmin):
    list_display = ["user", "department", "tier", "starts_at", "ends_at"]
    list_filter = ["department", "tier"]
    date_hierarchy = "starts_at"
