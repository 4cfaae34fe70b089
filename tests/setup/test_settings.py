"""Settings from the environment: what production refuses to start with, and what the embedded default is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.console import ROOT

SOUND = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "k7" * 32,
    "ALLOWED_HOSTS": "bases.example.org",
    "FIELD_ENCRYPTION_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "DATABASE_URL": "postgres://portal:example@db:5432/portal",
    "REDIS_URL": "redis://redis:6379/0",
}
PRINT = "from django.conf import settings; print(settings.DEBUG, settings.DATABASES['default']['ENGINE'])"


def start(environment: dict[str, str], data: Path, code: str = PRINT) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, with nothing of this one's environment but the path."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1]


def test_production_starts_on_a_sound_environment(tmp_path):
    done = start(SOUND, tmp_path)
    assert (done.returncode, done.stdout.split()) == (0, ["False", "django.db.backends.postgresql"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 49}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"FIELD_ENCRYPTION_KEY": None}, "FIELD_ENCRYPTION_KEY"),
        ({"DATABASE_URL": None}, "ALLOW_SQLITE"),
        ({"DATABASE_URL": "sqlite:////tmp/portal.sqlite3"}, "ALLOW_SQLITE"),
    ],
)
def test_production_refuses_to_start_and_names_the_variable(tmp_path, change, named):
    environment = {name: value for name, value in {**SOUND, **change}.items() if value is not None}
    done = start(environment, tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert last_line(done).startswith("django.core.exceptions.ImproperlyConfigured: 生产环境")
    assert named in last_line(done)


def test_production_on_sqlite_needs_an_explicit_yes(tmp_path):
    environment = {**SOUND, "ALLOW_SQLITE": "1"}
    del environment["DATABASE_URL"]
    done = start(environment, tmp_path)
    assert (done.returncode, done.stdout.split()) == (0, ["False", "django.db.backends.sqlite3"])


def test_the_embedded_database_logs_ahead_waits_and_keeps_foreign_keys(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "cursor = connection.cursor()\n"
        "for name in ('journal_mode', 'foreign_keys', 'busy_timeout'):\n"
        "    print(name, cursor.execute(f'PRAGMA {name}').fetchone()[0])\n"
    )
    done = start({"DJANGO_SETTINGS_MODULE": "config.settings.dev"}, tmp_path, code)
    assert done.stdout.splitlines() == ["journal_mode wal", "foreign_keys 1", "busy_timeout 20000"], done.stderr


def test_the_embedded_queue_needs_no_server(tmp_path):
    code = "from django.conf import settings; print(settings.CELERY_BROKER_URL)"
    done = start({"DJANGO_SETTINGS_MODULE": "config.settings.dev"}, tmp_path, code)
    assert done.stdout.strip() == "filesystem://", done.stderr
    assert (tmp_path / "broker" / "queue").is_dir()


def test_with_addresses_the_same_code_takes_postgresql_and_redis(tmp_path):
    code = (
        "from django.conf import settings\n"
        "print(settings.DATABASES['default']['HOST'], settings.CELERY_BROKER_URL, settings.CACHES['default']['BACKEND'])"
    )
    done = start({**SOUND, "DJANGO_SETTINGS_MODULE": "config.settings.dev"}, tmp_path, code)
    assert done.stdout.split() == ["db", "redis://redis:6379/0", "django.core.cache.backends.redis.RedisCache"]
