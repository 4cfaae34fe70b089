"""States and small vocabularies of the expert review."""

from django.db import models


class PanelState(models.TextChoices):
    FORMING = "forming", "组建中"
    CONVENED = "convened", "待申明回避"
    SCORING = "scoring", "评分中"
    CLOSED = "closed", "评分结束待决议"
    RESOLVED = "resolved", "已形成决议"
    DISSOLVED = "dissolved", "已解散"


class MemberSource(models.TextChoices):
    DRAW = "draw", "随机抽取"
    APPOINTED = "appointed", "指定"


class MemberState(models.TextChoices):
    SERVING = "serving", "履职"
    REPLACED = "replaced", "已更换"


class ConflictKind(models.TextChoices):
    SAME_EMPLOYER = "same_employer", "与被评审单位同一工作单位"
    RECOMMENDER = "recommender", "任职于推荐或审查部门"
    MANAGING_UNIT = "managing_unit", "任职于管理（指导）单位"
    TEACHER = "teacher", "姓名见于被评审单位教师名单"


class Sufficiency(models.TextChoices):
    SUFFICIENT = "sufficient", "充分"
    INSUFFICIENT = "insufficient", "不充分"
    UNCLEAR = "unclear", "尚难判断"
