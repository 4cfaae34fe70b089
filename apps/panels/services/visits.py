"""实地考察: what the panel saw at the applicant's site, with photos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.services.for_panels import Application, ApplicationState
from apps.cases.attachments import attach
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.panels.models import PanelMember, SiteVisit
from apps.panels.services.review_steps import VISIT_DUTY, asks_for_visit, record_review_step
from apps.panels.sitting import Sitting


def record_visit(
    case: Case,
    actor: Actor,
    application: Application,
    *,
    visited_on: dt.date,
    place: str,
    members: Sequence[PanelMember],
    record: str,
    others: str = "",
    photos: Sequence[UploadedFile] = (),
) -> Act:
    """Record a visit on the panel's case; where the text asks the review for a visit, that step is recorded too.

    Photos are filed with the panel's case, where the applicant does not see them. Raises Blocked for a member who is
    recused from the application, an empty record or a date to come; AttachmentRefused for a photo that is none.
    """

    def change(case: Case, act: Act) -> None:
        problems = _problems(Sitting(case.panel), application, visited_on, members, record)
        if problems:
            raise Blocked(*problems)
        visit = SiteVisit.objects.create(
            panel=case.panel,
            application=application,
            visited_on=visited_on,
            place=place.strip(),
            others=others.strip(),
            record=record.strip(),
            recorded_by=actor.user,
        )
        visit.members.set(members)
        for photo in photos:
            attach(case, photo, visit.photo_purpose, actor.user)
        if asks_for_visit(application.case) and application.case.state == ApplicationState.IN_REVIEW:
            names = [member.expert.user.name for member in members]
            participants = "、".join([*names, *([others.strip()] if others.strip() else [])])
            record_review_step(
                application.case,
                actor,
                VISIT_DUTY,
                done_on=visited_on,
                record=f"考察地点：{place.strip()}。{record.strip()}",
                participants=participants,
            )

    data = {
        "application": application.case.number,
        "visited_on": visited_on.isoformat(),
        "members": [member.pk for member in members],
    }
    return perform(case, "record_visit", actor, data=data, change=change)


def _problems(
    sitting: Sitting, application: Application, visited_on: dt.date, members: Sequence[PanelMember], record: str
) -> list[Problem]:
    problems = []
    if application.pk not in {one.pk for one in sitting.applications}:
        problems.append(Problem("not_on_panel", "该申报不在本委员会评审范围内。", where="application"))
    if visited_on > timezone.localdate():
        problems.append(Problem("date_future", "考察日期不能晚于今天。", where="visited_on"))
    if not record.strip():
        problems.append(Problem("record_missing", "请填写考察情况。", where="record"))
    if not members:
        problems.append(Problem("nobody", "请选择参加考察的专家。", where="members"))
    able = {member.pk for member in sitting.able(application)}
    problems += [
        Problem("visitor_recused", f"{member.expert.user.name}对该申报须回避，不能参加考察。", where="members")
        for member in members
        if member.pk not in able
    ]
    return problems
