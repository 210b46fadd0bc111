"""The addresses of what deadlines show on the desk."""

from django.urls import path

from escalation.web.views import complaints, engine, what_if

app_name = "escalation"

urlpatterns = [
    path("complaints/<str:reference>/deadlines/", complaints.deadlines, name="deadlines"),
    path("deadlines/what-if/", what_if.ask, name="what-if"),
    path("deadlines/engine/", engine.show, name="engine"),
    path("deadlines/engine/<int:clock_id>/try-again/", engine.try_again, name="try-again"),
]
