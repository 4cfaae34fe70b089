"""States and small vocabularies of annual plans, training projects and records."""

from django.db import models


class PlanState(models.TextChoices):
    DRAFT = "draft", "填报中"
    INSTITUTION_REVIEWED = "institution_reviewed", "单位已审核待报送"
    UNIT_REVIEW = "unit_review", "管理单位审核中"
    UNIT_PROPOSED = "unit_proposed", "管理单位意见待签署"
    RETURNED_BY_UNIT = "returned_by_unit", "管理单位退回修改"
    FILING = "filing", "待备案"
    RETURNED_BY_AUTHORITY = "returned_by_authority", "备案机关退回修改"
    FILED = "filed", "已备案"
    DROPPED = "dropped", "已放弃"
    DISCONTINUED = "discontinued", "已终止"


class ProjectState(models.TextChoices):
    DRAFT = "draft", "筹备中"
    UNIT_REVIEW = "unit_review", "管理单位审核中"
    UNIT_PROPOSED = "unit_proposed", "管理单位意见待签署"
    FILING = "filing", "待备案"
    RETURNED = "returned", "退回修改"
    REFUSED = "refused", "未获同意"
    READY = "ready", "可以开班"
    HELD = "held", "已结束待归档"
    ARCHIVED = "archived", "已归档"
    CANCELLED = "cancelled", "已取消"
    DISCONTINUED = "discontinued", "已终止"


class SubjectKind(models.TextChoices):
    PUBLIC = "public", "公需科目"
    PROFESSIONAL = "professional", "专业科目"


class TrainingLevel(models.TextChoices):
    JUNIOR = "junior", "初级"
    INTERMEDIATE = "intermediate", "中级"
    SENIOR = "senior", "高级"
    MIXED = "mixed", "不限"


class ProjectKind(models.TextChoices):
    ADVANCED_SEMINAR = "advanced_seminar", "高级研修班"
    TRAINING_CLASS = "training_class", "培训班"
    REFRESHER = "refresher", "进修班"
    ONLINE_COURSE = "online_course", "网络课程"
    PUBLIC_SERVICE = "public_service", "委托公共服务项目"
    EXCHANGE = "exchange", "交流活动"
    OTHER = "other", "其他"


class Mode(models.TextChoices):
    ON_SITE = "on_site", "面授"
    ONLINE = "online", "线上"
    MIXED = "mixed", "线上线下结合"


class Outcome(models.TextChoices):
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


class IdentityKind(models.TextChoices):
    RESIDENT = "resident", "居民身份证"
    PASSPORT = "passport", "护照"
    HONG_KONG_MACAO = "hong_kong_macao", "港澳居民来往内地通行证"
    TAIWAN = "taiwan", "台湾居民来往大陆通行证"


class EntryWay(models.TextChoices):
    FORM = "form", "逐条登记"
    FILE = "file", "Excel 导入"
    API = "api", "接口报送"


class ImportState(models.TextChoices):
    WAITING = "waiting", "等待处理"
    RUNNING = "running", "正在处理"
    DONE = "done", "已导入"
    REFUSED = "refused", "未导入"


class UnitConclusion(models.TextChoices):
    AGREED = "agreed", "同意"
    REFUSED = "refused", "不同意"
