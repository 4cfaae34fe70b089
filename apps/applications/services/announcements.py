"""Announcing recognitions in one document: the bases enter the register, plaques follow where the text has one."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState
from apps.applications.models import Application, Round
from apps.applications.services import wording
from apps.bases.models import Base
from apps.bases.services import record_event, register_base
from apps.cases.models import Act, Case, Document
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform, road_of
from apps.documents.rendering import Annex, DocumentContent, Imprint, Paragraph, Table
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry


def announceable(rnd: Round) -> list[Application]:
    """Applications whose recognition is signed and not announced, by number."""
    return list(
        Application.objects.filter(round=rnd, case__state=ApplicationState.DECIDED)
        .select_related("case__institution", "case__authority", "recommender")
        .order_by("case__number")
    )


def announce(case: Case, actor: Actor, reason: str = "") -> Act:
    """Announce every signed recognition of the round ``case`` in one document; register the bases, issue plaques.

    Raises Blocked when there is none to announce.
    """
    rnd = case.round
    applications = announceable(rnd)
    if not applications:
        raise Blocked(Problem("nothing_to_announce", "没有已签发、待公布的认定决定。"))

    def change(locked: Case, act: Act) -> None:
        today = timezone.localdate(act.at)
        institutions = [application.case.institution for application in applications]
        document = issue(
            locked,
            act,
            "recognition_announcement",
            _content(locked, act, applications),
            issuer=locked.authority,
            public=True,
            deliver_to=institutions,
        )
        for application in applications:
            _recognise(application, actor, document, today)

    return perform(case, "announce", actor, reason=reason, data={"count": len(applications)}, change=change)


def file_with_superior(case: Case, actor: Actor, reason: str = "") -> Act:
    """The superior authority files a recognition made below it; the base's history says so."""

    def change(locked: Case, act: Act) -> None:
        base = locked.base
        if base is not None:
            record_event(base, act, "filed", "上级备案", timezone.localdate(act.at), actor.organisation.name)

    return perform(case, "file", actor, reason=reason, change=change)


def _recognise(application: Application, actor: Actor, document: Document, today: dt.date) -> None:
    road = road_of(application.case)

    def change(locked: Case, act: Act) -> None:
        base = register_base(
            locked,
            act,
            road,
            level=application.level,
            field=application.field,
            managing_unit=application.recommender,
            contact_phone=locked.institution.phone,
            document=document,
            on=today,
        )
        if road.plaque is not None:
            _issue_plaque(locked, act, base)

    perform(application.case, "announce", actor, data={"document": document.number}, change=change)


def _issue_plaque(case: Case, act: Act, base: Base) -> None:
    road = road_of(case)
    content = DocumentContent(
        title=road.plaque.text,
        date=base.recognised_on,
        addressee=base.institution_name,
        level=base.level_label,
        signature_organisation=case.authority.name,
    )
    issue(case, act, "plaque", content, issuer=case.authority, addressee=case.institution)


def _content(case: Case, act: Act, applications: list[Application]) -> DocumentContent:
    rulebook = registry.by_key(case.rulebook_key)
    road = road_of(case)
    rows = tuple(
        (str(index), item.case.institution.name, item.field, item.recommender.name if item.recommender else "—")
        for index, item in enumerate(applications, 1)
    )
    table = Table(columns=("序号", "单位名称", "领域", "推荐单位"), rows=rows, widths=(3, 14, 7, 10))
    articles = list(dict.fromkeys([road.review.article, *act.articles]))
    lead = (
        f"经审核和{wording.reviewed_by(road)}，决定认定{applications[0].case.institution.name}"
        + (f"等{len(applications)}家单位" if len(applications) > 1 else "")
        + f"为{road.base_name}，现予公布，名单附后。"
    )
    duty = "各基地建设单位应当依照有关规定运行和管理基地，按时报送年度计划，接受检查考核。"
    return DocumentContent(
        title=f"关于公布{case.title}\n认定结果的通知",
        date=timezone.localdate(act.at),
        addressee="各有关单位",
        body=(Paragraph(lead), Paragraph(duty)),
        legal_basis=wording.legal_basis(rulebook, articles),
        annexes=(Annex(title=f"{road.base_name}名单", blocks=(table,)),),
        imprint=Imprint(printed_by=case.authority.name, printed_on=timezone.localdate(act.at)),
    )
