"""佐证材料: files for each condition, at least one where the text leaves the judgement to the experts."""

from __future__ import annotations

from typing import Any

from apps.applications.sections.base import Data, Filled, FormContext, Gap, Section
from apps.jurisdictions.rulebooks.vocabulary import Condition

PURPOSE = "evidence:"


def purpose_of(condition_code: str) -> str:
    """The purpose under which a condition's evidence is filed with the case."""
    return PURPOSE + condition_code


class Evidence(Section):
    code = "evidence"
    title = "佐证材料"
    lead = "按条件上传证明文件。标有“必须上传”的条件由专家据材料评判。"

    def conditions(self, context: FormContext) -> tuple[Condition, ...]:
        """Every condition but those the register answers."""
        return tuple(one for one in context.rulebook.conditions if one.section != "record")

    def required(self, context: FormContext) -> tuple[Condition, ...]:
        return tuple(one for one in self.conditions(context) if one.for_experts)

    def fill(self, data: Data, context: FormContext) -> Filled:
        return FilledEvidence(self, {}, context)

    def cross_checks(self, filled: Filled) -> list[Gap]:
        present = filled.context.evidence()
        return [
            Gap(one.code, one.title, f"“{one.title}”须至少上传一份佐证材料。", True, one.articles)
            for one in self.required(filled.context)
            if one.code not in present
        ]


class FilledEvidence(Filled):
    """Evidence is touched once a file is there, and asks for one file per condition left to the experts."""

    section: Evidence

    @property
    def required(self) -> int:
        return len(self.section.required(self.context))

    @property
    def touched(self) -> bool:
        return bool(self.context.evidence())

    @property
    def facts(self) -> dict[str, Any]:  # type: ignore[override]
        return {}
