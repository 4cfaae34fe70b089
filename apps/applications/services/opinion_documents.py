"""What the documents of the examination and the recommendation say."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.applications.enums import Stage, Verdict
from apps.applications.models import Application, Opinion
from apps.applications.services.checks import Item, items_of
from apps.applications.services.wording import legal_basis
from apps.cases.workflow.engine import road_of
from apps.documents.rendering import DocumentContent, FindingRow, Findings, Paragraph, Particulars, Section
from apps.documents.rendering.text import chinese_date
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.citations import chinese_number, cite_all
from apps.jurisdictions.rulebooks.findings import RESULT_LABELS
from apps.jurisdictions.rulebooks.roads import RecommendationStage
from apps.jurisdictions.rulebooks.rulebook import Rulebook

EXAMINATION = "examination_opinion"
RECOMMENDATION = "recommendation_opinion"
DECLINED = "recommendation_declined"


def agreement_content(opinion: Opinion, stage: RecommendationStage) -> DocumentContent:
    """The signed opinion that sends the application on: 审查意见 or 推荐意见."""
    application = opinion.application
    institution, road = application.case.institution, road_of(application.case)
    examined = stage.code == Stage.EXAMINATION
    title = f"关于{institution.name}申报{road.base_name}的审查意见" if examined else None
    return DocumentContent(
        title=title or f"关于推荐{institution.name}申报{road.base_name}的意见",
        date=timezone.localdate(),
        body=numbered(
            _particulars(application),
            _examination(application, stage),
            *_recheck(opinion),
            Section("审查意见" if examined else "推荐意见", (Paragraph(opinion.text),)),
        ),
        legal_basis=legal_basis(_rulebook(application), (stage.article,)),
    )


def disagreement_content(opinion: Opinion, stage: RecommendationStage) -> DocumentContent:
    """The signed opinion that ends the application here, with its reasons, to the institution."""
    application = opinion.application
    road = road_of(application.case)
    word = "审查未通过" if stage.code == Stage.EXAMINATION else "不予推荐"
    return DocumentContent(
        title=f"关于{word}申报{road.base_name}的意见",
        date=timezone.localdate(),
        body=(
            Paragraph(
                f"你单位提交的{road.base_name}申报材料（办件编号{application.case.number}）收悉。经审核，意见如下。"
            ),
            *numbered(
                *_doubts(application, stage),
                *_recheck(opinion),
                Section("结论和理由", (Paragraph(f"{word}。理由如下："), Paragraph(opinion.text))),
            ),
        ),
        legal_basis=legal_basis(_rulebook(application), (stage.article,)),
        remedies=_against_opinion(application.case.authority),
    )


def application_particulars(application: Application) -> Particulars:
    """Who applies for what, as every document of the road begins."""
    institution = application.case.institution
    return Particulars(
        (
            ("申报单位", institution.name),
            ("统一社会信用代码", institution.credit_code),
            ("申报批次", application.round.title),
            ("申报领域", application.field or "未填写"),
            ("办件编号", application.case.number),
        )
    )


def numbered(*sections: Section) -> tuple[Section, ...]:
    """The sections with 一、二、三、 before their headings."""
    return tuple(
        Section(f"{chinese_number(position)}、{section.heading}", section.blocks)
        for position, section in enumerate(sections, start=1)
    )


def _rulebook(application: Application) -> Rulebook:
    return registry.by_key(application.case.rulebook_key)


def _particulars(application: Application) -> Section:
    return Section("申报单位", (application_particulars(application),))


def _examination(application: Application, stage: RecommendationStage) -> Section:
    rows = tuple(_row(item) for item in items_of(application, stage.code))
    return Section("逐项核查情况", (Paragraph("逐项核查申报材料和佐证文件，情况如下。"), Findings(rows)))


def _doubts(application: Application, stage: RecommendationStage) -> tuple[Section, ...]:
    """The conditions in doubt alone; nothing where the refusal rests on none of them."""
    items = [item for item in items_of(application, stage.code) if item.check and item.check.verdict == Verdict.DOUBT]
    if not items:
        return ()
    rows = tuple(_row(item) for item in items)
    return (Section("逐项核查情况", (Paragraph("对下列条件存疑："), Findings(rows))),)


def _row(item: Item) -> FindingRow:
    verdict = Verdict(item.check.verdict).label if item.check else RESULT_LABELS[item.finding["result"]]
    note = item.check.note if item.check and item.check.note else item.finding["message"]
    return FindingRow(item.title, cite_all(item.articles), str(verdict), note)


def _recheck(opinion: Opinion) -> tuple[Section, ...]:
    recheck = opinion.recheck
    if not recheck.get("findings"):
        return ()
    day = dt.date.fromisoformat(recheck["date"])
    rows = (
        ("复查日期", chinese_date(day)),
        ("复查人员", recheck["persons"]),
        ("复查情况", recheck["findings"]),
    )
    return (Section("办学条件实地复查", (Particulars(rows),)),)


def _against_opinion(authority: Organisation) -> str:
    """What to do against a department's opinion, which is not the authority's decision."""
    phone = f"（联系电话：{authority.phone}）" if authority.phone else ""
    return (
        f"本意见是推荐环节的意见，不是认定机关的决定。对本意见有异议的，可以向{authority.name}{phone}反映；"
        "材料完善后，可以在本批次申报期限内或者以后的批次重新申报。"
    )
