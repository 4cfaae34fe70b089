"""States and small vocabularies of changes of particulars and withdrawals."""

from django.db import models


class Particular(models.TextChoices):
    NAME = "name", "机构名称"
    AFFILIATION = "affiliation", "隶属关系"
    CONTACT = "contact", "联系方式"
    OTHER = "other", "其他重要信息"


class ChangeState(models.TextChoices):
    DRAFT = "draft", "填报中"
    AT_MANAGING_UNIT = "at_managing_unit", "管理单位备案中"
    CONSENT_REVIEW = "consent_review", "批准部门审核中"
    CONSENT_PROPOSED = "consent_proposed", "审核意见待签署"
    REPORTED = "reported", "待备案"
    RETURNED = "returned", "退回修改"
    TO_SUPERIOR = "to_superior", "待上级备案"
    FILED = "filed", "已备案"
    REFUSED = "refused", "不予同意"
    DROPPED = "dropped", "已放弃"
    DISCONTINUED = "discontinued", "已终止"


class WithdrawalState(models.TextChoices):
    DRAFT = "draft", "填报中"
    SUBMITTED = "submitted", "待审核"
    PROPOSED = "proposed", "同意退出待签发"
    DECLINE_PROPOSED = "decline_proposed", "不予退出待签发"
    PLAQUE_DUE = "plaque_due", "已退出，待交回匾牌"
    WITHDRAWN = "withdrawn", "已退出"
    DECLINED = "declined", "不予退出"
    DROPPED = "dropped", "已撤回"
    DISCONTINUED = "discontinued", "已终止"
