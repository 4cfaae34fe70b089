"""A visitor who floods the pages open to everyone, guesses codes, or leaves something behind for the officer."""

from __future__ import annotations

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.applications.models import Objection
from apps.applications.services import objections
from tests.applications.test_notices import MONDAY, office, published

__all__ = ["office"]
pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(autouse=True)
def few(settings):
    settings.VISITOR_LIMITS = {"objection": (3, 3600), "unknown_code": (3, 600)}
    cache.clear()
    yield
    cache.clear()


def form_of(application, **more):
    return {"application": application.case.number, "name": "某甲", "contact": "000", "text": "师资不实", **more}


def test_flood_of_objections_stops_and_keeps_what_was_typed(office, client):
    application = office.application("reviewed")
    address = reverse("applications:public_notice", args=[published(office, [application]).case.number])
    assert [client.post(address, form_of(application)).status_code for _ in range(3)] == [201, 201, 201]
    refused = client.post(address, form_of(application, text="第四件的内容"))
    page = refused.content.decode()
    assert refused.status_code == 429
    assert "一小时内提交的异议过多" in page
    assert "第四件的内容" in page
    assert Objection.objects.count() == 3
    assert client.post(address, form_of(application), REMOTE_ADDR="10.1.1.1").status_code == 201


def test_forwarded_address_made_up_by_the_visitor_does_not_help(office, client):
    application = office.application("reviewed")
    address = reverse("applications:public_notice", args=[published(office, [application]).case.number])
    answers = [
        client.post(address, form_of(application), HTTP_X_FORWARDED_FOR=f"10.2.2.{n}").status_code for n in range(4)
    ]
    assert answers == [201, 201, 201, 429]


def test_wrong_form_uses_up_nothing(office, client):
    application = office.application("reviewed")
    address = reverse("applications:public_notice", args=[published(office, [application]).case.number])
    for _ in range(5):
        client.post(address, form_of(application, text=""))
    assert client.post(address, form_of(application)).status_code == 201


def test_heap_of_files_is_refused(office, client):
    application = office.application("reviewed")
    address = reverse("applications:public_notice", args=[published(office, [application]).case.number])
    files = [SimpleUploadedFile(f"{n}.pdf", b"%PDF-1.4 x") for n in range(11)]
    answer = client.post(address, form_of(application, files=files))
    assert "最多上传 10 个文件" in answer.content.decode()
    assert not Objection.objects.exists()


def test_codes_cannot_be_tried_without_end(office, client):
    application = office.application("reviewed")
    objection = objections.object_to(
        published(office, [application]), application.case.number, name="某甲", contact="000", text="师资不实"
    )
    query = reverse("applications:objection_query")
    right = {"query_code": objection.query_code}
    assert client.get(query, right).status_code == 200
    for n in range(3):
        assert client.get(query, {"query_code": f"WRONG{n}"}).status_code == 200
    assert client.get(query, right).status_code == 429
    assert client.get(reverse("applications:objection_reply", args=[objection.query_code])).status_code == 404
    verify = client.get(reverse("documents:verify"), {"code": "ANYTHING"})
    assert verify.status_code == 429
    assert "次数过多" in verify.content.decode()
    with time_machine.travel(MONDAY.replace(hour=3)):
        assert client.get(query, right).status_code == 200


def test_objectors_status_is_kept_by_no_cache(client):
    answer = client.get(reverse("applications:objection_query"), {"query_code": "X"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_script_in_an_objection_reaches_the_officer_as_text(office, client):
    application = office.application("reviewed")
    notice = published(office, [application])
    pdf = SimpleUploadedFile('"><svg onload=alert(3)>.pdf', b"%PDF-1.4 x")
    objection = objections.object_to(
        notice, application.case.number, name=SCRIPT[:60], contact=SCRIPT, text=SCRIPT, files=[pdf]
    )
    client.force_login(office.officer.user)
    for address in (
        reverse("cases:detail", args=[objection.case.number]),
        reverse("applications:objection_investigate", args=[objection.case.number]),
        reverse("cases:list"),
    ):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page
    assert (
        "&lt;script&gt;alert(1)" in client.get(reverse("cases:detail", args=[objection.case.number])).content.decode()
    )
