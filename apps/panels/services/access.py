"""Who may open what: the assignment of experts to a panel and, once declared, to the single files."""

from __future__ import annotations

from django.contrib.auth.models import Permission

from apps.cases.models import Case, CaseUserObjectPermission
from apps.panels.models import Panel, PanelItem, PanelMember
from apps.panels.sitting import Sitting


def refresh_access(panel: Panel) -> None:
    """Bring the assignments in line with members, declarations and conflicts as they stand now.

    Serving members are assigned to the panel's case from its convening to its end, and to the case of a subject
    only while :meth:`Sitting.may_open` says so. Whatever else this panel had granted is taken away.
    """
    sitting = Sitting(panel)
    state = Case.objects.values_list("state", flat=True).get(pk=panel.pk)
    wanted: set[tuple[int, int]] = set()
    if state in ("convened", "scoring", "closed"):
        wanted |= {(member.expert.user_id, panel.pk) for member in sitting.serving}
        wanted |= {
            (member.expert.user_id, subject.pk)
            for member in sitting.serving
            for subject in sitting.subjects
            if sitting.may_open(member, subject)
        }
    users = {member.expert.user_id for member in sitting.members}
    _grant_exactly(users, _cases_of(panel), wanted)


def close_subject(subject_id: int) -> None:
    """Close a subject's file to every expert at once: it was withdrawn while a panel had it."""
    item = PanelItem.objects.filter(subject_id=subject_id, is_active=True).select_related("panel").first()
    if item is not None:
        refresh_access(item.panel)


def _cases_of(panel: Panel) -> set[int]:
    """The panel's case and its subjects' cases, but none that another panel has taken over."""
    elsewhere = PanelItem.objects.filter(is_active=True).exclude(panel=panel)
    items = panel.items.exclude(subject__in=elsewhere.values("subject"))
    return {panel.pk, *items.values_list("subject_id", flat=True)}


def _grant_exactly(users: set[int], cases: set[int], wanted: set[tuple[int, int]]) -> None:
    permission = _review_permission()
    rows = CaseUserObjectPermission.objects.filter(
        user_id__in=users, content_object_id__in=cases, permission_id=permission
    )
    present = {(row.user_id, row.content_object_id): row.pk for row in rows}
    surplus = [pk for pair, pk in present.items() if pair not in wanted]
    CaseUserObjectPermission.objects.filter(pk__in=surplus).delete()
    CaseUserObjectPermission.objects.bulk_create(
        CaseUserObjectPermission(user_id=user, content_object_id=case, permission_id=permission)
        for user, case in sorted(wanted - present.keys())
    )


def _review_permission() -> int:
    return Permission.objects.values_list("pk", flat=True).get(codename="review_case", content_type__app_label="cases")


def serving_member(panel: Panel, user_id: int) -> PanelMember | None:
    """The person's seat on the panel, if it is still theirs."""
    return PanelMember.objects.filter(panel=panel, expert__user_id=user_id, state="serving").first()


def may_open(panel: Panel, user_id: int, subject: Case) -> bool:
    """Whether the subject's file is open to this person as a member of ``panel``."""
    sitting = Sitting(panel)
    return any(member.expert.user_id == user_id and sitting.may_open(member, subject) for member in sitting.serving)
