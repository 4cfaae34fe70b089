"""Production: refuses to start on a setting that would make it unsafe."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import (
    ALLOWED_HOSTS,
    DATABASES,
    DEBUG,
    DEFAULT_SECRET_KEY,
    FIELD_ENCRYPTION_KEY,
    SECRET_KEY,
    env,
)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ImproperlyConfigured(message)


_require(not DEBUG, "生产环境不得开启 DEBUG：请去掉环境变量 DEBUG。")
_require(
    SECRET_KEY != DEFAULT_SECRET_KEY and len(SECRET_KEY) >= 50,
    "生产环境必须设置自己的 SECRET_KEY（至少 50 个字符）。",
)
_require(bool(ALLOWED_HOSTS) and "*" not in ALLOWED_HOSTS, "生产环境必须设置 ALLOWED_HOSTS，且不得为 *。")
_require(bool(FIELD_ENCRYPTION_KEY), "生产环境必须设置 FIELD_ENCRYPTION_KEY（身份证件号码加密用）。")
_require(
    not DATABASES["default"]["ENGINE"].endswith("sqlite3") or env.bool("ALLOW_SQLITE", default=False),
    "生产环境应使用 PostgreSQL：请设置 DATABASE_URL；确需 SQLite 时设置 ALLOW_SQLITE=1。",
)

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The reverse proxy replaces X-Forwarded-For, so its last entry is the visitor's own address.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES:
    AXES_IPWARE_PROXY_COUNT = TRUSTED_PROXIES
    AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"]
