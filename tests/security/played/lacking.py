"""What the demo's life of a jurisdiction leaves out and the security tests look at: drafts, refusals, neighbours."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from apps.accounts.actors import Actor, actor_for
from apps.accounts.enums import Role
from apps.accounts.models import Membership, Organisation, User
from apps.bases.models import Base
from apps.bases.services import changes, managing_units, opening
from apps.cases.models import Case
from apps.inspections.services import campaigns, draws, rectifications, restorations, revocations, sheets, visits
from apps.plans.models import AnnualPlan, CertificateBatch, TraineeRecord
from apps.plans.services import (
    certificate_pdf,
    identity,
    imports,
    plan_files,
    plan_forms,
    projects,
    records,
    trainees,
)
from apps.plans.services import opening as plans
from apps.portal.demo.answers import evidence_file
from tests.factories import AuthorityFactory, DepartmentFactory, InstitutionFactory, make_base, member

if TYPE_CHECKING:
    from tests.security.played.world import Tenant

WRONG_ROWS = (
    ("姓名", "证件类型", "证件号码", "工作单位", "科目", "学分", "结果"),
    ("错行学员", "居民身份证", "370303199001011231", "错行单位", "", "1", "合格"),
)
CLASS = {
    "name": "邻家的班",
    "subject_kind": "professional",
    "kind": "training_class",
    "field": "新材料",
    "level": "mixed",
    "hours_tenths": 80,
    "value_tenths": 80,
    "persons": 20,
    "starts_on": dt.date(2026, 12, 8),
    "ends_on": dt.date(2026, 12, 8),
    "mode": "on_site",
    "place": "邻家的教室",
    "fee": None,
    "benefit_percent": 0,
    "favours": [],
    "in_base_name": True,
}


def photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (2, 1), "red").save(content, "PNG")
    return SimpleUploadedFile("现场.png", content.getvalue())


def spreadsheet(rows: Iterable[tuple[str, ...]]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def add_what_the_life_lacks(tenant: Tenant, today: dt.date) -> None:
    """Drafts of everything, files where the pages ask for one, a refused import, a proposed managing unit."""
    base = tenant.base_in("active")
    editor = own(base.institution, Role.INSTITUTION_EDITOR)
    _change_and_withdrawal(base, editor, today)
    _plan_file(tenant)
    _records(tenant)
    _inspections(tenant, today)
    _sanctions(tenant, base, today)
    latest = Base.objects.filter(jurisdiction=tenant.code, status="active").latest("pk")
    unit = managing_units.eligible_units(latest)[0]
    managing_units.propose(latest, tenant.officer, unit, reason="机构改革", effective_on=today)


def own(organisation: Organisation, role: str) -> Actor:
    row = Membership.objects.filter(organisation=organisation, role=role).order_by("pk").first()
    return actor_for(row.user, organisation)


def _change_and_withdrawal(base: Base, editor: Actor, today: dt.date) -> None:
    case = opening.start_change(base, editor)
    items = [changes.Item("name", "尚未报出的新名称学院")]
    changes.save_change(case, editor, happened_on=today, reason="尚未报出的更名理由", items=items)
    changes.add_evidence(case, editor, evidence_file("更名批复.pdf"))
    opening.start_withdrawal(base, editor)


def _plan_file(tenant: Tenant) -> None:
    case = tenant.case("draft", "annual_plan")
    plan = AnnualPlan.objects.select_related("case", "base").get(pk=case.pk)
    editor = own(case.institution, Role.INSTITUTION_EDITOR)
    values = {"summary": "尚未报出的总结", "outline": "尚未报出的要点"}
    plan_forms.save_part(plan, values, plan.data_version, editor)
    plan_files.add_file(plan, plan_forms.OTHER_PURPOSE, evidence_file("计划附件.pdf"), editor)


def _records(tenant: Tenant) -> None:
    case = tenant.case("held", "training_project")
    editor = own(case.institution, Role.INSTITUTION_EDITOR)
    imports.upload(case, editor, SimpleUploadedFile("名单.xlsx", spreadsheet(WRONG_ROWS)))
    seen = TraineeRecord.objects.filter(project=case.pk).earliest("pk")
    records.reveal_number(seen, editor, "核对证件")
    trainees.search_trainee(tenant.officer, seen.identity_kind, identity.unseal(seen.identity_sealed), "核对学员")
    batch = CertificateBatch.objects.filter(project=tenant.case("archived", "training_project").pk).earliest("pk")
    while not certificate_pdf.draw_next(batch.pk):
        continue


def _inspections(tenant: Tenant, today: dt.date) -> None:
    assessed = tenant.case("self_assessing", "inspection")
    editor = own(assessed.institution, Role.INSTITUTION_EDITOR)
    code = assessed.inspection.items.first().code
    sheets.add_file(assessed, sheets.SELF, code, evidence_file("自评佐证.pdf"), editor)
    written = sheets.Values({code: {"self_verdict": "meets", "self_text": "尚未提交的自评"}}, {"self_summary": "草稿"})
    sheets.save_draft(assessed, sheets.SELF, editor, written, None)
    visited = tenant.case("visiting", "inspection")
    inspector = own(visited.inspection.inspector, _officer_role(visited))
    note = visits.Note(uuid.uuid4(), visited.inspection.items.first().code, "improve", "现场的一句记录")
    visits.record_entry(visited, inspector, note, photo())
    values = {
        "title": "尚未批准的抽查方案",
        "year": today.year,
        "selection": "draw",
        "units": [],
        "draw_size": 1,
        "self_due_on": None,
        "finish_by": today + dt.timedelta(days=30),
        "answer_days": 10,
        "instructions": "尚未批准的工作要求",
    }
    campaign = campaigns.open_campaign(tenant.officer, "spot_check", values)
    draws.draw(campaign.case, tenant.officer)


def _officer_role(case: Case) -> str:
    return Role.AUTHORITY_OFFICER if case.inspection.inspector.kind == "authority" else Role.DEPARTMENT_OFFICER


def _sanctions(tenant: Tenant, base: Base, today: dt.date) -> None:
    order = rectifications.Order(
        ["not_following_the_rules"], "尚未签发的整改事实", 20, [rectifications.Item("尚未签发的整改要求")]
    )
    rectifications.open_order(base, tenant.officer, order)
    heard = tenant.case("hearing", "revocation")
    revocations.save_statement(
        heard, own(heard.institution, Role.INSTITUTION_EDITOR), "尚未提交的申辩", wants_hearing=True
    )
    instrument = restorations.Instrument(
        "court", "某人民法院", "（2026）1号", today - dt.timedelta(days=1), "尚未签发的恢复事由", "active"
    )
    restorations.open_restoration(tenant.base_in("revoked"), tenant.officer, instrument, [evidence_file("判决书.pdf")])


def neighbours(tenant: Tenant) -> dict[str, User]:
    """People of the jurisdiction with business of their own who have no part in anybody else's."""
    unit = DepartmentFactory(jurisdiction_id=tenant.code, name="邻近的主管部门")
    institution = InstitutionFactory(name="邻近的学院")
    editor = member(institution, Role.INSTITUTION_EDITOR, username=f"{tenant.code}_neighbour_editor")
    base = make_base(tenant.authority, institution, unit, number=f"JD-{tenant.code.upper()}-D20259999")
    plans.open_plan(base, 2027, editor)
    projects.create_project(base, editor, CLASS)
    lower = AuthorityFactory(jurisdiction_id=tenant.code, superior=tenant.authority, levels=["regional"])
    own_head = member(institution, Role.INSTITUTION_HEAD, username=f"{tenant.code}_neighbour_head")
    found = {Role.INSTITUTION_EDITOR: editor.user, Role.INSTITUTION_HEAD: own_head.user}
    for organisation, roles in (
        (unit, (Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)),
        (lower, (Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)),
    ):
        for role in roles:
            found[role] = member(organisation, role, username=f"{tenant.code}_neighbour_{role}").user
    return found
