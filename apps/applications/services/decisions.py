"""Decisions: prepared by an officer, reviewed, signed by the head; one by one or for a whole round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState, Conclusion
from apps.applications.models import Application, Decision, Round
from apps.applications.services import wording
from apps.cases.models import Act, Case
from apps.cases.workflow import Problem, WorkflowError
from apps.cases.workflow.engine import perform, road_of, steps_for
from apps.documents.rendering import DocumentContent, Paragraph
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry

SIGNATURES = {Conclusion.POSITIVE: "sign_recognition", Conclusion.NEGATIVE: "sign_non_recognition"}


@dataclass(frozen=True)
class Preview:
    """One applicant of a round's decision: what would be done, and what stands in the way."""

    application: Application
    step: str
    problems: tuple[Problem, ...]


def suggested(application: Application) -> tuple[str, str, list[str]]:
    """A conclusion with reasons and articles to start from: what the review concluded, in words."""
    rulebook = registry.by_key(application.case.rulebook_key)
    road = rulebook.road
    articles = [road.review.article, *([road.publicity.article] if road.publicity else []), road.recognition_article]
    articles = list(dict.fromkeys(articles))
    if application.review_passed:
        return Conclusion.POSITIVE, f"经审核，符合申报条件，并通过{road.review.body_label}评审。", articles
    return Conclusion.NEGATIVE, f"经{road.review.body_label}评审，未通过评审。", articles


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


def sign_round(rnd: Round, actor: Actor, numbers: Iterable[str]) -> list[Act]:
    """Sign the decisions of the applications ``numbers`` of the round at once: all of them, or none.

    Raises the first WorkflowError, its message naming the applicant; then nothing is signed.
    """
    wanted = set(numbers)
    acts = []
    with transaction.atomic():
        for application in decidable(rnd, ApplicationState.DECISION_REVIEWED):
            if application.case.number in wanted:
                acts.append(_signed(application, actor))
                wanted.discard(application.case.number)
        if wanted:
            numbers_left = "、".join(sorted(wanted))
            raise WorkflowError(Problem("list_changed", f"以下办件已不在待签发之列，请刷新后核对：{numbers_left}。"))
    return acts


def _signed(application: Application, actor: Actor) -> Act:
    try:
        return sign(application.case, actor)
    except WorkflowError as error:
        name = application.case.institution.name
        raise type(error)(
            *(Problem(p.code, f"{name}：{p.message}", p.articles, p.where) for p in error.problems)
        ) from error


def _non_recognition(case: Case, act: Act, decision: Decision) -> DocumentContent:
    rulebook = registry.by_key(case.rulebook_key)
    road = road_of(case)
    return DocumentContent(
        title=f"关于不予认定{case.institution.name}为\n{road.base_name}的决定",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(f"你单位提交的《{road.application_form_title}》（办件编号 {case.number}）收悉。现已审查完毕。"),
            Paragraph(f"事实和理由：{decision.reasons}"),
            wording.findings_table(rulebook, decision.findings),
            Paragraph(f"根据{wording.legal_basis(rulebook, decision.articles)[0]}，决定不予认定。"),
        ),
        legal_basis=wording.legal_basis(rulebook, decision.articles),
        remedies=wording.remedies(case.authority),
    )
