"""The kinds of official document, each with its Chinese name and the form it takes by default.

The document form serves recognitions and announcements, the letter form notices to one addressee (GB/T 9704-2012).
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ContentInvalid


@dataclass(frozen=True)
class Kind:
    """One kind of document: its code is also the name of its template."""

    code: str
    name: str
    form: str


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("admission", "受理通知书", "letter"),
        Kind("correction_notice", "一次性补正告知书", "letter"),
        Kind("admission_refusal", "不予受理决定书", "letter"),
        Kind("examination_opinion", "审查意见", "letter"),
        Kind("recommendation_opinion", "推荐意见", "letter"),
        Kind("recommendation_declined", "不予推荐意见书", "letter"),
        Kind("panel_resolution", "评审决议", "document"),
        Kind("public_notice", "公示", "document"),
        Kind("recognition_announcement", "认定公布通知", "document"),
        Kind("non_recognition", "不予认定决定书", "letter"),
        Kind("plaque", "匾牌", "plaque"),
        Kind("application_form", "申报表", "form"),
        Kind("objection_reply", "异议处理答复", "letter"),
        Kind("plan_opinion", "年度计划审核意见", "letter"),
        Kind("plan_receipt", "年度计划备案回执", "letter"),
        Kind("project_opinion", "培训项目审核意见", "letter"),
        Kind("project_receipt", "培训项目备案回执", "letter"),
        Kind("inspection_notice", "检查通知", "letter"),
        Kind("inspection_findings", "检查发现问题告知书", "letter"),
        Kind("inspection_result", "检查结果通知书", "letter"),
        Kind("inspection_bulletin", "检查结果通报", "document"),
        Kind("rectification_order", "限期整改通知书", "letter"),
        Kind("rectification_extension", "整改延期决定书", "letter"),
        Kind("rectification_lifted", "整改合格通知书", "letter"),
        Kind("rectification_failed", "整改未达标认定书", "letter"),
        Kind("revocation_notice", "事先告知书", "letter"),
        Kind("revocation_decision", "取消（撤销）资格决定书", "letter"),
        Kind("revocation_announcement", "取消（撤销）资格公告", "document"),
        Kind("revocation_not_imposed", "不予取消（撤销）决定书", "letter"),
        Kind("restoration_decision", "恢复资格决定书", "letter"),
        Kind("restoration_announcement", "恢复资格公告", "document"),
        Kind("change_consent", "信息变更同意书", "letter"),
        Kind("change_refusal", "不予同意变更决定书", "letter"),
        Kind("change_receipt", "信息变更备案回执", "letter"),
        Kind("change_announcement", "信息变更公告", "document"),
        Kind("withdrawal_decision", "同意退出决定书", "letter"),
        Kind("withdrawal_declined", "不予退出决定书", "letter"),
        Kind("withdrawal_announcement", "基地退出公告", "document"),
        Kind("acceptance_report", "验收报告", "document"),
        Kind("payment_notice", "拨款通知", "letter"),
        Kind("payment_refusal", "不予拨款决定", "letter"),
        Kind("recovery_demand", "追回资助资金通知", "letter"),
        Kind("award_decision", "资助决定", "letter"),
        Kind("award_declined", "不予资助决定", "letter"),
        Kind("award_termination", "终止资助决定", "letter"),
        Kind("plan_audit_opinion", "使用方案审核意见", "letter"),
    )
}


def find_kind(code: str) -> Kind:
    """The kind with this code; ContentInvalid names the codes there are."""
    if code not in KINDS:
        raise ContentInvalid(f"kind: expected one of {', '.join(KINDS)}, got {code!r}")
    return KINDS[code]
