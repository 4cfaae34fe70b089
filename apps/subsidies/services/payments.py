"""A request for tranches: drafted, changed, sent and taken back by the institution. A tranche has one request at a time."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.guards import base_is_live
from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import perform
from apps.subsidies.enums import AwardState
from apps.subsidies.models import Award, FundPayment, PaymentItem, Tranche
from apps.subsidies.services import payment_checks

OWN_ROLES = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


@dataclass(frozen=True)
class Payee:
    """The account the money goes to, and what it is for in a word."""

    name: str
    account: str
    bank: str
    purpose: str = ""


def offered_tranches(award: Award) -> list[Tranche]:
    """Every tranche of the award that is not cancelled, with its line and the payment that has it. One query."""
    found = Tranche.objects.filter(line__award=award, is_cancelled=False)
    return list(found.select_related("line", "payment__case").order_by("line__position", "seq"))


def remembered_payee(award: Award) -> Payee:
    """The account of the institution's last request; before the first, its name alone."""
    last = FundPayment.objects.filter(award__base=award.base_id, case__institution=award.base.institution_id)
    last = last.order_by("-pk").first()
    if last is None:
        return Payee(award.base.institution_name, "", "")
    return Payee(award.base.institution_name, last.payee_account, last.payee_bank)


def request_with_key(key: uuid.UUID, actor: Actor) -> FundPayment | None:
    """The request of the actor's institution that the form with ``key`` made already."""
    found = FundPayment.objects.filter(request_key=key, case__institution=actor.organisation)
    return found.select_related("case").first()


def open_request(
    award: Award, actor: Actor, key: uuid.UUID, tranches: Collection[int], payee: Payee
) -> tuple[FundPayment, bool]:
    """Open a request for ``tranches`` (primary keys) as a draft; says whether it is new.

    ``key`` comes with the form: the same form a second time, or twice at once, brings the first request back.
    Raises NotPermitted for anybody but the award's institution; Blocked where the award is not active, a tranche is not
    due, or another request has it: then nothing is made.
    """
    made = request_with_key(key, actor)
    if made is not None:
        return made, False
    _require_own(award, actor)
    try:
        return _open(award, actor, key, tranches, payee), True
    except IntegrityError:
        made = request_with_key(key, actor)  # the same form at the same moment
        with scopes_disabled():  # a key of another institution's, of which nothing is said
            spent = FundPayment.objects.filter(request_key=key).exists()
        if made is None and spent:
            raise Blocked(Problem("key_spent", "本页面已失效，没有保存，请重新打开申请页面后填写。")) from None
        if made is None:
            raise
        return made, False
    except Blocked:
        made = request_with_key(key, actor)  # the same form a moment earlier has these very tranches
        if made is None:
            raise
        return made, False


def _open(award: Award, actor: Actor, key: uuid.UUID, tranches: Collection[int], payee: Payee) -> FundPayment:
    with transaction.atomic():
        wanted = _wanted(award, tranches)
        _refuse_taken(wanted, None)
        case = open_base_case(
            award.base,
            CaseKind.FUND_PAYMENT,
            f"{award.base.institution_name}申请拨款",
            actor,
            label="填写拨款申请",
            year=timezone.localdate().year,
            rulebook_key=award.case.rulebook_key,
        )
        payment = FundPayment.objects.create(
            case=case,
            award=award,
            authority_id=case.authority_id,
            request_key=key,
            payee_name=payee.name,
            payee_account=payee.account,
            payee_bank=payee.bank,
            purpose=payee.purpose,
        )
        _take(payment, wanted)
    return payment


def edit_request(
    case: Case, actor: Actor, tranches: Collection[int], payee: Payee, *, version: int | None = None
) -> Act:
    """Change a draft: tranches left out are free again. Raises WrongState when it was changed since ``version``."""

    def change(locked: Case, act: Act) -> None:
        if version is not None and locked.version - 1 != version:
            raise WrongState(
                Problem(
                    "conflict", "您填写期间，本申请已由他人修改，没有保存。您填写的内容保留在下面，请核对后再保存。"
                )
            )
        payment = locked.fund_payment
        wanted = _wanted(payment.award, tranches)
        _refuse_taken(wanted, payment)
        free(payment, keep=[one.pk for one in wanted])
        payment.items.exclude(tranche__in=wanted).delete()
        payment.payee_name, payment.payee_account, payment.payee_bank = payee.name, payee.account, payee.bank
        payment.purpose = payee.purpose
        payment.save(update_fields=["payee_name", "payee_account", "payee_bank", "purpose"])
        _take(payment, wanted)

    return perform(case, "edit", actor, change=change)


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the request to the finance side."""

    def change(locked: Case, act: Act) -> None:
        payment = locked.fund_payment
        payment.return_text = ""
        payment.save(update_fields=["return_text"])
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)

    return perform(case, "submit", actor, reason=reason, change=change, data=_facts(case.fund_payment))


def withdraw(case: Case, actor: Actor, reason: str = "") -> Act:
    """Take the request back: its tranches may be asked for again."""
    return perform(case, "withdraw", actor, reason=reason, change=lambda locked, act: free(locked.fund_payment))


def discontinue(case: Case, actor: Actor, reason: str = "") -> Act:
    """Break the request off, the base having ended."""
    return perform(case, "discontinue", actor, reason=reason, change=lambda locked, act: free(locked.fund_payment))


def free(payment: FundPayment, keep: Iterable[int] = ()) -> None:
    """Let the payment's tranches go, those in ``keep`` (primary keys) apart. Call inside perform()'s change."""
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        Tranche.objects.filter(payment=payment.pk).exclude(pk__in=list(keep)).update(payment=None)


def _facts(payment: FundPayment) -> dict[str, object]:
    """What was asked for, kept in the act: fen by tranche, and the account."""
    return {
        "amount_fen": payment.amount_fen,
        "tranches": {str(one.tranche_id): one.amount_fen for one in payment.items.all()},
        "payee_name": payment.payee_name,
        "payee_account": payment.payee_account,
    }


def _require_own(award: Award, actor: Actor) -> None:
    if actor.organisation.pk != award.base.institution_id or not actor.has(*OWN_ROLES):
        raise NotPermitted(Problem("not_permitted", "须由受资助基地的建设单位申请拨款。"))
    if award.case.state != AwardState.ACTIVE:
        label = AwardState(award.case.state).label
        raise Blocked(Problem("award_not_active", f"资助现为“{label}”，使用方案审核同意、开始执行后才能申请拨款。"))
    problems = base_is_live(award.case, actor)
    if problems:
        raise Blocked(*problems)


def _wanted(award: Award, tranches: Collection[int]) -> list[Tranche]:
    """The award's tranches asked for, as they are now. Raises Blocked for none, and for one that is not due."""
    found = Tranche.objects.filter(line__award=award, pk__in=list(tranches), is_cancelled=False)
    wanted = list(found.select_related("line", "payment__case").order_by("line__position", "seq"))
    if len(wanted) != len(set(tranches)):
        raise Blocked(Problem("tranche_lost", "所选拨款期次已取消或调整，请重新选择。", where="tranches"))
    if not wanted:
        raise Blocked(Problem("no_tranche", "请至少选择一期拨款。", where="tranches"))
    late = [(one, payment_checks.waits_for(one)) for one in wanted]
    problems = [
        Problem("not_due", f"{payment_checks.name_of(one)}{told}。", (one.article,) if one.article else (), "tranches")
        for one, told in late
        if told
    ]
    if problems:
        raise Blocked(*problems)
    return wanted


def _refuse_taken(wanted: Iterable[Tranche], payment: FundPayment | None) -> None:
    """Raise Blocked, naming the other request, where one has a tranche already."""
    own = payment.pk if payment is not None else None
    problems = [_taken(one) for one in wanted if one.payment_id is not None and one.payment_id != own]
    if problems:
        raise Blocked(*problems)


def _taken(tranche: Tranche) -> Problem:
    holder = tranche.payment
    number = holder.case.number if holder is not None else ""
    message = f"{payment_checks.name_of(tranche)}已由拨款申请（{number}）占用，同一期次不能重复申请。"
    return Problem("tranche_taken", message, (tranche.article,) if tranche.article else (), "tranches")


def _take(payment: FundPayment, wanted: Iterable[Tranche]) -> None:
    """Claim every tranche for the payment and write its items and sum. Raises Blocked where somebody was faster."""
    total = 0
    for tranche in wanted:
        if tranche.payment_id != payment.pk and not claim(payment, tranche):
            again = Tranche.objects.select_related("line", "payment__case").get(pk=tranche.pk)
            raise Blocked(_taken(again))
        amount = Tranche.objects.values_list("amount_fen", flat=True).get(pk=tranche.pk)
        PaymentItem.objects.update_or_create(payment=payment, tranche=tranche, defaults={"amount_fen": amount})
        total += amount
    payment.amount_fen = total
    payment.save(update_fields=["amount_fen"])


def claim(payment: FundPayment, tranche: Tranche) -> bool:
    """Compare-and-swap: the tranche is the payment's if nobody had it. False where somebody was faster."""
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        free_one = Tranche.objects.filter(pk=tranche.pk, payment__isnull=True, is_cancelled=False)
        return bool(free_one.update(payment=payment))
