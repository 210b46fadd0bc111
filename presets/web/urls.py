"""The addresses of presets, below desk/presets/."""

from django.urls import path

from presets.web import views

app_name = "presets"

urlpatterns = [
    path("", views.index, name="presets"),
    path("<slug:code>/", views.show, name="preset"),
    path("<slug:code>/load/", views.load, name="preset-load"),
]
