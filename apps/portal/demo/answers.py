"""What the demo's institutions write into the application form."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from apps.applications.models import Application
from apps.applications.services import filling
from apps.jurisdictions.rulebooks.facts import MANAGEMENT_SYSTEMS


@cache
def _blank_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def evidence_file(name: str) -> SimpleUploadedFile:
    """A real, empty PDF page."""
    return SimpleUploadedFile(name, _blank_pdf(), content_type="application/pdf")


def teachers(count: int, kind: str, employer: str, field: str) -> list[dict[str, str]]:
    titles, degrees = ("教授", "副教授", "高级工程师", "讲师"), ("博士", "硕士", "本科")
    label = "专" if kind == "full_time" else "兼"
    return [
        {
            "name": f"演示{label}师{number + 1}",
            "kind": kind,
            "title": titles[number % 4],
            "employer": employer if kind == "full_time" else f"演示合作单位{number % 5 + 1}",
            "field": field,
            "education": degrees[number % 3],
        }
        for number in range(count)
    ]


def answers(application: Application, kind: str, field: str, *, size: int = 0) -> dict[str, dict[str, Any]]:
    """Section code → answers that meet every text's conditions; ``size`` varies the figures."""
    institution = application.case.institution
    years = filling.load_form(application).context.years
    persons = 2300 + size * 37
    return {
        "particulars": {
            "credit_code": institution.credit_code,
            "institution_type": kind,
            "enterprise_scale": "",
            "independent_legal_person": "yes",
            "registered_division": institution.division,
            "training_qualification": "yes",
            "field": field,
            "address": institution.address,
            "contact_name": "演示联系人",
            "contact_phone": institution.phone,
            "contact_email": "contact@example.org",
            "introduction": f"{institution.name}长期面向{field}领域开展专业技术人员培训，有稳定的师资和合作单位。",
        },
        "legal_person": {"name": "演示法人", "position": "院长", "phone": institution.phone, "resume": ""},
        "management": {
            "management_body": "yes",
            "management_body_name": "继续教育处",
            "management_body_head": "演示处长",
            "management_body_phone": institution.phone,
            "full_time_managers": str(4 + size % 5),
            "part_time_managers": str(2 + size % 3),
            "management_systems": list(MANAGEMENT_SYSTEMS),
            "management_overview": "各项制度均已成文施行，每年修订，执行情况由继续教育处检查并通报。",
        },
        "faculty": {
            "teachers": teachers(10 + size % 6, "full_time", institution.name, field)
            + teachers(16 + size % 8, "part_time", institution.name, field),
            "policy_research_staff": "3",
            "online_teaching_staff": "3",
            "faculty_conduct_pledge": "yes",
            "faculty_overview": "专职教师承担核心课程，兼职教师来自生产和科研一线，三年来队伍稳定。",
        },
        "facilities": {
            "venues": [
                {
                    "name": "第一教学楼",
                    "kind": "classroom",
                    "rooms": str(6 + size % 4),
                    "seats": "60",
                    "location": "主校区",
                },
                {"name": "实训中心", "kind": "practice", "rooms": "3", "seats": "30", "location": "实训楼"},
            ],
            "teaching_equipment": "yes",
            "equipment_list": "多媒体教学系统 12 套，录播教室 2 间，实训工位 60 个",
            "library_materials": "yes",
            "library_overview": "专业图书 3 万册，数据库 5 种",
            "specialised_field": "yes",
            "practice_site": "own",
            "practice_note": "实训中心可同时容纳 90 人",
        },
        "remote_education": {
            "remote_equipment": "yes",
            "training_platform": "running",
            "platform_url": "https://platform.example.org/",
            "online_interaction": "yes",
            "remote_overview": "网络培训平台运行三年，支持直播、点播、作业和答疑。",
        },
        "funds": {
            "matching_funds_yuan": str(300_000 + size * 10_000),
            "funds_source": "列入本单位年度预算",
            "funds_use": "课程开发、设备更新和日常运行",
        },
        "training": {
            "projects": [
                _project(years[0], f"{field}高级研修班", persons - 800, persons - 700),
                _project(years[0], f"{field}实务培训班", 1200, 1500),
                _project(years[1], f"{field}实务培训班", 2200, 2500),
                _project(years[2], f"{field}实务培训班", 2100, 2300),
            ],
            "persons_last_year": str(persons),
            "persons_second_year": "2200",
            "persons_third_year": "2100",
            "training_overview": "学员评价优良率连续三年在 95% 以上。",
        },
        "plan": {
            "goals": f"三年内建成{field}领域有影响的继续教育基地。",
            "training_plan": "每年举办高级研修班 4 期、实务培训班 12 期。",
            "safeguards": "专人负责，经费列入预算，每年评估。",
        },
        "units": {"examiner": str(application.examiner_id or ""), "recommender": str(application.recommender_id or "")},
        "pledge": {"truthful": True, "pledger": "演示法人"},
    }


def _project(year: int, name: str, persons: int, attendances: int) -> dict[str, str]:
    return {"year": str(year), "name": name, "persons": str(persons), "attendances": str(attendances), "hours": "24"}
