"""The pages of projects, archives and fees: who gets in, what they say, what they keep."""

import datetime as dt
import io

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.plans.models import FeeItem, TrainingProject
from apps.plans.services import fees, project_closing, project_filing
from tests.plans.projects.scene import Scene, fresh

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 2, 2, 2, 0, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 3, 20, 2, 0, tzinfo=dt.UTC)
FORM = {
    "in_base_name": "on",
    "name": "新材料应用班",
    "subject_kind": "professional",
    "kind": "training_class",
    "field": "新材料",
    "level": "mixed",
    "starts_on": "2026-03-16",
    "ends_on": "2026-03-18",
    "hours_tenths": "24",
    "value_tenths": "24",
    "persons": "40",
    "mode": "on_site",
    "place": "培训楼",
    "fee": "",
    "benefit_percent": "10",
}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def new_url(scene):
    return reverse("plans:project_new", args=[scene.base.number])


def as_(client, actor):
    client.force_login(actor.user)
    return client


def text(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("jurisdiction", "said"),
    [
        ("national", "须管理单位同意"),
        ("shanghai", "不须同意或备案"),
        ("sichuan", "须审核同意并备案"),
        ("weihai", "逐班备案"),
        ("zibo", "须管理单位同意"),
    ],
)
def test_form_says_at_once_what_the_text_asks(client, jurisdiction, said):
    scene = Scene(jurisdiction, is_sandbox=True)
    page = text(as_(client, scene.editor).get(new_url(scene)))
    assert said in page and "article-ref" in page


def test_project_outside_the_plan_is_opened_and_its_page_tells_why(client):
    scene = Scene("zibo")
    response = as_(client, scene.editor).post(new_url(scene), FORM)
    project = TrainingProject.objects.get()
    assert response.url == reverse("cases:detail", args=[project.case.number])
    assert (project.hours_tenths, project.benefit_percent, project.planned) == (240, 10, None)
    page = text(client.get(response.url))
    assert "本项目在年度计划以外，须单独报送" in page and "尚未同意" in page


def test_project_of_the_plan_comes_filled_in(client):
    scene = Scene("zibo")
    planned = scene.planned("filed")
    url = f"{new_url(scene)}?planned={planned.pk}"
    page = text(as_(client, scene.editor).get(url))
    assert 'value="新材料应用班"' in page and 'value="2026-03-16"' in page and 'value="24"' in page
    client.post(url, FORM)
    project = TrainingProject.objects.get()
    assert project.planned == planned
    assert "年度计划已覆盖" in text(client.get(reverse("cases:detail", args=[project.case.number])))


def test_planned_projects_are_listed_with_what_was_opened_from_them(client):
    scene, other = Scene("zibo"), Scene("zibo")
    planned = scene.planned("filed")
    other.planned("filed", name="别家的计划项目")
    scene.project(planned)
    page = text(as_(client, scene.editor).get(reverse("plans:project_planned", args=[scene.base.number])))
    assert "1 个" in page and "别家的计划项目" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\x00b"},
        {"starts_on": "0001-01-01"},
        {"starts_on": "9999-12-31"},
        {"ends_on": "2026-03-01"},
        {"hours_tenths": "0"},
        {"hours_tenths": "1e9"},
        {"hours_tenths": "NaN"},
        {"persons": "9" * 30},
        {"fee": "9" * 30},
        {"value_tenths": ""},
        {"mode": "x"},
    ],
)
def test_what_was_typed_wrongly_comes_back_with_its_error(client, wrong):
    scene = Scene("zibo")
    response = as_(client, scene.editor).post(new_url(scene), FORM | wrong)
    assert response.status_code == 422
    assert "error-summary" in text(response) and 'value="培训楼"' in text(response)
    assert not TrainingProject.objects.exists()


def test_form_sent_twice_is_told_of_the_first(client):
    scene = Scene("zibo")
    as_(client, scene.editor).post(new_url(scene), FORM)
    response = client.post(new_url(scene), FORM)
    assert response.status_code == 422
    assert "已有同名、同日开班的项目" in text(response) and 'value="培训楼"' in text(response)


def test_edit_over_another_change_keeps_what_was_typed(client):
    scene = Scene("zibo")
    project = scene.project()
    url = reverse("plans:project_edit", args=[project.case.number])
    assert as_(client, scene.editor).post(url, FORM | {"version": "0", "place": "一号楼"}).status_code == 302
    response = client.post(url, FORM | {"version": "0", "place": "二号楼"})
    assert response.status_code == 409
    assert "刚刚已被他人修改" in text(response) and 'value="二号楼"' in text(response)
    assert fresh(project).place == "一号楼"


@pytest.mark.parametrize("page", ["project_edit", "project_submit", "project_close", "project_archive"])
def test_project_of_another_institution_is_not_found(client, page):
    scene, other = Scene("zibo"), Scene("zibo")
    project = scene.project()
    url = reverse(f"plans:{page}", args=[project.case.number])
    assert as_(client, other.head).get(url).status_code == 404
    assert client.post(url, {}).status_code in (404, 405)


def test_bases_of_others_take_no_project_and_no_rate(client):
    scene, other = Scene("zibo"), Scene("zibo")
    as_(client, other.head)
    for name in ("project_new", "project_planned", "fees_manage"):
        assert client.get(reverse(f"plans:{name}", args=[scene.base.number])).status_code == 404
    foreign = scene.planned("filed")
    for planned in (foreign.pk, "x", "9" * 17):
        assert client.get(f"{new_url(other)}?planned={planned}").status_code == 404


def test_draft_is_unseen_by_unit_and_authority(client):
    scene = Scene("zibo")
    number = scene.project().case.number
    for actor in (scene.unit_officer, scene.office["officer"]):
        as_(client, actor)
        assert client.get(reverse("plans:project_archive", args=[number])).status_code == 404
        assert number not in text(client.get(reverse("plans:projects")))


def test_consent_is_asked_drafted_and_signed_on_the_pages(client):
    scene = Scene("zibo")
    project = scene.project()
    number = project.case.number
    submit = reverse("plans:project_submit", args=[number])
    assert as_(client, scene.editor).get(submit).status_code == 403
    assert "报管理单位同意" in text(as_(client, scene.head).get(submit))
    assert client.post(submit).status_code == 302
    opinion = reverse("plans:project_opinion", args=[number])
    refused = as_(client, scene.unit_officer).post(opinion, {"conclusion": "refused", "opinion": ""})
    assert refused.status_code == 422 and "须写明理由" in text(refused)
    assert client.post(opinion, {"conclusion": "agreed", "opinion": "同意。"}).status_code == 302
    sign = reverse("plans:project_sign", args=[number])
    assert "签署同意" not in text(client.get(sign))
    assert "签署同意" in text(as_(client, scene.unit_head).get(sign))
    assert client.post(sign).status_code == 302
    assert fresh(project).case.state == "ready"
    assert "不能发证和登记" not in text(as_(client, scene.head).get(reverse("cases:detail", args=[number])))


def test_late_filing_is_asked_for_its_reason(client):
    with time_machine.travel(dt.datetime(2026, 3, 12, 2, 0, tzinfo=dt.UTC), tick=False):
        scene = Scene("weihai", is_sandbox=True)
        project = scene.project()
        url = reverse("plans:project_submit", args=[project.case.number])
        page = text(as_(client, scene.head).get(url))
        assert "已过最迟备案日" in page and "2026年3月9日" in page
        refused = client.post(url, {"late_reason": " "})
        assert refused.status_code == 422 and "请说明原因" in text(refused)
        assert client.post(url, {"late_reason": "师资调整。"}).status_code == 302
    assert fresh(project).filed_late_days == 3


def test_several_filings_are_read_and_filed_on_one_page(client):
    scene, other = Scene("weihai", is_sandbox=True), Scene("weihai", is_sandbox=True)
    first, second = (scene.sent(scene.project(name=name)) for name in ("一期", "二期"))
    foreign = other.sent(other.project(name="别局的班"))
    url = reverse("plans:project_batch")
    page = text(as_(client, scene.office["officer"]).get(url))
    assert "一期" in page and "二期" in page and "别局的班" not in page
    chosen = [f"{one.case.number}:{one.case.version}" for one in (first, second)]
    preview = text(client.post(url, {"action": "preview", "chosen": chosen[:1]}))
    assert "一期" in preview and "二期" not in preview
    refused = client.post(
        url, {"action": "confirm", "chosen": [chosen[0], f"{foreign.case.number}:{foreign.case.version}"]}
    )
    assert refused.status_code == 422 and fresh(first).case.state == "filing"
    assert client.post(url, {"action": "confirm", "chosen": []}).status_code == 422
    assert client.post(url, {"action": "confirm", "chosen": chosen}).status_code == 302
    assert [fresh(one).case.state for one in (first, second, foreign)] == ["ready", "ready", "filing"]


def test_list_finds_late_unauthorised_and_waiting(client):
    scene = Scene("weihai", is_sandbox=True)
    scene.sent(scene.project(name="待备案的班"))
    held = scene.project(name="没有备案的班")
    with time_machine.travel(dt.datetime(2026, 3, 12, 2, 0, tzinfo=dt.UTC), tick=False):
        late = scene.sent(scene.project(name="逾期的班"), "调整。")
        project_filing.file_project(late.case, scene.office["officer"])
    with time_machine.travel(AFTER, tick=False):
        project_closing.close_class(held.case, scene.head, held_persons=9, result="办", effect="", reason="漏报")
    as_(client, scene.office["officer"])
    names = {"waiting": "待备案的班", "late": "逾期的班", "unauthorised": "没有备案的班"}
    for flag, name in names.items():
        page = text(client.get(reverse("plans:projects"), {"flag": flag}))
        assert [one for one in names.values() if one in page] == [name]
    assert "逾期备案 3 个工作日" in text(client.get(reverse("plans:projects"), {"flag": "late"}))
    assert "没有符合条件" in text(client.get(reverse("plans:projects"), {"q": "别的", "year": "2026"}))
    assert (
        client.get(reverse("plans:projects"), {"year": "x", "state": "y", "flag": "z", "page": "-1"}).status_code == 200
    )
    book = client.get(reverse("plans:projects"), {"format": "xlsx", "flag": "late"})
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.values)
    assert [row[1] for row in rows] == ["项目名称", "逾期的班"] and rows[1][13] == 3


def test_archive_page_files_removes_and_refuses(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    scene = Scene("zibo")
    project = scene.project(scene.planned("filed"))
    scene.sent(project)
    number = project.case.number
    with time_machine.travel(AFTER, tick=False):
        as_(client, scene.editor)
        close = reverse("plans:project_close", args=[number])
        assert client.post(close, {"held_persons": "0", "result": "", "effect": ""}).status_code == 422
        assert client.post(close, {"held_persons": "38", "result": "完成", "effect": ""}).status_code == 302
        page = reverse("plans:project_archive", args=[number])
        assert "缺：参训人员签到、培训效果评估" in text(client.get(page))
        for code in ("attendance", "evaluation"):
            url = reverse("plans:archive_upload", args=[number, code])
            wrong = client.post(url, {"file": SimpleUploadedFile("x.exe", b"MZ" + b"0" * 99)})
            assert wrong.status_code == 422 and "不是可接受的类型" in text(wrong)
            assert client.post(url).status_code == 422
            client.post(url, {"file": SimpleUploadedFile("材料.pdf", b"%PDF-1.4\n" + b"0" * 99)})
        assert "必备材料已齐" in text(client.get(page))
        filed = project.case.attachments.get(purpose="archive:attendance", removed_at__isnull=True)
        client.post(reverse("plans:archive_remove", args=[number, filed.pk]))
        assert "缺：参训人员签到" in text(client.get(page))
        as_(client, scene.office["officer"])
        assert "上传" not in text(client.get(page)).split("<main")[1].split("还没有上传")[0]
        listed = text(client.get(reverse("plans:archives"), {"year": "2026"}))
        assert "1 / 2" in listed and "参训人员签到" in listed
        book = client.get(reverse("plans:archives"), {"format": "xlsx"})
        row = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.values)[1]
        assert row[6:9] == (2, 1, "参训人员签到")


def test_schedule_is_public_for_live_bases_alone(client):
    scene, rehearsal = Scene("zibo"), Scene("zibo", is_sandbox=True)
    given = {"name": "培训费", "unit": "人", "amount": "600", "authority_name": "测试发展改革委"}
    given |= {"authority_document": "测价费〔2020〕5号", "effective_from": "2020-09-01"}
    manage = reverse("plans:fees_manage", args=[scene.base.number])
    assert as_(client, scene.editor).post(manage, given).status_code == 403
    assert as_(client, scene.head).post(manage, given).status_code == 302
    raised = client.post(manage, given | {"amount": "700", "effective_from": "2026-03-01"})
    assert raised.status_code == 422 and "须有新的批准或备案文件" in text(raised)
    assert "第二十八条" in text(raised) and 'value="700"' in text(raised)
    client.logout()
    public = text(client.get(reverse("plans:fees", args=[scene.base.number])))
    assert "¥600.00" in public and "测价费〔2020〕5号" in public
    assert client.get(reverse("plans:fees", args=[rehearsal.base.number])).status_code == 404
    scene.base.status = "revoked"
    scene.base.save()
    assert client.get(reverse("plans:fees", args=[scene.base.number])).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "-1"}, {"amount": "NaN"}, {"amount": "1e30"}, {"effective_from": "9999-01-01"}, {"name": "\x00"}],
)
def test_rate_typed_wrongly_comes_back(client, wrong):
    scene = Scene("zibo")
    given = {"name": "培训费", "unit": "人", "amount": "600", "authority_name": "测试发展改革委"}
    given |= {"authority_document": "测价费〔2020〕5号", "effective_from": "2020-09-01"}
    url = reverse("plans:fees_manage", args=[scene.base.number])
    response = as_(client, scene.head).post(url, given | wrong)
    assert response.status_code == 422 and 'value="测试发展改革委"' in text(response)
    assert not FeeItem.objects.exists()


def test_rate_is_ended_by_the_head_of_its_own_institution(client):
    scene, other = Scene("zibo"), Scene("zibo")
    item = fees.publish_rate(
        scene.base,
        scene.head,
        name="培训费",
        unit="人",
        amount_fen=100,
        authority_name="委",
        authority_document="一号",
        effective_from=dt.date(2026, 1, 1),
    )
    foreign = reverse("plans:fee_end", args=[other.base.number, item.pk])
    assert as_(client, other.head).post(foreign, {"ends_on": "2026-03-01"}).status_code == 404
    url = reverse("plans:fee_end", args=[scene.base.number, item.pk])
    assert as_(client, scene.head).post(url, {"ends_on": "2026-01-01"}).status_code == 422
    assert client.post(url, {"ends_on": "2026-03-01"}).status_code == 302
    item.refresh_from_db()
    assert item.ends_on == dt.date(2026, 3, 1)


def _queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("role", ["editor", "unit_officer", "officer"])
def test_lists_take_the_same_queries_at_any_length(client, role):
    scene = Scene("weihai", is_sandbox=True)
    actor = scene.office["officer"] if role == "officer" else getattr(scene, role)
    as_(client, actor)
    planned = scene.planned("filed")

    def add(number):
        project = scene.sent(scene.project(planned, name=f"第{number}期"))
        project_filing.file_project(project.case, scene.office["officer"])
        with time_machine.travel(AFTER, tick=False):
            project_closing.close_class(project.case, scene.editor, held_persons=3, result="完成", effect="")

    add(1)
    urls = [reverse("plans:projects"), reverse("plans:archives")]
    for url in urls:
        client.get(url)
    few = [_queries(client, url) for url in urls]
    for number in (2, 3, 4):
        add(number)
    many = [_queries(client, url) for url in urls]
    assert few == many and max(many) <= 12
