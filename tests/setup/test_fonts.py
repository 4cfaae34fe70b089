"""Fonts for official documents: taken out of a Debian package, or done without and said so."""

import gzip
import os
import shutil
import subprocess

import pytest

from scripts import fonts
from scripts.fonts import FontPackage, FontsUnavailable

PACKAGE = FontPackage(
    name="fonts-example",
    files=("ExampleFang-Regular.otf", "ExampleKai-Regular.otf"),
    licence="usr/share/doc/fonts-example/COPYING.gz",
    licence_as="COPYING-Example.txt",
)


@pytest.fixture
def archive(tmp_path):
    """Build a real .deb from a mapping of paths to bytes."""
    if not shutil.which("dpkg-deb"):
        pytest.skip("dpkg-deb is Debian's")

    def build(contents):
        tree = tmp_path / "tree"
        for name, data in contents.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir()
        control.write_text(
            "Package: fonts-example\nVersion: 1\nArchitecture: all\n"
            "Maintainer: Example <example@example.org>\nDescription: fonts of a test\n"
        )
        deb = tmp_path / "fonts-example_1_all.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", str(tree), str(deb)], capture_output=True, check=True)
        return deb

    return build


def test_only_the_wanted_fonts_and_their_licence_are_unpacked(archive, tmp_path):
    deb = archive(
        {
            "usr/share/fonts/ExampleFang-Regular.otf": b"fang",
            "usr/share/fonts/deep/ExampleKai-Regular.otf": b"kai",
            "usr/share/fonts/ExampleUnwanted.otf": b"unwanted",
            "usr/share/doc/fonts-example/COPYING.gz": gzip.compress(b"licence"),
        }
    )
    folder = tmp_path / "fonts"
    fonts.unpack(PACKAGE, deb, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "ExampleFang-Regular.otf": b"fang",
        "ExampleKai-Regular.otf": b"kai",
        "COPYING-Example.txt": b"licence",
    }
    assert fonts.missing_files(PACKAGE, folder) == []


def test_a_package_without_a_wanted_font_places_none(archive, tmp_path):
    deb = archive({"usr/share/fonts/ExampleFang-Regular.otf": b"fang"})
    with pytest.raises(FontsUnavailable, match=r"fonts-example_1_all\.deb 中没有 ExampleKai-Regular\.otf"):
        fonts.unpack(PACKAGE, deb, tmp_path / "fonts")
    assert fonts.missing_files(PACKAGE, tmp_path / "fonts") == list(PACKAGE.files)


def test_a_damaged_package_is_told_in_one_line(tmp_path):
    deb = tmp_path / "fonts-example_1_all.deb"
    deb.write_bytes(b"cut off")
    with pytest.raises(FontsUnavailable, match=r"无法解开 fonts-example_1_all\.deb"):
        fonts.unpack(PACKAGE, deb, tmp_path / "fonts")


def test_an_empty_font_file_counts_as_missing(tmp_path):
    (tmp_path / "ExampleFang-Regular.otf").write_bytes(b"")
    (tmp_path / "ExampleKai-Regular.otf").write_bytes(b"kai")
    assert fonts.missing_files(PACKAGE, tmp_path) == ["ExampleFang-Regular.otf"]


def test_without_network_setup_goes_on_and_says_which_fonts_lack(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fonts, "FONTS_DIR", tmp_path)
    monkeypatch.setattr(fonts, "missing_files", lambda package: list(package.files))
    monkeypatch.setattr(fonts, "has_noto_serif", lambda: True)
    monkeypatch.setattr(fonts, "_apt", lambda arguments, work: False)
    assert fonts.ensure() == list(fonts.FANDOL.files)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "FandolFang-Regular.otf" in lines[0]
    assert lines[0].endswith("文书将以现有字体输出。联网后重新执行 make setup")


def test_private_package_lists_are_fetched_where_the_machine_has_none(tmp_path, monkeypatch):
    ran: list[list[str]] = []

    def apt(arguments, work):
        ran.append([word for word in arguments if not word.startswith(("-o", "Dir::"))])
        if len(ran) < 3:
            return len(ran) == 2
        (work / "fonts-example_1_all.deb").write_bytes(b"")
        return True

    monkeypatch.setattr(fonts, "_apt", apt)
    monkeypatch.setattr(fonts.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert fonts.download("fonts-example", tmp_path) == tmp_path / "fonts-example_1_all.deb"
    assert ran == [["download", "fonts-example"], ["update"], ["download", "fonts-example"]]


def test_a_machine_without_apt_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    with pytest.raises(FontsUnavailable, match="本机没有 apt-get 与 dpkg-deb"):
        fonts.download("fonts-example", tmp_path)


def test_root_installs_noto_serif_before_unpacking_it(monkeypatch, tmp_path):
    installed: list[list[str]] = []
    monkeypatch.setattr(fonts, "missing_files", lambda package: [])
    monkeypatch.setattr(fonts, "has_noto_serif", lambda: bool(installed))
    monkeypatch.setattr(fonts, "can_install", lambda: True)
    monkeypatch.setattr(fonts, "missing", lambda packages: ["fonts-noto-cjk"])
    monkeypatch.setattr(fonts, "apt_install", installed.append)
    monkeypatch.setattr(fonts, "download", lambda name, work: pytest.fail("downloaded although installed"))
    assert fonts.ensure() == []
    assert installed == [["fonts-noto-cjk"]]


def test_the_users_id_decides_how_apt_is_called(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    seen: list[list[str]] = []

    def run(command, **options):
        seen.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(fonts.subprocess, "run", run)
    assert fonts._apt(["download", "fonts-example"], tmp_path) is True
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert fonts._apt(["download", "fonts-example"], tmp_path) is True
    assert seen == [
        ["apt-get", "-o", "APT::Sandbox::User=root", "-q", "download", "fonts-example"],
        ["apt-get", "-q", "download", "fonts-example"],
    ]
