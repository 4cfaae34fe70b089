"""What may be demanded back of an award, on what it may rest, and what a demand still lacks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import CATEGORIES, yuan
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.subsidies.enums import RecoveryGround, RecoveryState
from apps.subsidies.models import Award, AwardLine, FundRecovery, RecoveryLine, SpendingReport

OFFICE = (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER)
RUNNING = (RecoveryState.DEMANDED, RecoveryState.LIFT_PROPOSED)
MOST_DAYS = 1095


def may_demand(award: Award, actor: Actor | None) -> bool:
    """Whether ``actor`` drafts demands of ``award``: its authority's officers, whatever became of award and base."""
    return actor is not None and actor.organisation.pk == award.case.authority_id and actor.has(*OFFICE)


def articles_of(rules: Rulebook) -> list[tuple[str, str]]:
    """The articles a demand may rest on, each with what it says in short. Empty where the text has no scheme."""
    funding = rules.funding
    if funding is None or funding.scheme is None:
        return []
    banned: dict[str, list[str]] = {}
    for one in funding.scheme.forbidden:
        banned.setdefault(one.article, []).append(CATEGORIES[one.category])
    return [
        (funding.audit_article, f"{cite(funding.audit_article)}：按审核的方案专款专用"),
        *((article, f"{cite(article)}：不得用于{'、'.join(labels)}") for article, labels in banned.items()),
        (funding.scheme.paid_under, f"{cite(funding.scheme.paid_under)}：监管、验收和拨付"),
    ]


def room(line: AwardLine) -> int:
    """How much of the line may still be demanded, in fen: what was paid and has not been demanded."""
    return line.paid_fen - line.demanded_fen


def due_back(award: Award) -> dict[str, dict[int, int]]:
    """What reports show to be due back and no demand has taken up, by ground and line (pk → fen).

    ``misspent``: what was not recognised. ``unspent``, once a final report is accepted: what was paid and neither
    spent, demanded, nor let off. What a demand lifted is not brought up again.
    """
    lines = list(award.lines.all())
    misspent_taken: dict[int, int] = defaultdict(int)
    lifted: dict[int, int] = defaultdict(int)
    rows = RecoveryLine.objects.filter(recovery__award=award).exclude(recovery__case__state=RecoveryState.DROPPED)
    told = rows.values_list("line_id", "amount_fen", "returned_fen", "recovery__ground", "recovery__case__state")
    pending: dict[int, int] = defaultdict(int)
    for line, amount, returned, ground, state in told:
        if ground == RecoveryGround.MISSPENT:
            misspent_taken[line] += amount
        if state == RecoveryState.LIFTED:
            lifted[line] += amount - returned
        if state in (RecoveryState.DRAFT, RecoveryState.PROPOSED):
            pending[line] += amount
    is_final = award.spending_reports.filter(case__state="accepted", is_final=True).exists()
    found: dict[str, dict[int, int]] = {RecoveryGround.MISSPENT: {}, RecoveryGround.UNSPENT: {}}
    for line in lines:
        free = room(line) - lifted[line.pk] - pending[line.pk]
        wrong = max(min(line.misspent_fen - misspent_taken[line.pk], free), 0)
        if wrong:
            found[RecoveryGround.MISSPENT][line.pk] = wrong
        left = free - line.spent_fen - wrong
        if is_final and left > 0:
            found[RecoveryGround.UNSPENT][line.pk] = left
    return found


def suggested(award: Award, ground: str) -> dict[int, int]:
    """Sums by line to begin a demand with, in fen: the officer checks and changes them."""
    if ground in (RecoveryGround.MISSPENT, RecoveryGround.UNSPENT):
        return due_back(award).get(ground, {})
    found = {}
    for line in award.lines.all():
        due = room(line) - line.spent_fen
        if ground == RecoveryGround.NOT_ACCEPTED:
            due = 0 if line.accepted_fen is None else room(line) - line.accepted_fen
        if due > 0:
            found[line.pk] = due
    return found


def suggested_facts(award: Award, ground: str, report: SpendingReport | None) -> str:
    """The facts as reports tell them, for the officer to complete."""
    if report is None or ground not in (RecoveryGround.MISSPENT, RecoveryGround.UNSPENT):
        return ""
    period = f"经费使用报告（编号{report.case.number}，期间{report.from_on}至{report.until_on}）经核定"
    if ground == RecoveryGround.UNSPENT:
        return f"{period}，为最终报告，拨付的资金有结余未使用。"
    rows = list(report.rows.filter(disallowed_fen__gt=0).select_related("line")[:51])
    told = [
        f"{row.line.item}，凭证{row.voucher}（{row.on}，{row.payee}，{row.description}，{yuan(row.amount_fen)}）："
        f"不予认可{yuan(row.disallowed_fen)}，{row.disallowed_reason}（{cite(row.disallowed_article)}）"
        for row in rows[:50]
    ]
    more = ["其余见核定的报告。"] if len(rows) > 50 else []
    return "\n".join([f"{period}，以下支出不予认可：", *told, *more])


def suggested_articles(award: Award, ground: str, report: SpendingReport | None, rules: Rulebook) -> list[str]:
    """The articles to begin with."""
    known = [code for code, _ in articles_of(rules)]
    if not known or rules.funding is None or rules.funding.scheme is None:
        return []
    if ground == RecoveryGround.NOT_ACCEPTED:
        return [rules.funding.scheme.paid_under]
    cited = {rules.funding.audit_article}
    if report is not None and ground == RecoveryGround.MISSPENT:
        cited |= set(report.rows.filter(disallowed_fen__gt=0).values_list("disallowed_article", flat=True))
    return [code for code in known if code in cited]


def demand_problems(recovery: FundRecovery) -> list[Problem]:
    """What the demand lacks: facts, articles, sums within what was paid, a term ahead, an account."""
    from apps.cases.workflow.engine import rules_of

    known = [code for code, _ in articles_of(rules_of(recovery.case))]
    articles = tuple(known[:1])
    problems = []
    if not recovery.facts.strip():
        problems.append(Problem("facts_missing", "请写明事实和理由。", articles, "facts"))
    if not recovery.articles or not set(recovery.articles) <= set(known):
        problems.append(Problem("articles_missing", "请选择追回所依据的条款。", articles, "articles"))
    problems += _sum_problems(recovery, articles)
    problems += term_problems(recovery.due_on, articles)
    if not recovery.account.strip():
        problems.append(Problem("account_missing", "请填写缴入的账户（户名、账号、开户银行）。", articles, "account"))
    return problems


def _sum_problems(recovery: FundRecovery, articles: tuple[str, ...]) -> list[Problem]:
    rows = list(recovery.lines.select_related("line"))
    if not rows or recovery.amount_fen != sum(row.amount_fen for row in rows) or not recovery.amount_fen:
        return [Problem("sums_missing", "请填写至少一个项目的追回金额。", articles, "sums")]
    return [
        Problem(
            "above_paid",
            f"“{row.line.item}”已支付{yuan(row.line.paid_fen)}，已要求缴回{yuan(row.line.demanded_fen)}，"
            f"本次最多追回{yuan(room(row.line))}，现填{yuan(row.amount_fen)}。",
            articles,
            f"line-{row.line_id}",
        )
        for row in rows
        if row.amount_fen > room(row.line)
    ]


def term_problems(due_on: dt.date | None, articles: tuple[str, ...]) -> list[Problem]:
    """The term is set by the officer: no text gives one. It lies ahead, within three years."""
    today = timezone.localdate()
    if due_on is None:
        return [Problem("term_missing", "请指定缴回期限；办法没有规定天数。", articles, "due_on")]
    if due_on <= today:
        return [Problem("term_over", f"指定的缴回期限{due_on}不在今天以后，请重新指定。", articles, "due_on")]
    if (due_on - today).days > MOST_DAYS:
        return [Problem("term_far", "指定的缴回期限过远，请核对年份。", articles, "due_on")]
    return []


def overdue_recoveries(base: Base | None = None) -> QuerySet[FundRecovery]:
    """Demands whose term is over and which are not returned in full, of one base or all, longest overdue first."""
    found = FundRecovery.objects.filter(
        case__state__in=RUNNING, due_on__lt=timezone.localdate(), returned_fen__lt=F("amount_fen")
    )
    if base is not None:
        found = found.filter(award__base=base)
    return found.select_related("case", "award").order_by("due_on", "pk")


def overdue_days(recovery: FundRecovery) -> int:
    """The days by which the demand is overdue; 0 where it is not, or is settled."""
    if recovery.due_on is None or recovery.case.state not in RUNNING:
        return 0
    return max((timezone.localdate() - recovery.due_on).days, 0)


def owed_fen(award: Award) -> int:
    """What the award's demands still ask for, in fen."""
    summed = award.lines.aggregate(asked=Sum("demanded_fen"), back=Sum("returned_fen"))
    return int(summed["asked"] or 0) - int(summed["back"] or 0)


def total(sums: Mapping[Any, int]) -> int:
    return sum(sums.values())
