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
    )
}


def find_kind(code: str) -> Kind:
    """The kind with this code; ContentInvalid names the codes there are."""
    if code not in KINDS:
        raise ContentInvalid(f"kind: expected one of {', '.join(KINDS)}, got {code!r}")
    return KINDS[code]
