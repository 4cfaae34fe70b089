"""The style guide: every component of the design system with plainly invented sample data. Served in development only."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.portal.context_processors import PRODUCT_NAME

_ZONE = dt.timezone(dt.timedelta(hours=8))
_NOW = dt.datetime(2026, 3, 16, 10, 5, tzinfo=_ZONE)


class SampleForm(forms.Form):
    """A form with every kind of control."""

    name = forms.CharField(label="机构全称", help_text="与登记证书一致。")
    code = forms.CharField(label="统一社会信用代码", max_length=18)
    kind = forms.ChoiceField(
        label="机构类型", choices=[("", "请选择"), ("university", "高等院校"), ("association", "协会（学会）")]
    )
    fields_wanted = forms.MultipleChoiceField(
        label="拟开展培训的领域",
        widget=forms.CheckboxSelectMultiple,
        choices=[("manufacturing", "装备制造"), ("health", "卫生健康"), ("digital", "数字技术")],
    )
    level = forms.ChoiceField(
        label="申报级别", widget=forms.RadioSelect, choices=[("provincial", "省级"), ("regional", "市级")]
    )
    attendances = forms.IntegerField(label="年培训人次", min_value=0)
    opened_on = forms.DateField(label="成立日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    plan = forms.CharField(label="培训规划", widget=forms.Textarea, required=False)
    evidence = forms.FileField(label="办学资质证明", required=False, help_text="PDF 或图片，不超过 20 MB。")
    pledge = forms.BooleanField(label="本单位承诺所填内容真实、完整，并承担相应责任")


class TeacherForm(forms.Form):
    """One row of the sample table."""

    name = forms.CharField(label="姓名")
    title = forms.ChoiceField(
        label="职称", choices=[("", ""), ("senior", "正高级"), ("associate", "副高级"), ("middle", "中级")]
    )
    field = forms.CharField(label="专业", required=False)
    since = forms.DateField(label="聘任日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class FilterForm(forms.Form):
    """The filters above a list."""

    q = forms.CharField(label="名称、编号或代码", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("submitted", "待受理")])
    year = forms.ChoiceField(label="年度", required=False, choices=[("", "全部"), ("2026", "2026")])


class DecisionForm(forms.Form):
    """What an officer adds to a decision."""

    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 4}), help_text="将载入文书。")


TeacherFormSet = forms.formset_factory(TeacherForm, extra=1, can_delete=True, max_num=200)

TEACHERS = [
    {"name": "张示例", "title": "senior", "field": "机械工程", "since": dt.date(2019, 9, 1)},
    {"name": "李样本", "title": "associate", "field": "信息安全", "since": dt.date(2021, 3, 1)},
]


def _rulebook() -> Any:
    return SimpleNamespace(key="", title="示例市专业技术人员继续教育基地管理办法")


def _acts() -> list[dict[str, Any]]:
    return [
        {
            "label": "提交申报",
            "at": _NOW - dt.timedelta(days=12),
            "organisation": "示例职业技术大学",
            "actor": "王演示",
            "from_label": "填报中",
            "to_label": "待审查",
            "to_tone": "info",
            "articles": ["9(1)"],
        },
        {
            "label": "退回修改",
            "at": _NOW - dt.timedelta(days=8),
            "organisation": "示例市教育局",
            "actor": "赵样例",
            "from_label": "待审查",
            "to_label": "退回修改",
            "to_tone": "warning",
            "tone": "danger",
            "reason": "第三部分：兼职教师名单缺少聘任证明。\n第五部分：近三年培训人次与附件不一致。",
            "articles": ["9(1)", "8(5)"],
        },
        {
            "label": "签署推荐意见",
            "at": _NOW - dt.timedelta(days=2),
            "organisation": "示例区人力资源和社会保障局",
            "actor": "钱范例",
            "from_label": "待推荐",
            "to_label": "待受理",
            "to_tone": "success",
            "tone": "official",
            "articles": ["9(2)"],
            "documents": [{"title": "推荐意见", "number": "示人社推〔2026〕7号", "url": "#"}],
        },
    ]


def _findings() -> list[dict[str, Any]]:
    names = ("title", "articles", "result", "actual", "required", "message")
    rows = [
        ("年培训规模", ["8(5)"], "not_met", 499, 500, "年培训 499 人次，第八条第（五）项要求 500 人次以上。"),
        ("管理机构", ["8(2)"], "met", True, True, "设有继续教育管理机构。"),
        ("师资队伍", ["8(1)"], "for_experts", 46, None, "已申报教师 46 名，是否满足需要由专家判断。"),
        ("配套经费", ["8(3)"], "unknown", None, None, "尚未填写配套经费。"),
    ]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "number": f"示继教申〔2026〕{index}号",
            "institution": name,
            "state": state,
            "tone": tone,
            "due": _NOW + dt.timedelta(days=days),
            "paused": paused,
            "amount": 123456700 * index,
        }
        for index, (name, state, tone, days, paused) in enumerate(
            [
                ("示例职业技术大学", "待受理", "info", 9, False),
                ("示例市工程师协会", "补正中", "warning", 2, True),
                ("示例装备制造集团有限公司", "评审中", "progress", 0, False),
                ("示例软件研究院", "待受理", "info", -3, False),
                ("示例卫生管理干部学院", "已认定", "success", 2, False),
            ],
            start=1,
        )
    ]


def _road() -> list[dict[str, str]]:
    names = [("申报", "9(1)"), ("主管部门审查", "9(1)"), ("推荐", "9(2)"), ("受理", "9(3)"), ("专家评审", "9(3)")]
    names += [("公布", "10"), ("授牌", "10")]
    states = ["done", "done", "done", "current", "later", "later", "later"]
    return [{"label": label, "article": ref, "state": state} for (label, ref), state in zip(names, states, strict=True)]


def _sections() -> list[dict[str, Any]]:
    return [
        {"code": "particulars", "title": "基本情况", "url": "#", "status": "complete"},
        {"code": "staff", "title": "管理机构与制度", "url": "#", "status": "partial", "filled": 5, "required": 9},
        {"code": "teachers", "title": "师资队伍", "url": "#", "status": "errors", "errors": 2, "current": True},
        {"code": "venues", "title": "场地与设备", "url": "#", "status": "empty"},
    ]


def _todo() -> list[dict[str, Any]]:
    return [
        {
            "title": "示例职业技术大学 2026 年度申报",
            "url": "#",
            "next_step": "受理审查",
            "meta": "示继教申〔2026〕1号",
            "state_label": "待受理",
            "due": _NOW + dt.timedelta(days=2),
        },
        {
            "title": "示例软件研究院 2026 年度申报",
            "url": "#",
            "next_step": "发出补正通知",
            "state_label": "待受理",
            "tone": "warning",
            "due": _NOW - dt.timedelta(days=3),
            "overdue": True,
        },
    ]


def styleguide_context() -> dict[str, Any]:
    """Return the sample data of the style guide's page."""
    bound = SampleForm({"name": "", "code": "91310000MA1FL0000", "kind": "university", "attendances": "-1"})
    bound.is_valid()
    formset = TeacherFormSet(initial=TEACHERS, prefix="teachers")
    return {
        "now": _NOW,
        "product_name": PRODUCT_NAME,
        "heading": "界面规范",
        "rulebook": _rulebook(),
        "acts": _acts(),
        "findings": _findings(),
        "rows": _rows(),
        "road": _road(),
        "sections": _sections(),
        "todo": _todo(),
        "bound_form": bound,
        "form": SampleForm(auto_id="fresh_%s"),
        "decision_form": DecisionForm(auto_id="decision_%s"),
        "formset": formset,
        "filter_form": FilterForm(auto_id="filter_%s"),
        "page": SimpleNamespace(
            number=2,
            has_previous=True,
            has_next=True,
            previous_page_number=1,
            next_page_number=3,
            total=1000,
            total_capped=True,
        ),
        "breadcrumbs": [{"label": "首页", "url": "/"}, {"label": "界面规范", "url": ""}],
        "document": {
            "title": "受理通知书",
            "number": "示人社专基〔2026〕3号",
            "issuer": "示例市人力资源和社会保障局",
            "date": dt.date(2026, 3, 2),
            "addressee": "示例职业技术大学",
            "delivery": "2026年3月3日 电子送达",
            "verification_code": "7F3K-92QX-M4TD",
            "sha256": "9f2c" * 16,
            "download_url": "#",
            "verify_url": "#",
        },
        "files": [
            {
                "name": "办学许可证.pdf",
                "url": "#",
                "size": 1258291,
                "uploaded_at": _NOW,
                "uploaded_by": "王演示",
                "sha256": "a4" * 32,
            },
            {"name": "教学楼照片.jpg", "url": "#", "size": 843776, "uploaded_at": _NOW},
        ],
        "tiles": [
            {"value": 12, "unit": "件", "label": "待我办理", "url": "#", "hint": "其中 2 件今日截止"},
            {"value": 3, "unit": "件", "label": "已逾期", "url": "#", "tone": "danger"},
            {"value": 28, "unit": "件", "label": "等待他人", "url": "#", "tone": "neutral"},
            {"value": 96, "unit": "家", "label": "在册基地", "url": "#", "tone": "success"},
        ],
        "tabs": [
            {"label": "办件", "url": "#", "current": True, "count": 12},
            {"label": "材料", "url": "#", "count": 31},
            {"label": "办理记录", "url": "#"},
        ],
        "consequences": ["生成《受理通知书》并编号", "送达申报单位，办理期限自次日起算", "受理后材料不能再修改"],
        "missing": [
            {"message": "还有 1 条异议没有答复。", "articles": ["5(3)"], "url": "#"},
            {"message": "审核人与经办人不能是同一人。", "articles": []},
        ],
        "decision_buttons": [
            {"value": "admit", "label": "受理", "tone": "official", "consequence": "发出受理通知书，启动评审。"},
            {"value": "correct", "label": "一次性告知补正", "tone": "secondary", "consequence": "暂停计时，等待补正。"},
        ],
        "diff": [
            {"label": "基地负责人", "before": "王演示", "after": "孙示范"},
            {"label": "联系地址", "before": "示例路 1 号", "after": "示例路 1 号"},
        ],
        "details": [
            {"label": "机构全称", "value": "示例职业技术大学"},
            {"label": "独立法人", "value": True, "articles": ["8(1)"]},
            {"label": "年培训人次", "value": 12860, "articles": ["8(5)"]},
            {"label": "实训合作单位", "value": None},
        ],
        "comments": [
            {
                "author": "赵样例",
                "organisation": "示例市教育局",
                "at": _NOW,
                "text": "附件三缺第 2 页。",
                "badge_label": "存疑",
                "tone": "warning",
            },
        ],
        "page_meta": [{"label": "编号", "value": "示继教申〔2026〕1号"}, {"label": "依据", "value": "示例办法"}],
        "sandbox": True,
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    return render(request, "components/styleguide.html", styleguide_context())
