"""Special funds granted elsewhere: method and plan go to the base's managing unit (national 33, 34)."""

import datetime as dt

import pytest

from apps.cases.workflow import Blocked, NotPermitted
from apps.subsidies.services import plan_drafting
from apps.subsidies.services.plan_content import content_of
from tests.factories import Supervision
from tests.subsidies.content.typed import LINES, fill

pytestmark = pytest.mark.django_db
LINE = {**LINES[0], "category": "database", "item": "专家数据库"}
ABOUT = {
    "granted_fen": "150,000.03",
    "grant_document": "财社〔2026〕8号",
    "granted_on": "2026-03-02",
    "method": "专款专用，单独核算。",
}
OWN = {"key": "", "source": "建设单位", "purpose": "场地", "amount_fen": "20000.5"}


def started(stage):
    return plan_drafting.start_special_plan(stage.base, stage.editor)


def test_plan_goes_to_the_managing_unit_with_method_grant_and_own_funds():
    stage = Supervision("national")
    plan = started(stage)
    fill(plan, stage.editor, **ABOUT, lines=[LINE], own_funds=[OWN])
    plan_drafting.submit_plan(plan.case, stage.head)
    plan.refresh_from_db()
    assert plan.case.state == "unit_review"
    assert plan.case.turn_organisation == stage.unit
    assert (plan.granted_fen, plan.grant_document, plan.granted_on) == (
        15_000_003,
        "财社〔2026〕8号",
        dt.date(2026, 3, 2),
    )
    assert plan.method == "专款专用，单独核算。"
    assert list(plan.own_funds.values_list("source", "amount_fen")) == [("建设单位", 2_000_050)]
    shown = content_of(plan.case, stage.unit_officer)
    assert (shown.total_fen, shown.own_fen, shown.lines[0].category) == (15_000_003, 2_000_050, "数据库开发")


def test_performance_plan_is_not_asked_for_by_this_text():
    stage = Supervision("national")
    plan = started(stage)
    fill(plan, stage.editor, **ABOUT, lines=[LINE], targets=[])
    assert plan_drafting.submit_plan(plan.case, stage.head).to_state == "unit_review"


def test_plan_that_is_a_fen_short_of_the_grant_is_not_sent():
    stage = Supervision("national")
    plan = started(stage)
    fill(plan, stage.editor, **{**ABOUT, "granted_fen": "150000.04"}, lines=[LINE])
    with pytest.raises(Blocked, match=r"还差 0\.01元；应等于下达金额 150,000\.04元（第三十三条）"):
        plan_drafting.submit_plan(plan.case, stage.head)


def test_what_the_text_asks_for_is_named_with_its_article():
    stage = Supervision("national")
    plan = started(stage)
    fill(plan, stage.editor, lines=[LINE])
    with pytest.raises(Blocked) as refused:
        plan_drafting.submit_plan(plan.case, stage.head)
    assert [one.message for one in refused.value.problems] == [
        "经费和使用办法：请填写下达金额（第三十三条）。",
        "经费和使用办法：请填写下达文号（第三十三条）。",
        "经费和使用办法：请填写下达日期。",
        "经费和使用办法：请填写使用办法（第三十三条）。",
    ]


def test_use_outside_the_five_is_not_recognised():
    stage = Supervision("national")
    plan = started(stage)
    fill(plan, stage.editor, **ABOUT, lines=[{**LINE, "category": "facilities"}])
    with pytest.raises(Blocked, match="不可识别，应为专家授课、师资培训、教材课件开发、数据库开发、课题研究之一"):
        plan_drafting.submit_plan(plan.case, stage.head)


def test_base_without_a_managing_unit_is_told_so():
    stage = Supervision("national", managed=False)
    plan = started(stage)
    fill(plan, stage.editor, **ABOUT, lines=[LINE])
    with pytest.raises(Blocked, match="名录未登记本基地的管理单位"):
        plan_drafting.submit_plan(plan.case, stage.head)


def test_second_plan_waits_until_the_first_is_sent():
    stage = Supervision("national")
    plan = started(stage)
    with pytest.raises(Blocked, match=plan.case.number):
        started(stage)
    fill(plan, stage.editor, **ABOUT, lines=[LINE])
    plan_drafting.submit_plan(plan.case, stage.head)
    assert started(stage).pk != plan.pk


@pytest.mark.parametrize("jurisdiction", ["shanghai", "zibo"])
def test_plan_for_special_funds_is_not_begun_where_the_text_has_none(jurisdiction):
    with pytest.raises(Blocked, match="没有由管理单位审核使用方案的专项经费"):
        started(Supervision(jurisdiction))


def test_stranger_begins_no_plan():
    stage, other = Supervision("national"), Supervision("national")
    with pytest.raises(NotPermitted):
        plan_drafting.start_special_plan(stage.base, other.editor)
