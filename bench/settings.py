"""Settings of the page benchmark: the portal as it is deployed, and the floor's addresses beside its own."""

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, STATIC_ROOT, TEMPLATES

SECRET_KEY = "benchmark-only-benchmark-only-benchmark-only-benchmark"
ALLOWED_HOSTS = ["*"]
DEBUG = False
ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
