"""Changes of particulars filed, waiting, agreed and refused, and a base that gives its recognition back."""

from __future__ import annotations

import datetime as dt

from apps.bases.services import changes, opening, withdrawals
from apps.cases.models import Case
from apps.cases.workflow.engine import perform, rules_of
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.people import Life, Member
from apps.portal.demo.life.plans import YEAR


def add_change_lines(life: Life) -> None:
    """Two changes that are over, one that waits, and the withdrawal."""
    exemplary, lifted, visited = (life.member(part) for part in ("exemplary", "lifted", "visited"))
    life.agenda.add(_changed(life, exemplary, dt.date(YEAR, 5, 11), _new_phone(), agrees=True))
    life.agenda.add(_changed(life, lifted, dt.date(YEAR, 9, 2), _new_name(lifted), agrees=False))
    life.agenda.add(_waiting(life, visited))
    life.agenda.add(_withdrawn(life, life.member("withdrawn")))


def case_of(pk: int) -> Case:
    """The case as it stands now."""
    return Case.objects.select_related("institution", "authority", "jurisdiction", "base").get(pk=pk)


def report(life: Life, member: Member, items: list[changes.Item]) -> int:
    """The institution reports the change with its proof; returns the key of its case."""
    pk = opening.start_change(member.base, member.editor).pk
    happened_on = life.clock.day - dt.timedelta(days=5)
    changes.save_change(case_of(pk), member.editor, happened_on=happened_on, reason="已经登记机关核准。", items=items)
    changes.add_evidence(case_of(pk), member.editor, evidence_file("变更证明.pdf"))
    changes.submit(case_of(pk), member.head)
    return pk


def _new_phone() -> list[changes.Item]:
    return [changes.Item("contact", "000-33333333")]


def _new_name(member: Member) -> list[changes.Item]:
    return [changes.Item("name", f"{member.base.institution_name}（集团）")]


def _changed(life: Life, member: Member, begins: dt.date, items: list[changes.Item], *, agrees: bool) -> Line:
    """Filed in the end; where the text asks for consent first, ``agrees`` says how that ended."""
    yield on(begins)
    pk = report(life, member, items)
    if case_of(pk).state == "at_managing_unit" and member.unit:
        yield on(life.clock.day + dt.timedelta(days=2))
        changes.file_at_unit(case_of(pk), member.unit[0])
    if rules_of(case_of(pk)).particulars_change.consent_by is not None:
        yield on(life.clock.day + dt.timedelta(days=2))
        opinion = (
            "变更属实，同意。" if agrees else "机构合并后培训主体已不具备原申报条件，不予同意，请按新主体重新申报。"
        )
        changes.propose_consent(case_of(pk), life.officer, agrees=agrees, opinion=opinion)
        yield on(life.clock.day + dt.timedelta(days=1))
        (changes.sign_consent if agrees else changes.sign_refusal)(case_of(pk), life.head)
        if not agrees:
            return
    yield on(life.clock.day + dt.timedelta(days=3))
    changes.file(case_of(pk), life.officer)


def _waiting(life: Life, member: Member) -> Line:
    yield on(life.today - dt.timedelta(days=3))
    report(life, member, _new_phone())


def _withdrawn(life: Life, member: Member) -> Line:
    """A base whose institution trains no more: agreed to, the plaque comes back."""
    yield on(dt.date(YEAR, 6, 29))
    pk = opening.start_withdrawal(member.base, member.editor).pk
    withdrawals.save_withdrawal(
        case_of(pk),
        member.editor,
        reason="单位业务调整，不再举办面向社会的培训。",
        arrangements="在办班次已全部结业，档案移交管理单位。",
        ends_on=dt.date(YEAR, 7, 10),
    )
    withdrawals.submit(case_of(pk), member.head)
    yield on(dt.date(YEAR, 7, 6))
    perform(case_of(pk), "propose", life.officer)
    yield on(dt.date(YEAR, 7, 13))
    withdrawals.sign_withdrawal(case_of(pk), life.head)
    yield on(dt.date(YEAR, 7, 17))
    if case_of(pk).closed_at is None:
        withdrawals.record_plaque(case_of(pk), life.officer, life.clock.day)
