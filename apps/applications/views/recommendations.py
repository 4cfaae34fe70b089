"""Pages on which a department examines applications, drafts its opinion, returns, and signs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.applications.enums import Conclusion, Stage
from apps.applications.forms.opinions import CheckForm, OpinionForm, ReturnForm, SignForm
from apps.applications.models import Opinion
from apps.applications.services import checks, opinion_documents, queues, recommendation, returns
from apps.applications.services.readonly import readonly_sections
from apps.applications.views.frames import case_frame
from apps.applications.views.queue_pages import queue_page
from apps.cases.attachments import AttachmentRefused
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.web import Problems, case_or_404, run_step
from apps.cases.workflow import NotPermitted, Problem, WorkflowError, WrongState
from apps.cases.workflow.engine import may

DEPARTMENT = (Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)


@requires_role(*DEPARTMENT)
@require_GET
def recommendation_queue(request: HttpRequest) -> HttpResponse:
    """What the department has to examine and to sign, soonest due first."""
    extra = {
        "heading": "审查与推荐",
        "lead": "申报单位指定本单位审查或推荐的申报。待我办理的排在前面，按期限和提交先后排列。",
        "url_name": "applications:recommendation_queue",
        "open_url": "applications:examine",
        "empty_text": "申报单位提交并指定本单位后，会列在这里。",
    }
    states = (*queues.IN_HAND, *queues.RETURNED)
    return queue_page(request, queues.department_queue, views=queues.DEPARTMENT_VIEWS, states=states, extra=extra)


@requires_role(*DEPARTMENT)
@require_http_methods(["GET", "POST"])
def examine(request: HttpRequest, number: str) -> HttpResponse:
    """The examination: the form beside the conditions, the draft of the opinion; POST puts it before the head."""
    case = _case(request, number)
    if case.state not in checks.EXAMINABLE or not _in_hand(request, case):
        return redirect(_elsewhere(request, case))
    stage = recommendation.road_stage(case)
    opinion = recommendation.opinion_of(case, stage.code)
    form = _opinion_form(request, opinion, site_recheck=stage.site_recheck)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = _propose(request, case, form)
        if act is not None:
            messages.success(request, "意见已提交负责人签署。")
            return redirect("applications:recommendation_queue")
    status = 422 if request.method == "POST" and form.errors else problems.status
    return _examination(request, case, form, problems, status=status)


def _propose(request: HttpRequest, case: Case, form: OpinionForm) -> tuple[Any, Problems]:
    seen = _seen(request)
    try:
        return run_step(request, lambda: recommendation.propose_opinion(case, request.actor, form.values(), seen=seen))
    except recommendation.OpinionChanged as changed:
        message = f"{changed.opinion.prepared_by}刚刚保存了意见稿。您填写的内容仍在本页，请核对后重新提交。"
        return None, Problems([Problem("opinion_changed", message, where="text")], 409)


@requires_role(*DEPARTMENT)
@require_POST
def save_opinion(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the draft while it is written; the answer is what autosave.js expects."""
    case = _case(request, number)
    form = OpinionForm(request.POST, site_recheck=_site_recheck(case))
    form.is_valid()
    try:
        opinion = recommendation.save_opinion(case, request.actor, form.values(), seen=_seen(request))
    except recommendation.OpinionChanged as changed:
        return JsonResponse(_conflict(changed.opinion), status=409)
    except WorkflowError as error:
        return JsonResponse({"detail": str(error)}, status=error.status)
    return JsonResponse(
        {
            "version": recommendation.opinion_version(opinion),
            "saved_at": opinion.prepared_at.isoformat(),
            "errors": {name: [str(error) for error in errors] for name, errors in form.errors.items()},
        }
    )


@requires_role(*DEPARTMENT)
@require_POST
def check_item(request: HttpRequest, number: str, item: str) -> HttpResponse:
    """Keep the verdict on one condition; htmx gets its new state, a plain browser the page at that row."""
    case = _case(request, number)
    form = CheckForm(request.POST, prefix=item)
    status = 200
    try:
        if form.is_valid():
            values = form.cleaned_data
            checks.record_check(case, request.actor, item, values["verdict"], values["note"])
            form = None
    except (WrongState, NotPermitted) as error:
        form.add_error(None, str(error))
        status = error.status
    except WorkflowError as error:
        form.add_error("note" if error.problems[0].code == "note_missing" else None, str(error))
        status = error.status
    if request.htmx:
        return _check_saved(request, case, item, form)
    if form is None:
        return redirect(f"{reverse('applications:examine', args=[number])}#check-{item}")
    return _examination(request, case, None, Problems(), check_form=(item, form), status=status)


@requires_role(*DEPARTMENT)
@require_POST
def recheck_photo(request: HttpRequest, number: str) -> HttpResponse:
    """File or take back a photo of the on-site recheck."""
    case = _case(request, number)
    try:
        if "remove" in request.POST:
            recommendation.remove_recheck_photo(case, request.actor, _integer(request.POST["remove"]))
        elif "file" in request.FILES:
            for upload in request.FILES.getlist("file"):
                recommendation.add_recheck_photo(case, request.actor, upload)
        else:
            messages.error(request, "请先选择要上传的照片或记录。")
    except (WorkflowError, AttachmentRefused) as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('applications:examine', args=[number])}#recheck")


@requires_role(*DEPARTMENT)
@require_http_methods(["GET", "POST"])
def return_to_applicant(request: HttpRequest, number: str) -> HttpResponse:
    """Send back item by item; only the sections with a reason reopen."""
    case = _case(request, number)
    if case.state not in checks.EXAMINABLE or not _in_hand(request, case):
        return redirect(_elsewhere(request, case))
    form = ReturnForm(request.POST or None, sections=returns.returnable_sections(case.application))
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(
            request,
            lambda: recommendation.return_to_applicant(case, request.actor, form.items(), form.cleaned_data["note"]),
        )
        if act is not None:
            messages.success(request, f"已退回申报单位修改 {len(act.data['items'])} 个部分。")
            return redirect("applications:recommendation_queue")
    stage = recommendation.road_stage(case)
    context = _frame(case, "退回申报单位修改") | {
        "form": form,
        "problems": problems,
        "stage": stage,
        "doubted": [item for item in checks.items_of(case.application, stage.code) if _is_doubted(item)],
        "sections": readonly_sections(case.application),
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "applications/recommendation/return.html", context, status=status)


@requires_role(*DEPARTMENT)
@require_http_methods(["GET", "POST"])
def sign_opinion(request: HttpRequest, number: str) -> HttpResponse:
    """The head reads the whole examination and signs it, or sends it back to be drafted again."""
    case = _case(request, number)
    if case.state in checks.EXAMINABLE or not _in_hand(request, case):
        return redirect(_elsewhere(request, case))
    stage = recommendation.road_stage(case)
    opinion = recommendation.opinion_of(case, stage.code)
    form, problems = SignForm(request.POST or None), Problems()
    sign = recommendation.sign_agreement if _agrees(opinion) else recommendation.sign_disagreement
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: sign(case, request.actor, form.cleaned_data["reason"]))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”，文书已生成并送达。")
            return redirect("cases:detail", number=number)
    context = _frame(case, "签署意见") | {
        "form": form,
        "problems": problems,
        "stage": stage,
        "opinion": opinion,
        "agrees": _agrees(opinion),
        "items": checks.items_of(case.application, stage.code),
        "photos": _files(case),
        "quota": _quota(case) if stage.code == Stage.RECOMMENDATION else None,
        "preview": _preview(opinion, stage),
        "may_sign": may(case, "sign_agreement", request.actor) or may(case, "sign_disagreement", request.actor),
        "may_send_back": may(case, "send_back_opinion", request.actor),
        "prepared_it": opinion is not None and opinion.prepared_by_id == request.user.pk,
        "sections": readonly_sections(case.application),
    }
    return render(request, "applications/recommendation/sign.html", context, status=problems.status)


def _case(request: HttpRequest, number: str) -> Case:
    return case_or_404(request, number, CaseKind.APPLICATION)


def _in_hand(request: HttpRequest, case: Case) -> bool:
    """Whether the case is with the department acted for; what another department drafts is its own."""
    return case.state in queues.IN_HAND and case.turn_organisation_id == request.actor.organisation.pk


def _elsewhere(request: HttpRequest, case: Case) -> str:
    """Where the case stands now: being examined, before the head, or gone on."""
    name = "cases:detail"
    if _in_hand(request, case):
        name = "applications:examine" if case.state in checks.EXAMINABLE else "applications:sign_opinion"
    return reverse(name, kwargs={"number": case.number})


def _frame(case: Case, heading: str) -> dict[str, Any]:
    queue = ("审查与推荐", reverse("applications:recommendation_queue"))
    return case_frame(case, heading, queue=queue, case_url=reverse("cases:detail", kwargs={"number": case.number}))


def _examination(
    request: HttpRequest,
    case: Case,
    form: OpinionForm | None,
    problems: Problems,
    *,
    check_form: tuple[str, CheckForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    if case.state not in checks.EXAMINABLE or not _in_hand(request, case):
        messages.error(request, "本件已不在审查、推荐环节。")
        return redirect(_elsewhere(request, case))
    stage = recommendation.road_stage(case)
    opinion = recommendation.opinion_of(case, stage.code)
    if form is None:
        form = _opinion_form(request, opinion, site_recheck=stage.site_recheck, unbound=True)
    items = checks.items_of(case.application, stage.code)
    context = _frame(case, stage.label) | {
        "stage": stage,
        "form": form,
        "problems": problems,
        "opinion": opinion,
        "version": recommendation.opinion_version(opinion),
        "rows": [_row(item, check_form) for item in items],
        "progress": _progress(items),
        "photos": _files(case),
        "sent_back": recommendation.last_send_back(case),
        "quota": _quota(case) if stage.code == Stage.RECOMMENDATION else None,
        "editable": may(case, "propose_opinion", request.actor),
        "sections": readonly_sections(case.application),
    }
    return render(request, "applications/recommendation/examine.html", context, status=status)


def _check_saved(request: HttpRequest, case: Case, code: str, form: CheckForm | None) -> HttpResponse:
    """What changed beside the form of one condition; the form itself stays, so that nothing typed is lost."""
    items: list[checks.Item] = []
    if case.state in checks.EXAMINABLE and _in_hand(request, case):
        items = checks.items_of(case.application, checks.stage_of(case))
    item = next((item for item in items if item.code == code), None)
    if item is None:
        return HttpResponse("本件已转出或没有这一条件，请刷新页面。", status=409)
    context = {"row": _row(item, (code, form) if form is not None else None), "progress": _progress(items)}
    return render(request, "applications/recommendation/_check_saved.html", context)


def _progress(items: list[checks.Item]) -> dict[str, int]:
    return {
        "checked": sum(item.check is not None for item in items),
        "doubted": sum(_is_doubted(item) for item in items),
        "total": len(items),
    }


def _row(item: checks.Item, typed: tuple[str, CheckForm] | None) -> dict[str, Any]:
    if typed is not None and typed[0] == item.code:
        form = typed[1]
        return {"item": item, "form": form, "errors": [str(one) for errors in form.errors.values() for one in errors]}
    check = item.check
    initial = {"verdict": check.verdict, "note": check.note} if check else None
    return {"item": item, "form": CheckForm(initial=initial, prefix=item.code), "errors": []}


def _opinion_form(
    request: HttpRequest, opinion: Opinion | None, *, site_recheck: bool, unbound: bool = False
) -> OpinionForm:
    initial = {}
    if opinion is not None:
        recheck = {f"recheck_{name}": value for name, value in opinion.recheck.items()}
        initial = {"conclusion": opinion.conclusion, "text": opinion.text, **recheck}
    data = None if unbound or request.method != "POST" else request.POST
    return OpinionForm(data, initial=initial, site_recheck=site_recheck)


def _site_recheck(case: Case) -> bool:
    return case.state in checks.EXAMINABLE and recommendation.road_stage(case).site_recheck


def _conflict(opinion: Opinion) -> dict[str, Any]:
    recheck = {name: opinion.recheck.get(name.removeprefix("recheck_"), "") for name in OpinionForm.RECHECK}
    return {
        "version": recommendation.opinion_version(opinion),
        "saved_by": str(opinion.prepared_by),
        "saved_at": opinion.prepared_at.isoformat(),
        "values": {"conclusion": opinion.conclusion, "text": opinion.text, **recheck},
    }


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _is_doubted(item: checks.Item) -> bool:
    return item.check is not None and item.check.verdict == "doubt"


def _agrees(opinion: Opinion | None) -> bool:
    return opinion is not None and opinion.conclusion == Conclusion.POSITIVE


def _preview(opinion: Opinion | None, stage: Any) -> Any:
    if opinion is None:
        return None
    content = opinion_documents.agreement_content if _agrees(opinion) else opinion_documents.disagreement_content
    return content(opinion, stage)


def _files(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "pk": photo.pk,
            "name": photo.name,
            "size": photo.size,
            "sha256": photo.sha256,
            "uploaded_at": photo.uploaded_at,
            "uploaded_by": photo.uploaded_by,
            "url": reverse("cases:attachment", args=[case.number, photo.pk]),
        }
        for photo in recommendation.recheck_photos(case)
    ]


def _quota(case: Case) -> dict[str, int] | None:
    application = case.application
    if application.round.quota is None:
        return None
    row = application.round.quotas.filter(organisation_id=application.recommender_id).first()
    used = row.used if row else 0
    return {"quota": application.round.quota, "used": used, "left": max(0, application.round.quota - used)}
