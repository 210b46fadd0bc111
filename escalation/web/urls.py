"""The addresses of what deadlines show on the desk."""

from django.urls import path

from escalation.web import views

app_name = "escalation"

urlpatterns = [
    path("complaints/<str:reference>/deadlines/", views.deadlines, name="deadlines"),
]
