"""A panel at a glance: who may judge which subject. Loaded in a handful of queries, asked without any."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from apps.panels.models import ConflictFinding, Declaration, Panel, PanelItem, PanelMember, ScoreSheet
from apps.panels.services.subjects import gone_subjects, kind_of_panel, subject_relations

if TYPE_CHECKING:
    from apps.cases.models import Case


def sitting_of(case: Case) -> Sitting:
    """The sitting of a panel's case, loaded once for this instance of it and again after each step taken on it.

    For guards and pages, which only read; a step that writes loads its own.
    """
    key = (case.version, case.state)
    known = case.__dict__.get("_sitting")
    if known is None or known[0] != key:
        known = case.__dict__["_sitting"] = (key, Sitting(case.panel))
    return known[1]


class Sitting:
    """The members, subjects, conflicts, declarations and sheets of ``panel`` as they stand now.

    An expert is recused from a subject when a conflict was found and not set aside, or declared. ``able`` are
    the serving members who are not; the quorum is counted among them, subject by subject.
    """

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.kind = kind_of_panel(panel)
        self.members = list(
            PanelMember.objects.filter(panel=panel).select_related("expert__user", "expert__employer").order_by("pk")
        )
        self.serving = [member for member in self.members if member.is_serving]
        self.items = list(
            PanelItem.objects.filter(panel=panel, is_active=True)
            .exclude(gone_subjects("subject__"))
            .select_related(*subject_relations(self.kind))
            .order_by("position", "pk")
        )
        self.subjects: list[Case] = [item.subject for item in self.items]
        self._findings: dict[tuple[int, int], list[ConflictFinding]] = defaultdict(list)
        for finding in ConflictFinding.objects.filter(member__panel=panel):
            self._findings[finding.member_id, finding.subject_id].append(finding)
        self._declarations = {
            (row.member_id, row.subject_id): row for row in Declaration.objects.filter(member__panel=panel)
        }
        self._sheets = {(row.member_id, row.subject_id): row for row in ScoreSheet.objects.filter(member__panel=panel)}

    @property
    def chair(self) -> PanelMember | None:
        return next((member for member in self.serving if member.is_chair), None)

    def findings(self, member: PanelMember, subject: Case) -> list[ConflictFinding]:
        return self._findings.get((member.pk, subject.pk), [])

    def declaration(self, member: PanelMember, subject: Case) -> Declaration | None:
        return self._declarations.get((member.pk, subject.pk))

    def sheet(self, member: PanelMember, subject: Case) -> ScoreSheet | None:
        return self._sheets.get((member.pk, subject.pk))

    def is_recused(self, member: PanelMember, subject: Case) -> bool:
        if any(finding.set_aside_at is None for finding in self.findings(member, subject)):
            return True
        declaration = self.declaration(member, subject)
        return declaration is not None and declaration.has_conflict

    def may_open(self, member: PanelMember, subject: Case) -> bool:
        """Whether the file is open to the member: serving, declared free of conflict, and none found."""
        declaration = self.declaration(member, subject)
        return (
            member.is_serving
            and declaration is not None
            and not declaration.has_conflict
            and not self.is_recused(member, subject)
        )

    def able(self, subject: Case) -> list[PanelMember]:
        return [member for member in self.serving if not self.is_recused(member, subject)]

    def undeclared(self, subject: Case) -> list[PanelMember]:
        """Serving members who still owe a declaration; a found conflict needs none."""
        return [member for member in self.able(subject) if self.declaration(member, subject) is None]

    def submitted(self, subject: Case) -> list[ScoreSheet]:
        """The sheets that count: submitted by members who may judge this subject."""
        sheets = [self.sheet(member, subject) for member in self.able(subject)]
        return [sheet for sheet in sheets if sheet is not None and sheet.submitted_at is not None]

    def outstanding(self, subject: Case) -> list[PanelMember]:
        """Members who may judge this subject and have not handed in their sheet."""
        done = {sheet.member_id for sheet in self.submitted(subject)}
        return [member for member in self.able(subject) if member.pk not in done]

    def all_in(self, subject: Case) -> bool:
        return bool(self.submitted(subject)) and not self.outstanding(subject)

    def has_quorum(self, subject: Case) -> bool:
        return len(self.able(subject)) >= self.panel.quorum
