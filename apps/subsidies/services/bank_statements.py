"""Bank statements: looked at before they are taken in, once a file and once a line, whole or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.cases.tables import RowError
from apps.cases.workbooks import NotReadable
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.subsidies.enums import BankDirection, BankLineState
from apps.subsidies.models import BankLine, BankStatement, FundPayment, FundReturn
from apps.subsidies.services import statement_reading
from apps.subsidies.services.recovery_returns import prove_by
from apps.subsidies.services.statement_reading import StatementLine

CLERKS = (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER)
READERS = (*CLERKS, Role.AUTHORITY_HEAD)
_SALT = "subsidies.bank_statement"
_KEPT = 2 * 60 * 60
"""Seconds for which a preview can be taken in."""


@dataclass(frozen=True)
class Preview:
    """What a file would bring. ``token`` carries its lines, signed, to :func:`take_in`; empty where there are errors."""

    name: str
    sha256: str
    lines: list[StatementLine]
    errors: list[RowError] = field(default_factory=list)
    known: frozenset[int] = frozenset()
    token: str = ""
    earlier: BankStatement | None = None

    @property
    def out_fen(self) -> int:
        return sum(one.amount_fen for one in self.lines if one.direction == BankDirection.OUT)

    @property
    def in_fen(self) -> int:
        return sum(one.amount_fen for one in self.lines if one.direction == BankDirection.IN)

    @property
    def new_count(self) -> int:
        return len(self.lines) - len(self.known)


def may_import(actor: Actor) -> bool:
    return actor.organisation.kind == OrganisationKind.AUTHORITY and actor.has(*CLERKS)


def may_read(actor: Actor) -> bool:
    return actor.organisation.kind == OrganisationKind.AUTHORITY and actor.has(*READERS)


def preview(actor: Actor, upload: UploadedFile) -> Preview:
    """Read the file and say what taking it in would do; nothing is stored. Raises NotReadable, NotPermitted."""
    _require_clerk(actor)
    reading = statement_reading.read(upload, timezone.localdate())
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    sha256 = digest.hexdigest()
    name = _plain_name(upload.name or "")
    return Preview(
        name=name,
        sha256=sha256,
        lines=reading.lines,
        errors=reading.errors,
        known=_known_rows(actor, reading.lines),
        token="" if reading.errors else _sealed(actor, name, sha256, reading.lines),
        earlier=_earlier(actor, sha256),
    )


def take_in(actor: Actor, token: str) -> tuple[BankStatement, bool]:
    """Store the file that ``token`` was made for; says whether it is new.

    A file taken in before is not taken in again, nor is a line that another file brought. Raises NotPermitted,
    NotReadable for a token that is not this person's, or too old.
    """
    _require_clerk(actor)
    name, sha256, lines = _opened(actor, token)
    earlier = _earlier(actor, sha256)
    if earlier is not None:
        return earlier, False
    try:
        with transaction.atomic():
            return _store(actor, name, sha256, lines), True
    except IntegrityError:
        earlier = _earlier(actor, sha256)  # the same file at the same moment
        if earlier is None:
            raise
        return earlier, False


def _store(actor: Actor, name: str, sha256: str, lines: Sequence[StatementLine]) -> BankStatement:
    organisation = actor.organisation
    statement = BankStatement.objects.create(
        jurisdiction_id=organisation.jurisdiction_id,
        authority=organisation,
        name=name,
        sha256=sha256,
        imported_by=actor.user,
        imported_at=timezone.now(),
    )
    rows = [
        BankLine(
            statement=statement,
            authority=organisation,
            row=one.row,
            on=one.on,
            direction=one.direction,
            amount_fen=one.amount_fen,
            reference=one.reference,
            counterparty=one.counterparty,
            counterparty_account=one.counterparty_account,
            memo=one.memo,
        )
        for one in lines
    ]
    BankLine.objects.bulk_create(rows, ignore_conflicts=True)  # lines of a period that overlaps another file's
    statement.line_count = BankLine.objects.filter(statement=statement).count()
    statement.known_count = len(rows) - statement.line_count
    statement.save(update_fields=["line_count", "known_count"])
    _prove_returns(statement)
    return statement


def _prove_returns(statement: BankStatement) -> None:
    """Lines of returns recorded before the statement came are accounted for: nobody takes them for other money."""
    waiting = FundReturn.objects.filter(authority=statement.authority_id, bank_line__isnull=True)
    references = list(waiting.values_list("bank_reference", flat=True))
    for line in BankLine.objects.filter(statement=statement, direction=BankDirection.IN, reference__in=references):
        prove_by(line)


def ignore(line: BankLine, actor: Actor, note: str) -> None:
    """Mark ``line`` as none of this business, saying why.

    Raises NotPermitted, Blocked without a note or where the line's reference is a payment's, WrongState where it has
    been accounted for.
    """
    _require_clerk(actor, line)
    if not note.strip():
        raise Blocked(Problem("note_missing", "请写明为什么与本业务无关。", where="note"))
    if line.direction == BankDirection.OUT:
        holder = FundPayment.objects.filter(authority=line.authority_id, bank_reference=line.reference)
        payment = holder.select_related("case").first()
        if payment is not None:
            message = f"该流水号登记于拨款（{payment.case.number}），不能标为无关，请核对差异。"
            raise Blocked(Problem("belongs_to_payment", message, where="note"))
    told = f"{note.strip()[:150]}（{actor.user.name}，{timezone.localdate().isoformat()}）"
    _swap(line, BankLineState.UNMATCHED, BankLineState.IGNORED, told[:200])


def reopen(line: BankLine, actor: Actor) -> None:
    """Put a line marked as none of this business back among those to be accounted for. Raises as :func:`ignore`."""
    _require_clerk(actor, line)
    _swap(line, BankLineState.IGNORED, BankLineState.UNMATCHED, "")


def _swap(line: BankLine, before: str, after: str, note: str) -> None:
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        if not BankLine.objects.filter(pk=line.pk, state=before).update(state=after, note=note):
            raise WrongState(Problem("line_taken", "这一行刚刚已被处理，请刷新页面。"))


def _require_clerk(actor: Actor, line: BankLine | None = None) -> None:
    if not may_import(actor) or (line is not None and line.authority_id != actor.organisation.pk):
        raise NotPermitted(Problem("not_permitted", "银行对账单由提供资助的机关的经办人或财务人员办理。"))


def _known_rows(actor: Actor, lines: Sequence[StatementLine]) -> frozenset[int]:
    """Rows of the file that another file brought already. One query per thousand references."""
    references = sorted({one.reference for one in lines})
    known: set[tuple[str, dt.date, str, int]] = set()
    for start in range(0, len(references), 1000):
        found = BankLine.objects.filter(
            authority=actor.organisation, reference__in=references[start : start + 1000]
        ).values_list("reference", "on", "direction", "amount_fen")
        known.update(found)
    return frozenset(one.row for one in lines if one.key in known)


def _earlier(actor: Actor, sha256: str) -> BankStatement | None:
    found = BankStatement.objects.filter(authority=actor.organisation, sha256=sha256)
    return found.select_related("imported_by").first()


def _sealed(actor: Actor, name: str, sha256: str, lines: Sequence[StatementLine]) -> str:
    content = {
        "who": [actor.user.pk, actor.organisation.pk],
        "name": name,
        "sha256": sha256,
        "lines": [_packed(one) for one in lines],
    }
    return signing.dumps(content, salt=_SALT, compress=True)


def _opened(actor: Actor, token: str) -> tuple[str, str, list[StatementLine]]:
    try:
        content = signing.loads(token, salt=_SALT, max_age=_KEPT)
    except signing.BadSignature as error:
        raise NotReadable("预览已失效，请重新选择文件。") from error
    if content["who"] != [actor.user.pk, actor.organisation.pk]:
        raise NotReadable("预览是另一人或另一单位的，请重新选择文件。")
    return content["name"], content["sha256"], [_unpacked(row) for row in content["lines"]]


def _packed(line: StatementLine) -> list[Any]:
    values = dataclasses.astuple(line)
    return [values[0], line.on.isoformat(), str(line.direction), *values[3:]]


def _unpacked(values: list[Any]) -> StatementLine:
    return StatementLine(values[0], dt.date.fromisoformat(values[1]), *values[2:])


def _plain_name(name: str) -> str:
    printable = "".join(char for char in name if char.isprintable())
    return (PurePath(printable.replace("\\", "/")).name or "对账单")[:200]
