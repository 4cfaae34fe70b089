"""Reports: what may be sent, what is refused and why, what the examination does to the sums."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.cases.models import Attachment
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.subsidies.models import AwardLine, SpendingReport, SpendingRow
from apps.subsidies.services import spending, spending_sheets
from apps.subsidies.services.spending_checks import Draft, report_problems
from apps.subsidies.services.spending_scans import add_scans, scans_of
from tests.subsidies.building import Funding, active_award, people
from tests.subsidies.spending.story import PAID, accepted, draft, first_line, fresh, paid_award, pdf, row, submitted

pytestmark = pytest.mark.django_db


def codes(report: SpendingReport) -> list[str]:
    return [one.code for one in report_problems(report)]


def test_report_of_everything_paid_is_sent_and_frozen_with_its_scans():
    funding = Funding()
    award = paid_award(funding)
    case = submitted(funding, award, [row(1, "75000.00"), row(2, "0.01")])
    found = list(case.spending_report.rows.values_list("voucher", "line__key", "amount_fen", "attachment__name"))
    assert found == [
        ("记-0001", "l1", 7_500_000, "凭证全册.pdf"),
        ("记-0002", "l1", 1, "凭证全册.pdf"),
    ]
    assert (case.state, case.turn_organisation_id) == ("submitted", funding.authority.pk)


def test_one_fen_above_what_was_paid_is_refused_with_both_sums():
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(1, "75000.02")])
    [problem] = report_problems(report)
    assert problem.code == "above_paid"
    assert problem.message == (
        "“实训设备”累计列支75,000.02元，超过已拨付的75,000.01元，多出0.01元；由自有经费承担的部分请不要填入"
        "（第三十六条）。"
    )
    with pytest.raises(Blocked):
        spending.submit(report.case, funding.head)


def test_line_that_was_not_paid_takes_no_voucher():
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(1, "1.00", line="l2")])
    assert codes(report) == ["above_paid"]


def test_earlier_reports_count_against_what_was_paid_and_refused_sums_do_not():
    funding = Funding()
    award = paid_award(funding)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    start = yesterday.isoformat()
    accepted(funding, award, [row(1, "75000.00", on=yesterday)], {0: 100}, from_on=start, until_on=start)
    report = draft(funding, award, [row(2, "1.01")])
    assert codes(report) == []
    second = spending.save_draft(report, {"rows": [row(2, "1.02")]}, report.data_version, funding.editor)
    assert codes(second) == ["above_paid"]


def test_voucher_twice_for_a_line_is_refused_whatever_its_width_or_case():
    funding = Funding()
    rows = [row(1, voucher="PZ-01"), row(2, voucher="ｐｚ-01 ")]
    [problem] = report_problems(draft(funding, paid_award(funding), rows))
    assert problem.message == "第 2 行“凭证号”：与第 1 行重复：同一项目的同一凭证只能报一次（第三十六条）。"


def test_voucher_of_an_earlier_report_is_refused_and_the_report_named():
    funding = Funding()
    award = paid_award(funding)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    first = accepted(
        funding, award, [row(7, on=yesterday)], from_on=yesterday.isoformat(), until_on=yesterday.isoformat()
    )
    [problem] = report_problems(draft(funding, award, [row(7)]))
    assert f"已在报告{first.number}中报过" in problem.message


def test_day_outside_the_period_is_refused():
    funding = Funding()
    day = timezone.localdate() - dt.timedelta(days=1)
    today = timezone.localdate()
    [problem] = report_problems(draft(funding, paid_award(funding), [row(1, on=day)], from_on=today.isoformat()))
    assert f"{day}不在报告期间（{today}至{today}）内" in problem.message


def test_second_report_follows_the_first_without_a_gap():
    funding = Funding()
    award = paid_award(funding)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    accepted(funding, award, [row(1, on=yesterday)], from_on=yesterday.isoformat(), until_on=yesterday.isoformat())
    report = draft(funding, award, [row(2)])
    assert report.data["from_on"] == timezone.localdate().isoformat()
    report = spending.save_draft(report, {"from_on": yesterday.isoformat()}, report.data_version, funding.editor)
    assert codes(report) == ["from_gap"]


def test_one_report_at_a_time_and_none_after_the_final_one_or_before_money_came():
    funding = Funding()
    unpaid = active_award(funding)
    with pytest.raises(Blocked, match="尚未收到拨款"):
        spending.open_report(unpaid, funding.editor)
    funding = Funding()
    award = paid_award(funding)
    spending.open_report(award, funding.editor)
    with pytest.raises(Blocked, match="尚未办结"):
        spending.open_report(award, funding.head)
    report = SpendingReport.objects.get(award=award)
    spending.give_up(report.case, funding.head, "重填")
    accepted(funding, award, [row(1)], is_final=True)
    with pytest.raises(Blocked, match="最终报告已核定"):
        spending.open_report(award, funding.editor)


def test_only_the_institution_opens_a_report():
    funding = Funding()
    award = paid_award(funding)
    for name, actor in people(funding).items():
        if name in ("editor", "institution head") or actor is None:
            continue
        with pytest.raises(NotPermitted):
            spending.open_report(award, actor)
    assert not SpendingReport.objects.exists()


def test_report_without_vouchers_is_sent_only_as_the_final_one():
    funding = Funding()
    report = draft(funding, paid_award(funding), [])
    assert codes(report) == ["no_vouchers"]
    report = spending.save_draft(report, {"is_final": True}, report.data_version, funding.editor)
    assert codes(report) == []


def test_scans_are_matched_by_name_told_or_missing():
    funding = Funding()
    report = spending.open_report(paid_award(funding), funding.editor)
    uploads = [pdf("记0001.pdf"), pdf("记-0002(2).pdf"), pdf("杂项.pdf")]
    assert add_scans(report, funding.editor, uploads) == []
    other = Attachment.objects.get(name="杂项.pdf")
    report = spending.save_draft(report, {"scans": {str(other.pk): "记-0003、记-0004"}}, 0, funding.editor)
    scans = scans_of(report)
    names = [found.name if (found := scans.of(f"记-000{number}")) else None for number in range(1, 6)]
    assert names == ["记0001.pdf", "记-0002(2).pdf", "杂项.pdf", "杂项.pdf", None]
    assert [one.name for one in scans.idle({"记-0001"})] == ["记-0002(2).pdf", "杂项.pdf"]


def test_same_scan_twice_is_kept_once_and_a_wrong_file_does_not_take_the_others_with_it():
    funding = Funding()
    report = spending.open_report(paid_award(funding), funding.editor)
    wrong = pdf("坏.pdf")
    wrong.file.seek(0)
    wrong.file.truncate()
    wrong.file.write(b"plain text")
    wrong.size = 10
    wrong.file.seek(0)
    refused = add_scans(report, funding.editor, [pdf("1.pdf"), wrong, pdf("1.pdf")])
    assert [text.split("：")[0] for text in refused] == ["坏.pdf", "1.pdf"]
    assert [one.name for one in scans_of(report).files] == ["1.pdf"]


def test_voucher_without_a_scan_holds_the_report_up():
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(1)], scans={})
    [problem] = report_problems(report)
    assert "第 1 行“凭证号”：凭证“记-0001”没有扫描件" in problem.message


def test_two_writers_do_not_overwrite_one_another():
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(1)])
    spending.save_draft(report, {"summary": "甲"}, report.data_version, funding.editor)
    with pytest.raises(spending.ReportConflict) as conflict:
        spending.save_draft(report, {"summary": "乙"}, report.data_version, funding.head)
    assert conflict.value.current.data["summary"] == "甲"


def test_sent_report_is_locked():
    funding = Funding()
    case = submitted(funding, paid_award(funding), [row(1)])
    report = case.spending_report
    with pytest.raises(WrongState):
        spending.save_draft(report, {"summary": "改"}, report.data_version, funding.editor)


def test_three_thousand_rows_are_taken_from_a_file_and_sent():
    funding = Funding()
    award = paid_award(funding)
    report = draft(funding, award, [])
    head = ["日期*", "凭证号*", "支出项目*", "收款方*", "内容*", "金额（元）*"]
    day = timezone.localdate().isoformat()
    lines = [[day, f"P{at}", "1. 实训设备", "商家", "耗材", "25.00"] for at in range(3000)]
    table = Draft(report).table
    sheet = spending_sheets.sheets.from_lines(table, [head, *lines])
    done = spending_sheets.import_rows(report, sheet, report.data_version, funding.editor, append=False)
    assert (done.count, done.errors) == (3000, [])
    spending.submit(fresh(report.case), funding.head)
    assert SpendingRow.objects.filter(report=report).count() == 3000


def test_file_with_one_wrong_row_takes_nothing_and_names_the_row():
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(1)])
    day = timezone.localdate().isoformat()
    lines = [[day, "P1", "1. 实训设备", "商家", "耗材", "25.00"], [day, "P2", "没有的项目", "商家", "耗材", "25.001"]]
    sheet = spending_sheets.sheets.from_lines(Draft(report).table, lines)
    done = spending_sheets.import_rows(report, sheet, report.data_version, funding.editor, append=True)
    assert [(error.row, error.column) for error in done.errors] == [(2, "支出项目"), (2, "金额（元）")]
    report.refresh_from_db()
    assert [one["voucher"] for one in report.data["rows"]] == ["记-0001"]


def test_appended_voucher_that_is_there_already_is_refused():
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(1)])
    lines = [[timezone.localdate().isoformat(), "记-0001", "1. 实训设备", "商家", "耗材", "25.00"]]
    sheet = spending_sheets.sheets.from_lines(Draft(report).table, lines)
    done = spending_sheets.import_rows(report, sheet, report.data_version, funding.editor, append=True)
    assert [str(error) for error in done.errors] == ["第 1 行“凭证号”：与已有的行重复：同一项目的同一凭证只能报一次。"]


def test_conclusion_adds_to_the_fen_what_is_recognised_and_what_is_not():
    funding = Funding()
    award = paid_award(funding)
    accepted(funding, award, [row(1, "70000.00"), row(2, "5000.01")], {1: 123_456})
    line = first_line(award)
    assert (line.spent_fen, line.misspent_fen) == (PAID - 123_456, 123_456)
    assert AwardLine.objects.filter(award=award).exclude(pk=line.pk).filter(spent_fen__gt=0).count() == 0


def test_who_examined_does_not_sign():
    funding = Funding()
    case = submitted(funding, paid_award(funding), [row(1)])
    spending.propose_conclusion(case, funding.finance, "无误。")
    for actor in (funding.finance, funding.finance2, funding.office["officer"], funding.head):
        with pytest.raises(NotPermitted):
            spending.sign_conclusion(fresh(case), actor)
    spending.sign_conclusion(fresh(case), funding.head2)
    assert fresh(case).state == "accepted"


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (spending.Mark(10_001, "35(1)", "维修"), "mark_above_voucher"),
        (spending.Mark(1, "", "维修"), "mark_incomplete"),
        (spending.Mark(1, "35(1)", " "), "mark_incomplete"),
        (spending.Mark(1, "34(1)", "维修"), "mark_incomplete"),
    ],
)
def test_mark_without_article_or_reason_or_above_its_voucher_is_refused(mark, code):
    funding = Funding()
    case = submitted(funding, paid_award(funding), [row(1, "100.00")])
    found = case.spending_report.rows.get()
    with pytest.raises(Blocked) as blocked:
        spending.check_rows(case, funding.finance, {found.pk: mark})
    assert [one.code for one in blocked.value.problems] == [code]
    found.refresh_from_db()
    assert found.disallowed_fen == 0


def test_rows_of_another_report_are_not_marked():
    funding, other = Funding(), Funding()
    case = submitted(funding, paid_award(funding), [row(1)])
    foreign = submitted(other, paid_award(other), [row(1)]).spending_report.rows.get()
    assert spending.check_rows(case, funding.finance, {foreign.pk: spending.Mark(1, "35(1)", "维修")}) is None
    foreign.refresh_from_db()
    assert foreign.disallowed_fen == 0


def test_opinion_is_needed_before_the_head_gets_it():
    funding = Funding()
    case = submitted(funding, paid_award(funding), [row(1)])
    with pytest.raises(Blocked, match="请填写核对意见"):
        spending.propose_conclusion(case, funding.finance, " ")
    assert fresh(case).state == "submitted"


def test_returned_report_keeps_the_marks_of_vouchers_that_come_again_unchanged():
    funding = Funding()
    case = submitted(funding, paid_award(funding), [row(1, "100.00"), row(2, "200.00")])
    first, second = case.spending_report.rows.all()
    mark = spending.Mark(500, "35(2)", "工资")
    spending.check_rows(case, funding.finance, {first.pk: mark, second.pk: mark})
    spending.return_for_correction(fresh(case), funding.finance, "第二张金额有误")
    report = fresh(case).spending_report
    rows = [row(1, "100.00"), row(2, "199.00")]
    spending.save_draft(report, {"rows": rows}, report.data_version, funding.editor)
    spending.submit(fresh(case), funding.head)
    told = case.spending_report.rows.values_list("voucher", "amount_fen", "disallowed_fen", "disallowed_article")
    assert list(told) == [("记-0001", 10_000, 500, "35(2)"), ("记-0002", 19_900, 0, "")]


def test_dropped_report_frees_its_vouchers():
    funding = Funding()
    award = paid_award(funding)
    case = submitted(funding, award, [row(1)])
    spending.return_for_correction(case, funding.finance, "重报")
    spending.give_up(fresh(case), funding.head, "另行报告")
    assert codes(draft(funding, award, [row(1)])) == []
