"""Amending a filed plan, its versions side by side, copying last year's, and the spreadsheet."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from apps.cases.models import Clock
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_decisions, plan_sheets
from apps.plans.services.opening import open_plan
from apps.plans.services.plan_amendments import amend, compare, copy_last_year, versions_of
from apps.plans.services.plan_forms import load_form, plan_problems, save_part
from tests.plans.annual.helpers import YEAR, agree, at, filed, row, send, supervision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


def loaded(plan) -> AnnualPlan:
    return AnnualPlan.objects.select_related("case", "base").get(pk=plan.pk)


def test_amendment_takes_the_same_road_and_keeps_every_version():
    people = supervision("zibo")
    first = filed(people, rows=[row(1), row(2)])
    keys = [project.key for project in first.projects.all()]
    second = amend(first, people.editor, "增加一个班")
    assert (second.version, second.amends, second.case.state) == (2, first, "draft")
    assert not Clock.objects.filter(case=second.case).exists()
    assert plan_problems(second) == []
    rows = second.data["projects"]
    changed = [rows[0] | {"persons": "90"}, rows[1], row(3)]
    second = save_part(second, {"projects": changed}, second.data_version, people.editor)
    case = send(second, people)
    agree(case, people)
    plan_decisions.file_plan(case, people.office["officer"])
    second = loaded(second)
    assert second.case.state == "filed"
    assert [project.key for project in second.projects.all()][:2] == keys
    assert (second.submitted_late_days, second.filed_late_days) == (None, None)
    assert [project.persons for project in loaded(first).projects.all()] == [60, 60]
    assert [plan.version for plan in versions_of(people.base, YEAR)] == [1, 2]


def test_only_one_amendment_is_open_and_only_of_the_latest_filed_version():
    people, others = supervision("zibo"), supervision("zibo")
    first = filed(people)
    with pytest.raises(NotPermitted):
        amend(first, others.editor, "改")
    with pytest.raises(Blocked):
        amend(first, people.editor, " ")
    second = amend(first, people.editor, "改")
    with pytest.raises(WrongState) as refused:
        amend(first, people.editor, "再改")
    assert refused.value.problems[0].code == "amendment_open"
    perform(second.case, "drop", people.head, reason="不需要了")
    third = amend(first, people.editor, "再改")
    assert third.version == 3
    case = send(third, people)
    agree(case, people)
    plan_decisions.file_plan(case, people.office["officer"])
    with pytest.raises(WrongState) as refused:
        amend(loaded(first), people.editor, "改旧版")
    assert refused.value.problems[0].code == "not_latest"


def test_the_years_own_plan_is_not_dropped():
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    with pytest.raises(Blocked) as refused:
        perform(plan.case, "drop", people.head, reason="不做了")
    assert refused.value.problems[0].code == "plan_due"


def test_versions_are_compared_by_key():
    people = supervision("zibo")
    first = filed(people, rows=[row(1), row(2), row(3)])
    second = amend(first, people.editor, "调整")
    rows = second.data["projects"]
    changed = [row(9), rows[2], rows[0] | {"name": "改名的班", "persons": "90"}]
    second = save_part(second, {"projects": changed, "outline": "新的要点"}, 0, people.editor)
    found = compare(loaded(first), loaded(second))
    assert [(line.name, line.state) for line in found.rows] == [
        ("培训班9", "added"),
        ("培训班3", "same"),
        ("改名的班", "changed"),
        ("培训班2", "removed"),
    ]
    assert found.rows[2].cells == [
        {"label": "项目名称", "before": "培训班1", "after": "改名的班"},
        {"label": "人数", "before": "60", "after": "90"},
    ]
    assert (found.count("added"), found.count("removed"), found.count("changed")) == (1, 1, 1)
    assert found.texts[1] == {"label": "2027 年计划要点", "before": "围绕新材料开展培训。", "after": "新的要点"}


def test_equal_values_written_differently_are_no_difference():
    people = supervision("zibo")
    first = filed(people, rows=[row(1, hours_tenths="24.0", persons="1,000")])
    second = amend(first, people.editor, "调整")
    assert [line.state for line in compare(first, second).rows] == ["same"]


def test_last_years_plan_is_copied_a_year_later_under_new_keys():
    people = supervision("zibo")
    with at("2023-11-20 12:00:00"):
        people.base.recognised_on = people.base.recognised_on.replace(year=2020)
        people.base.save()
        filed(people, 2024, rows=[row(1, starts_on="2024-02-29", ends_on="2024-03-01")])
    with at("2024-11-20 12:00:00"):
        plan = open_plan(people.base, 2025, people.editor)
        assert copy_last_year(plan, 0, people.editor) == 1
        (copied,) = loaded(plan).data["projects"]
        assert (copied["starts_on"], copied["ends_on"], copied["key"]) == ("2025-02-28", "2025-03-01", "")
        assert loaded(plan).data["outline"] == "围绕新材料开展培训。"


def test_nothing_to_copy_is_said():
    people = supervision("zibo")
    with pytest.raises(Blocked) as refused:
        copy_last_year(open_plan(people.base, YEAR, people.editor), 0, people.editor)
    assert "2026" in refused.value.problems[0].message


def workbook(form, *rows: dict[str, str]) -> SimpleUploadedFile:
    book = load_workbook(io.BytesIO(plan_sheets.template_file(form)))
    sheet = book.worksheets[0]
    columns = [column for column in form.table.columns if column.name != "key"]
    for line in rows:
        sheet.append([line.get(column.name, "") for column in columns])
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("计划.xlsx", target.getvalue())


def test_spreadsheet_with_wrong_rows_changes_nothing_and_names_them():
    people = supervision("zibo")
    form = load_form(open_plan(people.base, YEAR, people.editor))
    upload = workbook(form, row(1), row(2, persons="许多"), row(3, starts_on="2026-01-01"))
    imported = plan_sheets.import_projects(form, plan_sheets.read_file(form, upload), 0, people.editor, append=False)
    assert [(error.row, error.column) for error in imported.errors] == [(3, "人数"), (4, "开班日期")]
    assert loaded(form.plan).data == {}


def test_spreadsheet_replaces_rows_and_keeps_the_keys_of_known_projects():
    people = supervision("shanghai")
    second = amend(filed(people, rows=[row(1, favours="基层单位"), row(2)]), people.editor, "调整")
    form = load_form(second)
    keys = {entry["name"]: entry["key"] for entry in form.rows}
    exported = load_workbook(io.BytesIO(plan_sheets.export_file(form))).worksheets[0]
    assert exported.cell(2, 1).value == "培训班1"
    assert exported.cell(2, len(form.table.columns) - 1).value == "基层单位"
    upload = workbook(form, row(2, persons="1,200", fee_fen="99.9", fee_basis="文号"), row(7))
    sheet = plan_sheets.read_file(form, upload)
    imported = plan_sheets.import_projects(form, sheet, second.data_version, people.editor, append=False)
    assert (imported.errors, imported.count) == ([], 2)
    rows = loaded(second).data["projects"]
    assert [(entry["name"], entry["key"]) for entry in rows] == [("培训班2", keys["培训班2"]), ("培训班7", "")]
    assert (rows[0]["persons"], rows[0]["fee_fen"], rows[0]["hours_tenths"]) == ("1200", "99.9", "24.5")


def test_rows_are_added_behind_up_to_the_limit():
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    plan = save_part(plan, {"projects": [row(n) for n in range(499)]}, 0, people.editor)
    form = load_form(plan)
    sheet = plan_sheets.read_file(form, workbook(form, row(1), row(2)))
    imported = plan_sheets.import_projects(form, sheet, 1, people.editor, append=True)
    assert [error.message for error in imported.errors] == ["导入后共 501 行，超过上限 500 行。"]


def test_a_file_that_is_no_workbook_is_refused():
    people = supervision("zibo")
    form = load_form(open_plan(people.base, YEAR, people.editor))
    with pytest.raises(plan_sheets.NotReadable):
        plan_sheets.read_file(form, SimpleUploadedFile("计划.xlsx", b"PK\x03\x04not a workbook"))
    book = Workbook()
    book.active.append(["别的表", "内容"])
    target = io.BytesIO()
    book.save(target)
    sheet = plan_sheets.read_file(form, SimpleUploadedFile("计划.xlsx", target.getvalue()))
    assert plan_sheets.import_projects(form, sheet, 0, people.editor, append=False).errors
