"""What the demo's people type about money: invented sums, in yuan as one writes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.subsidies.models import FundPayment

RUBRIC = [
    {"code": "need", "title": "需求和目标", "max_points": 20, "description": "产业需求、培训对象、目标清楚"},
    {"code": "plan", "title": "使用方案", "max_points": 30, "description": "内容具体，与继续教育直接相关"},
    {"code": "budget", "title": "测算", "max_points": 20, "description": "单价、数量有依据，不重复"},
    {"code": "targets", "title": "绩效计划", "max_points": 20, "description": "指标可衡量，与投入相称"},
    {"code": "keeping", "title": "管理", "max_points": 10, "description": "专款专用、核算和档案"},
]
Line = tuple[str, str, str, str, int]
FACILITIES, TRAINING, SYSTEMS, OTHER = "facilities", "training_projects", "system_building", "other_approved"
BUDGETS: dict[str, tuple[Line, ...]] = {
    "exemplary": (
        (FACILITIES, "{field}实训设备", "套", "85,000.00", 12),
        (TRAINING, "{field}高级研修班", "期", "96,500", 8),
        (SYSTEMS, "{field}线上课程", "门", "38,000.50", 20),
        (OTHER, "行业人才需求调研", "项", "120,000", 1),
    ),
    "visited": (
        (FACILITIES, "{field}仿真实训平台", "套", "266,666.67", 3),
        (TRAINING, "{field}青年骨干研修", "期", "64,000", 10),
    ),
    "lifted": (
        (FACILITIES, "移动实训车改装设备", "套", "310,000", 2),
        (TRAINING, "{field}新技术进修班", "期", "48,000", 6),
        (SYSTEMS, "培训管理平台功能模块", "个", "57,500.25", 4),
    ),
    "overdue": (
        (FACILITIES, "多媒体教室设备", "间", "126,000", 4),
        (OTHER, "教材数字化加工", "项", "180,000", 1),
    ),
    "rectifying": (
        (FACILITIES, "{field}检测仪器", "台", "74,300", 5),
        (FACILITIES, "远程教学终端", "套", "9,850.50", 30),
        (SYSTEMS, "{field}题库建设", "套", "68,000", 2),
    ),
    "heard": ((TRAINING, "通用能力讲座", "场", "30,000", 12),),
}
"""What each base asks for in the earlier cycle, by the part it plays."""
NEXT_BUDGETS: dict[str, tuple[Line, ...]] = {
    "exemplary": (
        (FACILITIES, "{field}公共实训平台二期", "套", "80,000", 40),
        (TRAINING, "{field}急需紧缺人才研修", "期", "80,000", 20),
        (SYSTEMS, "{field}课程标准和资源包", "套", "100,000", 8),
    ),
    "visited": ((TRAINING, "{field}工程师转岗培训", "期", "72,000", 12),),
    "lifted": (
        (TRAINING, "{field}企业定制研修", "期", "55,000", 9),
        (SYSTEMS, "{field}师资能力标准", "项", "210,000", 1),
    ),
    "rectifying": ((SYSTEMS, "{field}案例库", "个", "16,500", 20),),
    "overdue": ((TRAINING, "{field}实务培训", "期", "45,000", 4),),
}
"""What they ask for in the cycle that is open: the first goes beyond the cap."""
APPROVAL = "演示财教〔2025〕9号（虚构）"
SCHEDULES = {"120,000": "签订合同后 72000；验收后 48000", "180,000": "签订合同后 108000；验收后 72000"}
SPECIAL_LINES: tuple[tuple[str, str, str, str, int], ...] = (
    ("expert_teaching", "两院院士和行业专家授课", "人次", "6,000", 40),
    ("teacher_training", "骨干教师能力提升班", "期", "85,000", 3),
    ("courseware", "{field}系列教材", "册", "46,500.50", 6),
    ("database", "{field}案例数据库", "个", "180,000", 1),
    ("research", "继续教育效果评价研究", "项", "98,997", 1),
)
METHOD = (
    "一、专项经费单独核算、专款专用，由财务处统一管理。\n"
    "二、支出按批准的使用方案执行，单笔五万元以上的由单位负责人审批。\n"
    "三、专家授课费按次据实发放并附签到和课程安排；采购按单位采购制度办理。\n"
    "四、每半年向管理单位报告使用情况，接受检查和审计。"
)


def lines(budget: tuple[Line, ...], field: str) -> list[dict[str, str]]:
    """The rows of a use plan as typed."""
    rows = []
    for place, (category, item, unit, price, quantity) in enumerate(budget, start=1):
        row = {
            "key": f"l{place}",
            "category": category,
            "item": item.format(field=field),
            "unit": unit,
            "unit_price_fen": price,
            "quantity": str(quantity),
            "purpose": f"用于{field}领域专业技术人员继续教育，按批准的方案使用。",
        }
        if category == OTHER:
            row |= {"finance_approval": APPROVAL, "schedule": SCHEDULES[price]}
        rows.append(row)
    return rows


def targets(field: str) -> list[dict[str, str]]:
    """A performance plan whose every goal can be measured."""
    told = (
        ("扩大培训规模", "年培训人次", "at_least", "600", "人次", "培训档案"),
        ("提高培训质量", "学员满意度", "at_least", "92.5", "%", "结业问卷"),
        (f"建设{field}课程", "新建课程", "at_least", "12", "门", "课程平台"),
        ("控制培训成本", "人均培训成本", "at_most", "1800", "元", "财务决算"),
    )
    names = ("goal", "indicator", "direction", "target_hundredths", "unit", "measured_by")
    return [{"key": f"t{place}", **dict(zip(names, row, strict=True))} for place, row in enumerate(told, start=1)]


def own_funds(institution: str, unit: str = "") -> list[dict[str, str]]:
    """What the institution, and its managing unit where there is one, put in themselves."""
    rows = [{"key": "o1", "source": institution, "purpose": "教室改造和人员投入", "amount_fen": "350,000.00"}]
    if unit:
        rows.append({"key": "o2", "source": unit, "purpose": "配套支持课程开发", "amount_fen": "200,000"})
    return rows


def achieved() -> dict[str, dict[str, str]]:
    """What was achieved of the targets; one falls short and says why."""
    return {
        "t1": {"achieved": "648", "explanation": ""},
        "t2": {"achieved": "94.2", "explanation": ""},
        "t3": {"achieved": "11", "explanation": "一门课程因标准修订顺延至下一季度上线，脚本已完成。"},
        "t4": {"achieved": "1726.5", "explanation": ""},
    }


def vouchers(key: str, item: str, total_fen: int, first: int, days: tuple[dt.date, ...]) -> list[dict[str, str]]:
    """Vouchers of one line that add up to ``total_fen``, one for each of ``days``, numbered from ``first``."""
    share = total_fen // len(days)
    sums = [share] * (len(days) - 1) + [total_fen - share * (len(days) - 1)]
    return [
        {
            "on": day.isoformat(),
            "voucher": f"记-{first + place:04d}",
            "line": key,
            "payee": f"演示供应商{(first + place) % 7 + 1}",
            "description": f"{item}第{place + 1}次结算",
            "amount_fen": yuan_text(fen),
        }
        for place, (day, fen) in enumerate(zip(days, sums, strict=True))
    ]


def yuan_text(fen: int) -> str:
    """Fen as one types yuan: 1,234.50."""
    return f"{fen // 100:,}.{fen % 100:02d}"


Moved = tuple[dt.date, str, str, int, str, str, str]


def paid_row(payment: FundPayment) -> Moved:
    """The line of the bank's statement that a payment leaves there."""
    if payment.paid_on is None:
        raise LookupError(f"payment {payment.pk} is not paid")
    account = payment.payee_account
    return (payment.paid_on, payment.bank_reference, "out", payment.amount_fen, payment.payee_name, account, "资助款")


def statement(name: str, rows: list[Moved]) -> SimpleUploadedFile:
    """A statement as a bank exports it: a title, a head, the movements, a total, in GB 18030."""
    head = ("交易日期", "交易流水号", "借方发生额", "贷方发生额", "对方户名", "对方账号", "摘要")
    table: list[tuple[Any, ...]] = [("演示银行账户交易明细",), ("账号：31000000000000001（虚构）",), head]
    for on, reference, direction, fen, name_of, account, memo in rows:
        out, into = (yuan_text(fen), "") if direction == "out" else ("", yuan_text(fen))
        table.append((on.isoformat(), reference, out, into, name_of, account, memo))
    paid = sum(row[3] for row in rows if row[2] == "out")
    came = sum(row[3] for row in rows if row[2] == "in")
    table.append(("合计", "", yuan_text(paid), yuan_text(came), "", "", ""))
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in table)
    return SimpleUploadedFile(name, text.encode("gb18030"), content_type="text/csv")
