"""The trainees of a project: list, one by one, a file, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.cases import exports
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.paging import capped_page
from apps.cases.web import Problems, case_or_404
from apps.cases.workbooks import NotReadable
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import rules_of
from apps.plans.enums import ImportState, Outcome
from apps.plans.forms.records import RecordFilterForm, RecordForm, UploadForm
from apps.plans.models import RecordImport, TraineeRecord, TrainingProject
from apps.plans.services import imports, record_sheets, records
from apps.plans.services.record_rows import credit_problems, record_table, records_problems
from apps.plans.services.records import EDITORS, RowsRefused
from apps.plans.services.totals import tenths_text

SORTS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "employer": ("employer", "pk"),
    "-employer": ("-employer", "-pk"),
}
EXPORT_HEAD = ("姓名", "证件类型", "证件号码（隐去部分）", "工作单位", "科目", "{}", "结果", "证书编号")


def project_case(request: HttpRequest, number: str) -> Case:
    """The case of a project the person may read; its own training is nobody else's."""
    return case_or_404(request, number, CaseKind.TRAINING_PROJECT)


def own_case(request: HttpRequest, number: str) -> Case:
    """As :func:`project_case`, for the institution that holds it alone; 404 for the others."""
    case = project_case(request, number)
    if case.institution_id != request.actor.organisation.pk:
        raise Http404
    return case


def sent(request: HttpRequest, *, files: bool = False) -> tuple[Any, ...]:
    """What a form is bound to: what was sent, also where nothing was; None for a page that is only opened."""
    data = request.POST if request.method == "POST" else None
    return (data, request.FILES if request.method == "POST" else None) if files else (data,)


def frame(case: Case, request: HttpRequest, heading: str, **context: Any) -> dict[str, Any]:
    """The context that every page about a project's records has."""
    project: TrainingProject = case.training_project
    mine = case.institution_id == request.actor.organisation.pk and request.actor.has(*EDITORS)
    return {
        "case": case,
        "project": project,
        "heading": heading,
        "sandbox": case.is_sandbox,
        "mine": mine,
        "closed": records_problems(project),
        "credit_closed": credit_problems(project),
        "unit": rules_of(case).credit.label,
        **context,
    }


@acting
@require_GET
def record_list(request: HttpRequest, number: str) -> HttpResponse:
    """The trainees of a project, numbers masked, with search, sorting, paging and export."""
    case = project_case(request, number)
    form = RecordFilterForm(request.GET)
    found = _filtered(TraineeRecord.objects.filter(project_id=case.pk), form.values())
    found = found.order_by(*SORTS.get(request.GET.get("sort", ""), ("-pk",)))
    if request.GET.get("format") == "xlsx":
        return _export(case, found)
    context = frame(case, request, "学员培训记录", form=form, page=capped_page(found, request.GET.get("page")))
    for record in context["page"].rows:
        record.value_text = tenths_text(record.value_tenths)
    context["log"] = RecordImport.objects.filter(project_id=case.pk).select_related("imported_by")[:10]
    context["may_see_numbers"] = records.may_see_numbers(case, request.actor)
    return render(request, "plans/records/list.html", context)


@requires_role(*EDITORS)
@require_http_methods(["GET", "POST"])
def record_new(request: HttpRequest, number: str) -> HttpResponse:
    """Enter one trainee."""
    case = own_case(request, number)
    project = case.training_project
    initial = {"subject_kind": project.subject_kind, "value": tenths_text(project.value_tenths)}
    form = RecordForm(*sent(request), record_table(project), initial)
    problems = Problems()
    if request.method == "POST":
        problems = _try(form, lambda: records.add_record(case, request.actor, form.row()))
        if not problems.status >= 400:
            messages.success(request, f"已登记{form.row()['name']}。")
            return redirect("plans:record_new" if "another" in request.POST else "plans:records", number=number)
    context = frame(case, request, "登记学员", form=form, problems=problems)
    return render(request, "plans/records/form.html", context, status=problems.status)


@requires_role(*EDITORS)
@require_http_methods(["GET", "POST"])
def record_edit(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Change one trainee's record, as long as there is no certificate."""
    case = own_case(request, number)
    record = record_or_404(case, pk)
    initial = {
        "name": record.name,
        "identity_kind": record.identity_kind,
        "employer": record.employer,
        "subject_kind": record.subject_kind,
        "value": tenths_text(record.value_tenths),
        "outcome": record.outcome,
    }
    form = RecordForm(*sent(request), record_table(case.training_project), initial, known=record.identity_masked)
    problems = Problems()
    if request.method == "POST":
        problems = _try(form, lambda: records.change_record(record, request.actor, form.row()))
        if not problems.status >= 400:
            messages.success(request, "已保存。")
            return redirect("plans:records", number=number)
    context = frame(case, request, f"学员：{record.name}", form=form, problems=problems, record=record)
    return render(request, "plans/records/form.html", context, status=problems.status)


@requires_role(*EDITORS)
@require_http_methods(["GET", "POST"])
def record_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Remove one trainee's record, after asking."""
    case = own_case(request, number)
    record = record_or_404(case, pk)
    problems = Problems()
    if request.method == "POST":
        try:
            records.remove_record(record, request.actor)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            messages.success(request, f"已删除{record.name}的记录。")
            return redirect("plans:records", number=number)
    context = frame(case, request, "删除学员记录", record=record, problems=problems)
    return render(request, "plans/records/remove.html", context, status=problems.status)


@requires_role(*EDITORS)
@require_http_methods(["GET", "POST"])
def record_import(request: HttpRequest, number: str) -> HttpResponse:
    """Upload a list; the result has a page of its own."""
    case = own_case(request, number)
    form = UploadForm(*sent(request, files=True))
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        try:
            found, new = imports.upload(case, request.actor, form.cleaned_data["file"])
        except NotReadable as error:
            form.add_error("file", str(error))
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            if not new:
                messages.info(request, imports.already_told(found).message)
            return redirect("plans:record_import_result", number=number, pk=found.pk)
    status = problems.status if problems else 422 if form.is_bound and not form.is_valid() else 200
    context = frame(case, request, "导入学员名单", form=form, problems=problems)
    context["table"] = record_table(case.training_project)
    return render(request, "plans/records/import.html", context, status=status)


@requires_role(*EDITORS)
@require_GET
def record_template(request: HttpRequest, number: str) -> HttpResponse:
    """An empty list to fill in."""
    case = own_case(request, number)
    response = HttpResponse(record_sheets.template(record_table(case.training_project)), content_type=exports.XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="trainees-{number}.xlsx"'
    return response


@requires_role(*EDITORS)
@require_GET
def import_result(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What became of an uploaded list; the page looks again by itself while it waits."""
    case = own_case(request, number)
    found = get_object_or_404(RecordImport.objects.select_related("imported_by"), project_id=case.pk, pk=pk)
    open_states = (ImportState.WAITING, ImportState.RUNNING)
    context = frame(case, request, "导入结果", found=found, waiting=found.state in open_states)
    context["shown_errors"] = [dict(zip(("row", "column", "message"), error, strict=True)) for error in found.errors]
    return render(request, "plans/records/result.html", context)


@requires_role(*EDITORS)
@require_GET
def import_errors(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Every error of a list that was not imported, as a file."""
    case = own_case(request, number)
    found = get_object_or_404(RecordImport, project_id=case.pk, pk=pk, state=ImportState.REFUSED)
    rows = ((error.row, error.column, error.message) for error in imports.all_errors(found))
    return exports.csv_response(f"errors-{number}", ("行", "列", "问题"), rows)


def record_or_404(case: Case, pk: int) -> TraineeRecord:
    """A record of the project of ``case``."""
    return get_object_or_404(TraineeRecord.objects.select_related("project__case", "batch"), project_id=case.pk, pk=pk)


def _filtered(found: QuerySet[TraineeRecord], values: dict[str, str]) -> QuerySet[TraineeRecord]:
    text = values.get("q", "").strip()
    if text:
        found = found.filter(Q(name__icontains=text) | Q(employer__icontains=text) | Q(certificate_number__iexact=text))
    if values.get("outcome"):
        found = found.filter(outcome=values["outcome"])
    if values.get("certified") == "yes":
        found = found.exclude(certificate_number="")
    elif values.get("certified") == "no":
        found = found.filter(certificate_number="", outcome=Outcome.PASSED)
    return found


def _export(case: Case, found: QuerySet[TraineeRecord]) -> HttpResponse:
    head = [label.format(rules_of(case).credit.label) for label in EXPORT_HEAD]
    rows = (
        (
            record.name,
            record.get_identity_kind_display(),
            record.identity_masked,
            record.employer,
            record.get_subject_kind_display(),
            tenths_text(record.value_tenths),
            record.get_outcome_display(),
            record.certificate_number,
        )
        for record in found[: exports.MOST_ROWS]
    )
    return exports.xlsx_response(f"trainees-{case.number}", head, rows)


def _try(form: RecordForm, step: Any) -> Problems:
    """Take the step; what is wrong in the row stands in the form, what stands in its way is returned."""
    try:
        step()
    except RowsRefused as refused:
        form.tell(refused.errors)
        return Problems([], 422)
    except WorkflowError as error:
        return Problems(error.problems, error.status)
    return Problems()
