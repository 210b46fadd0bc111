"""Addresses of deadlines in the REST API, below /api/v1/ and in its namespace."""

from django.urls import path

from escalation.api import duty, views

urlpatterns = [
    path("complaints/<str:reference>/clocks/", views.Clocks.as_view(), name="clocks"),
    path("duty/", duty.Duty.as_view(), name="duty"),
    path("duty/shifts/", duty.Shifts.as_view(), name="duty-shifts"),
    path("duty/shifts/<int:shift_id>/", duty.Shift.as_view(), name="duty-shift"),
]
