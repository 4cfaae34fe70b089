"""The pages of sanctions: a road walked through them, what others see, bad input, the number of queries."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.cases.models import Case
from tests.inspections.sanctions import story
from tests.inspections.sanctions.story import DISORDER, PDF, fresh, travel

pytestmark = pytest.mark.django_db


def items(*requirements: str, initial: int = 0) -> dict[str, str]:
    posted = {
        "items-TOTAL_FORMS": str(len(requirements)),
        "items-INITIAL_FORMS": str(initial),
        "items-MIN_NUM_FORMS": "1",
        "items-MAX_NUM_FORMS": "100",
    }
    return posted | {f"items-{at}-requirement": text for at, text in enumerate(requirements)}


def pdf(name: str = "证据.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def url(name: str, number: str) -> str:
    return reverse(f"inspections:{name}", args=[number])


def take(client, case: Case, step: str, **data: str):
    return client.post(reverse("cases:step", args=[case.number, step]), {"reason": ""} | data)


def ordered_by_pages(client, sup) -> Case:
    client.force_login(sup.office["officer"].user)
    data = {"grounds": ["tasks_not_completed"], "facts": "只办了两期。", "term_days": "30", **items("补办", "改制度")}
    answer = client.post(url("rectification_new", sup.base.number), data | {"facts-file": pdf()})
    assert answer.status_code == 302, answer.context["form"].errors
    case = Case.objects.get(kind="rectification", base=sup.base)
    assert take(client, case, "propose_order").status_code == 302
    client.force_login(sup.office["head"].user)
    assert take(client, case, "sign_order").status_code == 302
    return fresh(case)


def test_a_rectification_is_walked_through_its_pages_to_its_end(client):
    sup = story.supervision()
    case = ordered_by_pages(client, sup)
    assert (case.state, case.attachments.get().purpose) == ("ordered", "facts")
    first, second = case.rectification.items.all()
    client.force_login(sup.head.user)
    page = url("rectification_progress", case.number)
    assert "补办" in client.get(page).content.decode()
    posted = {
        f"progress-{first.pk}": "已补办八期",
        f"done-{first.pk}": "on",
        f"progress-{second.pk}": "已修订",
        f"file-{first.pk}": pdf(),
        "report": "全部整改完毕",
        "version": str(case.version),
        "action": "submit",
    }
    assert client.post(page, posted).status_code == 302
    case = fresh(case)
    assert case.state == "reported"
    assert case.attachments.filter(purpose=f"rectify:{first.pk}").count() == 1
    client.force_login(sup.office["officer"].user)
    posted = {
        "rechecked_on": timezone.localdate().isoformat(),
        "recheck": "现场核对",
        "version": str(case.version),
        f"verdict-{first.pk}": "meets",
        f"verdict-{second.pk}": "meets",
    }
    assert client.post(url("rectification_recheck", case.number), posted).status_code == 302
    posted = {"conclusion": "lift", "conclusion_text": "合格", "version": ""}
    assert client.post(url("rectification_conclusion", case.number), posted).status_code == 302
    client.force_login(sup.office["head"].user)
    assert take(client, case, "sign_lift").status_code == 302
    assert fresh(case).state == "lifted"
    for actor in (sup.head, sup.office["officer"], sup.unit_officer):
        client.force_login(actor.user)
        assert "整改合格" in client.get(reverse("cases:detail", args=[case.number])).content.decode()


def test_a_direct_revocation_is_walked_through_its_pages_and_undone(client):
    sup = story.supervision()
    rectification = story.ordered(sup)
    client.force_login(sup.office["officer"].user)
    page = client.get(url("revocation_new", sup.base.number)).content.decode()
    assert "须先责令限期整改" in page
    posted = {"article": "24", "grounds": [DISORDER], "facts": "自行收费", "hearing_days": "5"}
    assert client.post(url("revocation_new", sup.base.number), posted).status_code == 302
    case = Case.objects.get(kind="revocation", base=sup.base)
    posted = {"grounds": [DISORDER], "facts": "自行收费并发证", "hearing_days": "7", "version": str(case.version)}
    assert client.post(url("revocation_notice", case.number), posted).status_code == 302
    take(client, case, "propose_notice")
    client.force_login(sup.office["head"].user)
    take(client, case, "sign_notice")
    client.force_login(sup.head.user)
    posted = {"statement": "已退费", "wants_hearing": "on", "statement-file": pdf(), "action": "submit"}
    assert client.post(url("revocation_statement", case.number), posted).status_code == 302
    client.force_login(sup.office["officer"].user)
    assert client.post(url("revocation_hearing", case.number), {"hearing_record": "已听取"}).status_code == 302
    posted = {"conclusion": "revoke", "answer": "不予采纳", "reasons": "事实清楚"}
    assert client.post(url("revocation_decision", case.number), posted).status_code == 302
    client.force_login(sup.office["legal"].user)
    assert client.get(url("revocation_legal_review", case.number)).status_code == 200
    posted = {"opinion": "合法", "action": "pass"}
    assert client.post(url("revocation_legal_review", case.number), posted).status_code == 302
    client.force_login(sup.office["head"].user)
    assert take(client, case, "sign_revocation").status_code == 302
    client.force_login(sup.office["officer"].user)
    page = url("revocation_aftermath", case.number)
    assert rectification.number in client.get(page).content.decode()
    number = rectification.number
    posted = {
        "action": "settle",
        "of": number,
        f"case-{number}-number": number,
        f"case-{number}-decision": "discontinue",
        f"case-{number}-reason": "资格已取消",
    }
    assert client.post(page, posted).status_code == 302
    assert fresh(rectification).state == "discontinued"
    assert client.post(page, {"action": "close"}).status_code == 422
    posted = {"action": "plaque", "returned_on": timezone.localdate().isoformat()}
    assert client.post(page, posted).status_code == 302
    assert client.post(page, {"action": "close"}).status_code == 302
    assert fresh(case).state == "closed"
    posted = {
        "overturned_by": "court",
        "body": "某某法院",
        "document_number": "（2026）1号",
        "decided_on": timezone.localdate().isoformat(),
        "facts": "判决撤销",
        "status_after": "active",
        "instrument-file": pdf(),
    }
    assert client.post(url("restoration_new", sup.base.number), posted).status_code == 302
    restoration = Case.objects.get(kind="restoration")
    assert client.get(url("restoration_edit", restoration.number)).status_code == 200
    assert take(client, restoration, "propose").status_code == 302
    client.force_login(sup.office["head"].user)
    assert take(client, restoration, "sign_restoration").status_code == 302
    sup.base.refresh_from_db()
    assert sup.base.status == "active"
    for actor in (sup.head, sup.office["head"]):
        client.force_login(actor.user)
        for one in (case, restoration):
            assert client.get(reverse("cases:detail", args=[one.number])).status_code == 200
    assert client.get(url("base_sanctions", sup.base.number)).status_code == 200


CASE_PAGES = [
    "rectification_order",
    "rectification_progress",
    "rectification_recheck",
    "rectification_conclusion",
    "revocation_notice",
    "revocation_statement",
    "revocation_hearing",
    "revocation_decision",
    "revocation_legal_review",
    "revocation_aftermath",
    "restoration_edit",
]
BASE_PAGES = ["base_sanctions", "rectification_new", "revocation_new", "restoration_new"]


@pytest.mark.parametrize("who", ["editor", "head", "unit_officer", "unit_head", "officer", "legal", "office_head"])
def test_nobody_of_another_institution_or_authority_opens_any_page(client, who):
    sup, other = story.supervision(), story.supervision()
    rectification = story.ordered(sup)
    revocation = story.noticed(sup)
    actors = {name: getattr(other, name) for name in ("editor", "head", "unit_officer", "unit_head")}
    actors |= {"officer": other.office["officer"], "legal": other.office["legal"], "office_head": other.office["head"]}
    client.force_login(actors[who].user)
    for name in CASE_PAGES:
        number = rectification.number if name.startswith("rect") else revocation.number
        for answer in (client.get(url(name, number)), client.post(url(name, number), {})):
            assert answer.status_code in (403, 404)
            assert sup.institution.name not in answer.content.decode()
    for name in BASE_PAGES:
        answer = client.get(url(name, sup.base.number))
        assert answer.status_code in (403, 404)
    listed = client.get(reverse("inspections:rectification_list"), {"state": "all"})
    assert rectification.number not in listed.content.decode()
    exported = client.get(reverse("inspections:rectification_export"), {"state": "all"})
    assert exported.status_code == 200


def test_a_stale_page_keeps_what_was_typed_and_does_not_overwrite(client):
    sup = story.supervision()
    case = story.ordered(sup)
    item = case.rectification.items.first()
    client.force_login(sup.editor.user)
    page = url("rectification_progress", case.number)
    data = {f"progress-{item.pk}": "先写的", "report": "", "version": str(case.version)}
    assert client.post(page, data).status_code == 302
    answer = client.post(page, data | {f"progress-{item.pk}": "旧页面写的"})
    assert answer.status_code == 409
    assert "旧页面写的" in answer.content.decode()
    item.refresh_from_db()
    assert item.progress == "先写的"


def test_a_refused_file_is_named_and_the_text_is_saved(client):
    sup = story.supervision()
    case = story.ordered(sup)
    item = case.rectification.items.first()
    client.force_login(sup.editor.user)
    data = {
        f"progress-{item.pk}": "有照片",
        f"file-{item.pk}": SimpleUploadedFile("照片.exe", b"MZ\x90\x00 not a picture"),
        "version": str(case.version),
    }
    answer = client.post(url("rectification_progress", case.number), data)
    assert answer.status_code == 422
    assert "照片.exe" in answer.content.decode()
    item.refresh_from_db()
    assert item.progress == "有照片"
    again = client.post(
        url("rectification_progress", case.number),
        {f"progress-{item.pk}": "有照片了", "version": answer.context["form"]["version"].value()},
    )
    assert again.status_code == 302


def test_a_file_is_removed_together_with_saving(client):
    sup = story.supervision()
    case = story.ordered(sup)
    item = case.rectification.items.first()
    client.force_login(sup.editor.user)
    page = url("rectification_progress", case.number)
    client.post(page, {f"progress-{item.pk}": "一", f"file-{item.pk}": pdf(), "version": str(case.version)})
    attachment = case.attachments.get()
    data = {f"progress-{item.pk}": "二", "version": str(fresh(case).version), "remove": str(attachment.pk)}
    assert client.post(page, data).status_code == 302
    attachment.refresh_from_db()
    item.refresh_from_db()
    assert attachment.removed_at is not None
    assert item.progress == "二"


@pytest.mark.parametrize(
    "bad",
    [
        {"term_days": "99999999999999999999"},
        {"term_days": "-1"},
        {"facts": "空\x00字符"},
        {"grounds": ["fremd"]},
        {"items-0-requirement": ""},
        {"items-TOTAL_FORMS": "999999"},
        {"items-TOTAL_FORMS": "unfug"},
        {"facts": ""},
    ],
)
def test_bad_input_is_answered_with_what_was_typed(client, bad):
    sup = story.supervision()
    client.force_login(sup.office["officer"].user)
    data = {"grounds": ["tasks_not_completed"], "facts": "保留的事实", "term_days": "30", **items("保留的要求")}
    answer = client.post(url("rectification_new", sup.base.number), data | bad)
    assert answer.status_code == 422
    assert not Case.objects.filter(kind="rectification").exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "unfug", ""])
def test_absurd_days_are_refused_with_a_word(client, day):
    sup = story.supervision()
    case = story.reported(sup, story.ordered(sup))
    client.force_login(sup.office["officer"].user)
    verdicts = {f"verdict-{item.pk}": "meets" for item in case.rectification.items.all()}
    answer = client.post(
        url("rectification_recheck", case.number), {"rechecked_on": day, "recheck": "保留的情况", **verdicts}
    )
    assert answer.status_code == 422
    assert "保留的情况" in answer.content.decode()


def test_the_base_does_not_read_what_is_only_proposed(client):
    sup = story.supervision()
    case = story.prepared(sup, story.heard(sup, story.noticed(sup)))
    for actor in (sup.head, sup.unit_head):
        client.force_login(actor.user)
        page = client.get(reverse("cases:detail", args=[case.number])).content.decode()
        assert "事实清楚，证据充分" not in page
    client.force_login(sup.office["officer"].user)
    assert "事实清楚，证据充分" in client.get(reverse("cases:detail", args=[case.number])).content.decode()


def test_the_authority_does_not_read_a_statement_before_it_is_sent(client):
    sup = story.supervision()
    case = story.noticed(sup)
    from apps.inspections.services import revocations

    revocations.save_statement(case, sup.editor, "还没想好的草稿", wants_hearing=False)
    client.force_login(sup.office["officer"].user)
    assert "还没想好" not in client.get(reverse("cases:detail", args=[case.number])).content.decode()
    client.force_login(sup.head.user)
    assert "还没想好" in client.get(reverse("cases:detail", args=[case.number])).content.decode()


def test_the_list_filters_and_its_queries_do_not_grow(client):
    sup = story.supervision()
    case = story.ordered(sup)
    client.force_login(sup.office["officer"].user)
    page = reverse("inspections:rectification_list")

    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    counted()
    one = counted()
    for _ in range(4):
        more = story.supervision(authority=sup.authority)
        story.ordered(more)
    assert counted() == one
    assert one <= 12
    assert case.number not in client.get(page, {"due": "overdue"}).content.decode()
    assert case.number in client.get(page, {"q": sup.institution.name}).content.decode()
    assert client.get(page, {"due": "unfug", "state": "unfug", "page": "-1", "sort": "unfug"}).status_code == 200
    with travel(60):
        client.force_login(sup.office["officer"].user)
        assert "已逾期" in client.get(page, {"due": "overdue"}).content.decode()
    assert client.get(reverse("inspections:rectification_export")).status_code == 200


def test_a_page_whose_step_is_over_leads_back_with_a_word(client):
    sup = story.supervision()
    case = story.ordered(sup)
    client.force_login(sup.office["officer"].user)
    answer = client.get(url("rectification_order", case.number), follow=True)
    assert "不能办理这一步" in answer.content.decode()
    posted = {"grounds": ["tasks_not_completed"], "facts": "x", "term_days": "3", **items("y")}
    assert client.post(url("rectification_order", case.number), posted).status_code == 409


def test_a_double_submission_of_a_new_order_makes_one(client):
    sup = story.supervision()
    client.force_login(sup.office["officer"].user)
    data = {"grounds": ["tasks_not_completed"], "facts": "事实", "term_days": "30", **items("要求")}
    assert client.post(url("rectification_new", sup.base.number), data).status_code == 302
    assert client.post(url("rectification_new", sup.base.number), data).status_code == 422
    assert Case.objects.filter(kind="rectification").count() == 1


def test_an_unknown_day_of_restoration_is_refused(client):
    sup = story.supervision()
    story.revoked(sup)
    client.force_login(sup.office["officer"].user)
    posted = {
        "overturned_by": "court",
        "body": "某某法院",
        "document_number": "（2026）1号",
        "decided_on": (timezone.localdate() + dt.timedelta(days=1)).isoformat(),
        "facts": "保留的事由",
        "status_after": "active",
    }
    answer = client.post(url("restoration_new", sup.base.number), posted)
    assert answer.status_code == 422
    assert "保留的事由" in answer.content.decode()
