"""Pages of revocation: notice, statement, hearing, prepared decision, legal review."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.bases.actions import actions_for
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.web import Problems, case_or_404, run_step, state_label, state_tone
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may, rules_of
from apps.inspections.forms.sanctions import (
    DecisionForm,
    HearingForm,
    NoticeForm,
    OpinionForm,
    StatementForm,
    WayForm,
)
from apps.inspections.models import Revocation
from apps.inspections.services import rectifications, revocations, sanction_files, sanction_grounds, sanction_lists
from apps.inspections.services.sanction_effects import rules_today
from apps.inspections.views import sanction_steps as steps

OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)


@requires_role(*OFFICE)
@require_GET
def base_sanctions(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that was ordered or decided about one base, and what may be begun."""
    base = steps.own_base_or_404(request, number)
    rows = [
        {
            "number": case.number,
            "title": case.title,
            "kind": case.get_kind_display(),
            "state": state_label(case),
            "tone": state_tone(case, request.actor),
            "opened": case.opened_at,
            "due": case.next_due_at,
        }
        for case in sanction_lists.sanctions_of(base, request.actor)[:200]
    ]
    offered = [one for one in actions_for(base, request.actor) if "/inspections/" in one["url"]]
    context = {
        "base": base,
        "rows": rows,
        "actions": offered,
        "inspections": rectifications.inspections_to_follow(base)
        if Role.AUTHORITY_OFFICER in request.actor.roles
        else [],
        "rulebook": rules_today(base),
        "sanctions": rules_today(base).sanctions,
        "sandbox": base.is_sandbox,
    }
    return render(request, "inspections/sanctions/base.html", context)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def revocation_new(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a revocation under one of the ways the base's text has."""
    base = steps.own_base_or_404(request, number)
    ways = sanction_grounds.ways_to_revoke(base, rules_today(base))
    open_ways = [way for way in ways if not way.problem]
    initial = {"article": open_ways[0].code if len(open_ways) == 1 else None}
    way_form = WayForm(request.POST or None, ways=ways, initial=initial)
    form = NoticeForm(request.POST or None, sanctions=[way.sanction for way in open_ways])
    problems = Problems()
    if request.method == "POST" and way_form.is_valid() & form.is_valid():
        notice = _notice(form)
        try:
            made = revocations.open_revocation(base, request.actor, way_form.cleaned_data["article"], notice)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            for problem in steps.take_files(request, made.case, {"facts-file": "facts"}):
                messages.error(request, problem.message)
            messages.success(request, "事先告知已保存为草稿，请核对后报请签发。")
            return redirect("cases:detail", number=made.case.number)
    status = problems.status if problems else (422 if way_form.errors or form.errors else 200)
    context = {
        "base": base,
        "ways": ways,
        "open_ways": open_ways,
        "way_form": way_form,
        "form": form,
        "missing": problems,
        "rulebook": rules_today(base),
        "sandbox": base.is_sandbox,
    }
    return render(request, "inspections/sanctions/revocation_new.html", context, status=status)


def _notice(form: NoticeForm) -> revocations.Notice:
    data = form.cleaned_data
    return revocations.Notice(data["facts"], data["grounds"], data["hearing_days"])


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def revocation_notice(request: HttpRequest, number: str) -> HttpResponse:
    """Change the draft of the notice."""
    case = case_or_404(request, number, CaseKind.REVOCATION)
    revocation = case.revocation
    sanction = sanction_grounds.revocation_sanction(rules_of(case), revocation.article)
    initial = {name: getattr(revocation, name) for name in ("grounds", "facts", "hearing_days")}
    form = NoticeForm(
        request.POST or None, sanctions=[sanction] if sanction else [], initial=initial | {"version": case.version}
    )
    return steps.step_page(
        request,
        case,
        "edit",
        form,
        lambda: revocations.edit_notice(case, request.actor, _notice(form), version=steps.version_of(form)),
        template="notice.html",
        heading="修改事先告知",
        done="事先告知已修改。",
        places={"facts-file": "facts"},
        revocation=revocation,
        files=sanction_files.files_of(case, "facts"),
    )


@requires_role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def revocation_statement(request: HttpRequest, number: str) -> HttpResponse:
    """The base's statement and evidence, kept as a draft until the head submits it."""
    case = case_or_404(request, number, CaseKind.REVOCATION)
    revocation = case.revocation
    initial = {
        "statement": revocation.statement,
        "wants_hearing": revocation.wants_hearing,
        "version": case.version,
    }
    form = StatementForm(request.POST or None, initial=initial)
    if request.method != "POST":
        closed = steps.not_now(request, case, "save_statement")
        if closed:
            return closed
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        problems = _save_statement(request, case, form)
        if not problems and request.POST.get("action") == "submit":
            act, problems = run_step(request, lambda: revocations.submit_statement(case, request.actor))
            if act is not None:
                messages.success(request, "陈述申辩已提交。")
                return redirect("cases:detail", number=number)
        elif not problems:
            messages.success(request, "草稿已保存；尚未提交。")
            return redirect("inspections:revocation_statement", number=number)
    return steps.page(
        request,
        "statement.html",
        case,
        "陈述申辩",
        problems,
        form,
        revocation=revocation,
        files=sanction_files.files_of(case, "statement"),
        may_submit=may(case, "submit_statement", request.actor),
    )


def _save_statement(request: HttpRequest, case: Case, form: StatementForm) -> Problems:
    data = form.cleaned_data
    act, problems = run_step(
        request,
        lambda: revocations.save_statement(
            case,
            request.actor,
            data["statement"],
            wants_hearing=data["wants_hearing"],
            version=steps.version_of(form),
        ),
    )
    if act is not None:
        problems = steps.take_files(request, case, {"statement-file": "statement"})
        renewed = form.data.copy()
        renewed["version"] = str(case.version)
        form.data = renewed
    return problems


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def revocation_hearing(request: HttpRequest, number: str) -> HttpResponse:
    """Record how the base was heard."""
    case = case_or_404(request, number, CaseKind.REVOCATION)
    form = HearingForm(
        request.POST or None, initial={"hearing_record": case.revocation.hearing_record, "version": case.version}
    )
    return steps.step_page(
        request,
        case,
        "record_hearing",
        form,
        lambda: revocations.record_hearing(
            case, request.actor, form.cleaned_data["hearing_record"], version=steps.version_of(form)
        ),
        template="hearing.html",
        heading="记录听取意见",
        done="听取意见的情况已记录。",
        places={"hearing-file": "hearing"},
        revocation=case.revocation,
        files=sanction_files.files_of(case, "hearing"),
    )


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def revocation_decision(request: HttpRequest, number: str) -> HttpResponse:
    """Prepare the decision, with the answer to the base's statement."""
    case = case_or_404(request, number, CaseKind.REVOCATION)
    revocation = case.revocation
    initial: dict[str, Any] = {
        "conclusion": revocation.conclusion,
        "answer": revocation.answer_to_statement,
        "reasons": revocation.reasons,
        "version": case.version,
    }
    form = DecisionForm(request.POST or None, word=revocation.word, initial=initial)

    def save() -> Any:
        data = form.cleaned_data
        return revocations.propose_decision(
            case,
            request.actor,
            conclusion=data["conclusion"],
            reasons=data["reasons"],
            answer=data["answer"],
            version=steps.version_of(form),
        )

    return steps.step_page(
        request,
        case,
        "propose_decision",
        form,
        save,
        template="decision.html",
        heading="拟定决定",
        done="决定已拟定，请法制审核人审核。",
        revocation=revocation,
        files=_file_of(revocation),
    )


def _file_of(revocation: Revocation) -> list[dict[str, Any]]:
    """The material a decision rests on; what the base drafted and did not submit is none of it."""
    stated = ("statement",) if revocation.stated_on is not None else ()
    return sanction_files.files_of(revocation.case, *stated, "hearing", "facts")


@requires_role(Role.LEGAL_OFFICER)
@require_http_methods(["GET", "POST"])
def revocation_legal_review(request: HttpRequest, number: str) -> HttpResponse:
    """The legal officer passes the decision on or sends it back, each with an opinion."""
    case = case_or_404(request, number, CaseKind.REVOCATION)
    form = OpinionForm(request.POST or None)
    back = request.POST.get("action") == "return"
    take = revocations.return_from_legal_review if back else revocations.pass_legal_review
    return steps.step_page(
        request,
        case,
        "return_from_legal_review" if back else "pass_legal_review",
        form,
        lambda: take(case, request.actor, form.cleaned_data["opinion"]),
        template="legal_review.html",
        heading="法制审核",
        done="已退回经办人。" if back else "审核通过，请负责人签发。",
        revocation=case.revocation,
        files=_file_of(case.revocation),
    )
