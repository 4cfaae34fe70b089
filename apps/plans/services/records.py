"""Trainee records: entered many at once or one by one, changed and removed, with the totals, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import User
from apps.cases.models import Case
from apps.cases.tables import RowError
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import lock_case
from apps.plans.enums import EntryWay
from apps.plans.models import IdentityView, RecordImport, TraineeRecord, TrainingProject
from apps.plans.services import identity
from apps.plans.services.bulk import chunks, insert_many
from apps.plans.services.record_rows import Entry, check_rows, records_problems
from apps.plans.services.totals import Movement, move

EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
VIEWERS = (*EDITORS, Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)
"""Who may see a number in full: the institution's own people, and the authority's who handle cases."""
OVERWRITTEN_AT_ONCE = 2000
_COLUMNS = (
    "jurisdiction_id",
    "base_id",
    "year",
    "project_id",
    "name",
    "identity_kind",
    "identity_sealed",
    "identity_key",
    "identity_masked",
    "employer",
    "subject_kind",
    "value_tenths",
    "outcome",
    "certificate_number",
    "certificate_code",
)
_CHANGEABLE = ["name", "employer", "subject_kind", "value_tenths", "outcome"]


class RowsRefused(Exception):
    """Rows that cannot be entered; ``errors`` name each. Nothing has been entered."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(f"{len(errors)} rows refused")
        self.errors = list(errors)


def check_may_enter(case: Case, actor: Actor) -> None:
    """Raise NotPermitted unless ``actor`` is of the institution that holds the project, Blocked where it takes none."""
    if actor.organisation.pk != case.institution_id or not actor.has(*EDITORS):
        raise NotPermitted(Problem("not_permitted", "学员培训记录由举办单位的填报人或负责人登记。"))
    problems = records_problems(case.training_project)
    if problems:
        raise Blocked(*problems)


def enter_rows(case: Case, actor: Actor, rows: Sequence[Mapping[str, str]], way: str = EntryWay.API) -> RecordImport:
    """Enter ``rows`` (keys as the columns of record_table, raw text) of the project of ``case``, all or none.

    A known person's record is changed unless it has a certificate; the same rows again change nothing.
    Raises RowsRefused with every error, Blocked where the project takes no records now, NotPermitted.
    """
    check_may_enter(case, actor)
    entries, errors = check_rows(case.training_project, rows)
    if errors:
        raise RowsRefused(errors)
    with transaction.atomic():
        return enter(case.pk, entries, RecordImport(way=way, imported_by=actor.user))


def add_record(case: Case, actor: Actor, row: Mapping[str, str]) -> RecordImport:
    """Enter one person who is not in the project yet. Raises as enter_rows(), also where the person is there already."""
    check_may_enter(case, actor)
    entries, errors = check_rows(case.training_project, [row])
    if errors or not entries:
        raise RowsRefused(errors or [RowError(1, "姓名", "请填写学员信息。")])
    with transaction.atomic():
        project = _locked_project(case.pk)
        _refuse_known(project, entries[0])
        return enter(case.pk, entries, RecordImport(way=EntryWay.FORM, imported_by=actor.user))


def enter(case_pk: int, entries: Sequence[Entry], log: RecordImport) -> RecordImport:
    """Enter checked ``entries`` under the lock of the case and save ``log`` with what that did.

    Call inside a transaction. Raises RowsRefused for changed content of a person who has a certificate, Blocked.
    """
    project = _locked_project(case_pk)
    known = _known(project, entries)
    new = [entry for entry in entries if entry.key not in known]
    changed = [entry for entry in entries if entry.key in known and known[entry.key][:5] != entry.content]
    certified = [entry for entry in changed if known[entry.key][5]]
    if certified:
        text = "该学员已发证，记录不能再变更；内容有误的请先核实。"
        raise RowsRefused([RowError(entry.row, "", text) for entry in certified])
    movement = Movement(gained=[entry.key for entry in new])
    for entry in new:
        movement.count(entry.subject_kind, entry.outcome, entry.value_tenths)
    for entry in changed:
        _, _, subject_kind, value_tenths, outcome, _ = known[entry.key]
        movement.count(subject_kind, outcome, value_tenths, -1)
        movement.count(entry.subject_kind, entry.outcome, entry.value_tenths)
    _write(project, new, changed)
    if new or changed:
        move(project, movement)
    log.project = project
    log.finished_at = timezone.now()
    log.added, log.changed, log.unchanged = len(new), len(changed), len(entries) - len(new) - len(changed)
    log.save()
    return log


def change_record(record: TraineeRecord, actor: Actor, row: Mapping[str, str]) -> RecordImport:
    """Change one record to ``row``; another number is another person: the old record goes, a new one comes.

    An empty number leaves the person as it is. Raises as enter_rows(), also where the record has a certificate.
    """
    case = record.project.case
    check_may_enter(case, actor)
    row = dict(row)
    if not row.get("identity_number", "").strip():
        row |= {"identity_number": identity.unseal(record.identity_sealed), "identity_kind": record.identity_kind}
    entries, errors = check_rows(record.project, [row])
    if errors:
        raise RowsRefused(errors)
    with transaction.atomic():
        project = _locked_project(case.pk)
        current = _uncertified(record)
        if entries[0].key == current.identity_key:
            return enter(case.pk, entries, RecordImport(way=EntryWay.FORM, imported_by=actor.user))
        _refuse_known(project, entries[0])
        _remove(project, [current], actor.user)
        return enter(case.pk, entries, RecordImport(way=EntryWay.FORM, imported_by=actor.user))


def remove_record(record: TraineeRecord, actor: Actor) -> RecordImport:
    """Remove one record. Raises Blocked where it has a certificate or the project takes no changes, NotPermitted."""
    case = record.project.case
    check_may_enter(case, actor)
    with transaction.atomic():
        project = _locked_project(case.pk)
        return _remove(project, [_uncertified(record)], actor.user)


def may_see_numbers(case: Case, actor: Actor | None) -> bool:
    """Whether ``actor`` may see identity numbers of the project of ``case`` in full."""
    if actor is None or not actor.has(*VIEWERS):
        return False
    organisation = actor.organisation
    if organisation.kind == OrganisationKind.AUTHORITY:
        return organisation.jurisdiction_id == case.jurisdiction_id
    return organisation.pk == case.institution_id


def reveal_number(record: TraineeRecord, actor: Actor, reason: str) -> str:
    """The identity number in full; that ``actor`` saw it, and what for, is recorded first.

    Raises NotPermitted for those who are not entitled, Blocked without a reason.
    """
    if not may_see_numbers(record.project.case, actor):
        raise NotPermitted(Problem("not_permitted", "只有举办单位和本级认定机关的工作人员可以查看完整证件号码。"))
    if not reason.strip():
        raise Blocked(Problem("reason_missing", "请写明查看事由，事由将被记录。", where="reason"))
    IdentityView.objects.create(
        jurisdiction_id=record.jurisdiction_id,
        record=record,
        project_id=record.project_id,
        name=record.name,
        identity_masked=record.identity_masked,
        user=actor.user,
        organisation=actor.organisation,
        reason=reason.strip()[:200],
    )
    return identity.unseal(record.identity_sealed)


def _locked_project(case_pk: int) -> TrainingProject:
    case = lock_case(case_pk)
    project = TrainingProject.objects.select_related("base", "case").get(pk=case_pk)
    project.case = case
    problems = records_problems(project)
    if problems:
        raise Blocked(*problems)
    return project


def _refuse_known(project: TrainingProject, entry: Entry) -> None:
    if TraineeRecord.objects.filter(project=project, identity_key=entry.key).exists():
        text = "本项目已登记这一证件号码的学员，如需更正请修改原来的记录。"
        raise RowsRefused([RowError(1, "证件号码", text)])


def _known(project: TrainingProject, entries: Sequence[Entry]) -> dict[str, tuple[Any, ...]]:
    """The records there are of these people: name, employer, subject, value, outcome, certificate by digest."""
    if not project.record_count:
        return {}
    records = TraineeRecord.objects.filter(project=project)
    if len(entries) < 1000:
        records = records.filter(identity_key__in=[entry.key for entry in entries])
    found = records.values_list("identity_key", *_CHANGEABLE, "certificate_number")
    return {row[0]: row[1:] for row in found.iterator(chunk_size=10_000)}


def _write(project: TrainingProject, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
    """Insert and overwrite in bulk; the person's document is sealed anew only where the record is new."""
    at = timezone.now().isoformat()
    insert_many(TraineeRecord, (*_COLUMNS, "created_at"), ((*_values(project, entry), at) for entry in new))
    for chunk in chunks(changed, OVERWRITTEN_AT_ONCE):
        TraineeRecord.objects.bulk_create(
            [TraineeRecord(**dict(zip(_COLUMNS, _values(project, entry), strict=True))) for entry in chunk],
            update_conflicts=True,
            unique_fields=["project", "identity_key"],
            update_fields=_CHANGEABLE,
        )


def _values(project: TrainingProject, entry: Entry) -> tuple[object, ...]:
    """The values of a record for _COLUMNS."""
    return (
        project.case.jurisdiction_id,
        project.base_id,
        project.year,
        project.pk,
        entry.name,
        entry.identity_kind,
        identity.seal(entry.number),
        entry.key,
        identity.masked(entry.number),
        entry.employer,
        entry.subject_kind,
        entry.value_tenths,
        entry.outcome,
        "",
        "",
    )


def _uncertified(record: TraineeRecord) -> TraineeRecord:
    """The record as it now is. Raises Blocked where it is gone or has a certificate."""
    current = TraineeRecord.objects.filter(pk=record.pk).first()
    if current is None:
        raise Blocked(Problem("record_gone", "这条记录刚刚已被删除。"))
    if current.certificate_number:
        raise Blocked(Problem("certified", f"该学员已发证（{current.certificate_number}），记录不能再变更。"))
    return current


def _remove(project: TrainingProject, records: Sequence[TraineeRecord], user: User) -> RecordImport:
    movement = Movement(lost=[record.identity_key for record in records])
    for record in records:
        movement.count(record.subject_kind, record.outcome, record.value_tenths, -1)
    with scopes_disabled():
        TraineeRecord.objects.filter(pk__in=[record.pk for record in records]).delete()
    move(project, movement)
    return RecordImport.objects.create(
        project=project,
        way=EntryWay.FORM,
        removed=len(records),
        imported_by=user,
        finished_at=timezone.now(),
        name="、".join(f"{record.name} {record.identity_masked}" for record in records)[:200],
    )
