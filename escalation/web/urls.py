"""The addresses of what deadlines show on the desk."""

from django.urls import include, path

from escalation.web.views import (
    acts,
    board,
    calendars,
    complaints,
    duty,
    engine,
    packs,
    referrals,
    taking_over,
    what_if,
)

app_name = "escalation"

_CASE = "complaints/<str:reference>/deadlines/"

urlpatterns = [
    path(_CASE, complaints.deadlines, name="deadlines"),
    path(f"{_CASE}promise/", acts.promise, name="promise"),
    path(f"{_CASE}fulfil/", acts.fulfil, name="fulfil"),
    path(f"{_CASE}ask-extension/", acts.ask_extension, name="ask-extension"),
    path(f"{_CASE}grant-extension/", acts.grant_extension, name="grant-extension"),
    path(f"{_CASE}refuse-extension/", acts.refuse_extension, name="refuse-extension"),
    path("complaints/<str:reference>/referral/", referrals.refer, name="refer"),
    path("board/", board.show, name="board"),
    path("take-over/", taking_over.by_mail, name="take-over-by-mail"),
    path("complaints/<str:reference>/take-over/", taking_over.take_over, name="take-over"),
    path("duty/", duty.show, name="duty"),
    path("duty/shifts/new/", duty.add_shift, name="duty-shift-new"),
    path("duty/shifts/<int:shift_id>/", duty.change_shift, name="duty-shift"),
    path("duty/shifts/<int:shift_id>/remove/", duty.remove_shift, name="duty-shift-remove"),
    path("duty/absences/new/", duty.add_absence, name="duty-absence-new"),
    path("duty/absences/<int:absence_id>/end/", duty.end_absence, name="duty-absence-end"),
    path("deadlines/what-if/", what_if.ask, name="what-if"),
    path("deadlines/calendars/", calendars.index, name="calendars"),
    path("deadlines/calendars/<slug:code>/", calendars.show, name="calendar"),
    path("deadlines/calendars/<slug:code>/<int:year>/", calendars.show, name="calendar-year"),
    path("deadlines/calendars/<slug:code>/export/", calendars.export, name="calendar-export"),
    path("deadlines/calendars/<slug:code>/table/", calendars.lay_table, name="calendar-table"),
    path("deadlines/calendars/<slug:code>/table/publish/", calendars.publish_table, name="calendar-table-publish"),
    path("deadlines/calendar-import/", calendars.bring_in, name="calendar-import"),
    path("deadlines/packs/", packs.index, name="packs"),
    path("deadlines/packs/<slug:code>/", packs.show, name="pack"),
    path("deadlines/packs/<slug:code>/load/", packs.load, name="pack-load"),
    path("deadlines/policies/", include("escalation.web.policy_urls")),
    path("deadlines/engine/", engine.show, name="engine"),
    path("deadlines/engine/<int:clock_id>/try-again/", engine.try_again, name="try-again"),
]
