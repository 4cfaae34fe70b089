"""One cycle of an authority with an award for each base: applications, grants, payments and their ledger."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case
from apps.subsidies.enums import Account as A
from apps.subsidies.enums import AwardState as S
from apps.subsidies.enums import CycleState, EntryKind, PaymentState, When
from apps.subsidies.models import (
    Award,
    AwardLine,
    FundingCycle,
    FundPayment,
    LedgerEntry,
    LedgerPosting,
    PaymentItem,
    Tranche,
)
from apps.subsidies.services.ledger import entry_hash
from bench.life import DAY, Life
from bench.world import Office, Seat
from bench.writer import Writer

AWARD = {S.DRAFT: 5, S.SUBMITTED: 8, S.REVIEWED: 8, S.DECLINED: 9, S.ACTIVE: 70}
LINES = (
    ("facilities", "实训设备", 3_000_001),
    ("training_projects", "高级研修班", 2_000_000),
    ("system_building", "线上课程", 1_000_000),
)
ONE_UNPAID_IN = 3


class Money(Life):
    """Tells one base after another, each with an award of the cycle."""

    def __init__(self, writer: Writer, seat: Seat, institutions: list[Office]) -> None:
        super().__init__(writer, seat, institutions)
        self.granted, self.seq, self.hash = 0, 0, ""
        self.cycle = self._cycle(len(institutions))

    def tell_base(self, number: int) -> None:
        """Make base ``number`` of the authority with its award."""
        institution = self.institutions[number]
        unit = self.seat.departments[number % len(self.seat.departments)]
        base = self._registered(number, institution, unit)
        state = self._drawn(AWARD)
        case, acts = self._told(CaseKind.AWARD, f"{base.institution_name}申请资助", state, institution, unit, base.pk)
        asked = sum(fen for _, _, fen in LINES) + number
        award = Award(
            case_id=case.pk,
            base_id=base.pk,
            cycle_id=self.cycle.pk,
            title="能力建设项目",
            requested_fen=asked,
            granted_fen=asked if state == S.ACTIVE else 0,
        )
        self.writer.add(award)
        if state == S.ACTIVE:
            self._in_force(award, {act.name: act for act in acts}, number, institution, unit)

    def finish(self) -> None:
        """What could be told only at the end: how much the cycle granted."""
        super().finish()
        FundingCycle.objects.filter(pk=self.cycle.pk).update(granted_fen=self.granted)

    def _cycle(self, awards: int) -> FundingCycle:
        offices = {PartyRole.AUTHORITY: self.seat.office}
        opened = self.now - DAY * 90
        case, acts = self._case(self.seat, CaseKind.FUNDING_CYCLE, "基准资助周期", CycleState.CLOSED, offices, opened)
        today = self.now.date()
        cycle = FundingCycle(
            case_id=case.pk,
            title="基准资助周期",
            starts_on=today - DAY * 90,
            ends_on=today + DAY * 640,
            opens_on=today - DAY * 90,
            closes_on=today - DAY * 30,
            budget_fen=awards * 10_000_000,
        )
        self.writer.add(cycle)
        launch = next(act for act in acts if act.name == "launch")
        postings = [(A.APPROPRIATION, A.AVAILABLE, cycle.budget_fen, None)]
        self.cycle = cycle
        self._post(launch, EntryKind.APPROPRIATE, postings, f"cycle:{case.pk}:appropriate", None)
        return cycle

    def _told(
        self, kind: str, title: str, state: str, institution: Office, unit: Office, base: int
    ) -> tuple[Case, list[Act]]:
        offices = {
            PartyRole.INSTITUTION: institution,
            PartyRole.MANAGING_UNIT: unit,
            PartyRole.AUTHORITY: self.seat.office,
        }
        opened = self.now - DAY * self.random.randint(20, 80)
        case, acts = self._case(self.seat, kind, title[:200], state, offices, opened, institution)
        case.base_id = base
        return case, acts

    def _in_force(self, award: Award, acts: dict[str, Act], number: int, institution: Office, unit: Office) -> None:
        paid = number % ONE_UNPAID_IN != 0
        lines = []
        for place, (category, item, fen) in enumerate(LINES):
            amount = fen + (number if place == 0 else 0)
            advance = amount // 2 if place == 0 else 0
            line = AwardLine(
                pk=self.writer.key(AwardLine),
                award_id=award.pk,
                key=f"l{place}",
                position=place,
                category=category,
                item=item,
                amount_fen=amount,
                approved_fen=advance if paid else 0,
                paid_fen=advance if paid else 0,
                advanced_fen=advance if paid else 0,
            )
            self.writer.add(line)
            lines.append((line, advance))
        self.granted += award.granted_fen
        grant = [(A.AVAILABLE, A.COMMITTED, award.granted_fen, None)]
        self._post(acts["sign_award"], EntryKind.GRANT, grant, f"award:{award.pk}:grant", award)
        given = [(A.COMMITTED, A.COMMITTED, line.amount_fen, line) for line, _ in lines]
        self._post(acts["start"], EntryKind.ALLOCATE, given, f"act:{acts['start'].pk}:allocate", award)
        payment = self._payment(award, lines[0][1], institution, unit) if paid else None
        for line, advance in lines:
            self._tranches(line, advance, payment)

    def _payment(self, award: Award, fen: int, institution: Office, unit: Office) -> FundPayment:
        case, acts = self._told(CaseKind.FUND_PAYMENT, "申请拨款", PaymentState.PAID, institution, unit, award.base_id)
        payment = FundPayment(
            case_id=case.pk,
            award_id=award.pk,
            authority_id=self.seat.office.pk,
            request_key=uuid.UUID(int=case.pk),
            amount_fen=fen,
            payee_name=institution.organisation.name[:100],
            payee_account="6222000000000000000",
            payee_bank="基准银行",
            bank_reference=f"B{case.pk:09}",
            paid_on=self.now.date(),
        )
        self.writer.add(payment)
        payment.money_acts = {act.name: act for act in acts}
        return payment

    def _tranches(self, line: AwardLine, advance: int, payment: FundPayment | None) -> None:
        parts = [(When.ADVANCE, advance), (When.AFTER_ACCEPTANCE, line.amount_fen - advance)]
        for seq, (when, fen) in enumerate(((when, fen) for when, fen in parts if fen), start=1):
            claimed = payment if when == When.ADVANCE else None
            tranche = Tranche(
                pk=self.writer.key(Tranche),
                line_id=line.pk,
                seq=seq,
                when=when,
                amount_fen=fen,
                payment_id=claimed.pk if claimed else None,
            )
            self.writer.add(tranche)
            if claimed is not None:
                self.writer.add(PaymentItem(payment_id=claimed.pk, tranche_id=tranche.pk, amount_fen=fen))
                self._post_payment(claimed, line, fen)

    def _post_payment(self, payment: FundPayment, line: AwardLine, fen: int) -> None:
        award = Award(pk=payment.award_id)
        for step, kind, debit, credit in (
            ("approve", EntryKind.APPROVE, A.COMMITTED, A.PAYABLE),
            ("record_payment", EntryKind.PAY, A.PAYABLE, A.BANK),
        ):
            key = f"payment:{payment.pk}:{kind}"
            self._post(payment.money_acts[step], kind, [(debit, credit, fen, line)], key, award)

    def _post(self, act: Act, kind: str, moved: list[tuple[Any, ...]], key: str, award: Award | None) -> None:
        """An entry as :func:`apps.subsidies.services.ledger.post` makes it."""
        self.seq = self.writer.next_in(f"ledger:{self.cycle.pk}")
        entry = LedgerEntry(
            pk=self.writer.key(LedgerEntry),
            cycle_id=self.cycle.pk,
            award_id=award.pk if award else None,
            act_id=act.pk,
            seq=self.seq,
            kind=kind,
            key=key,
            at=act.at.astimezone(dt.UTC),
            prev_hash=self.hash,
        )
        postings = [
            LedgerPosting(
                entry_id=entry.pk,
                position=place,
                debit=debit,
                credit=credit,
                debit_line_id=line.pk if line is not None and kind != EntryKind.ALLOCATE else None,
                credit_line_id=line.pk if line is not None else None,
                amount_fen=fen,
            )
            for place, (debit, credit, fen, line) in enumerate(moved, start=1)
        ]
        entry.hash = self.hash = entry_hash(entry, postings)
        self.writer.add(entry)
        for one in postings:
            self.writer.add(one)
