"""Signing in and out, passwords, and one's own language and zone."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.messages.views import SuccessMessageMixin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView
from django.views.i18n import set_language

from accounts import selectors
from accounts.models import Absence, User
from accounts.services import absences
from accounts.web.forms import ForgottenPasswordForm, OwnAbsenceForm, ProfileForm, SignInForm
from accounts.web.lockout import just_asked_for_link
from common.refusals import Unfit


class SignIn(auth.LoginView):
    """The staff's front door."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class PasswordChange(SuccessMessageMixin, auth.PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")
    success_message = _("Your password is changed.")


class PasswordReset(auth.PasswordResetView):
    """Mails a link; says the same thing whether or not the address belongs to somebody."""

    template_name = "accounts/password_reset.html"
    form_class = ForgottenPasswordForm
    email_template_name = "accounts/password_reset_mail.txt"
    subject_template_name = "accounts/password_reset_subject.txt"
    success_url = reverse_lazy("accounts:password-reset-sent")
    extra_email_context = {"base_url": settings.BASE_URL}

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """The first link still holds when a second one is asked for at once."""
        if just_asked_for_link(form.cleaned_data["email"]):
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


class PasswordResetConfirm(SuccessMessageMixin, auth.PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    success_url = reverse_lazy("accounts:sign-in")
    success_message = _("Your new password counts from now on. Sign in with it.")


class Profile(LoginRequiredMixin, UpdateView):
    """A person's own settings."""

    template_name = "accounts/profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("accounts:profile")

    def get_object(self, queryset: Any = None) -> User:
        return User.objects.get(pk=cast(User, self.request.user).pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the person's absences that are not over."""
        return super().get_context_data(**kwargs) | own_absences(self.object, OwnAbsenceForm())

    def form_valid(self, form: ModelForm) -> HttpResponse:
        response = super().form_valid(form)
        with translation.override(form.cleaned_data["language"]):
            messages.success(self.request, _("Your settings are kept."))
        return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Read on in another language: a signed-in person wherever they sign in, a visitor in this browser."""
    chosen, user = request.POST.get("language"), request.user
    if isinstance(user, User) and chosen in dict(settings.LANGUAGES):
        user.language = str(chosen)
        user.save(update_fields=["language"])
    return set_language(request)


def own_absences(user: User, form: OwnAbsenceForm) -> dict[str, Any]:
    """What the profile shows of absences: those that are not over, and a form for another."""
    now = timezone.now()
    return {"absences": selectors.absences_of(user, now), "absence_form": form, "now": now}


@login_required
@require_POST
def enter_absence(request: HttpRequest) -> HttpResponse:
    """Note that one is away."""
    user, form = cast(User, request.user), OwnAbsenceForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            absences.enter(by=user, user=user, **{**given, "reason": Absence.Reason(given["reason"])})
        except Unfit as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("You are passed over while you are away."))
            return redirect("accounts:profile")
    context = {"form": ProfileForm(instance=User.objects.get(pk=user.pk)), **own_absences(user, form)}
    return render(request, "accounts/profile.html", context, status=422)


@login_required
@require_POST
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """One is back, or does not go."""
    user = cast(User, request.user)
    absence = get_object_or_404(Absence, pk=absence_id, user=user)
    ended = absences.end(absence_id=absence.pk, by=user)
    messages.success(request, _("Your absence has ended.") if ended else _("Your absence is taken off."))
    return redirect("accounts:profile")


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords for one address from one place: come back later (setting AXES_COOLOFF_TIME)."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    response = render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response
