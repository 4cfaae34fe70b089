"""Pages of annual plans: who sees what, what is typed is never lost, and a whole road by hand."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from apps.cases.models import Attachment
from apps.plans.models import AnnualPlan, PlannedProject
from apps.plans.services.opening import open_plan
from apps.plans.services.plan_amendments import amend
from apps.plans.services.plan_returns import Item, return_for_correction
from tests.plans.annual.helpers import PDF, YEAR, agree, drafted, filed, row, send, supervision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


def url(name: str, plan: AnnualPlan, *args: object) -> str:
    return reverse(f"plans:{name}", args=[plan.case.number, *args])


def grid(*rows: dict[str, str], **values: str) -> dict[str, str]:
    posted = {"projects-TOTAL_FORMS": str(len(rows)), "projects-INITIAL_FORMS": "0", **values}
    for number, line in enumerate(rows):
        posted |= {f"projects-{number}-{name}": text for name, text in line.items()}
    return posted


def test_institution_fills_in_sends_and_reads_its_plan(client):
    people = supervision("zibo")
    client.force_login(people.editor.user)
    opened = client.post(reverse("plans:plan_open", args=[people.base.number, YEAR]))
    plan = AnnualPlan.objects.select_related("case").get()
    assert opened.url == url("plan_form", plan)
    assert "请填写 2026 年计划执行总结" in client.get(opened.url).content.decode()
    saved = client.post(url("plan_part", plan, "summary"), {"version": "0", "summary": "完成。", "save": "next"})
    assert saved.url == url("plan_part", plan, "projects")
    client.post(url("plan_part", plan, "projects"), grid(row(1), row(2), version="1", outline="要点"))
    plan.refresh_from_db()
    assert [entry["name"] for entry in plan.data["projects"]] == ["培训班1", "培训班2"]
    page = client.get(url("plan_submit", plan)).content.decode()
    assert "须由单位负责人办理" in page
    client.force_login(people.head.user)
    sent = client.post(url("plan_submit", plan))
    assert sent.url == reverse("cases:detail", args=[plan.case.number])
    plan.case.refresh_from_db()
    assert plan.case.state == "unit_review"
    assert "培训班2" in client.get(url("plan_view", plan)).content.decode()
    assert "2 个，计划培训 120 人" in client.get(sent.url).content.decode()


def test_incomplete_plan_is_refused_with_links_to_the_gaps(client):
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.head.user)
    answer = client.post(url("plan_submit", plan))
    assert answer.status_code == 422
    assert f"{url('plan_part', plan, 'summary')}?check=1#id_summary" in answer.content.decode()


def test_managing_unit_and_authority_walk_the_road_on_pages(client):
    people = supervision("zibo")
    plan = AnnualPlan.objects.select_related("case").get(pk=send(drafted(people), people).pk)
    key = PlannedProject.objects.get().key
    client.force_login(people.unit_officer.user)
    assert client.get(url("plan_opinion", plan)).status_code == 200
    refused = client.post(url("plan_return", plan), {"place-1": f"projects:{key}", "note": "请抓紧"})
    assert refused.status_code == 422
    assert "请写明这个项目需要怎样修改" in refused.content.decode()
    assert "请抓紧" in refused.content.decode()
    client.post(url("plan_return", plan), {"place-1": f"projects:{key}", "item-1": "人数过多"})
    client.force_login(people.head.user)
    page = client.get(url("plan_part", plan, "projects")).content.decode()
    assert "人数过多" in page
    item = plan.return_items.get()
    rows = AnnualPlan.objects.get().data["projects"]
    posted = grid(*rows, version=str(AnnualPlan.objects.get().data_version), outline="要点") | {
        f"answer-{item.pk}": "已与用人单位核实"
    }
    client.post(url("plan_part", plan, "projects"), posted)
    assert client.post(url("plan_submit", plan)).status_code == 302
    client.force_login(people.unit_officer.user)
    assert "已与用人单位核实" in client.get(url("plan_opinion", plan)).content.decode()
    empty = client.post(url("plan_opinion", plan), {"conclusion": "refused", "text": ""})
    assert empty.status_code == 422
    assert client.post(url("plan_opinion", plan), {"conclusion": "agreed", "text": "同意。"}).status_code == 302
    client.force_login(people.unit_head.user)
    assert "签署同意" in client.get(url("plan_sign", plan)).content.decode()
    assert client.post(url("plan_sign", plan)).status_code == 302
    client.force_login(people.office["officer"].user)
    assert "予以备案并签发回执" in client.get(url("plan_file", plan)).content.decode()
    assert client.post(url("plan_file", plan)).status_code == 302
    assert client.post(url("plan_file", plan)).status_code == 409
    plan.case.refresh_from_db()
    assert plan.case.state == "filed"


def test_own_review_page_keeps_what_was_typed_and_records_it(client):
    people = supervision("sichuan")
    plan = drafted(people)
    client.force_login(people.head.user)
    wrong = client.post(url("plan_own_review", plan), {"opinion": "计划可行", "on": "2026-12-24"})
    assert wrong.status_code == 422
    assert "计划可行" in wrong.content.decode()
    absurd = client.post(url("plan_own_review", plan), {"opinion": "计划可行", "on": "0001-01-01"})
    assert absurd.status_code == 422
    done = client.post(url("plan_own_review", plan), {"opinion": "计划可行", "on": "2026-11-20"})
    assert done.url == url("plan_submit", plan)
    assert client.post(url("plan_submit", plan)).status_code == 302


PAGES = [
    ("plan_form", ()),
    ("plan_view", ()),
    ("plan_part", ("summary",)),
    ("plan_part", ("projects",)),
    ("plan_part", ("attachments",)),
    ("plan_upload", ()),
    ("plan_template", ()),
    ("plan_export", ()),
    ("plan_submit", ()),
    ("plan_own_review", ()),
    ("plan_amend", ()),
    ("plan_compare", ()),
]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_another_institution_finds_no_plan(client, name, args):
    people, others = supervision("zibo"), supervision("zibo")
    plan = drafted(people)
    client.force_login(others.head.user)
    assert client.get(url(name, plan, *args)).status_code == 404
    client.force_login(people.head.user)
    assert client.get(url(name, plan, *args)).status_code == 200


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("plan_part", ("summary",)),
        ("plan_autosave", ("summary",)),
        ("plan_copy", ()),
        ("plan_file_upload", ("plan_other",)),
        ("plan_submit", ()),
        ("plan_amend", ()),
    ],
)
def test_another_institution_changes_nothing(client, name, args):
    people, others = supervision("zibo"), supervision("zibo")
    plan = drafted(people)
    client.force_login(others.head.user)
    assert client.post(url(name, plan, *args), {"version": "1", "summary": "别人的"}).status_code == 404
    assert client.post(reverse("plans:plan_open", args=[people.base.number, YEAR])).status_code == 404
    plan.refresh_from_db()
    assert plan.data["summary"] == "全年工作完成。"


def test_draft_is_nobody_elses(client):
    people = supervision("zibo")
    plan = drafted(people)
    for actor in (people.unit_officer, people.office["officer"]):
        client.force_login(actor.user)
        assert client.get(url("plan_view", plan)).status_code == 404
        assert "全年工作完成。" not in client.get(reverse("plans:annual_plans")).content.decode()


def test_others_read_what_was_sent_and_not_what_is_being_corrected(client):
    people = supervision("zibo")
    plan = AnnualPlan.objects.select_related("case").get(pk=send(drafted(people), people).pk)
    return_for_correction(plan.case, people.unit_officer, [Item("summary", "补充")])
    client.force_login(people.editor.user)
    client.post(url("plan_part", plan, "summary"), {"version": "2", "summary": "正在改的总结"})
    assert "正在改的总结" in client.get(url("plan_view", plan)).content.decode()
    client.force_login(people.unit_officer.user)
    seen = client.get(url("plan_view", plan)).content.decode()
    assert "全年工作完成。" in seen
    assert "正在改的总结" not in seen


def test_autosave_answers_a_conflict_with_what_the_other_saved(client):
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.editor.user)
    first = client.post(url("plan_autosave", plan, "summary"), {"version": "0", "summary": "甲写的\x00\r\n二行"})
    assert first.status_code == 200
    assert first.json()["version"] == 1
    assert first.json()["completeness"]["sections"]["summary"]["status"] == "complete"
    client.force_login(people.head.user)
    second = client.post(url("plan_autosave", plan, "summary"), {"version": "0", "summary": "乙写的"})
    assert second.status_code == 409
    assert second.json()["values"] == {"summary": "甲写的\n二行"}
    assert second.json()["saved_by"] == people.editor.user.name
    page = client.post(url("plan_part", plan, "summary"), {"version": "0", "summary": "乙写的"})
    assert page.status_code == 409
    assert "乙写的" in page.content.decode()
    assert "甲写的" in page.content.decode()
    assert client.post(url("plan_part", plan, "summary"), {"version": "1", "summary": "乙写的"}).status_code == 302


def test_autosave_of_wrong_cells_keeps_them_and_says_what_is_wrong(client):
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.editor.user)
    answer = client.post(url("plan_autosave", plan, "projects"), grid(row(1, persons="许多"), version="0", outline="x"))
    assert answer.json()["errors"]["projects"][0].startswith("第 1 行“人数”")
    assert AnnualPlan.objects.get().data["projects"][0]["persons"] == "许多"
    assert "许多" in client.get(url("plan_part", plan, "projects")).content.decode()


def test_locked_plan_refuses_and_shows_what_was_typed(client):
    people = supervision("zibo")
    plan = AnnualPlan.objects.select_related("case").get(pk=send(drafted(people), people).pk)
    client.force_login(people.editor.user)
    answer = client.post(url("plan_part", plan, "summary"), {"version": "2", "summary": "来迟的修改"})
    assert answer.status_code == 409
    assert "来迟的修改" in answer.content.decode()
    refused = client.post(url("plan_autosave", plan, "summary"), {"version": "2", "summary": "来迟的修改"})
    assert (refused.status_code, "锁定" in refused.json()["detail"]) == (422, True)


def test_files_are_uploaded_refused_and_removed(client):
    people = supervision("national")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.editor.user)
    address = url("plan_file_upload", plan, "assessment_proposal")
    assert client.post(address).status_code == 422
    assert client.post(address, {"file": SimpleUploadedFile("a.pdf", b"MZ\x90\x00")}).status_code == 422
    assert client.post(address, {"file": SimpleUploadedFile("建议.pdf", PDF)}).status_code == 302
    file = Attachment.objects.get()
    assert file.purpose == "assessment_proposal"
    assert client.post(url("plan_file_remove", plan, file.pk)).status_code == 302
    file.refresh_from_db()
    assert file.removed_at is not None
    odd = client.post(url("plan_file_upload", plan, "evil"), {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert odd.status_code == 422


def test_upload_page_names_wrong_rows_and_keeps_the_table(client):
    people = supervision("zibo")
    plan = drafted(people)
    client.force_login(people.editor.user)
    template = load_workbook(io.BytesIO(client.get(url("plan_template", plan)).content))
    heads = [cell.value for cell in template.worksheets[0][1]]
    assert heads[0] == "项目名称*"
    assert "项目标识" not in heads
    text = "\t".join(
        ["班", "专业科目", "培训班", "新材料", "高级", "8", "二十", "2027-03-01", "2027-03-02", "面授", "某地"]
    )
    answer = client.post(url("plan_upload", plan), {"version": "1", "text": text, "mode": "replace"})
    assert answer.status_code == 422
    assert "第 1 行" in answer.content.decode()
    assert "二十" in answer.content.decode()
    assert len(AnnualPlan.objects.get().data["projects"]) == 1
    good = text.replace("二十", "20")
    assert client.post(url("plan_upload", plan), {"version": "0", "text": good}).status_code == 409
    assert client.post(url("plan_upload", plan), {"version": "1", "text": good}).status_code == 302
    nothing = client.post(url("plan_upload", plan), {"version": "2", "text": " "})
    assert nothing.status_code == 422


def test_amendment_and_comparison_on_pages(client):
    people, others = supervision("zibo"), supervision("zibo")
    first = filed(people, rows=[row(1), row(2)])
    foreign = filed(others)
    client.force_login(people.editor.user)
    assert client.post(url("plan_amend", first), {"reason": ""}).status_code == 422
    assert client.post(url("plan_amend", first), {"reason": "增加一个班"}).status_code == 302
    second = AnnualPlan.objects.select_related("case").get(version=2)
    assert client.post(url("plan_amend", first), {"reason": "再来"}).status_code == 409
    rows = second.data["projects"]
    client.post(url("plan_part", second, "projects"), grid(rows[0] | {"persons": "90"}, rows[1], row(3), version="0"))
    page = client.get(url("plan_compare", second)).content.decode()
    assert "增加 1 个项目，减少 0 个，修改 1 个，1 个不变" in page
    assert re.search(r"<del>60</del>.*?<ins>90</ins>", page, re.S)
    assert client.get(url("plan_compare", second), {"with": foreign.case.number}).status_code == 404
    client.force_login(people.office["officer"].user)
    assert client.get(url("plan_compare", first), {"with": second.case.number}).status_code == 404
    assert "只有一版" in client.get(url("plan_compare", first)).content.decode()


def test_copy_without_a_plan_to_copy_says_so(client):
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.editor.user)
    answer = client.post(url("plan_copy", plan), {"version": "0"}, follow=True)
    assert "没有已备案的 2026 年度计划" in answer.content.decode()


@pytest.mark.parametrize("part", ["nowhere", "units"])
def test_unknown_part_is_not_found(client, part):
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.editor.user)
    assert client.get(url("plan_part", plan, part)).status_code == 404


def test_case_page_offers_amending_to_the_institution_alone(client):
    people = supervision("zibo")
    plan = filed(people)
    case_page = reverse("cases:detail", args=[plan.case.number])
    client.force_login(people.editor.user)
    assert url("plan_amend", plan) in client.get(case_page).content.decode()
    client.force_login(people.office["officer"].user)
    assert url("plan_amend", plan) not in client.get(case_page).content.decode()
    client.force_login(people.editor.user)
    amend(plan, people.editor, "改")
    assert url("plan_amend", plan) not in client.get(case_page).content.decode()


def test_long_plans_are_shown_page_wise_and_still_read_and_sent(client):
    people = supervision("zibo")
    plan = drafted(people, rows=[row(n) for n in range(300)])
    client.force_login(people.head.user)
    page = client.get(url("plan_part", plan, "projects")).content.decode()
    assert "共 300 行，以下为前 50 行" in page
    client.post(url("plan_part", plan, "projects"), {"version": "1", "outline": "改过的要点"})
    plan.refresh_from_db()
    assert (plan.data["outline"], len(plan.data["projects"])) == ("改过的要点", 300)
    assert client.post(url("plan_submit", plan)).status_code == 302


def test_agreed_plan_is_seen_by_the_authority_with_the_units_opinion(client):
    people = supervision("zibo")
    case = agree(send(drafted(people), people), people)
    client.force_login(people.office["officer"].user)
    assert "计划符合要求。" in client.get(reverse("plans:plan_file", args=[case.number])).content.decode()


def test_a_deadline_to_24_hours_is_shown_as_that_day_and_not_the_next(client):
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.editor.user)
    for address in (reverse("plans:annual_plans"), url("plan_form", plan)):
        page = client.get(address).content.decode()
        assert "2026年12月31日" in page
        assert "2027年1月1日" not in page
