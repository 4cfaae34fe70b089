"""A base taken through rectification and revocation, step by step, each by who may take it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.cases.attachments import attach
from apps.cases.models import Case
from apps.cases.workflow.engine import perform
from apps.inspections.services import rectifications, restorations, revocations, sanction_rechecks, terms
from apps.jurisdictions.models import RulebookExtension
from tests.factories import Supervision

SHANGHAI = ZoneInfo("Asia/Shanghai")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GROUND = {"sichuan": "evaluation_failed"}
DISORDER = "disorderly_classes_fees_certificates"
DIRECT = {"weihai": "20", "zibo": "24"}
AFTER_RECTIFICATION = {"national": "27-2", "shanghai": "23-2", "sichuan": "23-2", "weihai": "19-2", "zibo": "23"}
JURISDICTIONS = tuple(AFTER_RECTIFICATION)
NOT_IN_FORCE = ("sichuan", "weihai")


def travel(days: int) -> time_machine.travel:
    """Move to noon of the day ``days`` from now."""
    noon = dt.datetime.combine(timezone.localdate() + dt.timedelta(days=days), dt.time(12), tzinfo=SHANGHAI)
    return time_machine.travel(noon, tick=True)


def supervision(jurisdiction: str = "zibo", **values: Any) -> Supervision:
    """A base to supervise, where the text is not in force under a recorded extension."""
    found = Supervision(jurisdiction, **values)
    if jurisdiction in NOT_IN_FORCE and not values.get("is_sandbox"):
        extend(found)
    return found


def extend(sup: Supervision) -> RulebookExtension:
    from apps.jurisdictions.rulebooks import registry

    day = timezone.localdate()
    draft = sup.base.jurisdiction_id == "sichuan"
    return RulebookExtension.objects.create(
        rulebook_key=registry.rulebook(sup.base.jurisdiction_id, day).key,
        jurisdiction_id=sup.base.jurisdiction_id,
        kind=RulebookExtension.Kind.FINAL_ISSUE if draft else RulebookExtension.Kind.EXTENSION,
        document_number="测人社发〔2026〕9号",
        document_date=day - dt.timedelta(days=30),
        effective_from=day - dt.timedelta(days=30),
        file=SimpleUploadedFile("x.pdf", PDF),
        recorded_by=sup.office["officer"].user,
        recorded_for=sup.authority,
        confirmed_by=sup.office["head"].user,
        confirmed_at=timezone.now(),
    )


def an_order(jurisdiction: str = "zibo", **values: Any) -> rectifications.Order:
    filled = {
        "grounds": [GROUND.get(jurisdiction, "tasks_not_completed")],
        "facts": "全年计划办班十期，实际办班两期。",
        "term_days": 30,
        "items": [rectifications.Item("完成计划内的培训任务"), rectifications.Item("补齐教学管理制度")],
    }
    return rectifications.Order(**(filled | values))


def drafted(sup: Supervision, **values: Any) -> Case:
    return rectifications.open_order(sup.base, sup.office["officer"], an_order(sup.base.jurisdiction_id, **values)).case


def ordered(sup: Supervision, **values: Any) -> Case:
    case = drafted(sup, **values)
    perform(case, "propose_order", sup.office["officer"])
    rectifications.sign_order(case, sup.office["head"])
    return fresh(case)


def reported(sup: Supervision, case: Case) -> Case:
    items = {item.pk: rectifications.Progress("已完成", True) for item in case.rectification.items.all()}
    rectifications.record_progress(case, sup.editor, items, "各项已整改完毕。")
    rectifications.submit_report(case, sup.head)
    return fresh(case)


def rechecked(sup: Supervision, case: Case, verdict: str = "meets") -> Case:
    verdicts = {item.pk: (verdict, "核对台账") for item in case.rectification.items.all()}
    sanction_rechecks.record_recheck(
        case,
        sup.office["officer"],
        rechecked_on=timezone.localdate(),
        recheck="现场核对。",
        verdicts=verdicts,
    )
    return fresh(case)


def concluded(sup: Supervision, case: Case, conclusion: str, **values: Any) -> Case:
    sanction_rechecks.propose_conclusion(
        case, sup.office["officer"], conclusion=conclusion, text="复查结论的理由。", **values
    )
    step = {"lift": "sign_lift", "extend": "sign_extension", "fail": "sign_failure"}[conclusion]
    getattr(sanction_rechecks, step)(case, sup.office["head"])
    return fresh(case)


def failed(sup: Supervision) -> Case:
    """An order that ran out unanswered and whose re-inspection found nothing put right."""
    case = ordered(sup)
    with travel(40):
        terms.expire_sanction_terms(timezone.now())
        case = rechecked(sup, fresh(case), "fails")
        return concluded(sup, case, "fail")


def a_notice(*grounds: str, **values: Any) -> revocations.Notice:
    filled = {"facts": "未经批准收取培训费，并自行制发证书。", "grounds": list(grounds), "hearing_days": 5}
    return revocations.Notice(**(filled | values))


def opened(sup: Supervision, article: str, *grounds: str) -> Case:
    return revocations.open_revocation(sup.base, sup.office["officer"], article, a_notice(*grounds)).case


def noticed(sup: Supervision, article: str = "24", *grounds: str) -> Case:
    case = opened(sup, article, *(grounds or (DISORDER,)))
    perform(case, "propose_notice", sup.office["officer"])
    revocations.sign_notice(case, sup.office["head"])
    return fresh(case)


def heard(sup: Supervision, case: Case, statement: str = "收费已全部退还。", **values: Any) -> Case:
    revocations.save_statement(case, sup.editor, statement, wants_hearing=values.get("wants_hearing", False))
    revocations.submit_statement(case, sup.head)
    return fresh(case)


def prepared(
    sup: Supervision, case: Case, conclusion: str = "revoke", answer: str = "退费属实，但不足以免除处理。"
) -> Case:
    revocations.propose_decision(
        case, sup.office["officer"], conclusion=conclusion, reasons="事实清楚，证据充分。", answer=answer
    )
    return fresh(case)


def reviewed(sup: Supervision, case: Case) -> Case:
    revocations.pass_legal_review(case, sup.office["legal"], "事实清楚，适用依据正确，程序合法。")
    return fresh(case)


def revoked(sup: Supervision, article: str = "24", *grounds: str) -> Case:
    case = reviewed(sup, prepared(sup, heard(sup, noticed(sup, article, *grounds))))
    revocations.sign_revocation(case, sup.office["head"])
    sup.base.refresh_from_db()
    return fresh(case)


def revoked_after_failure(sup: Supervision) -> Case:
    """Revoked in every text's ordinary way: a rectification that failed comes first."""
    failed(sup)
    with travel(41):
        return revoked(sup, AFTER_RECTIFICATION[sup.base.jurisdiction_id], "rectification_failed")


def an_instrument(**values: Any) -> restorations.Instrument:
    filled = {
        "overturned_by": "court",
        "body": "某某人民法院",
        "document_number": "（2026）测行终1号",
        "decided_on": timezone.localdate(),
        "facts": "生效判决撤销了原决定。",
        "status_after": "active",
    }
    return restorations.Instrument(**(filled | values))


def restoring(sup: Supervision, **values: Any) -> Case:
    restoration = restorations.open_restoration(sup.base, sup.office["officer"], an_instrument(**values))
    attach(restoration.case, SimpleUploadedFile("判决.pdf", PDF), "instrument", sup.office["officer"].user)
    perform(restoration.case, "propose", sup.office["officer"])
    return fresh(restoration.case)


def restored(sup: Supervision, **values: Any) -> Case:
    case = restoring(sup, **values)
    restorations.sign_restoration(case, sup.office["head"])
    sup.base.refresh_from_db()
    return fresh(case)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
