"""Addresses of deadlines in the REST API, below /api/v1/ and in its namespace."""

from django.urls import path

from complaints.api.views import Acting
from escalation.api import duty, rules, views
from escalation.api.acts import ACTS

urlpatterns = [
    path("complaints/<str:reference>/clocks/", views.Clocks.as_view(), name="clocks"),
    *Acting.addresses(ACTS),
    path("policies/", rules.Policies.as_view(), name="policies"),
    path("policies/<slug:code>/", rules.Policy.as_view(), name="policy"),
    path("policies/<slug:code>/versions/", rules.PolicyVersions.as_view(), name="policy-versions"),
    path("calendars/", rules.Calendars.as_view(), name="calendars"),
    path("calendars/<slug:code>/", rules.Calendar.as_view(), name="calendar"),
    path("duty/", duty.Duty.as_view(), name="duty"),
    path("duty/shifts/", duty.Shifts.as_view(), name="duty-shifts"),
    path("duty/shifts/<int:shift_id>/", duty.Shift.as_view(), name="duty-shift"),
]
