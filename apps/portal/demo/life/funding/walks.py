"""One award on its way, each step by the person whose turn it is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.cases.models import Case
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.funding import typed
from apps.portal.demo.life.people import Life, Member
from apps.subsidies.models import Acceptance, AcceptanceLine, Award, AwardLine, FundingCycle, FundPayment, Tranche
from apps.subsidies.services import (
    acceptance_reviews,
    acceptances,
    award_applications,
    award_decisions,
    content_draft,
    content_files,
    payment_steps,
    payments,
    plan_changes,
    plan_drafting,
    plan_reviews,
    spending,
)
from apps.subsidies.services.acceptance_checks import recognisable
from apps.subsidies.services.payment_checks import waits_for
from apps.subsidies.services.spending_scans import add_scans


def case_of(pk: int) -> Case:
    """The case as it stands now."""
    return Case.objects.select_related("institution", "authority", "jurisdiction", "base").get(pk=pk)


class Walk:
    """An application for money and the award it becomes. ``goal`` is what the experts make of it."""

    def __init__(self, life: Life, member: Member, cycle: FundingCycle, budget: tuple[typed.Line, ...]) -> None:
        self.life, self.member, self.budget = life, member, budget
        self.field, self.goal = member.base.field, "granted"
        self.pk = award_applications.start_application(member.base, cycle, member.editor).pk

    @property
    def case(self) -> Case:
        return case_of(self.pk)

    @property
    def occasion(self) -> Case:
        """The case of the cycle that the application is for."""
        return case_of(self.award.cycle_id)

    @property
    def award(self) -> Award:
        return Award.objects.select_related("case", "cycle__case", "base").get(pk=self.pk)

    @property
    def base(self) -> Base:
        return self.member.base

    @property
    def finance(self) -> Actor:
        return self.life.cast.office["finance"]

    def line(self, item: str) -> AwardLine:
        """The line whose item holds ``item``."""
        return self.award.lines.get(item__contains=item)

    # the application

    def fill_in(self, title: str, *, whole: bool = True) -> None:
        """Fill in the application; without ``whole`` the lines alone, as somebody leaves it for the day."""
        rows = typed.lines(self.budget, self.field)
        values = {"title": title, "lines": rows}
        if whole:
            values["targets"] = typed.targets(self.field)
        detail = content_draft.detail_of(self.case)
        detail = content_draft.save_values(detail, values, detail.data_version, self.member.editor)
        draft = content_draft.load_draft(detail)
        if any(row.get("schedule") for row in rows):
            content_files.add_file(
                draft, content_draft.FINANCE_FILE, evidence_file("财政部门批准文件.pdf"), self.member.editor
            )
        content_files.add_file(draft, content_draft.BASIS_FILE, evidence_file("测算依据.pdf"), self.member.editor)

    def submit(self) -> None:
        award_applications.submit(self.case, self.member.head)

    def propose(self, *, percent: int = 100) -> None:
        """The officer proposes to grant ``percent`` of each line in whole yuan, or to decline where the experts did."""
        if self.award.panel_passed:
            asked = {line.key: line.amount_fen for line in self.case.use_plan_lines.all()}
            sums = asked if percent == 100 else {key: fen * percent // 10_000 * 100 for key, fen in asked.items()}
            reasons = "专家评审通过，方案与基地专业领域一致，测算有依据。"
            if percent != 100:
                reasons += "部分单价高于同类项目，按比例核减。"
            proposal = award_decisions.Proposal("grant", reasons, sums)
        else:
            proposal = award_decisions.Proposal("decline", "未通过专家评审：内容与基地专业领域关联不足，绩效不可衡量。")
        award_decisions.propose(self.case, self.life.officer, proposal)

    def agree(self) -> None:
        award_decisions.agree_finance(self.case, self.finance, "指标已落实，测算标准未超过同类项目，同意。")

    def sign(self) -> None:
        sign = award_decisions.sign_award if self.award.conclusion == "grant" else award_decisions.sign_decline
        sign(self.case, self.life.head)

    # the plan

    def plan(self) -> None:
        """The institution sends its use plan, the funder audits it, and the award is carried out."""
        pk = self.send_plan()
        plan_reviews.propose_opinion(
            case_of(pk), self.life.officer, "agreed", "方案与资助决定一致，绩效指标可以衡量，同意。"
        )
        plan_reviews.sign_approval(case_of(pk), self.life.head)

    def send_plan(self) -> int:
        """The institution completes the plan it was given and sends it; returns the key of its case."""
        plan = plan_changes.plan_in_hand(self.award)
        if plan is None:
            raise LookupError(f"award {self.pk} has no plan in hand")
        detail = content_draft.detail_of(case_of(plan.pk))
        values = {"own_funds": typed.own_funds(self.base.institution_name)}
        content_draft.save_values(detail, values, detail.data_version, self.member.editor)
        plan_drafting.submit_plan(case_of(plan.pk), self.member.head)
        return int(plan.pk)

    # payments

    def request(self, *tranches: Tranche, account: str = "") -> int:
        """The institution asks for ``tranches`` (all that are due and free where none is named); the case's key."""
        chosen = list(tranches) or self.due()
        number = account or f"3100{self.base.pk:012d}"
        payee = payments.Payee(self.base.institution_name, number, "演示银行", "项目资助款")
        keys = [one.pk for one in chosen]
        payment, _ = payments.open_request(self.award, self.member.editor, uuid.uuid4(), keys, payee)
        payments.submit(case_of(payment.pk), self.member.head)
        return int(payment.pk)

    def due(self) -> list[Tranche]:
        """The tranches that may be asked for now and nobody has."""
        found = payments.offered_tranches(self.award)
        return [one for one in found if one.payment_id is None and not waits_for(one)]

    def check(self, pk: int) -> None:
        payment_steps.check(case_of(pk), self.finance, "期次、金额、账户与资助决定和使用方案一致。")

    def approve(self, pk: int) -> None:
        payment_steps.approve(case_of(pk), self.life.head)

    def pay(self, pk: int) -> FundPayment:
        """The finance side records what the bank has paid today."""
        reference = f"YH{self.life.clock.day:%Y%m%d}{pk:06d}"
        payment_steps.record_payment(case_of(pk), self.finance, reference=reference, paid_on=self.life.clock.day)
        return FundPayment.objects.get(pk=pk)

    # spending

    def report(self, until: dt.date, rows: list[dict[str, str]], *, final: bool = False) -> int:
        """The institution reports vouchers, with a scanned volume; returns the key of the report's case."""
        report = spending.open_report(self.award, self.member.editor)
        add_scans(report, self.member.editor, [evidence_file(f"凭证册{until:%Y%m}.pdf")])
        scan = report.case.attachments.latest("pk")
        content = {
            "until_on": until.isoformat(),
            "summary": "按批准的方案使用，单独核算。",
            "is_final": final,
            "rows": rows,
            "scans": {str(scan.pk): "全部"},
        }
        spending.save_draft(report, content, report.data_version, self.member.editor)
        spending.submit(case_of(report.pk), self.member.head)
        return int(report.pk)

    def examine(self, pk: int, refused: Sequence[tuple[str, str, str]] = ()) -> None:
        """The finance side goes through the vouchers, refusing those ``refused`` (number, article, reason) whole."""
        found = {row.voucher: row for row in case_of(pk).spending_report.rows.all()}
        marks = {
            found[voucher].pk: spending.Mark(found[voucher].amount_fen, article, reason)
            for voucher, article, reason in refused
        }
        if marks:
            spending.check_rows(case_of(pk), self.finance, marks)
        opinion = "凭证逐笔核对完毕。" if not marks else "凭证逐笔核对完毕，所列两笔不属于资助资金可以列支的范围。"
        spending.propose_conclusion(case_of(pk), self.finance, opinion)

    def conclude(self, pk: int) -> None:
        spending.sign_conclusion(case_of(pk), self.life.head)

    # acceptance

    def ask_acceptance(self, spent: dict[str, int]) -> int:
        """The institution asks for acceptance of the lines in ``spent`` (key → fen); returns the case's key."""
        acceptance = acceptances.open_acceptance(self.award, self.member.editor)
        content = {
            "summary": "设备已安装验收并投入使用，培训按计划举办，课程已上线，档案齐全。",
            "lines": {
                line.key: {
                    "chosen": line.key in spent,
                    "result": f"“{line.item}”已按方案完成，资料见附件。" if line.key in spent else "",
                    "spent": typed.yuan_text(spent[line.key]) if line.key in spent else "",
                }
                for line in self.award.lines.all()
            },
            "results": typed.achieved(),
        }
        acceptances.save_draft(acceptance, content, acceptance.data_version, self.member.editor)
        acceptances.add_files(acceptance, "all", [evidence_file("项目总结和影像资料.pdf")], self.member.editor)
        acceptances.submit(case_of(acceptance.pk), self.member.head)
        return int(acceptance.pk)

    def review(self, pk: int, reviewers: Sequence[Actor], *, opinions: int | None = None) -> None:
        """The officer names the reviewers and the first ``opinions`` of them (all where None) give their opinion."""
        for one in reviewers:
            acceptance_reviews.name_reviewer(case_of(pk), self.life.officer, one.user.pk, one.organisation.pk)
        acceptances.start_review(case_of(pk), self.life.officer)
        for one in list(reviewers)[:opinions]:
            text = "现场查看了设备和课程平台，核对了签到和合同，与报告一致，建议通过。"
            acceptance_reviews.submit_opinion(case_of(pk), one, conclusion="accept", text=text)

    def accept(self, pk: int, cuts: dict[str, tuple[int, str]] | None = None) -> None:
        """The officer proposes to accept, recognising less of the lines in ``cuts`` (key → fen less, why)."""
        less = cuts or {}
        rows = AcceptanceLine.objects.filter(acceptance=pk).select_related("line")
        accepted = {row.pk: recognisable(row) - less.get(row.line.key, (0, ""))[0] for row in rows}
        remarks = {row.pk: less[row.line.key][1] for row in rows if row.line.key in less}
        proposal = acceptances.Proposal("accept", "经查验，项目按方案完成，绩效目标基本实现。", "", accepted, remarks)
        acceptances.propose_conclusion(case_of(pk), self.life.officer, proposal)

    def sign_acceptance(self, pk: int) -> Acceptance:
        acceptances.sign_acceptance(case_of(pk), self.life.head)
        return Acceptance.objects.get(pk=pk)
