"""Panels as the authority's staff arrange them: list, open, overview, members, draw, appointment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases import exports
from apps.cases.models import Case
from apps.cases.paging import capped_page
from apps.cases.selectors import documents_of
from apps.cases.web import Problems, run_step, step_links
from apps.cases.workflow import Blocked
from apps.panels import draws, selectors
from apps.panels.enums import PanelState
from apps.panels.forms import AppointForm, DrawForm, PanelFilterForm, PanelForm
from apps.panels.models import Draw, Panel
from apps.panels.overview import overview
from apps.panels.services import panels, seating
from apps.panels.services.subjects import (
    all_kinds,
    awaiting_review,
    kind_for_occasion,
    kind_of_panel,
    occasion_of,
)
from apps.panels.sitting import Sitting, sitting_of
from apps.panels.views.common import (
    OFFICE,
    TONES,
    as_problems,
    frame,
    page_number,
    panel_or_404,
    reviewed_or_404,
    step_status,
)
from apps.panels.workflow import SEATING

SORTS = {"opened": ("pk",), "-opened": ("-pk",), "due": ("scoring_due", "pk"), "-due": ("-scoring_due", "-pk")}
VISITING = (PanelState.CONVENED, PanelState.SCORING, PanelState.CLOSED)
HEAD = ("编号", "名称", "批次或周期", "状态", "件数", "专家人数", "评分截止")


@requires_role(*OFFICE)
@require_GET
def panel_list(request: HttpRequest) -> HttpResponse:
    """The authority's panels, newest first, and the occasions that wait for one."""
    form = PanelFilterForm(request.GET)
    values = form.cleaned_data if form.is_valid() else {}
    found = selectors.search_panels(selectors.listed_panels(request.actor), values)
    found = found.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["-opened"]))
    if request.GET.get("format") == "xlsx":
        return exports.xlsx_response("panels", HEAD, [_cells(one) for one in found[: exports.MOST_ROWS]])
    page = capped_page(found, page_number(request))
    for row in page.rows:
        row.state_label, row.state_tone = PanelState(row.case.state).label, TONES[PanelState(row.case.state)]
    context = {
        "heading": "专家评审",
        "form": form,
        "filtered": any(values.values()),
        "page": page,
        "occasions": list(selectors.occasions_with_work(request.actor)[:10]),
        "may_open": request.actor.has(Role.AUTHORITY_OFFICER),
    }
    return render(request, "panels/list.html", context)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def open_panel(request: HttpRequest, number: str) -> HttpResponse:
    """Open a panel for what waits for its review on the occasion ``number``, a round or a cycle."""
    occasion = get_object_or_404(
        Case, number=number, authority=request.actor.organisation, kind__in=[kind.occasion for kind in all_kinds()]
    )
    kind, choosable = kind_for_occasion(occasion), list(awaiting_review(occasion))
    form = PanelForm(request.POST or None, kind=kind, choosable=choosable)
    if request.method == "GET":
        form.initial = {"size": 5, "quorum": 3, "subjects": [str(one.pk) for one in choosable]}
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        try:
            panel = panels.open_panel(request.actor, occasion, form.chosen(), **form.values())
        except Blocked as error:
            problems = as_problems(error)
        else:
            messages.success(request, "评审委员会已建立，下一步请抽取或指定专家。")
            return redirect("panels:panel", number=panel.case.number)
    context = {
        "heading": "组建评审委员会",
        "occasion": occasion,
        "words": kind.words,
        "form": form,
        "problems": problems,
        "choosable": choosable,
    }
    return render(request, "panels/form.html", context, status=step_status(request, problems, form))


@requires_role(Role.AUTHORITY_OFFICER)
@require_GET
def for_subject(request: HttpRequest, number: str) -> HttpResponse:
    """From a subject to the page that opens a panel for its occasion, or to the panel it is on."""
    case = reviewed_or_404(request, number)
    item = case.panel_items.filter(is_active=True).select_related("panel__case").first()
    if item is not None:
        return redirect("panels:panel", number=item.panel.case.number)
    return redirect("panels:open", number=occasion_of(case).number)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Numbers, date and subjects while the panel is being formed."""
    panel = panel_or_404(request, number)
    choosable = selectors.choosable(panel)
    form = PanelForm(request.POST or None, kind=kind_of_panel(panel), choosable=choosable, panel=panel)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(
            request, lambda: panels.edit_panel(panel.case, request.actor, form.chosen(), **form.values())
        )
        if act is not None:
            messages.success(request, "已保存，回避情形已重新核对。")
            return redirect("panels:panel", number=number)
    context = frame(panel, "修改评审安排", form=form, problems=problems, occasion=panel.occasion, choosable=choosable)
    return render(request, "panels/form.html", context, status=step_status(request, problems, form))


@requires_role(*OFFICE)
@require_GET
def panel_page(request: HttpRequest, number: str) -> HttpResponse:
    """The whole panel: what to do next, members, conflicts, progress, visits, resolution, documents."""
    panel = panel_or_404(request, number)
    sitting = sitting_of(panel.case)
    context = frame(
        panel,
        panel.case.title,
        steps=_next_steps(panel, sitting, request),
        documents=list(documents_of(panel.case, request.actor)),
        draws=list(selectors.draws_of(panel)),
        officer=request.actor.has(Role.AUTHORITY_OFFICER),
        seating_open=panel.case.state in SEATING,
        visiting=panel.case.state in VISITING,
        **overview(sitting),
    )
    return render(request, "panels/panel.html", context)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, number: str) -> HttpResponse:
    """Draw experts at random; the result page is the proof."""
    panel = panel_or_404(request, number)
    missing = max(panel.size - panel.members.filter(state="serving").count(), 1)
    form = DrawForm(
        request.POST or None, fields_known=selectors.fields_of_pool(request.actor), initial={"count": missing}
    )
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        drawn: list[Draw] = []

        def take() -> Any:
            drawn.append(
                seating.draw(
                    panel.case,
                    request.actor,
                    data["count"],
                    fields=data["fields_wanted"],
                    avoid_conflicts=data["avoid_conflicts"],
                )
            )
            return drawn[0].act

        act, problems = run_step(request, take)
        if act is not None:
            messages.success(request, f"已抽取 {data['count']} 位专家，抽取过程已记录，可随时复算。")
            return redirect("panels:draw_proof", number=number, pk=drawn[0].pk)
    pool = seating.pool_for(panel)
    context = frame(panel, "随机抽取专家", form=form, problems=problems, pool=pool)
    return render(request, "panels/draw.html", context, status=step_status(request, problems, form))


@requires_role(*OFFICE)
@require_GET
def draw_proof(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A draw with everything needed to repeat it, and repeated here before the reader's eyes."""
    panel = panel_or_404(request, number)
    drawn = get_object_or_404(selectors.draws_of(panel), pk=pk)
    details = {detail["id"]: detail for detail in drawn.pool_details}
    again = draws.redraw(drawn.seed, drawn.pool, drawn.count)
    rows = [
        {"expert": details[number], "place": place, "drawn": number in drawn.result}
        for number, place in draws.places(drawn.seed, drawn.pool)
    ]
    context = frame(
        panel,
        "抽取记录",
        draw=drawn,
        rows=rows,
        repeated=again == drawn.result,
        pool_intact=draws.pool_sha256(drawn.pool_details) == drawn.pool_sha256,
    )
    return render(request, "panels/draw_proof.html", context)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest, number: str) -> HttpResponse:
    """Seat an expert by name, with a reason."""
    panel = panel_or_404(request, number)
    pool = seating.pool_for(panel)
    form = AppointForm(request.POST or None, experts=[*pool.eligible, *(one for one, _ in pool.excluded)])
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        chosen, reason = form.chosen(), form.cleaned_data["reason"]
        act, problems = run_step(request, lambda: seating.appoint(panel.case, request.actor, chosen, reason))
        if act is not None:
            messages.success(request, f"已指定{chosen.user.name}。")
            return redirect("panels:panel", number=number)
    context = frame(panel, "指定专家", form=form, problems=problems, pool=pool)
    return render(request, "panels/appoint.html", context, status=step_status(request, problems, form))


def _next_steps(panel: Panel, sitting: Sitting, request: HttpRequest) -> list[dict[str, Any]]:
    """The steps on offer, those taken on this very page left out; the one to take next stands out."""
    here = {"edit", "replace", "name_chair", "set_aside_conflict"}
    own = reverse("panels:panel", kwargs={"number": panel.case.number})
    steps = [step for step in step_links(panel.case, request.actor) if step["name"] not in here and step["url"] != own]
    short = len(sitting.serving) < panel.size or not all(sitting.has_quorum(one) for one in sitting.subjects)
    for step in steps:
        wanted = short if step["name"] in ("draw", "appoint") else step["ready"] and step["name"] != "dissolve"
        step["tone"] = "primary" if wanted else "secondary"
    return sorted(steps, key=lambda step: step["tone"] != "primary")


def _cells(panel: Panel) -> tuple[object, ...]:
    return (
        panel.case.number,
        panel.case.title,
        panel.occasion.title,
        PanelState(panel.case.state).label,
        panel.item_count,
        panel.member_count,
        panel.scoring_due,
    )
