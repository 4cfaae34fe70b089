"""What a base types into the form, as the services keep it."""

from typing import Any

LINES: list[dict[str, str]] = [
    {
        "key": "a1",
        "category": "facilities",
        "item": "实训设备",
        "unit": "套",
        "unit_price_fen": "50,000.01",
        "quantity": "3",
        "purpose": "实训室更新",
    },
    {
        "key": "a2",
        "category": "training_projects",
        "item": "高级研修班",
        "unit": "期",
        "unit_price_fen": "80000",
        "quantity": "2",
        "purpose": "每期五天",
    },
]
TARGETS: list[dict[str, str]] = [
    {
        "key": "t1",
        "goal": "扩大规模",
        "indicator": "培训人次",
        "direction": "at_least",
        "target_hundredths": "600.5",
        "unit": "人次",
        "measured_by": "学员名册",
    },
]
TOTAL_FEN = 15_000_003 + 16_000_000


def typed(**changes: Any) -> dict[str, Any]:
    """A whole application as typed, 310,000.03 yuan in two lines."""
    return {"title": "能力建设", "lines": LINES, "targets": TARGETS} | changes


def agreed_line(**changes: str) -> dict[str, str]:
    """A line of the use that the finance department approves and that is paid as agreed."""
    return {
        "key": "a9",
        "category": "other_approved",
        "item": "专项调研",
        "unit": "项",
        "unit_price_fen": "1000.50",
        "quantity": "1",
        "purpose": "行业调研",
        "finance_approval": "沪财教〔2026〕9号",
        "schedule": "签订合同后 600.50；验收后 400",
    } | changes


def fill(detail: Any, actor: Any, **values: Any) -> Any:
    """Save ``values`` into the form as the page does, over the version stored now."""
    from apps.subsidies.services import content_draft

    current = content_draft.detail_of(type(detail).objects.get(pk=detail.pk).case)
    return content_draft.save_values(current, values, current.data_version, actor)
