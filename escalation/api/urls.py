"""Addresses of deadlines in the REST API, below /api/v1/ and in its namespace."""

from django.urls import path

from escalation.api import views

urlpatterns = [path("complaints/<str:reference>/clocks/", views.Clocks.as_view(), name="clocks")]
