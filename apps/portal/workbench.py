"""What a dashboard shows, by role. The number of queries is the same at ten cases and at a hundred thousand."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import NoReverseMatch, reverse

from apps.accounts.actors import Actor
from apps.accounts.enums import ASSIGNED_ROLES, Role
from apps.cases import listing, selectors
from apps.cases.enums import CaseKind
from apps.cases.todo import Waiting, todo_waiting
from apps.panels.selectors import Assignment, assignments_of
from apps.portal.navigation import is_offered
from apps.subsidies.services.acceptance_reviews import reviews_of
from apps.subsidies.services.supervision import own_assignments

SHOWN = 10
SHOWN_CLOSED = 5
COUNTED = 50

INSTITUTION = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
DEPARTMENT = (Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)
AUTHORITY = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
SUPERVISION = (*INSTITUTION, *DEPARTMENT, *AUTHORITY)
OFFICE = (*AUTHORITY, Role.AUTHORITY_REVIEWER, Role.LEGAL_OFFICER, Role.FINANCE_OFFICER)

Entry = tuple[str, str, str, tuple[str, ...]]
ENTRIES: dict[str, tuple[Entry, ...]] = {
    "申报认定": (
        ("申报基地", "查看正在受理的批次，填写申报表", "applications:public_rounds", INSTITUTION),
        ("资格自测", "逐条核对申报条件", "portal:self_check", INSTITUTION),
        ("推荐审核", "逐项审查申报材料，拟定意见", "applications:recommendation_queue", DEPARTMENT),
        ("新建批次", "起草申报批次，报请发布", "applications:round_create", (Role.AUTHORITY_OFFICER,)),
        ("批次管理", "申报时间、名额和评分标准", "applications:rounds", AUTHORITY),
        ("受理", "受理、补正、不予受理", "applications:intake_queue", (*AUTHORITY, Role.AUTHORITY_REVIEWER)),
        ("专家评审", "组建评审组，查看评审进度", "panels:list", AUTHORITY),
        ("公示", "查看公示和期限", "applications:public_notices", AUTHORITY),
        ("推荐单位名录", "可以推荐的部门和级别", "applications:recommenders", (Role.AUTHORITY_OFFICER,)),
        ("我的评审", "声明、审阅、评分", "panels:assignments", (Role.EXPERT,)),
    ),
    "基地管理": (
        ("我的基地", "基地信息、变更、培训和收费标准", "bases:mine", INSTITUTION),
        ("基地", "每个基地的全部办件、沿革和文书", "bases:mine", (*DEPARTMENT, *AUTHORITY, Role.LEGAL_OFFICER)),
        ("年度计划", "填报、审核、备案，谁已报、谁逾期", "plans:annual_plans", SUPERVISION),
        ("培训项目", "开班前的同意或备案、办班结果、归档", "plans:projects", SUPERVISION),
        ("待备案的培训班", "一次办理多个培训班的备案", "plans:project_batch", (Role.AUTHORITY_OFFICER,)),
        ("学员查询", "按证件号码查询培训记录", "plans:trainees", (*INSTITUTION, *AUTHORITY)),
        ("培训统计", "人数、学时（学分）和证书", "plans:statistics", SUPERVISION),
        ("检查工作", "拟定方案、抽取基地、公布结果", "inspections:campaigns", (*DEPARTMENT, *AUTHORITY)),
        ("各基地的检查", "自评、材料审核、实地检查、申辩", "inspections:checks", SUPERVISION),
        ("优秀基地", "供宣传推广和优先支持", "inspections:excellent", AUTHORITY),
        ("限期整改", "整改期限、进展和复查", "inspections:rectification_list", SUPERVISION),
        ("登记事实", "既往失信、取消资格、现有基地", "bases:records", AUTHORITY),
    ),
    "专项经费": (
        ("经费规定和办理", "办法怎样规定，申请、方案、拨款、验收和追回", "subsidies:index", (*SUPERVISION, *OFFICE)),
        ("新建资助周期", "拟定周期，报请批准开放", "subsidies:cycle_new", (Role.AUTHORITY_OFFICER,)),
        ("资助周期", "申请时间、指标和结清", "subsidies:cycles", OFFICE),
        ("资助", "申请、评审、决定，各项的拨付和结清", "subsidies:awards", (*OFFICE, *DEPARTMENT)),
        ("使用方案", "编制、审核、调整", "subsidies:plans", (*OFFICE, *DEPARTMENT)),
        ("拨款", "核对、批准、登记支付、冲回", "subsidies:payments", OFFICE),
        ("对账", "导入银行对账单，核对支付", "subsidies:reconciliation", (*AUTHORITY, Role.FINANCE_OFFICER)),
        ("验收", "验收申请、意见和核定金额", "subsidies:acceptances", (*OFFICE, *DEPARTMENT)),
        ("使用报告", "凭证逐笔核对", "subsidies:spending_list", OFFICE),
        ("追回", "追回通知、缴回和逾期", "subsidies:recovery_list", OFFICE),
        ("资金统计", "资助、拨付、验收、缴回和结余，账簿和试算平衡", "subsidies:reports", (*AUTHORITY, *DEPARTMENT, Role.FINANCE_OFFICER, Role.LEGAL_OFFICER, Role.FUND_SUPERVISOR)),
        ("受托监管", "受托监管的资助，提交监管报告", "subsidies:supervision", (Role.FUND_SUPERVISOR,)),
        ("我的验收", "审阅验收申请，提交意见", "subsidies:acceptance_reviews", (Role.EXPERT, Role.FUND_SUPERVISOR)),
    ),
    "单位与系统": (
        ("文本效力", "登记延期或正式印发", "jurisdictions:standing", (Role.LEGAL_OFFICER, Role.AUTHORITY_HEAD)),
        ("人员与身份", "本单位人员、身份和停用", "accounts:members", (Role.INSTITUTION_HEAD, Role.DEPARTMENT_HEAD, Role.AUTHORITY_HEAD, Role.SECURITY_ADMIN)),
        ("单位开户", "为施教机构、部门建立账户", "accounts:organisations", (Role.SECURITY_ADMIN,)),
        ("办理记录核验", "核对办理记录有无改动", "portal:audit", (Role.AUDIT_ADMIN,)),
        ("发送失败", "查看失败的后台任务并重试", "portal:outbox", (Role.SYSTEM_ADMIN,)),
    ),
}  # fmt: skip
"""The pages people start work from, under the word each stands under: label, hint, name of the address, roles."""


def workbench(actor: Actor) -> dict[str, Any]:
    """The dashboard's context: to-dos with their due dates, waiting and closed cases, counts, entries by role."""
    todo = [listing.row(case, actor) for case in selectors.todo_page(actor, 0, SHOWN + 1)]
    waiting = selectors.with_names(selectors.waiting_cases(actor)).order_by("-age")[:SHOWN]
    closed = selectors.with_names(selectors.closed_cases(actor)).order_by("-closed_at", "-pk")[:SHOWN_CLOSED]
    staff = actor.is_case_staff
    return {
        "todo": todo[:SHOWN],
        "todo_more": len(todo) > SHOWN,
        "tiles": tiles(todo_waiting(actor, COUNTED)) if staff else [],
        "waiting": [listing.row(case, actor) for case in waiting] if staff else [],
        "closed": [listing.row(case, actor) | {"closed_at": case.closed_at} for case in closed] if staff else [],
        "assignments": assignments(actor),
        "acceptance_reviews": acceptance_reviews(actor),
        "supervised": supervised(actor),
        "assisting": assisting(actor),
        "entries": entries(actor),
        "is_staff": staff,
        "is_expert": Role.EXPERT in actor.roles,
        "is_supervisor": Role.FUND_SUPERVISOR in actor.roles,
    }


def tiles(waiting: list[Waiting]) -> list[dict[str, Any]]:
    """Counts of the to-dos: all, overdue, and by kind. A count that may be higher carries a plus sign."""
    full = {one.kind for one in waiting if one.count >= COUNTED}
    by_kind: Counter[str] = Counter()
    for one in waiting:
        by_kind[one.kind] += one.count
    overdue = sum(one.overdue for one in waiting)
    more_overdue = any(one.overdue >= COUNTED for one in waiting)
    listed = reverse("cases:list")
    shown = [
        {
            "label": "我的待办",
            "value": _capped(by_kind.total(), bool(full)),
            "unit": "件",
            "url": f"{listed}?view=todo",
        },
        {
            "label": "其中已逾期",
            "value": _capped(overdue, more_overdue),
            "unit": "件",
            "url": f"{listed}?view=todo&due=overdue",
            "tone": "danger" if overdue else "info",
        },
    ]
    for kind, count in sorted(by_kind.items()):
        label = CaseKind(kind).label
        url = f"{listed}?view=todo&kind={kind}"
        shown.append({"label": label, "value": _capped(count, kind in full), "unit": "件", "url": url})
    return shown


def _capped(count: int, more: bool) -> str:
    return f"{count}+" if more else str(count)


def assignments(actor: Actor) -> list[Assignment]:
    """The panels an expert sits on that are still open, those that wait for the expert first."""
    if Role.EXPERT not in actor.roles:
        return []
    found = [one for one in assignments_of(actor) if one.is_open]
    return sorted(found, key=lambda one: not one.waits_for_me)[:SHOWN]


def acceptance_reviews(actor: Actor) -> list[Any]:
    """The acceptances the actor is asked to judge, as reviewers' rows."""
    return list(reviews_of(actor)[:SHOWN]) if actor.has(*ASSIGNED_ROLES) else []


def supervised(actor: Actor) -> list[Any]:
    """The awards a third party's person supervises, latest commission first."""
    if Role.FUND_SUPERVISOR not in actor.roles:
        return []
    found = own_assignments(actor).select_related("award__case__institution", "award__cycle")
    return list(found.order_by("-pk")[:SHOWN])


def assisting(actor: Actor) -> list[dict[str, Any]]:
    """Cases of the authority that an association's people may help with, soonest due first."""
    if Role.SERVICE_ASSISTANT not in actor.roles:
        return []
    cases = selectors.with_names(selectors.assisted_cases(actor))
    return [listing.row(case, actor) for case in cases.order_by("next_due_at", "pk")[:SHOWN]]


def entries(actor: Actor) -> list[dict[str, Any]]:
    """The pages a holder of the actor's roles starts work from, by group; those without business are left out."""
    groups = ({"label": label, "entries": _open_to(actor, found)} for label, found in ENTRIES.items())
    return [group for group in groups if group["entries"]]


def _open_to(actor: Actor, entries: tuple[Entry, ...]) -> list[dict[str, str]]:
    found = []
    for label, hint, name, roles in entries:
        if actor.has(*roles) and is_offered(name, actor.organisation.jurisdiction_id):
            try:
                found.append({"label": label, "hint": hint, "url": reverse(name)})
            except NoReverseMatch:
                continue
    return found
