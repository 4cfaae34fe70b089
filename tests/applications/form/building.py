"""Builds application forms that are complete under any text, and the people and departments they need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.applications.models import Application, ApplicationSection
from apps.applications.services import evidence, filling
from tests.factories import AuthorityFactory, DepartmentFactory, InstitutionFactory, make_round, member

TODAY = dt.date(2026, 3, 16)
LEVELS = {
    "national": "national",
    "shanghai": "provincial",
    "sichuan": "provincial",
    "weihai": "municipal",
    "zibo": "municipal",
}
DIVISIONS = {
    "national": "110000",
    "shanghai": "310000",
    "sichuan": "510100",
    "weihai": "371000",
    "zibo": "370300",
}
RECOMMENDER_TYPES = [
    "competent_department",
    "district_hr",
    "municipal_department",
    "hr_department",
    "industry_personnel_department",
    "enterprise_or_university",
]


def pdf(name: str = "证明.pdf", text: bytes = b"evidence") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + text + b"\n%%EOF", content_type="application/pdf")


def teacher(number: int, kind: str = "full_time") -> dict[str, str]:
    return {
        "name": f"教师{number}",
        "kind": kind,
        "title": "副教授",
        "employer": "测试学院",
        "field": "材料工程",
        "education": "博士",
    }


def project_rows(application: Application) -> list[dict[str, str]]:
    """Three years' projects: 2,700 persons in two projects last year, 3,100 attendances."""
    year = application.round.opens_on.year - 1
    figures = [(year, "1500", "1800"), (year, "1200", "1300"), (year - 1, "2100", "2100"), (year - 2, "2000", "2400")]
    return [
        {"year": str(of), "name": f"研修班{number}", "persons": persons, "attendances": attendances, "hours": "24"}
        for number, (of, persons, attendances) in enumerate(figures, start=1)
    ]


def answers(application: Application) -> dict[str, dict[str, Any]]:
    """Section code → raw data that answers everything and meets every text's conditions."""
    institution = application.case.institution
    return {
        "particulars": {
            "credit_code": institution.credit_code,
            "institution_type": "university",
            "enterprise_scale": "",
            "independent_legal_person": "yes",
            "registered_division": DIVISIONS[application.case.jurisdiction_id],
            "training_qualification": "yes",
            "field": "新材料",
            "address": "测试路1号",
            "contact_name": "测试联系人",
            "contact_phone": "0533-1234567",
            "contact_email": "contact@example.org",
            "introduction": "测试简介",
        },
        "legal_person": {"name": "测试法人", "position": "院长", "phone": "0533-7654321", "resume": ""},
        "management": {
            "management_body": "yes",
            "management_body_name": "继续教育处",
            "management_body_head": "测试处长",
            "management_body_phone": "",
            "full_time_managers": "4",
            "part_time_managers": "2",
            "management_systems": [
                "teaching_organization",
                "trainee_assessment",
                "teaching_research",
                "training_registration",
                "training_funds",
                "logistics",
                "effect_evaluation",
                "follow_up_feedback",
            ],
            "management_overview": "制度均已成文施行。",
        },
        "faculty": {
            "teachers": [*(teacher(n) for n in range(10)), *(teacher(n, "part_time") for n in range(10, 26))],
            "policy_research_staff": "2",
            "online_teaching_staff": "2",
            "faculty_conduct_pledge": "yes",
            "faculty_overview": "队伍稳定。",
        },
        "facilities": {
            "venues": [
                {"name": "一号教室", "kind": "classroom", "rooms": "6", "seats": "60", "location": "教学楼"},
                {"name": "实训车间", "kind": "practice", "rooms": "1", "seats": "30", "location": "实训楼"},
            ],
            "teaching_equipment": "yes",
            "equipment_list": "投影仪 6 台",
            "library_materials": "yes",
            "library_overview": "",
            "specialised_field": "yes",
            "practice_site": "own",
            "practice_note": "",
        },
        "remote_education": {
            "remote_equipment": "yes",
            "training_platform": "running",
            "platform_url": "",
            "online_interaction": "yes",
            "remote_overview": "平台运行三年。",
        },
        "funds": {"matching_funds_yuan": "300000.50", "funds_source": "自有经费", "funds_use": "教学设备"},
        "training": {
            "projects": project_rows(application),
            "persons_last_year": "2300",
            "persons_second_year": "2100",
            "persons_third_year": "2000",
            "training_overview": "学员评价良好。",
        },
        "plan": {"goals": "目标", "training_plan": "计划", "safeguards": "措施"},
        "units": {
            "examiner": str(application.examiner_id or ""),
            "recommender": str(application.recommender_id or ""),
        },
        "pledge": {"truthful": True, "pledger": "测试法人"},
    }


class Applicant:
    """An authority with a published round, an institution with editor and head, and its draft application."""

    def __init__(self, jurisdiction: str = "zibo", *, level: str = "", is_sandbox: bool = False, **rnd: Any) -> None:
        level = level or LEVELS[jurisdiction]
        values = rnd.pop("authority", {})
        self.authority: Organisation = AuthorityFactory(jurisdiction_id=jurisdiction, levels=[level], **values)
        self.examiner: Organisation = DepartmentFactory(
            jurisdiction_id=jurisdiction, recommender_types=RECOMMENDER_TYPES, rank="deputy_provincial"
        )
        self.recommender: Organisation = DepartmentFactory(
            jurisdiction_id=jurisdiction, recommender_types=RECOMMENDER_TYPES, rank="deputy_provincial"
        )
        self.round = make_round(self.authority, level=level, is_sandbox=is_sandbox, **rnd)
        self.institution: Organisation = InstitutionFactory(division=DIVISIONS[jurisdiction])
        self.editor: Actor = member(self.institution, Role.INSTITUTION_EDITOR)
        self.head: Actor = member(self.institution, Role.INSTITUTION_HEAD)
        self.application = filling.start_application(self.round, self.editor)
        self.case = self.application.case

    def save(self, code: str, data: dict[str, Any], actor: Actor | None = None) -> ApplicationSection:
        form = filling.load_form(self.application)
        return filling.save_section(self.application, code, data, form.version(code), actor or self.editor)

    def answers(self) -> dict[str, dict[str, Any]]:
        self.application.examiner_id, self.application.recommender_id = self.examiner.pk, self.recommender.pk
        return answers(self.application)

    def complete(self, **changes: dict[str, Any]) -> Applicant:
        """Fill in everything; ``changes`` overrides answers by section."""
        for code, data in self.answers().items():
            if code in {section.code for section in filling.sections_of(self.application)}:
                self.save(code, data | changes.get(code, {}))
        self.add_required_evidence()
        return self

    def add_required_evidence(self) -> None:
        for condition in filling.application_rulebook(self.application).conditions:
            if condition.for_experts:
                evidence.add_evidence(self.application, condition.code, pdf(), self.editor)

    def reload(self) -> Application:
        self.application = Application.objects.select_related("case", "round").get(pk=self.application.pk)
        self.case = self.application.case
        return self.application
