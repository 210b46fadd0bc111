"""The mailbox of the desk."""

from django.urls import path

from notifications.web import views

app_name = "notifications"
urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("<int:message_id>/", views.message, name="message"),
    path("<int:message_id>/retry/", views.retry, name="retry"),
]
