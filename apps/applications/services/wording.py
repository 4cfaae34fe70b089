"""What the documents of the road share: the legal basis in words, remedies, findings as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps.accounts.models import Organisation
from apps.documents.rendering import FindingRow, Findings
from apps.jurisdictions.rulebooks.citations import cite_all
from apps.jurisdictions.rulebooks.rulebook import Rulebook

RESULT_LABELS = {"met": "符合", "not_met": "不符合", "unknown": "未提供", "for_experts": "由专家判断"}


def named(rulebook: Rulebook) -> str:
    """《title》（document number), as a document names the text it rests on."""
    return f"《{rulebook.title}》" + (f"（{rulebook.document}）" if rulebook.document else "（征求意见稿）")


def legal_basis(rulebook: Rulebook, articles: Iterable[str]) -> tuple[str, ...]:
    """One line: the text and its articles. Empty where no article is relied on."""
    cited = list(dict.fromkeys(articles))
    return (f"{named(rulebook)}{cite_all(cited)}",) if cited else ()


def remedies(authority: Organisation) -> str:
    """Remedies against an adverse decision: reconsideration (行政复议法 20, 22) and suit (行政诉讼法 46)."""
    return (
        f"如对本决定不服，可以自知道本决定之日起六十日内依法申请行政复议（《中华人民共和国行政复议法》第二十条），"
        f"对以电子方式送达的决定，也可以通过{authority.name}提供的互联网渠道提交行政复议申请（同法第二十二条）；"
        "或者自知道本决定之日起六个月内依法向人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条）。"
    )


def findings_table(
    rulebook: Rulebook, findings: Iterable[Mapping[str, Any]], caption: str = "条件审核结果"
) -> Findings:
    """The findings frozen with a decision, as the table printed in its document."""
    titles = {condition.code: condition.title for condition in rulebook.conditions}
    rows = tuple(
        FindingRow(
            condition=titles.get(finding["code"], finding["code"]),
            articles=cite_all(finding["articles"]),
            result=RESULT_LABELS[finding["result"]],
            message=finding["message"],
        )
        for finding in findings
    )
    return Findings(rows=rows, caption=caption)
