"""Tests: in-memory SQLite unless DATABASE_URL names another; tasks run at once."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portal-test-"))

from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, DATABASES, env

SECRET_KEY = "tests-only-key-tests-only-key-tests-only-key-tests-only"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
AXES_ENABLED = False
VISITOR_LIMITS = {"objection": (100_000, 3600), "unknown_code": (100_000, 600)}
MEDIA_ROOT = DATA_DIR / "media"
(DATA_DIR / "static").mkdir(parents=True, exist_ok=True)
DIGESTS_DIR = DATA_DIR / "digests"
DATABASES["default"].setdefault("TEST", {})
if env("TEST_DATABASE_NAME", default=""):
    DATABASES["default"]["TEST"]["NAME"] = env("TEST_DATABASE_NAME")
DATABASES["default"]["CONN_MAX_AGE"] = 0
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": "100000/min", "user": "100000/min"}  # noqa: F405
