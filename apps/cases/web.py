"""What the pages of every kind of business share: fetching a case, taking a step and telling what stood in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from apps.accounts.actors import Actor
from apps.cases import actions, selectors
from apps.cases.attachments import AttachmentRefused
from apps.cases.models import Act, Case
from apps.cases.workflow import Problem, WorkflowError, workflow_for
from apps.cases.workflow.engine import Step, steps_for
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing
from apps.jurisdictions.rulebooks.rulebook import Rulebook

CASE_RELATIONS = ("jurisdiction", "institution", "authority", "turn_organisation")

NOT_YOURS = Problem("not_permitted", "您当前的单位或身份不能办理这一步；如您在多个单位任职，请在页面顶部切换。")


class Problems(list[Problem]):
    """What stood in the way of a step, and the HTTP status the page answers with; empty when nothing did."""

    def __init__(self, problems: Iterable[Problem] = (), status: int = 200) -> None:
        super().__init__(problems)
        self.status = status


def case_or_404(request: HttpRequest, number: str, kind: str | None = None) -> Case:
    """The case ``number`` if the person may read it; a foreign case and one that does not exist raise Http404 alike."""
    cases = selectors.readable_cases(request.actor).select_related(*CASE_RELATIONS)
    if kind is not None:
        cases = cases.filter(kind=kind)
    return get_object_or_404(cases, number=number)


def run_step(request: HttpRequest, step: Callable[[], Act]) -> tuple[Act | None, Problems]:
    """Call ``step`` and return its act, or None with the problems, whose ``status`` the page answers with.

    Use: ``act, problems = run_step(request, lambda: services.admit(case, request.actor, …))``.
    """
    try:
        return step(), Problems()
    except WorkflowError as error:
        return None, Problems(error.problems, error.status)
    except AttachmentRefused as error:
        return None, Problems([Problem("file_refused", str(error), where="file")], 422)
    except CalendarDataMissing as error:
        return None, Problems([Problem("calendar_data_missing", f"期限不能计算：{error}")], 422)


def rulebook_of(case: Case) -> Rulebook | None:
    """The rulebook the case is pinned to; None before submission."""
    return rulebooks.by_key(case.rulebook_key) if case.rulebook_key else None


def state_label(case: Case) -> str:
    return str(workflow_for(case.kind).states.get(case.state, case.state))


def state_tone(case: Case, actor: Actor | None) -> str:
    """The badge's tone: a closed case is quiet, one that waits for the reader's organisation asks for attention."""
    if case.closed_at is not None:
        return "neutral"
    mine = actor is not None and case.turn_organisation_id == actor.organisation.pk
    return "warning" if mine else "progress"


def step_url(case: Case, step: str) -> str:
    """The page on which ``step`` is taken: its own, or the plain confirmation page."""
    page = actions.page_for(case.kind, step)
    if page is not None:
        try:
            return reverse(page, kwargs={"number": case.number})
        except NoReverseMatch:
            pass
    return reverse("cases:step", kwargs={"number": case.number, "step": step})


def step_links(case: Case, actor: Actor | None) -> list[dict[str, Any]]:
    """The steps on offer to ``actor``: name, label, url, whether ready, and the problems in the way."""
    return [
        {
            "name": step.transition.name,
            "label": step.transition.label,
            "url": step_url(case, step.transition.name),
            "ready": step.ready,
            "adverse": step.transition.reason,
            "problems": step.problems,
        }
        for step in offered_steps(case, actor)
    ]


def offered_steps(case: Case, actor: Actor | None) -> list[Step]:
    """The steps ``actor`` may take that have a way to be taken: a page, a service, or nothing asked but a reason.

    A step whose document or detail only its own page can bring is never offered without that page.
    """
    return [step for step in steps_for(case, actor) if has_way(case.kind, step)]


def has_way(kind: str, step: Step) -> bool:
    name = step.transition.name
    return bool(actions.page_for(kind, name) or actions.service_for(kind, name) or step.transition.reason)
