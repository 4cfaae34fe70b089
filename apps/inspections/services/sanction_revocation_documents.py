"""What the documents of revocation and restoration say: facts, articles, the base's answer, decision, remedies."""

from __future__ import annotations

from apps.cases.models import Act, Case, Document
from apps.cases.workflow.engine import road_of, rules_of
from apps.documents.rendering import DocumentContent, NumberedList, Paragraph, Section
from apps.inspections.models import Revocation
from apps.inspections.services.sanction_documents import adverse, base_named, cn, numbered, plain
from apps.inspections.services.sanction_grounds import credit_sanction, ground_labels
from apps.jurisdictions.rulebooks.citations import cite


def _grounds(revocation: Revocation) -> Paragraph:
    labels = "；".join(ground_labels(revocation.grounds))
    text = f"上述事实属于{cite(revocation.article)}所列情形：{labels}。"
    if revocation.rectification is not None:
        failed = revocation.rectification
        text += (
            f"本机关此前已责令限期整改（办件编号{failed.case.number}），期限至{cn(failed.due_on)}届满，整改仍未达标。"
        )
    return Paragraph(text)


def notice(case: Case, act: Act) -> DocumentContent:
    """事先告知书: what is intended and why, and the right to be heard until the last day."""
    revocation = case.revocation
    due = cn(revocation.hearing_due_on)
    intended = [f"拟{revocation.word}你单位{road_of(case).base_name}资格。"]
    if credit_sanction(rules_of(case), revocation) is not None:
        intended.append("拟将违规行为记为失信信息，纳入社会信用体系。")
    return plain(
        case,
        act,
        f"关于拟{revocation.word}基地资格的事先告知",
        (
            Paragraph(f"你单位承办的{base_named(revocation)}，本机关拟作出如下处理，现予告知。"),
            *numbered(
                Section("事实和证据", (Paragraph(revocation.facts),)),
                Section("情形和依据", (_grounds(revocation),)),
                Section("拟作出的处理", tuple(Paragraph(text) for text in intended)),
                Section(
                    "你单位的权利",
                    (
                        Paragraph(
                            f"你单位可以在{due}24时前通过平台提交陈述、申辩意见和证据，也可以要求听证。"
                            "逾期未提交的，视为放弃陈述、申辩。本机关不因陈述、申辩而加重处理。"
                        ),
                        Paragraph(
                            "办法未规定事先告知的程序；本告知参照《中华人民共和国行政处罚法》第四十四条、第四十五条的"
                            "通行做法作出。"
                        ),
                    ),
                ),
            ),
        ),
    )


def decision(case: Case, act: Act) -> DocumentContent:
    """决定书: facts, the base's statement and how it was answered, reasons, decision, consequences."""
    revocation = case.revocation
    return adverse(
        case,
        act,
        f"关于{revocation.word}{case.institution.name}\n{road_of(case).base_name}资格的决定",
        (
            Paragraph(f"你单位承办的{base_named(revocation)}一案（办件编号{case.number}），现已审查完毕。"),
            *numbered(
                Section("事实和证据", (Paragraph(revocation.facts), _grounds(revocation))),
                Section("陈述申辩及采纳情况", _heard(revocation)),
                Section("理由", (Paragraph(revocation.reasons),)),
                Section("决定", _decided(case, revocation)),
            ),
        ),
    )


def _heard(revocation: Revocation) -> tuple[Paragraph, ...]:
    if revocation.stated_on is None:
        said = "本机关已事先告知拟作出的处理，你单位在期限内没有提交陈述、申辩意见。"
        blocks = [Paragraph(said)]
    else:
        blocks = [
            Paragraph(f"你单位于{cn(revocation.stated_on)}提交陈述、申辩：{revocation.statement}"),
            Paragraph(f"对上述意见，本机关的处理如下：{revocation.answer_to_statement}"),
        ]
    if revocation.hearing_record:
        blocks.append(Paragraph(f"听取意见的情况：{revocation.hearing_record}"))
    return tuple(blocks)


def _decided(case: Case, revocation: Revocation) -> tuple[Paragraph | NumberedList, ...]:
    road, rulebook = road_of(case), rules_of(case)
    credit = credit_sanction(rulebook, revocation)
    points = [f"自本决定作出之日起，{revocation.word}你单位{road.base_name}资格，不得再以基地名义举办培训。"]
    if road.plaque is not None:
        points.append(f"请将{road.plaque.word}“{road.plaque.text}”交回本机关。")
    if credit is not None:
        points.append(f"违规行为记为失信信息，纳入社会信用体系（{cite(credit.article)}）。")
    if road.reapplication_bar is not None and "revocation" in road.reapplication_bar.grounds:
        points.append(f"此后的认定申请：{road.reapplication_bar.summary}（{cite(road.reapplication_bar.article)}）。")
    points.append("基地尚未办结的事项，由本机关逐件决定终止或者继续办结，并另行告知。")
    return (NumberedList(tuple(points)),)


def announcement(case: Case, act: Act, decided: Document) -> DocumentContent:
    """公告: what the public needs to know, no more."""
    revocation = case.revocation
    base = revocation.base
    return plain(
        case,
        act,
        f"关于{revocation.word}{case.institution.name}\n{road_of(case).base_name}资格的公告",
        (
            Paragraph(
                f"{case.authority.name}于{cn(revocation.decided_on)}作出决定（{decided.number}），"
                f"{revocation.word}{base.institution_name}{road_of(case).base_name}资格（基地编号{base.number}）。"
            ),
            Paragraph(
                "自即日起，该单位不得再以基地名义举办培训。已报名学员如有疑问，可以与该单位联系，也可以向本机关反映。"
            ),
        ),
    )


def not_imposed(case: Case, act: Act) -> DocumentContent:
    """不予取消（撤销）决定书."""
    revocation = case.revocation
    return plain(
        case,
        act,
        f"关于不予{revocation.word}基地资格的决定",
        (
            Paragraph(f"你单位承办的{base_named(revocation)}一案（办件编号{case.number}），现已审查完毕。"),
            *numbered(
                Section("事实", (Paragraph(revocation.facts),)),
                Section("陈述申辩及采纳情况", _heard(revocation)),
                Section("理由", (Paragraph(revocation.reasons),)),
                Section("决定", (Paragraph(f"不予{revocation.word}你单位{road_of(case).base_name}资格，本案终结。"),)),
            ),
        ),
    )
