"""Rectification lifted, running, overdue and failed; revocation in hearing, signed and settled, and overturned."""

from __future__ import annotations

import datetime as dt

from apps.cases.models import Case
from apps.cases.workflow.engine import perform, road_of
from apps.inspections.enums import OverturnedBy, RectificationConclusion, RevocationConclusion, Settlement, Verdict
from apps.inspections.models import Rectification
from apps.inspections.services import aftermath, rectifications, restorations, revocations, sanction_rechecks
from apps.inspections.services.sanction_grounds import rectification_sanction, ways_to_revoke
from apps.inspections.services.terms import expire_sanction_terms
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.people import RESTORED, Life, Member
from apps.portal.demo.life.plans import YEAR

DIRECT_FACTS = "经查，该基地于五月以基地名义举办未经批准的收费班两期，超标准收费，并向未参训人员发放证书。"
FAILED_FACTS = "限期整改期满后复查，两名学员学时与签到仍然不符，培训档案缺页未补齐，整改未达标。"


def add_sanction_lines(life: Life) -> None:
    """What became of the bases that did not keep to the text."""
    life.agenda.add(_lifted(life, life.member("lifted")))
    life.agenda.add(_running(life, life.member("rectifying")))
    life.agenda.add(_overdue(life, life.member("overdue")))
    life.agenda.add(_heard(life, life.member("heard")))
    life.agenda.add(_revoked(life, life.member("revoked")))
    if life.plays(RESTORED):
        life.agenda.add(_restored(life, life.member(RESTORED)))


def case_of(pk: int) -> Case:
    """The case as it stands now."""
    return Case.objects.select_related("institution", "authority", "jurisdiction", "base").get(pk=pk)


def due_on(pk: int) -> dt.date:
    """The last day of an order that has been signed."""
    return Rectification.objects.values_list("due_on", flat=True).get(pk=pk)  # type: ignore[return-value]


def order(life: Life, member: Member, days: int, *, from_inspection: bool = False) -> int:
    """An order to rectify, drawn up by the officer and signed by the head; returns the key of its case."""
    followed = rectifications.inspections_to_follow(member.base)[:1] if from_inspection else []
    if followed:
        drafted = rectifications.drafted_from(followed[0])
        facts, items = drafted.facts, drafted.items
    else:
        facts = "接群众反映并经核查，部分班次的签到与登记学时不一致，收费标准未在报名处公示。"
        items = [rectifications.Item("核对并更正签到与登记学时"), rectifications.Item("在报名处和网站公示收费标准")]
    grounds = rectification_sanction(life.rules).grounds[:1]
    given = rectifications.Order(grounds, facts, days, items)
    inspection = followed[0] if followed else None
    pk = rectifications.open_order(member.base, life.officer, given, inspection=inspection).pk
    perform(case_of(pk), "propose_order", life.officer)
    rectifications.sign_order(case_of(pk), life.head)
    return pk


def report(member: Member, pk: int, *, finished: bool = True) -> None:
    """The base tells what it has done of each item; when ``finished`` its head submits the report."""
    told = {
        item.pk: rectifications.Progress("已核对更正，情况见附件。" if finished else "正在核对。", finished)
        for item in case_of(pk).rectification.items.all()
    }
    text = "各项整改已完成，建立了开班前、结业后两次核对的制度。"
    rectifications.record_progress(case_of(pk), member.editor, told, text)
    if finished:
        rectifications.submit_report(case_of(pk), member.head)


def recheck(life: Life, pk: int, conclusion: str, extended_to: dt.date | None = None) -> None:
    """The re-inspection of each item and what the officer proposes to the head."""
    case = case_of(pk)
    met = conclusion == RectificationConclusion.LIFT
    found = (Verdict.MEETS, "已改正。") if met else (Verdict.FAILS, "两名学员学时与签到仍然不符。")
    verdicts = {item.pk: found for item in case.rectification.items.all()}
    texts = {
        RectificationConclusion.LIFT: "各项复查均符合要求。",
        RectificationConclusion.EXTEND: "签到已补齐，学时核对涉及外单位，确需延长。",
        RectificationConclusion.FAIL: "期满复查仍不符合要求。",
    }
    sanction_rechecks.record_recheck(
        case, life.officer, rechecked_on=life.clock.day, recheck="两名经办人到场查阅档案。", verdicts=verdicts
    )
    sanction_rechecks.propose_conclusion(
        case_of(pk),
        life.officer,
        conclusion=conclusion,
        text=texts[RectificationConclusion(conclusion)],
        extended_to=extended_to,
    )


def failed(life: Life, member: Member, begins: dt.date, days: int) -> Line:
    """A rectification from its order to the finding that the base still does not comply."""
    yield on(begins)
    pk = order(life, member, days, from_inspection=True)
    last_day = due_on(pk)
    yield on(last_day, 16)
    report(member, pk)
    yield on(last_day + dt.timedelta(days=3))
    recheck(life, pk, RectificationConclusion.FAIL)
    yield on(last_day + dt.timedelta(days=5))
    sanction_rechecks.sign_failure(case_of(pk), life.head)


def notify(life: Life, member: Member, hearing_days: int) -> int:
    """The notice before a revocation, on the first way the text leaves open; returns the key of its case."""
    way = next(way for way in ways_to_revoke(member.base, life.rules) if not way.problem)
    facts = FAILED_FACTS if way.rectification else DIRECT_FACTS
    grounds = way.sanction.grounds[:1] if way.rectification else way.sanction.grounds
    notice = revocations.Notice(facts, grounds, hearing_days)
    pk = revocations.open_revocation(member.base, life.officer, way.code, notice).pk
    perform(case_of(pk), "propose_notice", life.officer)
    revocations.sign_notice(case_of(pk), life.head)
    return pk


def decide(life: Life, member: Member) -> Line:
    """A revocation from the notice to the signature; the base asks for a hearing and has it."""
    pk = notify(life, member, 10)
    yield on(life.clock.day + dt.timedelta(days=6))
    statement = "所列事实基本属实，但收费已全部退还，请求从轻处理，并要求听证。"
    revocations.save_statement(case_of(pk), member.editor, statement, wants_hearing=True)
    revocations.submit_statement(case_of(pk), member.head)
    yield on(life.clock.day + dt.timedelta(days=5))
    record = "法制审核人主持，听取了该基地负责人的陈述，核对了退费凭证和签到原件。"
    revocations.record_hearing(case_of(pk), life.officer, record)
    yield on(life.clock.day + dt.timedelta(days=2))
    revocations.propose_decision(
        case_of(pk),
        life.officer,
        conclusion=RevocationConclusion.REVOKE,
        reasons="事实清楚，证据确凿，退还收费不改变违规办班、发证的性质。",
        answer="退费情节已予核实；其余理由不足以推翻所认定的事实，不予采纳。",
    )
    yield on(life.clock.day + dt.timedelta(days=3))
    revocations.pass_legal_review(case_of(pk), life.legal, "事实清楚，依据正确，程序合法，同意。")
    yield on(life.clock.day + dt.timedelta(days=2))
    revocations.sign_revocation(case_of(pk), life.head)


def revoke(life: Life, member: Member, begins: dt.date) -> Line:
    """Directly where the text has it, else after a rectification that failed."""
    yield on(begins)
    if all(way.problem for way in ways_to_revoke(member.base, life.rules)):
        yield from failed(life, member, begins, 20)
        yield on(life.clock.day + dt.timedelta(days=3))
    yield from decide(life, member)


def settle(life: Life, member: Member) -> Line:
    """After the decision: the plaque comes back, every running case is settled, the procedure is closed."""
    pk = member.base.revocations.latest("case_id").pk
    yield on(life.clock.day + dt.timedelta(days=7))
    if road_of(case_of(pk)).plaque is not None and member.base.status == "revoked":
        aftermath.record_plaque(case_of(pk), life.officer, returned_on=life.clock.day)
    for running in aftermath.unsettled_cases(case_of(pk).revocation):
        decision = Settlement.DISCONTINUE if aftermath.can_discontinue(running) else Settlement.CONTINUE
        reason = "基地资格终止，尚未开班，终止办理。"
        aftermath.settle_case(case_of(pk), life.officer, running.number, decision=decision, reason=reason)
    yield on(life.clock.day + dt.timedelta(days=1))
    perform(case_of(pk), "close", life.officer)


def _lifted(life: Life, member: Member) -> Line:
    """Extended once with a reason, then lifted."""
    yield on(dt.date(YEAR, 5, 20))
    pk = order(life, member, 30, from_inspection=True)
    yield on(dt.date(YEAR, 6, 12))
    report(member, pk)
    yield on(dt.date(YEAR, 6, 16))
    recheck(life, pk, RectificationConclusion.EXTEND, dt.date(YEAR, 7, 20))
    sanction_rechecks.sign_extension(case_of(pk), life.head)
    yield on(dt.date(YEAR, 7, 13))
    report(member, pk)
    yield on(dt.date(YEAR, 7, 16))
    recheck(life, pk, RectificationConclusion.LIFT)
    sanction_rechecks.sign_lift(case_of(pk), life.head)


def _running(life: Life, member: Member) -> Line:
    yield on(life.today - dt.timedelta(days=18))
    pk = order(life, member, 45)
    yield on(life.today - dt.timedelta(days=6))
    report(member, pk, finished=False)


def _overdue(life: Life, member: Member) -> Line:
    yield on(life.today - dt.timedelta(days=50))
    pk = order(life, member, 30)
    yield on(due_on(pk) + dt.timedelta(days=1), 1)
    life.sweep(expire_sanction_terms)


def _heard(life: Life, member: Member) -> Line:
    yield from failed(life, member, dt.date(YEAR, 8, 3), 45)
    yield on(life.today - dt.timedelta(days=4))
    notify(life, member, 10)


def _revoked(life: Life, member: Member) -> Line:
    yield from revoke(life, member, dt.date(YEAR, 6, 8))
    yield from settle(life, member)


def _restored(life: Life, member: Member) -> Line:
    """Revoked, overturned on reconsideration, restored with its history."""
    yield from revoke(life, member, dt.date(YEAR, 6, 15))
    yield on(dt.date(YEAR, 9, 15))
    instrument = restorations.Instrument(
        OverturnedBy.RECONSIDERATION,
        "演示行政复议机关",
        "演示复决〔2026〕6号（虚构）",
        dt.date(YEAR, 9, 10),
        "复议认定，收费班系同一单位的另一机构举办，与该基地无关，原决定撤销。",
        "active",
    )
    pk = restorations.open_restoration(member.base, life.officer, instrument, [evidence_file("复议决定书.pdf")]).pk
    perform(case_of(pk), "propose", life.officer)
    yield on(dt.date(YEAR, 9, 17))
    restorations.sign_restoration(case_of(pk), life.head)
    yield from settle(life, member)
