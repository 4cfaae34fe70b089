"""What official documents share: the text they rest on, in words, and the remedies against them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks.citations import cite_all
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.standing import standing_of

DRAFT_MARK = "（征求意见稿）"


def named(rulebook: Rulebook) -> str:
    """《title》（document number), as a document names the text it rests on today.

    A text that is in force only by a recorded document is named with that document's number.
    """
    extension = standing_of(rulebook, timezone.localdate()).extension
    if extension is None:
        return f"《{rulebook.title}》" + (f"（{rulebook.document}）" if rulebook.document else "")
    if extension.kind == RulebookExtension.Kind.FINAL_ISSUE:
        return f"《{rulebook.title.removesuffix(DRAFT_MARK)}》（{extension.document_number}）"
    return f"《{rulebook.title}》（{rulebook.document}，由{extension.document_number}延长有效期）"


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
