"""What a spending report holds as typed, and what is wrong with it; what is wrong with its examination."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Sum
from django.utils import timezone

from apps.cases.tables import Checked, Column, RowError, Table
from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import CATEGORIES, yuan
from apps.subsidies.models import Award, AwardLine, SpendingReport, SpendingRow
from apps.subsidies.services.spending_scans import Scans, scans_of
from apps.subsidies.workflow.people import funding_of

MOST_ROWS = 5000
EDITABLE_ROWS = 100
"""More vouchers are shown by the page and changed one by one or by file: a browser edits long grids badly."""
MOST_FEN = 10**13
LONGEST_TEXT = 4000
SHOWN_ERRORS = 50
_UNTIL = Column("until_on", "期间结束", "date")
_FROM = Column("from_on", "期间开始", "date")


def vouchers_table(lines: Iterable[AwardLine], *, for_file: bool = False) -> Table:
    """The vouchers of a report. ``for_file``: a spreadsheet's list of choices holds 255 characters at most."""
    choices = tuple((line.key, line_label(line)) for line in lines)
    long = sum(len(label) + 1 for _, label in choices) > 250
    line = (
        Column("line", "支出项目", max_length=120)
        if for_file and long
        else Column("line", "支出项目", "choice", choices=choices)
    )
    return Table(
        "rows",
        "支出凭证",
        (
            Column("on", "日期", "date"),
            Column("voucher", "凭证号", max_length=64),
            line,
            Column("payee", "收款方", max_length=100),
            Column("description", "内容", max_length=200),
            Column("amount_fen", "金额（元）", "fen", least=1, most=MOST_FEN),
        ),
        hint="只填由本资助列支的金额，单位为元，最多两位小数",
        max_rows=MOST_ROWS,
    )


def line_label(line: AwardLine) -> str:
    """A line as people choose it; two lines may have the same item."""
    return f"{line.position}. {line.item}"


def same_voucher(text: str) -> str:
    """A voucher's number for comparison: width, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Balance:
    """What a line was paid and what reports say of it, in fen.

    ``elsewhere_fen`` is what other reports account for (less what was not recognised), ``here_fen`` this report.
    ``left_fen`` is what may still be accounted for, below nothing where too much is: what was demanded back is gone.
    """

    line: AwardLine
    elsewhere_fen: int
    here_fen: int

    @property
    def left_fen(self) -> int:
        return self.line.paid_fen - self.line.demanded_fen - self.elsewhere_fen - self.here_fen

    @property
    def over_fen(self) -> int:
        return max(-self.left_fen, 0)


@dataclass
class Draft:
    """A report as typed: loaded once, asked many times."""

    report: SpendingReport

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(self.report.data.get("rows", []))

    @property
    def is_final(self) -> bool:
        return bool(self.report.data.get("is_final"))

    @property
    def summary(self) -> str:
        return str(self.report.data.get("summary", ""))

    @cached_property
    def lines(self) -> list[AwardLine]:
        return list(self.report.award.lines.all())

    @cached_property
    def table(self) -> Table:
        return vouchers_table(self.lines)

    @cached_property
    def checked(self) -> Checked:
        """The rows that are in order, each with its ``number`` as the person sees it, and what is wrong in others."""
        found, errors, filled = [], [], 0
        for number, row in enumerate(self.rows, start=1):
            one = self.table.check([row], first=number)
            filled += one.filled
            errors += one.errors
            found += [{**values, "number": number} for values in one.rows]
        if filled > MOST_ROWS:
            errors.append(RowError(filled, "", f"最多 {MOST_ROWS} 行，现有 {filled} 行。"))
        return Checked(found, errors, filled)

    @cached_property
    def scans(self) -> Scans:
        return scans_of(self.report)

    def day(self, name: str) -> dt.date | None:
        """``from_on`` or ``until_on`` as a day; None where it is empty or no day."""
        try:
            value = (_FROM if name == "from_on" else _UNTIL).clean(str(self.report.data.get(name, "")))
        except ValidationError:
            return None
        return value if isinstance(value, dt.date) else None

    @cached_property
    def balances(self) -> list[Balance]:
        return balances(self.report.award, self.report, self.checked.rows)


def balances(award: Award, report: SpendingReport, rows: Iterable[Mapping[str, Any]]) -> list[Balance]:
    """Each line with what other reports and these ``rows`` (line key, amount_fen) account for. Two queries."""
    here: Counter[str] = Counter()
    for row in rows:
        here[row["line"]] += row["amount_fen"]
    others = SpendingRow.objects.filter(award=award).exclude(report=report)
    summed = others.values("line_id").annotate(fen=Sum(F("amount_fen") - F("disallowed_fen"))).order_by("line_id")
    elsewhere = {one["line_id"]: one["fen"] for one in summed}
    return [Balance(line, elsewhere.get(line.pk, 0), here[line.key]) for line in award.lines.all()]


def first_day(award: Award, report: SpendingReport | None = None) -> tuple[dt.date, bool]:
    """The day from which a new report of the award counts, and whether it is bound to begin on it.

    A later report follows the one before it without a gap; the first may reach back to the beginning of the cycle.
    """
    before = award.spending_reports.filter(case__state="accepted", until_on__isnull=False)
    if report is not None:
        before = before.exclude(pk=report.pk)
    last = before.order_by("-until_on").first()
    if last is not None and last.until_on is not None:
        return last.until_on + dt.timedelta(days=1), True
    return award.cycle.starts_on, False


def report_problems(report: SpendingReport) -> list[Problem]:
    """Everything that keeps the report from being sent; ``where`` names the field."""
    draft = Draft(report)
    found = [*_period_problems(draft), *_text_problems(draft)]
    if not draft.checked.filled and not draft.is_final:
        found.append(
            _problem(draft, "no_vouchers", "请至少登记一张凭证；没有支出且不再支出的，请勾选“最终报告”", "rows")
        )
    found += [_problem(draft, "row_invalid", str(error).rstrip("。"), "rows") for error in _row_errors(draft)]
    found += [
        _problem(
            draft,
            "above_paid",
            f"“{one.line.item}”累计列支{yuan(one.line.paid_fen - one.line.demanded_fen + one.over_fen)}，超过已拨付的"
            f"{yuan(one.line.paid_fen)}"
            + (f"（其中{yuan(one.line.demanded_fen)}已要求缴回）" if one.line.demanded_fen else "")
            + f"，多出{yuan(one.over_fen)}；由自有经费承担的部分请不要填入",
            "rows",
        )
        for one in draft.balances
        if one.here_fen and one.over_fen
    ]
    return found


def live_errors(draft: Draft) -> list[str]:
    """What is wrong with the vouchers typed so far, for the page; scans and what is still empty left out."""
    return [str(error) for error in _row_errors(draft, scans=False)]


def _row_errors(draft: Draft, *, scans: bool = True) -> list[RowError]:
    errors = [*draft.checked.errors, *_double_errors(draft), *_day_errors(draft)]
    if scans:
        errors += [
            RowError(row["number"], "凭证号", f"凭证“{row['voucher']}”没有扫描件，请上传以凭证号命名的文件，或指定文件")
            for row in draft.checked.rows
            if draft.scans.of(row["voucher"]) is None
        ]
    errors.sort(key=lambda error: error.row)
    more = len(errors) - SHOWN_ERRORS
    return (
        errors
        if more <= 0
        else [*errors[:SHOWN_ERRORS], RowError(errors[SHOWN_ERRORS].row, "", f"起另有 {more} 处问题")]
    )


def _double_errors(draft: Draft) -> list[RowError]:
    keys = {line.pk: line.key for line in draft.lines}
    others = SpendingRow.objects.filter(award=draft.report.award).exclude(report=draft.report)
    earlier = {
        (keys[line], same_voucher(voucher)): number
        for line, voucher, number in others.values_list("line_id", "voucher", "report__case__number")
    }
    errors: list[RowError] = []
    seen: dict[tuple[str, str], int] = {}
    for row in draft.checked.rows:
        key = (row["line"], same_voucher(row["voucher"]))
        if key in seen:
            errors.append(RowError(row["number"], "凭证号", f"与第 {seen[key]} 行重复：同一项目的同一凭证只能报一次"))
        elif key in earlier:
            errors.append(RowError(row["number"], "凭证号", f"已在报告{earlier[key]}中报过，同一凭证只能报一次"))
        seen.setdefault(key, row["number"])
    return errors


def _day_errors(draft: Draft) -> list[RowError]:
    start, end = draft.day("from_on"), draft.day("until_on")
    if start is None or end is None:
        return []
    return [
        RowError(row["number"], "日期", f"{row['on']}不在报告期间（{start}至{end}）内")
        for row in draft.checked.rows
        if not start <= row["on"] <= end
    ]


def _period_problems(draft: Draft) -> list[Problem]:
    start, end = draft.day("from_on"), draft.day("until_on")
    earliest, bound = first_day(draft.report.award, draft.report)
    if start is None:
        return [_problem(draft, "from_missing", "请填写期间开始的日期", "from_on")]
    if bound and start != earliest:
        return [_problem(draft, "from_gap", f"期间应接上一次报告，从{earliest}开始", "from_on")]
    if start < earliest:
        return [_problem(draft, "from_early", f"期间不能早于项目周期的开始日期{earliest}", "from_on")]
    if end is None:
        return [_problem(draft, "until_missing", "请填写期间结束的日期", "until_on")]
    if end < start:
        return [_problem(draft, "until_early", "期间结束的日期早于开始的日期", "until_on")]
    if end > timezone.localdate():
        return [_problem(draft, "until_late", "期间结束的日期不能晚于今天", "until_on")]
    return []


def _text_problems(draft: Draft) -> list[Problem]:
    if not draft.summary.strip():
        return [_problem(draft, "summary_missing", "请填写使用情况说明", "summary")]
    if len(draft.summary) > LONGEST_TEXT:
        return [
            _problem(draft, "summary_long", f"使用情况说明现有{len(draft.summary)}字，最多{LONGEST_TEXT}字", "summary")
        ]
    return []


def _problem(draft: Draft, code: str, message: str, where: str) -> Problem:
    article = funding_of(draft.report.case).audit_article
    return Problem(code, f"{message}（{cite(article)}）。", (article,), where)


def disallowing_articles(report: SpendingReport) -> list[tuple[str, str]]:
    """The articles on which a sum may be refused, each with what it says: forbidden uses first, then the purpose."""
    funding = funding_of(report.case)
    told: dict[str, list[str]] = {}
    for one in funding.scheme.forbidden if funding.scheme else ():
        told.setdefault(one.article, []).append(CATEGORIES[one.category])
    choices = [(article, f"{cite(article)}：{'、'.join(labels)}") for article, labels in told.items()]
    return [*choices, (funding.audit_article, f"{cite(funding.audit_article)}：未按审核的使用方案专款专用")]


def check_problems(report: SpendingReport) -> list[Problem]:
    """What keeps the examination from being concluded: a refused sum without article or reason, no opinion."""
    article = (funding_of(report.case).audit_article,)
    known = {code for code, _ in disallowing_articles(report)}
    problems = [
        Problem(
            "mark_incomplete",
            f"凭证“{row.voucher}”不予认可{yuan(row.disallowed_fen)}，须选择依据条款并写明理由。",
            article,
            f"row-{row.pk}",
        )
        for row in report.rows.filter(disallowed_fen__gt=0)
        if row.disallowed_article not in known or not row.disallowed_reason.strip()
    ]
    if not report.opinion.strip():
        problems.append(Problem("opinion_missing", f"请填写核对意见（{cite(article[0])}）。", article, "opinion"))
    return problems
