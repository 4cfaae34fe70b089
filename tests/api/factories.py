"""Rows that the public answers show, with what they must never show beside it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.applications.models import Objection, PublicNotice, Round
from apps.applications.services.notices import list_hash
from apps.bases.models import Base, BaseEvent
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case, Document, new_verification_code
from apps.cases.workflow.engine import add_party, open_case
from tests.factories import InstitutionFactory, make_application, make_case, member

CANARY = "金丝雀"
"""In every text that no answer may hold."""

_running = itertools.count(1)


def make_base(authority: Organisation, **values: Any) -> Base:
    """A base of a new institution in the register, with a private telephone."""
    institution = values.pop("institution", None) or InstitutionFactory()
    fields = {
        "number": f"JD-TEST-{next(_running):04d}",
        "name": f"测试基地（{institution.name}）",
        "institution_name": institution.name,
        "credit_code": institution.credit_code,
        "division": "370300",
        "field": "数字技术",
        "level": "municipal",
        "contact_phone": f"{CANARY}0533",
        "recognised_on": dt.date(2026, 3, 2),
    }
    return Base.objects.create(
        jurisdiction_id=authority.jurisdiction_id, institution=institution, authority=authority, **(fields | values)
    )


def make_document(case: Case, *, is_public: bool, **values: Any) -> Document:
    """A document of the last act of ``case``, its content full of canaries."""
    now = timezone.now()
    fields = {
        "kind": "public_notice",
        "number": f"测人社基〔2026〕{next(_running)}号",
        "title": "测试文书",
        "content": {"body": CANARY},
        "issued_on": timezone.localdate(),
        "issued_at": now,
        "verification_code": new_verification_code(),
        "legal_basis": ["5(3)"],
    }
    return Document.objects.create(
        jurisdiction_id=case.jurisdiction_id,
        case=case,
        act=Act.objects.filter(case=case).latest("seq"),
        issuer=case.authority,
        is_public=is_public,
        **(fields | values),
    )


def add_history(base: Base, *, document: Document | None, note: str = "") -> BaseEvent:
    return BaseEvent.objects.create(
        base=base, kind="recognised", label="认定并公布", on=base.recognised_on, note=note, document=document
    )


def make_notice(rnd: Round, *, state: str = "published", **values: Any) -> PublicNotice:
    """A notice over one application of the round, with an objection to it that nobody may learn of."""
    officer = member(rnd.case.authority, Role.AUTHORITY_OFFICER)
    case = make_case(CaseKind.PUBLIC_NOTICE, rnd.case.authority, is_sandbox=values.pop("is_sandbox", False))
    open_case(case, officer)
    add_party(case, rnd.case.authority_id, PartyRole.AUTHORITY, active=True)
    Case.objects.filter(pk=case.pk).update(state=state)
    case.refresh_from_db()
    application = make_application(rnd, InstitutionFactory())
    entries = [
        {
            "number": application.case.number,
            "institution": application.case.institution.name,
            "field": "数字技术",
            "recommender": "",
        }
    ]
    today = timezone.localdate()
    fields = {
        "title": "评审结果公示",
        "contact": f"{CANARY}老师",
        "days": 5,
        "starts_on": today,
        "last_day": today + dt.timedelta(days=5),
        "decide_from": today + dt.timedelta(days=6),
    }
    notice = PublicNotice.objects.create(
        case=case, round=rnd, entries_frozen=entries, list_sha256=list_hash(entries), **(fields | values)
    )
    _make_objection(notice, application)
    return notice


def _make_objection(notice: PublicNotice, application: Any) -> Objection:
    case = make_case(CaseKind.OBJECTION, notice.case.authority, title=f"{CANARY}异议")
    open_case(case, None)
    add_party(case, notice.case.authority_id, PartyRole.AUTHORITY, active=True)
    return Objection.objects.create(
        case=case,
        notice=notice,
        application=application,
        objector_name=f"{CANARY}某甲",
        objector_contact=f"{CANARY}139",
        text=f"{CANARY}内容",
        query_code=new_verification_code(),
    )
