"""回避申明: each member says, before a file opens, whether a conflict stands in the way."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import perform
from apps.panels.models import Declaration, PanelItem, ScoreSheet
from apps.panels.services.access import serving_member
from apps.panels.services.seating import find_conflicts
from apps.panels.services.subjects import kind_of_subject


def declare(case: Case, actor: Actor, subject: Case, *, has_conflict: bool, text: str = "") -> Act:
    """Declare for the acting expert about one subject of the panel.

    Free of conflict: the file opens, unless a conflict was found from the records. A conflict, with the circumstances:
    the file closes for good; it cannot be taken back by the expert. Raises NotPermitted for anybody who has no seat,
    Blocked without the circumstances or once the expert's scores are in.
    """

    words = kind_of_subject(subject).words

    def change(case: Case, act: Act) -> None:
        member = serving_member(case.panel, actor.user.pk)
        if member is None:
            raise NotPermitted(Problem("no_seat", "您不是本委员会的履职委员。"))
        if not PanelItem.objects.filter(panel_id=case.pk, subject=subject, is_active=True).exists():
            raise Blocked(Problem("not_on_panel", f"该{words.subject}不在本委员会评审范围内。"))
        if has_conflict and not text.strip():
            raise Blocked(Problem("circumstances_missing", "需要回避的，请说明情况。", where="text"))
        before = Declaration.objects.filter(member=member, subject=subject).first()
        if before is not None and before.has_conflict and not has_conflict:
            raise Blocked(Problem("recusal_stands", "您已申明回避，不能自行撤回；如有误请联系经办人。"))
        if ScoreSheet.objects.filter(member=member, subject=subject, submitted_at__isnull=False).exists():
            raise Blocked(
                Problem("scores_in", f"您已提交该{words.subject}的评分；此后发现需要回避的，请联系经办人更换专家。")
            )
        Declaration.objects.update_or_create(
            member=member,
            subject=subject,
            defaults={"has_conflict": has_conflict, "text": text.strip(), "declared_at": timezone.now()},
        )
        find_conflicts(case.panel)

    data = {"subject": subject.number, "has_conflict": has_conflict}
    return perform(case, "declare", actor, data=data, change=change)
