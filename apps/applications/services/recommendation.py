"""Examination and recommendation: the opinion drafted by an officer, signed by the head, the quota kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.models import Organisation
from apps.applications.enums import ApplicationState, Conclusion, Stage, Verdict
from apps.applications.models import Application, Opinion, RecommendationQuota
from apps.applications.services import opinion_documents, returns
from apps.applications.services.checks import EXAMINABLE, stage_of
from apps.applications.services.submission import start_intake_clock
from apps.cases import attachments
from apps.cases.actions import register_page, register_service
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Attachment, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case, may, perform, road_of
from apps.documents.services import issue
from apps.jurisdictions.rulebooks.roads import RecommendationStage

RECHECK_PURPOSE = "recheck"
OPINION_FIELDS = ("conclusion", "text", "recheck")


class OpinionChanged(Exception):
    """Somebody saved the draft after the writer had read it; ``opinion`` is what is stored now."""

    def __init__(self, opinion: Opinion) -> None:
        self.opinion = opinion
        super().__init__("意见稿已由他人修改")


def road_stage(case: Case) -> RecommendationStage:
    """The stage of the case's road that is being examined or signed. Raises WrongState elsewhere on the road."""
    code = stage_of(case)
    return next(stage for stage in road_of(case).recommendation if stage.code == code)


def opinion_of(case: Case, stage: str) -> Opinion | None:
    return Opinion.objects.filter(application=case.pk, stage=stage).select_related("prepared_by", "signed_by").first()


def opinion_version(opinion: Opinion | None) -> int:
    """What a writer has seen of the draft: microseconds of its last saving, 0 before the first."""
    if opinion is None:
        return 0
    return int(opinion.prepared_at.timestamp()) * 1_000_000 + opinion.prepared_at.microsecond


def save_opinion(case: Case, actor: Actor, values: dict[str, Any], *, seen: int | None = None) -> Opinion:
    """Keep the draft (keys OPINION_FIELDS), complete or not.

    With ``seen`` (an opinion_version) a draft that somebody saved since is not overwritten: OpinionChanged.
    Raises WrongState or NotPermitted where the actor is not preparing an opinion.
    """
    with transaction.atomic():
        locked = _locked_for_drafting(case, actor)
        stage = stage_of(locked)
        current = opinion_of(locked, stage)
        if seen is not None and current is not None and opinion_version(current) != seen:
            raise OpinionChanged(current)
        given = {name: values[name] for name in OPINION_FIELDS if name in values}
        fields = given | {"organisation": actor.organisation, "prepared_by": actor.user}
        opinion, _ = Opinion.objects.update_or_create(application_id=locked.pk, stage=stage, defaults=fields)
    return opinion


def add_recheck_photo(case: Case, actor: Actor, upload: UploadedFile) -> Attachment:
    """File a photo or record of the on-site recheck. Raises AttachmentRefused, WrongState or NotPermitted."""
    with transaction.atomic():
        locked = _locked_for_drafting(case, actor)
        return attachments.attach(locked, upload, RECHECK_PURPOSE, actor.user, internal=True)


def remove_recheck_photo(case: Case, actor: Actor, attachment_id: int) -> None:
    """Take back a photo while the opinion is still a draft; what an opinion was signed on stays."""
    with transaction.atomic():
        locked = _locked_for_drafting(case, actor)
        photo = Attachment.objects.filter(case=locked, purpose=RECHECK_PURPOSE, pk=attachment_id).first()
        if photo is not None:
            attachments.remove(photo)


def recheck_photos(case: Case) -> list[Attachment]:
    """The photos taken on site for the recheck, in the order they came."""
    photos = Attachment.objects.filter(case=case, purpose=RECHECK_PURPOSE, removed_at__isnull=True)
    return list(photos.select_related("uploaded_by"))


def propose_opinion(case: Case, actor: Actor, values: dict[str, Any], *, seen: int | None = None) -> Act:
    """Put the opinion before the head. What was typed is kept as a draft even where the step is refused.

    Raises OpinionChanged, Blocked (a condition unchecked, conclusion or text missing, recheck missing), and as
    perform() does.
    """
    opinion = save_opinion(case, actor, values, seen=seen)
    missing = opinion_problems(opinion)
    if missing:
        raise Blocked(*missing)
    doubted = opinion.application.checks.filter(stage=opinion.stage, verdict=Verdict.DOUBT).values_list(
        "item", flat=True
    )
    data = {"stage": opinion.stage, "conclusion": opinion.conclusion, "doubts": sorted(doubted)}
    return perform(case, "propose_opinion", actor, data=data)


def opinion_problems(opinion: Opinion) -> list[Problem]:
    """What a draft lacks before the head can be asked to sign it."""
    problems = []
    if opinion.conclusion not in Conclusion.values:
        problems.append(Problem("conclusion_missing", "请选择结论：同意或不同意。", where="conclusion"))
    if not opinion.text.strip():
        problems.append(Problem("opinion_text_missing", "请写明意见；不同意的须写明理由。", where="text"))
    return problems


def return_to_applicant(case: Case, actor: Actor, items: Sequence[returns.Item], note: str = "") -> Act:
    """Send the application back for correction: each item names a section and why; only those reopen."""
    application, stage = case.application, stage_of(case)
    problems = returns.item_problems(application, items)
    if problems:
        raise Blocked(*problems)
    data = {"items": returns.described(application, items)}

    def change(locked: Case, act: Act) -> None:
        returns.save_items(application, act, stage, items)

    return perform(case, "return_to_applicant", actor, reason=note, data=data, change=change)


def sign_agreement(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the opinion that sends the application on, issue it, and take one from the unit's quota.

    Raises Blocked when the quota ran out in the meantime, and as perform() does.
    """
    stage = road_stage(case)

    def change(locked: Case, act: Act) -> None:
        application = locked.application
        opinion = _signed(application, stage.code, act)
        if stage.code == Stage.RECOMMENDATION:
            take_from_quota(application)
        issue(
            locked,
            act,
            _agreement_kind(stage),
            opinion_documents.agreement_content(opinion, stage),
            issuer=actor.organisation,
            addressee=_next_reader(application, stage),
        )
        if locked.state == ApplicationState.INTAKE:
            start_intake_clock(locked)

    return perform(case, "sign_agreement", actor, reason=reason, data={"stage": stage.code}, change=change)


def sign_disagreement(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the opinion that ends the application here; the institution gets it with its reasons."""
    stage = road_stage(case)

    def change(locked: Case, act: Act) -> None:
        opinion = _signed(locked.application, stage.code, act)
        issue(
            locked,
            act,
            opinion_documents.DECLINED,
            opinion_documents.disagreement_content(opinion, stage),
            issuer=actor.organisation,
            addressee=locked.institution,
        )

    return perform(case, "sign_disagreement", actor, reason=reason, data={"stage": stage.code}, change=change)


@register_service(CaseKind.APPLICATION, "send_back_opinion")
def send_back_opinion(case: Case, actor: Actor, reason: str) -> Act:
    """The head does not sign; the officer drafts again, the reason before him."""
    return perform(case, "send_back_opinion", actor, reason=reason)


def take_from_quota(application: Application) -> None:
    """Count one recommendation of the unit in the round, by compare-and-swap: two at once never take the last twice.

    Raises Blocked when none is left. Without a quota the recommendations are counted all the same.
    """
    quota = application.round.quota
    row, _ = RecommendationQuota.objects.get_or_create(
        round=application.round, organisation_id=application.recommender_id
    )
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        rows = RecommendationQuota.objects.filter(pk=row.pk)
        if quota is not None:
            rows = rows.filter(used__lt=quota)
        taken = rows.update(used=F("used") + 1)
    if not taken:
        raise Blocked(Problem("quota_used", f"本批次每个推荐单位限推荐 {quota} 家，贵单位的名额已用完，未能签署。"))


def _agreement_kind(stage: RecommendationStage) -> str:
    return opinion_documents.EXAMINATION if stage.code == Stage.EXAMINATION else opinion_documents.RECOMMENDATION


def _next_reader(application: Application, stage: RecommendationStage) -> Organisation:
    """An examination goes to the recommender, a recommendation to the authority."""
    examined = stage.code == Stage.EXAMINATION and application.recommender is not None
    return application.recommender if examined else application.case.authority


def _signed(application: Application, stage: str, act: Act) -> Opinion:
    opinion = Opinion.objects.select_related("application").get(application=application, stage=stage)
    Opinion.objects.filter(pk=opinion.pk).update(signed_by=act.actor_id, signed_at=act.at)
    opinion.refresh_from_db(fields=["signed_by", "signed_at"])
    return opinion


def _locked_for_drafting(case: Case, actor: Actor) -> Case:
    locked = lock_case(case.pk)
    if locked.state not in EXAMINABLE:
        raise WrongState(Problem("wrong_state", "意见已提交签署或本件已转出，不能再改。"))
    if not may(locked, "propose_opinion", actor):
        raise NotPermitted(Problem("not_permitted", "您当前的组织或角色不能拟定本件的意见。"))
    return locked


def recheck_values(date: dt.date | None, persons: str, findings: str) -> dict[str, str]:
    """The on-site recheck as an opinion stores it; parts not filled in yet are left out."""
    given = {"date": date.isoformat() if date else "", "persons": persons.strip(), "findings": findings.strip()}
    return {name: value for name, value in given.items() if value}


def last_send_back(case: Case) -> Act | None:
    """The head's latest refusal to sign, when it is still the officer's turn because of it."""
    latest = Act.objects.filter(case=case, name__in=["send_back_opinion", "propose_opinion", "resubmit"]).order_by(
        "-seq"
    )
    act = latest.select_related("actor").first()
    return act if act is not None and act.name == "send_back_opinion" else None


register_page(CaseKind.APPLICATION, "return_to_applicant", "applications:return_to_applicant")
register_page(CaseKind.APPLICATION, "propose_opinion", "applications:examine")
register_page(CaseKind.APPLICATION, "sign_agreement", "applications:sign_opinion")
register_page(CaseKind.APPLICATION, "sign_disagreement", "applications:sign_opinion")
