"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from common.requests import ReadableRequest  # noqa: E402 - only once the settings are there

application.request_class = ReadableRequest
