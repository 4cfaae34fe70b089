"""The rules command: the interface that imports and legal officers rely on."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from apps.jurisdictions.rulebooks import cli, registry
from apps.jurisdictions.rulebooks.citations import cite

TODAY = date(2026, 3, 2)
BUDGET = {
    "cycle": "2026-2027",
    "granted_before_fen": 0,
    "lines": [
        {"category": "facilities", "item": "录播教室", "amount_fen": 101},
        {"category": "unrelated", "item": "礼品", "amount_fen": 5},
    ],
}


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    out, error = io.StringIO(), io.StringIO()
    status = cli.main(arguments, today=lambda: TODAY, stdin=io.BytesIO(stdin), stdout=out, stderr=error)
    return status, out.getvalue(), error.getvalue()


def answer(*arguments: str, stdin: Any = None) -> Any:
    given = b"" if stdin is None else json.dumps(stdin).encode()
    status, out, error = run(*arguments, "--json", stdin=given)
    assert (status, error) == (0, "")
    return json.loads(out)


def refusal(*arguments: str, stdin: bytes = b"") -> str:
    status, out, error = run(*arguments, stdin=stdin)
    assert (status, out) == (2, "")
    assert error.startswith("rules: ")
    assert error.endswith("\n")
    assert len(error.splitlines()) == 1
    return error.removeprefix("rules: ").removesuffix("\n")


def test_list_gives_status_of_each_jurisdiction_on_the_day() -> None:
    listed = answer("list", "--on", "2024-12-18")
    assert [(one["jurisdiction"], one["status"]) for one in listed] == [
        ("national", "in_force"),
        ("shanghai", "in_force"),
        ("sichuan", "draft"),
        ("weihai", "lapsed"),
        ("zibo", "not_yet_in_force"),
    ]
    assert {one["on"] for one in listed} == {"2024-12-18"}
    assert listed[3]["in_force"] == {
        "start": "2019-12-18",
        "end": "2024-12-17",
        "article": "29",
        "note": "有效期五年，期满失效；延期以市人力资源和社会保障局文件为准",
        "not_before": None,
        "draft": False,
    }
    assert list(listed[0]) == [
        "jurisdiction",
        "name",
        "level",
        "key",
        "title",
        "document",
        "authority",
        "status",
        "on",
        "in_force",
        "term_note",
    ]


def test_list_without_a_date_is_of_today() -> None:
    assert {one["on"] for one in answer("list")} == {"2026-03-02"}


def test_show_gives_the_whole_rulebook() -> None:
    shown = answer("show", "zibo", "--on", "2025-05-09")
    assert (shown["key"], shown["status"], shown["on"]) == ("zibo_2025", "not_yet_in_force", "2025-05-09")
    assert shown["in_force"]["start"] == "2025-05-10"
    assert shown["conditions"][-1] == {
        "code": "annual_trainees",
        "articles": ["8(5)"],
        "title": "培训规模",
        "summary": "一年培训专业技术人才至少500名，按人计，并逐步提高",
        "section": "training",
        "facts": ["annual_trainees"],
        "for_experts": False,
    }
    assert shown["road"]["plaque"] == {
        "text": "淄博市专业技术人员继续教育基地",
        "word": "牌匾",
        "article": "10",
    }
    assert shown["funding"] is None
    assert len(shown["articles"]) == 41
    assert answer("show", "zibo")["on"] == "2026-03-02"


def test_evaluate_gives_the_answer_of_the_interface() -> None:
    given = answer("evaluate", "zibo", "-", "--on", "2026-03-02", stdin={"annual_trainees": 499})
    finding = given["findings"].pop()
    assert finding == {
        "code": "annual_trainees",
        "articles": ["8(5)"],
        "result": "not_met",
        "actual": 499,
        "required": 500,
        "message": "每年培训专业技术人才499名，第八条第（五）项要求不少于500名，尚缺1名。",
    }
    del given["findings"]
    assert given == {
        "jurisdiction": "zibo",
        "document": "淄人社发〔2025〕5号",
        "status": "in_force",
        "on": "2026-03-02",
        "outcome": "ineligible",
        "preferences": [],
        "direct_application": False,
    }


def test_evaluate_gives_preferences() -> None:
    facts = {"knowledge_renewal_years": 3}
    assert answer("evaluate", "shanghai", "-", stdin=facts)["preferences"] == [
        {"code": "knowledge_renewal", "article": "9(2)", "met": True}
    ]


def test_evaluate_reads_a_file_even_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"management_body": True}).encode())
    assert answer("evaluate", "weihai", str(path), "--on", "2024-12-17")["outcome"] == "incomplete"


def test_list_of_facts_is_answered_by_a_list_in_the_same_order() -> None:
    given = answer("evaluate", "zibo", "-", stdin=[{"annual_trainees": 1}, {}, {"annual_trainees": 600}])
    assert [one["outcome"] for one in given] == ["ineligible", "incomplete", "incomplete"]
    assert [one["findings"][-1]["actual"] for one in given] == [1, None, 600]
    assert answer("evaluate", "zibo", "-", stdin=[]) == []


def test_error_in_a_list_names_its_position_and_answers_nothing() -> None:
    given = json.dumps([{}, {"annual_trainees": 1.5}]).encode()
    assert refusal("evaluate", "zibo", "-", "--json", stdin=given) == (
        "第2份[1] annual_trainees：应为0至9007199254740991的整数"
    )
    assert refusal("evaluate", "zibo", "-", stdin=b"[{}, 5]") == "第2份[1] facts：应为一个JSON对象，键为事实名称"


def test_deadlines() -> None:
    assert answer("deadlines", "national", "--year", "2023") == {
        "jurisdiction": "national",
        "year": 2023,
        "deadlines": [
            {
                "code": "plan_review",
                "due": "2023-12-10",
                "articles": ["22"],
                "addressees": ["managing_unit"],
                "requires": None,
                "rest_day": True,
            },
            {
                "code": "plan_filing",
                "due": "2023-12-31",
                "articles": ["22"],
                "addressees": ["authority"],
                "requires": "managing_unit_approval",
                "rest_day": True,
            },
        ],
    }


def test_class_deadline() -> None:
    assert answer("class-deadline", "weihai", "--start", "2026-10-09") == {
        "start": "2026-10-09",
        "latest_filing": "2026-09-24",
        "article": "16",
        "counted": ["2026-10-08", "2026-09-30", "2026-09-29", "2026-09-28", "2026-09-24"],
    }
    assert answer("class-deadline", "zibo", "--start", "2026-10-09") == {"latest_filing": None}


def test_publicity() -> None:
    assert answer("publicity", "weihai", "--start", "2026-09-26") == {
        "start": "2026-09-26",
        "days": 5,
        "last_day": "2026-10-08",
        "decide_from": "2026-10-09",
        "article": "5(3)",
    }
    assert answer("publicity", "zibo", "--start", "2026-09-26", "--days", "2")["article"] is None


def test_tranches(tmp_path: Path) -> None:
    path = tmp_path / "budget.json"
    path.write_text(json.dumps(BUDGET), encoding="utf-8")
    given = answer("tranches", "shanghai", str(path))
    assert (given["scheme"], given["total_fen"], given["within_cap"]) == ("沪人社专〔2020〕216号", 101, True)
    assert [part["amount_fen"] for part in given["lines"][0]["tranches"]] == [50, 51]
    assert [line["article"] for line in given["rejected"]] == ["35(4)"]
    assert answer("tranches", "weihai", "-", stdin=BUDGET)["scheme"] is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["show", "beijing"], "JURISDICTION：没有beijing这个管理范围，应为national、shanghai、sichuan、weihai、zibo之一"),
        (["evaluate", "Zibo", "-"], "JURISDICTION：没有Zibo这个管理范围，应为national、shanghai、sichuan、weihai、zibo之一"),
        (["list", "--on", "2026-2-3"], "--on：应为日期，写作YYYY-MM-DD"),
        (["show", "zibo", "--on", "2026-02-30"], "--on：应为日期，写作YYYY-MM-DD"),
        (["class-deadline", "weihai", "--start", "20260203"], "--start：应为日期，写作YYYY-MM-DD"),
        (["publicity", "weihai", "--start", "x"], "--start：应为日期，写作YYYY-MM-DD"),
        (["deadlines", "zibo", "--year", "2026.0"], "--year：应为整数"),
        (["deadlines", "zibo", "--year", "２０２６"], "--year：应为整数"),
        (["deadlines", "zibo", "--year", "9999999999"], "--year：应为整数"),
        (["deadlines", "zibo", "--year", "0"], "--year：应为年份，写作YYYY"),
        (["deadlines", "zibo", "--year", "10000"], "--year：应为年份，写作YYYY"),
        (["deadlines", "zibo", "--year", "2031"], "--year：日历中没有2031年的放假安排，导入国务院办公厅当年通知后才能推算工作日"),
        (["class-deadline", "weihai", "--start", "2031-03-03"], "--start：日历中没有2031年的放假安排，导入国务院办公厅当年通知后才能推算工作日"),
        (["publicity", "weihai", "--start", "2031-03-03"], "--start：日历中没有2031年的放假安排，导入国务院办公厅当年通知后才能推算工作日"),
        (["publicity", "weihai", "--start", "2026-03-02", "--days", "4"], "--days：应为5至3660的整数天数"),
        (["publicity", "zibo", "--start", "2026-03-02", "--days", "-1"], "--days：应为1至3660的整数天数"),
        (["publicity", "zibo", "--start", "2026-03-02", "--days", "x"], "--days：应为整数"),
        (["publicity", "zibo", "--start", "2026-03-02"], "--days：本办法未规定公示天数，应指明天数"),
        (["evaluate", "zibo", "/no/such/facts.json"], "FACTS：应为可以读取的文件或“-”，无法读取/no/such/facts.json"),
        (["evaluate", "zibo", "/"], "FACTS：应为可以读取的文件或“-”，无法读取/"),
        (["evaluate", "zibo", "a\0b"], r"FACTS：应为可以读取的文件或“-”，无法读取a\x00b"),
        (["tranches", "shanghai", "/no/such/budget.json"], "BUDGET：应为可以读取的文件或“-”，无法读取/no/such/budget.json"),
    ],
)  # fmt: skip
def test_bad_argument_is_refused_in_one_line(arguments: list[str], expected: str) -> None:
    assert refusal(*arguments) == expected
    assert refusal(*arguments, "--json") == expected


@pytest.mark.parametrize(
    "arguments",
    [[], ["audit"], ["show"], ["list", "more"], ["deadlines", "zibo"], ["list", "--o", "2026-03-02"], ["list", "a\nb"]],
)
def test_bad_command_line_is_refused_in_one_line(arguments: list[str]) -> None:
    assert refusal(*arguments).startswith("命令行：")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (b"", "FACTS：应为JSON，第1行第1列有误"),
        (b"{", "FACTS：应为JSON，第1行第2列有误"),
        (b"{}\n{}", "FACTS：应为JSON，第2行第1列有误"),
        (b"\xff\xfe", "FACTS：应为UTF-8编码的JSON"),
        (b"[" * 100_000, "FACTS：应为JSON，嵌套过深"),
        (b'{"a":' * 100_000, "FACTS：应为JSON，嵌套过深"),
        (b'{"annual_trainees": ' + b"9" * 5000 + b"}", "FACTS：应为JSON，数字过长"),
        (b'{"annual_trainees": NaN}', "annual_trainees：应为0至9007199254740991的整数"),
        (b'[{}, {"annual_trainees": NaN}]', "第2份[1] annual_trainees：应为0至9007199254740991的整数"),
        (b'{"annual_trainees": -Infinity}', "annual_trainees：应为0至9007199254740991的整数"),
        (b'{"annual_trainees": 1e3}', "annual_trainees：应为0至9007199254740991的整数"),
        (b'{"annual_trainees": 1e999}', "annual_trainees：应为0至9007199254740991的整数"),
        (b'{"annual_trainees": true}', "annual_trainees：应为0至9007199254740991的整数"),
        (b'{"annual_trainees": null}', "annual_trainees：应为0至9007199254740991的整数"),
        (b'{"annual_trainees": -1}', "annual_trainees：应为0至9007199254740991的整数"),
        (b'{"annual_trainees": 1, "annual_trainees": 2}', "annual_trainees：同一对象中重复出现，应只写一次"),
        (b'{"management_body": true, "annual_trainees": 1, "annual_trainees": 2}', "annual_trainees：同一对象中重复出现，应只写一次"),
        (b'{"prior_fraud": [{"date": 1, "date": 2}]}', "date：同一对象中重复出现，应只写一次"),
        (b'{"x\\ny": 1}', r"x\ny：不是规定的事实名称"),
        (b'{"\\ud800": 1}', r"\ud800：不是规定的事实名称"),
        (b"5", "facts：应为一个JSON对象，键为事实名称"),
        (b"null", "facts：应为一个JSON对象，键为事实名称"),
        (b'{"institution_type": "school"}', "institution_type：应为university、research_institute、training_provider、association、enterprise、enterprise_group、other_social_organization之一"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_read_are_refused_in_one_line(given: bytes, expected: str) -> None:
    assert refusal("evaluate", "zibo", "-", stdin=given) == expected
    assert refusal("evaluate", "zibo", "-", "--json", stdin=given) == expected


def test_django_options_are_let_through() -> None:
    assert answer("list", "--settings", "config.settings.dev", "--pythonpath", ".") == answer("list")


def test_long_error_is_cut_to_one_line() -> None:
    assert len(refusal("list", "x" * 10_000)) < 500


def lines(*arguments: str, stdin: Any = None) -> list[str]:
    status, out, error = run(*arguments, stdin=b"" if stdin is None else json.dumps(stdin).encode())
    assert (status, error) == (0, "")
    assert out.endswith("\n")
    return out.splitlines()


@pytest.mark.parametrize("jurisdiction", registry.jurisdictions())
@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["show", "?"],
        ["evaluate", "?", "-"],
        ["deadlines", "?", "--year", "2023"],
        ["class-deadline", "?", "--start", "2026-10-09"],
        ["publicity", "?", "--start", "2026-09-26", "--days", "7"],
    ],
)
def test_every_line_of_a_table_names_its_article(jurisdiction: str, arguments: list[str]) -> None:
    printed = lines(*[jurisdiction if one == "?" else one for one in arguments], stdin={"annual_trainees": 7})
    assert printed
    assert all(line.startswith("第") and "条" in line.split()[0] for line in printed), printed


@pytest.mark.parametrize("jurisdiction", registry.jurisdictions())
def test_every_line_of_a_budget_names_its_article(jurisdiction: str) -> None:
    assert all(line.startswith("第") for line in lines("tranches", jurisdiction, "-", stdin=BUDGET))


def test_columns_are_aligned_as_they_are_shown() -> None:
    assert lines("deadlines", "national", "--year", "2023") == [
        "第二十二条  2023-12-10前（含当日）  报管理（指导）单位（当日为休息日，期限不顺延）",
        "第二十二条  2023-12-31前（含当日）  报综合管理部门，须先经管理单位审核同意（当日为休息日，期限不顺延）",
    ]
    assert lines("deadlines", "shanghai", "--year", "2025") == [
        "第二十条  2025-12-31前（含当日）  报管理（指导）单位、综合管理部门"
    ]


def test_evaluation_as_a_table() -> None:
    printed = lines(
        "evaluate",
        "zibo",
        "-",
        stdin={"annual_trainees": 499, "existing_bases": [{"level": "national", "division": "370300"}]},
    )
    assert printed[0] == (
        "第三十三条        淄博市（zibo）  淄博市专业技术人员继续教育基地管理办法，淄人社发〔2025〕5号，施行中，"
        "2025-05-10至未载终期。国家和省有新规定的，以新规定为准"
    )
    assert printed[1].split() == ["第八条第（五）项", "结论", "不符合基本条件"]
    assert printed[-2].split() == [
        "第八条第（五）项",
        "不符合",
        "培训规模：每年培训专业技术人才499名，第八条第（五）项要求不少于500名，尚缺1名。",
    ]
    assert printed[-1].split() == ["第二十五条", "直接申请", "可以直接申请"]
    assert len(printed) == 14


def test_evaluation_table_says_what_is_preferred_and_what_is_a_convention() -> None:
    printed = lines("evaluate", "shanghai", "-", stdin={"knowledge_renewal_years": 2})
    assert printed[-1].split() == [
        "第九条第（二）项",
        "优先条件",
        "长期承办知识更新项目：不适用。办法未说明何为长期，本系统约定满3年",
    ]
    printed = lines("evaluate", "national", "-", stdin={})
    assert "已是区域性或行业性基地：材料不足。" in printed[-1]
    printed = lines(
        "evaluate", "national", "-", stdin={"existing_bases": [{"level": "industry", "division": "110000"}]}
    )
    assert "已是区域性或行业性基地：适用。" in printed[-1]


@pytest.mark.parametrize(
    ("jurisdiction", "facts", "expected"),
    [
        ("weihai", {}, ["第二十九条", "结论", "办法未在施行"]),
        ("zibo", {"annual_trainees": 1, "management_body": False}, ["第八条第（二）项、第（五）项", "结论", "不符合基本条件"]),
    ],
)  # fmt: skip
def test_conclusion_rests_on_the_articles_that_decide(jurisdiction: str, facts: Any, expected: list[str]) -> None:
    assert lines("evaluate", jurisdiction, "-", stdin=facts)[1].split() == expected


def test_conclusion_of_an_eligible_applicant_rests_on_every_condition() -> None:
    facts = {
        "institution_type": "university",
        "training_projects_held": 1,
        "full_time_teachers": 1,
        "management_body": True,
        "full_time_managers": 1,
        "management_systems": [
            "teaching_organization",
            "trainee_assessment",
            "teaching_research",
            "training_registration",
            "training_funds",
            "logistics",
            "effect_evaluation",
            "follow_up_feedback",
        ],
        "matching_funds_fen": 1,
        "fixed_classrooms": 1,
        "teaching_equipment": True,
        "library_materials": True,
        "specialised_field": False,
        "remote_equipment": True,
        "training_platform": "planned",
        "online_interaction": True,
    }
    printed = lines("evaluate", "zibo", "-", stdin=facts | {"annual_trainees": 500})
    assert printed[1].split() == [
        "第七条、第八条第（一）项、第（二）项、第（三）项、第（四）项、第（五）项",
        "结论",
        "符合基本条件",
    ]
    printed = lines("evaluate", "zibo", "-", stdin=facts)
    assert printed[1].split() == ["第八条第（五）项", "结论", "尚缺材料"]
    assert printed[-1].split() == ["第二十五条", "直接申请", "不适用直接申请"]


def test_class_deadline_as_a_line() -> None:
    assert lines("class-deadline", "weihai", "--start", "2026-10-09") == [
        "第十六条  2026-10-09开班，最迟2026-09-24备案；"
        "倒数工作日：2026-10-08、2026-09-30、2026-09-29、2026-09-28、2026-09-24"
    ]
    assert lines("class-deadline", "zibo", "--start", "2026-10-09") == ["第一条至第三十三条  未规定开班前备案"]


def test_publicity_as_a_line() -> None:
    assert lines("publicity", "weihai", "--start", "2026-09-26") == [
        "第五条第（三）项  2026-09-26起公示5天，至2026-10-08止，2026-10-09起可作决定"
    ]
    assert lines("publicity", "national", "--start", "2026-03-02", "--days", "1") == [
        "第一条至第四十四条  未规定公示  2026-03-02起公示1天，至2026-03-03止，2026-03-04起可作决定"
    ]


def test_budget_as_a_table() -> None:
    budget = BUDGET | {
        "lines": [
            *BUDGET["lines"],  # type: ignore[misc]
            {
                "category": "other_approved",
                "item": "翻译",
                "amount_fen": 7,
                "finance_approval": True,
                "agreed_schedule": [{"when": "签约后", "amount_fen": 7}],
            },
        ]
    }
    assert [line.split() for line in lines("tranches", "shanghai", "-", stdin=budget)] == [
        ["第三十二条", "合计", "本次1.08元，以前0.00元，上限5,000,000.00元，未超上限"],
        ["第三十四条第（一）项、第三十七条", "场所设施设备购置和运行维护", "录播教室：先行拨付0.50元"],
        ["第三十四条第（一）项、第三十七条", "场所设施设备购置和运行维护", "录播教室：验收后拨付0.51元"],
        ["第三十四条第（四）项、第三十七条", "经财政部门批准的其他支出", "翻译：签约后0.07元"],
        [
            "第三十五条第（四）项",
            "与继续教育无关的支出",
            "礼品：与继续教育无关的支出属于不得列支的用途，依据第三十五条第（四）项不予列支。",
        ],
    ]
    over = BUDGET | {"granted_before_fen": 500_000_000}
    assert "超过上限" in lines("tranches", "shanghai", "-", stdin=over)[0]
    assert lines("tranches", "zibo", "-", stdin=BUDGET) == ["第一条至第三十三条  未规定分期拨付"]


def test_show_as_a_table_names_every_provision() -> None:
    for rulebook in registry.all():
        printed = "\n".join(lines("show", rulebook.jurisdiction))
        for article in rulebook.articles:
            assert cite(article.article) in printed, (rulebook.key, article)
        for condition in rulebook.conditions:
            assert condition.summary in printed
        for one in rulebook.not_modelled:
            assert one.not_modelled in printed


def test_show_tells_how_each_use_is_paid() -> None:
    printed = [line.split() for line in lines("show", "shanghai")]
    assert [row[2] for row in printed if row[1] == "可以列支"] == [
        "场所设施设备购置和运行维护，先行拨付50%，其余验收后拨付",
        "培养培训项目实施，验收后拨付",
        "培训体系建设，验收后拨付",
        "经财政部门批准的其他支出，商定拨付",
    ]
    assert [row[0] for row in printed if row[1] == "不得列支"] == [
        "第三十五条第（一）项",
        "第三十五条第（一）项",
        "第三十五条第（二）项",
        "第三十五条第（三）项",
        "第三十五条第（三）项",
        "第三十五条第（三）项",
        "第三十五条第（四）项",
    ]
    assert ["第三十七条", "监管", "资助单位可委托第三方监管"] in printed


def test_show_marks_a_preference_and_its_convention() -> None:
    printed = [line.split() for line in lines("show", "shanghai")]
    assert [
        "第九条第（二）项",
        "优先：长期承办知识更新项目",
        "优先从长期承办知识更新项目的单位中遴选（办法未说明何为长期，本系统约定满3年）",
    ] in printed


def test_list_as_a_table() -> None:
    printed = lines("list")
    assert [line.split()[1] for line in printed] == [
        "全国（national）",
        "上海市（shanghai）",
        "四川省（sichuan）",
        "威海市（weihai）",
        "淄博市（zibo）",
    ]
    assert "已失效，2019-12-18至2024-12-17" in printed[3]
    assert "文本未载有效期" in printed[1]
    assert "施行日期不详至未载终期" in printed[0]
    assert "无文号，征求意见稿，未施行" in printed[2]
