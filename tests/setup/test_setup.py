"""The steps of set-up: done once, done again when their inputs change, and one line where they cannot go on."""

import os
import subprocess
import sys

import pytest

from scripts import setup, system_packages
from scripts.console import ROOT, SetupError, run_logged
from scripts.system_packages import SystemPackage

THERE = SystemPackage("libthere0", lambda: True)
ABSENT = SystemPackage("libabsent0", lambda: False)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A project folder of its own for the steps under test."""
    for module in (setup, system_packages):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATA_DIR", raising=False)
    (tmp_path / "requirements").mkdir()
    (tmp_path / ".venv").mkdir()
    for name in ("base", "dev", "node"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}")
    return tmp_path


@pytest.fixture
def commands(monkeypatch):
    """Record what the steps would run, as (log name, words of the command)."""
    ran: list[tuple[str, list[str]]] = []

    def record(command, log, remedy, env=None, cwd=None):
        ran.append((log, [str(part) for part in command]))

    monkeypatch.setattr(setup, "run_logged", record)
    return ran


def test_an_old_python_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SetupError, match=r"需要 Python 3\.11 或更新版本，现为 3\.10。.*PYTHON=python3\.11"):
        setup.check_python()


def test_packages_are_installed_once_with_hashes(tree, commands):
    setup.python_packages("base")
    setup.python_packages("base")
    assert [log for log, _ in commands] == ["pip"]
    assert "--require-hashes" in commands[0][1]
    assert commands[0][1][-1] == str(tree / "requirements" / "base.txt")


def test_a_changed_lock_installs_again(tree, commands):
    setup.python_packages("base")
    (tree / "requirements" / "base.txt").write_text("another")
    setup.python_packages("base")
    assert len(commands) == 2


def test_the_development_lock_serves_for_the_base(tree, commands):
    setup.python_packages("dev")
    setup.python_packages("base")
    assert len(commands) == 1


def test_the_base_lock_does_not_serve_for_development(tree, commands):
    setup.python_packages("base")
    setup.python_packages("dev")
    assert [command[-1].rsplit("/", 1)[1] for _, command in commands] == ["base.txt", "dev.txt"]


def test_a_failed_installation_leaves_no_stamp(tree, monkeypatch):
    def fail(*arguments, **options):
        raise SetupError("no network")

    monkeypatch.setattr(setup, "run_logged", fail)
    with pytest.raises(SetupError):
        setup.python_packages("base")
    assert list((tree / ".venv").iterdir()) == []


def test_front_end_assets_follow_their_lock(tree, commands, monkeypatch):
    monkeypatch.setattr(setup.shutil, "which", lambda name: "/usr/bin/npm")
    setup.front_end_assets()
    setup.front_end_assets()
    (tree / "package-lock.json").write_text('{"lockfileVersion": 3}')
    setup.front_end_assets()
    assert [command[:2] for _, command in commands] == [["/usr/bin/npm", "ci"]] * 2


def test_without_npm_one_is_installed_from_the_lock(tree, commands, monkeypatch):
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    setup.front_end_assets()
    assert [log for log, _ in commands] == ["node", "npm"]
    assert commands[0][1][-1] == str(tree / "requirements" / "node.txt")
    assert commands[1][1][0] == str(tree / ".venv" / "bin" / "npm")


def migrated(tree) -> None:
    (tree / "var").mkdir(exist_ok=True)
    (tree / "var" / "portal.sqlite3").write_text("")


def test_database_is_migrated_and_filled_once(tree, commands):
    setup.database()
    migrated(tree)
    setup.database()
    assert [log for log, _ in commands] == ["migrate", "demo"]


def test_a_new_migration_migrates_and_keeps_the_demo_data(tree, commands):
    setup.database()
    migrated(tree)
    folder = tree / "apps" / "cases" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text("")
    setup.database()
    assert [log for log, _ in commands] == ["migrate", "demo", "migrate"]


def test_a_deleted_database_is_made_and_filled_again(tree, commands):
    setup.database()
    migrated(tree)
    (tree / "var" / "portal.sqlite3").unlink()
    setup.database()
    assert [log for log, _ in commands] == ["migrate", "demo"] * 2


def test_a_database_server_is_migrated_every_time_and_filled_once(tree, commands, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres:///portal")
    setup.database()
    setup.database()
    assert [log for log, _ in commands] == ["migrate", "demo", "migrate"]


def test_another_database_gets_its_own_demo_data(tree, commands, monkeypatch):
    setup.database()
    migrated(tree)
    monkeypatch.setenv("DATABASE_URL", "postgres:///portal")
    setup.database()
    assert [log for log, _ in commands] == ["migrate", "demo"] * 2


def test_present_packages_need_nothing():
    system_packages.ensure([THERE], "系统库")


def test_missing_packages_without_root_name_the_one_command(monkeypatch):
    monkeypatch.setattr(system_packages, "can_install", lambda: False)
    with pytest.raises(SetupError) as refused:
        system_packages.ensure([THERE, ABSENT], "PDF 排版所需的系统库")
    assert str(refused.value) == (
        "缺少PDF 排版所需的系统库：libabsent0。请执行："
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libabsent0"
    )


def test_missing_packages_are_installed_as_root(monkeypatch):
    state = {"present": False}
    asked: list[list[str]] = []

    def install(names):
        asked.append(names)
        state["present"] = True

    monkeypatch.setattr(system_packages, "can_install", lambda: True)
    monkeypatch.setattr(system_packages, "apt_install", install)
    system_packages.ensure([SystemPackage("libnew0", lambda: state["present"]), THERE], "系统库")
    assert asked == [["libnew0"]]


def test_a_library_that_no_machine_has_is_not_found():
    assert system_packages.has_library("libno-such-library.so.0") is False


def test_a_failing_command_ends_in_one_line_with_remedy_and_log():
    code = "import sys; print('first'); print('cannot reach the index', file=sys.stderr); sys.exit(4)"
    with pytest.raises(SetupError) as refused:
        run_logged([sys.executable, "-c", code], "test-command", "请检查网络")
    log = ROOT / "var" / "log" / "test-command.log"
    try:
        assert str(refused.value) == "请检查网络（cannot reach the index；全文见 var/log/test-command.log）"
        assert sorted(log.read_text(encoding="utf-8").splitlines()) == ["cannot reach the index", "first"]
    finally:
        log.unlink()


def test_a_command_that_is_not_there_ends_in_one_line():
    with pytest.raises(SetupError, match=r"请检查网络（/no/such/program："):
        run_logged(["/no/such/program"], "test-absent", "请检查网络")
    (ROOT / "var" / "log" / "test-absent.log").unlink()


def test_make_without_a_usable_python_names_the_package():
    done = subprocess.run(
        ["make", "setup", "PYTHON=no-such-python"],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "错误：未找到 Python 3.11 或更新版本。请执行：sudo apt-get install -y python3 python3-venv"
    )
    assert "Traceback" not in done.stderr
