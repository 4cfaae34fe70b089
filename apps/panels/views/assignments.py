"""The expert's own pages: what is to do, declaring, reading the file, scoring, signing as chair."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.models import Case
from apps.cases.web import Problems, run_step
from apps.cases.workflow import WorkflowError
from apps.panels import selectors
from apps.panels.enums import PanelState, Sufficiency
from apps.panels.forms import DeclarationForm, ReasonForm
from apps.panels.models import Panel, PanelMember, Resolution
from apps.panels.services import declaring, panels, resolutions, scoring
from apps.panels.services.subjects import subject_relations
from apps.panels.sitting import Sitting
from apps.panels.views.common import download, frame, step_status, subject_or_404

expert_only = requires_role(Role.EXPERT)


@expert_only
@require_GET
def assignments(request: HttpRequest) -> HttpResponse:
    """The expert's panels: what waits for a declaration, for scores, and what is over."""
    rows = selectors.assignments_of(request.actor)
    context = {
        "heading": "我的评审",
        "waiting": [row for row in rows if row.waits_for_me],
        "others": [row for row in rows if row.is_open and not row.waits_for_me],
        "over": [row for row in rows if not row.is_open],
    }
    return render(request, "panels/assignments.html", context)


@expert_only
@require_GET
def assignment(request: HttpRequest, number: str) -> HttpResponse:
    """One panel as its member sees it: each subject with what is to do there."""
    panel, member, sitting = _seat(request, number)
    rows = _rows(sitting, member)
    context = frame(
        panel,
        panel.case.title,
        member=member,
        rows=rows,
        may_close=member.is_chair and panel.case.state == PanelState.SCORING,
        may_sign=member.is_chair and panel.case.state == PanelState.CLOSED,
        to_declare=sum(row["state"] == "declare" for row in rows),
    )
    return render(request, "panels/assignment.html", context)


@expert_only
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, number: str) -> HttpResponse:
    """Declare for each subject; only what is needed to judge a conflict is shown, never the file."""
    panel, member, sitting = _seat(request, number)
    asked, problems = request.POST.get("subject", ""), Problems()
    forms = {
        one.number: DeclarationForm(request.POST if one.number == asked else None, auto_id=f"id_{one.number}_%s")
        for one in sitting.subjects
    }
    form = forms.get(asked)
    if form is not None and form.is_valid():
        found, data = subject_or_404(sitting, asked), form.cleaned_data
        act, problems = run_step(
            request,
            lambda: declaring.declare(
                panel.case, request.actor, found, has_conflict=data["has_conflict"] == "yes", text=data["text"]
            ),
        )
        if act is not None:
            messages.success(request, f"对“{sitting.kind.name(found)}”的申明已记录。")
            waiting = any(sitting.declaration(member, one) is None for one in sitting.subjects if one != found)
            return redirect("panels:declare" if waiting else "panels:assignment", number=number)
    rows = [{**row, "form": forms[row["number"]]} for row in _rows(sitting, member)]
    context = frame(panel, "回避申明", member=member, rows=rows, problems=problems)
    status = step_status(request, problems, *([form] if form is not None else []))
    return render(request, "panels/declare.html", context, status=status)


@expert_only
@require_GET
def read_file(request: HttpRequest, number: str, subject: str) -> HttpResponse:
    """What the applicant sent, read-only, with the panel's photos of the site."""
    panel, member, sitting = _seat(request, number)
    found = _open_file(sitting, member, subject)
    found_file = sitting.kind.expert_file(found)
    photos = list(selectors.panel_files(sitting, member))
    visits = [
        {"visit": visit, "photos": [photo for photo in photos if photo.purpose == visit.photo_purpose]}
        for visit in selectors.visits_of(panel)
        if visit.subject_id == found.pk
    ]
    context = frame(
        panel,
        sitting.kind.name(found),
        subject=found,
        case=found,
        file=found_file,
        **found_file.context,
        visits=visits,
        scoring=panel.case.state == PanelState.SCORING,
    )
    return render(request, "panels/file.html", context)


@expert_only
@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, number: str, subject: str) -> HttpResponse:
    """The rubric and the conditions; POST saves, and hands in when asked to."""
    panel, member, sitting = _seat(request, number)
    found = _open_file(sitting, member, subject)
    sheet = scoring.sheet_of(member, found)
    draft, problems, stale = dict(sheet.draft), Problems(), False
    if request.method == "POST" and sheet.submitted_at is None:
        draft = _typed(request)
        try:
            sheet = scoring.save_draft(panel.case, request.actor, found, draft, _version(request))
        except scoring.StaleSheet as conflict:
            sheet, stale = conflict.sheet, True
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            if request.POST.get("action") != "submit":
                messages.success(request, "已保存，尚未提交。")
                return redirect("panels:score", number=number, subject=subject)
            act, problems = run_step(request, lambda: scoring.submit_scores(panel.case, request.actor, found))
            if act is not None:
                messages.success(request, "评分已提交并封存。其他专家全部提交或评分结束后，可查看汇总。")
                return redirect("panels:assignment", number=number)
    context = frame(
        panel,
        f"评分：{sitting.kind.name(found)}",
        subject=found,
        sheet=sheet,
        stale=stale,
        problems=problems,
        submitted=sheet.submitted_at is not None,
        open_for_scores=panel.case.state == PanelState.SCORING,
        **_sheet_fields(panel, found, draft, problems),
    )
    status = 409 if stale else problems.status
    return render(request, "panels/score.html", context, status=status)


@expert_only
@require_POST
def save_scores(request: HttpRequest, number: str, subject: str) -> HttpResponse:
    """Save the sheet as it is being filled in (see static/js/autosave.js for the answers)."""
    panel, member, sitting = _seat(request, number)
    found = _open_file(sitting, member, subject)
    try:
        sheet = scoring.save_draft(panel.case, request.actor, found, _typed(request), _version(request))
    except scoring.StaleSheet as conflict:
        sheet = conflict.sheet
        answer = {
            "version": sheet.version,
            "saved_by": "您在另一窗口",
            "saved_at": sheet.saved_at,
            "values": sheet.draft,
        }
        return JsonResponse(answer, status=409)
    except WorkflowError as error:
        return JsonResponse({"detail": str(error)}, status=error.status)
    saved_at = sheet.saved_at or timezone.now()
    return JsonResponse({"version": sheet.version, "saved_at": saved_at, "errors": {}})


@expert_only
@require_GET
def board(request: HttpRequest, number: str, subject: str) -> HttpResponse:
    """All sheets of a subject, once they may be seen; nothing for who is recused from it."""
    panel, member, sitting = _seat(request, number)
    found = subject_or_404(sitting, subject)
    if not sitting.may_open(member, found):
        raise Http404
    revealed = selectors.revealed(sitting, found)
    context = frame(
        panel,
        f"评分汇总：{sitting.kind.name(found)}",
        subject=found,
        sheets=list(selectors.sheets_for(sitting, found, member)) if revealed else [],
        rubric=scoring.rubric_of(panel),
        revealed=revealed,
        conditions={one.code: one.title for one in scoring.criteria_of(found)},
        back_url="panels:assignment",
    )
    return render(request, "panels/scores.html", context)


@expert_only
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """The chair reads the resolution and signs it."""
    panel, member, sitting = _seat(request, number)
    if not member.is_chair:
        raise Http404
    problems = Problems()
    if request.method == "POST":
        act, problems = run_step(request, lambda: resolutions.sign_resolution(panel.case, request.actor))
        if act is not None:
            messages.success(request, "评审决议已签署，文书已生成。")
            return redirect("panels:assignments")
    resolved = Resolution.objects.filter(panel=panel).select_related(*subject_relations(sitting.kind))
    rows = [{"resolution": row, "name": sitting.kind.name(row.subject)} for row in resolved]
    context = frame(panel, "签署评审决议", resolutions=rows, problems=problems)
    return render(request, "panels/sign.html", context, status=problems.status)


@expert_only
@require_http_methods(["GET", "POST"])
def close_early(request: HttpRequest, number: str) -> HttpResponse:
    """The chair closes the scoring early, with a reason."""
    panel, member, _ = _seat(request, number)
    if not member.is_chair:
        raise Http404
    form, problems = ReasonForm(request.POST or None), Problems()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        act, problems = run_step(request, lambda: panels.close_scoring_early(panel.case, request.actor, reason))
        if act is not None:
            messages.success(request, "评分已结束。")
            return redirect("panels:assignment", number=number)
    consequences = (
        "未提交的评分不再接收，也不计入平均分。",
        "每件仍须达到最少评审人数。",
        "各专家的评分随即公开给有权查看的人员。",
    )
    context = frame(panel, "提前结束评分", form=form, problems=problems, consequences=consequences, expert_side=True)
    return render(request, "panels/reason.html", context, status=step_status(request, problems, form))


@expert_only
@require_GET
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A photo of a site whose file is open to the expert."""
    _, member, sitting = _seat(request, number)
    return download(get_object_or_404(selectors.panel_files(sitting, member), pk=pk))


def _seat(request: HttpRequest, number: str) -> tuple[Panel, PanelMember, Sitting]:
    member = selectors.seat_of(request.actor, number)
    if member is None:
        raise Http404
    return member.panel, member, Sitting(member.panel)


def _open_file(sitting: Sitting, member: PanelMember, number: str) -> Case:
    subject = subject_or_404(sitting, number)
    if not sitting.may_open(member, subject) or sitting.panel.case.closed_at is not None:
        raise Http404
    return subject


def _rows(sitting: Sitting, member: PanelMember) -> list[dict[str, Any]]:
    facts = sitting.kind.facts(sitting.subjects)
    return [{**_row(sitting, member, one), "facts": facts.get(one.pk, [])} for one in sitting.subjects]


def _row(sitting: Sitting, member: PanelMember, subject: Case) -> dict[str, Any]:
    sheet, declaration = sitting.sheet(member, subject), sitting.declaration(member, subject)
    state = "declare"
    if sitting.is_recused(member, subject):
        state = "recused"
    elif sheet is not None and sheet.submitted_at is not None:
        state = "done"
    elif declaration is not None:
        state = "score" if sitting.panel.case.state == PanelState.SCORING else "read"
    return {
        "subject": subject,
        "number": subject.number,
        "institution": sitting.kind.name(subject),
        "state": state,
        "declaration": declaration,
        "findings": [one.detail for one in sitting.findings(member, subject) if one.set_aside_at is None],
        "sheet": sheet,
        "revealed": state != "recused" and selectors.revealed(sitting, subject),
    }


def _typed(request: HttpRequest) -> dict[str, str]:
    kept = ("points-", "comment-", "verdict-", "text-")
    return {
        name: value.replace("\x00", "").replace("\r\n", "\n")[: scoring.LONGEST_TEXT]
        for name, value in request.POST.items()
        if name.startswith(kept) or name == "overall"
    }


def _version(request: HttpRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1


def _sheet_fields(panel: Panel, subject: Case, draft: dict[str, str], problems: Problems) -> dict[str, Any]:
    """The rubric and conditions with what was typed and what is wrong, as the page draws them."""
    errors = {problem.where: problem.message for problem in problems}
    rubric = [
        {
            **item,
            "points": draft.get(f"points-{item['code']}", ""),
            "comment": draft.get(f"comment-{item['code']}", ""),
            "error": errors.get(f"points-{item['code']}", ""),
        }
        for item in scoring.rubric_of(panel)
    ]
    criteria = [
        {
            "criterion": one,
            "verdict": draft.get(f"verdict-{one.code}", ""),
            "text": draft.get(f"text-{one.code}", ""),
            "error": errors.get(f"verdict-{one.code}", "") or errors.get(f"text-{one.code}", ""),
        }
        for one in scoring.criteria_of(subject)
    ]
    return {
        "rubric": rubric,
        "criteria": criteria,
        "verdicts": Sufficiency.choices,
        "overall": draft.get("overall", ""),
        "overall_error": errors.get("overall", ""),
        "total": scoring.read_marks(panel, subject, draft).total,
    }
