"""Decisions: prepared, reviewed and signed by three people; a round decided at once; announced in one document."""

import pytest

from apps.accounts.enums import Role
from apps.applications.services import announcements, decisions
from apps.bases.models import Base
from apps.cases.models import Case, Delivery, Document
from apps.cases.workflow import Blocked, NotPermitted
from tests.applications.road import Office
from tests.factories import DepartmentFactory, member

pytestmark = pytest.mark.django_db
YES = {"conclusion": "positive", "reasons": "符合条件，通过评审。", "articles": ["9(3)"]}
NO = {"conclusion": "negative", "reasons": "专职师资不足，未通过评审。", "articles": ["8(1)", "9(3)"]}


def prepared(office, application, values=YES):
    decisions.prepare(application.case, office.officer, **values)
    decisions.review(application.case, office.reviewer)
    return application.case


def test_recognition_is_signed_by_a_third_person_and_waits_for_the_announcement():
    office = Office()
    case = prepared(office, office.application("reviewed"))
    decisions.sign(case, office.head)
    assert case.state == "decided"
    assert [act.name for act in case.acts.all()][-3:] == ["prepare_decision", "review_decision", "sign_recognition"]
    assert Base.objects.count() == 0
    assert Document.objects.count() == 0


@pytest.mark.parametrize("earlier", ["officer", "reviewer"])
def test_who_prepared_or_reviewed_does_not_sign(earlier):
    office = Office()
    case = prepared(office, office.application("reviewed"))
    person = getattr(office, earlier).user
    person.memberships.create(organisation=office.authority, role=Role.AUTHORITY_HEAD)
    from apps.accounts.actors import actor_for

    with pytest.raises(NotPermitted) as refused:
        decisions.sign(case, actor_for(person, office.authority))
    assert refused.value.problems[0].code == "separation_of_duties"


def test_non_recognition_has_its_own_document_with_reasons_articles_and_remedies():
    office = Office()
    application = office.application("reviewed", passed=False)
    case = prepared(office, application, NO)
    decisions.sign(case, office.head)
    assert case.state == "not_recognised"
    document = Document.objects.get(case=case)
    assert document.kind == "non_recognition"
    assert document.legal_basis == ["8(1)", "9(3)"]
    assert document.addressee == case.institution
    assert not document.is_public
    for words in ("六十日内", "六个月内", "同法第二十二条"):
        assert words in document.remedies
    assert "专职师资不足" in str(document.content["body"])
    assert Delivery.objects.get(document=document).organisation == case.institution


def test_decision_without_reasons_is_not_passed_on():
    office = Office()
    application = office.application("reviewed")
    with pytest.raises(Blocked) as blocked:
        decisions.prepare(application.case, office.officer, conclusion="positive", reasons=" ", articles=[])
    assert [problem.code for problem in blocked.value.problems] == [
        "decision_reasons_missing",
        "decision_articles_missing",
    ]
    assert not hasattr(type(application).objects.get(pk=application.pk), "decision")


def test_round_is_signed_whole_or_not_at_all():
    office = Office()
    first, second = office.application("reviewed"), office.application("reviewed")
    prepared(office, first)
    prepared(office, second)
    numbers = [first.case.number, second.case.number, "SB-ZIBO-2026-99999"]
    with pytest.raises(Blocked) as blocked:
        decisions.sign_round(office.round, office.head, numbers)
    assert blocked.value.problems[0].code == "list_changed"
    assert set(Case.objects.filter(kind="application").values_list("state", flat=True)) == {"decision_reviewed"}
    acts = decisions.sign_round(office.round, office.head, numbers[:2])
    assert [act.to_state for act in acts] == ["decided", "decided"]


def test_announcement_registers_every_base_and_issues_plaques():
    office = Office()
    department = DepartmentFactory()
    applications = [office.application("decided", recommender=department) for _ in range(3)]
    announcements.announce(office.round.case, office.head)
    announcement = Document.objects.get(kind="recognition_announcement")
    assert announcement.is_public
    assert announcement.number.endswith("〔2026〕1号") or "〔" in announcement.number
    assert announcement.deliveries.count() == 4
    assert Document.objects.filter(kind="plaque").count() == 3
    bases = Base.objects.order_by("number")
    assert [base.number[-4:] for base in bases] == ["0001", "0002", "0003"]
    base = bases.get(institution=applications[0].case.institution)
    assert (base.managing_unit, base.managing_unit_title) == (department, "管理单位")
    assert base.plaque_text == "淄博市专业技术人员继续教育基地"
    plaque = Document.objects.filter(kind="plaque").first()
    assert (plaque.content["title"], plaque.content["level"]) == ("淄博市专业技术人员继续教育基地", "市级")
    assert [event.label for event in base.events.all()] == ["认定并公布"]
    assert Case.objects.get(pk=applications[0].pk).state == "recognised"


def test_text_without_plaque_issues_none():
    office = Office("shanghai")
    office.application("decided")
    announcements.announce(office.round.case, office.head)
    assert not Document.objects.filter(kind="plaque").exists()
    assert Base.objects.get().managing_unit_title == "指导单位"


def test_announcing_nothing_is_refused():
    office = Office()
    with pytest.raises(Blocked) as blocked:
        announcements.announce(office.round.case, office.head)
    assert blocked.value.problems[0].code == "nothing_to_announce"


def test_draft_text_signs_no_decision_outside_a_rehearsal():
    office = Office("sichuan")
    application = office.application("decision_reviewed")
    from apps.applications.models import Decision

    Decision.objects.create(
        application=application,
        conclusion="negative",
        reasons="未通过",
        articles=["10(2)"],
        prepared_by=office.officer.user,
    )
    with pytest.raises(Blocked) as blocked:
        decisions.sign(application.case, office.head)
    assert blocked.value.problems[0].code == "not_in_force"


def test_rehearsal_carries_the_watermark_and_stays_out_of_the_register():
    office = Office("sichuan", is_sandbox=True)
    office.application("decided")
    announcements.announce(office.round.case, office.head)
    document = Document.objects.get(kind="recognition_announcement")
    assert document.content["watermark"] == "征求意见稿"
    assert not document.is_public
    assert "演练" in document.number
    assert Base.objects.get().is_sandbox


def test_lower_base_is_filed_with_the_superior_authority():
    office = Office("sichuan", is_sandbox=True, level="regional")
    from apps.cases.enums import PartyRole
    from apps.cases.workflow.engine import add_party
    from tests.factories import AuthorityFactory

    province = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    application = office.application("decided")
    add_party(application.case, province.pk, PartyRole.FILING_AUTHORITY)
    announcements.announce(office.round.case, office.head)
    case = Case.objects.get(pk=application.pk)
    assert (case.state, case.turn_organisation) == ("to_file", province)
    announcements.file_with_superior(case, member(province, Role.AUTHORITY_OFFICER))
    assert case.state == "recognised"
    assert [event.label for event in Base.objects.get().events.all()] == ["认定并公布", "上级备案"]
