"""What the road's acts and documents rest on: the right article for the level, the text as it stands that day."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.applications.services import announcements, decisions, wording
from apps.applications.services.intake_documents import admission_content
from apps.bases.models import Base
from apps.cases.enums import PartyRole
from apps.cases.models import Case, Document
from apps.cases.workflow.engine import add_party, road_of
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks import registry
from apps.panels.models import Panel, Resolution
from tests.applications.road import Office
from tests.factories import AuthorityFactory

pytestmark = pytest.mark.django_db


def record_extension(office, kind, number):
    RulebookExtension.objects.create(
        jurisdiction_id=office.authority.jurisdiction_id,
        rulebook_key=office.rulebook.key,
        kind=kind,
        document_number=number,
        document_date=timezone.localdate() - dt.timedelta(days=30),
        effective_from=timezone.localdate() - dt.timedelta(days=20),
        file="extensions/x.pdf",
        file_sha256="0" * 64,
        recorded_by=office.officer.user,
        recorded_for=office.authority,
        confirmed_by=office.head.user,
        confirmed_at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("level", "article", "name"),
    [
        ("provincial", "10(2)", "四川省专业技术人员继续教育基地"),
        ("regional", "10(3)", "区域性专业技术人员继续教育基地"),
        ("industry", "10(3)", "行业性专业技术人员继续教育基地"),
    ],
)
def test_decision_and_announcement_cite_the_article_of_the_level(level, article, name):
    office = Office("sichuan", is_sandbox=True, level=level)
    application = office.application("reviewed", passed=True)
    province = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    add_party(application.case, province.pk, PartyRole.FILING_AUTHORITY)
    conclusion, reasons, articles = decisions.suggested(application)
    assert (conclusion, articles) == ("positive", [article])
    assert reasons == "经审核，符合申报条件；经本机关组织的评审，通过评审。"
    decisions.prepare(application.case, office.officer, conclusion=conclusion, reasons=reasons, articles=articles)
    decisions.review(application.case, office.reviewer)
    assert decisions.sign(application.case, office.head).articles == [article]
    act = announcements.announce(office.round.case, office.head)
    document = Document.objects.get(kind="recognition_announcement")
    assert (act.articles, document.legal_basis) == ([article], [article])
    assert f"为{name}，现予公布" in document.content["body"][0]["text"]
    assert Base.objects.get().name.startswith(f"{name}（")


def test_non_recognition_of_a_lower_base_names_it_as_the_text_does():
    office = Office("sichuan", is_sandbox=True, level="regional")
    application = office.application("reviewed", passed=False)
    _, reasons, articles = decisions.suggested(application)
    decisions.prepare(application.case, office.officer, conclusion="negative", reasons=reasons, articles=articles)
    decisions.review(application.case, office.reviewer)
    decisions.sign(application.case, office.head)
    document = Document.objects.get(kind="non_recognition")
    assert document.legal_basis == ["10(3)"]
    assert "决定不予认定你单位为区域性专业技术人员继续教育基地。" in str(document.content["body"])


def test_reasons_carry_what_the_panel_resolved():
    office = Office("national")
    application = office.application("reviewed", passed=False)
    case = Case.objects.create(
        jurisdiction_id="national",
        kind="panel",
        number="PS-NATIONAL-2026-00001",
        title="评审",
        authority=office.authority,
        rulebook_key=office.rulebook.key,
        state="resolved",
        opened_at=timezone.now(),
    )
    panel = Panel.objects.create(case=case, occasion=office.round.case, size=5, quorum=3, pass_points=60)
    Resolution.objects.create(
        panel=panel,
        subject=application.case,
        votes_for=1,
        votes_against=3,
        votes_abstain=1,
        points_sum=200,
        sheet_count=5,
        average_hundredths=4000,
        passed=False,
        reasons="实训条件不足。",
        recorded_by=office.officer.user,
    )
    assert decisions.suggested(application)[:2] == (
        "negative",
        "经专家评审委员会评审，未通过评审。平均分40.00分，同意1票、不同意3票、弃权1票。评审意见：实训条件不足。",
    )


def test_direct_application_is_admitted_on_the_article_that_allows_it():
    office = Office("zibo")
    application = office.application("intake", direct=True)
    application.case.submitted_at = timezone.now()
    assert wording.intake_articles(application) == ("25",)
    assert admission_content(application).legal_basis == (
        "《淄博市专业技术人员继续教育基地管理办法》（淄人社发〔2025〕5号）第二十五条、第九条第（三）项",
    )
    assert wording.intake_articles(office.application("intake")) == ("9(2)",)


def test_lapsed_text_is_named_with_the_document_that_extended_it():
    office = Office("weihai")
    assert wording.named(office.rulebook) == "《威海市专业技术人员继续教育基地管理办法》（威人社发〔2019〕44号）"
    record_extension(office, "extension", "示威人社发〔2025〕8号")
    assert wording.legal_basis(office.rulebook, ["5(3)", "5(4)"]) == (
        "《威海市专业技术人员继续教育基地管理办法》（威人社发〔2019〕44号，由示威人社发〔2025〕8号延长有效期）"
        "第五条第（三）项、第（四）项",
    )


def test_draft_is_named_once_as_a_draft_and_after_its_issue_by_its_number():
    office = Office("sichuan")
    assert wording.named(office.rulebook) == "《四川省专业技术人员继续教育基地管理办法（征求意见稿）》"
    record_extension(office, "final_issue", "示川人社规〔2026〕1号")
    assert wording.named(office.rulebook) == "《四川省专业技术人员继续教育基地管理办法》（示川人社规〔2026〕1号）"


def test_rehearsal_of_an_issued_text_is_not_marked_as_a_draft():
    office = Office("zibo", is_sandbox=True)
    office.application("decided")
    announcements.announce(office.round.case, office.head)
    assert Document.objects.get(kind="recognition_announcement").content["watermark"] == "演练"


def test_road_of_every_case_of_a_lower_level_is_that_levels():
    office = Office("sichuan", level="industry")
    assert road_of(office.round.case).review.article == "10(3)"
    assert road_of(office.application("intake").case).review.article == "10(3)"
    assert registry.by_key("sichuan_draft").road.review.article == "10(2)"
