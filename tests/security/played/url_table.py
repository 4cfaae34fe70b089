"""Every address of the portal: with what arguments, and who gets an answer there. Read beside ``apps/*/urls.py``.

What the words mean is told in ``rows``; the addresses of the life after recognition are in ``url_table_of_life``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps.accounts.enums import Role
from tests.security.played.rows import (
    ACTING,
    AUTHORITY,
    DEPARTMENT,
    DEPARTMENT_OFFICER,
    EVERYBODY,
    EXPERT,
    HEAD,
    INSTITUTION,
    LEGAL,
    MANAGERS,
    OFFICE,
    OFFICER,
    OWN_MANAGERS,
    PUBLIC,
    PUBLIC_FORM,
    SECURITY,
    SIGNED_IN,
    STAFF,
    Row,
    numbered,
    published,
)
from tests.security.played.url_table_of_life import LIFE
from tests.security.played.world import Tenant


def assigned(opens: frozenset[str], methods: str = "GET POST", **more: Callable[[Tenant], Any]) -> Row:
    """A page of the panel that is scoring, for its members or its officers."""
    return numbered("scoring", opens, "panel", methods=methods, **more)


def reviewed_number(tenant: Tenant) -> str:
    return tenant.case("in_review").number


def of_organisation(opens: frozenset[str], methods: str = "GET POST", **more: Callable[[Tenant], Any]) -> Row:
    return Row(
        opens, lambda tenant: {"pk": tenant.authority.pk, **{k: v(tenant) for k, v in more.items()}}, methods=methods
    )


CLOSED = Row(frozenset())
"""Account pages the portal has closed: no mail addresses, no passwords by mail."""
NO_SECOND_FACTOR = Row(frozenset())
"""Pages of a second factor that nobody in the story has set up."""

URLS: dict[str, Row] = {
    # 首页、工作台、规则
    "portal:home": PUBLIC,
    "portal:dashboard": Row(ACTING, methods="GET"),
    "portal:self_check": PUBLIC_FORM,
    "portal:audit": Row(frozenset({Role.AUDIT_ADMIN})),
    "portal:outbox": Row(frozenset({Role.SYSTEM_ADMIN}), methods="GET"),
    "portal:outbox_retry": Row(
        frozenset({Role.SYSTEM_ADMIN}), lambda tenant: {"pk": tenant.failed_work.pk}, methods="POST"
    ),
    "portal:rules": PUBLIC,
    "portal:rulebook": published(lambda tenant: {"key": "zibo_2025"}),
    # 登录与账号安全
    "account_login": PUBLIC_FORM,
    "account_logout": PUBLIC_FORM,
    "account_inactive": PUBLIC,
    "account_signup": PUBLIC_FORM,
    "account_reauthenticate": Row(SIGNED_IN),
    "account_email": CLOSED,
    "account_email_verification_sent": CLOSED,
    "account_change_password": Row(SIGNED_IN),
    "account_set_password": CLOSED,
    "account_reset_password": CLOSED,
    "account_confirm_login_code": CLOSED,
    "account_confirm_email": Row(frozenset(), lambda tenant: {"key": "unknown"}, public_object=True),
    "account_reset_password_from_key_done": CLOSED,
    "account_reset_password_from_key": Row(
        frozenset(), lambda tenant: {"uidb36": "1", "key": "unknown"}, public_object=True
    ),
    "account_reset_password_done": CLOSED,
    "mfa_index": Row(SIGNED_IN, methods="GET"),
    "mfa_authenticate": Row(SIGNED_IN),
    "mfa_reauthenticate": Row(SIGNED_IN),
    "mfa_activate_totp": Row(SIGNED_IN),
    "mfa_deactivate_totp": NO_SECOND_FACTOR,
    "mfa_view_recovery_codes": NO_SECOND_FACTOR,
    "mfa_generate_recovery_codes": Row(SIGNED_IN),
    "mfa_download_recovery_codes": NO_SECOND_FACTOR,
    # 人员与组织
    "accounts:act_for": Row(SIGNED_IN, methods="POST"),
    "accounts:members": Row(MANAGERS, methods="GET"),
    "accounts:organisations": Row(SECURITY, methods="GET"),
    "accounts:organisation_create": Row(SECURITY),
    "accounts:organisation_appoint": Row(SECURITY, lambda tenant: {"pk": tenant.rival.pk}, public_object=True),
    "accounts:members_of": of_organisation(OWN_MANAGERS, "GET"),
    "accounts:member_add": of_organisation(OWN_MANAGERS),
    "accounts:membership_end": of_organisation(
        OWN_MANAGERS, "POST", membership_pk=lambda tenant: tenant.officer.user.memberships.get().pk
    ),
    "accounts:member_deactivate": of_organisation(OWN_MANAGERS, user_pk=lambda tenant: tenant.officer.user.pk),
    "accounts:member_reset": of_organisation(OWN_MANAGERS, "POST", user_pk=lambda tenant: tenant.officer.user.pk),
    # 规则的效力
    "jurisdictions:standing": Row(OFFICE, methods="GET"),
    "jurisdictions:record": Row(LEGAL, lambda tenant: {"key": "weihai_2019"}),
    "jurisdictions:confirm": Row(HEAD, lambda tenant: {"pk": tenant.extension.pk}),
    "jurisdictions:file": Row(OFFICE, lambda tenant: {"pk": tenant.extension.pk}, methods="GET"),
    # 办件
    "cases:list": Row(ACTING, methods="GET"),
    "cases:export": Row(ACTING, lambda tenant: {"file_format": "csv"}, methods="GET", public_object=True),
    "cases:detail": numbered("correcting", STAFF - {Role.SERVICE_ASSISTANT}, methods="GET"),
    "cases:step": numbered("in_review", OFFICER, step="release_panel"),
    "cases:attachment": numbered("intake", STAFF, methods="GET", pk=lambda t: t.evidence(t.case("intake")).pk),
    # 文书
    "documents:list": Row(STAFF, methods="GET"),
    "documents:verify": PUBLIC_FORM,
    "documents:download": Row(
        STAFF - {Role.SERVICE_ASSISTANT},
        lambda tenant: {"code": tenant.private_document(tenant.case("refused")).verification_code},
        lambda tenant: tenant.case("refused"),
        methods="GET",
    ),
    # 名录
    "bases:register": PUBLIC,
    "bases:detail": published(lambda tenant: {"number": tenant.base.number}),
    "bases:register_export": PUBLIC,
    "bases:records": Row(OFFICER | HEAD | LEGAL, methods="GET"),
    "bases:record_create": Row(OFFICER),
    "bases:record_confirm": Row(HEAD, lambda tenant: {"pk": tenant.record(proposed=True).pk}, methods="POST"),
    "bases:record_withdraw": Row(HEAD, lambda tenant: {"pk": tenant.record(proposed=False).pk}),
    # 批次
    "applications:public_rounds": PUBLIC,
    "applications:public_round": published(lambda tenant: {"number": tenant.case("published", "round").number}),
    "applications:rounds": Row(OFFICE, methods="GET"),
    "applications:round_create": Row(OFFICER),
    "applications:round_detail": numbered("published", OFFICE, "round", methods="GET"),
    "applications:round_edit": numbered("published", OFFICER, "round"),
    "applications:recommenders": Row(OFFICE, methods="GET"),
    "applications:recommender_create": Row(OFFICER),
    "applications:recommender_edit": Row(
        OFFICER, lambda tenant: {"pk": tenant.case("recommending").turn_organisation_id}
    ),
    # 申报
    "applications:start": Row(
        ACTING, lambda tenant: {"number": tenant.case("published", "round").number}, public_object=True
    ),
    "applications:teachers_template": Row(ACTING, methods="GET"),
    "applications:form": numbered("draft", INSTITUTION, methods="GET"),
    "applications:form_readonly": numbered("correcting", INSTITUTION | DEPARTMENT | AUTHORITY, methods="GET"),
    "applications:form_preview": numbered("draft", INSTITUTION, methods="GET"),
    "applications:submit": numbered("draft", INSTITUTION),
    "applications:teachers_import": numbered("draft", INSTITUTION),
    "applications:teachers_export": numbered("draft", INSTITUTION, methods="GET"),
    "applications:evidence_upload": numbered("draft", INSTITUTION, methods="POST", condition="faculty"),
    "applications:evidence_remove": numbered(
        "correcting", INSTITUTION, methods="POST", pk=lambda t: t.evidence(t.case("correcting")).pk
    ),
    "applications:form_section": numbered("draft", INSTITUTION, code="funds"),
    "applications:form_autosave": numbered("draft", INSTITUTION, methods="POST", code="funds"),
    # 审查与推荐
    "applications:recommendation_queue": Row(DEPARTMENT, methods="GET"),
    "applications:examine": numbered("recommending", DEPARTMENT, methods="GET"),
    "applications:check_item": numbered("recommending", DEPARTMENT_OFFICER, methods="POST", item="faculty"),
    "applications:save_opinion": numbered("recommending", DEPARTMENT_OFFICER, methods="POST"),
    "applications:recheck_photo": numbered("recommending", DEPARTMENT, methods="POST"),
    "applications:return_to_applicant": numbered("recommending", DEPARTMENT),
    "applications:sign_opinion": numbered("recommendation_proposed", DEPARTMENT),
    # 受理
    "applications:intake_queue": Row(OFFICE, methods="GET"),
    "applications:intake": numbered("intake", OFFICE | {Role.SERVICE_ASSISTANT}),
    "applications:request_correction": numbered("intake", OFFICE),
    "applications:propose_refusal": numbered("intake", OFFICE),
    "applications:sign_refusal": numbered("intake", OFFICE),
    # 公示与异议
    "applications:notice_create": numbered("closed", OFFICER, "round"),
    "applications:notice_edit": numbered("published", OFFICER, "public_notice"),
    "applications:objection_investigate": numbered("received", OFFICER, "objection"),
    "applications:objection_answer": numbered("received", OFFICER, "objection"),
    "applications:public_notices": PUBLIC,
    "applications:public_notice": published(lambda tenant: {"number": tenant.notice.case.number}),
    "applications:objection_query": PUBLIC_FORM,
    "applications:objection_reply": Row(
        frozenset(), lambda tenant: {"query_code": tenant.objection.query_code}, methods="GET"
    ),
    # 决定
    "applications:decision_prepare": numbered("reviewed", OFFICER),
    "applications:round_decisions": numbered("closed", OFFICE - LEGAL, "round"),
    "applications:announcement": numbered("decision_prepared", OFFICE - LEGAL, methods="GET"),
    # 专家评审：机关
    "panels:list": Row(OFFICE, methods="GET"),
    "panels:experts": Row(OFFICE, methods="GET"),
    "panels:expert_new": Row(OFFICER),
    "panels:experts_import": Row(OFFICER),
    "panels:experts_template": Row(OFFICER, methods="GET"),
    "panels:expert": Row(OFFICER, lambda tenant: {"pk": tenant.seat.expert.pk}),
    "panels:expert_activity": Row(OFFICER, lambda tenant: {"pk": tenant.seat.expert.pk}, methods="POST"),
    "panels:open": numbered("closed", OFFICER, "round"),
    "panels:for_subject": numbered("in_review", OFFICER, methods="GET"),
    "panels:review_steps": numbered("in_review", OFFICE),
    "panels:panel": assigned(OFFICE, "GET"),
    "panels:edit": assigned(OFFICER),
    "panels:draw": assigned(OFFICER),
    "panels:draw_proof": assigned(OFFICE, "GET", pk=lambda tenant: tenant.draw.pk),
    "panels:appoint": assigned(OFFICER),
    "panels:name_chair": assigned(OFFICER, "POST", pk=lambda tenant: tenant.seat.pk),
    "panels:replace": assigned(OFFICER, pk=lambda tenant: tenant.seat.pk),
    "panels:set_aside": assigned(OFFICER, pk=lambda tenant: tenant.conflict.pk),
    "panels:steps": assigned(OFFICER),
    "panels:resolution": assigned(OFFICER),
    "panels:conclude": assigned(OFFICER, "POST"),
    "panels:file": assigned(OFFICE, "GET", pk=lambda tenant: tenant.photo.pk),
    "panels:visit": assigned(OFFICER, subject=reviewed_number),
    "panels:scores": assigned(OFFICE, "GET", subject=reviewed_number),
    # 专家评审：专家
    "panels:assignments": Row(EXPERT, methods="GET"),
    "panels:assignment": assigned(EXPERT, "GET"),
    "panels:declare": assigned(EXPERT, "POST"),
    "panels:close_early": assigned(EXPERT),
    "panels:sign": assigned(EXPERT),
    "panels:photo": assigned(EXPERT, "GET", pk=lambda tenant: tenant.photo.pk),
    "panels:read_file": assigned(EXPERT, "GET", subject=reviewed_number),
    "panels:score": assigned(EXPERT, subject=reviewed_number),
    "panels:save_scores": assigned(EXPERT, "POST", subject=reviewed_number),
    "panels:board": assigned(EXPERT, "GET", subject=reviewed_number),
    # 接口
    "api:documentation": PUBLIC,
    "api:schema": PUBLIC,
    "api:problems": PUBLIC,
    "api:facts": PUBLIC,
    "api:rulebooks": PUBLIC,
    "api:rulebook": published(lambda tenant: {"jurisdiction": tenant.code}),
    "api:evaluate": Row(EVERYBODY, lambda tenant: {"jurisdiction": tenant.code}, methods="POST", public_object=True),
    "api:deadlines": published(lambda tenant: {"jurisdiction": tenant.code}),
    "api:class_deadline": published(lambda tenant: {"jurisdiction": tenant.code}),
    "api:publicity": published(lambda tenant: {"jurisdiction": tenant.code}),
    "api:tranches": Row(EVERYBODY, lambda tenant: {"jurisdiction": tenant.code}, methods="POST", public_object=True),
    "api:bases": PUBLIC,
    "api:base": published(lambda tenant: {"number": tenant.base.number}),
    "api:rounds": PUBLIC,
    "api:round": published(lambda tenant: {"number": tenant.case("published", "round").number}),
    "api:notices": PUBLIC,
    "api:notice": published(lambda tenant: {"number": tenant.notice.case.number}),
    "api:announcements": PUBLIC,
    "api:cases": Row(ACTING, methods="GET"),
    "api:case": numbered("correcting", STAFF - {Role.SERVICE_ASSISTANT}, methods="GET"),
    "api:not_found": Row(frozenset(), lambda tenant: {"rest": "nothing"}, methods="GET"),
    **LIFE,
}
