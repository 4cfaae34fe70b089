"""The archive of a class by piece: what the text asks for, what custom adds, what is there and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases import attachments
from apps.cases.models import Act, Attachment, Case
from apps.cases.workflow import NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case, perform, rules_of
from apps.plans.enums import ProjectState
from apps.plans.models import TrainingProject

PURPOSE = "archive:"
MOST_FILES = 50
OPEN_STATES = (ProjectState.READY, ProjectState.HELD)
_FROM_RECORDS = {"attendance": "record_count", "certificates": "certificate_count"}
_RECORDED = {"attendance": "已登记 {} 条学员培训记录", "certificates": "已发放 {} 份证书"}


@dataclass(frozen=True)
class Piece:
    """One piece of the archive. ``article`` is None where the text does not ask for it: recommended, not required."""

    code: str
    label: str
    article: str | None
    required: bool
    recorded: str = ""
    files: tuple[Attachment, ...] = field(default=())

    @property
    def is_there(self) -> bool:
        return bool(self.files or self.recorded)


@dataclass(frozen=True)
class Completeness:
    """How much of an archive is there: pieces the text asks for, and all of them."""

    there: int
    required: int
    required_there: int
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return self.required_there == self.required


def pieces(project: TrainingProject) -> list[Piece]:
    """Every piece with its files, in the order of the text. One query."""
    return pieces_of([project])[project.pk]


def pieces_of(projects: Iterable[TrainingProject]) -> dict[int, list[Piece]]:
    """The pieces of several projects (their cases loaded) by primary key. One query."""
    found = list(projects)
    files: dict[tuple[int, str], list[Attachment]] = {}
    rows = Attachment.objects.filter(
        case__in=[project.pk for project in found], purpose__startswith=PURPOSE, removed_at__isnull=True
    )
    for row in rows.select_related("uploaded_by"):
        files.setdefault((row.case_id, row.purpose.removeprefix(PURPOSE)), []).append(row)
    return {project.pk: _pieces(project, files) for project in found}


def completeness(found: list[Piece]) -> Completeness:
    """The figures that lists show of an archive."""
    required = [piece for piece in found if piece.required]
    return Completeness(
        there=sum(piece.is_there for piece in found),
        required=len(required),
        required_there=sum(piece.is_there for piece in required),
        missing=tuple(piece.label for piece in required if not piece.is_there),
    )


def archive_problems(project: TrainingProject) -> list[Problem]:
    """What the text asks for and the archive lacks, each with its article."""
    return [
        Problem("piece_missing", f"归档材料缺“{piece.label}”。", (piece.article or "",), f"{PURPOSE}{piece.code}")
        for piece in pieces(project)
        if piece.required and not piece.is_there
    ]


def add_file(case: Case, code: str, upload: UploadedFile, actor: Actor) -> Attachment:
    """File ``upload`` as piece ``code``. Raises AttachmentRefused, NotPermitted, or WrongState once it is archived."""
    with transaction.atomic():
        locked = _open(case, actor)
        if code not in {item.code for item in rules_of(locked).archive}:
            raise attachments.AttachmentRefused("没有这一项归档材料，请刷新页面后重试。")
        if locked.attachments.filter(purpose=PURPOSE + code, removed_at__isnull=True).count() >= MOST_FILES:
            raise attachments.AttachmentRefused(f"每项最多上传 {MOST_FILES} 份材料，请合并后再上传。")
        return attachments.attach(locked, upload, PURPOSE + code, actor.user)


def remove_file(case: Case, pk: int, actor: Actor) -> Attachment | None:
    """Take the file ``pk`` off the archive; None where it is not there. Raises as :func:`add_file` does."""
    with transaction.atomic():
        locked = _open(case, actor)
        found = locked.attachments.filter(pk=pk, purpose__startswith=PURPOSE, removed_at__isnull=True).first()
        if found is not None:
            attachments.remove(found)
        return found


def archive(case: Case, actor: Actor, reason: str = "") -> Act:
    """Close the archive: nothing of it changes afterwards. Raises Blocked with every piece that is missing."""
    return perform(case, "archive", actor, reason=reason)


def may_file(case: Case, actor: Actor | None) -> bool:
    """Whether ``actor`` may add to and take from the archive now."""
    return (
        actor is not None
        and case.state in OPEN_STATES
        and actor.organisation.pk == case.institution_id
        and actor.has(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
    )


def _pieces(project: TrainingProject, files: dict[tuple[int, str], list[Attachment]]) -> list[Piece]:
    return [
        Piece(
            code=item.code,
            label=item.label,
            article=item.basis_article,
            required=project.in_base_name and item.basis_article is not None,
            recorded=_recorded(project, item.code),
            files=tuple(files.get((project.pk, item.code), ())),
        )
        for item in rules_of(project.case).archive
    ]


def _recorded(project: TrainingProject, code: str) -> str:
    count = getattr(project, _FROM_RECORDS[code]) if code in _FROM_RECORDS else 0
    return _RECORDED[code].format(count) if count else ""


def _open(case: Case, actor: Actor) -> Case:
    locked = lock_case(case.pk)
    if locked.state not in OPEN_STATES:
        raise WrongState(Problem("wrong_state", "只有可以开班到归档之前的项目可以增减归档材料。"))
    if not may_file(locked, actor):
        raise NotPermitted(Problem("not_permitted", "只有建设单位的填报人或负责人可以增减归档材料。"))
    return locked
