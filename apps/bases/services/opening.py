"""What an institution may begin about its own base, and that it begins each only once at a time."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base, BaseStatus, BaseWithdrawal, ParticularsChange
from apps.bases.services.register import lock_base, open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.workflow import Blocked, NotPermitted, Problem

LIVE = (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)
OWN_ROLES = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


def start_change(base: Base, actor: Actor) -> Case:
    """Open a change of particulars of ``base`` as a draft of its institution.

    Raises NotPermitted for anybody else, Blocked for a base that has ended or already has a change in hand.
    """
    with transaction.atomic():
        locked = _ready(base, actor, CaseKind.PARTICULARS_CHANGE)
        case = _open(locked, CaseKind.PARTICULARS_CHANGE, f"{locked.institution_name}信息变更", actor, "填报信息变更")
        ParticularsChange.objects.create(case=case, base=locked)
    return case


def start_withdrawal(base: Base, actor: Actor) -> Case:
    """Open a voluntary withdrawal of ``base`` as a draft of its institution. Raises as :func:`start_change` does."""
    with transaction.atomic():
        locked = _ready(base, actor, CaseKind.BASE_WITHDRAWAL)
        case = _open(locked, CaseKind.BASE_WITHDRAWAL, f"{locked.institution_name}自愿退出", actor, "填报退出申请")
        BaseWithdrawal.objects.create(case=case, base=locked)
    return case


def open_case_of(base: Base, kind: str) -> Case | None:
    """The running case of ``kind`` about ``base``, where there is one."""
    return Case.objects.filter(base=base, kind=kind, closed_at__isnull=True).first()


def is_own(base: Base, actor: Actor | None) -> bool:
    """Whether ``actor`` fills in or signs for the institution that ``base`` rests on."""
    return actor is not None and actor.organisation.pk == base.institution_id and actor.has(*OWN_ROLES)


def _ready(base: Base, actor: Actor, kind: str) -> Base:
    if not is_own(base, actor):
        raise NotPermitted(Problem("not_permitted", "须由该基地的建设单位办理。"))
    locked = lock_base(base.pk)
    if locked.status not in LIVE:
        raise Blocked(Problem("base_ended", f"该基地{locked.status_label}，不能再办理。"))
    running = open_case_of(locked, kind)
    if running is not None:
        message = f"该基地的“{running.get_kind_display()}”（{running.number}）正在办理，请先办结或放弃。"
        raise Blocked(Problem("already_open", message))
    return locked


def _open(base: Base, kind: str, title: str, actor: Actor, label: str) -> Case:
    return open_base_case(base, kind, title, actor, label=label, year=timezone.localdate().year)
