"""A base's own pages: only what the reader may see, one timeline, few queries."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.enums import OrganisationKind, Role
from apps.bases import life
from apps.bases.actions import _actions, actions_for, register_base_action
from apps.bases.models import BaseEvent
from apps.bases.services import changes
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.workflow.engine import add_party, open_case
from tests.bases.changing import drafted, reported
from tests.factories import AuthorityFactory, InstitutionFactory, Supervision, make_base, make_case, member

pytestmark = pytest.mark.django_db


def page(client, actor, base, query=""):
    client.force_login(actor.user)
    return client.get(reverse("bases:file", args=[base.number]) + query)


def canary(s: Supervision, title: str, *parties) -> None:
    """A case about the base in which ``parties`` take part."""
    case = make_case(CaseKind.INSPECTION, s.authority, base=s.base, institution=s.institution, title=title)
    open_case(case, s.office["officer"], label=f"{title}的建立")
    for organisation in parties:
        add_party(case, organisation.pk, PartyRole.INSPECTOR, active=True)


def test_the_file_shows_only_what_the_reader_takes_part_in(client):
    s = Supervision("zibo")
    canary(s, "机关的金丝雀", s.authority)
    canary(s, "单位的金丝雀", s.authority, s.institution)
    seen = {
        "authority": page(client, s.office["officer"], s.base).content.decode(),
        "institution": page(client, s.editor, s.base).content.decode(),
        "unit": page(client, s.unit_officer, s.base).content.decode(),
    }
    assert {who: "机关的金丝雀" in text for who, text in seen.items()} == {
        "authority": True,
        "institution": False,
        "unit": False,
    }
    assert {who: "单位的金丝雀" in text for who, text in seen.items()} == {
        "authority": True,
        "institution": True,
        "unit": False,
    }


def test_internal_acts_stay_inside_the_authority(client):
    s = Supervision("sichuan", is_sandbox=True, managed=False)
    case = reported(s)
    changes.propose_consent(case, s.office["officer"], agrees=False, opinion="金丝雀理由")
    assert "拟定审核意见" in page(client, s.office["head"], s.base).content.decode()
    text = page(client, s.head, s.base).content.decode()
    assert "拟定审核意见" not in text
    assert "金丝雀理由" not in client.get(reverse("cases:detail", args=[case.number])).content.decode()


@pytest.mark.parametrize("url", ["bases:file", "bases:change_start", "bases:withdrawal_start", "bases:unit_propose"])
def test_a_foreign_base_and_one_that_does_not_exist_answer_alike(client, url):
    s, foreign = Supervision("zibo"), Supervision("zibo")
    for actor in (s.editor, s.unit_officer, s.office["officer"]):
        client.force_login(actor.user)
        elsewhere = Supervision("weihai").base if actor is s.office["officer"] else foreign.base
        answers = [client.get(reverse(url, args=[number])) for number in (elsewhere.number, "JD-NONE")]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].status_code in (403, 404)


def test_experts_and_administrators_open_no_file(client):
    s = Supervision("zibo")
    for role in (Role.EXPERT, Role.SYSTEM_ADMIN):
        assert page(client, member(s.authority, role), s.base).status_code == 404


def test_the_timeline_puts_each_event_once_among_the_acts():
    s = Supervision("zibo", managed=False)
    case = reported(s)
    changes.file(case, s.office["officer"])
    BaseEvent.objects.create(base=s.base, kind="recognised", label="认定并公布", on=dt.date(2025, 6, 1))
    _, rows = life.timeline_of(s.base, s.head, None)
    told = [event.label for row in rows for event in row["events"]]
    assert told == ["机构名称变更", "认定并公布"]
    assert [row["label"] for row in rows if row["at"]] == ["予以备案", "报送", "修改变更内容", "填报信息变更"]
    assert rows[-1]["day"] == dt.date(2025, 6, 1)


def test_a_long_timeline_is_paged_and_shows_each_event_on_one_page():
    s = Supervision("zibo", managed=False)
    for _ in range(3):
        canary(s, "很多", s.institution)
    case = drafted(s)
    for count in range(30):
        changes.save_change(case, s.editor, happened_on=None, reason=f"第{count}次", items=())
    BaseEvent.objects.create(base=s.base, kind="recognised", label="认定并公布", on=dt.date(2025, 6, 1))
    first, rows = life.timeline_of(s.base, s.editor, "1")
    _, more = life.timeline_of(s.base, s.editor, "2")
    assert (len(rows), first.has_next) == (25, True)
    assert [event.label for row in [*rows, *more] for event in row["events"]] == ["认定并公布"]


def test_the_file_takes_the_same_few_queries_for_any_number_of_cases(client, django_assert_max_num_queries):
    s = Supervision("zibo")
    client.force_login(s.office["officer"].user)
    taken = []
    for _ in range(3):
        canary(s, "检查", s.authority)
        with django_assert_max_num_queries(12) as found:
            assert client.get(reverse("bases:file", args=[s.base.number])).status_code == 200
        taken.append(len(found))
    assert len(set(taken)) == 1


def test_actions_are_offered_by_role_and_only_where_their_page_exists():
    s = Supervision("zibo")
    register_base_action("没有的页面", "nowhere:start", [Role.INSTITUTION_HEAD], [OrganisationKind.INSTITUTION])
    try:
        own = [action["label"] for action in actions_for(s.base, s.head)]
        office = [action["label"] for action in actions_for(s.base, s.office["officer"])]
    finally:
        _actions.pop("nowhere:start")
    assert {"信息变更", "申请退出"} <= set(own)
    assert "没有的页面" not in own
    assert "确定管理（指导）单位" in office
    assert not {"信息变更", "申请退出"} & set(office)


def test_an_ended_base_offers_nothing_of_its_own():
    s = Supervision("zibo", status="withdrawn")
    assert not {"信息变更", "申请退出"} & {action["label"] for action in actions_for(s.base, s.head)}


def listed(client, actor, query=""):
    client.force_login(actor.user)
    return [row["base"].pk for row in client.get(reverse("bases:mine") + query).context["rows"]]


def test_everybody_lists_the_bases_they_work_with_and_no_others(client):
    s, other, foreign = Supervision("zibo"), Supervision("zibo"), Supervision("weihai", is_sandbox=True)
    assert listed(client, s.editor) == [s.base.pk]
    assert listed(client, s.unit_officer) == [s.base.pk]
    assert set(listed(client, s.office["officer"])) == {s.base.pk, other.base.pk}
    assert listed(client, foreign.office["officer"]) == [foreign.base.pk]
    assert listed(client, member(s.authority, Role.EXPERT)) == []


def test_a_lower_authority_lists_its_own_bases_alone(client):
    superior = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    lower = AuthorityFactory(jurisdiction_id="sichuan", levels=["regional"], superior=superior)
    own = make_base(lower, level="regional", number="JD-SICHUAN-Q20250001")
    above = make_base(superior, level="provincial", number="JD-SICHUAN-S20250001")
    assert listed(client, member(lower, Role.AUTHORITY_OFFICER)) == [own.pk]
    assert set(listed(client, member(superior, Role.AUTHORITY_OFFICER))) == {own.pk, above.pk}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=甲学院", "a"),
        ("?q=旧学院", "b"),
        ("?status=withdrawn", "b"),
        ("?rehearsal=yes", ""),
        ("?level=national", ""),
    ],
)
def test_the_list_is_filtered_from_the_address(client, query, expected):
    authority = AuthorityFactory()
    bases = {
        "a": make_base(authority, InstitutionFactory(name="甲学院"), number="JD-ZIBO-D20250001"),
        "b": make_base(
            authority,
            InstitutionFactory(name="乙学院"),
            number="JD-ZIBO-D20250002",
            former_names="旧学院",
            status="withdrawn",
        ),
    }
    found = listed(client, member(authority, Role.AUTHORITY_OFFICER), query)
    assert found == [bases[name].pk for name in expected]


def test_running_counts_tell_only_of_cases_the_reader_sees(client):
    s = Supervision("zibo")
    drafted(s)
    client.force_login(s.editor.user)
    assert client.get(reverse("bases:mine")).context["rows"][0]["running"] == 1
    client.force_login(s.office["officer"].user)
    assert client.get(reverse("bases:mine")).context["rows"][0]["running"] == 0


def test_the_export_holds_what_the_list_shows(client):
    s = Supervision("zibo")
    Supervision("zibo")
    client.force_login(s.unit_officer.user)
    rows = list(load_workbook(io.BytesIO(client.get(reverse("bases:mine_export")).content)).active.values)
    assert [row[0] for row in rows] == ["编号", s.base.number]
    assert rows[1][10] == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(client, number, django_assert_num_queries):
    authority = AuthorityFactory()
    for count in range(number):
        make_base(authority, number=f"JD-ZIBO-D2025000{count}")
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    with django_assert_num_queries(6):
        client.get(reverse("bases:mine"))
