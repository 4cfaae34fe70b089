"""Pages of changes, withdrawals and managing units: nothing typed is lost, nothing foreign opens, bad input is told."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.bases.models import Base, BaseWithdrawal, ManagingUnitAssignment, ParticularsChange
from apps.bases.services import managing_units
from apps.cases.models import Attachment, Case, Document
from tests.bases.changing import NEW_NAME, drafted, proof, reported, withdrawing
from tests.factories import DepartmentFactory, Supervision

pytestmark = pytest.mark.django_db


def signed_in(client, actor):
    client.force_login(actor.user)
    return client


def edit_url(case):
    return reverse("bases:change_edit", args=[case.number])


def typed(case, **values):
    return {"version": Case.objects.get(pk=case.pk).version, "happened_on": "2026-03-01", "reason": "更名"} | values


def test_a_change_goes_from_the_base_to_the_register_on_the_pages(client):
    s = Supervision("zibo", managed=False)
    signed_in(client, s.editor)
    assert "第三十一条" in client.get(reverse("bases:change_start", args=[s.base.number])).content.decode()
    begun = client.post(reverse("bases:change_start", args=[s.base.number]))
    case = Case.objects.get()
    assert begun.url == edit_url(case)
    data = typed(case, after_name=f" {NEW_NAME} ", file=[proof(), proof("证书.pdf")], save="next")
    assert client.post(edit_url(case), data).url == reverse("cases:detail", args=[case.number])
    assert Attachment.objects.filter(case=case, purpose="change_evidence").count() == 2
    signed_in(client, s.head).post(reverse("cases:step", args=[case.number, "submit"]), {"reason": ""})
    shown = signed_in(client, s.office["officer"]).get(reverse("cases:detail", args=[case.number])).content.decode()
    assert NEW_NAME in shown
    assert "天后报送" in shown
    client.post(reverse("cases:step", args=[case.number, "file"]), {"reason": ""})
    client.logout()
    public = client.get(reverse("bases:detail", args=[s.base.number])).content.decode()
    assert f"{s.institution.name} → {NEW_NAME}" in public
    assert "曾用名" in public
    found = client.get(reverse("bases:register"), {"q": s.institution.name}).content.decode()
    assert NEW_NAME in found


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("after_name", "学院\x00", "看不见的控制字符"),
        ("after_name", "学院\x07", "看不见的控制字符"),
        ("after_name", "长" * 129, "128"),
        ("after_contact", "打电话", "联系电话请填数字"),
        ("happened_on", "0001-01-01", "日期过早"),
        ("happened_on", "9999-12-31", "日期不能晚于今天"),
        ("happened_on", "2026-02-30", "日期"),
        ("after_1", "新内容", "请写明变更的是什么事项"),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(client, field, value, message):
    s = Supervision("zibo")
    case = drafted(s)
    data = typed(case, after_contact="0533-7654321", reason="已打的字") | {field: value}
    page = signed_in(client, s.editor).post(edit_url(case), data)
    assert page.status_code == 422
    text = page.content.decode()
    assert message in text
    assert "已打的字" in text
    assert ParticularsChange.objects.get().reason == "上级批复更名"


def test_the_registered_name_is_no_change_and_a_huge_version_no_error(client):
    s = Supervision("zibo")
    case = drafted(s)
    signed_in(client, s.editor)
    same = client.post(edit_url(case), typed(case, after_name=s.base.institution_name))
    assert (same.status_code, "与现登记的内容相同" in same.content.decode()) == (422, True)
    assert client.post(edit_url(case), typed(case, version="9" * 30)).status_code == 422


def test_a_refused_file_says_why_and_loses_nothing(client):
    s = Supervision("zibo")
    case = drafted(s)
    bad = proof("坏.pdf")
    bad.file.seek(0)
    bad.file.write(b"<html>not a pdf at all")
    bad.seek(0)
    page = signed_in(client, s.editor).post(edit_url(case), typed(case, after_name="新名学院", file=[bad]))
    text = page.content.decode()
    assert (page.status_code, "坏.pdf：" in text, "新名学院" in text) == (422, True, True)


def test_two_editors_do_not_overwrite_each_other_unseen(client):
    s = Supervision("zibo")
    case = drafted(s)
    seen = Case.objects.get(pk=case.pk).version
    signed_in(client, s.editor).post(edit_url(case), typed(case, reason="甲的理由"))
    late = signed_in(client, s.head).post(edit_url(case), typed(case, version=seen, reason="乙的理由"))
    text = late.content.decode()
    assert (late.status_code, "乙的理由" in text) == (409, True)
    assert ParticularsChange.objects.get().reason == "甲的理由"
    fresh = late.context["version"]
    assert client.post(edit_url(case), typed(case, version=fresh, reason="乙的理由")).status_code == 302


def test_a_foreign_change_is_not_found_and_a_reported_one_is_not_edited(client):
    s, other = Supervision("zibo"), Supervision("zibo")
    case = drafted(s)
    assert signed_in(client, other.editor).get(edit_url(case)).status_code == 404
    file = Attachment.objects.get()
    url = reverse("bases:change_evidence_remove", args=[case.number, file.pk])
    assert client.post(url).status_code == 404
    signed_in(client, s.editor).post(url)
    assert Attachment.objects.get().removed_at is not None
    done = reported(other)
    assert signed_in(client, other.editor).post(edit_url(done), typed(done)).status_code == 302


def test_the_answer_of_the_approving_department_is_drafted_and_signed_on_the_pages(client):
    s = Supervision("sichuan", is_sandbox=True, managed=False)
    case = reported(s)
    url = reverse("bases:change_opinion", args=[case.number])
    signed_in(client, s.office["officer"])
    assert client.get(url).status_code == 200
    empty = client.post(url, {"agrees": "no", "opinion": " "})
    assert (empty.status_code, "须写明理由" in empty.content.decode()) == (422, True)
    assert client.post(url, {"agrees": "no", "opinion": "名称与证书不符"}).status_code == 302
    signed_in(client, s.office["head"]).post(reverse("cases:step", args=[case.number, "sign_refusal"]), {"reason": ""})
    assert Document.objects.get().kind == "change_refusal"
    assert Base.objects.get().institution_name == s.institution.name


def test_a_withdrawal_goes_its_way_on_the_pages(client):
    s = Supervision("zibo")
    running = drafted(s)
    signed_in(client, s.editor)
    start = client.get(reverse("bases:withdrawal_start", args=[s.base.number])).content.decode()
    assert "没有规定自愿退出" in start
    client.post(reverse("bases:withdrawal_start", args=[s.base.number]))
    case = BaseWithdrawal.objects.get().case
    url = reverse("bases:withdrawal_edit", args=[case.number])
    assert running.number in client.get(url).content.decode()
    bad = client.post(url, {"version": case.version, "reason": "业务调整", "ends_on": "9999-12-31"})
    assert (bad.status_code, "业务调整" in bad.content.decode()) == (422, True)
    good = {"version": case.version, "reason": "业务调整", "arrangements": "无", "save": "next"}
    assert client.post(url, good).status_code == 302
    for actor, step in ((s.head, "submit"), (s.office["officer"], "propose"), (s.office["head"], "sign_withdrawal")):
        url = reverse("cases:step", args=[case.number, step])
        assert signed_in(client, actor).post(url, {"reason": ""}).status_code == 302
    plaque = reverse("bases:withdrawal_plaque", args=[case.number])
    signed_in(client, s.office["officer"])
    assert client.post(plaque, {"on": "0001-01-01"}).status_code == 422
    assert client.post(plaque, {"on": timezone.localdate().isoformat()}).status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert "已退出" in client.get(reverse("bases:detail", args=[s.base.number])).content.decode()


def test_a_second_start_leads_to_the_one_in_hand(client):
    s = Supervision("zibo")
    case = drafted(s)
    page = signed_in(client, s.editor).get(reverse("bases:change_start", args=[s.base.number]))
    assert case.number in page.content.decode()
    again = client.post(reverse("bases:change_start", args=[s.base.number]))
    assert again.status_code == 422
    assert Case.objects.count() == 1


def test_a_unit_is_proposed_by_one_and_confirmed_by_another_on_the_pages(client):
    s = Supervision("zibo", managed=False)
    unit, unfit = DepartmentFactory(), DepartmentFactory(recommender_types=[])
    url = reverse("bases:unit_propose", args=[s.base.number])
    today = timezone.localdate().isoformat()
    signed_in(client, s.office["officer"])
    assert unfit.name not in client.get(url).content.decode()
    refused = client.post(url, {"unit": unfit.pk, "effective_on": today, "reason": "已打的理由"})
    assert (refused.status_code, "已打的理由" in refused.content.decode()) == (422, True)
    assert client.post(url, {"unit": unit.pk, "effective_on": today, "reason": "直接申报"}).status_code == 302
    assignment = ManagingUnitAssignment.objects.get()
    confirm = reverse("bases:unit_confirm", args=[assignment.pk])
    assert client.post(confirm).status_code == 403
    signed_in(client, s.office["head"])
    assert "待确认" in client.get(reverse("bases:file", args=[s.base.number])).content.decode()
    client.post(confirm)
    assert Base.objects.get().managing_unit == unit


def test_a_foreign_proposal_is_not_found_and_a_declined_one_keeps_its_reason(client):
    s, foreign = Supervision("zibo"), Supervision("weihai")
    assignment = managing_units.propose(
        s.base, s.office["officer"], DepartmentFactory(), reason="改革", effective_on=timezone.localdate()
    )
    url = reverse("bases:unit_decline", args=[assignment.pk])
    signed_in(client, foreign.office["head"])
    assert client.post(url, {"reason": "x"}).status_code == 404
    assert client.post(reverse("bases:unit_confirm", args=[assignment.pk])).status_code == 404
    signed_in(client, s.office["head"])
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "职责不符"}).status_code == 302
    assignment.refresh_from_db()
    assert (assignment.outcome, assignment.decision_note) == ("declined", "职责不符")


def test_a_withdrawal_is_filled_in_by_its_institution_alone(client):
    s, other = Supervision("zibo"), Supervision("zibo")
    case = withdrawing(s)
    url = reverse("bases:withdrawal_edit", args=[case.number])
    assert signed_in(client, other.editor).get(url).status_code == 404
    assert signed_in(client, s.office["officer"]).get(url).status_code == 403
    assert signed_in(client, s.editor).get(url).status_code == 302


def test_a_revoked_base_is_shown_in_the_words_of_its_text(client):
    revoked = Supervision("zibo", status="revoked").base
    annulled = Supervision("weihai", status="revoked").base
    for base, word in ((revoked, "已取消"), (annulled, "已撤销")):
        page = client.get(reverse("bases:detail", args=[base.number]))
        assert f">{word}<" in page.content.decode() or word in page.content.decode()
