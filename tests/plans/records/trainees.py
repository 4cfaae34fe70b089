"""A project that may take records, and people with valid numbers."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from openpyxl import Workbook

from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.plans.models import TrainingProject
from apps.plans.services.identity import check_character
from tests.factories import Supervision

HEAD = ["姓名", "证件类型", "证件号码", "工作单位", "科目", "学时", "结果"]


def resident(number: int, born: dt.date = dt.date(1985, 3, 7), division: str = "370303") -> str:
    """A valid resident's number, another for each ``number`` below a thousand times the days since 1950."""
    day = born - dt.timedelta(days=number // 1000)
    first = f"{division}{day:%Y%m%d}{number % 1000:03d}"
    return first + check_character(first)


def row(number: int = 1, **changed: str) -> dict[str, str]:
    """A trainee as typed."""
    given = {
        "name": f"学员{number}",
        "identity_kind": "",
        "identity_number": resident(number),
        "employer": "市第一工厂",
        "subject_kind": "",
        "value": "16",
        "outcome": "合格",
    }
    return given | changed


def make_project(people: Supervision, state: str = "held", **values: Any) -> TrainingProject:
    """A project of the base that was held in March 2026 and, unless told otherwise, is authorised."""
    with transaction.atomic():
        case = open_base_case(
            people.base,
            CaseKind.TRAINING_PROJECT,
            values.get("name", "新材料应用班"),
            people.editor,
            label="建立",
            year=2026,
        )
    Case.objects.filter(pk=case.pk).update(state=state)
    case.refresh_from_db()
    given: dict[str, Any] = {
        "year": 2026,
        "name": "新材料应用班",
        "subject_kind": "professional",
        "kind": "training_class",
        "field": "新材料",
        "level": "mixed",
        "hours_tenths": 240,
        "value_tenths": 240,
        "persons": 40,
        "starts_on": dt.date(2026, 3, 16),
        "ends_on": dt.date(2026, 3, 18),
        "mode": "on_site",
        "place": "培训楼",
        "authorised_by": case,
        "authorised_on": dt.date(2026, 3, 1),
    }
    return TrainingProject.objects.create(case=case, base=people.base, **given | values)


def fresh(project: TrainingProject) -> TrainingProject:
    return TrainingProject.objects.select_related("case", "base").get(pk=project.pk)


def workbook(rows: list[list[object]], head: list[str] | None = None) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("学员名单")
    sheet.append(HEAD if head is None else head)
    for cells in rows:
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cells(number: int, **changed: str) -> list[object]:
    return list(row(number, **changed).values())


def upload_of(rows: list[list[object]], name: str = "名单.xlsx", head: list[str] | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, workbook(rows, head))
