"""Which door leads where."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from accounts.web.views import choose_language
from config import health, metrics

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("account/", include("accounts.web.urls")),
    path("desk/", include("notifications.web.urls")),
    path("desk/", include("complaints.web.desk.urls")),
    path("desk/", include("escalation.web.urls")),
    path("desk/presets/", include("presets.web.urls")),
    path(
        "api/v1/",
        include(([path("", include("complaints.api.urls")), path("", include("escalation.api.urls"))], "api")),
    ),
    path("healthz", health.alive),
    path("healthz/deadlines", health.deadlines),
    path("readyz", health.ready),
    path("metrics", metrics.show),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("", include("complaints.web.portal.urls")),
]
