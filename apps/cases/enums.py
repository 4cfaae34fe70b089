"""Kinds of business and small vocabularies of the spine."""

from django.db import models


class CaseKind(models.TextChoices):
    ROUND = "round", "申报批次"
    APPLICATION = "application", "基地申报"
    PANEL = "panel", "专家评审"
    PUBLIC_NOTICE = "public_notice", "公示"
    OBJECTION = "objection", "异议"


class PartyRole(models.TextChoices):
    INSTITUTION = "institution", "申报单位"
    EXAMINER = "examiner", "审查部门"
    RECOMMENDER = "recommender", "推荐单位"
    AUTHORITY = "authority", "认定机关"
    FILING_AUTHORITY = "filing_authority", "备案机关"
    ASSISTANT = "assistant", "受托服务协会"


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
