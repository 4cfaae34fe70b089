"""Certificates: issued, opened, and verified by anybody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts import throttle
from apps.accounts.decorators import acting, public, requires_role
from apps.accounts.enums import Role
from apps.cases.paging import capped_page
from apps.cases.web import Problems, run_step
from apps.cases.workflow.engine import steps_for
from apps.plans.forms.records import CertificateVerifyForm
from apps.plans.models import CertificateBatch, TraineeRecord
from apps.plans.services import certificate_pdf as drawing
from apps.plans.services import certificates
from apps.plans.views.records import frame, own_case, project_case

STEP = "issue_certificates"


@acting
@require_GET
def certificate_list(request: HttpRequest, number: str) -> HttpResponse:
    """The issues of a project's certificates, with the PDF of each once it is drawn."""
    case = project_case(request, number)
    batches = CertificateBatch.objects.filter(project_id=case.pk).select_related("issued_by")
    page = capped_page(batches, request.GET.get("page"))
    context = frame(case, request, "培训证书", page=page)
    context["drawing"] = any(batch.finished_at is None for batch in page.rows)
    context["due"] = case.training_project.passed_count - case.training_project.certificate_count
    context["may_issue"] = context["mine"] and request.actor.has(Role.INSTITUTION_HEAD)
    return render(request, "plans/certificates/list.html", context)


@requires_role(Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def certificates_issue(request: HttpRequest, number: str) -> HttpResponse:
    """The head issues certificates: to all who have passed, or to those chosen on the page."""
    case = own_case(request, number)
    problems = Problems()
    if request.method == "POST":
        issued: list[CertificateBatch] = []
        chosen = _chosen(request)

        def step() -> Any:
            issued.append(certificates.issue_certificates(case, request.actor, chosen))

        _, problems = run_step(request, step)
        if issued:
            messages.success(request, f"已签发 {issued[0].count} 份证书，PDF 正在生成。")
            return redirect("plans:certificates", number=number)
    project = case.training_project
    ready = next((step for step in steps_for(case, request.actor) if step.transition.name == STEP), None)
    context = frame(case, request, "签发培训证书", problems=problems)
    context["missing"] = list(ready.problems) if ready else []
    context["offered"] = ready is not None
    context["due"] = project.passed_count - project.certificate_count
    context["most"] = certificates.MOST_AT_ONCE
    context["page"] = capped_page(certificates.due(project), request.GET.get("page"))
    return render(request, "plans/certificates/issue.html", context, status=problems.status)


@acting
@require_GET
def certificate_pdf(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """One certificate as PDF, for those who may read the project."""
    case = project_case(request, number)
    if not code.isascii() or len(code) > 24:
        raise Http404
    records = TraineeRecord.objects.select_related("batch").filter(project_id=case.pk, batch__isnull=False)
    record = get_object_or_404(records, certificate_code=code)
    response = HttpResponse(drawing.draw_one(record), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{record.certificate_number}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@acting
@require_GET
def batch_pdf(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """All certificates of one issue as one PDF; 404 until it is drawn."""
    case = project_case(request, number)
    batch = get_object_or_404(CertificateBatch, project_id=case.pk, pk=pk, finished_at__isnull=False)
    response = FileResponse(batch.file.open("rb"), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="certificates-{case.number}-{batch.pk}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@public
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """证书核验, for everyone, by the code on the certificate: who it is for is shown by the family name alone."""
    asked = bool(request.GET.get("code"))
    form = CertificateVerifyForm(request.GET) if asked else CertificateVerifyForm()
    record, status = None, 200
    if asked and throttle.is_used_up(request, "unknown_code"):
        form.add_error(None, "您所在的网络地址核验未知证书的次数过多，请十分钟后再试。")
        status = 429
    elif asked and form.is_valid():
        record = certificates.find_certificate(form.cleaned_data["code"])
        if record is None:
            throttle.use_up(request, "unknown_code")
    elif asked:
        status = 422
    context: dict[str, Any] = {"heading": "培训证书核验", "form": form, "asked": asked and status == 200}
    if record is not None and record.batch is not None:
        context["certificate"] = _shown(record, record.batch.wording)
    return render(request, "plans/certificates/verify.html", context, status=status)


def _shown(record: TraineeRecord, wording: dict[str, Any]) -> dict[str, Any]:
    """What everybody may know of a certificate, and nothing more."""
    return {
        "name": record.name[:1] + "*" * max(len(record.name) - 1, 1),
        "value": certificates.value_text(record, wording),
        "number": record.certificate_number,
        "sandbox": record.project.case.is_sandbox,
        **{name: wording[name] for name in ("project", "base", "starts_on", "ends_on", "issued_on", "unit")},
    }


def _chosen(request: HttpRequest) -> list[int] | None:
    """The records ticked on the page; None where all were asked for."""
    if request.POST.get("scope") != "chosen":
        return None
    ticked = request.POST.getlist("record")
    return [int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) < 18]
