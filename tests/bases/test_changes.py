"""Changes of particulars on every text's road: who files, who agrees first, what is published, what stays."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.bases.models import Base, BaseEvent
from apps.bases.services import changes, opening
from apps.bases.services.changes import Item
from apps.cases import selectors
from apps.cases.models import Delivery, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform, steps_for
from tests.bases.changing import NEW_NAME, drafted, reported
from tests.factories import AuthorityFactory, Supervision, make_base, member

pytestmark = pytest.mark.django_db


def kinds(case):
    return sorted(Document.objects.filter(case=case).values_list("kind", flat=True))


def fresh(base):
    return Base.objects.get(pk=base.pk)


def offered(case, actor):
    return {step.transition.name for step in steps_for(case, actor)}


@pytest.mark.parametrize("jurisdiction", ["national", "shanghai"])
def test_the_authority_files_and_publishes_what_is_reported_to_it_alone(jurisdiction):
    s = Supervision(jurisdiction)
    case = reported(s)
    assert case.state == "reported"
    assert offered(case, s.unit_officer) == set()
    changes.file(case, s.office["officer"])
    assert (case.state, kinds(case)) == ("filed", ["change_announcement", "change_receipt"])
    base = fresh(s.base)
    assert base.institution_name == NEW_NAME
    assert base.name.endswith(f"继续教育基地（{NEW_NAME}）")
    assert base.former_names == s.base.institution_name
    assert Document.objects.get(kind="change_announcement").is_public


def test_the_managing_unit_files_before_the_authority_where_both_are_told():
    s = Supervision("zibo")
    case = reported(s)
    assert case.state == "at_managing_unit"
    assert "file" not in offered(case, s.office["officer"])
    changes.file_at_unit(case, s.unit_officer)
    changes.file(case, s.office["officer"])
    assert kinds(case) == ["change_announcement", "change_receipt"]
    receipt = Document.objects.get(kind="change_receipt")
    told = set(Delivery.objects.filter(document=receipt).values_list("organisation_id", flat=True))
    assert told == {s.institution.pk, s.unit.pk}


def test_the_authority_goes_ahead_of_a_managing_unit_that_does_not_file():
    s = Supervision("zibo")
    case = reported(s)
    assert case in selectors.visible_cases(s.office["officer"])
    with pytest.raises(Blocked):
        perform(case, "take_over", s.office["officer"], reason=" ")
    perform(case, "take_over", s.office["officer"], reason="管理单位逾一个月未办理")
    changes.file(case, s.office["officer"])
    assert case.state == "filed"


def test_a_base_without_managing_unit_reports_to_the_authority_straight():
    case = reported(Supervision("zibo", managed=False))
    assert case.state == "reported"


def test_a_text_that_asks_for_a_report_alone_publishes_nothing():
    s = Supervision("weihai", is_sandbox=True)
    case = reported(s, Item("affiliation", "某市教育局"))
    changes.file(case, s.office["officer"])
    assert kinds(case) == ["change_receipt"]
    assert Document.objects.get().title == "基地信息变更报告回执"
    assert fresh(s.base).affiliation == "某市教育局"
    assert not Document.objects.filter(is_public=True).exists()


@pytest.mark.parametrize("jurisdiction", ["national", "shanghai", "sichuan", "zibo"])
def test_affiliation_is_reported_only_where_the_text_names_it(jurisdiction):
    s = Supervision(jurisdiction, is_sandbox=jurisdiction == "sichuan")
    case = opening.start_change(s.base, s.editor)
    with pytest.raises(Blocked) as blocked:
        changes.save_change(case, s.editor, happened_on=None, reason="", items=(Item("affiliation", "某厅"),))
    assert blocked.value.problems[0].code == "unknown_particular"


def agreeing() -> tuple[Supervision, Supervision]:
    """A department that approved a base, and the superior it files with."""
    superior = Supervision("sichuan", is_sandbox=True)
    department = AuthorityFactory(jurisdiction_id="sichuan", levels=["regional"], superior=superior.authority)
    return superior, Supervision("sichuan", authority=department, level="regional", is_sandbox=True)


def test_nothing_is_published_before_the_approving_department_agrees_and_its_superior_files_last():
    superior, s = agreeing()
    case = reported(s)
    assert case.state == "consent_review"
    assert case not in selectors.visible_cases(superior.office["officer"])
    changes.propose_consent(case, s.office["officer"], agrees=True, opinion="材料齐全")
    assert kinds(case) == []
    assert fresh(s.base).institution_name != NEW_NAME
    with pytest.raises(Blocked) as blocked:
        changes.sign_refusal(case, s.office["head"])
    assert blocked.value.problems[0].code == "conclusion_differs"
    changes.sign_consent(case, s.office["head"])
    assert (case.state, kinds(case)) == ("to_superior", ["change_announcement", "change_consent"])
    assert fresh(s.base).institution_name != NEW_NAME
    changes.file(case, superior.office["officer"])
    assert kinds(case) == ["change_announcement", "change_consent", "change_receipt"]
    receipt = Document.objects.get(kind="change_receipt")
    assert (receipt.issuer, receipt.addressee) == (superior.authority, s.authority)
    assert fresh(s.base).institution_name == NEW_NAME
    assert fresh(s.base).name == f"区域性专业技术人员继续教育基地（{NEW_NAME}）"


def test_a_department_without_superior_files_by_itself_and_cannot_return_what_it_agreed_to():
    s = Supervision("sichuan", is_sandbox=True)
    case = reported(s)
    changes.propose_consent(case, s.office["officer"], agrees=True, opinion="")
    changes.sign_consent(case, s.office["head"])
    assert case.state == "reported"
    with pytest.raises(Blocked) as blocked:
        changes.return_for_correction(case, s.office["officer"], "再补")
    assert blocked.value.problems[0].code == "consented"
    changes.file(case, s.office["officer"])
    assert kinds(case).count("change_announcement") == 1


def test_a_refusal_needs_reasons_carries_remedies_and_changes_nothing():
    s = Supervision("sichuan", is_sandbox=True)
    case = reported(s)
    with pytest.raises(Blocked):
        changes.propose_consent(case, s.office["officer"], agrees=False, opinion=" ")
    changes.propose_consent(case, s.office["officer"], agrees=False, opinion="登记证书与所报名称不一致。")
    changes.sign_refusal(case, s.office["head"])
    refusal = Document.objects.get(case=case)
    assert (case.state, refusal.kind, refusal.legal_basis) == ("refused", "change_refusal", ["34"])
    assert "行政复议" in refusal.remedies
    assert "登记证书与所报名称不一致。" in str(refusal.content)
    assert fresh(s.base).institution_name == s.base.institution_name
    assert not BaseEvent.objects.filter(base=s.base, kind="changed").exists()


def test_a_draft_text_refuses_nobody():
    s = Supervision("sichuan")
    case = reported(s)
    changes.propose_consent(case, s.office["officer"], agrees=False, opinion="理由")
    with pytest.raises(Blocked) as blocked:
        changes.sign_refusal(case, s.office["head"])
    assert blocked.value.problems[0].code == "not_in_force"


def test_who_drafts_the_answer_does_not_sign_it():
    s = Supervision("sichuan", is_sandbox=True)
    both = member(s.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    case = reported(s)
    changes.propose_consent(case, both, agrees=True, opinion="")
    with pytest.raises(NotPermitted):
        changes.sign_consent(case, both)


def test_names_in_old_documents_titles_and_other_bases_stay_as_they_were():
    s = Supervision("zibo", managed=False)
    old = s.base.institution_name
    elsewhere = make_base(AuthorityFactory(jurisdiction_id="national", levels=["national"]), s.institution)
    first = reported(s, Item("contact", "0533-1234567"))
    changes.file(first, s.office["officer"])
    before = Document.objects.get(case=first, kind="change_receipt")
    case = reported(s)
    changes.file(case, s.office["officer"])
    after = Document.objects.get(pk=before.pk)
    assert (after.content, after.addressee_name) == (before.content, old)
    assert fresh(elsewhere).institution_name == old
    case.refresh_from_db()
    assert case.title == f"{old}信息变更"
    assert Organisation.objects.get(pk=s.institution.pk).name == NEW_NAME
    assert Document.objects.get(case=case, kind="change_receipt").addressee_name == NEW_NAME


def test_a_rehearsal_renames_no_institution():
    s = Supervision("zibo", managed=False, is_sandbox=True)
    case = reported(s)
    changes.file(case, s.office["officer"])
    assert fresh(s.base).institution_name == NEW_NAME
    assert Organisation.objects.get(pk=s.institution.pk).name == s.institution.name
    assert not Document.objects.filter(is_public=True).exists()


def test_history_tells_the_names_and_no_telephone_number():
    s = Supervision("zibo", managed=False)
    case = reported(s, Item("name", NEW_NAME), Item("contact", "13800138000"))
    changes.file(case, s.office["officer"])
    events = BaseEvent.objects.filter(base=s.base, kind="changed")
    assert {(event.label, event.note) for event in events} == {
        ("机构名称变更", f"{s.institution.name} → {NEW_NAME}"),
        ("联系方式变更", ""),
    }
    assert fresh(s.base).contact_phone == "13800138000"


@pytest.mark.parametrize("code", ["name", "contact"])
def test_a_change_that_changes_nothing_is_refused(code):
    s = Supervision("zibo")
    case = opening.start_change(s.base, s.editor)
    same = {"name": s.base.institution_name, "contact": s.base.contact_phone}[code]
    with pytest.raises(Blocked) as blocked:
        changes.save_change(case, s.editor, happened_on=None, reason="", items=(Item(code, same),))
    assert blocked.value.problems[0].code == "same_as_registered"


def test_everything_that_is_missing_is_told_at_once_with_the_article():
    s = Supervision("zibo")
    case = opening.start_change(s.base, s.editor)
    with pytest.raises(Blocked) as blocked:
        changes.submit(case, s.head)
    assert [problem.code for problem in blocked.value.problems] == [
        "nothing_changes",
        "happened_on_missing",
        "evidence_missing",
    ]
    assert {problem.articles for problem in blocked.value.problems} == {("31",)}
    case.refresh_from_db()
    assert case.rulebook_key == ""


def test_the_text_is_pinned_when_the_change_is_reported_and_the_days_are_counted():
    case = reported(Supervision("zibo"))
    assert case.rulebook_key == "zibo_2025"
    assert changes.days_until_reported(changes.change_of(case)) == 3


def test_a_returned_change_keeps_what_was_asked_and_goes_the_same_road_again():
    s = Supervision("zibo", managed=False)
    case = reported(s)
    changes.return_for_correction(case, s.office["officer"], "请补交批复原件。")
    assert (case.state, case.particulars_change.return_text) == ("returned", "请补交批复原件。")
    changes.submit(case, s.head)
    assert case.state == "reported"


def test_only_the_head_reports_and_only_one_change_runs_at_a_time():
    s = Supervision("zibo")
    case = drafted(s)
    with pytest.raises(NotPermitted):
        changes.submit(case, s.editor)
    with pytest.raises(Blocked) as blocked:
        opening.start_change(s.base, s.editor)
    assert blocked.value.problems[0].code == "already_open"


def test_nobody_else_begins_a_change_and_an_ended_base_has_none():
    s, other = Supervision("zibo"), Supervision("zibo")
    for stranger in (other.head, s.office["officer"], s.unit_officer):
        with pytest.raises(NotPermitted):
            opening.start_change(s.base, stranger)
    Base.objects.filter(pk=s.base.pk).update(status="revoked")
    with pytest.raises(Blocked) as blocked:
        opening.start_change(s.base, s.editor)
    assert blocked.value.problems[0].message == "该基地已取消，不能再办理。"


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten():
    s = Supervision("zibo")
    case = drafted(s)
    seen = case.version
    changes.save_change(case, s.head, happened_on=dt.date(2026, 1, 2), reason="甲", items=(), seen=seen)
    with pytest.raises(WrongState):
        changes.save_change(case, s.editor, happened_on=timezone.localdate(), reason="乙", items=(), seen=seen)
    case.particulars_change.refresh_from_db()
    assert case.particulars_change.reason == "甲"


def test_a_draft_is_seen_by_the_institution_alone():
    s = Supervision("zibo")
    case = drafted(s)
    for stranger in (s.office["officer"], s.unit_officer):
        assert case not in selectors.visible_cases(stranger)


def test_a_change_of_an_ended_base_is_discontinued_and_of_a_live_one_is_not():
    s = Supervision("zibo")
    case = reported(s)
    assert "discontinue" not in [step.transition.name for step in steps_for(case, s.office["officer"])]
    with pytest.raises(WrongState):
        perform(case, "discontinue", s.office["officer"], reason="基地已终止")
    Base.objects.filter(pk=s.base.pk).update(status="withdrawn")
    perform(case, "discontinue", s.office["officer"], reason="基地已终止")
    assert case.state == "discontinued"
