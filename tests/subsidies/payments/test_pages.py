"""The pages of payments and statements: one road through them, what others see, bad input, the number of queries."""

import io
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.enums import Role
from apps.bases.actions import actions_for
from apps.cases.models import Case, Document
from apps.subsidies.models import BankLine, FundPayment, Tranche
from tests.factories import member
from tests.subsidies.bank.files import csv_file, xlsx_file
from tests.subsidies.building import Funding, active_award, make_award, make_payment

pytestmark = pytest.mark.django_db
ACCOUNT = "6222000011112222333"


@pytest.fixture
def funding():
    return Funding()


@pytest.fixture
def award(funding):
    return active_award(funding)


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def step(client, actor, payment, name, **data):
    client.force_login(actor.user)
    return client.post(url(f"payment_{name}", payment.case.number), {"reason": ""} | data)


def filled(funding, award, **changes):
    advance = Tranche.objects.get(line__award=award, when="advance")
    values = {
        "request_key": str(uuid.uuid4()),
        "tranches": [advance.pk],
        "payee_name": funding.base.institution_name,
        "payee_account": ACCOUNT,
        "payee_bank": "测试银行",
        "purpose": "",
    }
    return values | changes


def text(response):
    return response.content.decode()


def import_file(client, actor, file):
    client.force_login(actor.user)
    shown = client.post(url("bank_statement_new"), {"file": file})
    token = re.search(r'name="token" value="([^"]+)"', text(shown))
    assert token, text(shown)
    return client.post(url("bank_statement_take_in"), {"token": token[1]})


def test_payment_is_walked_through_its_pages_to_the_banks_proof(client, funding, award):
    client.force_login(funding.editor.user)
    page = text(client.get(url("payment_new", award.case.number)))
    assert "75,000.01" in page
    assert "须待“高级研修班”通过验收后拨付（第三十七条）" in page
    assert client.post(url("payment_new", award.case.number), filled(funding, award)).status_code == 302
    payment = FundPayment.objects.get()
    assert step(client, funding.head, payment, "submit").status_code == 302
    client.force_login(funding.finance.user)
    shown = text(client.get(url("payment_check", payment.case.number)))
    assert "批准后 ¥75,000.01" in shown
    assert step(client, funding.finance, payment, "check", reason="一致").status_code == 302
    assert step(client, funding.office["head"], payment, "approve").status_code == 302
    assert Document.objects.filter(kind="payment_notice").count() == 1
    day = timezone.localdate().isoformat()
    assert step(client, funding.finance, payment, "record_payment", reference="R1", paid_on=day).status_code == 302
    row = (timezone.localdate().strftime("%Y%m%d"), "R1", "75,000.01", "", funding.base.institution_name, ACCOUNT, "")
    assert import_file(client, funding.finance2, csv_file([row])).status_code == 302
    assert payment.case.number in text(client.get(url("reconciliation")))
    client.force_login(funding.finance.user)
    client.post(url("reconciliation_confirm"))
    assert Case.objects.get(pk=payment.pk).state == "paid"
    client.force_login(funding.finance2.user)
    client.post(url("reconciliation_confirm"))
    assert Case.objects.get(pk=payment.pk).state == "confirmed"
    for actor in (funding.head, funding.finance, funding.office["officer"]):
        client.force_login(actor.user)
        assert "已与对账单核对一致" in text(client.get(reverse("cases:detail", args=[payment.case.number])))


def test_payment_is_reversed_by_its_pages_and_shows_the_counter_entry(client, funding, award):
    payment = make_payment(funding, award, state="paid", bank_reference="R1", paid_on=timezone.localdate())
    assert step(client, funding.finance, payment, "propose_reversal").status_code == 422
    assert step(client, funding.finance, payment, "propose_reversal", reason="误登记").status_code == 302
    assert step(client, funding.office["head"], payment, "sign_reversal").status_code == 302
    client.force_login(funding.finance.user)
    shown = text(client.get(reverse("cases:detail", args=[payment.case.number])))
    assert "已冲回" in shown
    assert len(re.findall(r"冲回第 \d+ 号分录", shown)) == 2


def test_same_form_sent_twice_lands_on_the_first_request(client, funding, award):
    client.force_login(funding.editor.user)
    data = filled(funding, award)
    first = client.post(url("payment_new", award.case.number), data)
    second = client.post(url("payment_new", award.case.number), data)
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert FundPayment.objects.count() == 1


def test_refused_form_keeps_what_was_filled_in(client, funding, award):
    client.force_login(funding.editor.user)
    data = filled(funding, award, tranches=[], payee_bank="测试银行某支行", purpose="购置设备")
    answer = client.post(url("payment_new", award.case.number), data)
    assert answer.status_code == 422
    shown = text(answer)
    assert "请至少选择一期拨款。" in shown
    for kept in ("测试银行某支行", "购置设备", ACCOUNT, data["request_key"]):
        assert f'value="{kept}"' in shown
    assert not FundPayment.objects.exists()


def test_tranche_of_another_request_is_greyed_and_named(client, funding, award):
    other = make_payment(funding, award)
    client.force_login(funding.editor.user)
    shown = text(client.get(url("payment_new", award.case.number)))
    assert f">{other.case.number}</a> 申请" in shown
    assert shown.count("disabled") == 4


def test_account_is_remembered_from_the_last_request(client, funding, award):
    make_payment(funding, award)
    client.force_login(funding.editor.user)
    assert f'value="{ACCOUNT}"' in text(client.get(url("payment_new", award.case.number)))


def test_page_of_a_step_tells_others_that_it_is_not_theirs(client, funding, award):
    payment = make_payment(funding, award, state="approved")
    client.force_login(funding.office["head"].user)
    answer = client.get(url("payment_record_payment", payment.case.number))
    assert answer.status_code == 403
    assert "不能办理这一步" in text(answer)
    assert "确认登记支付" not in text(answer)


def test_who_approved_is_told_that_another_pays(client, funding, award):
    both = member(funding.authority, Role.AUTHORITY_HEAD, Role.FINANCE_OFFICER)
    payment = make_payment(funding, award, state="checked")
    assert step(client, both, payment, "approve").status_code == 302
    shown = text(client.get(url("payment_record_payment", payment.case.number)))
    assert "您已办理过本件的“批准拨款”，“登记支付”须由另一人办理。" in shown
    day = timezone.localdate().isoformat()
    answer = step(client, both, payment, "record_payment", reference="R1", paid_on=day)
    assert (answer.status_code, Case.objects.get(pk=payment.pk).state) == (403, "approved")


def test_who_recorded_the_payment_is_told_that_another_confirms_it(client, funding, award):
    payment = make_payment(funding, award, state="approved")
    day = timezone.localdate().isoformat()
    step(client, funding.finance, payment, "record_payment", reference="R1", paid_on=day)
    shown = text(client.get(url("payment_confirm", payment.case.number)))
    assert "您已办理过本件的“登记支付”，“与对账单核对一致”须由另一人办理。" in shown


def test_reference_taken_is_told_in_chinese_and_the_input_stays(client, funding, award):
    payment = make_payment(funding, award, state="approved")
    other = Funding(authority=funding.authority)
    make_payment(other, active_award(other), state="paid", bank_reference="R1")
    day = timezone.localdate().isoformat()
    answer = step(client, funding.finance, payment, "record_payment", reference="R1", paid_on=day)
    assert answer.status_code == 422
    assert "一笔银行付款只能登记一次" in text(answer)
    assert 'value="R1"' in text(answer)


@pytest.mark.parametrize("person", ["editor", "head", "unit_officer"])
def test_draft_and_pages_of_another_institution_answer_404(client, funding, award, person):
    payment = make_payment(funding, award)
    other = Funding()
    active_award(other)
    client.force_login(getattr(other, person).user)
    names = ["payment_submit", "payment_check", "payment_record_payment"]
    assert [client.get(url(name, payment.case.number)).status_code for name in names] == [404] * 3
    if person != "unit_officer":
        assert client.get(url("payment_new", award.case.number)).status_code == 404
        assert client.get(url("payment_edit", payment.case.number)).status_code == 404
    assert payment.case.number not in text(client.get(url("payments")))


def test_draft_is_not_seen_by_the_authority_until_it_is_sent(client, funding, award):
    payment = make_payment(funding, award)
    client.force_login(funding.finance.user)
    assert client.get(url("payment_check", payment.case.number)).status_code == 404
    assert payment.case.number not in text(client.get(url("payments")))


def test_statements_of_another_authority_do_not_show(client, funding):
    row = (timezone.localdate().strftime("%Y%m%d"), "R-SECRET", "5.00", "", "秘密公司", "", "")
    import_file(client, funding.finance, csv_file([row], name="秘密.csv"))
    line = BankLine.objects.get()
    assert "秘密公司" in text(client.get(url("bank_lines")))
    other = Funding()
    client.force_login(other.finance.user)
    for name in ("bank_lines", "bank_statements", "reconciliation"):
        assert "秘密" not in text(client.get(url(name)))
    assert client.get(url("bank_line_ignore", line.pk)).status_code == 404
    assert client.post(url("bank_line_reopen", line.pk)).status_code == 404
    client.force_login(funding.editor.user)
    assert client.get(url("bank_lines")).status_code == 403


def test_broken_file_is_told_row_by_row_and_offers_no_import(client, funding):
    client.force_login(funding.finance.user)
    day = timezone.localdate().strftime("%Y%m%d")
    rows = [(day, "R1", "1.00", "", "", "", ""), (day, "R2", "一元", "", "", "", "")]
    answer = client.post(url("bank_statement_new"), {"file": xlsx_file(rows)})
    assert answer.status_code == 422
    assert "第 5 行“借方发生额”：“一元”不是金额。" in text(answer)
    assert 'name="token"' not in text(answer)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04"])
def test_what_is_no_statement_is_refused_on_the_page(client, funding, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(funding.finance.user)
    answer = client.post(url("bank_statement_new"), {"file": SimpleUploadedFile("a.csv", content)})
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


def test_exported_cells_are_never_formulas(client, funding):
    day = timezone.localdate().strftime("%Y%m%d")
    import_file(client, funding.finance, csv_file([(day, "R1", "1.00", "", "'=cmd|x", "", "@SUM(A1)")]))
    found = load_workbook(io.BytesIO(client.get(url("bank_lines_export")).content)).active
    cells = [cell for row in found.iter_rows(min_row=2) for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert ("'=cmd|x" in [cell.value for cell in cells], "'@SUM(A1)" in [cell.value for cell in cells]) == (True, True)


def test_list_is_searched_filtered_sorted_and_exported(client, funding, award):
    first = make_payment(funding, award, state="approved")
    other = Funding(authority=funding.authority)
    second = make_payment(other, active_award(other), state="submitted")
    client.force_login(funding.finance.user)

    def numbers(**query):
        return re.findall(
            r'data-label="办件编号"><div><a href="[^"]+">([^<]+)</a>', text(client.get(url("payments"), query))
        )

    assert numbers() == [second.case.number, first.case.number]
    assert numbers(sort="opened") == [first.case.number, second.case.number]
    assert numbers(state="approved") == [first.case.number]
    assert numbers(q=other.base.institution_name) == [second.case.number]
    assert numbers(cycle=str(funding.cycle.pk)) == [first.case.number]
    assert numbers(state="nonsense", sort="nonsense") == [second.case.number, first.case.number]
    found = load_workbook(io.BytesIO(client.get(url("payments_export"), {"state": "approved"}).content)).active
    rows = list(found.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[6]) for row in rows] == [(first.case.number, "75,000.01")]


def test_list_takes_the_same_queries_for_one_row_and_for_three(client, funding, award):
    client.force_login(funding.finance.user)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(url("payments")).status_code == 200
        return len(caught)

    make_payment(funding, award, state="submitted")
    queries()
    one = queries()
    for _ in range(2):
        other = Funding(authority=funding.authority)
        make_payment(other, active_award(other), state="checked")
    assert queries() == one <= 12


def test_base_offers_its_institution_to_ask_for_money_where_the_text_pays_in_tranches(client, funding, award):
    label = "申请拨款"
    assert label in [one["label"] for one in actions_for(funding.base, funding.editor)]
    assert label not in [one["label"] for one in actions_for(funding.base, funding.office["officer"])]
    client.force_login(funding.editor.user)
    assert client.get(url("payment_awards", funding.base.number)).url == url("payment_new", award.case.number)


def test_base_without_an_active_award_says_so(client, funding):
    make_award(funding, state="granted")
    client.force_login(funding.editor.user)
    assert "没有执行中的资助" in text(client.get(url("payment_awards", funding.base.number)))
