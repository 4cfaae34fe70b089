"""The public register: search, filters, export; nothing of rehearsals."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.bases.models import Base
from tests.factories import AuthorityFactory, InstitutionFactory, make_base

pytestmark = pytest.mark.django_db


def base(number: int, **values) -> Base:
    authority = values.pop("authority", None) or AuthorityFactory()
    institution = InstitutionFactory(name=values.pop("institution_name", f"名录学院{number}"))
    return Base.objects.create(
        jurisdiction_id=authority.jurisdiction_id,
        number=f"JD-ZIBO-D2026{number:04d}",
        name=f"淄博市专业技术人员继续教育基地（{institution.name}）",
        institution=institution,
        institution_name=institution.name,
        credit_code=institution.credit_code,
        division=values.pop("division", "370300"),
        field=values.pop("field", "新材料"),
        level="municipal",
        authority=authority,
        recognised_on=dt.date(2026, 3, number),
        **values,
    )


def names(page):
    return [row.institution_name for row in page.context["page"].rows]


def test_register_lists_newest_first_and_leaves_rehearsals_out(client):
    base(1), base(2), base(3, is_sandbox=True, institution_name="演练学院")
    page = client.get("/bases/")
    assert names(page) == ["名录学院2", "名录学院1"]
    assert "演练学院" not in page.content.decode()
    assert client.get("/bases/JD-ZIBO-D20260003/").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=名录学院2", ["名录学院2"]),
        ("q=jd-zibo-d20260001", ["名录学院1"]),
        ("division=3703", ["名录学院1"]),
        ("division=51", ["名录学院2"]),
        ("field=数字", ["名录学院2"]),
        ("level=national", []),
        ("status=revoked", []),
        ("sort=recognised_on", ["名录学院1", "名录学院2"]),
    ],
)
def test_register_is_filtered_from_the_address(client, query, expected):
    base(1)
    base(2, division="510100", field="数字技术")
    assert names(client.get(f"/bases/?{query}")) == expected


def test_register_is_found_by_credit_code(client):
    one, _ = base(1), base(2)
    assert names(client.get(f"/bases/?q={one.credit_code.lower()}")) == ["名录学院1"]


def test_bad_filter_says_what_is_expected(client):
    base(1)
    page = client.get("/bases/?division=37x")
    assert names(page) == []
    assert "行政区划代码请填 2、4 或 6 位数字。" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_register_takes_the_same_queries_for_any_number_of_rows(client, count, django_assert_num_queries):
    for number in range(1, count + 1):
        base(number)
    with django_assert_num_queries(2):
        client.get("/bases/")


def test_export_holds_what_the_filters_leave_and_no_formula(client):
    base(1, institution_name="=HYPERLINK(1)学院")
    base(2, field="数字技术")
    answer = client.get("/bases/export.xlsx?field=新材料")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert [row[1] for row in rows] == ["建设单位", "'=HYPERLINK(1)学院"]


def test_signed_in_officer_of_another_jurisdiction_sees_the_whole_register(client):
    from apps.accounts.enums import Role
    from tests.factories import member

    base(1)
    client.force_login(member(AuthorityFactory(jurisdiction_id="weihai"), Role.AUTHORITY_OFFICER).user)
    assert names(client.get("/bases/")) == ["名录学院1"]
    assert client.get("/bases/JD-ZIBO-D20260001/").status_code == 200


def test_an_order_to_rectify_shows_nowhere_in_public(client):
    base = make_base(AuthorityFactory(), status="rectifying")
    ended = make_base(base.authority, status="withdrawn")
    page = client.get(reverse("bases:register"), {"status": "active"}).content.decode()
    assert base.institution_name in page
    assert ended.institution_name not in page
    for answer in (page, client.get(reverse("bases:detail", args=[base.number])).content.decode()):
        assert "整改" not in answer
    told = client.get(reverse("api:base", args=[base.number])).json()
    assert (told["status"], told["status_label"]) == ("active", "有效")
