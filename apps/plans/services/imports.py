"""A list of trainees as a file: stored sealed, read at once or by a task, imported whole or not at all."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import logging
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases import outbox
from apps.cases.models import Case
from apps.cases.tables import RowError
from apps.cases.workbooks import NotReadable
from apps.cases.workflow import Problem, WorkflowError
from apps.plans.enums import EntryWay, ImportState
from apps.plans.models import RecordImport
from apps.plans.services import identity, record_sheets
from apps.plans.services.record_rows import check_rows, record_table
from apps.plans.services.records import RowsRefused, check_may_enter, enter

logger = logging.getLogger(__name__)
READ_AT_ONCE = 256 * 1024
"""Bytes up to which a file is read in the request: some five thousand rows."""
SHOWN_ERRORS = 200
STALLED_AFTER = dt.timedelta(minutes=10)


def upload(case: Case, actor: Actor, file: UploadedFile) -> tuple[RecordImport, bool]:
    """Take the file in, and import it at once where it is small. Returns the import and whether its content is new.

    Content that was imported before, or waits, changes nothing and brings the earlier import back.
    Raises NotReadable for what is no spreadsheet, Blocked where the project takes no records, NotPermitted.
    """
    check_may_enter(case, actor)
    record_sheets.check_file(file)
    content = file.read()
    sha256 = hashlib.sha256(content).hexdigest()
    earlier = _earlier(case, sha256)
    if earlier is not None:
        return earlier, False
    found = RecordImport(
        project=case.training_project,
        way=EntryWay.FILE,
        state=ImportState.WAITING,
        sha256=sha256,
        name=_plain_name(file.name or ""),
        imported_by=actor.user,
    )
    found.file.save("list.sealed", ContentFile(identity.seal_bytes(content)), save=False)
    try:
        with transaction.atomic():
            found.save()
            if len(content) > READ_AT_ONCE:
                outbox.promise("record_import", {"import": found.pk}, key=f"record-import:{found.pk}")
    except IntegrityError:  # the same file at the same moment
        found.file.delete(save=False)
        earlier = _earlier(case, sha256)
        if earlier is None:
            raise
        return earlier, False
    if len(content) <= READ_AT_ONCE:
        run(found.pk)
        found.refresh_from_db()
    return found, True


def run(pk: int) -> None:
    """Read and import the file of import ``pk``, if it waits and nobody else has taken it up. Safe to call twice."""
    if not _claim(pk):
        return
    found = RecordImport.objects.select_related("project__case", "project__base", "imported_by").get(pk=pk)
    try:
        _import(found)
    except RowsRefused as refused:
        _refuse(found, refused.errors)
    except NotReadable as error:
        _refuse(found, [RowError(1, "", str(error))])
    except WorkflowError as error:
        _refuse(found, [RowError(1, "", problem.message) for problem in error.problems])
    except Exception:
        logger.exception("import %s failed", pk)
        _refuse(found, [RowError(1, "", "处理时出现故障，没有导入任何记录，请重新上传；再次出现时请联系平台管理员。")])
    _forget_file(pk)


def stalled(now: dt.datetime) -> QuerySet[RecordImport]:
    """Imports that were left lying: nobody took them up, or who did was interrupted."""
    return RecordImport.objects.filter(
        Q(state=ImportState.WAITING, imported_at__lt=now - dt.timedelta(minutes=2))
        | Q(state=ImportState.RUNNING, started_at__lt=now - STALLED_AFTER)
    )


def all_errors(found: RecordImport) -> list[RowError]:
    """Every error of an import that was refused, in the order of the file."""
    if not found.errors_file:
        return [RowError(*error) for error in found.errors]
    with found.errors_file.open("rb") as packed:
        return [RowError(*error) for error in json.loads(gzip.decompress(packed.read()))]


def _import(found: RecordImport) -> None:
    with found.file.open("rb") as sealed:
        content = identity.unseal_bytes(sealed.read())
    sheet = record_sheets.read(record_table(found.project), content)
    entries, errors = check_rows(found.project, sheet.rows, sheet.first)
    errors = sorted([*sheet.errors, *errors], key=lambda error: error.row)
    if not entries and not errors:
        errors = [RowError(1, "", "文件中没有学员。")]
    if errors:
        raise RowsRefused(errors)
    with transaction.atomic():
        enter(found.project.case_id, entries, found)
        with scopes_disabled():
            RecordImport.objects.filter(pk=found.pk).update(state=ImportState.DONE)


def _claim(pk: int) -> bool:
    now = timezone.now()
    free = Q(state=ImportState.WAITING) | Q(state=ImportState.RUNNING, started_at__lt=now - STALLED_AFTER)
    with scopes_disabled():
        claimed = RecordImport.objects.filter(free, pk=pk).update(state=ImportState.RUNNING, started_at=now)
    return bool(claimed)


def _refuse(found: RecordImport, errors: list[RowError]) -> None:
    listed = [[error.row, error.column, error.message] for error in errors]
    values: dict[str, object] = {}
    if len(listed) > SHOWN_ERRORS:
        packed = gzip.compress(json.dumps(listed, ensure_ascii=False).encode())
        found.errors_file.save("errors.json.gz", ContentFile(packed), save=False)
        values["errors_file"] = found.errors_file.name
    with scopes_disabled():
        RecordImport.objects.filter(pk=found.pk).update(
            state=ImportState.REFUSED,
            errors=listed[:SHOWN_ERRORS],
            error_count=len(listed),
            finished_at=timezone.now(),
            added=0,
            changed=0,
            unchanged=0,
            **values,
        )


def _forget_file(pk: int) -> None:
    """The list has been read: what it held is in the records now, or must be uploaded again."""
    found = RecordImport.objects.get(pk=pk)
    if found.file:
        found.file.delete(save=False)
        with scopes_disabled():
            RecordImport.objects.filter(pk=pk).update(file="")


def _earlier(case: Case, sha256: str) -> RecordImport | None:
    return RecordImport.objects.filter(project_id=case.pk, sha256=sha256).exclude(state=ImportState.REFUSED).first()


def _plain_name(name: str) -> str:
    plain = "".join(char for char in name if char.isprintable()).replace("\\", "/")
    return (PurePath(plain).name or "名单.xlsx")[:200]


def already_told(found: RecordImport) -> Problem:
    """What is said when the same content comes again."""
    if found.state == ImportState.DONE:
        text = f"这份文件已于 {timezone.localtime(found.imported_at):%Y-%m-%d %H:%M} 导入过，本次没有改动任何记录。"
    else:
        text = "这份文件已经上传，正在处理，请稍候查看结果。"
    return Problem("known_file", text)
