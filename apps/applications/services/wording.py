"""What the documents of the road share: the legal basis in words, remedies, findings as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps.applications.models import Application
from apps.cases.workflow.engine import road_of
from apps.documents.rendering import FindingRow, Findings
from apps.documents.wording import legal_basis, named, remedies
from apps.jurisdictions.rulebooks.citations import cite_all
from apps.jurisdictions.rulebooks.findings import RESULT_LABELS
from apps.jurisdictions.rulebooks.roads import Road
from apps.jurisdictions.rulebooks.rulebook import Rulebook

__all__ = ["findings_table", "intake_articles", "legal_basis", "named", "remedies", "reviewed_by"]


def intake_articles(application: Application) -> tuple[str, ...]:
    """Where the authority's receiving the file rests: for a direct application on the article that allows it."""
    road = road_of(application.case)
    if application.direct and road.direct_application is not None:
        return (road.direct_application.article,)
    return (road.intake_article,)


def reviewed_by(road: Road) -> str:
    """Whose review it is: the committee the text asks for, else the one the deciding authority arranges."""
    return f"{road.review.body_label}评审" if road.review.panel == "required" else "本机关组织的评审"


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
