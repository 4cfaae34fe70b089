"""Filling in: what is missing and wrong, figures from the records, writers that never overwrite one another."""

import datetime as dt

import pytest

from apps.cases.models import Case
from apps.cases.workflow import Blocked, NotPermitted
from apps.plans.models import AnnualPlan, PlanExecution, PlannedProject, TrainingProject
from apps.plans.services import plan_submission
from apps.plans.services.opening import open_plan
from apps.plans.services.plan_executions import execution_rows
from apps.plans.services.plan_forms import PlanConflict, load_form, plan_problems, save_part
from tests.factories import make_case
from tests.plans.annual.helpers import YEAR, at, drafted, filed, fill, row, send, supervision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


def messages(plan) -> list[str]:
    return [problem.message for problem in plan_problems(AnnualPlan.objects.select_related("case").get(pk=plan.pk))]


def test_empty_plan_names_every_gap_with_its_article():
    people = supervision("zibo")
    assert messages(open_plan(people.base, YEAR, people.editor)) == [
        "当年计划执行总结：请填写 2026 年计划执行总结（第十九条）。",
        "下一年度计划：请填写 2027 年计划要点（第十九条）。",
        "下一年度计划：请至少填写一个 2027 年的培训项目（第十九条）。",
    ]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (
            {"starts_on": "2026-12-30"},
            "第 1 行“开班日期”：不在 2027 年内；本计划只列 2027 年开办并结束的项目（第十九条）。",
        ),
        (
            {"ends_on": "2028-01-02"},
            "第 1 行“结束日期”：不在 2027 年内；本计划只列 2027 年开办并结束的项目（第十九条）。",
        ),
        ({"ends_on": "2027-03-01"}, "第 1 行“结束日期”：早于开班日期。"),
        ({"fee_fen": "1200"}, "第 1 行“收费依据”：收费项目须写明批准或备案的机关和文号（第二十八条）。"),
        ({"hours_tenths": "1.25"}, "第 1 行“学时”：“1.25”不可识别，应为 0.1 至 9999 的数，最多一位小数。"),
        ({"persons": "9" * 40}, f"第 1 行“人数”：“{'9' * 30}”不是整数，应为 1 至 1000000 的整数。"),
        ({"starts_on": "0001-01-01"}, "第 1 行“开班日期”：“0001-01-01”不是可用的日期，应为日期，例如 2026-03-02。"),
        ({"level": "大师"}, "第 1 行“层次”：“大师”不可识别，应为初级、中级、高级、不限之一。"),
        ({"benefit_percent": "101"}, "第 1 行“公益比例（%）”：101 超出范围，应为 0 至 100 的整数。"),
    ],
)
def test_wrong_cells_are_named_by_row_and_column(values, wrong):
    people = supervision("zibo")
    plan = drafted(people, rows=[row(1, **values)])
    assert messages(plan) == [f"下一年度计划：{wrong}"]


@pytest.mark.parametrize(
    ("jurisdiction", "percent", "favours"),
    [
        ("national", True, ["old_revolutionary", "minority", "border", "poor"]),
        ("shanghai", True, ["private_enterprises", "grassroots", "major_projects"]),
        ("zibo", True, None),
        ("weihai", False, None),
    ],
)
def test_columns_of_public_benefit_are_those_of_the_text(jurisdiction, percent, favours):
    people = supervision(jurisdiction)
    columns = {column.name: column for column in load_form(open_plan(people.base, YEAR, people.editor)).table.columns}
    assert ("benefit_percent" in columns) is percent
    assert [code for code, _ in columns["favours"].choices] == favours if favours else "favours" not in columns


def training(people, year, name, planned=None, **values):
    case = make_case("training_project", people.authority, institution=people.institution, base=people.base)
    case.state = values.pop("state", "archived")
    case.opened_at = dt.datetime.now(dt.UTC)
    case.save()
    fields = {
        "subject_kind": "professional",
        "kind": "training_class",
        "field": "新材料",
        "level": "senior",
        "hours_tenths": 245,
        "value_tenths": 245,
        "persons": 60,
        "starts_on": dt.date(year, 3, 2),
        "ends_on": dt.date(year, 3, 5),
        "mode": "on_site",
        "place": "实训中心",
    }
    return TrainingProject.objects.create(
        case=case, base=people.base, year=year, name=name, planned=planned, **(fields | values)
    )


def test_summary_sets_what_was_held_against_what_was_planned():
    people = supervision("zibo")
    with at("2025-11-20 12:00:00"):
        rows = [row(n, starts_on="2026-03-02", ends_on="2026-03-05") for n in (1, 2, 3)]
        this_year = filed(people, 2026, rows=rows)
    first, second, third = this_year.projects.all()
    training(people, 2026, "按计划的班", first, record_count=60)
    training(people, 2026, "少了人的班", second, held_persons=30, record_count=0)
    training(people, 2026, "计划外的班", None, record_count=12)
    training(people, 2026, "取消的班", third, state="cancelled")
    training(people, 2026, "还没办的计划外班", None, state="ready")
    training(people, 2025, "上一年的班", None, record_count=99)
    other = supervision("zibo")
    training(other, 2026, "别的基地的班", None, record_count=77)

    lines = execution_rows(open_plan(people.base, YEAR, people.editor))
    assert [
        (
            line.name,
            line.planned_persons,
            line.held_persons,
            line.held_attendances,
            line.held_hours_tenths,
            line.differs,
        )
        for line in lines
    ] == [
        ("培训班1", 60, 60, 60, 245, False),
        ("培训班2", 60, 30, 30, 245, True),
        ("培训班3", 60, 0, 0, 0, True),
        ("计划外的班", 0, 12, 12, 245, True),
    ]
    assert [line.outside for line in lines] == [False, False, False, True]


def test_reason_is_due_only_where_figures_differ():
    people = supervision("zibo")
    with at("2025-11-20 12:00:00"):
        this_year = filed(people, 2026, rows=[row(n, starts_on="2026-03-02", ends_on="2026-03-05") for n in (1, 2)])
    training(people, 2026, "按计划的班", this_year.projects.first(), record_count=60)
    plan = open_plan(people.base, YEAR, people.editor)
    typed = {line.key: {"result": "已完成", "reason": ""} for line in execution_rows(plan)}
    fill(plan, people.editor, executions=typed)
    assert messages(plan) == ["当年计划执行总结：“培训班2”：实际与计划不同，请写明原因（第十九条）。"]


def test_persons_of_a_project_held_in_two_classes_are_counted_once(django_assert_num_queries):
    from apps.plans.models import TraineeRecord

    people = supervision("zibo")
    with at("2025-11-20 12:00:00"):
        this_year = filed(people, 2026, rows=[row(1, starts_on="2026-03-02", ends_on="2026-03-05")])
    planned = this_year.projects.get()
    for name, keys in (("一班", ("a", "b")), ("二班", ("b", "c"))):
        project = training(people, 2026, name, planned, record_count=2)
        for key in keys:
            TraineeRecord.objects.create(
                jurisdiction_id="zibo",
                base=people.base,
                year=2026,
                project=project,
                name="学员",
                identity_sealed="x",
                identity_key=key,
                identity_masked="*",
                employer="单位",
                subject_kind="professional",
                value_tenths=245,
                outcome="passed",
            )
    plan = open_plan(people.base, YEAR, people.editor)
    with django_assert_num_queries(4):
        (line,) = execution_rows(plan)
    assert (line.held_persons, line.held_attendances, line.held_hours_tenths, line.held_count) == (3, 4, 490, 2)


def test_two_writers_never_overwrite_each_other():
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    saved = save_part(plan, {"outline": "甲写的"}, 0, people.editor)
    with pytest.raises(PlanConflict) as conflict:
        save_part(plan, {"outline": "乙写的"}, 0, people.head)
    assert conflict.value.current.data == {"outline": "甲写的"}
    saved = save_part(saved, {"summary": "乙写的"}, 1, people.head)
    assert saved.data == {"outline": "甲写的", "summary": "乙写的"}
    assert (saved.data_version, saved.saved_by) == (2, people.head.user)


def test_others_do_not_write():
    people, others = supervision("zibo"), supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    for stranger in (others.editor, people.unit_officer, people.office["officer"]):
        with pytest.raises(NotPermitted):
            save_part(plan, {"outline": "改"}, 0, stranger)


def test_submission_freezes_rows_and_figures():
    people = supervision("shanghai")
    rows = [
        row(1, fee_fen="1200.50", fee_basis="市发改委〔2024〕1号", benefit_percent="30", favours="民营企业、基层单位"),
        row(2, level="初级", hours_tenths="8"),
        {},
    ]
    send(drafted(people, rows=rows), people)
    first, second = PlannedProject.objects.all()
    assert (first.hours_tenths, first.fee_fen, first.benefit_percent) == (245, 120050, 30)
    assert first.favours == ["private_enterprises", "grassroots"]
    assert (second.level, second.hours_tenths, second.fee_fen, second.favours) == ("junior", 80, 0, [])
    plan = AnnualPlan.objects.get()
    assert (plan.summary, plan.outline) == ("全年工作完成。", "围绕新材料开展培训。")
    assert [entry["key"] for entry in plan.data["projects"]] == [first.key, second.key]
    assert first.key != second.key


def test_project_that_training_is_prepared_for_stays_in_the_plan():
    people = supervision("zibo")
    case = send(drafted(people, rows=[row(1), row(2)]), people)
    from apps.plans.services.plan_returns import Item, return_for_correction

    return_for_correction(case, people.unit_officer, [Item("projects", "减少项目")])
    training(people, YEAR, "筹备中的班", PlannedProject.objects.first(), state="draft")
    plan = AnnualPlan.objects.select_related("case").get()
    save_part(plan, {"projects": plan.data["projects"][1:]}, plan.data_version, people.editor)
    with pytest.raises(Blocked) as refused:
        plan_submission.resubmit(case, people.head)
    assert refused.value.problems[0].code == "project_in_use"
    assert PlannedProject.objects.count() == 2
    assert PlanExecution.objects.count() == 0


def test_completeness_counts_what_is_filled():
    people = supervision("national")
    plan = open_plan(people.base, YEAR, people.editor)
    states = load_form(plan).completeness()["sections"]
    assert {code: (state["status"], state["required"]) for code, state in states.items()} == {
        "summary": ("empty", 1),
        "projects": ("empty", 2),
        "attachments": ("empty", 1),
    }
    assert load_form(fill(plan, people.editor)).completeness()["complete"] == 3


def test_nul_characters_and_five_hundred_rows():
    people = supervision("zibo")
    plan = drafted(people, rows=[row(n) for n in range(501)])
    assert messages(plan) == ["下一年度计划：第 501 行：最多 500 行，现有 501 行。"]
    plan = Case.objects.get(pk=plan.pk).annual_plan
    fill(plan, people.editor, rows=[row(n) for n in range(500)])
    send(plan, people)
    assert PlannedProject.objects.count() == 500
