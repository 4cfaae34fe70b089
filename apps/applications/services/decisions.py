"""Decisions: prepared by an officer, reviewed, signed by the head; one by one or for a whole round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState, Conclusion
from apps.applications.models import Application, Decision, Round
from apps.applications.services import wording
from apps.applications.services.opinion_documents import numbered
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem, WorkflowError
from apps.cases.workflow.engine import perform, road_of, steps_for
from apps.documents.rendering import DocumentContent, Paragraph, Section
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry
from apps.panels.services.concluded import resolution_on

SIGNATURES = {Conclusion.POSITIVE: "sign_recognition", Conclusion.NEGATIVE: "sign_non_recognition"}


@dataclass(frozen=True)
class Preview:
    """One applicant of a round's decision: what would be done, and what stands in the way."""

    application: Application
    step: str
    problems: tuple[Problem, ...]


def suggested(application: Application) -> tuple[str, str, list[str]]:
    """A conclusion with reasons and articles to start from: what the review concluded, in words."""
    road = road_of(application.case)
    articles = [road.review.article, *([road.publicity.article] if road.publicity else []), road.recognition_article]
    articles = list(dict.fromkeys(articles))
    reviewed = f"经{wording.reviewed_by(road)}"
    findings = _review_findings(application)
    if application.review_passed:
        return Conclusion.POSITIVE, f"经审核，符合申报条件；{reviewed}，通过评审。{findings}", articles
    return Conclusion.NEGATIVE, f"{reviewed}，未通过评审。{findings}", articles


def _conclusion(application: Application) -> str:
    return Conclusion.POSITIVE if application.review_passed else Conclusion.NEGATIVE


def _review_findings(application: Application) -> str:
    """What the review found, in words: the panel's votes and opinion, else what the officer recorded of the review."""
    resolution = resolution_on(application.case)
    if resolution is not None:
        votes = f"同意{resolution.votes_for}票、不同意{resolution.votes_against}票、弃权{resolution.votes_abstain}票"
        return f"平均分{resolution.average}分，{votes}。评审意见：{resolution.reasons}"
    step = application.review_steps.filter(duty="review").first()
    return f"评审意见：{step.record}" if step is not None and step.record else ""


def prepare(
    case: Case, actor: Actor, *, conclusion: str, reasons: str, articles: Sequence[str], reason: str = ""
) -> Act:
    """Prepare the decision; the findings frozen at submission go into it."""
    with transaction.atomic():
        application = case.application
        Decision.objects.update_or_create(
            application=application,
            defaults={
                "conclusion": conclusion,
                "reasons": reasons.strip(),
                "articles": list(articles),
                "findings": application.evaluation.get("findings", []),
                "prepared_by": actor.user,
            },
        )
        fresh = Case.objects.get(pk=case.pk)
        act = perform(
            fresh, "prepare_decision", actor, reason=reason, articles=articles, data={"conclusion": conclusion}
        )
    case.refresh_from_db()
    return act


def review(case: Case, actor: Actor, reason: str = "") -> Act:
    """Pass a prepared decision on to the head."""
    return perform(case, "review_decision", actor, reason=reason, articles=case.application.decision.articles)


def sign(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the decision as prepared. A refusal to recognise issues its own document with reasons and remedies."""
    decision = case.application.decision
    step = SIGNATURES[Conclusion(decision.conclusion)]

    def change(locked: Case, act: Act) -> None:
        if decision.conclusion == Conclusion.NEGATIVE:
            content = _non_recognition(locked, act, decision)
            issue(locked, act, "non_recognition", content, issuer=locked.authority, addressee=locked.institution)

    return perform(
        case,
        step,
        actor,
        reason=reason,
        articles=decision.articles,
        data={"conclusion": decision.conclusion, "reasons": decision.reasons},
        change=change,
    )


def decidable(rnd: Round, state: str) -> list[Application]:
    """The round's applications in ``state``, by number, with what the preview shows."""
    return list(
        Application.objects.filter(round=rnd, case__state=state)
        .select_related("case__institution", "case__authority", "decision__prepared_by", "recommender")
        .order_by("case__number")
    )


def preview_signatures(rnd: Round, actor: Actor) -> list[Preview]:
    """Every application of the round that waits for the signature, with what would happen to each."""
    rows = []
    for application in decidable(rnd, ApplicationState.DECISION_REVIEWED):
        wanted = SIGNATURES[Conclusion(application.decision.conclusion)]
        step = next((step for step in steps_for(application.case, actor) if step.transition.name == wanted), None)
        problems = step.problems if step else (Problem("not_permitted", "您不能签发本件。"),)
        rows.append(Preview(application, wanted, problems))
    return rows


def preparable(rnd: Round) -> list[tuple[Application, str]]:
    """Applications a decision can be prepared for now, with the conclusion the review suggests, by number."""
    states = [ApplicationState.REVIEWED, ApplicationState.NOTICE_DONE]
    publicity = road_of(rnd.case).publicity
    applications = (
        Application.objects.filter(round=rnd, case__state__in=states)
        .select_related("case__institution", "recommender")
        .order_by("case__number")
    )
    return [
        (item, _conclusion(item))
        for item in applications
        if not (publicity and item.review_passed and item.case.state == ApplicationState.REVIEWED)
    ]


def prepare_round(rnd: Round, actor: Actor, numbers: Iterable[str]) -> list[Act]:
    """Prepare decisions for the applications ``numbers`` as the review suggests: all of them, or none."""

    def take(application: Application) -> Act:
        conclusion, reasons, articles = suggested(application)
        return prepare(application.case, actor, conclusion=conclusion, reasons=reasons, articles=articles)

    return _all_or_none([item for item, _ in preparable(rnd)], numbers, take)


def review_round(rnd: Round, actor: Actor, numbers: Iterable[str]) -> list[Act]:
    """Pass the prepared decisions of the applications ``numbers`` on to the head: all of them, or none."""
    prepared = decidable(rnd, ApplicationState.DECISION_PREPARED)
    return _all_or_none(prepared, numbers, lambda application: review(application.case, actor))


def sign_round(rnd: Round, actor: Actor, numbers: Iterable[str]) -> list[Act]:
    """Sign the decisions of the applications ``numbers`` of the round at once: all of them, or none."""
    reviewed = decidable(rnd, ApplicationState.DECISION_REVIEWED)
    return _all_or_none(reviewed, numbers, lambda application: sign(application.case, actor))


def _all_or_none(
    applications: list[Application], numbers: Iterable[str], take: Callable[[Application], Act]
) -> list[Act]:
    """Raises the first WorkflowError, its message naming the applicant, or one that names who left the list."""
    wanted = set(numbers)
    if not wanted:
        raise Blocked(Problem("nothing_chosen", "请至少选择一件。"))
    acts = []
    with transaction.atomic():
        for application in applications:
            if application.case.number in wanted:
                acts.append(_named(application, take))
                wanted.discard(application.case.number)
        if wanted:
            left = "、".join(sorted(wanted))
            raise Blocked(Problem("list_changed", f"以下办件的状态已变化，请刷新后核对：{left}。"))
    return acts


def _named(application: Application, take: Callable[[Application], Act]) -> Act:
    try:
        return take(application)
    except WorkflowError as error:
        name = application.case.institution.name
        told = [Problem(p.code, f"{name}：{p.message}", p.articles, p.where) for p in error.problems]
        raise type(error)(*told) from error


def _non_recognition(case: Case, act: Act, decision: Decision) -> DocumentContent:
    rulebook = registry.by_key(case.rulebook_key)
    road = road_of(case)
    return DocumentContent(
        title=f"关于不予认定{case.institution.name}为\n{road.base_name}的决定",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(f"你单位提交的《{road.application_form_title}》（办件编号{case.number}）收悉，现已审查完毕。"),
            *numbered(
                Section(
                    "事实和理由",
                    (Paragraph(decision.reasons), wording.findings_table(rulebook, decision.findings)),
                ),
                Section("决定", (Paragraph(f"决定不予认定你单位为{road.base_name}。"),)),
            ),
        ),
        legal_basis=wording.legal_basis(rulebook, decision.articles),
        remedies=wording.remedies(case.authority),
    )
