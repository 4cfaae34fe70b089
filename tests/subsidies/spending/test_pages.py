"""The pages of spending reports: a road walked through them, what others see, input that is odd, queries."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.subsidies.models import SpendingReport
from apps.subsidies.services import spending
from tests.subsidies.building import Funding
from tests.subsidies.spending.story import accepted, draft, fresh, paid_award, pdf, row, submitted

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"subsidies:{name}", args=args)


def grid(*rows: dict, **values: str) -> dict[str, str]:
    posted = {"rows-TOTAL_FORMS": str(len(rows)), "rows-INITIAL_FORMS": "0", "rows-MAX_NUM_FORMS": "100"}
    for at, one in enumerate(rows):
        posted |= {f"rows-{at}-{name}": text for name, text in one.items()}
    return posted | values


def step(client, case, name: str, **data: str):
    return client.post(reverse("cases:step", args=[case.number, name]), {"reason": ""} | data)


def test_report_is_walked_through_its_pages_to_the_demand(client):
    funding = Funding()
    award = paid_award(funding)
    client.force_login(funding.editor.user)
    assert (
        url("spending_new", award.case.number)
        in client.get(url("spending_of_base", award.base.number)).content.decode()
    )
    assert "¥75,000.01" in client.get(url("spending_new", award.case.number)).content.decode()
    assert client.post(url("spending_new", award.case.number)).status_code == 302
    report = SpendingReport.objects.get()
    case = report.case
    today = timezone.localdate().isoformat()
    text = {"from_on": today, "until_on": today, "summary": "购置设备。", "is_final": "on", "version": "0"}
    answer = client.post(url("spending_autosave", case.number), grid(row(1, "60000.00"), row(2, "x"), **text))
    assert answer.status_code == 200
    assert answer.json()["errors"]["rows"][0].startswith("第 2 行“金额（元）”：“x”不可识别")
    text["version"] = str(answer.json()["version"])
    answer = client.post(url("spending_edit", case.number), grid(row(1, "60000.00"), row(2, "5000.00"), **text))
    assert answer.status_code == 302
    answer = client.post(url("spending_scans_add", case.number), {"scans": [pdf("记-0001.pdf"), pdf("其余.pdf")]})
    assert answer.status_code == 302
    page = client.get(url("spending_edit", case.number)).content.decode()
    assert "其余.pdf 对应的凭证号" in page
    assert "记-0001.pdf 对应的凭证号" not in page
    other = case.attachments.get(name="其余.pdf")
    version = str(SpendingReport.objects.get().data_version)
    client.post(url("spending_scan", case.number, other.pk), {"vouchers": "记-0002", "version": version})
    client.force_login(funding.head.user)
    assert step(client, case, "submit").status_code == 302
    first, second = report.rows.all()
    assert (first.attachment.name, second.attachment) == ("记-0001.pdf", other)
    client.force_login(funding.finance.user)
    page = url("spending_rows", case.number)
    posted = {
        "version": str(fresh(case).version),
        "row": [str(first.pk), str(second.pk)],
        f"row-{second.pk}-disallowed": "1,200.00",
        f"row-{second.pk}-article": "35(3)",
        f"row-{second.pk}-reason": "公务接待",
    }
    wrong = client.post(page, posted | {f"row-{second.pk}-disallowed": "5000.01"})
    assert wrong.status_code == 422
    assert "超过了凭证金额" in wrong.content.decode()
    assert client.post(page, posted).status_code == 302
    answer = client.post(url("spending_conclusion", case.number), {"opinion": "其余无误。"})
    assert answer.status_code == 302
    client.force_login(funding.office["head"].user)
    assert step(client, case, "sign_conclusion").status_code == 302
    assert fresh(case).state == "accepted"
    client.force_login(funding.office["officer"].user)
    page = client.get(reverse("cases:detail", args=[case.number])).content.decode()
    assert "未按规定用途使用：¥1,200.00" in page
    assert "结余未使用：¥10,000.01" in page
    new = url("recovery_new", award.case.number)
    page = client.get(f"{new}?ground=misspent&report={case.number}").content.decode()
    assert 'value="1200.00"' in page
    assert "记-0002" in page
    assert 'value="10000.01"' in client.get(f"{new}?ground=unspent&report={case.number}").content.decode()
    client.force_login(funding.editor.user)
    page = client.get(reverse("cases:detail", args=[case.number])).content.decode()
    assert "公务接待" in page
    assert new not in page


def test_institution_does_not_read_marks_before_the_conclusion_is_signed(client):
    funding = Funding()
    case = submitted(funding, paid_award(funding), [row(1)])
    found = case.spending_report.rows.get()
    spending.check_rows(case, funding.finance, {found.pk: spending.Mark(1, "35(2)", "秘密理由")})
    client.force_login(funding.editor.user)
    for page in (url("spending_rows", case.number), reverse("cases:detail", args=[case.number]), url("spending_list")):
        assert "秘密理由" not in client.get(page).content.decode()
    assert b"\xe7\xa7\x98" not in client.get(url("spending_rows_export", case.number)).content
    client.force_login(funding.finance.user)
    assert "秘密理由" in client.get(url("spending_rows", case.number)).content.decode()


def test_authority_sees_nothing_of_a_draft_and_only_what_was_sent_of_a_returned_one(client):
    funding = Funding()
    award = paid_award(funding)
    report = draft(funding, award, [row(1, payee="草稿里的商家")])
    client.force_login(funding.finance.user)
    assert client.get(reverse("cases:detail", args=[report.case.number])).status_code == 404
    assert client.get(url("spending_rows", report.case.number)).status_code == 404
    spending.submit(report.case, funding.head)
    spending.return_for_correction(fresh(report.case), funding.finance, "补充")
    report.refresh_from_db()
    spending.save_draft(report, {"rows": [row(1, payee="改后的商家")]}, report.data_version, funding.editor)
    page = client.get(url("spending_rows", report.case.number)).content.decode()
    assert "草稿里的商家" in page
    assert "改后的商家" not in page


def test_strangers_find_nothing(client):
    funding, other = Funding(), Funding()
    award = paid_award(funding)
    case = submitted(funding, award, [row(1)])
    for actor in (other.editor, other.finance, other.office["officer"], funding.unit_officer):
        client.force_login(actor.user)
        for name in ("spending_edit", "spending_rows", "spending_rows_export", "spending_import", "spending_template"):
            assert client.get(url(name, case.number)).status_code in (403, 404), (name, actor)
        assert client.post(url("spending_new", award.case.number)).status_code in (403, 404)
        assert case.number not in client.get(url("spending_list"), {"state": "all"}).content.decode()
    assert SpendingReport.objects.count() == 1


def test_long_report_is_searched_and_changed_voucher_by_voucher(client):
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(at, "1.00", payee=f"商家{at}") for at in range(1, 151)])
    client.force_login(funding.editor.user)
    page = client.get(url("spending_edit", report.case.number), {"q": "商家150"}).content.decode()
    assert "第 150 行" in page
    assert "第 1 行" not in page
    place = url("spending_voucher", report.case.number, 150)
    version = str(report.data_version)
    assert 'value="商家150"' in client.get(place).content.decode()
    wrong = client.post(place, row(150, "1.005") | {"version": version})
    assert wrong.status_code == 422
    assert 'value="1.005"' in wrong.content.decode()
    assert client.post(place, row(150, "2.00") | {"version": version}).status_code == 302
    report.refresh_from_db()
    assert (len(report.data["rows"]), report.data["rows"][149]["amount_fen"]) == (150, "2.00")
    late = client.post(place, row(150, "3.00") | {"version": version})
    assert late.status_code == 409
    assert client.get(url("spending_voucher", report.case.number, 151)).status_code == 404
    client.post(place, {"remove": "1", "version": str(report.data_version)})
    report.refresh_from_db()
    assert len(report.data["rows"]) == 149


def test_saving_the_head_of_a_long_report_keeps_its_vouchers(client):
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(at, "1.00") for at in range(1, 151)])
    client.force_login(funding.editor.user)
    client.post(url("spending_edit", report.case.number), {"summary": "新的说明", "version": str(report.data_version)})
    report.refresh_from_db()
    assert (report.data["summary"], len(report.data["rows"])) == ("新的说明", 150)


def test_file_is_imported_through_the_page_and_the_template_comes_back_in(client):
    funding = Funding()
    report = draft(funding, paid_award(funding), [row(1, "10.10")])
    client.force_login(funding.editor.user)
    assert client.get(url("spending_template", report.case.number)).content[:2] == b"PK"
    content = client.get(url("spending_draft_file", report.case.number)).content
    again = SimpleUploadedFile("凭证.xlsx", content)
    page = url("spending_import", report.case.number)
    posted = {"file": again, "mode": "replace", "version": str(report.data_version)}
    assert client.post(page, posted).status_code == 302
    report.refresh_from_db()
    assert report.data["rows"] == [row(1, "10.10")]
    assert client.post(page, {"text": "a\tb", "version": str(report.data_version)}).status_code == 422
    assert client.post(page, {"version": str(report.data_version)}).status_code == 422
    broken = {"file": SimpleUploadedFile("x.xlsx", b"no"), "version": str(report.data_version)}
    assert client.post(page, broken).status_code == 422


@pytest.mark.parametrize("text", ["\x00", "9" * 40, "-1", "1e5", "NaN", "１００"])
def test_odd_sums_are_kept_as_typed_and_never_break_the_page(client, text):
    funding = Funding()
    report = draft(funding, paid_award(funding), [])
    client.force_login(funding.editor.user)
    posted = grid(row(1, text), version=str(report.data_version), until_on=text, summary="x")
    assert client.post(url("spending_edit", report.case.number), posted).status_code == 302
    assert client.get(url("spending_edit", report.case.number)).status_code == 200
    report.refresh_from_db()
    assert report.data["rows"][0]["amount_fen"] == text.replace("\x00", "")


def test_list_costs_the_same_with_one_and_three_reports(client):
    funding = Funding()
    award = paid_award(funding)
    client.force_login(funding.finance.user)
    counts = []
    today = timezone.localdate()
    for days in (3, 2, 1):
        day = today - dt.timedelta(days=days)
        accepted(funding, award, [row(days, on=day)], from_on=day.isoformat(), until_on=day.isoformat())
        if days in (3, 1):
            with CaptureQueriesContext(connection) as queries:
                page = client.get(url("spending_list"), {"state": "all", "sort": "-until"})
            counts.append(len(queries))
    assert page.content.decode().count("¥100.00") == 3
    assert counts[0] == counts[1] <= 12
    assert client.get(url("spending_export"), {"state": "all"}).content[:2] == b"PK"
