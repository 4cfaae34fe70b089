"""What the documents of a change of particulars say."""

from __future__ import annotations

from django.utils import timezone

from apps.bases.models import ParticularsChange
from apps.cases.models import Act
from apps.cases.workflow.engine import road_of, rules_of
from apps.documents.rendering import DocumentContent, Paragraph, Section, Table
from apps.documents.rendering.text import chinese_date
from apps.documents.wording import legal_basis, remedies
from apps.jurisdictions.rulebooks.citations import cite_all


def consent(change: ParticularsChange, act: Act) -> DocumentContent:
    """The approving department agrees, before anything is published."""
    rules = rules_of(change.case)
    published = "，本机关一并向社会公布" if rules.particulars_change.published else ""
    body = [
        Paragraph(f"你单位报送的{_named(change)}信息变更材料收悉。"),
        Paragraph(f"经审核，同意下列变更{published}："),
        _table(change),
    ]
    if change.opinion:
        body.append(Paragraph(f"审核意见：{change.opinion}"))
    return DocumentContent(
        title="关于同意基地信息变更的通知书",
        date=timezone.localdate(act.at),
        addressee=change.base.institution_name,
        body=tuple(body),
        legal_basis=legal_basis(rules, act.articles),
    )


def refusal(change: ParticularsChange, act: Act) -> DocumentContent:
    """The approving department does not agree: facts, reasons, decision, remedies."""
    rules = rules_of(change.case)
    return DocumentContent(
        title="关于不予同意基地信息变更的决定书",
        date=timezone.localdate(act.at),
        addressee=change.base.institution_name,
        body=(
            Section("报送的变更", (Paragraph(f"你单位就{_named(change)}报送了下列变更："), _table(change))),
            Section("理由", (Paragraph(change.opinion),)),
            Section(
                "决定",
                (
                    Paragraph(
                        f"根据{cite_all(act.articles)}，不予同意上述变更。名录仍按原登记内容载明；"
                        "消除上述情形或者补足材料后，可以重新报送。"
                    ),
                ),
            ),
        ),
        legal_basis=legal_basis(rules, act.articles),
        remedies=remedies(change.case.authority),
    )


def receipt(change: ParticularsChange, act: Act, addressee: str) -> DocumentContent:
    """The report has arrived and the register follows; a receipt acknowledges and does not approve."""
    rules = rules_of(change.case)
    filed = rules.particulars_change.filed_with is not None
    done = "予以备案" if filed else "已收悉"
    return DocumentContent(
        title=f"基地信息变更{'备案' if filed else '报告'}回执",
        date=timezone.localdate(act.at),
        addressee=addressee,
        body=(
            Paragraph(f"你单位报送的{_named(change)}信息变更，{done}。变更日期：{_day(change)}。内容如下："),
            _table(change),
            Paragraph(
                "本回执证明收到上述材料，名录自本回执之日起按变更后的内容载明。此前以原名称作出的文书仍然有效，不另换发。"
            ),
        ),
        legal_basis=legal_basis(rules, act.articles),
    )


def announcement(change: ParticularsChange, act: Act) -> DocumentContent:
    """What the public is told."""
    rules, base = rules_of(change.case), change.base
    road = road_of(change.case)
    return DocumentContent(
        title=f"关于{road.base_name}\n信息变更的公告",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(
                f"现将{base.institution_name}（基地编号{base.number}，统一社会信用代码{base.credit_code}）"
                "的信息变更情况公布如下："
            ),
            _table(change),
        ),
        legal_basis=legal_basis(rules, act.articles),
    )


def _named(change: ParticularsChange) -> str:
    return f"{road_of(change.case).base_name}（编号{change.base.number}）"


def _day(change: ParticularsChange) -> str:
    day = change.happened_on
    return chinese_date(day) if day else "未填"


def _table(change: ParticularsChange) -> Table:
    rows = tuple((item.name, item.before or "（未登记）", item.after) for item in change.items.all())
    return Table(columns=("变更事项", "变更前", "变更后"), rows=rows, widths=(2, 4, 4))
