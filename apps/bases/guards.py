"""Guards of changes and withdrawals: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.bases.models import BaseStatus
from apps.bases.particulars import registered_value
from apps.cases.enums import CaseKind
from apps.cases.guards import text_in_force
from apps.cases.workflow.engine import rules_of
from apps.cases.workflow.problems import Problem
from apps.documents.rendering.text import chinese_date

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.bases.models import Base
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

__all__ = ["text_in_force"]

ENDED = (BaseStatus.REVOKED, BaseStatus.WITHDRAWN)
SANCTIONS = (CaseKind.RECTIFICATION, CaseKind.REVOCATION)
FAILED = "failed"
"""How a rectification ends that was not met; its own table says so."""


def base_is_live(case: Case, actor: Actor | None) -> list[Problem]:
    """A revoked or withdrawn base reports, files and holds nothing more."""
    if case.base.status not in ENDED:
        return []
    return [Problem("base_ended", f"该基地{case.base.status_label}，不能再办理。")]


def base_has_ended(case: Case, actor: Actor | None) -> list[Problem]:
    """Running business is discontinued only when its base has ended."""
    if case.base.status in ENDED:
        return []
    return [Problem("base_live", "基地资格仍然有效，本件应正常办理，不能终止。")]


def base_ended(case: Case, road: Road) -> bool:
    """Breaking off is offered only where the base has ended."""
    return case.base.status in ENDED


def change_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """The report names what changes, to what, since when, and is proved."""
    change = case.particulars_change
    article = (rules_of(case).particulars_change.article,)
    problems = []
    items = list(change.items.all())
    if not items:
        problems.append(Problem("nothing_changes", "请至少填写一项变更内容。", article, "items"))
    for item in items:
        if item.after == registered_value(case.base, item.code, item.before):
            message = f"“{item.name}”与名录现登记的内容相同，没有变更，请删去或改正。"
            problems.append(Problem("same_as_registered", message, article, "items"))
    if change.happened_on is None:
        problems.append(Problem("happened_on_missing", "请填写变更日期。", article, "happened_on"))
    if not case.attachments.filter(purpose="change_evidence", removed_at__isnull=True).exists():
        problems.append(Problem("evidence_missing", "请上传变更的证明材料（如批复、登记证书）。", article, "evidence"))
    return problems


def consent_positive(case: Case, actor: Actor | None) -> list[Problem]:
    if case.particulars_change.agrees:
        return []
    return [Problem("conclusion_differs", "经办人拟定的意见不是同意，与本步骤不符。")]


def consent_negative(case: Case, actor: Actor | None) -> list[Problem]:
    if case.particulars_change.agrees is False:
        return []
    return [Problem("conclusion_differs", "经办人拟定的意见不是不同意，与本步骤不符。")]


def not_consented_yet(case: Case, actor: Actor | None) -> list[Problem]:
    if case.particulars_change.consented_on is None:
        return []
    return [Problem("consented", "批准部门已同意并公布，不能再退回；请予以备案。")]


def no_sanction_running(case: Case, actor: Actor | None) -> list[Problem]:
    """Nobody leaves a rectification, or what follows one that failed, by withdrawing: a revocation bars, this does not."""
    pending = sanction_pending(case.base)
    if pending is None:
        return []
    if pending.closed_at is None:
        message = f"“{pending.get_kind_display()}”（{pending.number}）正在办理，办结前不能退出。"
    else:
        message = f"限期整改（{pending.number}）未达标，认定机关作出处理决定前不能退出。"
    return [Problem("sanction_running", message)]


def sanction_running(case: Case, actor: Actor | None) -> list[Problem]:
    if sanction_pending(case.base) is not None:
        return []
    return [Problem("no_ground", "自愿退出不须理由；只有整改或取消（撤销）程序未办结时可以不予退出。")]


def sanction_pending(base: Base) -> Case | None:
    """The rectification or revocation of ``base`` that is not settled: open, or failed with no decision after it."""
    latest = base.cases.filter(kind__in=SANCTIONS).order_by("-pk").first()
    running = base.cases.filter(kind__in=SANCTIONS, closed_at__isnull=True).first()
    if running is not None:
        return running
    return latest if latest is not None and latest.state == FAILED else None


def withdrawal_complete(case: Case, actor: Actor | None) -> list[Problem]:
    withdrawal = case.base_withdrawal
    problems = []
    if not withdrawal.reason.strip():
        problems.append(Problem("reason_missing", "请填写退出理由。", where="reason"))
    if not withdrawal.arrangements.strip():
        problems.append(Problem("arrangements_missing", "请写明在办培训的善后安排。", where="arrangements"))
    return problems


def wished_day_reached(case: Case, actor: Actor | None) -> list[Problem]:
    """The base ends when the consent is signed, and not before the day it wished for."""
    day = case.base_withdrawal.ends_on
    if day is None or day <= timezone.localdate():
        return []
    return [Problem("too_early", f"基地申请于{chinese_date(day)}退出，请到该日再签发。")]


CHANGE_SUBMISSION = (base_is_live, change_complete)
