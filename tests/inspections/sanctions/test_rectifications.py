"""限期整改 from the order to its end."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.enums import Role
from apps.cases import selectors
from apps.cases.enums import CaseKind, ClockState
from apps.cases.models import Case, Document
from apps.cases.todo import todo_keys
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import open_case, perform, rules_of
from apps.inspections.models import Campaign, Inspection, InspectionItem
from apps.inspections.services import rectifications, sanction_rechecks, terms
from apps.inspections.services.sanction_grounds import rectification_sanction
from tests.factories import Supervision, make_case, member
from tests.inspections.sanctions import story
from tests.inspections.sanctions.story import fresh, travel

pytestmark = pytest.mark.django_db


def text_of(document: Document) -> str:
    return str(document.content)


@pytest.mark.parametrize("jurisdiction", story.JURISDICTIONS)
def test_an_order_rests_on_the_texts_own_article_and_starts_the_term(jurisdiction):
    sup = story.supervision(jurisdiction)
    case = story.ordered(sup)
    rectification = case.rectification
    sanction = rectification_sanction(rules_of(case))
    sup.base.refresh_from_db()
    assert (case.state, sup.base.status) == ("ordered", "rectifying")
    assert case.acts.get(name="sign_order").articles == [sanction.article]
    clock = case.clocks.get(code="rectification")
    assert (clock.basis, clock.state) == ("officer", ClockState.RUNNING)
    assert clock.counting[0] == (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    assert clock.counting[-1] == rectification.due_on.isoformat()
    assert rectification.due_on >= timezone.localdate() + dt.timedelta(days=30)
    letter = case.documents.get(kind="rectification_order")
    assert sanction.word in letter.title
    assert "行政复议" in letter.remedies
    assert "完成计划内的培训任务" in text_of(letter)
    assert letter.legal_basis == [sanction.article]
    assert letter.addressee_id == sup.institution.pk
    assert [(event.kind, event.label) for event in sup.base.events.all()] == [("rectifying", sanction.word)]


def test_the_base_sees_nothing_of_a_draft_and_all_of_an_order():
    sup, other = story.supervision(), story.supervision()
    case = story.drafted(sup)
    for actor in (sup.editor, sup.head, sup.unit_officer, other.editor, other.office["officer"]):
        assert not selectors.readable_cases(actor).filter(pk=case.pk).exists()
    perform(case, "propose_order", sup.office["officer"])
    assert not selectors.readable_cases(sup.head).filter(pk=case.pk).exists()
    rectifications.sign_order(case, sup.office["head"])
    for actor in (sup.editor, sup.head, sup.unit_officer, sup.office["officer"]):
        assert selectors.readable_cases(actor).filter(pk=case.pk).exists()
    for actor in (other.editor, other.head, other.unit_officer, other.office["officer"]):
        assert not selectors.readable_cases(actor).filter(pk=case.pk).exists()
        assert not selectors.documents_of(case, actor).exists()


@pytest.mark.parametrize("jurisdiction", ["sichuan", "weihai"])
def test_no_order_is_signed_under_a_text_not_in_force_unless_rehearsed(jurisdiction):
    sup = Supervision(jurisdiction)
    case = story.drafted(sup)
    perform(case, "propose_order", sup.office["officer"])
    with pytest.raises(Blocked) as refused:
        rectifications.sign_order(case, sup.office["head"])
    assert [problem.code for problem in refused.value.problems] == ["not_in_force"]
    sup.base.refresh_from_db()
    assert sup.base.status == "active"
    rehearsal = Supervision(jurisdiction, is_sandbox=True)
    assert story.ordered(rehearsal).state == "ordered"


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"grounds": []}, {"grounds_missing"}),
        ({"grounds": ["evaluation_failed"]}, {"grounds_foreign"}),
        ({"facts": "  "}, {"facts_missing"}),
        ({"items": []}, {"items_missing"}),
        ({"items": [rectifications.Item("  ")]}, {"items_missing"}),
        ({"term_days": 0}, {"term_missing"}),
        ({"term_days": 1096}, {"term_missing"}),
    ],
)
def test_an_order_that_lacks_something_is_not_proposed(values, codes):
    sup = story.supervision()
    case = story.drafted(sup, **values)
    with pytest.raises(Blocked) as refused:
        perform(case, "propose_order", sup.office["officer"])
    assert {problem.code for problem in refused.value.problems} == codes
    assert all(problem.articles == ("23",) for problem in refused.value.problems)


def test_the_head_who_wrote_the_order_does_not_sign_it():
    sup = story.supervision()
    both = member(sup.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    case = rectifications.open_order(sup.base, both, story.an_order()).case
    perform(case, "propose_order", sup.office["officer"])
    with pytest.raises(NotPermitted):
        rectifications.sign_order(case, both)
    rectifications.sign_order(case, sup.office["head"])
    assert fresh(case).state == "ordered"


def test_only_the_recognising_authoritys_officer_opens_an_order():
    sup, other = story.supervision(), story.supervision()
    for actor in (sup.office["head"], sup.head, sup.unit_officer, other.office["officer"]):
        with pytest.raises(NotPermitted):
            rectifications.open_order(sup.base, actor, story.an_order())


def test_a_base_has_one_running_rectification():
    sup = story.supervision()
    first = story.drafted(sup)
    with pytest.raises(Blocked) as refused:
        story.drafted(sup)
    assert first.number in str(refused.value)


def test_an_edit_on_a_stale_page_is_refused_and_changes_nothing():
    sup = story.supervision()
    case = story.drafted(sup)
    version = case.version
    rectifications.edit_order(case, sup.office["officer2"], story.an_order(facts="另一人写的"), version=version)
    with pytest.raises(WrongState):
        rectifications.edit_order(case, sup.office["officer"], story.an_order(facts="旧页面"), version=version)
    assert fresh(case).rectification.facts == "另一人写的"


def test_progress_is_kept_and_the_report_needs_every_item():
    sup = story.supervision()
    case = story.ordered(sup)
    first, _ = case.rectification.items.all()
    rectifications.record_progress(case, sup.editor, {first.pk: rectifications.Progress("办班八期", True)}, "")
    with pytest.raises(Blocked) as refused:
        rectifications.submit_report(case, sup.head)
    assert {problem.code for problem in refused.value.problems} == {"item_not_reported", "report_missing"}
    assert [item.progress for item in fresh(case).rectification.items.all()] == ["办班八期", ""]
    with pytest.raises(NotPermitted):
        rectifications.submit_report(case, sup.editor)


def test_a_late_report_is_accepted_and_its_lateness_recorded():
    sup = story.supervision()
    case = story.ordered(sup)
    due_on = case.rectification.due_on
    days = (due_on - timezone.localdate()).days + 3
    with travel(days):
        terms.expire_sanction_terms(timezone.now())
        terms.expire_sanction_terms(timezone.now())
        case = fresh(case)
        assert case.state == "overdue"
        assert case.acts.filter(name="expire").count() == 1
        assert case.clocks.get(code="rectification").state == ClockState.RUNNING
        assert case.next_due_at <= timezone.now()
        case = story.reported(sup, case)
    assert case.state == "reported"
    assert case.clocks.get(code="rectification").state == ClockState.MISSED
    assert case.acts.get(name="submit_report").data == {"late_days": 3}


def test_an_overdue_rectification_reaches_the_head_and_the_managing_unit():
    sup = story.supervision()
    case = story.ordered(sup)
    assert case.pk not in todo_keys(sup.office["head"], 0, 50)
    with travel(40):
        terms.expire_sanction_terms(timezone.now())
        assert case.pk in todo_keys(sup.office["head"], 0, 50)
        assert case.pk in todo_keys(sup.office["officer"], 0, 50)
        assert selectors.readable_cases(sup.unit_head).filter(pk=case.pk).exists()


def test_the_term_runs_to_the_end_of_its_last_day():
    sup = story.supervision()
    case = story.ordered(sup)
    days = (case.rectification.due_on - timezone.localdate()).days
    with travel(days):
        terms.expire_sanction_terms(timezone.now())
        assert fresh(case).state == "ordered"


def test_lifting_puts_the_base_in_good_standing():
    sup = story.supervision()
    case = story.concluded(sup, story.rechecked(sup, story.reported(sup, story.ordered(sup))), "lift")
    sup.base.refresh_from_db()
    assert (case.state, sup.base.status) == ("lifted", "active")
    letter = case.documents.get(kind="rectification_lifted")
    assert letter.remedies == ""
    assert [event.kind for event in sup.base.events.all()] == ["rectifying", "rectified"]


def test_an_extension_restarts_the_term_and_asks_for_a_new_recheck():
    sup = story.supervision()
    case = story.rechecked(sup, story.reported(sup, story.ordered(sup)), "improve")
    before = case.rectification.due_on
    until = before + dt.timedelta(days=20)
    case = story.concluded(sup, case, "extend", extended_to=until)
    rectification = case.rectification
    assert (case.state, rectification.due_on) == ("ordered", until)
    assert [(entry["from"], entry["to"], entry["reason"]) for entry in rectification.extensions] == [
        (before.isoformat(), until.isoformat(), "复查结论的理由。")
    ]
    assert case.clocks.get(state=ClockState.RUNNING).counting[-1] == until.isoformat()
    assert {item.verdict for item in rectification.items.all()} == {""}
    assert rectification.reported_on is None
    assert "延长至" in text_of(case.documents.get(kind="rectification_extension"))
    assert case.turn_organisation_id == sup.institution.pk


@pytest.mark.parametrize(
    ("verdict", "conclusion", "values", "code"),
    [
        ("fails", "lift", {}, "not_met"),
        ("meets", "fail", {}, "all_met"),
        ("fails", "fail", {}, "term_runs"),
        ("fails", "extend", {}, "extended_to_missing"),
        ("fails", "extend", {"extended_to": dt.date(2026, 1, 1)}, "extension_past"),
        ("fails", "extend", {"extended_to": dt.date(9999, 12, 31)}, "extension_far"),
    ],
)
def test_a_conclusion_that_contradicts_the_facts_is_refused(verdict, conclusion, values, code):
    sup = story.supervision()
    case = story.rechecked(sup, story.reported(sup, story.ordered(sup)), verdict)
    with pytest.raises(Blocked) as refused:
        sanction_rechecks.propose_conclusion(case, sup.office["officer"], conclusion=conclusion, text="理由", **values)
    assert code in {problem.code for problem in refused.value.problems}
    assert fresh(case).state == "reported"


def test_the_head_signs_only_what_was_proposed_and_not_what_they_proposed():
    sup = story.supervision()
    both = member(sup.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    case = story.rechecked(sup, story.reported(sup, story.ordered(sup)))
    sanction_rechecks.propose_conclusion(case, both, conclusion="lift", text="各项合格")
    with pytest.raises(NotPermitted):
        sanction_rechecks.sign_lift(case, both)
    with pytest.raises(WrongState):
        sanction_rechecks.sign_failure(case, sup.office["head"])
    sanction_rechecks.sign_lift(case, sup.office["head"])


def test_a_report_is_given_back_while_the_term_runs_and_not_after():
    sup = story.supervision()
    case = story.reported(sup, story.ordered(sup))
    due_on = case.rectification.due_on
    sanction_rechecks.return_report(case, sup.office["officer"], "第二项没有证明材料。")
    case = fresh(case)
    assert (case.state, case.rectification.due_on) == ("ordered", due_on)
    assert case.clocks.get(state=ClockState.RUNNING).counting[-1] == due_on.isoformat()
    case = story.reported(sup, case)
    with travel(40), pytest.raises(Blocked):
        sanction_rechecks.return_report(case, sup.office["officer"], "再改。")


def test_a_failure_keeps_the_base_rectifying_and_has_remedies():
    sup = story.supervision()
    case = story.failed(sup)
    sup.base.refresh_from_db()
    assert (case.state, sup.base.status) == ("failed", "rectifying")
    letter = case.documents.get(kind="rectification_failed")
    assert "行政诉讼" in letter.remedies
    assert "期限内你单位没有提交整改报告" in text_of(letter)


def test_what_a_base_says_of_items_of_another_base_is_ignored():
    sup, other = story.supervision(), story.supervision()
    case, foreign = story.ordered(sup), story.ordered(other)
    item = foreign.rectification.items.first()
    rectifications.record_progress(case, sup.editor, {item.pk: rectifications.Progress("越权", True)}, "")
    item.refresh_from_db()
    assert item.progress == ""


def concluded_inspection(sup: Supervision) -> Inspection:
    """An inspection with its result, one item in order and one not."""
    campaign_case = make_case(CaseKind.CAMPAIGN, sup.authority)
    open_case(campaign_case, sup.office["officer"])
    campaign = Campaign.objects.create(
        case=campaign_case,
        kind="regular",
        year=2026,
        title="2026年度检查考核",
        organiser=sup.authority,
        finish_by=dt.date(2026, 12, 31),
    )
    case = make_case(CaseKind.INSPECTION, sup.authority, institution=sup.institution, base=sup.base)
    open_case(case, sup.office["officer"])
    Case.objects.filter(pk=case.pk).update(state="concluded", closed_at=timezone.now())
    inspection = Inspection.objects.create(
        case=fresh(case), campaign=campaign, base=sup.base, inspector=sup.authority, grade="failed"
    )
    values = {"inspection": inspection, "article": "21"}
    InspectionItem.objects.create(position=1, code="plan", label="计划执行", verdict="meets", **values)
    InspectionItem.objects.create(
        position=2, code="fees", label="收费管理", verdict="fails", verdict_text="未公示收费标准", **values
    )
    return inspection


def test_an_order_is_drafted_from_what_an_inspection_found_wrong(client):
    sup, other = story.supervision(), story.supervision()
    inspection, foreign = concluded_inspection(sup), concluded_inspection(other)
    client.force_login(sup.office["officer"].user)
    page = reverse("inspections:rectification_new", args=[sup.base.number])
    shown = client.get(page, {"inspection": inspection.case.number}).content.decode()
    assert "收费管理：未公示收费标准" in shown
    assert "计划执行" not in shown
    assert foreign.case.number not in client.get(page, {"inspection": foreign.case.number}).content.decode()
    order = rectifications.drafted_from(inspection)
    with pytest.raises(Blocked):
        rectifications.open_order(sup.base, sup.office["officer"], order, inspection=foreign)
    made = rectifications.open_order(sup.base, sup.office["officer"], order, inspection=inspection)
    (item,) = made.items.all()
    assert (item.article, item.inspection_item.code) == ("21", "fees")
    assert rectifications.inspections_to_follow(sup.base) == []


def test_a_case_that_cannot_go_on_keeps_no_other_term_back(monkeypatch):
    sup, other = story.supervision(), story.supervision()
    first, second = story.ordered(sup), story.ordered(other)
    expire = terms.expire_rectification

    def broken(case):
        if case.pk == first.pk:
            raise RuntimeError("broken")
        return expire(case)

    monkeypatch.setattr(terms, "expire_rectification", broken)
    with travel(40):
        terms.expire_sanction_terms(timezone.now())
    assert (fresh(first).state, fresh(second).state) == ("ordered", "overdue")


def test_a_re_inspection_made_before_a_late_report_does_not_judge_it():
    sup = story.supervision()
    case = story.ordered(sup)
    with travel(40):
        terms.expire_sanction_terms(timezone.now())
        case = story.reported(sup, story.rechecked(sup, fresh(case), "fails"))
        assert (case.rectification.rechecked_on, case.rectification.recheck) == (None, "")
        with pytest.raises(Blocked, match="尚未复查"):
            sanction_rechecks.propose_conclusion(case, sup.office["officer"], conclusion="fail", text="未达标")
        assert case.acts.get(name="record_recheck").data["recheck"] == "现场核对。"


def test_a_re_inspection_made_before_a_report_was_given_back_does_not_judge_the_next_one():
    sup = story.supervision()
    case = story.rechecked(sup, story.reported(sup, story.ordered(sup)), "fails")
    sanction_rechecks.return_report(case, sup.office["officer"], "继续整改")
    with travel(20):
        case = story.reported(sup, fresh(case))
        assert {item.verdict for item in case.rectification.items.all()} == {""}


def test_who_re_inspected_does_not_sign_the_conclusion():
    sup = story.supervision()
    both = member(sup.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    case = story.reported(sup, story.ordered(sup))
    sanction_rechecks.record_recheck(
        case,
        both,
        rechecked_on=timezone.localdate(),
        recheck="现场核对。",
        verdicts={item.pk: ("meets", "") for item in case.rectification.items.all()},
    )
    sanction_rechecks.propose_conclusion(fresh(case), sup.office["officer"], conclusion="lift", text="合格")
    with pytest.raises(NotPermitted, match="须由另一人办理"):
        sanction_rechecks.sign_lift(fresh(case), both)


def test_a_conclusion_sent_back_leaves_a_base_that_never_reported_its_late_report():
    sup = story.supervision()
    case = story.ordered(sup)
    with travel(40):
        terms.expire_sanction_terms(timezone.now())
        case = story.rechecked(sup, fresh(case), "fails")
        sanction_rechecks.propose_conclusion(case, sup.office["officer"], conclusion="fail", text="未达标")
        perform(fresh(case), "send_back_conclusion", sup.office["head"], reason="先听基地说明")
        assert fresh(case).state == "overdue"
        assert story.reported(sup, fresh(case)).state == "reported"


def test_an_order_and_its_end_are_letters_to_the_base_and_not_in_its_public_history(client):
    sup = story.supervision()
    case = story.rechecked(sup, story.reported(sup, story.ordered(sup)))
    story.concluded(sup, case, "lift")
    assert [event.kind for event in sup.base.events.all()] == ["rectifying", "rectified"]
    for address in (f"/bases/{sup.base.number}/", f"/api/v1/bases/{sup.base.number}/"):
        page = client.get(address)
        assert page.status_code == 200
        told = page.content.decode()
        assert "责令限期整改" not in told and "整改合格" not in told
        assert not any(number in told for number in case.documents.values_list("number", flat=True))
