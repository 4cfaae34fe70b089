"""Kinds of organisation and the roles a person may hold in one."""

from django.db import models


class OrganisationKind(models.TextChoices):
    AUTHORITY = "authority", "人社主管机关"
    DEPARTMENT = "department", "推荐部门"
    INSTITUTION = "institution", "施教机构"
    ASSOCIATION = "association", "受托服务协会"
    SUPERVISOR = "supervisor", "第三方监管机构"


class Role(models.TextChoices):
    INSTITUTION_EDITOR = "institution_editor", "单位填报人"
    INSTITUTION_HEAD = "institution_head", "单位负责人"
    DEPARTMENT_OFFICER = "department_officer", "部门经办人"
    DEPARTMENT_HEAD = "department_head", "部门负责人"
    AUTHORITY_OFFICER = "authority_officer", "机关经办人"
    AUTHORITY_REVIEWER = "authority_reviewer", "机关审核人"
    AUTHORITY_HEAD = "authority_head", "机关负责人"
    LEGAL_OFFICER = "legal_officer", "法制审核人"
    FINANCE_OFFICER = "finance_officer", "财务人员"
    SERVICE_ASSISTANT = "service_assistant", "受托服务人员"
    EXPERT = "expert", "评审专家"
    FUND_SUPERVISOR = "fund_supervisor", "经费监管人员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ROLES_BY_KIND: dict[str, frozenset[str]] = {
    OrganisationKind.INSTITUTION: frozenset({Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD}),
    OrganisationKind.DEPARTMENT: frozenset({Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD}),
    OrganisationKind.ASSOCIATION: frozenset({Role.SERVICE_ASSISTANT}),
    OrganisationKind.SUPERVISOR: frozenset({Role.FUND_SUPERVISOR}),
    OrganisationKind.AUTHORITY: frozenset(
        {
            Role.AUTHORITY_OFFICER,
            Role.AUTHORITY_REVIEWER,
            Role.AUTHORITY_HEAD,
            Role.LEGAL_OFFICER,
            Role.FINANCE_OFFICER,
            Role.EXPERT,
            Role.SYSTEM_ADMIN,
            Role.SECURITY_ADMIN,
            Role.AUDIT_ADMIN,
        }
    ),
}

ASSIGNED_ROLES = frozenset({Role.EXPERT, Role.FUND_SUPERVISOR})
"""Roles that see the cases assigned to them in person and no others."""

CASE_STAFF_ROLES = frozenset(
    {
        Role.INSTITUTION_EDITOR,
        Role.INSTITUTION_HEAD,
        Role.DEPARTMENT_OFFICER,
        Role.DEPARTMENT_HEAD,
        Role.AUTHORITY_OFFICER,
        Role.AUTHORITY_REVIEWER,
        Role.AUTHORITY_HEAD,
        Role.LEGAL_OFFICER,
        Role.FINANCE_OFFICER,
        Role.SERVICE_ASSISTANT,
    }
)
"""Roles that see the business of their organisation; experts and administrators do not."""


class Rank(models.TextChoices):
    """Administrative rank of a recommending department, lowest first."""

    COUNTY = "county", "县（处）级"
    PREFECTURE = "prefecture", "市（厅、局）级"
    DEPUTY_PROVINCIAL = "deputy_provincial", "副省（部）级"
    PROVINCIAL = "provincial", "省（部）级"


def at_least_rank(rank: str, least: str) -> bool:
    """Whether ``rank`` is ``least`` or higher; an unknown or empty rank is below every other."""
    order = list(Rank.values)
    return rank in order and order.index(rank) >= order.index(least)


HEAD_ROLE: dict[str, str] = {
    OrganisationKind.INSTITUTION: Role.INSTITUTION_HEAD,
    OrganisationKind.DEPARTMENT: Role.DEPARTMENT_HEAD,
    OrganisationKind.ASSOCIATION: Role.SERVICE_ASSISTANT,
    OrganisationKind.SUPERVISOR: Role.FUND_SUPERVISOR,
    OrganisationKind.AUTHORITY: Role.SECURITY_ADMIN,
}
"""The role of an organisation's first person."""

MANAGER_ROLES = frozenset({Role.INSTITUTION_HEAD, Role.DEPARTMENT_HEAD, Role.AUTHORITY_HEAD, Role.SECURITY_ADMIN})
"""Roles that look after their organisation's people."""

ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""The three separated administrators: nobody is two of them, and none of them handles cases."""
