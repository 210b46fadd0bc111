"""Addresses of deadlines in the REST API, below /api/v1/ and in its namespace."""

from django.urls import path

from escalation.api import duty, views
from escalation.api.acts import ACTS

urlpatterns = [
    path("complaints/<str:reference>/clocks/", views.Clocks.as_view(), name="clocks"),
    *(
        path(f"complaints/<str:reference>/{verb}/", views.ActingOnDeadlines.as_view(verb=verb), name=verb.value)
        for verb in ACTS
    ),
    path("duty/", duty.Duty.as_view(), name="duty"),
    path("duty/shifts/", duty.Shifts.as_view(), name="duty-shifts"),
    path("duty/shifts/<int:shift_id>/", duty.Shift.as_view(), name="duty-shift"),
]
