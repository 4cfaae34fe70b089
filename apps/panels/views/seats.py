"""Single actions on a panel's seats: chair, replacement, putting a conflict aside."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.models import Act
from apps.cases.web import Problems, run_step
from apps.panels.enums import ConflictKind
from apps.panels.forms import ReasonForm
from apps.panels.models import ConflictFinding, Panel, PanelMember
from apps.panels.services import seating
from apps.panels.views.common import frame, panel_or_404, step_status


@requires_role(Role.AUTHORITY_OFFICER)
@require_POST
def name_chair(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    panel = panel_or_404(request, number)
    member = get_object_or_404(PanelMember, panel=panel, pk=pk)
    act, problems = run_step(request, lambda: seating.name_chair(panel.case, request.actor, member))
    for problem in problems:
        messages.error(request, problem.message)
    if act is not None:
        messages.success(request, f"{member.expert.user.name}已确定为主任委员。")
    return redirect("panels:panel", number=number)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """End a seat, with a reason."""
    panel = panel_or_404(request, number)
    member = get_object_or_404(PanelMember.objects.select_related("expert__user"), panel=panel, pk=pk)
    return _with_reason(
        request,
        panel,
        heading=f"更换专家：{member.expert.user.name}",
        consequences=(
            "该专家不再参加本委员会，材料立即对其关闭。",
            "其已提交的评分保留在案，但不再计入。",
            "之后请抽取或指定替补专家，替补专家须先申明回避。",
        ),
        step=lambda reason: seating.replace(panel.case, request.actor, member, reason),
        done=f"{member.expert.user.name}已更换。",
    )


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def set_aside(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Put aside a conflict that rests on a name alone, with the reason."""
    panel = panel_or_404(request, number)
    finding = get_object_or_404(
        ConflictFinding.objects.select_related("member__expert__user", "subject__institution"),
        member__panel=panel,
        pk=pk,
    )
    return _with_reason(
        request,
        panel,
        heading=f"排除回避情形：{finding.member.expert.user.name}",
        consequences=(
            f"{ConflictKind(finding.kind).label}：{finding.detail}。",
            "排除后该专家申明无须回避的，即可查阅材料并评分；排除理由记入办理记录。",
        ),
        step=lambda reason: seating.set_aside_conflict(panel.case, request.actor, finding, reason),
        done="已排除，理由已记录。",
    )


def _with_reason(
    request: HttpRequest,
    panel: Panel,
    *,
    heading: str,
    consequences: tuple[str, ...],
    step: Callable[[str], Act],
    done: str,
) -> HttpResponse:
    form, problems = ReasonForm(request.POST or None), Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: step(form.cleaned_data["reason"]))
        if act is not None:
            messages.success(request, done)
            return redirect("panels:panel", number=panel.case.number)
    context = frame(panel, heading, form=form, problems=problems, consequences=consequences)
    return render(request, "panels/reason.html", context, status=step_status(request, problems, form))
