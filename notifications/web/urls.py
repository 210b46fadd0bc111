"""The mailbox of the desk, and the list handed over in the morning."""

from django.urls import path

from notifications.web import handover, views

app_name = "notifications"
urlpatterns = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:message_id>/", views.message, name="message"),
    path("mailbox/<int:message_id>/retry/", views.retry, name="retry"),
    path("handover/", handover.show, name="handover"),
]
