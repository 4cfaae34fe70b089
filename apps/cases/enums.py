"""Kinds of business and small vocabularies of the spine."""

from django.db import models


class CaseKind(models.TextChoices):
    ROUND = "round", "申报批次"
    APPLICATION = "application", "基地申报"
    PANEL = "panel", "专家评审"
    PUBLIC_NOTICE = "public_notice", "公示"
    OBJECTION = "objection", "异议"
    ANNUAL_PLAN = "annual_plan", "年度计划"
    TRAINING_PROJECT = "training_project", "培训项目"
    CAMPAIGN = "campaign", "检查考核工作"
    INSPECTION = "inspection", "检查考核"
    RECTIFICATION = "rectification", "限期整改"
    REVOCATION = "revocation", "取消（撤销）资格"
    RESTORATION = "restoration", "恢复资格"
    PARTICULARS_CHANGE = "particulars_change", "信息变更"
    BASE_WITHDRAWAL = "base_withdrawal", "自愿退出"
    FUNDING_CYCLE = "funding_cycle", "资助周期"
    AWARD = "award", "专项经费资助"
    USE_PLAN = "use_plan", "经费使用方案"
    FUND_PAYMENT = "fund_payment", "拨款"
    ACCEPTANCE = "acceptance", "项目验收"
    SPENDING_REPORT = "spending_report", "经费使用报告"
    FUND_RECOVERY = "fund_recovery", "经费追回"


class PartyRole(models.TextChoices):
    INSTITUTION = "institution", "施教机构"
    EXAMINER = "examiner", "审查部门"
    RECOMMENDER = "recommender", "推荐单位"
    AUTHORITY = "authority", "认定机关"
    FILING_AUTHORITY = "filing_authority", "备案机关"
    ASSISTANT = "assistant", "受托服务协会"
    MANAGING_UNIT = "managing_unit", "管理（指导）单位"
    ORGANISER = "organiser", "检查组织单位"
    INSPECTOR = "inspector", "检查单位"


class ClockBasis(models.TextChoices):
    LAW = "law", "法定期限"
    OFFICER = "officer", "指定期限"
    PROMISE = "promise", "服务承诺"


class ClockState(models.TextChoices):
    RUNNING = "running", "计时中"
    PAUSED = "paused", "已暂停"
    MET = "met", "按时办结"
    MISSED = "missed", "逾期办结"
    CANCELLED = "cancelled", "已撤销"


class OutboxState(models.TextChoices):
    WAITING = "waiting", "待发送"
    DONE = "done", "已完成"
    FAILED = "failed", "多次失败"


class DeliveryChannel(models.TextChoices):
    PORTAL = "portal", "平台送达"
    PUBLICATION = "publication", "公布"
