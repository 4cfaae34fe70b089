"""The facts an applicant declares: one flat set of keys for all jurisdictions, with their types, labels and checks.

A key left out is a fact not known. A key that is not listed here is an error, so that a misspelt fact is never
mistaken for a missing one. `SCHEMA` also drives the self-check page and the API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from .errors import InputError, printable

Facts = Mapping[str, Any]
Kind = Literal["choice", "choices", "boolean", "count", "money", "division", "date", "jurisdiction", "records"]
Section = Literal[
    "particulars", "faculty", "management", "funds", "facilities", "remote_education", "training", "record"
]

SECTION_LABELS: dict[Section, str] = {
    "particulars": "单位基本情况",
    "faculty": "师资队伍",
    "management": "管理机构与制度",
    "funds": "经费保障",
    "facilities": "场地与设备",
    "remote_education": "远程教育",
    "training": "培训业绩",
    "record": "登记与决定记录",
}

LARGEST_COUNT = 2**53 - 1
"""The largest integer that every JSON reader exchanges exactly; no count and no sum of money goes beyond."""

INSTITUTION_TYPES = {
    "university": "高等院校",
    "research_institute": "科研院所",
    "training_provider": "教育培训机构",
    "association": "协会（学会）",
    "enterprise": "企业",
    "enterprise_group": "企业集团",
    "other_social_organization": "其他社会组织",
}
ENTERPRISE_SCALES = {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型"}
APPLIED_LEVELS = {"provincial": "省级", "regional": "区域性", "industry": "行业性"}
BASE_LEVELS = {
    "national": "国家级",
    "provincial": "省级",
    "municipal": "市级",
    "regional": "区域性",
    "industry": "行业性",
}
MANAGEMENT_SYSTEMS = {
    "teaching_organization": "教学组织管理",
    "trainee_assessment": "学员考核管理",
    "teaching_research": "教学科研管理",
    "training_registration": "培训登记管理",
    "training_funds": "培训经费管理",
    "logistics": "后勤保障管理",
    "effect_evaluation": "培训效果评估",
    "follow_up_feedback": "跟踪反馈",
}
PRACTICE_SITES = {"own": "自有实训场所", "partner": "有实训合作单位", "none": "没有"}
TRAINING_PLATFORMS = {"running": "已建成运行", "planned": "具备条件、计划建设", "none": "没有"}

_PROVINCES = frozenset(
    f"{region}{province}"
    for region, provinces in {
        1: "12345",
        2: "123",
        3: "1234567",
        4: "123456",
        5: "01234",
        6: "12345",
        7: "1",
        8: "12",
    }.items()
    for province in provinces
)
_DIVISION = re.compile(r"[0-9]{6}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Field:
    """One fact: its key, type, Chinese label, unit and help, and the codes it may take.

    `unit` is what a count is in (人, 名, 人次, 间 …) or "分" for money. A field of kind `records` holds a list of
    objects whose keys are `fields`. `declared` is False where the portal takes the fact from the register and from
    recorded decisions rather than from the applicant.
    """

    key: str
    kind: Kind
    label: str
    section: Section
    unit: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()
    declared: bool = True

    @property
    def applies_to(self) -> tuple[str, ...]:
        """The jurisdictions whose rulebooks read this fact."""
        from .registry import readers_of  # the registry is itself built on this module

        return readers_of(self.key)

    def as_dict(self) -> dict[str, Any]:
        """Return the field for the API; `applies_to` only for a fact of its own, not for a record's key."""
        described: dict[str, Any] = {
            "key": self.key,
            "kind": self.kind,
            "label": self.label,
            "section": self.section,
            "unit": self.unit,
            "help": self.help,
            "choices": [{"code": code, "label": label} for code, label in self.choices],
            "fields": [field.as_dict() for field in self.fields],
            "declared": self.declared,
        }
        if self.key in _BY_KEY:
            described["applies_to"] = list(self.applies_to)
        return described


def _pairs(choices: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(choices.items())


def _count(key: str, label: str, section: Section, unit: str, hint: str = "", *, declared: bool = True) -> Field:
    return Field(key, "count", label, section, unit, hint, declared=declared)


def _boolean(key: str, label: str, section: Section, hint: str = "") -> Field:
    return Field(key, "boolean", label, section, help=hint)


_JURISDICTION = Field("jurisdiction", "jurisdiction", "作出决定的管理范围", "record")
_LEVEL = Field("level", "choice", "基地级别", "record", choices=_pairs(BASE_LEVELS))
_DATED = Field("date", "date", "决定日期", "record")
_DIVISION_FIELD = Field("division", "division", "所在地区划代码", "record")

SCHEMA: tuple[Field, ...] = (
    Field("institution_type", "choice", "单位类型", "particulars", choices=_pairs(INSTITUTION_TYPES)),
    Field("enterprise_scale", "choice", "企业规模", "particulars", help="企业填写", choices=_pairs(ENTERPRISE_SCALES)),
    Field("base_level", "choice", "申报级别", "particulars", help="不填按省级", choices=_pairs(APPLIED_LEVELS)),
    _boolean("independent_legal_person", "独立法人资格", "particulars"),
    Field("registered_division", "division", "登记地区划代码", "particulars", help="GB/T 2260六位代码"),
    _boolean("training_qualification", "培训或继续教育资质", "particulars", "依法登记的业务中含培训或继续教育"),
    _count("full_time_teachers", "专职教师", "faculty", "人"),
    _count("part_time_teachers", "兼职教师", "faculty", "人"),
    _count("policy_research_staff", "政策研究和宣讲专职人员", "faculty", "人"),
    _count("online_teaching_staff", "线上教学和平台运营技术人员", "faculty", "人"),
    _boolean("faculty_conduct_pledge", "师资政治要求承诺", "faculty", "已就专（兼）职师资作出承诺"),
    _boolean("management_body", "继续教育管理机构", "management"),
    _count("full_time_managers", "专职管理人员", "management", "人"),
    _count("part_time_managers", "兼职管理人员", "management", "人"),
    Field(
        "management_systems",
        "choices",
        "成文管理制度",
        "management",
        help="已经成文施行的制度",
        choices=_pairs(MANAGEMENT_SYSTEMS),
    ),
    Field("matching_funds_fen", "money", "基地配套经费", "funds", "分", "本单位为基地安排的经费"),
    _count("fixed_classrooms", "固定教室", "facilities", "间"),
    _boolean("teaching_equipment", "教学设备", "facilities"),
    _boolean("library_materials", "专业图书资料", "facilities"),
    _boolean("specialised_field", "专业性强、需要实训的领域", "facilities"),
    Field("practice_site", "choice", "实训场所或实训合作单位", "facilities", choices=_pairs(PRACTICE_SITES)),
    _boolean("remote_equipment", "网络培训设备和基础设施", "remote_education"),
    Field("training_platform", "choice", "网络培训和管理平台", "remote_education", choices=_pairs(TRAINING_PLATFORMS)),
    _boolean("online_interaction", "网上培训和互动交流", "remote_education"),
    _count("annual_trainees", "每年培训专业技术人才", "training", "名", "按人计，同一人一年只计一次；不由人次推算"),
    _count("annual_attendances", "每年培训专业技术人才人次", "training", "人次", "按参加次数计；不由人数推算"),
    _count("training_projects_held", "已举办培训项目", "training", "项"),
    _count("credit_violations", "失信等不良记录", "record", "条"),
    _count("training_violations", "乱办班、乱收费、乱发证记录", "record", "条"),
    Field("prior_fraud", "records", "以往申报弄虚作假", "record", fields=(_JURISDICTION, _DATED), declared=False),
    Field(
        "prior_revocations",
        "records",
        "以往被取消或撤销的基地资格",
        "record",
        fields=(_JURISDICTION, _LEVEL, _DATED),
        declared=False,
    ),
    Field("existing_bases", "records", "现有基地", "record", fields=(_LEVEL, _DIVISION_FIELD), declared=False),
    _count("knowledge_renewal_years", "承办知识更新项目", "record", "年", "长期承办的年数", declared=False),
)

_BY_KEY: dict[str, Field] = {field.key: field for field in SCHEMA}


def field(key: str) -> Field:
    """Return the description of a fact. Raises KeyError for a key that is none."""
    return _BY_KEY[key]


def validate(facts: object) -> dict[str, Any]:
    """Return the facts checked: lists as tuples, dates as dates, everything else as given.

    Raises InputError that names the first field that is wrong and what was expected of it.
    """
    if not isinstance(facts, Mapping):
        raise InputError("facts", "应为一个JSON对象，键为事实名称")
    checked: dict[str, Any] = {}
    for key, value in facts.items():
        check = _CHECKS.get(key)
        if check is None:
            raise InputError(_name(key), "不是规定的事实名称")
        checked[key] = check(key, value)
    return checked


def parse_date(name: str, value: object) -> date:
    """Return a date written YYYY-MM-DD, or a date as it is. Raises InputError naming the field."""
    if type(value) is date:
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise InputError(name, "应为日期，写作YYYY-MM-DD")


def check_count(name: str, value: object) -> int:
    """Return a whole number from 0 to LARGEST_COUNT; a bool, a float or text is none. Raises InputError."""
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise InputError(name, f"应为0至{LARGEST_COUNT}的整数")
    return value


def _name(key: object) -> str:
    return printable(key) if isinstance(key, str) else printable(repr(key))


def _check_boolean(name: str, value: object) -> bool:
    if value is not True and value is not False:
        raise InputError(name, "应为true或false")
    return value


def _check_division(name: str, value: object) -> str:
    if not isinstance(value, str) or not _DIVISION.fullmatch(value) or value[:2] not in _PROVINCES:
        raise InputError(name, "应为六位数字的行政区划代码（GB/T 2260），写作字符串")
    return value


def _check_jurisdiction(name: str, value: object) -> str:
    from .registry import jurisdictions  # the registry is itself built on this module

    known = jurisdictions()
    if not isinstance(value, str) or value not in known:
        raise InputError(name, f"应为{'、'.join(known)}之一")
    return value


def _one_of(codes: frozenset[str], expected: str) -> Callable[[str, object], str]:
    def check(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in codes:
            raise InputError(name, expected)
        return value

    return check


def _several_of(order: tuple[str, ...]) -> Callable[[str, object], tuple[str, ...]]:
    known = frozenset(order)
    expected = f"应为列表，每项为{'、'.join(order)}之一"

    def check(name: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)):
            raise InputError(name, expected)
        for place, code in enumerate(value):
            if not isinstance(code, str) or code not in known:
                raise InputError(f"{name}[{place}]", f"应为{'、'.join(order)}之一")
        return tuple(code for code in order if code in value)

    return check


def _records_of(fields: tuple[Field, ...]) -> Callable[[str, object], tuple[dict[str, Any], ...]]:
    checks = {described.key: _check_for(described) for described in fields}
    names = "、".join(checks)

    def check(name: str, value: object) -> tuple[dict[str, Any], ...]:
        if not isinstance(value, (list, tuple)):
            raise InputError(name, f"应为列表，每项为含{names}的对象")
        return tuple(check_one(f"{name}[{place}]", record) for place, record in enumerate(value))

    def check_one(name: str, record: object) -> dict[str, Any]:
        if not isinstance(record, Mapping):
            raise InputError(name, f"应为含{names}的对象")
        for key in record:
            if key not in checks:
                raise InputError(f"{name}.{_name(key)}", f"不是规定的键，应为{names}")
        for key in checks:
            if key not in record:
                raise InputError(f"{name}.{key}", "不能缺少")
        return {key: check_value(f"{name}.{key}", record[key]) for key, check_value in checks.items()}

    return check


def _check_for(described: Field) -> Callable[[str, object], Any]:
    codes = tuple(code for code, _ in described.choices)
    match described.kind:
        case "choice":
            return _one_of(frozenset(codes), f"应为{'、'.join(codes)}之一")
        case "choices":
            return _several_of(codes)
        case "boolean":
            return _check_boolean
        case "count" | "money":
            return check_count
        case "division":
            return _check_division
        case "date":
            return parse_date
        case "jurisdiction":
            return _check_jurisdiction
        case "records":
            return _records_of(described.fields)


_CHECKS: dict[str, Callable[[str, object], Any]] = {described.key: _check_for(described) for described in SCHEMA}
