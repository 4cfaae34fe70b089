"""The pool: experts added, changed, taken out and put back by the authority's officers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import ADMIN_ROLES, CASE_STAFF_ROLES, Role
from apps.accounts.models import Membership, Organisation, User
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.panels.models import ExpertProfile


@dataclass(frozen=True)
class ExpertDetails:
    """What the pool keeps of an expert. ``username`` names the account, made without a password where it is new."""

    username: str
    name: str
    employer_name: str
    employer_code: str = ""
    fields: tuple[str, ...] = ()
    title: str = ""
    phone: str = ""


def add_expert(actor: Actor, details: ExpertDetails) -> ExpertProfile:
    """Put an expert into the pool of the actor's authority.

    A new account cannot sign in until the security administrator issues its first password. Raises NotPermitted for
    anybody but an officer, Blocked when the person is in the pool already, handles the authority's business, or the
    account bears another name.
    """
    _officer(actor)
    with transaction.atomic():
        user = _person(details)
        _refuse_staff(user, actor.organisation)
        if ExpertProfile.objects.filter(user=user, authority=actor.organisation).exists():
            raise Blocked(Problem("expert_known", f"{user.name}已在专家库中。", where="username"))
        Membership.objects.update_or_create(
            user=user,
            organisation=actor.organisation,
            role=Role.EXPERT,
            defaults={"is_active": True, "ended_at": None, "ended_by": None, "granted_by": actor.user},
        )
        return ExpertProfile.objects.create(
            user=user,
            authority=actor.organisation,
            jurisdiction_id=actor.organisation.jurisdiction_id,
            **_particulars(details),
        )


def change_expert(actor: Actor, expert: ExpertProfile, details: ExpertDetails) -> ExpertProfile:
    """Change what the pool keeps of an expert; the account's name stays as it is.

    So does the telephone of somebody who also serves elsewhere.
    """
    _officer(actor, expert)
    for field, value in _particulars(details).items():
        setattr(expert, field, value)
    expert.save()
    elsewhere = Membership.objects.filter(user=expert.user_id).exclude(organisation=actor.organisation)
    if not elsewhere.exists():  # else the account is not this authority's alone to change
        User.objects.filter(pk=expert.user_id).update(phone=details.phone)
    return expert


def deactivate_expert(actor: Actor, expert: ExpertProfile, reason: str) -> None:
    """Take an expert out of the pool; who sits on a panel stays there until replaced."""
    _officer(actor, expert)
    if not reason.strip():
        raise Blocked(Problem("reason_missing", "请写明出库原因。", where="reason"))
    ExpertProfile.objects.filter(pk=expert.pk).update(
        is_active=False, removed_at=timezone.now(), removal_reason=reason.strip()
    )


def reactivate_expert(actor: Actor, expert: ExpertProfile) -> None:
    """Put an expert back into the pool. Raises Blocked where the person works for the authority by now."""
    _officer(actor, expert)
    _refuse_staff(expert.user, actor.organisation)
    ExpertProfile.objects.filter(pk=expert.pk).update(is_active=True, removed_at=None, removal_reason="")


def import_experts(actor: Actor, rows: Sequence[ExpertDetails]) -> list[ExpertProfile]:
    """Add every row or none. Raises Blocked with one problem per row that cannot be added."""
    problems: list[Problem] = []
    added = []
    with transaction.atomic():
        for position, details in enumerate(rows, start=1):
            try:
                with transaction.atomic():
                    added.append(add_expert(actor, details))
            except Blocked as error:
                problems += [
                    Problem(problem.code, f"第 {position} 位（{details.name}）：{problem.message}", where="file")
                    for problem in error.problems
                ]
        if problems:
            raise Blocked(*problems)
    return added


def _particulars(details: ExpertDetails) -> dict[str, Any]:
    employer = None
    if details.employer_code:
        employer = Organisation.objects.filter(credit_code=details.employer_code).order_by("pk").first()
    return {
        "employer": employer,
        "employer_name": details.employer_name,
        "employer_code": details.employer_code,
        "fields": list(details.fields),
        "title": details.title,
    }


def _person(details: ExpertDetails) -> User:
    user = User.objects.filter(username__iexact=details.username).first()
    if user is None:
        user = User(username=details.username, name=details.name, phone=details.phone)
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:
            raise Blocked(Problem("username_taken", "该账号刚刚已被使用，请换一个。", where="username")) from None
    elif user.name != details.name:
        raise Blocked(Problem("name_differs", "该账号已属于另一位人员，请核对账号或姓名。", where="username"))
    return user


def _refuse_staff(user: User, authority: Organisation) -> None:
    duties = CASE_STAFF_ROLES | ADMIN_ROLES
    if Membership.objects.filter(user=user, organisation=authority, is_active=True, role__in=duties).exists():
        raise Blocked(
            Problem(
                "expert_is_staff", f"{user.name}是本机关的办理人员或管理员，不能同时担任评审专家。", where="username"
            )
        )


def _officer(actor: Actor, expert: ExpertProfile | None = None) -> None:
    own = expert is None or expert.authority_id == actor.organisation.pk
    if not actor.has(Role.AUTHORITY_OFFICER) or not own:
        raise NotPermitted(Problem("not_permitted", "专家库由主管机关经办人维护。"))
