"""States and small vocabularies of inspections, rectification and revocation."""

from django.db import models


class CampaignKind(models.TextChoices):
    REGULAR = "regular", "检查考核"
    EVALUATION = "evaluation", "检查评估"
    SPOT_CHECK = "spot_check", "抽查"


class Selection(models.TextChoices):
    ALL = "all", "全部基地"
    BY_UNIT = "by_unit", "按管理（指导）单位"
    DRAW = "draw", "随机抽取"
    NAMED = "named", "指定基地"


class CampaignState(models.TextChoices):
    DRAFT = "draft", "拟定方案"
    PROPOSED = "proposed", "方案待批准"
    RUNNING = "running", "检查中"
    CONCLUDED = "concluded", "已结束"
    PUBLICATION_PROPOSED = "publication_proposed", "结果待批准公布"
    AWAITING_PUBLICATION = "awaiting_publication", "待公布日"
    PUBLISHED = "published", "结果已公布"
    DROPPED = "dropped", "已放弃"


class InspectionState(models.TextChoices):
    PREPARED = "prepared", "待开始"
    SELF_ASSESSING = "self_assessing", "基地自评"
    DESK_REVIEW = "desk_review", "材料审核"
    VISITING = "visiting", "实地检查"
    VISIT_CONFIRMING = "visit_confirming", "检查记录待基地确认"
    FINDINGS = "findings", "拟定检查发现"
    AWAITING_ANSWER = "awaiting_answer", "待基地申辩说明"
    ANSWERED = "answered", "待评定"
    GRADE_PROPOSED = "grade_proposed", "结果待签发"
    CONCLUDED = "concluded", "已出结果"
    DISCONTINUED = "discontinued", "已终止"


class Verdict(models.TextChoices):
    MEETS = "meets", "符合"
    IMPROVE = "improve", "需改进"
    FAILS = "fails", "不符合"


class Grade(models.TextChoices):
    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "合格"
    FAILED = "failed", "不合格"


class RectificationState(models.TextChoices):
    DRAFT = "draft", "拟定整改通知"
    PROPOSED = "proposed", "整改通知待签发"
    ORDERED = "ordered", "整改中"
    REPORTED = "reported", "待复查"
    OVERDUE = "overdue", "逾期未报告"
    CONCLUSION_PROPOSED = "conclusion_proposed", "复查结论待签发"
    LIFTED = "lifted", "整改合格"
    FAILED = "failed", "整改未达标"
    DROPPED = "dropped", "不予责令整改"
    DISCONTINUED = "discontinued", "已终止"


class RectificationConclusion(models.TextChoices):
    LIFT = "lift", "整改合格，解除整改"
    EXTEND = "extend", "延长整改期限"
    FAIL = "fail", "期满仍未达标"


class RevocationState(models.TextChoices):
    DRAFT = "draft", "拟定事先告知"
    NOTICE_PROPOSED = "notice_proposed", "告知书待签发"
    HEARING = "hearing", "待基地陈述申辩"
    HEARD = "heard", "待拟定决定"
    LEGAL_REVIEW = "legal_review", "法制审核中"
    DECISION_READY = "decision_ready", "决定待签发"
    REVOKED = "revoked", "已决定，善后办理中"
    CLOSED = "closed", "已办结"
    NOT_REVOKED = "not_revoked", "决定不予取消"
    DROPPED = "dropped", "不予立案"


class RevocationConclusion(models.TextChoices):
    REVOKE = "revoke", "取消（撤销）资格"
    KEEP = "keep", "不予取消（撤销）"


class Settlement(models.TextChoices):
    DISCONTINUE = "discontinue", "终止办理"
    CONTINUE = "continue", "继续办结"


class RestorationState(models.TextChoices):
    DRAFT = "draft", "拟定恢复决定"
    PROPOSED = "proposed", "恢复决定待签发"
    RESTORED = "restored", "已恢复"
    DROPPED = "dropped", "不予恢复"


class OverturnedBy(models.TextChoices):
    RECONSIDERATION = "reconsideration", "行政复议决定"
    COURT = "court", "人民法院判决"
    OWN_MOTION = "own_motion", "本机关自行纠正"


class RestoredStatus(models.TextChoices):
    ACTIVE = "active", "有效"
    RECTIFYING = "rectifying", "限期整改"
