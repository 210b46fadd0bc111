"""The addresses of signing in and of one's own account."""

from django.contrib.auth import views as auth
from django.urls import path

from accounts.web import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("profile/", views.Profile.as_view(), name="profile"),
    path("absences/", views.enter_absence, name="absence-enter"),
    path("absences/<int:absence_id>/end/", views.end_absence, name="absence-end"),
    path("password/", views.PasswordChange.as_view(), name="password-change"),
    path("password/reset/", views.PasswordReset.as_view(), name="password-reset"),
    path(
        "password/reset/sent/",
        auth.PasswordResetDoneView.as_view(template_name="accounts/password_reset_sent.html"),
        name="password-reset-sent",
    ),
    path("password/reset/<uidb64>/<token>/", views.PasswordResetConfirm.as_view(), name="password-reset-confirm"),
]
