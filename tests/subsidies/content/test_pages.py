"""Pages of applications and plans: who sees what, what is typed is never lost, whole roads by hand."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from apps.cases.models import Attachment
from apps.subsidies.models import Award, UsePlan
from apps.subsidies.services import award_applications, plan_changes, plan_drafting
from tests.factories import Supervision
from tests.subsidies.building import Funding, active_award
from tests.subsidies.content.typed import LINES, TARGETS, TOTAL_FEN, agreed_line, fill, typed

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 test"


def grid(code, rows, **values):
    posted = {f"{code}-TOTAL_FORMS": str(len(rows)), f"{code}-INITIAL_FORMS": "0", **values}
    for at, row in enumerate(rows):
        posted |= {f"{code}-{at}-{name}": text for name, text in row.items()}
    return posted


def started(funding):
    return award_applications.start_application(funding.base, funding.cycle, funding.editor)


def url(name, case, *args):
    return reverse(f"subsidies:{name}", args=[case.number, *args])


def test_institution_applies_from_the_bases_page_to_the_authoritys_desk(client):
    funding = Funding()
    client.force_login(funding.editor.user)
    start = reverse("subsidies:award_start", args=[funding.base.number])
    assert start in client.get(reverse("bases:file", args=[funding.base.number])).content.decode()
    assert funding.cycle.title in client.get(start).content.decode()
    opened = client.post(start, {"cycle": funding.cycle.case.number})
    case = Award.objects.select_related("case").get().case
    assert opened.url == url("award_form", case)
    overview = client.get(opened.url).content.decode()
    assert "请填写项目名称" in overview
    client.post(url("award_part", case, "about"), {"version": "0", "title": "能力建设"})
    client.post(url("award_part", case, "lines"), grid("lines", LINES, version="1"))
    client.post(url("award_part", case, "targets"), grid("targets", TARGETS, version="2"))
    assert "各部分均已填完" in client.get(opened.url).content.decode()
    page = client.get(url("award_submit", case)).content.decode()
    assert "须由单位负责人办理" in page
    assert "¥310,000.03" in page
    assert client.post(url("award_submit", case)).status_code == 403
    client.force_login(funding.head.user)
    sent = client.post(url("award_submit", case))
    assert sent.url == reverse("cases:detail", args=[case.number])
    award = Award.objects.select_related("case").get()
    assert (award.case.state, award.requested_fen) == ("submitted", TOTAL_FEN)


def test_application_that_is_not_sent_does_not_exist_for_others(client):
    funding, other = Funding(), Funding()
    award = started(funding)
    fill(award, funding.editor, **typed(title="不可外传的项目"))
    strangers = (funding.office["officer"], funding.finance, funding.unit_officer, funding.supervisor, other.editor)
    for person in strangers:
        client.force_login(person.user)
        for name, *args in (
            ("award_form",),
            ("award_submit",),
            ("award_part", "lines"),
            ("award_upload", "lines"),
            ("award_template", "lines"),
            ("award_export", "lines"),
        ):
            assert client.get(url(name, award.case, *args)).status_code == 404, (person, name)
        assert client.post(url("award_autosave", award.case, "lines"), {"version": "1"}).status_code == 404


def test_returned_draft_is_not_shown_to_the_authority_but_what_was_sent_is(client):
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    award_applications.submit(award.case, funding.head)
    client.force_login(funding.office["officer"].user)
    assert client.get(url("award_part", award.case, "lines")).status_code == 404


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("unit_price_fen", "十万", "“十万”不可识别"),
        ("unit_price_fen", "1e9", "“1e9”不可识别"),
        ("unit_price_fen", "-5", "“-5”不可识别"),
        ("unit_price_fen", "1000000000000000", "“1000000000000000”不可识别"),
        ("unit_price_fen", "9999999999999", "9999999999999 超出范围，应为 0.01 至 1000000000 元"),
        ("unit_price_fen", "0.001", "“0.001”不可识别"),
        ("unit_price_fen", "0", "0 超出范围"),
        ("quantity", "1.5", "“1.5”不是整数"),
        ("quantity", "1000001", "1000001 超出范围"),
        ("item", "长" * 101, "现有 101 字，应为不超过 100 字的文字"),
    ],
)
def test_bad_cell_is_named_and_kept(client, column, text, told):
    funding = Funding()
    award = started(funding)
    client.force_login(funding.editor.user)
    rows = [{**LINES[0], column: text}, LINES[1]]
    answer = client.post(url("award_part", award.case, "lines"), grid("lines", rows, version="0"), follow=True)
    page = answer.content.decode()
    assert told in page
    assert text in page
    award.refresh_from_db()
    assert award.data["lines"][0][column] == text


def test_price_times_quantity_beyond_reason_is_told_at_the_row(client):
    funding = Funding()
    award = started(funding)
    client.force_login(funding.editor.user)
    rows = [{**LINES[0], "unit_price_fen": "1000000000", "quantity": "1000000"}]
    answer = client.post(url("award_autosave", award.case, "lines"), grid("lines", rows, version="0"))
    assert answer.json()["errors"]["lines"] == [
        "第 1 行“数量”：单价乘以数量超过 1,000,000,000.00元，请核对单价和数量。"
    ]


@pytest.mark.parametrize(
    ("code", "article"),
    [
        ("capital_construction", "第三十五条第（一）项"),
        ("repair_renovation", "第三十五条第（一）项"),
        ("wages_welfare", "第三十五条第（二）项"),
        ("travel_abroad", "第三十五条第（三）项"),
        ("official_vehicles", "第三十五条第（三）项"),
        ("official_reception", "第三十五条第（三）项"),
        ("unrelated", "第三十五条第（四）项"),
    ],
)
def test_forbidden_use_is_refused_as_it_is_entered_with_its_article(client, code, article):
    funding = Funding()
    award = started(funding)
    client.force_login(funding.editor.user)
    answer = client.post(
        url("award_autosave", award.case, "lines"), grid("lines", [{**LINES[0], "category": code}], version="0")
    ).json()
    assert f"依据{article}不予列支" in answer["errors"]["lines"][0]
    assert answer["completeness"]["sections"]["lines"]["status"] == "errors"
    assert '<dd data-sum="total">¥0.00</dd>' in answer["html"]


def test_autosave_answers_with_the_totals_and_what_is_left(client):
    funding = Funding()
    award = started(funding)
    client.force_login(funding.editor.user)
    answer = client.post(url("award_autosave", award.case, "lines"), grid("lines", LINES, version="0")).json()
    assert answer["version"] == 1
    assert '<dd data-sum="total">¥310,000.03</dd>' in answer["html"]
    assert 'data-of="500000000">¥4,689,999.97</dd>' in answer["html"]
    assert 'data-of="1000000000">¥9,689,999.97</dd>' in answer["html"]


def test_sum_above_the_cap_is_warned_of_and_can_still_be_asked_for(client):
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed(lines=[{**LINES[0], "unit_price_fen": "5000000.01", "quantity": "1"}]))
    client.force_login(funding.head.user)
    page = client.get(url("award_submit", award.case)).content.decode()
    assert "申请金额比本周期内本基地还可资助的上限多 0.01元" in page
    assert client.post(url("award_submit", award.case)).status_code == 302


def test_stale_window_is_told_and_keeps_its_text(client):
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    client.force_login(funding.head.user)
    mine = [{**LINES[0], "item": "我的设备"}]
    answer = client.post(url("award_part", award.case, "lines"), grid("lines", mine, version="0"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "我的设备" in page
    assert funding.editor.user.name in page
    silent = client.post(url("award_autosave", award.case, "lines"), grid("lines", mine, version="0"))
    assert silent.status_code == 409
    assert silent.json()["values"]["lines-0-item"] == "实训设备"
    award.refresh_from_db()
    assert award.data["lines"][0]["item"] == "实训设备"


def test_locked_application_refuses_to_be_saved_and_says_why(client):
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    award_applications.submit(award.case, funding.head)
    client.force_login(funding.editor.user)
    answer = client.post(url("award_autosave", award.case, "about"), {"version": "9", "title": "改名"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "本件现为“待评审”，内容已锁定，不能修改。")
    assert client.get(url("award_form", award.case)).url == reverse("cases:detail", args=[award.case.number])


def test_table_goes_to_a_spreadsheet_and_back(client):
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed(lines=[*LINES, agreed_line()]))
    client.force_login(funding.editor.user)
    exported = client.get(url("award_export", award.case, "lines"))
    sheet = load_workbook(io.BytesIO(exported.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:5] == ["场所设施设备购置和运行维护", "实训设备", "套", "50,000.01", "3"]
    upload = SimpleUploadedFile("表.xlsx", exported.content)
    answer = client.post(url("award_upload", award.case, "lines"), {"file": upload, "version": "1"})
    assert answer.status_code == 302
    award.refresh_from_db()
    assert [(row["key"], row["unit_price_fen"]) for row in award.data["lines"]] == [
        ("a1", "50000.01"),
        ("a2", "80000"),
        ("a9", "1000.5"),
    ]


def test_upload_with_one_wrong_row_takes_nothing_in(client):
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    client.force_login(funding.editor.user)
    pasted = "facilities\t投影仪\t台\t3000\t2\t教室\nwages_welfare\t津贴\t人\t100\t1\t讲课\n"
    answer = client.post(url("award_upload", award.case, "lines"), {"text": pasted, "version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "工资福利属于不得列支的用途，依据第三十五条第（二）项" in page
    assert "投影仪" in page
    award.refresh_from_db()
    assert [row["item"] for row in award.data["lines"]] == ["实训设备", "高级研修班"]


def test_targets_are_pasted_behind_those_there(client):
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    client.force_login(funding.editor.user)
    pasted = "控制成本\t人均成本\t不高于\t1200.55\t元\t决算"
    client.post(url("award_upload", award.case, "targets"), {"text": pasted, "version": "1", "mode": "append"})
    award.refresh_from_db()
    assert [(row["indicator"], row["target_hundredths"]) for row in award.data["targets"]] == [
        ("培训人次", "600.5"),
        ("人均成本", "1200.55"),
    ]
    assert client.get(url("award_template", award.case, "targets")).status_code == 200


def test_file_is_held_back_until_the_application_is_sent(client):
    funding = Funding()
    award = started(funding)
    client.force_login(funding.editor.user)
    upload = SimpleUploadedFile("报价.pdf", PDF)
    client.post(url("award_file_upload", award.case, "basis"), {"file": upload})
    file = Attachment.objects.get()
    assert file.purpose == "content:basis"
    assert "报价.pdf" in client.get(url("award_part", award.case, "attachments")).content.decode()
    wrong = client.post(url("award_file_upload", award.case, "basis"), {"file": SimpleUploadedFile("a.pdf", b"MZ")})
    assert (wrong.status_code, "文件内容不是可接受的类型" in wrong.content.decode()) == (422, True)
    assert client.post(url("award_file_upload", award.case, "grant"), {"file": upload}).status_code == 422
    fill(award, funding.editor, **typed())
    award_applications.submit(award.case, funding.head)
    assert client.post(url("award_file_remove", award.case, file.pk)).status_code == 302
    file.refresh_from_db()
    assert file.removed_at is None


def test_special_funds_are_planned_and_sent_to_the_managing_unit(client):
    stage = Supervision("national")
    client.force_login(stage.head.user)
    start = reverse("subsidies:plan_start", args=[stage.base.number])
    assert start in client.get(reverse("bases:file", args=[stage.base.number])).content.decode()
    opened = client.post(start)
    case = UsePlan.objects.select_related("case").get().case
    assert opened.url == url("plan_form", case)
    about = {"granted_fen": "150000.03", "grant_document": "财社8号", "granted_on": "2026-03-02", "method": "专款专用"}
    client.post(url("plan_part", case, "about"), {"version": "0", **about})
    lines = client.get(url("plan_part", case, "lines")).content.decode()
    assert "数据库开发" in lines
    assert "不得列支" not in lines
    assert 'data-of="15000003"' in lines
    client.post(url("plan_part", case, "lines"), grid("lines", [{**LINES[0], "category": "database"}], version="1"))
    own = [{"source": "建设单位", "purpose": "场地", "amount_fen": "20000"}]
    client.post(url("plan_part", case, "own_funds"), grid("own_funds", own, version="2"))
    page = client.get(url("plan_submit", case)).content.decode()
    assert "第三十三条" in page
    assert "专款专用" in page
    assert client.post(url("plan_submit", case)).status_code == 302
    case.refresh_from_db()
    assert case.turn_organisation == stage.unit


def test_grant_that_is_no_sum_is_told_at_its_field(client):
    stage = Supervision("national")
    plan = plan_drafting.start_special_plan(stage.base, stage.editor)
    client.force_login(stage.editor.user)
    answer = client.post(
        url("plan_autosave", plan.case, "about"), {"version": "0", "granted_fen": "十五万", "granted_on": "2026-13-01"}
    ).json()
    assert answer["errors"] == {
        "granted_fen": ["“十五万”不可识别，应为 0.01 至 1000000000 元，最多两位小数。"],
        "granted_on": ["“2026-13-01”不是可用的日期，应为日期，例如 2026-03-02。"],
    }


def test_text_without_money_offers_nothing_and_says_so(client):
    stage = Supervision("zibo")
    client.force_login(stage.editor.user)
    page = client.get(reverse("bases:file", args=[stage.base.number])).content.decode()
    for name in ("award_start", "plan_start"):
        address = reverse(f"subsidies:{name}", args=[stage.base.number])
        assert address not in page
        assert "本管理范围没有这项" in client.get(address).content.decode()
    assert client.post(reverse("subsidies:plan_start", args=[stage.base.number])).status_code == 422


def test_change_is_begun_compared_and_filed(client):
    funding = Funding()
    award = active_award(funding)
    client.force_login(funding.head.user)
    change = url("plan_change", award.case)
    assert client.post(change, {"change_reason": ""}).status_code == 422
    opened = client.post(change, {"change_reason": "课程减一门"})
    plan = UsePlan.objects.select_related("case").get(award=award, version=2)
    assert opened.url == url("plan_form", plan.case)
    assert "已有一版正在办理" in client.get(change).content.decode()
    rows = [dict(row) for row in plan.data["lines"]]
    rows[1]["unit_price_fen"], rows[2]["unit_price_fen"], rows[2]["quantity"] = "82500", "145000", "1"
    client.post(url("plan_part", plan.case, "lines"), grid("lines", rows, version="1"))
    page = client.get(url("plan_submit", plan.case)).content.decode()
    assert "幅度内调整" in page
    assert "¥165,000.00" in page
    assert client.post(url("plan_submit", plan.case), {"step": "file_minor_change"}).status_code == 302
    assert plan_changes.plan_in_force(award).version == 2
    client.force_login(funding.office["officer"].user)
    assert client.get(change).status_code == 404


def test_change_above_the_share_says_why_it_is_audited(client):
    funding = Funding()
    award = active_award(funding)
    plan = plan_changes.open_change(award, funding.editor)
    fill(plan, funding.editor, change_reason="改", lines=[{**plan.data["lines"][0], "item": "新设备"}])
    client.force_login(funding.head.user)
    page = client.get(url("plan_submit", plan.case)).content.decode()
    assert "须重新审核" in page
    assert "删去了“高级研修班”" in page
    refused = client.post(url("plan_submit", plan.case), {"step": "file_minor_change"})
    assert refused.status_code == 422
    assert client.post(url("plan_submit", plan.case), {"step": "anything"}).status_code == 404


@pytest.mark.parametrize("part", ["nothing", "own_funds"])
def test_part_the_form_does_not_have_is_not_found(client, part):
    funding = Funding()
    award = started(funding)
    client.force_login(funding.editor.user)
    assert client.get(url("award_part", award.case, part)).status_code == 404
    assert client.get(url("award_upload", award.case, part)).status_code == 404
