"""A change of particulars and a withdrawal, taken as far as a test needs them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.bases.services import changes, opening, withdrawals
from apps.bases.services.changes import Item
from apps.cases.models import Case
from tests.factories import Supervision

NEW_NAME = "更名后的学院"


def proof(name: str = "批复.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 proof")


def drafted(s: Supervision, *items: Item, **values: Any) -> Case:
    """A change that is ready to be reported: by default of the name."""
    case = opening.start_change(s.base, s.editor)
    given = {"happened_on": timezone.localdate() - dt.timedelta(days=3), "reason": "上级批复更名"} | values
    changes.save_change(case, s.editor, items=items or (Item("name", NEW_NAME),), **given)
    changes.add_evidence(case, s.editor, proof())
    return case


def reported(s: Supervision, *items: Item, **values: Any) -> Case:
    case = drafted(s, *items, **values)
    changes.submit(case, s.head)
    return case


def withdrawing(s: Supervision, **values: Any) -> Case:
    """A withdrawal that has been asked for."""
    case = opening.start_withdrawal(s.base, s.editor)
    given = {"reason": "业务调整", "arrangements": "在办班次已全部结束", "ends_on": None} | values
    withdrawals.save_withdrawal(case, s.editor, **given)
    withdrawals.submit(case, s.head)
    return case
