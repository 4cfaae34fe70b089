"""A payment from its request to the bank's proof and back: each step by the right person, each sum once."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from apps.accounts.actors import actor_for
from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.cases.models import Case, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.subsidies.models import AwardLine, FundPayment, LedgerEntry, Tranche
from apps.subsidies.services import payment_steps, payments, sums
from tests.factories import make_case
from tests.subsidies.building import Funding, accept_line, active_award, make_payment, move

pytestmark = pytest.mark.django_db
ADVANCE = 7_500_001


def fresh(payment):
    return Case.objects.get(pk=payment.pk)


def payee(funding, **changes):
    values = {"name": funding.base.institution_name, "account": "6222 0000-1111 2222 333", "bank": "测试银行"}
    return payments.Payee(**(values | changes))


def advance(award):
    return Tranche.objects.get(line__award=award, when="advance")


def request(funding, award, key=None, **changes):
    return payments.open_request(
        award, funding.editor, key or uuid.uuid4(), [advance(award).pk], payee(funding, **changes)
    )


@pytest.fixture
def funding():
    return Funding()


@pytest.fixture
def award(funding):
    return active_award(funding)


def line_of(award):
    return AwardLine.objects.get(award=award, item="实训设备")


def sums_now(award):
    line = line_of(award)
    return line.approved_fen, line.paid_fen, line.advanced_fen


def messages(caught):
    return [problem.message for problem in caught.value.problems]


def test_payment_is_asked_for_checked_approved_and_paid_each_by_its_person(funding, award):
    payment, is_new = request(funding, award)
    assert (is_new, payment.amount_fen, advance(award).payment_id) == (True, ADVANCE, payment.pk)
    payments.submit(fresh(payment), funding.head)
    payment_steps.check(fresh(payment), funding.finance, "与方案一致")
    payment_steps.approve(fresh(payment), funding.office["head"])
    assert sums_now(award) == (ADVANCE, 0, 0)
    notice = Document.objects.get(case=payment.pk, kind="payment_notice")
    assert (notice.addressee, notice.legal_basis) == (funding.institution, ["37"])
    payment_steps.record_payment(
        fresh(payment), funding.finance, reference=" Ｂ2026-0001 ", paid_on=timezone.localdate()
    )
    assert sums_now(award) == (ADVANCE, ADVANCE, ADVANCE)
    payment.refresh_from_db()
    assert (payment.bank_reference, payment.paid_by, fresh(payment).state) == (
        "B2026-0001",
        funding.finance.user,
        "paid",
    )


def test_same_form_twice_is_one_request(funding, award):
    key = uuid.uuid4()
    first, _ = request(funding, award, key)
    again, is_new = request(funding, award, key)
    assert (again.pk, is_new) == (first.pk, False)
    assert (FundPayment.objects.count(), Case.objects.filter(kind="fund_payment").count()) == (1, 1)


def test_key_of_another_institutions_form_is_refused_and_says_nothing_of_it(funding, award):
    other = Funding()
    key = uuid.uuid4()
    first, _ = request(other, active_award(other), key)
    with pytest.raises(Blocked, match="本页面已失效") as caught:
        request(funding, award, key)
    assert first.case.number not in messages(caught)[0]
    assert advance(award).payment_id is None


def test_refusal_is_told_with_reason_article_and_remedies(funding, award):
    payment = make_payment(funding, award, state="checked")
    payment_steps.refuse(fresh(payment), funding.office["head"], "发票抬头与建设单位不一致")
    document = Document.objects.get(case=payment.pk)
    assert (document.kind, document.addressee, document.legal_basis) == (
        "payment_refusal",
        funding.institution,
        ["37"],
    )
    assert "发票抬头与建设单位不一致" in str(document.content)
    assert "行政复议" in document.remedies
    assert advance(award).payment_id is None


@pytest.mark.parametrize(("step", "role"), [("check", Role.FINANCE_OFFICER), ("approve", Role.AUTHORITY_HEAD)])
def test_who_sent_the_request_neither_checks_nor_approves_it_in_a_later_post(funding, award, step, role):
    payment, _ = request(funding, award)
    payments.submit(fresh(payment), funding.head)
    if step == "approve":
        payment_steps.check(fresh(payment), funding.finance)
    Membership.objects.create(user=funding.head.user, organisation=funding.authority, role=role)
    moved = actor_for(funding.head.user, funding.authority)
    assert moved.has(role)
    with pytest.raises(NotPermitted):
        perform(fresh(payment), step, moved)


def test_tranche_of_another_request_is_refused_by_its_number(funding, award):
    first, _ = request(funding, award)
    with pytest.raises(Blocked) as caught:
        request(funding, award)
    assert messages(caught) == [f"“实训设备”第1期已由拨款申请（{first.case.number}）占用，同一期次不能重复申请。"]
    assert FundPayment.objects.count() == 1


def test_tranche_after_acceptance_waits_for_it(funding, award):
    later = Tranche.objects.get(line__item="高级研修班")
    with pytest.raises(Blocked) as caught:
        payments.open_request(award, funding.editor, uuid.uuid4(), [later.pk], payee(funding))
    assert messages(caught) == ["“高级研修班”第1期须待“高级研修班”通过验收后拨付（第三十七条）。"]
    assert caught.value.problems[0].articles == ("37",)
    accept_line(later.line)
    payment, _ = payments.open_request(award, funding.editor, uuid.uuid4(), [later.pk], payee(funding))
    assert payment.amount_fen == 16_000_000


def test_another_institution_cannot_ask(funding, award):
    other = Funding()
    with pytest.raises(NotPermitted):
        payments.open_request(award, other.editor, uuid.uuid4(), [advance(award).pk], payee(other))
    assert advance(award).payment_id is None


def test_award_that_is_not_active_pays_nothing(funding, award):
    payment, _ = request(funding, award)
    move(award.case, "settlement_proposed")
    with pytest.raises(Blocked) as caught:
        payments.submit(fresh(payment), funding.head)
    assert messages(caught) == ["资助现为“待批准结清”，不能拨款。"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "别的公司"}, "不能拨付给其他单位或个人"),
        ({"account": "62二2"}, "收款账号应为 6 至 34 位数字。"),
        ({"bank": " "}, "请填写开户银行。"),
    ],
)
def test_payee_must_be_the_institution_itself(funding, award, changes, message):
    payment, _ = request(funding, award, **changes)
    with pytest.raises(Blocked) as caught:
        payments.submit(fresh(payment), funding.head)
    assert message in "".join(messages(caught))
    assert fresh(payment).state == "draft"


def test_request_above_its_tranche_is_refused(funding, award):
    payment = make_payment(funding, award, state="submitted")
    Tranche.objects.filter(payment=payment).update(amount_fen=ADVANCE - 1)
    with pytest.raises(Blocked) as caught:
        payment_steps.check(fresh(payment), funding.finance)
    assert messages(caught) == ["“实训设备”第1期现为75,000.00元，申请的是75,000.01元，请重新选择。"]


def test_request_above_what_acceptance_recognised_is_refused(funding, award):
    payment = make_payment(funding, award, state="checked")
    accept_line(line_of(award), 5_000_000)
    with pytest.raises(Blocked) as caught:
        payment_steps.approve(fresh(payment), funding.office["head"])
    assert messages(caught) == ["“实训设备”尚可批准50,000.00元，申请75,000.01元，超出部分不能拨付。"]
    assert sums_now(award) == (0, 0, 0)


@pytest.mark.parametrize("ending", ["withdraw", "refuse"])
def test_tranche_is_free_again_when_its_request_ends(funding, award, ending):
    payment = make_payment(funding, award, state="submitted" if ending == "withdraw" else "checked")
    if ending == "withdraw":
        payments.withdraw(fresh(payment), funding.head, "另行申请")
    else:
        payment_steps.refuse(fresh(payment), funding.office["head"], "材料不符")
    assert advance(award).payment_id is None
    assert request(funding, award)[1] is True


def test_editing_lets_go_of_the_tranches_left_out(funding, award):
    training = Tranche.objects.get(line__item="高级研修班")
    accept_line(training.line)
    payment, _ = request(funding, award)
    payments.edit_request(fresh(payment), funding.editor, [training.pk], payee(funding))
    payment.refresh_from_db()
    assert (advance(award).payment_id, payment.amount_fen) == (None, 16_000_000)
    assert list(payment.items.values_list("tranche", "amount_fen")) == [(training.pk, 16_000_000)]


def test_editing_what_somebody_else_changed_is_refused(funding, award):
    payment, _ = request(funding, award)
    case = fresh(payment)
    payments.edit_request(case, funding.editor, [advance(award).pk], payee(funding), version=0)
    with pytest.raises(WrongState):
        payments.edit_request(case, funding.head, [advance(award).pk], payee(funding, bank="另一银行"), version=0)
    payment.refresh_from_db()
    assert payment.payee_bank == "测试银行"


@pytest.mark.parametrize("person", ["officer", "finance", "legal"])
def test_only_a_head_approves(funding, award, person):
    payment = make_payment(funding, award, state="checked")
    with pytest.raises(NotPermitted):
        payment_steps.approve(fresh(payment), funding.office[person])
    assert sums_now(award) == (0, 0, 0)


def test_reference_of_another_payment_is_refused_by_its_number(funding, award):
    first = make_payment(funding, award, state="paid", bank_reference="R1")
    training = Tranche.objects.get(line__item="高级研修班")
    accept_line(training.line)
    second = make_payment(funding, award, [training], state="approved")
    with pytest.raises(Blocked) as caught:
        payment_steps.record_payment(fresh(second), funding.finance, reference="R1", paid_on=timezone.localdate())
    assert messages(caught) == [
        f"银行流水号R1已登记于拨款（{first.case.number}），一笔银行付款只能登记一次，请核对回单。"
    ]
    assert fresh(second).state == "approved"


def test_reference_of_another_authority_does_not_stand_in_the_way(funding, award):
    other = Funding()
    make_payment(other, active_award(other), state="paid", bank_reference="R1")
    payment = make_payment(funding, award, state="approved")
    payment_steps.record_payment(fresh(payment), funding.finance, reference="R1", paid_on=timezone.localdate())
    assert fresh(payment).state == "paid"


@pytest.mark.parametrize(("days", "message"), [(1, "支付日期不能晚于今天。"), (-1, "支付日期早于批准日期")])
def test_day_of_payment_lies_between_approval_and_today(funding, award, days, message):
    payment = make_payment(funding, award, state="checked")
    payment_steps.approve(fresh(payment), funding.office["head"])
    day = timezone.localdate() + dt.timedelta(days=days)
    with pytest.raises(Blocked, match=message):
        payment_steps.record_payment(fresh(payment), funding.finance, reference="R1", paid_on=day)


@pytest.mark.parametrize("step", ["approve", "pay", "reverse"])
def test_crash_in_the_middle_leaves_nothing_half_done(funding, award, step, monkeypatch):
    state = {"approve": "checked", "pay": "approved", "reverse": "paid"}[step]
    payment = make_payment(funding, award, state=state, bank_reference="R1" if step == "reverse" else "")
    if step == "reverse":
        payment_steps.propose_reversal(fresh(payment), funding.finance, "重复")
    before = sums_now(award), LedgerEntry.objects.count(), fresh(payment).act_count, fresh(payment).state
    name = {"approve": "approve", "pay": "pay", "reverse": "undo_payment"}[step]
    real = getattr(sums, name)

    def crash(*args):
        real(*args)
        raise RuntimeError("power cut")

    monkeypatch.setattr(sums, name, crash)
    with pytest.raises(RuntimeError, match="power cut"):
        if step == "approve":
            payment_steps.approve(fresh(payment), funding.office["head"])
        elif step == "pay":
            payment_steps.record_payment(fresh(payment), funding.finance, reference="R9", paid_on=timezone.localdate())
        else:
            payment_steps.sign_reversal(fresh(payment), funding.office["head"])
    assert (sums_now(award), LedgerEntry.objects.count(), fresh(payment).act_count, fresh(payment).state) == before
    payment.refresh_from_db()
    assert payment.bank_reference == ("R1" if step == "reverse" else "")
    assert advance(award).payment_id == payment.pk
    assert not Document.objects.filter(case=payment.pk).exists()


def test_recording_twice_is_refused_and_posted_once(funding, award):
    payment = make_payment(funding, award, state="approved")
    payment_steps.record_payment(fresh(payment), funding.finance, reference="R1", paid_on=timezone.localdate())
    with pytest.raises(WrongState):
        payment_steps.record_payment(fresh(payment), funding.finance2, reference="R2", paid_on=timezone.localdate())
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
    assert sums_now(award) == (ADVANCE, ADVANCE, ADVANCE)


def test_reversal_is_signed_by_another_and_frees_tranche_and_reference(funding, award):
    payment = make_payment(funding, award, state="approved")
    payment_steps.record_payment(fresh(payment), funding.finance, reference="R1", paid_on=timezone.localdate())
    payment_steps.propose_reversal(fresh(payment), funding.finance, "误登记")
    with pytest.raises(NotPermitted):
        payment_steps.sign_reversal(fresh(payment), funding.finance)
    payment_steps.sign_reversal(fresh(payment), funding.office["head"])
    payment.refresh_from_db()
    assert (fresh(payment).state, sums_now(award), payment.bank_reference) == ("reversed", (0, 0, 0), "")
    assert advance(award).payment_id is None
    assert LedgerEntry.objects.filter(reverses__key=f"payment:{payment.pk}:pay").count() == 1
    assert fresh(payment).acts.get(name="record_payment").data["bank_reference"] == "R1"
    assert payment.items.get().amount_fen == ADVANCE


def test_reversal_of_a_payment_demanded_back_is_refused(funding, award):
    payment = make_payment(funding, award, state="paid", bank_reference="R1")
    AwardLine.objects.filter(award=award, item="实训设备").update(demanded_fen=1)
    with pytest.raises(Blocked) as caught:
        payment_steps.propose_reversal(fresh(payment), funding.finance, "误登记")
    assert messages(caught) == ["“实训设备”已要求缴回0.01元，本笔拨款不能再冲回。"]


def test_reversal_of_an_advance_accepted_since_is_refused(funding, award):
    payment = make_payment(funding, award, state="paid", bank_reference="R1")
    accept_line(line_of(award))
    with pytest.raises(Blocked) as caught:
        payment_steps.propose_reversal(fresh(payment), funding.finance, "误登记")
    assert messages(caught) == ["“实训设备”已通过验收，验收前拨付的本笔款项不能再冲回。"]


def test_reversal_sent_back_returns_to_where_it_was(funding, award):
    payment = make_payment(funding, award, state="paid", bank_reference="R1")
    payment_steps.propose_reversal(fresh(payment), funding.finance, "误登记")
    perform(fresh(payment), "send_back_reversal", funding.office["head"], reason="无误")
    assert (fresh(payment).state, sums_now(award)) == ("paid", (ADVANCE, ADVANCE, ADVANCE))


def rectification(funding, state, due, *, closed=False):
    from apps.inspections.models import Rectification

    case = make_case("rectification", funding.authority, institution=funding.institution, base=funding.base)
    case.state, case.opened_at = state, timezone.now()
    case.closed_at = timezone.now() if closed else None
    case.save()
    Rectification.objects.create(case=case, base=funding.base, article="23", facts="事实", term_days=30, due_on=due)
    return case


def test_overdue_rectification_holds_the_payment_and_is_named(funding, award):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    held_by = rectification(funding, "overdue", yesterday)
    payment, _ = request(funding, award)
    with pytest.raises(Blocked) as caught:
        payments.submit(fresh(payment), funding.head)
    title = funding.cycle.title
    assert messages(caught) == [f"限期整改（{held_by.number}）已逾期；按“{title}”的规定，办妥前暂缓拨款。"]
    funding.cycle.hold_for_overdue_rectification = False
    funding.cycle.save()
    payments.submit(fresh(payment), funding.head)
    assert fresh(payment).state == "submitted"


def test_failed_rectification_holds_the_payment(funding, award):
    held_by = rectification(funding, "failed", timezone.localdate(), closed=True)
    payment, _ = request(funding, award)
    with pytest.raises(Blocked, match=f"限期整改（{held_by.number}）未达标"):
        payments.submit(fresh(payment), funding.head)


def test_rectification_within_its_term_holds_nothing(funding, award):
    rectification(funding, "ordered", timezone.localdate())
    payment, _ = request(funding, award)
    payments.submit(fresh(payment), funding.head)
    assert fresh(payment).state == "submitted"
