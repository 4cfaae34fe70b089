"""On what grounds a base is ordered to rectify or revoked: the case's own text decides, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from apps.bases.models import Base, BaseStatus
from apps.cases.enums import CaseKind
from apps.cases.workflow import Problem
from apps.cases.workflow.engine import rules_of
from apps.inspections.enums import RectificationState, RestorationState, RevocationState
from apps.inspections.models import Rectification, Restoration, Revocation
from apps.inspections.services.sanction_effects import LEAST_HEARING_DAYS, MOST_TERM_DAYS
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.rulebooks.supervision import GROUND_LABELS, Sanction

DISORDER = "disorderly_classes_fees_certificates"
"""Without this no text revokes directly: a breach of the rules on plans counts only where it led to disorder."""
UNDER_ORDER = (
    RectificationState.ORDERED,
    RectificationState.REPORTED,
    RectificationState.OVERDUE,
    RectificationState.CONCLUSION_PROPOSED,
)


@dataclass(frozen=True)
class Way:
    """One way to revoke a base: the sanction of the text, and the failed rectification where one must come first."""

    sanction: Sanction
    rectification: Rectification | None
    problem: str = ""

    @property
    def code(self) -> str:
        """What a form sends: the article the way rests on."""
        return self.sanction.article


def rectification_sanction(rulebook: Rulebook) -> Sanction:
    """The text's order to rectify. Every text has one."""
    return next(one for one in rulebook.sanctions if one.code == "rectification")


def revocation_sanction(rulebook: Rulebook, article: str) -> Sanction | None:
    """The text's revocation under ``article``; None where it has none there."""
    return next((one for one in rulebook.sanctions if one.code == "revocation" and one.article == article), None)


def credit_sanction(rulebook: Rulebook, revocation: Revocation) -> Sanction | None:
    """The text's credit record for one of the revocation's grounds; None where the text has none for them."""
    found = (one for one in rulebook.sanctions if one.code == "credit_record" and one.article == revocation.article)
    return next((one for one in found if set(one.grounds) & set(revocation.grounds)), None)


def ways_to_revoke(base: Base, rulebook: Rulebook) -> list[Way]:
    """Every way the text has to revoke ``base``; one that is not open says why."""
    failed, waiting = latest_failed(base), _waits_for_order(base)
    ways = []
    for sanction in rulebook.sanctions:
        if sanction.code != "revocation":
            continue
        if not sanction.rectification_first:
            ways.append(Way(sanction, None))
        elif failed is None:
            ways.append(Way(sanction, None, "须先责令限期整改，期满仍未达标的才可以启动；该基地没有未达标的整改。"))
        else:
            ways.append(Way(sanction, failed, waiting or _used_up(failed)))
    return ways


def latest_failed(base: Base) -> Rectification | None:
    """The base's latest rectification with an outcome, if it failed."""
    outcomes = (RectificationState.LIFTED, RectificationState.FAILED)
    latest = (
        Rectification.objects.filter(base=base, case__state__in=outcomes)
        .select_related("case")
        .order_by("-case__closed_at", "-case_id")
        .first()
    )
    return latest if latest is not None and latest.case.state == RectificationState.FAILED else None


def _waits_for_order(base: Base) -> str:
    """Why no failed rectification counts now: the base was ordered anew and has until the end of that; empty where not."""
    ordered = Rectification.objects.filter(base=base, case__state__in=UNDER_ORDER).select_related("case").first()
    return f"该基地正在限期整改（{ordered.case.number}），须待其有结论后再决定。" if ordered else ""


def _used_up(failed: Rectification, but: int | None = None) -> str:
    """Why a failed rectification cannot be the ground once more; empty where it can."""
    undone = Restoration.objects.filter(
        revocation__rectification=failed, case__state=RestorationState.RESTORED, status_after=BaseStatus.ACTIVE
    )
    if undone.exists():
        return f"据整改（{failed.case.number}）未达标作出的决定已被撤销，不能再以同一事由启动。"
    spent = Revocation.objects.filter(rectification=failed, case__state=RevocationState.NOT_REVOKED)
    if spent.exclude(pk=but).exists():
        return f"对整改（{failed.case.number}）未达标一事已决定不予处理，不能再以同一事由启动。"
    return ""


def ground_problems(revocation: Revocation) -> list[Problem]:
    """What keeps the case from resting on its article: nothing the text says, or no rectification that failed first."""
    sanction = revocation_sanction(rules_of(revocation.case), revocation.article)
    if sanction is None:
        return [Problem("no_such_sanction", "办法没有这一处理依据。", where="article")]
    if not sanction.rectification_first:
        return []
    failed = latest_failed(revocation.base)
    if failed is None or failed.pk != revocation.rectification_id:
        message = "须先责令限期整改，期限内整改仍不达标的，才可以作出这一处理"
        return [
            Problem(
                "rectification_first",
                f"{message}（{cite(sanction.article)}）。",
                (sanction.article,),
                "rectification",
            )
        ]
    spent = _waits_for_order(revocation.base) or _used_up(failed, but=revocation.pk)
    return [Problem("rectification_spent", spent, (sanction.article,), "rectification")] if spent else []


def notice_problems(revocation: Revocation) -> list[Problem]:
    """What the notice before a revocation still lacks."""
    sanction = revocation_sanction(rules_of(revocation.case), revocation.article)
    offered = sanction.grounds if sanction else ()
    article = (revocation.article,)
    problems = []
    if not revocation.facts.strip():
        problems.append(Problem("facts_missing", "请写明事实和证据。", article, "facts"))
    if not revocation.grounds:
        problems.append(Problem("grounds_missing", f"请选择情形（{cite(revocation.article)}）。", article, "grounds"))
    elif set(revocation.grounds) - set(offered):
        problems.append(Problem("grounds_foreign", f"{cite(revocation.article)}没有所选的情形。", article, "grounds"))
    elif sanction is not None and not sanction.rectification_first and DISORDER not in revocation.grounds:
        message = f"未经整改直接处理，须有{GROUND_LABELS[DISORDER]}的情形（{cite(revocation.article)}）。"
        problems.append(Problem("disorder_missing", message, article, "grounds"))
    if not LEAST_HEARING_DAYS <= revocation.hearing_days <= MOST_TERM_DAYS:
        problems.append(
            Problem("hearing_days", f"请指定陈述申辩的天数，不少于{LEAST_HEARING_DAYS}天。", article, "hearing_days")
        )
    return problems


def order_problems(rectification: Rectification) -> list[Problem]:
    """What the order still lacks: its ground from the text, the facts, the items, a term the officer sets."""
    sanction = rectification_sanction(rules_of(rectification.case))
    article = (sanction.article,)
    problems = []
    if rectification.article != sanction.article or set(rectification.grounds) - set(sanction.grounds):
        problems.append(Problem("grounds_foreign", f"{cite(sanction.article)}没有所选的情形。", article, "grounds"))
    if not rectification.grounds:
        problems.append(Problem("grounds_missing", f"请选择情形（{cite(sanction.article)}）。", article, "grounds"))
    if not rectification.facts.strip():
        problems.append(Problem("facts_missing", "请写明事实。", article, "facts"))
    requirements = [item.requirement.strip() for item in rectification.items.all()]
    if not requirements or not all(requirements):
        problems.append(Problem("items_missing", "请逐项写明整改要求，至少一项。", article, "items"))
    if not 1 <= rectification.term_days <= MOST_TERM_DAYS:
        problems.append(Problem("term_missing", f"请指定整改天数（1至{MOST_TERM_DAYS}天）。", article, "term_days"))
    return problems


def ground_labels(codes: list[str]) -> list[str]:
    """Grounds in plain words."""
    return [GROUND_LABELS.get(code, code) for code in codes]


def running_sanction(base: Base, kind: str) -> str:
    """The number of a running rectification or revocation of the base; empty where there is none."""
    found = base.cases.filter(kind=kind, closed_at__isnull=True).values_list("number", flat=True).first()
    return found or ""


def one_at_a_time(base: Base, kind: str) -> list[Problem]:
    """A base has one running rectification and one running revocation at most."""
    number = running_sanction(base, kind)
    if not number:
        return []
    return [Problem("already_running", f"该基地已有正在办理的“{CaseKind(kind).label}”（{number}），请继续办理该件。")]
