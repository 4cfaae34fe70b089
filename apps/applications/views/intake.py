"""Pages on which the authority takes applications in: admit, ask once for corrections, refuse."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.applications.enums import ApplicationState, Stage
from apps.applications.forms.intake import CorrectionForm, RefusalForm
from apps.applications.forms.opinions import SignForm
from apps.applications.models import AdmissionRefusal, Application
from apps.applications.services import checks, completeness, intake, intake_documents, queues, returns
from apps.applications.services.filling import load_form
from apps.applications.services.history import history_of
from apps.applications.services.readonly import readonly_sections
from apps.applications.services.self_check import evaluate_application, register_bar
from apps.applications.services.wording import intake_articles
from apps.applications.views.frames import case_frame
from apps.applications.views.queue_pages import queue_page
from apps.cases.clocks import last_day
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.selectors import documents_of
from apps.cases.web import Problems, case_or_404, run_step
from apps.cases.workflow.engine import check_guards, may, road_of
from apps.cases.workflow.registry import workflow_for
from apps.jurisdictions.rulebooks import registry

OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)
READERS = (*OFFICE, Role.SERVICE_ASSISTANT)


@requires_role(*OFFICE)
@require_GET
def intake_queue(request: HttpRequest) -> HttpResponse:
    """What has reached the authority and is not admitted yet, soonest due first."""
    extra = {
        "heading": "受理",
        "lead": "已送达本机关、尚未受理的申报。本机关承诺自收到材料之日起五个工作日内答复，补正时间不计入。",
        "url_name": "applications:intake_queue",
        "open_url": "applications:intake",
        "empty_text": "推荐单位签署意见或申报单位直接提交后，会列在这里。",
    }
    return queue_page(request, queues.intake_queue, views=queues.INTAKE_VIEWS, states=queues.INTAKE_STATES, extra=extra)


@requires_role(*READERS)
@require_http_methods(["GET", "POST"])
def intake_page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything the intake rests on; POST admits."""
    case = _case(request, number)
    problems, form = Problems(), SignForm(request.POST or None)
    form.fields["reason"].label = "受理说明（可不填）"
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: intake.admit(case, request.actor, form.cleaned_data["reason"]))
        if act is not None:
            messages.success(request, "已受理，受理通知书已生成并送达申报单位。")
            return redirect("cases:detail", number=number)
    application = case.application
    filled = load_form(application)
    context = _frame(case, "受理审查") | {
        "form": form,
        "problems": problems,
        "in_intake": case.state == ApplicationState.INTAKE,
        "may_admit": may(case, "admit", request.actor),
        "may_correct": may(case, "request_correction", request.actor),
        "may_refuse": may(case, "propose_refusal", request.actor),
        "may_sign_refusal": case.state == ApplicationState.REFUSAL_PROPOSED and request.actor.has(*OFFICE),
        "may_assist": may(case, "record_material_check", request.actor),
        "standing_in_the_way": _admission_problems(case, request),
        "missing": completeness.missing_items(application, filled),
        "findings": _compared(application, filled),
        "history": history_of(application),
        "opinions": list(
            application.opinions.filter(signed_at__isnull=False).select_related("organisation", "signed_by")
        ),
        "doubts": _named_doubts(application),
        "material_checks": _acts(case, "record_material_check"),
        "corrections": _acts(case, "request_correction"),
        "expired": _acts(case, "correction_expired"),
        "clocks": _clocks(case),
        "documents": list(documents_of(case, request.actor)),
        "sections": readonly_sections(application, filled),
    }
    return render(request, "applications/intake/intake.html", context, status=problems.status)


@requires_role(*OFFICE)
@require_http_methods(["GET", "POST"])
def request_correction(request: HttpRequest, number: str) -> HttpResponse:
    """All corrections in one notice: a reason for each section, and the term."""
    case = _case(request, number)
    if case.state != ApplicationState.INTAKE:
        return redirect("applications:intake", number=number)
    form = CorrectionForm(request.POST or None, sections=returns.returnable_sections(case.application))
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        act, problems = run_step(
            request,
            lambda: intake.request_correction(
                case, request.actor, form.items(), days=given["days"], unit=given["unit"], note=given["note"]
            ),
        )
        if act is not None:
            messages.success(request, f"已一次性告知补正 {len(act.data['items'])} 项，告知书已送达申报单位。")
            return redirect("cases:detail", number=number)
    context = _frame(case, "一次性告知补正") | {
        "form": form,
        "problems": problems,
        "missing": completeness.missing_items(case.application),
        "doubts": _named_doubts(case.application),
        "asked_before": bool(_acts(case, "request_correction")),
        "sections": readonly_sections(case.application),
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "applications/intake/correction.html", context, status=status)


@requires_role(*OFFICE)
@require_http_methods(["GET", "POST"])
def propose_refusal(request: HttpRequest, number: str) -> HttpResponse:
    """Draft a refusal; where the register bars the applicant, ground and article stand there already."""
    case = _case(request, number)
    if case.state != ApplicationState.INTAKE:
        return redirect("applications:intake", number=number)
    barred = register_bar(case.application)
    form = RefusalForm(
        request.POST or None,
        initial=_refusal_initial(case, barred),
        articles=_titled_articles(case),
        barred=bool(barred),
    )
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: intake.propose_refusal(case, request.actor, **form.cleaned_data))
        if act is not None:
            messages.success(request, "已拟定不予受理决定，待机关负责人签发。")
            return redirect("applications:intake", number=number)
    context = _frame(case, "拟不予受理") | {
        "form": form,
        "problems": problems,
        "history": history_of(case.application),
        "sent_back": _acts(case, "send_back_refusal"),
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "applications/intake/refusal.html", context, status=status)


@requires_role(*OFFICE)
@require_http_methods(["GET", "POST"])
def sign_refusal(request: HttpRequest, number: str) -> HttpResponse:
    """The head reads the refusal as it will be issued and signs it, or sends it back."""
    case = _case(request, number)
    if case.state != ApplicationState.REFUSAL_PROPOSED:
        return redirect("applications:intake", number=number)
    form, problems = SignForm(request.POST or None), Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: intake.sign_refusal(case, request.actor, form.cleaned_data["reason"]))
        if act is not None:
            messages.success(request, "已签发不予受理决定书并送达申报单位。")
            return redirect("cases:detail", number=number)
    refusal = AdmissionRefusal.objects.select_related("prepared_by").get(application=case.pk)
    context = _frame(case, "签发不予受理决定") | {
        "form": form,
        "problems": problems,
        "refusal": refusal,
        "preview": intake_documents.refusal_content(case.application, refusal),
        "history": history_of(case.application),
        "may_sign": may(case, "sign_refusal", request.actor),
        "may_send_back": may(case, "send_back_refusal", request.actor),
        "prepared_it": refusal.prepared_by_id == request.user.pk,
    }
    return render(request, "applications/intake/sign_refusal.html", context, status=problems.status)


def _case(request: HttpRequest, number: str) -> Case:
    """The application, for the authority it was made to and the association that assists there; else Http404."""
    case = case_or_404(request, number, CaseKind.APPLICATION)
    if request.actor.organisation.pk == case.authority_id or request.actor.has(Role.SERVICE_ASSISTANT):
        return case
    raise Http404


def _frame(case: Case, heading: str) -> dict[str, Any]:
    queue = ("受理", reverse("applications:intake_queue"))
    return case_frame(
        case, heading, queue=queue, case_url=reverse("applications:intake", kwargs={"number": case.number})
    )


def _admission_problems(case: Case, request: HttpRequest) -> list[Any]:
    """What keeps the case from being admitted, so that the page says it before anybody tries."""
    transition = workflow_for(case.kind).find("admit", case.state, case, road_of(case))
    return check_guards(transition, case, request.actor, reason=None) if transition is not None else []


def _compared(application: Application, filled: Any) -> list[dict[str, Any]]:
    """Each finding frozen at submission beside what the register and the form give today."""
    today = {finding.code: finding for finding in evaluate_application(application, filled).findings}
    conditions = {item.code: item.title for item in registry.by_key(application.case.rulebook_key).conditions}
    rows = []
    for finding in application.evaluation.get("findings", []):
        now = today.get(finding["code"])
        changed = now is not None and now.result != finding["result"]
        rows.append(finding | {"title": conditions.get(finding["code"], ""), "now": now if changed else None})
    frozen = {finding["code"] for finding in application.evaluation.get("findings", [])}
    fresh = [
        found.as_dict() | {"title": conditions.get(code, ""), "now": None}
        for code, found in today.items()
        if code not in frozen
    ]
    return rows + fresh


def _named_doubts(application: Application) -> list[dict[str, Any]]:
    conditions = {item.code: item for item in registry.by_key(application.case.rulebook_key).conditions}
    return [
        {
            "title": conditions[check.item].title if check.item in conditions else check.item,
            "articles": conditions[check.item].articles if check.item in conditions else (),
            "organisation": check.organisation,
            "checked_by": check.checked_by,
            "stage": Stage(check.stage).label,
            "note": check.note,
        }
        for check in checks.doubts(application)
    ]


def _clocks(case: Case) -> list[dict[str, Any]]:
    found = case.clocks.filter(code__in=[intake.INTAKE_CLOCK, intake.CORRECTION_CLOCK])
    return [
        {
            "label": clock.label,
            "basis": clock.get_basis_display(),
            "due": last_day(clock.due_at),
            "paused": clock.is_paused,
            "met": clock.is_met,
            "note": clock.note,
        }
        for clock in found.order_by("pk")
    ]


def _acts(case: Case, name: str) -> list[Act]:
    return list(Act.objects.filter(case=case, name=name).select_related("actor", "organisation").order_by("seq"))


def _titled_articles(case: Case) -> list[tuple[str, str]]:
    titles = {article.article: article.summary for article in registry.by_key(case.rulebook_key).articles}
    return [(article, titles.get(article, "")) for article in intake.citable_articles(case)]


def _refusal_initial(case: Case, barred: list[Any]) -> dict[str, Any]:
    if barred:
        return {
            "ground": AdmissionRefusal.Ground.BAR,
            "reasons": "\n".join(problem.message for problem in barred),
            "articles": [article for problem in barred for article in problem.articles],
        }
    draft = AdmissionRefusal.objects.filter(application=case.pk).first()
    if draft is not None:
        return {name: getattr(draft, name) for name in ("ground", "reasons", "articles", "records_fraud")}
    return {"articles": list(intake_articles(case.application))}
