"""`make test-postgres`: the suite on PostgreSQL, with Redis, where they answer on their standard local ports.

Usage: python -m scripts.services -- PYTEST-OPTIONS
TEST_DATABASE_URL and TEST_REDIS_URL name others. What is not there is said plainly, and nothing is run in its stead.
"""

import getpass
import hashlib
import os
import socket
import subprocess
import sys

from scripts.console import ROOT, say, warn

POSTGRES_PORT = 5432
REDIS_PORT = 6379
CANDIDATES = (
    "postgres:///postgres",
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://postgres:postgres@127.0.0.1:5432/postgres",
)


def main() -> int:
    """Run pytest against the services found; returns pytest's exit status, 0 where PostgreSQL is not there."""
    options = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    environment = {**os.environ, "TEST_DATABASE_NAME": test_database_name()}
    url = postgres_url()
    if url is None:
        warn("本次未在 PostgreSQL 上运行测试（见上一行）；SQLite 上的测试照常运行。")
        return 0
    environment["DATABASE_URL"] = url
    redis = redis_url()
    if redis is None:
        environment.pop("REDIS_URL", None)
        warn(f"127.0.0.1:{REDIS_PORT} 上没有 Redis：需要 Redis 的测试将被跳过。")
    else:
        environment["TEST_REDIS_URL"] = redis
    say(f"在 PostgreSQL{' 与 Redis' if redis else ''} 上运行测试")
    return subprocess.run([sys.executable, "-m", "pytest", *options], cwd=ROOT, env=environment, check=False).returncode


def test_database_name() -> str:
    """A database name of this work tree alone, so that two clones can be tested at once."""
    return "test_portal_" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def answers(port: int) -> bool:
    """Whether something listens on this local port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def postgres_url() -> str | None:
    """The first URL whose role may make databases; None, with a warning that says why, where there is none."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named is None and not answers(POSTGRES_PORT):
        warn(f"127.0.0.1:{POSTGRES_PORT} 上没有 PostgreSQL。")
        return None
    for url in (named,) if named else CANDIDATES:
        if may_create_databases(url):
            return url
    warn(
        "PostgreSQL 有应答，但没有可建库的角色可用。请设置 TEST_DATABASE_URL，或执行："
        f"sudo -u postgres createuser --superuser {getpass.getuser()}"
    )
    return None


def may_create_databases(url: str) -> bool:
    """Whether this URL signs in to a role that may make databases."""
    import psycopg2

    try:
        connection = psycopg2.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=3)
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            row = cursor.fetchone()
        return bool(row and row[0])
    finally:
        connection.close()


def redis_url() -> str | None:
    """The Redis to test with: database 15 of the local one, or the one named."""
    named = os.environ.get("TEST_REDIS_URL")
    if named:
        return named
    return f"redis://127.0.0.1:{REDIS_PORT}/15" if answers(REDIS_PORT) else None


if __name__ == "__main__":
    raise SystemExit(main())
