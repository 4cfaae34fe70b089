"""Which PostgreSQL and Redis the second test run takes, and what it says where there is none."""

import pytest

from scripts import services


@pytest.fixture(autouse=True)
def no_named_services(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)


def test_no_postgresql_is_said_and_nothing_is_run(monkeypatch, capsys):
    monkeypatch.setattr(services, "answers", lambda port: False)
    monkeypatch.setattr(services.subprocess, "run", lambda *a, **k: pytest.fail("pytest was started"))
    assert services.main() == 0
    assert capsys.readouterr().err.splitlines() == [
        "注意：127.0.0.1:5432 上没有 PostgreSQL。",
        "注意：本次未在 PostgreSQL 上运行测试（见上一行）；SQLite 上的测试照常运行。",
    ]


def test_a_named_database_is_taken_without_asking_the_port(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://tester@db/postgres")
    monkeypatch.setattr(services, "answers", lambda port: pytest.fail("asked"))
    monkeypatch.setattr(services, "may_create_databases", lambda url: True)
    assert services.postgres_url() == "postgres://tester@db/postgres"


def test_the_first_role_that_may_make_databases_is_taken(monkeypatch):
    monkeypatch.setattr(services, "answers", lambda port: True)
    monkeypatch.setattr(services, "may_create_databases", lambda url: url == services.CANDIDATES[1])
    assert services.postgres_url() == services.CANDIDATES[1]


def test_an_answer_without_a_usable_role_names_the_command(monkeypatch, capsys):
    monkeypatch.setattr(services, "answers", lambda port: True)
    monkeypatch.setattr(services, "may_create_databases", lambda url: False)
    assert services.postgres_url() is None
    assert "sudo -u postgres createuser --superuser" in capsys.readouterr().err


def test_without_redis_the_run_is_told_and_gets_no_address(monkeypatch, capsys):
    environments: list[dict[str, str]] = []
    monkeypatch.setattr(services, "postgres_url", lambda: "postgres:///postgres")
    monkeypatch.setattr(services, "answers", lambda port: False)

    def run(command, cwd, env, check):
        environments.append(env)
        return services.subprocess.CompletedProcess(command, 5)

    monkeypatch.setattr(services.subprocess, "run", run)
    assert services.main() == 5
    assert environments[0]["DATABASE_URL"] == "postgres:///postgres"
    assert "TEST_REDIS_URL" not in environments[0]
    assert "127.0.0.1:6379 上没有 Redis" in capsys.readouterr().err


def test_two_work_trees_get_two_database_names(monkeypatch, tmp_path):
    mine = services.test_database_name()
    monkeypatch.setattr(services, "ROOT", tmp_path)
    assert mine.startswith("test_portal_")
    assert services.test_database_name() != mine
