"""The decision on an application for money: proposed with a sum per line, agreed by the finance side, signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.models import Organisation
from apps.bases.guards import base_is_live
from apps.bases.models import Base
from apps.bases.services import lock_base
from apps.cases.enums import PartyRole
from apps.cases.models import Act, Case, CaseParty
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.documents.services import issue
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import Conclusion
from apps.subsidies.models import Award, UsePlanLine
from apps.subsidies.services import award_documents, cap_exceptions, sums
from apps.subsidies.services.cycles import unchanged_since
from apps.subsidies.workflow.people import funding_of, scheme_of

MOST_ITEMS = 50
LONGEST_ITEM = 1000


@dataclass(frozen=True)
class Proposal:
    """What an officer proposes: a conclusion with reasons and, for a grant, what each line gets in fen, by key."""

    conclusion: str
    reasons: str
    sums: Mapping[str, int] = field(default_factory=dict)


def return_for_correction(case: Case, actor: Actor, items: Sequence[str]) -> Act:
    """Send the application back with what has to be changed, item by item. Raises Blocked where nothing is said."""
    told = told_items(items)

    def change(locked: Case, act: Act) -> None:
        _write(locked.pk, return_text="\n".join(told))

    return perform(case, "return_for_correction", actor, reason="；".join(told), data={"items": told}, change=change)


def told_items(items: Sequence[str]) -> list[str]:
    """The items without blank ones. Raises Blocked where none is left or one is too long."""
    told = [text.strip() for text in items if text.strip()]
    if not told:
        raise Blocked(Problem("items_missing", "请逐项写明须要修改的内容，每行一项。", where="items"))
    if len(told) > MOST_ITEMS or any(len(text) > LONGEST_ITEM for text in told):
        message = f"最多{MOST_ITEMS}项，每项不超过{LONGEST_ITEM}字。"
        raise Blocked(Problem("items_too_long", message, where="items"))
    return told


def propose(case: Case, actor: Actor, proposal: Proposal, *, version: int | None = None) -> Act:
    """Put a decision forward to the finance side; what was signed of an exception before is void.

    Raises Blocked for what :func:`decision_problems` finds, and for a sum above what its line asked for.
    """
    with transaction.atomic():
        fresh = lock_case(case.pk)
        granted = _granted(fresh, proposal)
        for line in fresh.use_plan_lines.all():
            line.granted_fen = granted.get(line.key)
            line.save(update_fields=["granted_fen"])
        values = {"conclusion": proposal.conclusion, "reasons": proposal.reasons.strip(), "finance_opinion": ""}
        _write(fresh.pk, **values, proposed_fen=sum(granted.values()))
        cap_exceptions.void(fresh.pk)
        data = {"conclusion": proposal.conclusion, "proposed_fen": sum(granted.values())}
        act = perform(
            lock_case(case.pk),
            "propose_decision",
            actor,
            data=data,
            change=lambda locked, done: unchanged_since(locked, version),
        )
    case.refresh_from_db()
    return act


def _granted(case: Case, proposal: Proposal) -> dict[str, int]:
    """The sum of each line that gets one. Raises Blocked for a sum above its line or of a line there is not."""
    if proposal.conclusion != Conclusion.GRANT:
        return {}
    asked = {line.key: line for line in case.use_plan_lines.all()}
    article = (funding_of(case).article,)
    problems = []
    for key, fen in proposal.sums.items():
        if key not in asked:
            problems.append(Problem("line_unknown", "支出项目已变动，请刷新页面后重新填写。", where="sums"))
        elif not 0 <= fen <= asked[key].amount_fen:
            message = f"“{asked[key].item}”拟资助{yuan(fen)}，不能超过申请金额{yuan(asked[key].amount_fen)}。"
            problems.append(Problem("above_asked", message, article, f"sum-{key}"))
    if problems:
        raise Blocked(*problems)
    return {key: proposal.sums.get(key, 0) for key in asked}


def decision_problems(award: Award) -> list[Problem]:
    """A conclusion with reasons; a grant rests on the experts' review and stays within what was asked and is left."""
    award = Award.objects.select_related("case", "cycle__case").get(pk=award.pk)
    article = (funding_of(award.case).article,)
    problems = []
    if award.conclusion not in Conclusion.values:
        problems.append(Problem("conclusion_missing", "请选择予以资助或者不予资助。", article, "conclusion"))
    if not award.reasons.strip():
        problems.append(Problem("reasons_missing", "请写明理由。", article, "reasons"))
    if award.conclusion == Conclusion.GRANT:
        problems += _grant_problems(award, article)
    return problems


def _grant_problems(award: Award, article: tuple[str, ...]) -> list[Problem]:
    problems = []
    if not award.panel_passed:
        told = "未通过专家评审" if award.panel_passed is False else "尚无专家评审结论"
        problems.append(Problem("panel_not_passed", f"本申请{told}，经专家评审通过后方可资助。", article, "conclusion"))
    lines = list(UsePlanLine.objects.filter(case_id=award.pk))
    total = sum(line.granted_fen or 0 for line in lines)
    if not total:
        problems.append(Problem("nothing_granted", "予以资助的，至少一个支出项目的资助金额须大于零。", article, "sums"))
    if total != award.proposed_fen:
        problems.append(Problem("sums_differ", "各项资助金额合计与拟资助金额不一致，请重新拟定。", article, "sums"))
    needing = {use.category: use.article for use in scheme_of(award.case).uses if use.needs_finance_approval}
    for line in lines:
        if line.granted_fen and line.category in needing and not line.finance_approval.strip():
            message = f"“{line.item}”须经财政部门批准，没有批准文号的不能资助。"
            problems.append(Problem("approval_missing", message, (needing[line.category],), f"sum-{line.key}"))
    left = award.cycle.budget_fen - award.cycle.granted_fen
    if award.granted_fen == 0 and total > left:
        problems.append(_beyond_budget(award, total))
    return [*problems, *cap_exceptions.recorded_problems(award)]


def _beyond_budget(award: Award, total: int) -> Problem:
    left = award.cycle.budget_fen - award.cycle.granted_fen
    message = f"本次拟资助{yuan(total)}，超过“{award.cycle.title}”尚可安排的{yuan(left)}。"
    return Problem("budget_exceeded", message, (funding_of(award.case).article,), "sums")


def agree_finance(case: Case, actor: Actor, opinion: str) -> Act:
    """The finance side agrees with the proposed decision, with its opinion."""
    if not opinion.strip():
        raise Blocked(Problem("opinion_missing", "请填写财务审核意见。", where="opinion"))

    def change(locked: Case, act: Act) -> None:
        _write(locked.pk, finance_opinion=opinion.strip())

    return perform(case, "agree_finance", actor, reason=opinion, change=change)


def return_from_finance(case: Case, actor: Actor, reason: str) -> Act:
    """The finance side sends the proposed decision back, with the reason."""

    def change(locked: Case, act: Act) -> None:
        _write(locked.pk, finance_opinion=reason.strip())

    return perform(case, "return_from_finance", actor, reason=reason, change=change)


def sign_award(case: Case, actor: Actor, reason: str = "") -> Act:
    """Grant the award: set the sum aside, issue the decision, open the first use plan.

    The base is held while its cap is counted, so that two awards of one base follow one another. Raises Blocked where
    the cap or the cycle's budget was used up meanwhile.
    """

    def change(locked: Case, act: Act) -> None:
        base = _hold(locked)
        award = Award.objects.select_related("case", "base", "cycle__case").get(pk=locked.pk)
        problems = [*base_is_live(locked, actor), *cap_exceptions.cap_problems(award)]
        if problems:
            raise Blocked(*problems)
        try:
            sums.grant(award, act, award.proposed_fen)
        except sums.Overdrawn as error:
            award.cycle.refresh_from_db()
            raise Blocked(_beyond_budget(award, award.proposed_fen)) from error
        _write(locked.pk, granted_on=timezone.localdate(act.at))
        award.refresh_from_db()
        content = award_documents.granted(award, act)
        copies = managing_unit(base)
        issue(
            locked,
            act,
            "award_decision",
            content,
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=copies,
        )
        let_in(locked, PartyRole.MANAGING_UNIT)
        _open_first_plan(award, act)

    return perform(case, "sign_award", actor, reason=reason, data=_as_proposed(case), change=change)


def sign_decline(case: Case, actor: Actor, reason: str = "") -> Act:
    """Decline the application, with the reasons and the remedies."""

    def change(locked: Case, act: Act) -> None:
        award = Award.objects.select_related("case", "base", "cycle__case").get(pk=locked.pk)
        content = award_documents.declined(award, act)
        issue(locked, act, "award_declined", content, issuer=locked.authority, addressee=locked.institution)

    return perform(case, "sign_decline", actor, reason=reason, change=change)


def managing_unit(base: Base) -> list[Organisation]:
    """The base's managing unit, told by a copy; empty where it has none."""
    return [base.managing_unit] if base.managing_unit is not None else []


def let_in(case: Case, *parts: str) -> None:
    """Open the case to the organisations that hold one of ``parts``, from now on."""
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        for party in CaseParty.objects.filter(case=case, active=False):
            if set(parts) & set(party.roles):
                CaseParty.objects.filter(pk=party.pk).update(active=True)


def _hold(case: Case) -> Base:
    """The case's base, its row held to the end of the transaction."""
    if case.base_id is None:
        raise LookupError(f"award {case.number} has no base")
    case.base = lock_base(case.base_id)
    return case.base


def _open_first_plan(award: Award, act: Act) -> None:
    from apps.subsidies.services.plan_drafting import open_first_plan

    open_first_plan(award, None, act)


def _as_proposed(case: Case) -> dict[str, int]:
    return {"granted_fen": case.award.proposed_fen}


def _write(pk: int, **values: object) -> None:
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        Award.objects.filter(pk=pk).update(**values)
