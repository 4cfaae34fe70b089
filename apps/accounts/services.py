"""Opening accounts, giving and ending roles, and letting go of a colleague whose work stays with the organisation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import structlog
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import (
    ADMIN_ROLES,
    CASE_STAFF_ROLES,
    HEAD_ROLE,
    MANAGER_ROLES,
    ROLES_BY_KIND,
    OrganisationKind,
    Role,
)
from apps.accounts.models import Membership, Organisation, User
from apps.accounts.selectors import has_head, managed_organisations

logger = structlog.get_logger(__name__)
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_PASSWORD_LENGTH = 14


class Refused(ValueError):
    """The change is not allowed; the message, in Chinese, says why. ``field`` names the form's field, or is empty."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Opened:
    """A membership, and the temporary password where an account was opened for it (shown once, kept nowhere)."""

    membership: Membership
    password: str | None


@transaction.atomic
def add_member(
    actor: Actor, organisation: Organisation, *, username: str, name: str, role: str, phone: str = ""
) -> Opened:
    """Give the person ``role`` in ``organisation``; somebody unknown gets an account with a temporary password.

    An account that exists is found by its user name and must bear the same name. Raises Refused.
    """
    organisation = _managed(actor, organisation)
    _check_role(organisation, role)
    user = User.objects.filter(username__iexact=username).first()
    password = None
    if user is None:
        password = _temporary_password()
        user = User.objects.create(
            username=username, name=name, phone=phone, password=make_password(password), must_change_password=True
        )
    elif user.name != name:
        raise Refused("这个用户名已有人使用；如是同一人，姓名须与其账号一致。", "username")
    if user.pk == actor.user.pk:
        raise Refused("不能给自己增加身份，须由另一位管理人办理。", "username")
    _check_separation(user, organisation, role)
    membership, created = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, defaults={"granted_by": actor.user}
    )
    if not created:
        if membership.is_active:
            raise Refused("此人在本单位已有这一身份。", "role")
        membership.is_active, membership.ended_at, membership.ended_by = True, None, None
        membership.granted_by = actor.user
        membership.save()
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
    return Opened(membership, password)


@transaction.atomic
def end_role(actor: Actor, membership: Membership) -> None:
    """End one role. Raises Refused for one's own, and for the last person who looks after the organisation."""
    organisation = _managed(actor, membership.organisation)
    if membership.user_id == actor.user.pk:
        raise Refused("不能终止自己的身份，须由另一位管理人办理。")
    _end(actor, organisation, [membership])


@transaction.atomic
def deactivate(actor: Actor, organisation: Organisation, user: User) -> None:
    """End every role of a colleague who leaves; who holds no role anywhere can no longer sign in.

    Cases, acts and documents are the organisation's and stay as they are. Raises Refused as :func:`end_role` does.
    """
    organisation = _managed(actor, organisation)
    if user.pk == actor.user.pk:
        raise Refused("不能停用自己，须由另一位管理人办理。")
    rows = list(Membership.objects.filter(organisation=organisation, user=user, is_active=True))
    if not rows:
        raise Refused("此人在本单位没有有效的身份。")
    _end(actor, organisation, rows)
    if not Membership.objects.filter(user=user, is_active=True).exists():
        User.objects.filter(pk=user.pk).update(is_active=False)


@transaction.atomic
def reset_password(actor: Actor, organisation: Organisation, user: User) -> str:
    """Give a colleague a new temporary password and return it, to be shown once; open sessions end.

    Raises Refused for oneself, and for a person who also serves elsewhere: no one organisation owns that account.
    """
    organisation = _managed(actor, organisation)
    memberships = Membership.objects.filter(user=user, is_active=True)
    if not memberships.filter(organisation=organisation).exists():
        raise Refused("此人在本单位没有有效的身份。")
    if user.pk == actor.user.pk:
        raise Refused("请用页面右上角的“修改密码”修改自己的密码。")
    if memberships.exclude(organisation=organisation).exists():
        raise Refused("此人还在其他单位任职，不能由一个单位重置密码；请联系系统管理员。")
    password = _temporary_password()
    user.password, user.must_change_password = make_password(password), True
    user.save(update_fields=["password", "must_change_password"])
    logger.warning("password_reset", person=user.pk, by=actor.user.pk, organisation=organisation.pk)
    return password


@transaction.atomic
def open_organisation(actor: Actor, organisation: Organisation, *, username: str, name: str, phone: str = "") -> Opened:
    """Enter an organisation with its first person, who looks after the others.

    Raises Refused unless the actor is the security administrator of a jurisdiction's own authority.
    """
    if not actor.has(Role.SECURITY_ADMIN) or actor.organisation.superior_id is not None:
        raise Refused("单位由主管机关的安全管理员开户。")
    if organisation.kind == OrganisationKind.AUTHORITY:
        organisation.superior = actor.organisation
    if organisation.kind != OrganisationKind.INSTITUTION:
        organisation.jurisdiction_id = actor.organisation.jurisdiction_id
    organisation.save()
    return _first_person(actor, organisation, username, name, phone)


@transaction.atomic
def appoint_first_person(
    actor: Actor, organisation: Organisation, *, username: str, name: str, phone: str = ""
) -> Opened:
    """Give an institution that nobody leads any more a new first person. Raises Refused while somebody does."""
    if not actor.has(Role.SECURITY_ADMIN) or actor.organisation.superior_id is not None:
        raise Refused("单位由主管机关的安全管理员开户。")
    if has_head(organisation):
        raise Refused("这个单位已有负责人，人员由其负责人管理。")
    return _first_person(actor, organisation, username, name, phone)


def _first_person(actor: Actor, organisation: Organisation, username: str, name: str, phone: str) -> Opened:
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("这个用户名已有人使用，请换一个。", "username")
    password = _temporary_password()
    user = User.objects.create(
        username=username, name=name, phone=phone, password=make_password(password), must_change_password=True
    )
    role = HEAD_ROLE[organisation.kind]
    membership = Membership.objects.create(user=user, organisation=organisation, role=role, granted_by=actor.user)
    return Opened(membership, password)


def _managed(actor: Actor, organisation: Organisation) -> Organisation:
    """The organisation, its row locked, so that two administrators cannot end each other's role at once."""
    if not managed_organisations(actor).filter(pk=organisation.pk).exists():
        raise Refused("您不管理这个单位的人员。")
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _check_role(organisation: Organisation, role: str) -> None:
    if role not in ROLES_BY_KIND[organisation.kind]:
        raise Refused("这类单位没有这个身份。", "role")


def _check_separation(user: User, organisation: Organisation, role: str) -> None:
    held = set(
        Membership.objects.filter(user=user, organisation=organisation, is_active=True).values_list("role", flat=True)
    ) - {role}
    if role in ADMIN_ROLES and held:
        raise Refused("系统、安全、审计管理员须由不同的人担任，并且不办理业务；此人在本单位已有其他身份。", "role")
    if held & ADMIN_ROLES:
        raise Refused("此人是本单位的管理员，不能再办理业务。", "role")
    if role in CASE_STAFF_ROLES and _serves_another_side(user, organisation):
        raise Refused(
            "此人在另一类单位办理业务。申报、推荐、认定须由不同的人办理，不能同时在施教机构、推荐部门和主管机关任职。",
            "role",
        )
    if _supervises_own_side(user, role):
        raise Refused("经费由第三方监管：监管人员不能同时在施教机构、部门或主管机关办理业务。", "role")


def _serves_another_side(user: User, organisation: Organisation) -> bool:
    rows = Membership.objects.filter(user=user, is_active=True, role__in=CASE_STAFF_ROLES)
    return rows.exclude(organisation__kind=organisation.kind).exists()


def _supervises_own_side(user: User, role: str) -> bool:
    """Whether the person would both supervise money and handle business of those who give or spend it."""
    held = set(Membership.objects.filter(user=user, is_active=True).values_list("role", flat=True))
    if role == Role.FUND_SUPERVISOR:
        return bool(held & CASE_STAFF_ROLES)
    return role in CASE_STAFF_ROLES and Role.FUND_SUPERVISOR in held


def _end(actor: Actor, organisation: Organisation, rows: list[Membership]) -> None:
    ending = {row.pk for row in rows}
    managers = Membership.objects.filter(
        organisation=organisation, is_active=True, user__is_active=True, role__in=MANAGER_ROLES
    )
    if any(row.role in MANAGER_ROLES for row in rows) and not managers.exclude(pk__in=ending).exists():
        raise Refused("这是本单位最后一位负责人（管理员），请先指定接替的人。")
    Membership.objects.filter(pk__in=ending, is_active=True).update(
        is_active=False, ended_at=timezone.now(), ended_by=actor.user
    )


def _temporary_password() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))
