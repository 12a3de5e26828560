"""Settings that hold everywhere. What a deployment must choose comes from environment variables

(deploy/README.md, deploy/env.example).
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.settings import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("LICHENG_VAR", BASE_DIR / "var"))

SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = False
FIELD_KEYS = environment.field_keys(os.environ.get("FIELD_KEYS", ""))
"""Keys of sealed fields by id, the newest first; none: one derived from SECRET_KEY (accounts.encryption)."""
ALLOWED_HOSTS = environment.words(os.environ.get("ALLOWED_HOSTS", ""))
CSRF_TRUSTED_ORIGINS = environment.words(os.environ.get("CSRF_TRUSTED_ORIGINS", ""))
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "guardian",
    "viewflow.workflow",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "audit",
    "accounts",
    "programmes",
    "cases",
    "workflows",
    "notifications",
    "supervision",
    "workshop",
    "portal",
    "api",
    "config",
]

MIDDLEWARE = [
    "config.middleware.PieceByPiece",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.RefuseNul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

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
                "config.context.page",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{VAR_DIR / 'licheng.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL so that readers never wait; IMMEDIATE so that two doors queue instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
ATOMIC_REQUESTS = False  # the door owns its transaction; nobody wraps it
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail", "pdf"]}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_RAISE_403 = True
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "portal:index"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SIGN_OUT_COOKIES = ("licheng_precheck",)
"""Cookies that go with the person who signs out, beside the session's."""
SESSION_COOKIE_AGE = 8 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "files"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Files that go with a declaration; nginx's client_max_body_size must let one request with several of them pass.
MATERIAL_MAX_BYTES = int(os.environ.get("MATERIAL_MAX_MB", "50")) * 1024 * 1024
MATERIAL_MAX_PER_ITEM = int(os.environ.get("MATERIAL_MAX_PER_ITEM", "20"))
MATERIAL_MAX_CASE_BYTES = int(os.environ.get("MATERIAL_MAX_CASE_MB", "500")) * 1024 * 1024
MATERIAL_TYPES = environment.words(os.environ.get("MATERIAL_TYPES", "PDF,OFD,PNG,JPEG,DOCX,XLSX").upper())
MATERIAL_MAX_MEGAPIXELS = int(os.environ.get("MATERIAL_MAX_MEGAPIXELS", "200"))
MATERIAL_MAX_UNPACKED_BYTES = int(os.environ.get("MATERIAL_MAX_UNPACKED_MB", "1024")) * 1024 * 1024
# A file comes in pieces of this size, below DATA_UPLOAD_MAX_MEMORY_SIZE; what stays unfinished is kept for so many days.
MATERIAL_CHUNK_BYTES = 2 * 1024 * 1024
MATERIAL_UPLOAD_DAYS = int(os.environ.get("MATERIAL_UPLOAD_DAYS", "7"))
# The virus scanner: tcp://host:3310 or unix:///run/clamav/clamd.ctl; empty: files are not scanned.
CLAMD_URL = os.environ.get("CLAMD_URL", "")
CLAMD_TIMEOUT = float(
    os.environ.get("CLAMD_TIMEOUT", "10")
)  # seconds that an upload waits; the background: six times
CLAMD_QUICK_BYTES = (
    int(os.environ.get("CLAMD_QUICK_MB", "10")) * 1024 * 1024
)  # larger ones: in the background
# Tables that are imported: size of the file, of what it unpacks to, and cells up to the last value.
SPREADSHEET_MAX_BYTES = int(os.environ.get("SPREADSHEET_MAX_MB", "10")) * 1024 * 1024
SPREADSHEET_MAX_UNPACKED = int(os.environ.get("SPREADSHEET_MAX_UNPACKED_MB", "300")) * 1024 * 1024
SPREADSHEET_MAX_CELLS = int(os.environ.get("SPREADSHEET_MAX_CELLS", "300000"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 10
if os.environ.get("EMAIL_URL"):  # one line instead of the six above
    globals().update(environment.email(os.environ["EMAIL_URL"]))
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "licheng@localhost")

REHEARSAL = False
DEMO = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}},
}
