"""实地考察: what the panel saw at the applicant's site, with photos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases.attachments import attach
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.panels.models import PanelMember, SiteVisit
from apps.panels.services.review_steps import VISIT_DUTY, asks_for_visit, record_review_step
from apps.panels.services.subjects import kind_of_subject
from apps.panels.sitting import Sitting


def record_visit(
    case: Case,
    actor: Actor,
    subject: Case,
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
    recused from the subject, an empty record or a date to come; AttachmentRefused for a photo that is none.
    """

    def change(case: Case, act: Act) -> None:
        problems = _problems(Sitting(case.panel), subject, visited_on, members, record)
        if problems:
            raise Blocked(*problems)
        visit = SiteVisit.objects.create(
            panel=case.panel,
            subject=subject,
            visited_on=visited_on,
            place=place.strip(),
            others=others.strip(),
            record=record.strip(),
            recorded_by=actor.user,
        )
        visit.members.set(members)
        for photo in photos:
            attach(case, photo, visit.photo_purpose, actor.user)
        if asks_for_visit(subject) and subject.state == kind_of_subject(subject).reviewing:
            names = [member.expert.user.name for member in members]
            participants = "、".join([*names, *([others.strip()] if others.strip() else [])])
            record_review_step(
                subject,
                actor,
                VISIT_DUTY,
                done_on=visited_on,
                record=f"考察地点：{place.strip()}。{record.strip()}",
                participants=participants,
            )

    data = {
        "subject": subject.number,
        "visited_on": visited_on.isoformat(),
        "members": [member.pk for member in members],
    }
    return perform(case, "record_visit", actor, data=data, change=change)


def _problems(
    sitting: Sitting, subject: Case, visited_on: dt.date, members: Sequence[PanelMember], record: str
) -> list[Problem]:
    problems = []
    if subject.pk not in {one.pk for one in sitting.subjects}:
        problems.append(
            Problem("not_on_panel", f"该{sitting.kind.words.subject}不在本委员会评审范围内。", where="subject")
        )
    if visited_on > timezone.localdate():
        problems.append(Problem("date_future", "考察日期不能晚于今天。", where="visited_on"))
    if not record.strip():
        problems.append(Problem("record_missing", "请填写考察情况。", where="record"))
    if not members:
        problems.append(Problem("nobody", "请选择参加考察的专家。", where="members"))
    able = {member.pk for member in sitting.able(subject)}
    problems += [
        Problem(
            "visitor_recused",
            f"{member.expert.user.name}对该{sitting.kind.words.subject}须回避，不能参加考察。",
            where="members",
        )
        for member in members
        if member.pk not in able
    ]
    return problems
