"""What is missing before a step of an acceptance: the report, the reviewers, their opinions, the conclusion."""

from __future__ import annotations

from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import AcceptanceConclusion, AwardState, PaymentState
from apps.subsidies.models import Acceptance, AcceptanceLine, AcceptanceOpinion, AcceptanceReviewer, Tranche
from apps.subsidies.services.acceptance_content import PARTS, ReportDraft
from apps.subsidies.workflow.people import scheme_of

PAID = (PaymentState.PAID, PaymentState.CONFIRMED, PaymentState.CLOSED)


def report_problems(acceptance: Acceptance) -> list[Problem]:
    """Everything missing or wrong in the report; ``where`` is ``part:<code>#<field>``."""
    article = (scheme_of(acceptance.case).paid_under,)
    problems = [
        Problem(
            "form_invalid" if gap.wrong else "form_missing",
            f"{PARTS[gap.part]}：{gap.told}。",
            article,
            where=f"part:{gap.part}#{gap.field}",
        )
        for gap in ReportDraft(acceptance).gaps
    ]
    if acceptance.award.case.state != AwardState.ACTIVE:
        problems.append(Problem("award_not_active", "资助不在执行中，不能申请验收。", article))
    return problems


def reviewer_problems(acceptance: Acceptance) -> list[Problem]:
    """At least one person judges, chosen by the officer."""
    if AcceptanceReviewer.objects.filter(acceptance=acceptance, is_active=True).exists():
        return []
    article = (scheme_of(acceptance.case).paid_under,)
    return [Problem("no_reviewer", "请先确定验收人员：本机关专家库的专家，或者第三方机构的人员。", article)]


def opinion_problems(acceptance: Acceptance) -> list[Problem]:
    """Who has not given an opinion in this round."""
    given = AcceptanceOpinion.objects.filter(reviewer__acceptance=acceptance, is_current=True).values("reviewer")
    waiting = AcceptanceReviewer.objects.filter(acceptance=acceptance, is_active=True).exclude(pk__in=given)
    names = [one.user.name for one in waiting.select_related("user")]
    if not names:
        return reviewer_problems(acceptance)
    return [Problem("opinion_missing", f"{'、'.join(names)}尚未提交验收意见；不能参加的，请更换验收人员。")]


def conclusion_problems(acceptance: Acceptance) -> list[Problem]:
    """A conclusion with reasons; accepting says what is recognised of each line, asking again says what is missing."""
    problems = []
    if acceptance.conclusion not in AcceptanceConclusion.values:
        problems.append(Problem("conclusion_missing", "请选择验收结论。", where="conclusion"))
    if not acceptance.reasons.strip():
        problems.append(Problem("reasons_missing", "请写明验收意见和理由。", where="reasons"))
    if acceptance.conclusion == AcceptanceConclusion.SUPPLEMENT and not acceptance.return_text.strip():
        problems.append(Problem("supplement_missing", "请写明须补充的事项。", where="return_text"))
    if acceptance.conclusion == AcceptanceConclusion.ACCEPT:
        for row in AcceptanceLine.objects.filter(acceptance=acceptance).select_related("line"):
            problems += _recognised_problems(acceptance, row)
    return problems


def recognisable(row: AcceptanceLine) -> int:
    """The most that can be recognised of a line, in fen: what the plan gives it, and not more than was spent on it."""
    return min(row.line.amount_fen, row.spent_fen)


def cuts(acceptance: Acceptance) -> bool:
    """Whether less is recognised of some line than could be."""
    rows = AcceptanceLine.objects.filter(acceptance=acceptance).select_related("line")
    return any(row.accepted_fen is not None and row.accepted_fen < recognisable(row) for row in rows)


def _recognised_problems(acceptance: Acceptance, row: AcceptanceLine) -> list[Problem]:
    article = (scheme_of(acceptance.case).paid_under,)
    name, field = f"“{row.line.item}”", f"accepted-{row.pk}"
    if row.line.accepted_fen is not None:
        return [Problem("already_accepted", f"{name}已经验收，不能再次验收。", article)]
    if row.accepted_fen is None:
        return [Problem("sum_missing", f"{name}：请填写核定金额。", article, field)]
    problems = []
    most = recognisable(row)
    if row.accepted_fen > most:
        limits = f"方案金额{yuan(row.line.amount_fen)}，实际支出{yuan(row.spent_fen)}"
        problems.append(
            Problem(
                "sum_too_large",
                f"{name}核定{yuan(row.accepted_fen)}，不能超过{yuan(most)}（{limits}）。",
                article,
                field,
            )
        )
    elif row.accepted_fen < most and not row.remark.strip():
        problems.append(
            Problem(
                "remark_missing", f"{name}核定少于可核定的{yuan(most)}，请写明核减理由。", article, f"remark-{row.pk}"
            )
        )
    return problems + _payments_under_way(row, article)


def _payments_under_way(row: AcceptanceLine, article: tuple[str, ...]) -> list[Problem]:
    """A line is not cut below what a payment on its way has claimed: that payment is finished or withdrawn first."""
    claimed = Tranche.objects.filter(line=row.line, is_cancelled=False, payment__isnull=False)
    found = list(claimed.select_related("payment__case"))
    running = [one for one in found if one.payment is not None and one.payment.case.state not in PAID]
    if not running or row.accepted_fen is None or sum(one.amount_fen for one in found) <= row.accepted_fen:
        return []
    numbers = "、".join(dict.fromkeys(one.payment.case.number for one in running if one.payment is not None))
    return [
        Problem(
            "payment_under_way",
            f"“{row.line.item}”的拨款（{numbers}）正在办理，金额超过核定数；请先办结、退回或撤回该拨款。",
            article,
        )
    ]
