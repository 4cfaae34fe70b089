"""States and small vocabularies of the road from round to recognition."""

from django.db import models


class RoundState(models.TextChoices):
    DRAFT = "draft", "草拟中"
    PROPOSED = "proposed", "待批准发布"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已截止"
    FINISHED = "finished", "已办结"


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "填报中"
    EXAMINING = "examining", "主管部门审查中"
    EXAMINATION_PROPOSED = "examination_proposed", "审查意见待签署"
    RETURNED_BY_EXAMINER = "returned_by_examiner", "主管部门退回修改"
    RECOMMENDING = "recommending", "推荐审核中"
    RECOMMENDATION_PROPOSED = "recommendation_proposed", "推荐意见待签署"
    RETURNED_BY_RECOMMENDER = "returned_by_recommender", "推荐单位退回修改"
    DECLINED = "declined", "未予推荐"
    INTAKE = "intake", "待受理"
    CORRECTING = "correcting", "补正中"
    REFUSAL_PROPOSED = "refusal_proposed", "不予受理待签发"
    REFUSED = "refused", "不予受理"
    ADMITTED = "admitted", "已受理待评审"
    IN_REVIEW = "in_review", "评审中"
    REVIEWED = "reviewed", "评审结束"
    IN_NOTICE = "in_notice", "公示中"
    NOTICE_DONE = "notice_done", "公示结束"
    DECISION_RETURNED = "decision_returned", "决定退回重拟"
    DECISION_PREPARED = "decision_prepared", "决定待审核"
    DECISION_REVIEWED = "decision_reviewed", "决定待签发"
    DECIDED = "decided", "已决定待公布"
    TO_FILE = "to_file", "待上级备案"
    RECOGNISED = "recognised", "已认定"
    NOT_RECOGNISED = "not_recognised", "不予认定"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期未提交"


class NoticeState(models.TextChoices):
    DRAFT = "draft", "拟稿"
    PUBLISHED = "published", "公示中"
    CLOSED = "closed", "公示结束"


class ObjectionState(models.TextChoices):
    RECEIVED = "received", "待核查"
    ANSWER_PROPOSED = "answer_proposed", "答复待签发"
    ANSWERED = "answered", "已答复"


class Stage(models.TextChoices):
    EXAMINATION = "examination", "审查"
    RECOMMENDATION = "recommendation", "推荐"
    INTAKE = "intake", "受理"


class Conclusion(models.TextChoices):
    POSITIVE = "positive", "同意"
    NEGATIVE = "negative", "不同意"


class Verdict(models.TextChoices):
    AGREE = "agree", "认可"
    DOUBT = "doubt", "存疑"


ROUND_TONES = {
    RoundState.DRAFT: "neutral",
    RoundState.PROPOSED: "progress",
    RoundState.PUBLISHED: "success",
    RoundState.CLOSED: "warning",
    RoundState.FINISHED: "neutral",
}
