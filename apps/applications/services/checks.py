"""Examining the evidence condition by condition: what was declared and found, the files, and the officer's verdict."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState, Stage, Verdict
from apps.applications.guards import OPINION_STAGES
from apps.applications.models import Application, ItemCheck
from apps.cases.models import Act, Attachment, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case, may
from apps.jurisdictions.rulebooks import registry

EXAMINABLE = (ApplicationState.EXAMINING, ApplicationState.RECOMMENDING)
EVIDENCE = "evidence:"


@dataclass(frozen=True)
class Item:
    """A condition under examination.

    ``finding`` is the frozen one (dict as stored), ``files`` the evidence for it, ``check`` this stage's verdict,
    ``earlier`` verdicts of the stages before; ``outdated`` when the applicant has corrected the form since ``check``.
    """

    code: str
    title: str
    articles: tuple[str, ...]
    summary: str
    finding: dict[str, Any]
    files: tuple[Attachment, ...]
    check: ItemCheck | None
    earlier: tuple[ItemCheck, ...]
    outdated: bool


def stage_of(case: Case) -> Stage:
    """The stage whose opinion is being prepared or signed. Raises WrongState elsewhere on the road."""
    stage = OPINION_STAGES.get(ApplicationState(case.state))
    if stage is None:
        raise WrongState(Problem("wrong_state", "本件不在审查、推荐环节，不能办理。"))
    return stage


def items_of(application: Application, stage: str) -> list[Item]:
    """The conditions the evaluation found something in, in the order of the text. Three queries."""
    findings = {finding["code"]: finding for finding in application.evaluation.get("findings", [])}
    files = _files_by_condition(application)
    checks: dict[str, list[ItemCheck]] = defaultdict(list)
    for check in application.checks.select_related("checked_by", "organisation").order_by("checked_at"):
        checks[check.item].append(check)
    corrected = _last_correction(application)
    items = []
    for condition in registry.by_key(application.case.rulebook_key).conditions:
        if condition.code not in findings:
            continue
        own = next((check for check in checks[condition.code] if check.stage == stage), None)
        items.append(
            Item(
                code=condition.code,
                title=condition.title,
                articles=tuple(condition.articles),
                summary=condition.summary,
                finding=findings[condition.code],
                files=tuple(files[condition.code]),
                check=own,
                earlier=tuple(check for check in checks[condition.code] if check.stage != stage),
                outdated=own is not None and corrected is not None and own.checked_at < corrected,
            )
        )
    return items


def doubts(application: Application) -> list[ItemCheck]:
    """The verdicts of doubt of every stage, oldest first."""
    found = application.checks.filter(verdict=Verdict.DOUBT).select_related("organisation", "checked_by")
    return list(found.order_by("checked_at"))


def record_check(case: Case, actor: Actor, item: str, verdict: str, note: str = "") -> ItemCheck:
    """Keep the officer's verdict on one condition; the latest replaces the one before.

    Raises WrongState or NotPermitted where no opinion is being prepared by the actor, Blocked for an unknown item or
    verdict and for a doubt without a note.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        if locked.state not in EXAMINABLE:
            raise WrongState(Problem("wrong_state", "意见已提交签署或本件已转出，核查结论不能再改。"))
        if not may(locked, "propose_opinion", actor):
            raise NotPermitted(Problem("not_permitted", "您当前的组织或角色不能核查本件。"))
        application = locked.application
        problems = _problems(application, item, verdict, note)
        if problems:
            raise Blocked(*problems)
        check, _ = ItemCheck.objects.update_or_create(
            application=application,
            stage=stage_of(locked),
            item=item,
            defaults={
                "verdict": verdict,
                "note": note.strip(),
                "checked_by": actor.user,
                "organisation": actor.organisation,
            },
        )
    return check


def _problems(application: Application, item: str, verdict: str, note: str) -> list[Problem]:
    known = {finding["code"] for finding in application.evaluation.get("findings", [])}
    where = f"check:{item}"
    if item not in known:
        return [Problem("item_unknown", "没有这一条件，请刷新页面后重试。", where=where)]
    if verdict not in Verdict.values:
        return [Problem("verdict_missing", "请选择“认可”或“存疑”。", where=where)]
    if verdict == Verdict.DOUBT and not note.strip():
        return [Problem("note_missing", "存疑的条件须写明疑点，供本单位负责人、认定机关和专家查看。", where=where)]
    return []


def _files_by_condition(application: Application) -> dict[str, list[Attachment]]:
    files: dict[str, list[Attachment]] = defaultdict(list)
    attachments = Attachment.objects.filter(
        case=application.pk, purpose__startswith=EVIDENCE, removed_at__isnull=True
    ).order_by("pk")
    for attachment in attachments:
        files[attachment.purpose.removeprefix(EVIDENCE)].append(attachment)
    return files


def _last_correction(application: Application) -> dt.datetime | None:
    acts = Act.objects.filter(case=application.pk, name="resubmit").order_by("-seq")
    return acts.values_list("at", flat=True).first()
