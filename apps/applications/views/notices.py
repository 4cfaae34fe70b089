"""Pages of public notices and objections: the authority's side, and the public's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_scopes import scopes_disabled

from apps.accounts import throttle
from apps.accounts.decorators import public, requires_role
from apps.accounts.enums import Role
from apps.applications import selectors
from apps.applications.forms.notices import (
    AnswerForm,
    InvestigationForm,
    NoticeEntriesForm,
    NoticeForm,
    ObjectionForm,
    ObjectionQueryForm,
)
from apps.applications.models import Objection
from apps.applications.services import notices, objections
from apps.cases.attachments import AttachmentRefused
from apps.cases.clocks import end_of_day
from apps.cases.enums import CaseKind
from apps.cases.models import Case, Document
from apps.cases.web import case_or_404, run_step
from apps.cases.workflow import WorkflowError
from apps.documents.services import ensure_rendered

TOO_MANY_OBJECTIONS = (
    "您所在的网络地址一小时内提交的异议过多，本件没有提交；您填写的内容保留在下面。"
    "请一小时后再提交，或按本页的联系方式直接联系公示机关。"
)
TOO_MANY_CODES = "您所在的网络地址输错查询码的次数过多，请十分钟后再试。"
OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)


@requires_role(Role.AUTHORITY_OFFICER)
def notice_create(request: HttpRequest, number: str) -> HttpResponse:
    rnd = case_or_404(request, number, CaseKind.ROUND).round
    applications = notices.noticeable(rnd)
    least = notices.least_days(rnd)
    data = request.POST if request.method == "POST" else None
    initial = {"title": f"关于{rnd.title}评审结果的公示", "days": max(least, 5)}
    form = NoticeForm(data, initial=initial, least=least)
    entries = NoticeEntriesForm(data, applications=applications)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid() & entries.is_valid():
        try:
            notice = notices.draw_up(rnd, request.actor, applications=entries.chosen(), **form.cleaned_data)
        except WorkflowError as error:
            problems = list(error.problems)
        else:
            messages.success(request, "公示已拟制，请负责人审定后发布。")
            return redirect("cases:detail", number=notice.case.number)
    context = {"form": form, "entries": entries, "round": rnd, "missing": problems, "applications": applications}
    return render(request, "applications/notices/form.html", context, status=422 if problems else 200)


@requires_role(Role.AUTHORITY_OFFICER)
def notice_edit(request: HttpRequest, number: str) -> HttpResponse:
    case = case_or_404(request, number, CaseKind.PUBLIC_NOTICE)
    notice = case.public_notice
    initial = {name: getattr(notice, name) for name in ("title", "text", "contact", "days")}
    form = NoticeForm(request.POST or None, initial=initial, least=notices.least_days(notice.round))
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: notices.edit(case, request.actor, **form.cleaned_data))
        if act:
            messages.success(request, "公示已修改。")
            return redirect("cases:detail", number=number)
    context = {"form": form, "round": notice.round, "missing": problems, "case": case}
    return render(request, "applications/notices/form.html", context, status=422 if problems else 200)


@requires_role(Role.AUTHORITY_OFFICER)
def objection_investigate(request: HttpRequest, number: str) -> HttpResponse:
    case = case_or_404(request, number, CaseKind.OBJECTION)
    form = InvestigationForm(request.POST or None, initial={"record": case.objection.investigation})
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(
            request, lambda: objections.investigate(case, request.actor, form.cleaned_data["record"])
        )
        if act:
            messages.success(request, "核查情况已记录，可以拟定答复。")
            return redirect("cases:detail", number=number)
    context = _objection_context(case, form, problems, "记录核查情况")
    return render(request, "applications/notices/objection_step.html", context, status=422 if problems else 200)


@requires_role(Role.AUTHORITY_OFFICER)
def objection_answer(request: HttpRequest, number: str) -> HttpResponse:
    case = case_or_404(request, number, CaseKind.OBJECTION)
    form = AnswerForm(request.POST or None)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: objections.propose_answer(case, request.actor, **form.cleaned_data))
        if act:
            messages.success(request, "答复已拟定，请负责人签发。")
            return redirect("cases:detail", number=number)
    context = _objection_context(case, form, problems, "拟定答复")
    return render(request, "applications/notices/objection_step.html", context, status=422 if problems else 200)


def _objection_context(case: Case, form: Any, problems: list[Any], heading: str) -> dict[str, Any]:
    files = case.attachments.filter(removed_at__isnull=True)
    return {
        "form": form,
        "case": case,
        "objection": case.objection,
        "files": files,
        "missing": problems,
        "heading": heading,
    }


@public
def public_notices(request: HttpRequest) -> HttpResponse:
    """Notices that run or have run, and announcements, newest first."""
    kind = request.GET.get("kind", "notices")
    rows = selectors.public_announcements() if kind == "announcements" else selectors.public_notices()
    context = {
        "page": Paginator(rows, 25).get_page(request.GET.get("page")),
        "kind": kind,
        "now": timezone.now(),
        "today": timezone.localdate(),
    }
    return render(request, "applications/public/notices.html", context)


@public
def public_notice(request: HttpRequest, number: str) -> HttpResponse:
    """One notice with its frozen list, and the form to object while it runs."""
    notice = get_object_or_404(selectors.public_notices(), case__number=number)
    running = notice.case.closed_at is None and timezone.now() < end_of_day(notice.last_day)
    form = ObjectionForm(request.POST or None, request.FILES or None, entries=notice.entries_frozen)
    problems: list[Any] = []
    status = 422
    if request.method == "POST" and form.is_valid() and not throttle.use_up(request, "objection"):
        problems, status = [{"message": TOO_MANY_OBJECTIONS}], 429
    elif request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        number_objected = values.pop("application")
        try:
            objection = objections.object_to(notice, number_objected, **values)
        except (WorkflowError, AttachmentRefused) as error:
            problems = getattr(error, "problems", None) or [{"message": f"证据材料：{error}"}]
        else:
            context = {"notice": notice, "objection": objection}
            return render(request, "applications/public/objection_received.html", context, status=201)
    document = Document.objects.filter(case_id=notice.pk, kind="public_notice", is_public=True).first()
    context = {"notice": notice, "form": form, "running": running, "missing": problems, "document": document}
    return render(request, "applications/public/notice.html", context, status=status if problems else 200)


@public
@never_cache
def objection_query(request: HttpRequest) -> HttpResponse:
    """The objector follows the objection with the query code, and opens the reply when it is signed."""
    form = ObjectionQueryForm(request.GET or None)
    objection, status = None, 200
    if request.GET and throttle.is_used_up(request, "unknown_code"):
        form.add_error("query_code", TOO_MANY_CODES)
        status = 429
    elif request.GET and form.is_valid():
        objection = _objection_by_code(form.cleaned_data["query_code"])
        if objection is None:
            throttle.use_up(request, "unknown_code")
            form.add_error("query_code", "没有这个查询码，请核对后再试。")
    context = {"form": form, "objection": objection}
    return render(request, "applications/public/objection_query.html", context, status=status)


@public
@never_cache
def objection_reply(request: HttpRequest, query_code: str) -> HttpResponse:
    """The signed reply as PDF, for whoever holds the query code."""
    if throttle.is_used_up(request, "unknown_code"):
        raise Http404
    objection = _objection_by_code(query_code)
    if objection is None:
        throttle.use_up(request, "unknown_code")
    document = objection.case.documents.filter(kind="objection_reply").first() if objection else None
    if document is None:
        raise Http404
    document = ensure_rendered(document)
    response = HttpResponse(document.pdf.read(), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{document.verification_code}.pdf"'
    return response


def _objection_by_code(query_code: str) -> Objection | None:
    # The code is the key to one objection whatever jurisdiction the reader acts for elsewhere.
    with scopes_disabled():
        return Objection.objects.filter(query_code=query_code).select_related("case", "notice__case").first()
