"""Settings for the tests: the same office, with quicker locks and no manifest of static files."""

import os

os.environ.setdefault("REDRESS_DEBUG", "0")
os.environ.setdefault("REDRESS_SECRET_KEY", "a-key-for-tests-only")

from config.settings import *  # noqa: F403 - the tests run on the real settings, changed below

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
RATELIMIT_ENABLE = False
AXES_ENABLED = False
ALLOWED_HOSTS = ["*"]
WHITENOISE_AUTOREFRESH = True

REPEAT_CONTACTS = 0  # tests let one person complain again and again; those of the rule switch it on
