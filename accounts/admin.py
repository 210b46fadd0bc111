"""The workshop for people and departments, until they have pages of their own."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Absence, ApiToken, Department, DutyShift, Membership, User
from common.admin import NamesNoCase

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
        user: User = super().save(commit=False)
        user.email = user.email.lower()
        user.set_unusable_password()
        if commit:
            user.save()
        return user


class PersonForm(UserChangeForm):
    """The password shows as a digest with a link to change it."""

    class Meta:
        model = User
        fields = [
            *("email", "password", "name", "phone", "department", "language", "timezone"),
            *("is_active", "is_staff", "is_superuser", "user_permissions"),
        ]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


@admin.register(User)
class PersonAdmin(NamesNoCase, UserAdmin):
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
class DepartmentAdmin(NamesNoCase):
    list_display = ["code", "name", "parent", "desk_name", "is_active"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]


@admin.register(DutyShift)
class DutyShiftAdmin(admin.ModelAdmin):
    list_display = ["user", "department", "tier", "starts_at", "ends_at"]
    list_filter = ["department", "tier"]
    date_hierarchy = "starts_at"


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    list_display = ["user", "starts_at", "ends_at", "reason", "entered_by"]
    list_select_related = ["user", "entered_by"]
    autocomplete_fields = ["user"]
    exclude = ["entered_by"]
    date_hierarchy = "starts_at"

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        """Note who entered it."""
        obj.entered_by = cast(User, request.user)
        super().save_model(request, obj, form, change)


class NewTokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("scopes"),
        choices=ApiToken.Scope.choices,
        initial=[ApiToken.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiToken
        fields = ["user", "name", "scopes", "expires_at"]


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Tokens are issued and revoked, never edited; the token itself is shown once, after it was issued."""

    form = NewTokenForm
    list_display = ["prefix", "name", "user", "scopes", "expires_at", "revoked_at", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["name", "prefix", "user__email"]
    autocomplete_fields = ["user"]
    actions = ["revoke"]

    def save_model(self, request: HttpRequest, obj: ApiToken, form: forms.ModelForm, change: bool) -> None:
        """Issue the token and show it, this once."""
        token, plain = services.issue_token(
            user=obj.user, name=obj.name, scopes=form.cleaned_data["scopes"], expires_at=obj.expires_at
        )
        obj.pk, obj.prefix = token.pk, token.prefix
        messages.warning(request, _("Copy this token now, it is not shown again: %(token)s") % {"token": plain})

    @admin.action(description=_("Revoke the selected tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """They open nothing from now on."""
        for token in queryset:
            services.revoke_token(token=token)
        messages.success(request, _("The tokens open nothing any more."))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A list to look at and to revoke from; one token is not edited."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A revoked token stays, to show that there was one."""
        return False
