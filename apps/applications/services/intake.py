"""Intake by the authority: admit, ask once for corrections, or refuse with reasons and articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState, Stage
from apps.applications.models import AdmissionRefusal
from apps.applications.services import intake_documents, returns, terms
from apps.applications.services.self_check import register_bar
from apps.applications.services.submission import INTAKE_CLOCK
from apps.applications.services.wording import intake_articles
from apps.bases.models import RegisterRecord
from apps.cases import clocks, schedule
from apps.cases.actions import register_page, register_service
from apps.cases.enums import CaseKind, ClockBasis, ClockState
from apps.cases.models import Act, Case, Clock, Document
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform, road_of
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry

CORRECTION_CLOCK = "correction"
DEFAULT_TERM = 10
SHORTEST_TERM, LONGEST_TERM = 1, 90
WORKDAYS, NATURAL_DAYS = "workdays", "natural_days"
TERM_UNITS = {WORKDAYS: "个工作日", NATURAL_DAYS: "日"}
Ground = AdmissionRefusal.Ground


def admit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Admit the application and tell the institution. Raises Blocked when the register bars it."""

    def change(locked: Case, act: Act) -> None:
        clocks.end_clock(locked, INTAKE_CLOCK)
        content = intake_documents.admission_content(locked.application)
        issue(locked, act, "admission", content, issuer=locked.authority, addressee=locked.institution)

    articles = intake_articles(case.application)
    return perform(case, "admit", actor, reason=reason, articles=articles, change=change)


def request_correction(
    case: Case,
    actor: Actor,
    items: Sequence[returns.Item],
    *,
    days: int = DEFAULT_TERM,
    unit: str = WORKDAYS,
    note: str = "",
) -> Act:
    """Ask for all corrections in one notice; the intake clock pauses until they arrive.

    ``days`` is the officer's term, in working days or calendar days (``unit``), today not counted.
    Raises Blocked (no items, an item without a reason, an odd term, asked before), CalendarDataMissing.
    """
    application = case.application
    problems = [*returns.item_problems(application, items), *_term_problems(days, unit)]
    if problems:
        raise Blocked(*problems)
    today = timezone.localdate()
    counted = terms.workdays_after(today, days) if unit == WORKDAYS else terms.natural_days_after(today, days)
    term = f"自告知之日起{days}{TERM_UNITS[unit]}"
    described = returns.described(application, items)

    def change(locked: Case, act: Act) -> None:
        returns.save_items(application, act, Stage.INTAKE, items)
        clocks.pause_clock(locked, INTAKE_CLOCK, "等待申报单位补正材料")
        clocks.start_clock(
            locked,
            CORRECTION_CLOCK,
            "补正材料",
            counted[-1],
            basis=ClockBasis.OFFICER,
            counted=counted,
            note=f"{term}，由本机关指定",
        )
        content = intake_documents.correction_content(locked.application, described, counted[-1], term)
        issue(locked, act, "correction_notice", content, issuer=locked.authority, addressee=locked.institution)

    data = {"items": described, "due_on": counted[-1].isoformat(), "term": term}
    return perform(
        case,
        "request_correction",
        actor,
        reason=note,
        articles=intake_articles(application),
        data=data,
        change=change,
    )


def on_resubmitted(case: Case) -> None:
    """The corrections have arrived: their term ends, the intake's runs on. Call it within the act that brings them."""
    clocks.end_clock(case, CORRECTION_CLOCK)
    _resume_intake(case)


def expire_correction(case: Case) -> Act:
    """The term for the corrections has passed without them; the authority goes on with what it has."""

    def change(locked: Case, act: Act) -> None:
        clocks.end_clock(locked, CORRECTION_CLOCK, ClockState.MISSED)
        _resume_intake(locked)

    return perform(case, "correction_expired", None, reason="补正期限届满，未收到补正材料。", change=change)


@schedule.sweep
def expire_corrections(now: dt.datetime) -> None:
    """Give back to the authority every case whose term for corrections has passed."""
    overdue = Clock.objects.filter(
        code=CORRECTION_CLOCK,
        state=ClockState.RUNNING,
        due_at__lte=now,
        case__kind=CaseKind.APPLICATION,
        case__state=ApplicationState.CORRECTING,
    )
    for clock in overdue.select_related("case"):
        expire_correction(clock.case)


def propose_refusal(
    case: Case,
    actor: Actor,
    *,
    ground: str,
    reasons: str,
    articles: Sequence[str],
    records_fraud: bool = False,
) -> Act:
    """Put a refusal before the head. A bar cites the text's article and is taken from the register.

    Raises Blocked (no reasons, no article of the text, a bar the register does not show), and as perform() does.
    """
    cited = _cited(case, ground, articles, records_fraud=records_fraud)
    problems = refusal_problems(case, ground, reasons, cited)
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        AdmissionRefusal.objects.update_or_create(
            application=locked.application,
            defaults={
                "ground": ground,
                "reasons": reasons.strip(),
                "articles": cited,
                "records_fraud": records_fraud,
                "prepared_by": actor.user,
            },
        )

    data = {"ground": ground, "records_fraud": records_fraud}
    return perform(case, "propose_refusal", actor, reason=reasons, articles=cited, data=data, change=change)


def refusal_problems(case: Case, ground: str, reasons: str, articles: Sequence[str]) -> list[Problem]:
    """What keeps a refusal from being proposed."""
    problems = []
    if ground not in Ground.values:
        problems.append(Problem("ground_missing", "请选择不予受理的事由。", where="ground"))
    if not reasons.strip():
        problems.append(Problem("refusal_reasons_missing", "不予受理决定须写明理由。", where="reasons"))
    known = citable_articles(case)
    if not articles:
        problems.append(Problem("refusal_articles_missing", "不予受理决定须写明依据的条款。", where="articles"))
    elif any(article not in known for article in articles):
        problems.append(Problem("article_unknown", "所选条款不在本办法中，请重新选择。", where="articles"))
    if ground == Ground.BAR:
        problems.extend(_bar_problems(case))
    if ground == Ground.NOT_CORRECTED and not case.acts.filter(name="request_correction").exists():
        message = "尚未一次性告知过补正，不能以逾期未补正为由不予受理。"
        problems.append(Problem("never_asked", message, where="ground"))
    return problems


def citable_articles(case: Case) -> list[str]:
    """The articles of the case's text that a refusal can rest on, in the order of the text."""
    rulebook = registry.by_key(case.rulebook_key)
    road = rulebook.road
    used = {article for condition in rulebook.conditions for article in condition.articles}
    used |= {stage.article for stage in road.recommendation}
    used |= {*intake_articles(case.application), road.intake_article, road.application_form_article}
    if road.reapplication_bar is not None:
        used.add(road.reapplication_bar.article)
    listed = [article.article for article in rulebook.articles if article.article in used]
    return listed + sorted(used - set(listed))


def sign_refusal(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the refusal: it is issued with its remedies, and a fraud it establishes enters the register."""

    def change(locked: Case, act: Act) -> None:
        refusal = locked.application.refusal
        content = intake_documents.refusal_content(locked.application, refusal)
        document = issue(
            locked, act, "admission_refusal", content, issuer=locked.authority, addressee=locked.institution
        )
        if refusal.records_fraud and not locked.is_sandbox:
            _register_fraud(locked, actor, document)

    refusal = AdmissionRefusal.objects.filter(application=case.pk).first()
    articles = refusal.articles if refusal else ()
    return perform(case, "sign_refusal", actor, reason=reason, articles=articles, change=change)


@register_service(CaseKind.APPLICATION, "send_back_refusal")
def send_back_refusal(case: Case, actor: Actor, reason: str) -> Act:
    """The head does not sign the refusal; the officer examines again."""
    return perform(case, "send_back_refusal", actor, reason=reason)


@register_service(CaseKind.APPLICATION, "record_material_check")
def record_material_check(case: Case, actor: Actor, reason: str) -> Act:
    """The commissioned association notes what it found in the material; it decides nothing."""
    return perform(case, "record_material_check", actor, reason=reason)


def _term_problems(days: int, unit: str) -> list[Problem]:
    if unit in TERM_UNITS and SHORTEST_TERM <= days <= LONGEST_TERM:
        return []
    message = f"补正期限应为 {SHORTEST_TERM} 至 {LONGEST_TERM} 天。"
    return [Problem("term_invalid", message, where="days")]


def _bar_problems(case: Case) -> list[Problem]:
    if register_bar(case.application):
        return []
    text = f"《{registry.by_key(case.rulebook_key).title}》"
    if road_of(case).reapplication_bar is None:
        message = f"{text}没有禁止曾弄虚作假或被取消资格的单位再次申报，不得以此为由不予受理。"
    else:
        message = "登记中没有该单位弄虚作假或被取消资格的记录，不得以此为由不予受理。"
    return [Problem("no_bar", message, where="ground")]


def _cited(case: Case, ground: str, articles: Sequence[str], *, records_fraud: bool) -> list[str]:
    """The officer's articles, with the bar's own where the ground or the fraud rests on it."""
    bar = road_of(case).reapplication_bar
    on_bar = ground == Ground.BAR or (records_fraud and bar is not None and "fraud" in bar.grounds)
    return list(dict.fromkeys([*articles, *([bar.article] if bar is not None and on_bar else [])]))


def _resume_intake(case: Case) -> None:
    clock = case.clocks.filter(code=INTAKE_CLOCK, state=ClockState.PAUSED).first()
    if clock is None:
        return
    counted, note = terms.promised_workdays(timezone.localdate(), terms.days_left(clock))
    clocks.resume_clock(case, INTAKE_CLOCK, counted[-1], counted)
    if note:
        Clock.objects.filter(pk=clock.pk).update(note=note)


def _register_fraud(case: Case, actor: Actor, document: Document) -> None:
    institution = case.institution
    RegisterRecord.objects.create(
        jurisdiction_id=case.jurisdiction_id,
        institution=institution,
        kind=RegisterRecord.Kind.FRAUD,
        level=case.application.level,
        division=institution.division,
        on=document.issued_on,
        document_number=document.number,
        note=f"办件{case.number}：{case.application.refusal.reasons}"[:300],
        case=case,
        recorded_by=actor.user,
    )


register_page(CaseKind.APPLICATION, "admit", "applications:intake")
register_page(CaseKind.APPLICATION, "request_correction", "applications:request_correction")
register_page(CaseKind.APPLICATION, "propose_refusal", "applications:propose_refusal")
register_page(CaseKind.APPLICATION, "sign_refusal", "applications:sign_refusal")
