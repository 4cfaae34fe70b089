"""What the payment notice says, and the refusal of one: to whom, how much, for which tranches, and what the money must be kept to."""

from __future__ import annotations

from django.utils import timezone

from apps.cases.models import Act, Case
from apps.cases.workflow.engine import rules_of
from apps.documents import wording
from apps.documents.rendering import DocumentContent, Paragraph, Particulars, Section, Table
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import When
from apps.subsidies.models import FundPayment, PaymentItem
from apps.subsidies.services.payment_checks import items_of
from apps.subsidies.workflow.people import funding_of, scheme_of

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def notice(case: Case, act: Act) -> DocumentContent:
    """拨款通知: what is paid, to which account, line by line, and under which articles it is used and accounted for."""
    payment = case.fund_payment
    award = payment.award
    items = items_of(payment)
    return DocumentContent(
        title=f"关于拨付{award.title or award.base.name}专项经费的通知",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(
                f"你单位{award.base.name}（编号{award.base.number}）的拨款申请（办件编号{case.number}）收悉。"
                f"经审核，同意拨付“{award.cycle.title}”专项经费{yuan(payment.amount_fen)}"
                f"（人民币{in_words(payment.amount_fen)}）。现将有关事项通知如下。"
            ),
            Section("一、拨款信息", (_particulars(payment),)),
            Section("二、拨款明细", (_table(items),)),
            Section("三、使用要求", tuple(Paragraph(line) for line in _duties(case))),
        ),
        legal_basis=wording.legal_basis(rules_of(case), act.articles),
    )


def refusal(case: Case, act: Act) -> DocumentContent:
    """不予拨款决定: what was asked for, why it is not paid, that it may be asked for again, and the remedies."""
    payment = case.fund_payment
    award = payment.award
    return DocumentContent(
        title=f"关于不予拨付{award.title or award.base.name}\n专项经费的决定",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(
                f"你单位{award.base.name}（编号{award.base.number}）申请拨付“{award.cycle.title}”专项经费"
                f"{yuan(payment.amount_fen)}（办件编号{case.number}）收悉。经审核，本次申请不予拨付。"
            ),
            Section("一、申请的期次", (_table(items_of(payment)),)),
            Section("二、理由", (Paragraph(act.reason),)),
            Section("三、后续办理", (Paragraph("具备拨付条件后，可以通过平台另行申请上述期次。"),)),
        ),
        legal_basis=wording.legal_basis(rules_of(case), act.articles),
        remedies=wording.remedies(case.authority),
    )


def _particulars(payment: FundPayment) -> Particulars:
    rows = [
        ("资助办件", payment.award.case.number),
        ("收款单位", payment.payee_name),
        ("开户银行", payment.payee_bank),
        ("收款账号", payment.payee_account),
        ("拨款金额", yuan(payment.amount_fen)),
    ]
    if payment.purpose:
        rows.append(("用途", payment.purpose))
    return Particulars(tuple(rows))


def _table(items: list[PaymentItem]) -> Table:
    rows = [
        (
            str(place),
            one.tranche.line.item,
            f"第{one.tranche.seq}期",
            one.tranche.label or str(When(one.tranche.when).label),
            yuan(one.amount_fen),
        )
        for place, one in enumerate(items, start=1)
    ]
    rows.append(("", "合计", "", "", yuan(sum(one.amount_fen for one in items))))
    return Table(("序号", "支出项目", "期次", "拨付条件", "金额"), tuple(rows), widths=(1, 4, 2, 3, 4))


def _duties(case: Case) -> list[str]:
    funding, scheme = funding_of(case), scheme_of(case)
    banned = cite(scheme.forbidden[0].article.split("(")[0]) if scheme.forbidden else ""
    told = [f"请按审核同意的使用方案和绩效计划使用，专款专用（{cite(funding.audit_article)}）。"]
    if banned:
        told.append(f"不得用于{banned}所列各项支出。")
    told.append("请妥善保存支出凭证，按要求通过平台报送经费使用报告；结余和不符合规定用途的款项应当缴回。")
    return told


def in_words(fen: int) -> str:
    """A sum of fen as cheques and notices write it: 1234500 is 壹万贰仟叁佰肆拾伍元整."""
    whole, part = divmod(fen, 100)
    jiao, cent = divmod(part, 10)
    text = (_whole_in_words(whole) + "元") if whole else ""
    if not part:
        return (text or "零元") + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif text:
        text += "零"
    return text + (_DIGITS[cent] + "分" if cent else "整")


def _whole_in_words(whole: int) -> str:
    text, place, gap = "", 0, False
    while whole:
        whole, group = divmod(whole, 10_000)
        if group:
            gap_below = gap and text != ""
            text = _group_in_words(group) + _GROUPS[place] + ("零" if gap_below else "") + text
        gap = group < 1000
        place += 1
    return text


def _group_in_words(group: int) -> str:
    text, zero = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + _PLACES[place]
            zero = False
        else:
            zero = True
    return text
