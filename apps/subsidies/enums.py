"""States and small vocabularies of public money: cycles, awards, plans, payments, acceptance, spending, recovery."""

from django.db import models


class CycleState(models.TextChoices):
    DRAFT = "draft", "拟定周期"
    PROPOSED = "proposed", "待批准开放"
    OPEN = "open", "申请中"
    CLOSED = "closed", "申请已截止"
    SETTLEMENT_PROPOSED = "settlement_proposed", "待批准结清"
    SETTLED = "settled", "已结清"
    DROPPED = "dropped", "已放弃"


class AwardState(models.TextChoices):
    DRAFT = "draft", "填写申请"
    SUBMITTED = "submitted", "待评审"
    RETURNED = "returned", "退回修改"
    IN_REVIEW = "in_review", "专家评审中"
    REVIEWED = "reviewed", "待拟定资助决定"
    FINANCE_REVIEW = "finance_review", "待财务审核"
    DECISION_READY = "decision_ready", "资助决定待签发"
    GRANTED = "granted", "已资助，待审核使用方案"
    ACTIVE = "active", "执行中"
    SETTLEMENT_PROPOSED = "settlement_proposed", "待批准结清"
    SETTLED = "settled", "已结清"
    DECLINED = "declined", "不予资助"
    WITHDRAWN = "withdrawn", "已撤回申请"
    TERMINATED = "terminated", "已终止资助"
    DISCONTINUED = "discontinued", "已终止办理"


class PlanState(models.TextChoices):
    DRAFT = "draft", "填写方案"
    FUNDER_REVIEW = "funder_review", "待资助单位审核"
    FUNDER_PROPOSED = "funder_proposed", "资助单位意见待签发"
    UNIT_REVIEW = "unit_review", "待管理单位审核"
    UNIT_PROPOSED = "unit_proposed", "管理单位意见待签发"
    RETURNED = "returned", "退回修改"
    APPROVED = "approved", "审核同意"
    DROPPED = "dropped", "已放弃"
    DISCONTINUED = "discontinued", "已终止办理"


class PaymentState(models.TextChoices):
    DRAFT = "draft", "填写拨款申请"
    SUBMITTED = "submitted", "待财务核对"
    RETURNED = "returned", "退回修改"
    CHECKED = "checked", "待批准拨款"
    APPROVED = "approved", "已批准，待支付"
    PAID = "paid", "已支付，待对账"
    CONFIRMED = "confirmed", "已对账"
    REVERSAL_PROPOSED = "reversal_proposed", "待批准冲回"
    CLOSED = "closed", "已办结"
    REVERSED = "reversed", "已冲回"
    REFUSED = "refused", "不予拨款"
    WITHDRAWN = "withdrawn", "已撤回申请"
    DISCONTINUED = "discontinued", "已终止办理"


class AcceptanceState(models.TextChoices):
    DRAFT = "draft", "填写验收申请"
    SUBMITTED = "submitted", "待组织验收"
    RETURNED = "returned", "待补充后再验收"
    REVIEWING = "reviewing", "验收中"
    PROPOSED = "proposed", "验收结论待签发"
    ACCEPTED = "accepted", "通过验收"
    REJECTED = "rejected", "未通过验收"
    DROPPED = "dropped", "已放弃"
    DISCONTINUED = "discontinued", "已终止办理"


class SpendingState(models.TextChoices):
    DRAFT = "draft", "填写使用报告"
    SUBMITTED = "submitted", "待财务核对"
    RETURNED = "returned", "退回修改"
    PROPOSED = "proposed", "核对结论待批准"
    ACCEPTED = "accepted", "已核定"
    DROPPED = "dropped", "已放弃"
    DISCONTINUED = "discontinued", "已终止办理"


class RecoveryState(models.TextChoices):
    DRAFT = "draft", "拟定追回通知"
    PROPOSED = "proposed", "追回通知待签发"
    DEMANDED = "demanded", "待单位缴回"
    LIFT_PROPOSED = "lift_proposed", "待批准免予追回"
    RETURNED = "returned", "已全部缴回"
    LIFTED = "lifted", "免予追回"
    DROPPED = "dropped", "不予追回"


class Conclusion(models.TextChoices):
    GRANT = "grant", "予以资助"
    DECLINE = "decline", "不予资助"


class PlanConclusion(models.TextChoices):
    AGREED = "agreed", "同意"
    REFUSED = "refused", "不同意"


class AcceptanceConclusion(models.TextChoices):
    ACCEPT = "accept", "通过验收"
    REJECT = "reject", "不通过验收"
    SUPPLEMENT = "supplement", "补充后再验收"


class Direction(models.TextChoices):
    """How a performance target is met."""

    AT_LEAST = "at_least", "不低于"
    AT_MOST = "at_most", "不高于"


class When(models.TextChoices):
    """When a tranche is paid, in the rulebook's words."""

    ADVANCE = "advance", "先行拨付"
    AFTER_ACCEPTANCE = "after_acceptance", "验收后拨付"
    BY_AGREEMENT = "by_agreement", "商定拨付"


class RecoveryGround(models.TextChoices):
    UNSPENT = "unspent", "结余未使用"
    MISSPENT = "misspent", "未按规定用途使用"
    NOT_ACCEPTED = "not_accepted", "未通过验收或核减"
    TERMINATED = "terminated", "资助终止"


class BankDirection(models.TextChoices):
    OUT = "out", "支出"
    IN = "in", "收入"


class BankLineState(models.TextChoices):
    UNMATCHED = "unmatched", "待核对"
    MATCHED = "matched", "已核对"
    IGNORED = "ignored", "与本业务无关"


class Account(models.TextChoices):
    """The ledger's accounts. A posting takes a sum from the credited account's side to the debited one's."""

    APPROPRIATION = "appropriation", "周期指标来源"
    AVAILABLE = "available", "可安排指标"
    COMMITTED = "committed", "已资助未拨付"
    PAYABLE = "payable", "已批准待支付"
    BANK = "bank", "银行存款"
    RECEIVABLE = "receivable", "应追回款"
    CLAWBACK = "clawback", "追回核减"


class EntryKind(models.TextChoices):
    APPROPRIATE = "appropriate", "下达周期指标"
    GRANT = "grant", "批准资助"
    ALLOCATE = "allocate", "按使用方案分配到项"
    APPROVE = "approve", "批准拨款"
    PAY = "pay", "支付"
    RELEASE = "release", "核减或收回指标"
    DEMAND = "demand", "要求缴回"
    RETURN = "return", "缴回到账"
    REVERSE = "reverse", "冲回"
