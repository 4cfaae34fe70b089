"""Public notices: the list is frozen and hashed at publication, the days are counted by the rulebook."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState, NoticeState
from apps.applications.models import Application, NoticeEntry, PublicNotice, Round
from apps.applications.services import wording
from apps.cases import clocks
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case
from apps.cases.numbering import case_number
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import add_party, open_case, perform, road_of
from apps.documents.rendering import DocumentContent, Paragraph, Table
from apps.documents.rendering.text import chinese_date
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.errors import InputError


def noticeable(rnd: Round) -> list[Application]:
    """Applications of the round that passed the review and are on no notice yet, by number."""
    return list(
        Application.objects.filter(round=rnd, case__state=ApplicationState.REVIEWED, review_passed=True)
        .exclude(notice_entries__notice__case__state__in=[NoticeState.DRAFT, NoticeState.PUBLISHED])
        .select_related("case__institution", "recommender")
        .order_by("case__number")
    )


def least_days(rnd: Round) -> int:
    """The fewest days a notice of this round may run: the text's minimum, else one."""
    publicity = road_of(rnd.case).publicity
    return publicity.min_days if publicity else 1


def draw_up(
    rnd: Round, actor: Actor, *, title: str, text: str, contact: str, days: int, applications: Iterable[Application]
) -> PublicNotice:
    """Open the case of a notice over ``applications``, still a draft.

    Raises NotPermitted for anybody but an officer of the round's authority, Blocked for too few days or an
    application that may not be on it.
    """
    if not actor.has("authority_officer") or actor.organisation.pk != rnd.case.authority_id:
        raise NotPermitted(Problem("not_permitted", "只有本批次认定机关的经办人可以拟制公示。"))
    chosen = list(applications)
    problems = _draft_problems(rnd, days, chosen)
    if problems:
        raise Blocked(*problems)
    with transaction.atomic():
        case = Case(
            jurisdiction_id=rnd.case.jurisdiction_id,
            kind=CaseKind.PUBLIC_NOTICE,
            number=case_number(rnd.case.jurisdiction_id, CaseKind.PUBLIC_NOTICE, timezone.localdate().year),
            title=title,
            authority=rnd.case.authority,
            rulebook_key=rnd.case.rulebook_key,
            is_sandbox=rnd.case.is_sandbox,
        )
        open_case(case, actor, label="拟制公示")
        add_party(case, rnd.case.authority_id, PartyRole.AUTHORITY, active=True)
        notice = PublicNotice.objects.create(case=case, round=rnd, title=title, text=text, contact=contact, days=days)
        NoticeEntry.objects.bulk_create(NoticeEntry(notice=notice, application=item) for item in chosen)
    return notice


def edit(case: Case, actor: Actor, *, title: str, text: str, contact: str, days: int) -> Act:
    """Change the wording of a notice that is not published yet."""
    problems = _draft_problems(case.public_notice.round, days, [])
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        PublicNotice.objects.filter(pk=locked.pk).update(title=title, text=text, contact=contact, days=days)
        Case.objects.filter(pk=locked.pk).update(title=title)

    return perform(case, "edit", actor, change=change)


def publish(case: Case, actor: Actor, reason: str = "") -> Act:
    """Publish: freeze and hash the list, count the days, issue the notice, move every application on it.

    Raises InputError where the days are too few for the text, CalendarDataMissing for a year without data.
    """
    today = timezone.localdate()
    counted = registry.by_key(case.rulebook_key).publicity(today, case.public_notice.days)
    last_day = dt.date.fromisoformat(counted["last_day"])

    def change(locked: Case, act: Act) -> None:
        notice = locked.public_notice
        entries = _frozen(notice)
        PublicNotice.objects.filter(pk=notice.pk).update(
            starts_on=today,
            last_day=last_day,
            decide_from=dt.date.fromisoformat(counted["decide_from"]),
            entries_frozen=entries,
            list_sha256=list_hash(entries),
        )
        notice.refresh_from_db()
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        issue(locked, act, "public_notice", _content(notice, act), issuer=locked.authority, public=True)
        _start_clock(locked, notice, act)
        for entry in notice.entries.select_related("application__case").order_by("application__case__number"):
            perform(entry.application.case, "publish_notice", actor, data={"notice": locked.number})

    return perform(case, "publish", actor, reason=reason, change=change)


def close(case: Case, actor: Actor, reason: str = "") -> Act:
    """End a notice whose days are over and whose objections are answered; its applications go on to the decision."""

    def change(locked: Case, act: Act) -> None:
        for entry in locked.public_notice.entries.select_related("application__case").order_by("pk"):
            if entry.application.case.state == ApplicationState.IN_NOTICE:
                perform(entry.application.case, "close_notice", actor, data={"notice": locked.number})

    return perform(case, "close", actor, reason=reason, change=change)


def list_hash(entries: list[dict[str, Any]]) -> str:
    """SHA-256 of the frozen list as canonical JSON: anyone can recount it from the public page."""
    text = json.dumps(entries, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _draft_problems(rnd: Round, days: int, chosen: list[Application]) -> list[Problem]:
    problems = []
    try:
        registry.by_key(rnd.case.rulebook_key).publicity(timezone.localdate(), days)
    except InputError as error:
        publicity = road_of(rnd.case).publicity
        articles = (publicity.article,) if publicity else ()
        problems.append(Problem("notice_days", f"公示天数：{error}", articles, "days"))
    allowed = {application.pk for application in noticeable(rnd)}
    problems += [
        Problem(
            "notice_entry", f"{application.case.title} 不能列入公示：须已通过评审且未在其他公示中。", where="entries"
        )
        for application in chosen
        if application.pk not in allowed
    ]
    return problems


def _frozen(notice: PublicNotice) -> list[dict[str, Any]]:
    entries = notice.entries.select_related("application__case__institution", "application__recommender")
    return [
        {
            "number": entry.application.case.number,
            "institution": entry.application.case.institution.name,
            "field": entry.application.field,
            "recommender": entry.application.recommender.name if entry.application.recommender else "",
        }
        for entry in entries.order_by("application__case__number")
    ]


def _content(notice: PublicNotice, act: Act) -> DocumentContent:
    rulebook = registry.by_key(notice.case.rulebook_key)
    rows = tuple(
        (str(index), entry["institution"], entry["field"], entry["recommender"] or "—")
        for index, entry in enumerate(notice.entries_frozen, 1)
    )
    period = f"公示时间：{chinese_date(notice.starts_on)}至{chinese_date(notice.last_day)}（{notice.days}天，公示之日不计入）。"
    how = "公示期间，任何单位和个人如有异议，可以实名通过平台公示页面提交，并附有关证据"
    contact = f"；也可联系：{notice.contact}。" if notice.contact else "。"
    body: list[Any] = [
        Paragraph(notice.text or f"经{wording.reviewed_by(road_of(notice.case))}，现将通过评审的单位名单予以公示。"),
        Table(columns=("序号", "单位名称", "领域", "推荐单位"), rows=rows, widths=(3, 14, 7, 10)),
        Paragraph(period),
        Paragraph(how + contact),
        Paragraph(f"名单校验值（SHA-256）：{notice.list_sha256}"),
    ]
    return DocumentContent(
        title=notice.title,
        date=timezone.localdate(act.at),
        body=tuple(body),
        legal_basis=wording.legal_basis(rulebook, act.articles),
    )


def _start_clock(case: Case, notice: PublicNotice, act: Act) -> None:
    start = notice.starts_on
    days = (notice.last_day - start).days
    clocks.start_clock(
        case,
        "publicity",
        "公示期满",
        notice.last_day,
        basis=ClockBasis.LAW if act.articles else ClockBasis.OFFICER,
        articles=act.articles,
        counted=[start + dt.timedelta(days=offset) for offset in range(1, days + 1)],
        note="自然日，公示之日不计入；末日为休息日的顺延至下一工作日",
    )
