"""经费使用报告: opened for an award, filled in, sent, examined row by row, concluded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case, may, perform
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import AwardState, SpendingState
from apps.subsidies.models import Award, AwardLine, SpendingReport, SpendingRow
from apps.subsidies.services.spending_checks import Draft, disallowing_articles, first_day, same_voucher

REPORTABLE = (AwardState.ACTIVE, AwardState.SETTLEMENT_PROPOSED, AwardState.TERMINATED)
EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
OVER = (SpendingState.DROPPED, SpendingState.DISCONTINUED)
_BATCH = 500


class ReportConflict(Exception):
    """Somebody saved the report after the writer had read it; ``current`` is what is stored now."""

    def __init__(self, current: SpendingReport) -> None:
        self.current = current
        super().__init__(f"report {current.pk} is at version {current.data_version}")


@dataclass(frozen=True)
class Mark:
    """How much of a voucher is not recognised, in fen, on which article and why; nothing where all is."""

    disallowed_fen: int
    article: str = ""
    reason: str = ""


def may_report(award: Award, actor: Actor | None) -> bool:
    """Whether ``actor`` may open a report of ``award``, what is paid and other reports aside."""
    return (
        actor is not None
        and actor.organisation.pk == award.base.institution_id
        and actor.has(*EDITORS)
        and award.case.state in REPORTABLE
    )


def opening_problems(award: Award) -> list[Problem]:
    """Why no report can be opened: nothing is paid, one is under way, the last one was final."""
    running = award.spending_reports.filter(case__closed_at__isnull=True).select_related("case").first()
    if running is not None:
        label = SpendingState(running.case.state).label
        return [Problem("report_running", f"报告{running.case.number}（{label}）尚未办结，办结后再报下一期。")]
    if award.spending_reports.filter(case__state=SpendingState.ACCEPTED, is_final=True).exists():
        return [Problem("report_final", "最终报告已核定，不再报告。")]
    if not award.lines.filter(paid_fen__gt=0).exists():
        return [Problem("nothing_paid", "尚未收到拨款，没有可以报告的支出。")]
    return []


def open_report(award: Award, actor: Actor) -> SpendingReport:
    """Open a report as a draft that only the institution sees; its period follows the last report's.

    Raises NotPermitted for anybody but the institution, Blocked as :func:`opening_problems` says.
    """
    if not may_report(award, actor):
        raise NotPermitted(Problem("not_permitted", "须由获得资助的单位的填报人或负责人办理，资助须在执行中或已终止。"))
    with transaction.atomic():
        lock_case(award.case_id)
        problems = opening_problems(award)
        if problems:
            raise Blocked(*problems)
        start, bound = first_day(award)
        if not bound and award.granted_on is not None:
            start = max(start, award.granted_on)
        case = open_base_case(
            award.base,
            CaseKind.SPENDING_REPORT,
            f"{award.base.institution_name}经费使用报告",
            actor,
            label="填写使用报告",
            year=timezone.localdate().year,
            rulebook_key=award.case.rulebook_key,
        )
        return SpendingReport.objects.create(case=case, award=award, data={"from_on": start.isoformat(), "rows": []})


def save_draft(report: SpendingReport, values: Mapping[str, Any], version: int, actor: Actor) -> SpendingReport:
    """Keep ``values`` (from_on, until_on, is_final, summary, rows, scans) as typed, valid or not.

    Raises ReportConflict with what is stored when somebody saved after ``version``; WrongState when the report is not
    open to the actor. Nothing is overwritten unseen.
    """
    with transaction.atomic():
        locked = lock_case(report.pk)
        if not may(locked, "edit", actor):
            label = SpendingState(locked.state).label
            raise WrongState(Problem("report_locked", f"本件现为“{label}”，您现在不能修改报告。"))
        current = SpendingReport.objects.select_related("case", "award", "saved_by").get(pk=report.pk)
        # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
        with scopes_disabled():
            swapped = SpendingReport.objects.filter(pk=report.pk, data_version=version).update(
                data={**current.data, **values},
                data_version=version + 1,
                saved_by=actor.user,
                saved_at=timezone.now(),
            )
        if not swapped:
            raise ReportConflict(current)
    return SpendingReport.objects.select_related("case", "award__cycle", "award__base", "saved_by").get(pk=report.pk)


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the report: what is typed becomes its vouchers, each with its scan."""

    def change(locked: Case, act: Act) -> None:
        report = locked.spending_report
        draft = Draft(report)
        _freeze(report, draft)
        if locked.submitted_at is None:
            Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)

    return perform(case, "submit", actor, reason=reason, change=change)


def _freeze(report: SpendingReport, draft: Draft) -> None:
    marks = {_identity(row): row for row in report.rows.filter(disallowed_fen__gt=0)}
    report.rows.all().delete()
    lines = {line.key: line for line in draft.lines}
    rows = []
    for place, values in enumerate(draft.checked.rows, start=1):
        row = SpendingRow(
            report=report,
            award_id=report.award_id,
            line=lines[values["line"]],
            position=place,
            attachment=draft.scans.of(values["voucher"]),
            **{name: values[name] for name in ("on", "voucher", "payee", "description", "amount_fen")},
        )
        before = marks.get(_identity(row))
        if before is not None:  # what was refused before and comes again unchanged stays refused until looked at
            row.disallowed_fen = before.disallowed_fen
            row.disallowed_article, row.disallowed_reason = before.disallowed_article, before.disallowed_reason
        rows.append(row)
    SpendingRow.objects.bulk_create(rows, batch_size=_BATCH)
    report.from_on, report.until_on = draft.day("from_on"), draft.day("until_on")
    report.is_final, report.summary = draft.is_final, draft.summary.strip()
    report.return_text = ""
    report.save(update_fields=["from_on", "until_on", "is_final", "summary", "return_text"])


def _identity(row: SpendingRow) -> tuple[object, ...]:
    return (row.line_id, same_voucher(row.voucher), row.on, row.payee, row.description, row.amount_fen)


def give_up(case: Case, actor: Actor, reason: str = "") -> Act:
    """Drop the draft: its vouchers may be reported anew."""
    return perform(case, "drop", actor, reason=reason, change=_free_vouchers)


def discontinue(case: Case, actor: Actor, reason: str = "") -> Act:
    """Break the report off because the base has ended: nothing of it is recognised, its vouchers are free again."""
    return perform(case, "discontinue", actor, reason=reason, change=_free_vouchers)


def _free_vouchers(locked: Case, act: Act) -> None:
    locked.spending_report.rows.all().delete()


def return_for_correction(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the report back with what is to be corrected."""

    def change(locked: Case, act: Act) -> None:
        report = locked.spending_report
        report.return_text = reason.strip()
        report.save(update_fields=["return_text"])

    return perform(case, "return_for_correction", actor, reason=reason, change=change)


def check_rows(case: Case, actor: Actor, marks: Mapping[int, Mark], *, version: int | None = None) -> Act | None:
    """Mark vouchers (by primary key) as recognised or not. Returns None, and does nothing, where nothing changes.

    ``version`` is the case's when the page was opened. Raises Blocked for a sum above its voucher or without article
    and reason, WrongState when the case has moved on meanwhile.
    """
    changed: list[dict[str, Any]] = []
    known = {code for code, _ in disallowing_articles(case.spending_report)}
    rows = {row.pk: row for row in case.spending_report.rows.filter(pk__in=list(marks))}
    wanted = {pk: mark for pk, mark in marks.items() if pk in rows and not _stands(rows[pk], mark)}
    problems = [one for pk, mark in wanted.items() for one in _mark_problems(rows[pk], mark, known)]
    if problems:
        raise Blocked(*problems)
    if not wanted and may(case, "check_rows", actor):
        return None
    for pk, mark in wanted.items():
        told = {"voucher": rows[pk].voucher, "disallowed_fen": mark.disallowed_fen, "article": mark.article}
        changed.append({**told, "before_fen": rows[pk].disallowed_fen})

    def change(locked: Case, act: Act) -> None:
        if version is not None and locked.version - 1 != version:
            raise WrongState(Problem("conflict", "您核对期间，本件已由他人办理，没有保存。请核对最新内容后再提交。"))
        for pk, mark in wanted.items():
            row = rows[pk]
            row.disallowed_fen = mark.disallowed_fen
            row.disallowed_article = mark.article if mark.disallowed_fen else ""
            row.disallowed_reason = mark.reason.strip() if mark.disallowed_fen else ""
            row.save(update_fields=["disallowed_fen", "disallowed_article", "disallowed_reason"])

    return perform(case, "check_rows", actor, data={"rows": changed}, change=change)


def _stands(row: SpendingRow, mark: Mark) -> bool:
    if not mark.disallowed_fen:
        return not row.disallowed_fen
    now = (row.disallowed_fen, row.disallowed_article, row.disallowed_reason)
    return now == (mark.disallowed_fen, mark.article, mark.reason.strip())


def _mark_problems(row: SpendingRow, mark: Mark, known: set[str]) -> list[Problem]:
    where = f"row-{row.pk}"
    if mark.disallowed_fen > row.amount_fen:
        message = f"凭证“{row.voucher}”的金额为{yuan(row.amount_fen)}，不予认可的{yuan(mark.disallowed_fen)}超过了它。"
        return [Problem("mark_above_voucher", message, where=where)]
    if mark.disallowed_fen and (mark.article not in known or not mark.reason.strip()):
        message = f"凭证“{row.voucher}”不予认可{yuan(mark.disallowed_fen)}，须选择依据条款并写明理由。"
        return [Problem("mark_incomplete", message, where=where)]
    return []


def propose_conclusion(case: Case, actor: Actor, opinion: str) -> Act:
    """Write the opinion and hand the examination to the head."""
    with transaction.atomic():
        locked = lock_case(case.pk)
        if may(locked, "propose_conclusion", actor):
            report = locked.spending_report
            report.opinion = opinion.strip()
            report.save(update_fields=["opinion"])
        return perform(case, "propose_conclusion", actor)


def sign_conclusion(case: Case, actor: Actor, reason: str = "") -> Act:
    """Approve the examination: what is recognised and what is not is added to the award's lines."""

    def change(locked: Case, act: Act) -> None:
        report = locked.spending_report
        report.accepted_on = timezone.localdate(act.at)
        report.save(update_fields=["accepted_on"])
        for line, spent, misspent in _sums(report):
            # Scoped by a join, the update would compare in a subquery that does not see what others just committed.
            with scopes_disabled():
                AwardLine.objects.filter(pk=line).update(
                    spent_fen=F("spent_fen") + spent, misspent_fen=F("misspent_fen") + misspent
                )

    return perform(case, "sign_conclusion", actor, reason=reason, change=change)


def _sums(report: SpendingReport) -> list[tuple[int, int, int]]:
    summed = report.rows.values("line_id").annotate(all=Sum("amount_fen"), refused=Sum("disallowed_fen"))
    return [(one["line_id"], one["all"] - one["refused"], one["refused"]) for one in summed.order_by("line_id")]


def totals_of(report: SpendingReport) -> list[dict[str, Any]]:
    """What the sent report says by line: vouchers, their sum, what is refused and what is recognised, in fen."""
    summed = {line: (spent, refused) for line, spent, refused in _sums(report)}
    return [
        {"line": line, "reported": sum(summed[line.pk]), "refused": summed[line.pk][1], "spent": summed[line.pk][0]}
        for line in report.award.lines.all()
        if line.pk in summed
    ]
