"""All settings, under headings. Values that differ between places come from the environment (see .env.example)."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("REDRESS_DATA_DIR", BASE_DIR / "data")

# --- Safety -----------------------------------------------------------------------------------------------
DEBUG = env.flag("REDRESS_DEBUG")
SECRET_KEY = env.text("REDRESS_SECRET_KEY", "insecure-development-key" if DEBUG else None)
BASE_URL = env.text("REDRESS_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
if not BASE_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(f"REDRESS_BASE_URL is {BASE_URL!r}, but it must start with http:// or https://.")
ALLOWED_HOSTS = env.names("REDRESS_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SERVED_OVER_TLS = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT = SERVED_OVER_TLS
CSRF_COOKIE_HTTPONLY = True
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^readyz", r"^metrics$"]  # asked from the inside, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED_OVER_TLS
if SERVED_OVER_TLS:  # the proxy that ends TLS says so in this header; nobody else can reach the unix socket or port
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- The apps, from the ground up ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "common",
    "accounts",
    "complaints",
    "escalation",
    "notifications",
    "presets",
    "demo",
]
MIDDLEWARE = [
    "common.logs.RequestIdMiddleware",
    "common.reading.ReadOnceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PersonalLanguageAndZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "complaints.web.middleware.ComplaintErrorMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as its documentation asks
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What travels upward: each act's event passes these, in order, inside the act's transaction ------------
COMPLAINT_EVENT_HANDLERS = [
    "escalation.handlers.keep_clocks",
    "notifications.handlers.queue_messages",
]

# Who takes a complaint that must change hands by itself: function of the complaint and the people it concerns
COMPLAINT_NEXT_HOLDER = "escalation.selectors.next_holder"

# At which tier a complaint goes on that is opened again: function of the complaint
COMPLAINT_TIER_AGAIN = "escalation.selectors.tier_again"

# How often departments may send a complaint back or move it on before only arbitration moves it
TRANSFER_BOUNCES = env.whole("REDRESS_TRANSFER_BOUNCES", 3, least=1)

# What was promised to the complainants of these complaints: function of a page of them → promises by complaint
COMPLAINT_PROMISES = "escalation.selectors.promises_made"

# Whoever turns to the office so often within so many days without an answer: an upgrade is proposed (0: never)
REPEAT_CONTACTS = env.whole("REDRESS_REPEAT_CONTACTS", 3, least=0)
REPEAT_CONTACT_DAYS = env.whole("REDRESS_REPEAT_CONTACT_DAYS", 30, least=1)

# The next date promised to the complainant after a moment: function of the complaint and that moment
COMPLAINT_NEXT_PROMISED = "escalation.selectors.promised_after"

# What apps above tell in the API's JSON of a complaint: name → function of a page of complaints
COMPLAINT_API_SECTIONS: dict[str, str] = {"clocks": "escalation.api.sections.clocks"}

# --- Storage ------------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **env.database("DATABASE_URL"),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
REDIS_URL = env.redis("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.redis_for_cache(REDIS_URL),
        "KEY_PREFIX": "redress",
    }
}
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of form text, files not counted
EVIDENCE_MAX_BYTES = 10 * 1024 * 1024
EVIDENCE_MAX_FILES = 10
UPLOAD_MAX_BYTES = (EVIDENCE_MAX_FILES + 2) * EVIDENCE_MAX_BYTES  # a whole request; beyond it nothing is read
FILE_UPLOAD_HANDLERS = [
    "common.uploads.RefuseHugeRequests",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Templates and forms ------------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- People -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "desk:my-work"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
PASSWORD_RESET_TIMEOUT = 3600  # seconds
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
# the sign-in form's own name for the e-mail: without it every failure counts for nobody, and nobody is locked out
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.web.lockout.counted_name"
AXES_CLIENT_IP_CALLABLE = "accounts.web.lockout.counted_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.web.views.locked_out"
AXES_SENSITIVE_PARAMETERS: list[str] = ["username", "ip_address"]  # keeps them out of the log lines
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False  # no greeting in the log at every start

# --- Languages and time -------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("zh-hant", _("Traditional Chinese")),
    ("zh-hans", _("Simplified Chinese")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("REDRESS_TIME_ZONE", "Asia/Taipei")

# --- Mail: every message waits in the outbox; this is how the outbox sends ----------------------------------
_email = env.email("REDRESS_EMAIL_URL")
MAIL_IS_KEPT = _email.pop("KEPT")
OUTBOX_EMAIL_BACKEND = _email.pop("EMAIL_BACKEND")
EMAIL_BACKEND = "notifications.channels.email.OutboxBackend"  # Django's own mail (password resets) queues too
for _name, _value in _email.items():
    if _name.startswith("EMAIL_"):
        globals()[_name] = _value
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.text("REDRESS_FROM_EMAIL", "Redress <complaints@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Workers ------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600  # seconds
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Who asks for a task waits no longer than this for a broker that is down: without it every act of the office
# would take six seconds more. Workers and beat go on trying by settings of their own.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # `expires`: a beat that ran ahead of its workers must not leave a heap of stale reminders behind
    "sweep": {"task": "escalation.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
    "migrate": {"task": "escalation.tasks.migrate", "schedule": 3.0, "options": {"expires": 10}},
    "recount": {"task": "escalation.tasks.recount", "schedule": 60.0, "options": {"expires": 50}},
    "close-silent": {"task": "escalation.tasks.close_silent", "schedule": 60.0, "options": {"expires": 50}},
    "accept-silent": {"task": "escalation.tasks.accept_silent", "schedule": 60.0, "options": {"expires": 50}},
    "lapse-classes": {"task": "escalation.tasks.lapse_classes", "schedule": 60.0, "options": {"expires": 50}},
    "send-outbox": {"task": "notifications.tasks.send_outbox", "schedule": 2.0, "options": {"expires": 10}},
    "tell-of-missing-days": {"task": "notifications.tasks.tell_of_missing_days", "schedule": 6 * 3600.0},
    "sweep-out-leftovers": {"task": "complaints.tasks.sweep_out_leftovers", "schedule": 3600.0},
    "restore-circles": {"task": "complaints.tasks.restore_circles", "schedule": 3600.0, "options": {"expires": 3000}},
    "sweep-out-files": {"task": "complaints.tasks.sweep_out_files", "schedule": 86_400.0},
}
SWEEP_LATE_AFTER_SECONDS = 60  # /healthz/deadlines turns red
METRICS_TOKEN = env.text("REDRESS_METRICS_TOKEN", "")  # without it /metrics answers this machine alone

# --- REST API -----------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["complaints.api.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["complaints.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "complaints.api.parsers.Json",  # files are taken by the one door that asks for them
    ],
    "DEFAULT_PAGINATION_CLASS": "complaints.api.paging.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "complaints.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": "complaints.api.metadata.OfTheDoor",
    "DEFAULT_THROTTLE_CLASSES": ["complaints.api.throttling.PerToken"],
    "DEFAULT_THROTTLE_RATES": {"read": "1200/min", "write": "600/min"},
    "EXCEPTION_HANDLER": "complaints.api.problems.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Redress API",
    "DESCRIPTION": (
        "Complaints, their deadlines and their ladder, for programs.\n\n"
        "- **Who**: send `Authorization: Bearer <token>`. A token acts for one person and sees and does what "
        "that person may; its scopes `read` and `write` narrow it down.\n"
        "- **Names**: departments and categories go by their code, people by their e-mail address, complaints by "
        "their reference. Moments are ISO 8601 with an offset; answers give them in UTC.\n"
        "- **Lists** answer `{results, next, previous}`; follow `next` until it is null.\n"
        "- **Safe repeats**: `Idempotency-Key` when registering, `If-Match` with the last `ETag` when changing.\n"
        "- **Errors** are `application/problem+json` with a stable `code`; `errors` names the fields. Sentences "
        "come in the language of `Accept-Language`: en, zh-hant, zh-hans."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "Status": "complaints.lifecycle.Status",
        "CloseReason": "complaints.aftercare.CloseReason",
        "FollowUpMode": "complaints.aftercare.FollowUpMode",
        "Satisfaction": "complaints.aftercare.Satisfaction",
        "Verb": "complaints.lifecycle.Verb",
        "ComplaintClass": "complaints.classes.ComplaintClass",
        "ClassKind": "complaints.classes.Kind",
        "Channel": "complaints.vocabulary.Channel",
        "Form": "complaints.vocabulary.Form",
        "Track": "complaints.vocabulary.Track",
        "Grade": "complaints.vocabulary.Grade",
        "Priority": "complaints.vocabulary.Priority",
        "Demand": "complaints.vocabulary.Demand",
        "Relation": "complaints.vocabulary.Relation",
        "SubjectKind": "complaints.vocabulary.SubjectKind",
        "Outcome": "complaints.vocabulary.Outcome",
        "DeclineCode": "complaints.vocabulary.DeclineCode",
        "MessageKind": "complaints.models.Message.Kind",
        "DecisionState": "complaints.models.Decision.State",
        "ClockKind": "escalation.policies.ClockKind",
        "ClockState": "escalation.replay.State",
        "StretchKind": "escalation.explanation.Kind",
        "PauseReason": "complaints.vocabulary.PauseReason",
        "ExtensionGround": "escalation.extending.Ground",
        "TaskKind": "complaints.tasking.TaskKind",
        "MajorCriterion": "complaints.gravity.Criterion",
        "SafetyKind": "complaints.gravity.SafetyKind",
        "SafetyGrade": "complaints.gravity.SafetyGrade",
        "HandlerWishKind": "complaints.rehandling.Wish",
        "HandlerWishState": "complaints.rehandling.WishState",
        "MeasureKind": "complaints.measuring.MeasureKind",
        "ProofKind": "complaints.proving.ProofKind",
        "ProofFrom": "complaints.proving.ProofFrom",
        "ProofState": "complaints.proving.ProofState",
        "NumberKind": "complaints.proving.NumberKind",
        "SafetyTold": "complaints.gravity.Told",
        "ProceedingKind": "complaints.outside.ProceedingKind",
        "AuthorityBasis": "complaints.outside.Basis",
        "TaskState": "complaints.tasking.TaskState",
        "Payer": "complaints.tasking.Payer",
        "MatterState": "complaints.settling.MatterState",
        "FactSource": "complaints.judging.Source",
        "GroundsFinding": "complaints.judging.Grounds",
        "DemandFinding": "complaints.judging.DemandFinding",
        "Cause": "complaints.judging.Cause",
        "ResponsibleParty": "complaints.judging.Party",
        "InquiryDepth": "complaints.judging.Depth",
        "JudgementState": "complaints.models.Judgement.State",
        "LetterPart": "complaints.responding.Part",
        "ResponseState": "complaints.responding.ResponseState",
        "RemedyKind": "complaints.remedying.RemedyKind",
        "RemedyState": "complaints.remedying.RemedyState",
        "Loss": "complaints.remedying.Loss",
        "SupplierClaimState": "complaints.remedying.SupplierClaimState",
        "Restriction": "complaints.restricting.Restriction",
        "ProposalState": "complaints.signing.ProposalState",
        "SignatureState": "complaints.signing.SignatureState",
        "Language": LANGUAGES,
    },
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "defaultModelsExpandDepth": 0,
        "validatorUrl": None,  # its badge would ask a server that is not ours
    },
}

# --- Throttles on the public doors (per address) ------------------------------------------------------------
PORTAL_FILE_RATE = "30/h"
PORTAL_TRACK_RATE = "20/m"
TAKE_OVER_RATE = "60/m"  # the page of the link in a letter; machines that look into mail open it as well
RATELIMIT_FAIL_OPEN = True  # a broken cache must not close the door to complainants

# --- Logs ---------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"ids": {"()": "common.logs.AddIds"}},
    "formatters": {
        "json": {"()": "common.logs.JsonFormatter"},
        "text": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["ids"],
            "formatter": "json" if env.flag("REDRESS_LOG_JSON") else "text",
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # Two lines for each task would be 170,000 a day from the reminders alone; failures still show.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # tells of every table of a font that a letter is set in
    },
}
