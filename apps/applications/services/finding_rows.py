"""What a rulebook found, in words for pages: live or frozen with a submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.applications.sections import SECTIONS
from apps.jurisdictions.rulebooks.facts import MANAGEMENT_SYSTEMS, SCHEMA
from apps.jurisdictions.rulebooks.findings import OUTCOME_LABELS
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.rulebooks.vocabulary import Condition

OUTCOME_TONES = {"eligible": "success", "incomplete": "warning", "ineligible": "danger", "not_in_force": "danger"}
SECTION_OF_RULE = {section.rule_section: section.code for section in SECTIONS if section.rule_section}
_KINDS = {field.key: field.kind for field in SCHEMA}
_CODE_LABELS = MANAGEMENT_SYSTEMS | {code: label for field in SCHEMA for code, label in field.choices}


def evaluation_in_words(evaluation: Mapping[str, Any], rulebook: Rulebook) -> dict[str, Any]:
    """An evaluation's dict as ``outcome_label``, ``outcome_tone`` and ``findings``, with the rulebook itself."""
    return {
        "rulebook": rulebook,
        "evaluation": evaluation,
        "outcome_label": OUTCOME_LABELS[evaluation["outcome"]],
        "outcome_tone": OUTCOME_TONES[evaluation["outcome"]],
        "findings": finding_rows(evaluation["findings"], rulebook),
    }


def finding_rows(findings: list[dict[str, Any]], rulebook: Rulebook) -> list[dict[str, Any]]:
    """Findings for ``components/findings.html``; ``section`` is the section of the form that answers them."""
    rows = []
    for finding in findings:
        condition = rulebook.condition(finding["code"])
        rows.append(
            {
                **finding,
                "title": condition.title,
                "actual": in_words(finding["actual"]),
                "required": _required(condition, finding["required"]),
                "section": SECTION_OF_RULE.get(condition.section, ""),
            }
        )
    return rows


def _required(condition: Condition, required: Any) -> Any:
    if isinstance(required, list | tuple):
        if not required:
            return "无记录"
        several = any(_KINDS[fact] == "choices" for fact in condition.facts)
        return f"{len(required)} 项" if several else "所列之一"
    return in_words(required)


def in_words(value: Any) -> Any:
    """A finding's figure short enough for a table cell, the vocabulary's codes in Chinese; the message says it all."""
    if isinstance(value, dict):
        return f"{sum(one not in (None, False, 0, 'none') for one in value.values())} 项"
    if isinstance(value, list | tuple):
        if any(isinstance(one, dict) for one in value):
            return f"{len(value)} 条记录"
        return f"{len(value)} 项" if len(value) > 2 else "、".join(str(in_words(one)) for one in value) or "无"
    return _CODE_LABELS.get(value, value) if isinstance(value, str) else value
