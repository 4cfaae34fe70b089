"""Budgets: whole fen, tranches that add up, and refusals that name the field."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.errors import InputError
from apps.jurisdictions.rulebooks.money import CATEGORIES, WHEN_LABELS, yuan

SHANGHAI = registry.by_key("shanghai_2020")
LINE: dict[str, Any] = {"category": "facilities", "item": "录播教室", "amount_fen": 100}
BUDGET: dict[str, Any] = {"cycle": "2026-2027", "granted_before_fen": 0, "lines": [LINE]}


def with_line(**changes: Any) -> dict[str, Any]:
    budget = copy.deepcopy(BUDGET)
    budget["lines"][0] |= changes
    return budget


def without(key: str) -> dict[str, Any]:
    budget = with_line()
    (budget if key in budget else budget["lines"][0]).pop(key)
    return budget


def refused(budget: Any) -> str:
    with pytest.raises(InputError) as caught:
        SHANGHAI.tranches(budget)
    return str(caught.value)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (None, "budget：应为含cycle、granted_before_fen、lines的对象"),
        ([], "budget：应为含cycle、granted_before_fen、lines的对象"),
        (BUDGET | {"total": 1}, "budget.total：不是规定的键，应为cycle、granted_before_fen、lines"),
        (BUDGET | {7: 1}, "budget.7：不是规定的键，应为cycle、granted_before_fen、lines"),
        (without("cycle"), "budget.cycle：不能缺少"),
        (without("granted_before_fen"), "budget.granted_before_fen：不能缺少"),
        (without("lines"), "budget.lines：不能缺少"),
        (BUDGET | {"cycle": 2026}, "cycle：应为非空文字"),
        (BUDGET | {"cycle": "  "}, "cycle：应为非空文字"),
        (BUDGET | {"granted_before_fen": 1.0}, "granted_before_fen：应为0至9007199254740991的整数"),
        (BUDGET | {"granted_before_fen": -1}, "granted_before_fen：应为0至9007199254740991的整数"),
        (BUDGET | {"lines": {}}, "lines：应为列表"),
        (BUDGET | {"lines": ["x"]}, "lines[0]：应为含category、item、amount_fen的对象"),
        (BUDGET | {"granted_before_fen": 2**53 - 100}, "lines：金额合计应不超过9007199254740991分"),
        (without("category"), "lines[0].category：不能缺少"),
        (without("item"), "lines[0].item：不能缺少"),
        (without("amount_fen"), "lines[0].amount_fen：不能缺少"),
        (with_line(category="gifts"), f"lines[0].category：应为{'、'.join(CATEGORIES)}之一"),
        (with_line(category=["facilities"]), f"lines[0].category：应为{'、'.join(CATEGORIES)}之一"),
        (with_line(item=""), "lines[0].item：应为非空文字"),
        (with_line(item="\ud800"), "lines[0].item：含有无法显示的字符"),
        (with_line(item="\udfff"), "lines[0].item：含有无法显示的字符"),
        (with_line(amount_fen=True), "lines[0].amount_fen：应为0至9007199254740991的整数"),
        (with_line(amount_fen="100"), "lines[0].amount_fen：应为0至9007199254740991的整数"),
        (with_line(note="x"), "lines[0].note：不是规定的键，应为category、item、amount_fen、finance_approval、agreed_schedule"),
        (with_line(finance_approval=1), "lines[0].finance_approval：应为true、false或批准文号"),
        (with_line(finance_approval=None), "lines[0].finance_approval：应为true、false或批准文号"),
        (with_line(agreed_schedule=[{"when": "advance", "amount_fen": 100}]), "lines[0].agreed_schedule：只有other_approved的支出可以商定拨付"),
        (with_line(category="other_approved", agreed_schedule=[]), "lines[0].agreed_schedule：应为非空列表，每项为含when、amount_fen的对象"),
        (with_line(category="other_approved", agreed_schedule="x"), "lines[0].agreed_schedule：应为非空列表，每项为含when、amount_fen的对象"),
        (with_line(category="other_approved", agreed_schedule=["x"]), "lines[0].agreed_schedule[0]：应为含when、amount_fen的对象"),
        (with_line(category="other_approved", agreed_schedule=[{"amount_fen": 100}]), "lines[0].agreed_schedule[0].when：不能缺少"),
        (with_line(category="other_approved", agreed_schedule=[{"when": 5, "amount_fen": 100}]), "lines[0].agreed_schedule[0].when：应为非空文字"),
        (with_line(category="other_approved", agreed_schedule=[{"when": "advance", "amount_fen": -1}]), "lines[0].agreed_schedule[0].amount_fen：应为0至9007199254740991的整数"),
        (with_line(category="other_approved", agreed_schedule=[{"when": "advance", "amount_fen": 60}, {"when": "advance", "amount_fen": 39}]), "lines[0].agreed_schedule：各期合计99分，应等于该项金额100分"),
        (with_line(category="other_approved", agreed_schedule=[{"when": "advance", "amount_fen": 101}]), "lines[0].agreed_schedule：各期合计101分，应等于该项金额100分"),
    ],
)  # fmt: skip
def test_budget_of_the_wrong_shape_is_refused(budget: Any, expected: str) -> None:
    assert refused(budget) == expected


def test_largest_total_is_taken() -> None:
    answer = SHANGHAI.tranches(BUDGET | {"granted_before_fen": 2**53 - 101})
    assert (answer["total_fen"], answer["within_cap"]) == (100, False)


def test_schedule_of_an_unapproved_line_must_add_up_too() -> None:
    short = with_line(category="other_approved", agreed_schedule=[{"when": "advance", "amount_fen": 1}])
    assert refused(short).startswith("lines[0].agreed_schedule：")


@pytest.mark.parametrize(
    ("approval", "approved"), [(True, True), (False, False), ("沪财〔2026〕1号", True), (" ", False)]
)
def test_approval_is_a_yes_or_a_document_number(approval: Any, approved: bool) -> None:
    answer = SHANGHAI.tranches(with_line(category="other_approved", finance_approval=approval))
    assert (len(answer["lines"]), len(answer["rejected"])) == ((1, 0) if approved else (0, 1))
    assert answer["total_fen"] == (100 if approved else 0)


def test_approval_on_other_lines_changes_nothing() -> None:
    assert SHANGHAI.tranches(with_line(finance_approval=False))["lines"][0]["amount_fen"] == 100


def test_rejected_lines_say_why() -> None:
    assert SHANGHAI.tranches(with_line(category="official_vehicles"))["rejected"] == [
        {
            "item": "录播教室",
            "category": "official_vehicles",
            "article": "35(3)",
            "message": "公务用车属于不得列支的用途，依据第三十五条第（三）项不予列支。",
        }
    ]
    assert SHANGHAI.tranches(with_line(category="other_approved"))["rejected"][0]["message"] == (
        "经财政部门批准的其他支出须经财政部门批准，尚无批准，依据第三十四条第（四）项不予列支。"
    )


@pytest.mark.parametrize("key", ["national_2013", "sichuan_draft", "weihai_2019", "zibo_2025"])
def test_text_without_tranche_rules_has_no_scheme(key: str) -> None:
    assert registry.by_key(key).tranches(BUDGET | {"granted_before_fen": 7}) == {
        "scheme": None,
        "total_fen": 0,
        "cap_fen": None,
        "granted_before_fen": 7,
        "within_cap": None,
        "lines": [],
        "rejected": [],
    }


def test_text_without_tranche_rules_still_checks_the_budget() -> None:
    with pytest.raises(InputError, match="cycle"):
        registry.by_key("zibo_2025").tranches(BUDGET | {"cycle": None})


def test_budget_given_is_not_changed() -> None:
    budget = with_line()
    SHANGHAI.tranches(budget)
    assert budget == BUDGET


def test_sums_are_written_in_yuan() -> None:
    assert [yuan(fen) for fen in (0, 5, 100, 123456789)] == ["0.00元", "0.05元", "1.00元", "1,234,567.89元"]


def test_labels() -> None:
    assert WHEN_LABELS == {"advance": "先行拨付", "after_acceptance": "验收后拨付", "by_agreement": "商定拨付"}
    assert CATEGORIES == {
        "facilities": "场所设施设备购置和运行维护",
        "training_projects": "培养培训项目实施",
        "system_building": "培训体系建设",
        "other_approved": "经财政部门批准的其他支出",
        "capital_construction": "基本建设",
        "repair_renovation": "维修改造",
        "wages_welfare": "工资福利",
        "travel_abroad": "因公出国（境）",
        "official_vehicles": "公务用车",
        "official_reception": "公务接待",
        "unrelated": "与继续教育无关的支出",
    }


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(CATEGORIES)), st.integers(0, 10**11), st.booleans()),
        max_size=8,
    ),
    st.integers(0, 10**10),
)
def test_tranches_always_add_up_to_their_line(lines: list[tuple[str, int, bool]], before: int) -> None:
    answer = SHANGHAI.tranches(
        {
            "cycle": "2026-2027",
            "granted_before_fen": before,
            "lines": [
                {"category": category, "item": "项目", "amount_fen": amount, "finance_approval": approved}
                for category, amount, approved in lines
            ],
        }
    )
    for line in answer["lines"]:
        assert sum(part["amount_fen"] for part in line["tranches"]) == line["amount_fen"]
        assert all(type(part["amount_fen"]) is int for part in line["tranches"])
        if line["category"] == "facilities":
            advance, rest = line["tranches"]
            assert rest["amount_fen"] - advance["amount_fen"] == line["amount_fen"] % 2
    assert len(answer["lines"]) + len(answer["rejected"]) == len(lines)
    assert answer["total_fen"] == sum(line["amount_fen"] for line in answer["lines"])
    assert answer["within_cap"] is (before + answer["total_fen"] <= 500_000_000)
