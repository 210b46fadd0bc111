"""The addresses of what deadlines show on the desk."""

from django.urls import path

from escalation.web.views import calendars, complaints, engine, what_if

app_name = "escalation"

urlpatterns = [
    path("complaints/<str:reference>/deadlines/", complaints.deadlines, name="deadlines"),
    path("deadlines/what-if/", what_if.ask, name="what-if"),
    path("deadlines/calendars/", calendars.index, name="calendars"),
    path("deadlines/calendars/<slug:code>/", calendars.show, name="calendar"),
    path("deadlines/calendars/<slug:code>/<int:year>/", calendars.show, name="calendar-year"),
    path("deadlines/calendars/<slug:code>/export/", calendars.export, name="calendar-export"),
    path("deadlines/calendars/<slug:code>/table/", calendars.lay_table, name="calendar-table"),
    path("deadlines/calendars/<slug:code>/table/publish/", calendars.publish_table, name="calendar-table-publish"),
    path("deadlines/calendar-import/", calendars.bring_in, name="calendar-import"),
    path("deadlines/engine/", engine.show, name="engine"),
    path("deadlines/engine/<int:clock_id>/try-again/", engine.try_again, name="try-again"),
]
