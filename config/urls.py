"""Which door leads where."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("account/", include("accounts.web.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
