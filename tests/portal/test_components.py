"""The design system's tags, filters and templates."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from apps.accounts.enums import Role
from apps.portal import articles, fields, formatting
from apps.portal.context_processors import acting_choices
from apps.portal.navigation import (
    _PUBLIC,
    _WORK,
    NavigationItem,
    current_url,
    grouped,
    head_of,
    public_navigation,
    work_navigation,
)
from apps.portal.styleguide import TeacherFormSet, styleguide_context
from apps.portal.templatetags import ui

pytestmark = pytest.mark.urls("tests.browser.component_site")

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 3, 16, 10, 5, tzinfo=SHANGHAI)


def render(source: str, url: str = "/list/", **values: object) -> str:
    request = RequestFactory().get(url)
    return Template("{% load ui %}" + source).render(RequestContext(request, values))


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", help_text="与证件一致。")
    level = forms.ChoiceField(label="级别", widget=forms.RadioSelect, choices=[("a", "甲"), ("b", "乙")])
    born = forms.DateField(label="出生日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    agreed = forms.BooleanField(label="同意")


# --- articles and figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "label"),
    [
        ("8(5)", "第八条第（五）项"),
        ("29", "第二十九条"),
        ("27-2", "第二十七条第二款"),
        ("10", "第十条"),
        ("12-1(11)", "第十二条第一款第（十一）项"),
        ("105", "第一百零五条"),
        ("110", "第一百一十条"),
        ("200", "第二百条"),
    ],
)
def test_article_is_written_in_the_words_of_the_law(reference: str, label: str) -> None:
    assert articles.article_label(reference) == label


@pytest.mark.parametrize("reference", ["", "8(", "第八条", "8(5", "0", "8-0", "8(0)", "８"])
def test_what_is_no_article_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match=r"article reference|between 1 and 999"):
        articles.article_label(reference)


def test_several_articles_are_joined_with_the_enumeration_comma() -> None:
    assert articles.article_labels(["8(1)", "9"]) == "第八条第（一）项、第九条"


def test_filter_leaves_text_that_is_no_reference() -> None:
    assert ui.article("行政许可法第三十二条") == "行政许可法第三十二条"
    assert ui.article_list("8(5)") == "第八条第（五）项"
    assert ui.article_list(None) == ""


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "¥0.00"), (5, "¥0.05"), (123456, "¥1,234.56"), (500_000_000, "¥5,000,000.00"), (-1, "-¥0.01")],
)
def test_fen_is_written_in_yuan(amount: int, text: str) -> None:
    assert formatting.format_fen(amount) == text


def test_instant_is_shown_in_the_portals_time_zone() -> None:
    moment = dt.datetime(2026, 3, 1, 16, 5, tzinfo=dt.UTC)
    assert ui.cn_datetime(moment) == "2026年3月2日 00:05"
    assert ui.cn_date(moment) == "2026年3月2日"
    assert ui.cn_date(None) == ""


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (5 * 1024**3, "5.0 GB")])
def test_file_size(size: int, text: str) -> None:
    assert ui.file_size(size) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (12860, "12,860"),
        (None, "—"),
        ("", "—"),
        ([], "无"),
        (["a", "b"], "a、b"),
    ],
)
def test_value_is_written_for_people(value: object, text: str) -> None:
    assert ui.plain_value(value) == text


# --- time limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (dt.datetime(2026, 3, 20, 23, 59, 59, tzinfo=SHANGHAI), "还剩 4 天", "info"),
        (dt.datetime(2026, 3, 19, 23, 59, 59, tzinfo=SHANGHAI), "还剩 3 天", "warning"),
        (dt.datetime(2026, 3, 16, 23, 59, 59, tzinfo=SHANGHAI), "今日截止", "danger"),
        (dt.datetime(2026, 3, 16, 9, 0, tzinfo=SHANGHAI), "今日已逾期", "danger"),
        (dt.datetime(2026, 3, 15, 23, 59, 59, tzinfo=SHANGHAI), "已逾期 1 天", "danger"),
        (dt.date(2026, 3, 16), "今日截止", "danger"),
        (dt.date(2026, 3, 13), "已逾期 3 天", "danger"),
    ],
)
def test_time_left(due: dt.date, text: str, tone: str) -> None:
    left = formatting.time_left(due, NOW)
    assert (left.text, left.tone) == (text, tone)


def test_paused_clock_does_not_count_and_met_clock_is_done() -> None:
    overdue = dt.date(2026, 3, 1)
    assert formatting.time_left(overdue, NOW, paused=True).text == "已暂停计时"
    assert formatting.time_left(overdue, NOW, paused=True, met=True).text == "已办结"


def test_limit_to_midnight_is_read_as_the_day_that_it_closes() -> None:
    last = dt.date(2026, 3, 18)
    midnight = dt.datetime(2026, 3, 19, tzinfo=SHANGHAI)
    wanted = render("{% clock_badge due=due now=now %}", due=last, now=NOW)
    assert "2026年3月18日 截止" in wanted
    assert render("{% clock_badge due=due now=now %}", due=midnight, now=NOW) == wanted
    assert "已逾期 1 天" in render("{% clock_badge due=due now=now %}", due=midnight, now=midnight)


def test_clock_badge_reads_a_clock() -> None:
    clock = SimpleNamespace(due_at=dt.datetime(2026, 3, 18, 23, 59, tzinfo=SHANGHAI), is_paused=False, is_met=False)
    html = render("{% clock_badge clock now=now %}", clock=clock, now=NOW)
    assert "还剩 2 天" in html
    assert "2026年3月18日 截止" in html


def test_no_due_date_shows_no_clock() -> None:
    assert render("{% clock_badge due=None %}") == ""


# --- escaping ------------------------------------------------------------------------------------------------------

HOSTILE = '<script>alert("x")</script>'


@pytest.mark.parametrize(
    "source",
    [
        "{% badge text %}",
        "{% badge text text text %}",
        "{% result_badge text %}",
        "{% notice 'info' title=text %}{{ text }}{% endnotice %}",
        "{% panel text %}{{ text }}{% endpanel %}",
        "{% panel 't' id=text tone=text %}{% endpanel %}",
        "{% article_ref rulebook text %}",
        "{% icon text %}",
        "{% sort_header text text %}",
        "{% include 'components/description_list.html' with items=items only %}",
        "{% include 'components/diff.html' with rows=rows only %}",
        "{% include 'components/timeline.html' with acts=acts only %}",
        "{% include 'components/findings.html' with findings=findings only %}",
        "{% confirm_dialog text text text text=text consequences=texts %}",
        "{% file_list files %}",
    ],
)
def test_text_from_users_is_escaped(source: str) -> None:
    html = render(
        source,
        text=HOSTILE,
        texts=[HOSTILE],
        rulebook=SimpleNamespace(key="", title=HOSTILE),
        items=[{"label": HOSTILE, "value": HOSTILE}],
        rows=[{"label": HOSTILE, "before": HOSTILE, "after": HOSTILE + "1"}],
        acts=[{"label": HOSTILE, "at": NOW, "organisation": HOSTILE, "actor": HOSTILE, "reason": HOSTILE}],
        findings=[{"articles": [HOSTILE], "title": HOSTILE, "result": HOSTILE, "message": HOSTILE, "actual": HOSTILE}],
        files=[{"name": HOSTILE, "url": HOSTILE, "size": 1, "uploaded_by": HOSTILE}],
    )
    assert "<script>" not in html
    assert 'alert("x")' not in html


# --- lists ---------------------------------------------------------------------------------------------------------


def test_sort_header_turns_the_order_and_keeps_the_filters() -> None:
    source = '{% sort_header "due" "时限" %}'
    fresh = render(source, "/list/?q=%E5%AD%A6%E9%99%A2&page=4")
    assert 'aria-sort="none"' in fresh
    assert 'href="?q=%E5%AD%A6%E9%99%A2&amp;sort=due"' in fresh
    ascending = render(source, "/list/?sort=due&q=a")
    assert 'aria-sort="ascending"' in ascending
    assert 'href="?sort=-due&amp;q=a"' in ascending
    assert 'aria-sort="descending"' in render(source, "/list/?sort=-due")


def test_query_string_changes_and_removes_parameters() -> None:
    assert render("{% query_string page=3 %}", "/list/?q=a&page=2") == "?q=a&amp;page=3"
    assert render("{% query_string page=None %}", "/list/?q=a&page=2") == "?q=a"


def page(**values: object) -> SimpleNamespace:
    base = {"number": 2, "has_previous": True, "has_next": True, "previous_page_number": 1, "next_page_number": 3}
    return SimpleNamespace(**{**base, "total": None, "total_capped": False, **values})


def test_pagination_shows_a_capped_total_and_keeps_the_filters() -> None:
    html = render("{% pagination page %}", "/list/?q=a&page=2", page=page(total=1000, total_capped=True))
    assert "共 1000+ 条" in html
    assert 'href="?q=a&amp;page=3"' in html
    assert 'href="?q=a&amp;page=1"' in html


def test_pagination_of_unknown_total_names_none() -> None:
    html = render("{% pagination page %}", page=page(number=1, has_previous=False, previous_page_number=None))
    assert "共" not in html
    assert "第 1 页" in html
    assert 'rel="prev"' not in html
    assert 'rel="next"' in html


def test_filter_bar_keeps_the_sort_order() -> None:
    form = forms.Form()
    form.fields["q"] = forms.CharField(label="名称", required=False)
    html = render("{% filter_bar form %}", "/list/?sort=-due", form=form)
    assert '<input type="hidden" name="sort" value="-due">' in html
    assert 'href="/list/"' in html


def test_list_head_exports_with_the_filters_but_not_the_page() -> None:
    html = render("{% list_head 3 export_url='/list/export/' %}", "/list/?q=a&page=2")
    assert 'href="/list/export/?q=a"' in html
    assert "共 3 条" in html


# --- forms ---------------------------------------------------------------------------------------------------------


def test_field_ties_help_article_and_error_to_its_control() -> None:
    form = PersonForm({"level": "a", "agreed": "on"})
    html = render('{% field form.name article="8(1)" %}', form=form)
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_help"' in html
    assert "第八条第（一）项" in html
    assert 'id="id_name_error"' in html
    assert "（必填）" in html


def test_field_without_help_or_error_refers_to_nothing() -> None:
    html = render("{% field form.agreed %}", form=PersonForm())
    assert "aria-describedby" not in html
    assert "aria-invalid" not in html


def test_radio_group_is_a_fieldset_whose_options_keep_their_labels() -> None:
    html = render("{% field form.level %}", form=PersonForm({"level": "b"}))
    assert "<legend" in html
    assert 'id="id_level_1"' in html
    assert '<label for="id_level_1">乙</label>' in html
    assert html.count(" checked") == 1


def test_date_control_gets_an_iso_date() -> None:
    form = PersonForm(initial={"born": dt.date(2019, 9, 1)})
    assert 'value="2019-09-01"' in render("{% field form.born %}", form=form)


def test_error_summary_leads_to_each_field_and_the_first_option_of_a_group() -> None:
    html = render("{% error_summary form %}", form=PersonForm({"born": "x", "agreed": "on"}))
    assert "有 3 处需要修改" in html
    for target in ("id_name", "id_level_0", "id_born"):
        assert f'href="#{target}"' in html


def test_error_summary_is_empty_without_errors() -> None:
    valid = PersonForm({"name": "甲", "level": "a", "agreed": "on"})
    assert render("{% error_summary form other %}", form=valid, other=PersonForm()).strip() == ""


def test_errors_of_a_formsets_rows_are_linked() -> None:
    data = {"t-TOTAL_FORMS": "1", "t-INITIAL_FORMS": "0", "t-0-name": "", "t-0-title": "senior"}
    links = fields.error_links([TeacherFormSet(data, prefix="t")])
    assert [link["target"] for link in links] == ["id_t-0-name"]


def test_editable_table_has_a_blank_row_to_copy() -> None:
    formset = TeacherFormSet(prefix="teachers")
    html = render(
        "{% include 'components/editable_table.html' with formset=formset caption='教师' only %}", formset=formset
    )
    assert 'name="teachers-__prefix__-name"' in html
    assert 'name="teachers-0-name"' in html
    assert 'aria-label="姓名"' in html


# --- the frame -----------------------------------------------------------------------------------------------------


def test_longest_matching_navigation_item_is_current() -> None:
    items = (
        NavigationItem("首页", "/", exact=True),
        NavigationItem("名录", "/bases/"),
        NavigationItem("甲", "/bases/a/"),
    )
    assert current_url(items, "/") == "/"
    assert current_url(items, "/bases/9/") == "/bases/"
    assert current_url(items, "/bases/a/1/") == "/bases/a/"
    assert current_url(items, "/elsewhere/") == ""


def test_page_of_an_area_belongs_to_the_work_link_and_the_public_page_to_itself() -> None:
    items = (NavigationItem("基地", "/bases/mine/", area="/bases/"), NavigationItem("名录", "/bases/"))
    assert current_url(items, "/bases/JD-1/file/") == "/bases/mine/"
    assert current_url(items, "/bases/mine/") == "/bases/mine/"
    assert current_url(items, "/bases/") == "/bases/"


@pytest.mark.urls("config.urls")
def test_site_has_every_page_of_the_navigation() -> None:
    assert [item.label for item in public_navigation()] == [label for label, _ in _PUBLIC]
    found = work_navigation(frozenset(Role.values), "shanghai")
    assert [item.label for item in found] == [label for label, _, _, _ in _WORK]


@pytest.mark.urls("config.urls")
def test_work_navigation_shows_the_pages_of_ones_roles() -> None:
    labels = [item.label for item in work_navigation(frozenset({Role.EXPERT}), "zibo")]
    assert labels == ["工作台", "我的评审"]


MONEY = [
    "经费规定和办理", "资助周期", "资助", "使用方案", "拨款", "对账", "验收", "使用报告", "追回", "资金统计",
]  # fmt: skip


@pytest.mark.urls("config.urls")
@pytest.mark.parametrize(
    ("jurisdiction", "role", "labels"),
    [
        ("shanghai", Role.FINANCE_OFFICER, MONEY),
        ("shanghai", Role.AUTHORITY_HEAD, MONEY),
        ("shanghai", Role.LEGAL_OFFICER, [label for label in MONEY if label != "对账"]),
        ("shanghai", Role.DEPARTMENT_OFFICER, ["经费规定和办理", "资助", "使用方案", "验收", "资金统计"]),
        ("shanghai", Role.FUND_SUPERVISOR, ["受托监管", "我的验收", "资金统计"]),
        ("shanghai", Role.EXPERT, ["我的验收"]),
        ("national", Role.DEPARTMENT_HEAD, ["经费规定和办理", "使用方案"]),
        ("national", Role.FINANCE_OFFICER, ["经费规定和办理", "使用方案"]),
        ("national", Role.EXPERT, []),
        ("zibo", Role.FINANCE_OFFICER, ["经费规定和办理"]),
        (None, Role.INSTITUTION_HEAD, ["经费规定和办理"]),
    ],
)
def test_pages_of_money_are_offered_where_the_text_has_it(jurisdiction, role, labels) -> None:
    found = work_navigation(frozenset({role}), jurisdiction)
    assert [item.label for item in found if item.group == "专项经费"] == labels


def test_neighbours_of_one_group_stand_under_its_word_and_a_single_link_without_it() -> None:
    items = (
        NavigationItem("办件", "/cases/"),
        NavigationItem("项目", "/projects/", group="培训"),
        NavigationItem("统计", "/statistics/", group="培训"),
        NavigationItem("检查", "/checks/", group="检查处理"),
    )
    found = [(group.label, [item.label for item in group.items]) for group in grouped(items)]
    assert found == [("", ["办件"]), ("培训", ["项目", "统计"]), ("", ["检查"])]


@pytest.mark.urls("config.urls")
def test_visitor_sees_the_public_pages_side_by_side_and_staff_under_one_word() -> None:
    assert [group.label for group in head_of(None)] == [""] * len(_PUBLIC)
    last = head_of(frozenset({Role.AUTHORITY_OFFICER}))[-1]
    assert (last.label, [item.label for item in last.items]) == ("公开信息", [label for label, _ in _PUBLIC])


def test_acting_choices_group_the_roles_by_organisation() -> None:
    bureau, school = SimpleNamespace(pk=1, name="局"), SimpleNamespace(pk=2, name="校")

    def membership(pk: int, organisation: SimpleNamespace, role: str) -> SimpleNamespace:
        return SimpleNamespace(pk=pk, organisation_id=organisation.pk, organisation=organisation, role=role)

    request = SimpleNamespace(
        actor=SimpleNamespace(organisation=bureau),
        memberships=[
            membership(11, bureau, "authority_officer"),
            membership(12, bureau, "legal_officer"),
            membership(13, school, "institution_head"),
        ],
    )
    acting = acting_choices(request)
    assert acting["roles"] == ["机关经办人", "法制审核人"]
    assert [(choice["membership"], choice["current"]) for choice in acting["choices"]] == [(11, True), (13, False)]


def test_visitor_acts_for_nobody() -> None:
    assert acting_choices(SimpleNamespace(actor=None)) is None


def test_style_guide_shows_every_component_without_inline_script_or_style() -> None:
    request = RequestFactory().get("/styleguide/")
    html = render_to_string("components/styleguide.html", styleguide_context(), request=request)
    assert " style=" not in html
    assert " onclick=" not in html
    assert "<style" not in html
    assert "<script>" not in html
    for mark in ('class="road"', 'class="timeline"', 'class="tiles"', "<dialog", "data-grid", 'class="todo"'):
        assert mark in html


def test_form_components_carry_the_csrf_token() -> None:
    html = render("{% decision_panel '决定' '/act/' buttons %}{% confirm_dialog 'd' '确认' '/act/' %}", buttons=[])
    assert html.count('name="csrfmiddlewaretoken"') == 2


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429"])
def test_error_page_says_what_happened_and_leads_home(code: str) -> None:
    html = render_to_string(f"errors/{code}.html", request=RequestFactory().get("/"))
    assert "<h1>" in html
    assert 'href="/"' in html


def test_server_error_page_needs_no_context() -> None:
    html = Template('{% extends "500.html" %}').render(Context())
    assert "系统暂时不能处理" in html
