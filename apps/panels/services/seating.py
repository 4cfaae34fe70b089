"""Who sits on a panel: drawn, appointed, replaced; and which conflicts stand against whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import CASE_STAFF_ROLES
from apps.accounts.models import Membership
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.panels import draws
from apps.panels.conflicts import conflicts_between, posts_of
from apps.panels.enums import ConflictKind, MemberSource, MemberState, PanelState
from apps.panels.models import ConflictFinding, Draw, ExpertProfile, Panel, PanelMember
from apps.panels.services.access import refresh_access
from apps.panels.sitting import Sitting

MOST_SUBSTITUTES = 5


@dataclass(frozen=True)
class Pool:
    """Who can be drawn now, and who cannot with the reason in Chinese."""

    eligible: tuple[ExpertProfile, ...]
    excluded: tuple[tuple[ExpertProfile, str], ...]

    def details(self) -> list[dict[str, Any]]:
        """The eligible experts as the draw records them, in the order of their numbers."""
        return [
            {
                "id": expert.pk,
                "name": expert.user.name,
                "employer": expert.employer_name,
                "fields": list(expert.fields),
            }
            for expert in sorted(self.eligible, key=lambda expert: expert.pk)
        ]


def pool_for(panel: Panel, *, fields: Sequence[str] = (), avoid_conflicts: bool = True) -> Pool:
    """The pool of the panel's authority as it stands: not those who sit or sat on the panel.

    ``fields``: only experts of at least one of them. ``avoid_conflicts``: not those who would have to abstain from one
    of the panel's subjects.
    """
    seated = set(PanelMember.objects.filter(panel=panel).values_list("expert_id", flat=True))
    experts = list(
        ExpertProfile.objects.filter(authority_id=panel.case.authority_id, is_active=True)
        .exclude(pk__in=seated)
        .select_related("user", "employer")
        .order_by("pk")
    )
    staff = _staff_among(panel, experts)
    conflicts = _conflicts_of(panel, experts) if avoid_conflicts else {}
    eligible, excluded = [], []
    for expert in experts:
        if expert.user_id in staff:
            excluded.append((expert, "本机关办理人员，不参加评审"))
        elif fields and not set(fields) & set(expert.fields):
            excluded.append((expert, "专业领域不在所选范围"))
        elif conflicts.get(expert.pk):
            excluded.append((expert, "；".join(conflicts[expert.pk])))
        else:
            eligible.append(expert)
    return Pool(tuple(eligible), tuple(excluded))


def draw(
    case: Case, actor: Actor, count: int, *, fields: Sequence[str] = (), avoid_conflicts: bool = True, seed: str = ""
) -> Draw:
    """Draw ``count`` experts at random and seat them. ``seed`` is given only to repeat a draw in a test.

    The seed, the pool with its hash, who was left out and why, and the result go on record; the act carries the seed
    and the hash. Raises Blocked when the pool is too small or more are asked for than there are seats.
    """
    with transaction.atomic():
        lock_case(case.pk)
        panel = Panel.objects.select_related("case").get(pk=case.pk)
        _check_count(panel, count)
        pool = pool_for(panel, fields=fields, avoid_conflicts=avoid_conflicts)
        if len(pool.eligible) < count:
            raise Blocked(
                Problem(
                    "pool_too_small",
                    f"符合抽取范围的专家只有 {len(pool.eligible)} 人，不足 {count} 人。请扩大领域范围、补充专家库或改为指定。",
                    where="count",
                )
            )
        seed = seed or draws.new_seed()
        details = pool.details()
        numbers = [detail["id"] for detail in details]
        record = {
            "algorithm": draws.ALGORITHM,
            "seed": seed,
            "pool_sha256": draws.pool_sha256(details),
            "result": draws.redraw(seed, numbers, count),
        }
        drawn: list[Draw] = []

        def change(case: Case, act: Act) -> None:
            excluded = [{"id": one.pk, "name": one.user.name, "reason": why} for one, why in pool.excluded]
            drawn.append(
                Draw.objects.create(
                    panel=panel,
                    act=act,
                    pool=numbers,
                    pool_details=details,
                    excluded=excluded,
                    count=count,
                    **record,
                )
            )
            for number in record["result"]:
                PanelMember.objects.create(panel=panel, expert_id=number, source=MemberSource.DRAW, draw=drawn[0])
            find_conflicts(panel)

        perform(case, "draw", actor, data=record, change=change)
    return drawn[0]


def appoint(case: Case, actor: Actor, expert: ExpertProfile, reason: str) -> Act:
    """Seat an expert of the pool by name, for a reason that goes on record."""
    panel = case.panel

    def change(case: Case, act: Act) -> None:
        _check_count(panel, 1)
        if expert.authority_id != case.authority_id or not expert.is_active:
            raise Blocked(Problem("expert_unavailable", "该专家不在本机关专家库中或已出库。", where="expert"))
        if _staff_among(panel, [expert]):
            raise Blocked(
                Problem("expert_is_staff", f"{expert.user.name}是本机关的办理人员，不能担任评审专家。", where="expert")
            )
        if PanelMember.objects.filter(panel=panel, expert=expert).exists():
            raise Blocked(
                Problem("expert_seated", f"{expert.user.name}已在或曾在本委员会，不能重复指定。", where="expert")
            )
        PanelMember.objects.create(panel=panel, expert=expert, source=MemberSource.APPOINTED, reason=act.reason)
        find_conflicts(panel)

    return perform(case, "appoint", actor, reason=reason, data={"expert": expert.pk}, change=change)


def replace(case: Case, actor: Actor, member: PanelMember, reason: str) -> Act:
    """End a member's seat; what the member did stays on record but no longer counts, and every file closes."""

    def change(case: Case, act: Act) -> None:
        ended = PanelMember.objects.filter(pk=member.pk, panel_id=case.pk, state=MemberState.SERVING).update(
            state=MemberState.REPLACED, is_chair=False, replacement_reason=act.reason
        )
        if not ended:
            raise Blocked(Problem("not_serving", "该专家已不在履职，请刷新页面。", where="member"))
        refresh_access(case.panel)

    return perform(case, "replace", actor, reason=reason, data={"member": member.pk}, change=change)


def name_chair(case: Case, actor: Actor, member: PanelMember) -> Act:
    """Make a serving member the chair, in place of whoever was."""

    def change(case: Case, act: Act) -> None:
        seat = PanelMember.objects.filter(pk=member.pk, panel_id=case.pk, state=MemberState.SERVING)
        if not seat.exists():
            raise Blocked(Problem("not_serving", "该专家不是本委员会的履职委员。", where="member"))
        PanelMember.objects.filter(panel_id=case.pk, is_chair=True).update(is_chair=False)
        PanelMember.objects.filter(pk=member.pk).update(is_chair=True)

    return perform(case, "name_chair", actor, data={"member": member.pk}, change=change)


def set_aside_conflict(case: Case, actor: Actor, finding: ConflictFinding, reason: str) -> Act:
    """Put a conflict aside that rests on a name alone, e.g. of a namesake. The others cannot be."""

    def change(case: Case, act: Act) -> None:
        if finding.kind != ConflictKind.TEACHER:
            raise Blocked(
                Problem("conflict_stands", "任职关系造成的回避不能排除；只有仅凭姓名相同发现的情形可以核实后排除。")
            )
        ConflictFinding.objects.filter(pk=finding.pk, member__panel_id=case.pk).update(
            set_aside_at=timezone.now(), set_aside_by=actor.user, set_aside_reason=act.reason
        )
        refresh_access(case.panel)

    return perform(case, "set_aside_conflict", actor, reason=reason, data={"finding": finding.pk}, change=change)


def find_conflicts(panel: Panel) -> None:
    """Compare members and subjects again: new conflicts are recorded, vanished ones go, set-aside ones stay.

    Access follows at once. To be called inside a step, and again whenever members or subjects changed.
    """
    sitting = Sitting(panel)
    experts = [member.expert for member in sitting.serving]
    interests, posts = sitting.kind.interests(sitting.subjects), posts_of(experts)
    standing = set()
    for member in sitting.serving:
        for subject in sitting.subjects:
            known = {finding.kind for finding in sitting.findings(member, subject)}
            for conflict in conflicts_between(
                sitting.kind, member.expert, interests[subject.pk], posts.get(member.expert.user_id, set())
            ):
                standing.add((member.pk, subject.pk, conflict.kind))
                if conflict.kind not in known:
                    ConflictFinding.objects.create(
                        member=member,
                        subject=subject,
                        kind=conflict.kind,
                        detail=conflict.detail[:300],
                    )
    for finding in ConflictFinding.objects.filter(member__in=sitting.serving, set_aside_at__isnull=True):
        if (finding.member_id, finding.subject_id, finding.kind) not in standing:
            finding.delete()
    refresh_access(panel)


def _check_count(panel: Panel, count: int) -> None:
    serving = PanelMember.objects.filter(panel=panel, state=MemberState.SERVING).count()
    state = Case.objects.values_list("state", flat=True).get(pk=panel.pk)
    free = panel.size - serving if state == PanelState.FORMING else panel.size + MOST_SUBSTITUTES - serving
    if count < 1:
        raise Blocked(Problem("count_invalid", "人数至少为 1 人。", where="count"))
    if count > free:
        raise Blocked(
            Problem(
                "seats_full",
                f"应有专家 {panel.size} 人，现有 {serving} 人，至多再增加 {max(free, 0)} 人。",
                where="count",
            )
        )


def _staff_among(panel: Panel, experts: Sequence[ExpertProfile]) -> set[int]:
    return set(
        Membership.objects.filter(
            organisation_id=panel.case.authority_id,
            is_active=True,
            role__in=CASE_STAFF_ROLES,
            user__in=[expert.user_id for expert in experts],
        ).values_list("user_id", flat=True)
    )


def _conflicts_of(panel: Panel, experts: Sequence[ExpertProfile]) -> dict[int, list[str]]:
    sitting = Sitting(panel)
    interests, posts = sitting.kind.interests(sitting.subjects), posts_of(experts)
    found: dict[int, list[str]] = {}
    for expert in experts:
        for subject in sitting.subjects:
            for conflict in conflicts_between(
                sitting.kind, expert, interests[subject.pk], posts.get(expert.user_id, set())
            ):
                if conflict.detail not in found.setdefault(expert.pk, []):
                    found[expert.pk].append(conflict.detail)
    return found
