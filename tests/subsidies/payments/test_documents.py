"""The payment notice: whom, how much, what for, and on which articles."""

import pytest

from apps.cases.models import Case, Document
from apps.documents.services import ensure_rendered
from apps.subsidies.services import payment_steps
from apps.subsidies.services.payment_documents import in_words
from tests.documents.rendering.measures import text
from tests.subsidies.building import Funding, active_award, make_payment


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (120, "壹元贰角整"),
        (1_234_500, "壹万贰仟叁佰肆拾伍元整"),
        (7_500_001, "柒万伍仟元零壹分"),
        (10_000_100, "壹拾万零壹元整"),
        (20_030_000_500, "贰亿零叁拾万零伍元整"),
        (100_000_000_100, "壹拾亿零壹元整"),
        (500_000_000, "伍佰万元整"),
    ],
)
def test_sum_in_words(fen, words):
    assert in_words(fen) == words


@pytest.mark.django_db
def test_notice_names_payee_sum_tranches_and_what_the_money_is_kept_to():
    funding = Funding()
    payment = make_payment(funding, active_award(funding), state="checked", purpose="购置实训设备")
    payment_steps.approve(Case.objects.get(pk=payment.pk), funding.office["head"])
    document = ensure_rendered(Document.objects.get(case=payment.pk))
    with document.pdf.open("rb") as file:
        printed = text(file.read())
    for part in (
        "关于拨付能力建设项目专项经费的通知",
        "75,000.01元（人民币柒万伍仟元零壹分）",
        "6222000011112222333",
        "购置实训设备",
        "专款专用（第三十六条）",
        "不得用于第三十五条所列各项支出",
        "第三十七条",
    ):
        assert part in printed, part
    assert document.deliveries.get().organisation == funding.institution
