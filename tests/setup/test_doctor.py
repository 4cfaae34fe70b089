"""The table of what is there and what is not, each lack with its remedy."""

import pytest

from scripts import doctor


def test_every_lack_is_listed_with_its_remedy(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "findings", lambda: [("甲", True, "不需要"), ("乙", False, "make setup")])
    with pytest.raises(SystemExit) as end:
        doctor.main()
    assert end.value.code == 1
    assert capsys.readouterr().out.splitlines() == ["[有] 甲", "[缺] 乙    → make setup"]


def test_a_complete_machine_ends_well(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "findings", lambda: [("甲", True, "不需要")])
    with pytest.raises(SystemExit) as end:
        doctor.main()
    assert end.value.code == 0
    assert capsys.readouterr().out == "[有] 甲\n"


def test_it_looks_at_system_packages_fonts_and_database(monkeypatch):
    monkeypatch.setattr(doctor.fonts, "missing_files", lambda package: ["FandolFang-Regular.otf"])
    found = {what: (present, remedy) for what, present, remedy in doctor.findings()}
    assert found["公文字体 仿宋、楷体、黑体、宋体"] == (False, "联网后执行 make setup")
    assert {"系统软件包 libpango-1.0-0", "系统软件包 fonts-noto-cjk", "系统软件包 chromium"} <= set(found)
    assert found["Python 3.11 或更新版本"][0] is True
