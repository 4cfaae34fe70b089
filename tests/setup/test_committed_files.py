"""What the repository says to machines: locks with hashes and no host, production without a secret."""

import json
import re

import pytest
import yaml

from scripts.console import ROOT

LOCKS = ("base.txt", "dev.txt", "node.txt")
SECRET = re.compile(r"(SECRET|PASSWORD|KEY|TOKEN)", re.IGNORECASE)


def blocks(lock: str) -> list[str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return [block for block in re.split(r"\n(?=\S)", text.strip()) if not block.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_an_exact_version_and_a_hash(lock):
    assert blocks(lock)
    for block in blocks(lock):
        assert re.match(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[^ ]+ ", block), block.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host_or_a_path(lock):
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--index-url|--find-links|\s/", text)


def test_the_development_lock_holds_the_base_lock_unchanged():
    assert set(blocks("base.txt")) <= set(blocks("dev.txt"))


def test_the_front_end_lock_has_integrity_and_no_host():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert "node_modules/bootstrap" in packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_production_has_every_part(compose):
    assert set(compose["services"]) == {"proxy", "web", "worker", "beat", "migrate", "db", "redis"}
    assert set(compose["volumes"]) == {"database", "queue", "files"}


def test_every_standing_service_has_a_health_check(compose):
    standing = {name for name, service in compose["services"].items() if service["restart"] != "no"}
    assert standing == {"proxy", "web", "worker", "beat", "db", "redis"}
    assert {name for name in standing if compose["services"][name].get("healthcheck", {}).get("test")} == standing


def test_every_secret_of_production_comes_from_the_environment_and_is_required(compose):
    secrets = {
        (service, name): value
        for service, options in compose["services"].items()
        for name, value in options.get("environment", {}).items()
        if SECRET.search(name) or name in {"REDISCLI_AUTH", "DATABASE_URL", "REDIS_URL"}
    }
    assert ("web", "SECRET_KEY") in secrets
    assert ("db", "POSTGRES_PASSWORD") in secrets
    for place, value in secrets.items():
        assert re.search(r"\$\{[A-Z_]+:\?", value), place
        assert not re.search(r"://[^$]*:[^$]+@", value), place


def test_only_the_proxy_is_reached_from_outside(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"]["internal"] is True
    assert compose["services"]["db"]["networks"] == ["inside"]
    assert compose["services"]["redis"]["networks"] == ["inside"]


def test_files_are_on_a_volume_that_all_portal_services_share(compose):
    sharing = {name for name, service in compose["services"].items() if "files:/data" in service.get("volumes", [])}
    assert sharing == {"web", "worker", "beat", "migrate"}


def test_the_example_environment_names_what_production_requires_and_gives_no_secret():
    compose_text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{([A-Z_]+):\?", compose_text))
    lines = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert required <= set(given)
    assert {name for name in required if given[name]} == set()


def test_what_machines_make_is_not_committed():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/.venv/", "/node_modules/", "/var/", "/.env"} <= set(ignored)
