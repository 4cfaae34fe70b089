"""Applying for money of a cycle, from the base's page to the authority's desk."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.cases.attachments import attach
from apps.cases.models import Case
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.subsidies.models import Award
from apps.subsidies.services import award_applications as applications
from apps.subsidies.services.content_draft import DraftConflict
from apps.subsidies.services.plan_content import content_of, content_problems
from tests.factories import Supervision
from tests.subsidies.building import Funding, active_award, make_award, make_cycle, move
from tests.subsidies.content.typed import LINES, TOTAL_FEN, agreed_line, fill, typed

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 test"


def started(funding):
    return applications.start_application(funding.base, funding.cycle, funding.editor)


def sent(funding, **values):
    award = started(funding)
    fill(award, funding.editor, **typed(**values))
    applications.submit(award.case, funding.head)
    return Award.objects.select_related("case").get(pk=award.pk)


def test_sent_application_freezes_its_lines_to_the_fen_and_pins_the_text():
    funding = Funding()
    award = sent(funding)
    assert award.case.state == "submitted"
    assert award.case.rulebook_key == "shanghai_2020"
    assert award.case.turn_organisation == funding.authority
    assert (award.requested_fen, award.title) == (TOTAL_FEN, "能力建设")
    rows = award.case.use_plan_lines.values_list("key", "position", "unit_price_fen", "quantity", "amount_fen")
    assert list(rows) == [("a1", 1, 5_000_001, 3, 15_000_003), ("a2", 2, 8_000_000, 2, 16_000_000)]
    target = award.case.performance_targets.get()
    assert (target.direction, target.target_hundredths, target.measured_by) == ("at_least", 60_050, "学员名册")


def test_agreed_line_keeps_its_approval_and_its_parts():
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed(lines=[agreed_line()]))
    attach(award.case, SimpleUploadedFile("批文.pdf", PDF), "content:finance", funding.editor.user)
    applications.submit(award.case, funding.head)
    line = award.case.use_plan_lines.get()
    assert line.finance_approval == "沪财教〔2026〕9号"
    assert line.schedule == [
        {"when": "签订合同后", "amount_fen": 60_050},
        {"when": "after_acceptance", "amount_fen": 40_000},
    ]


def test_agreed_line_without_the_finance_departments_file_is_not_sent():
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed(lines=[agreed_line()]))
    with pytest.raises(Blocked, match="请上传财政部门批准其他支出的文件（第三十四条第（四）项）"):
        applications.submit(award.case, funding.head)
    assert award.case.use_plan_lines.count() == 0


def test_empty_application_is_told_everything_that_is_missing():
    funding = Funding()
    award = started(funding)
    with pytest.raises(Blocked) as refused:
        applications.submit(award.case, funding.head)
    assert [one.message for one in refused.value.problems] == [
        "申请项目：请填写项目名称（第三十二条）。",
        "使用方案：请至少填写一个支出项目（第三十六条）。",
        "绩效计划：请至少填写一项可衡量的绩效指标（第三十六条）。",
    ]
    assert [one.where for one in refused.value.problems] == [
        "part:about#title",
        "part:lines#lines",
        "part:targets#targets",
    ]
    assert Case.objects.get(pk=award.pk).rulebook_key == ""


def test_forbidden_use_is_kept_as_typed_but_never_sent():
    funding = Funding()
    award = started(funding)
    wrong = {**LINES[0], "category": "official_vehicles"}
    fill(award, funding.editor, **typed(lines=[wrong, LINES[1]]))
    award.refresh_from_db()
    assert award.data["lines"][0]["category"] == "official_vehicles"
    with pytest.raises(Blocked, match="公务用车属于不得列支的用途，依据第三十五条第（三）项不予列支"):
        applications.submit(award.case, funding.head)


def test_editor_prepares_and_the_head_sends():
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    with pytest.raises(NotPermitted):
        applications.submit(award.case, funding.editor)


def test_application_outside_the_window_is_not_sent():
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    funding.cycle.closes_on = timezone.localdate() - dt.timedelta(days=1)
    funding.cycle.opens_on = funding.cycle.closes_on - dt.timedelta(days=5)
    funding.cycle.save()
    with pytest.raises(Blocked, match="现在不能提交"):
        applications.submit(award.case, funding.head)


def test_returned_application_is_answered_changed_and_sent_again():
    funding = Funding()
    award = sent(funding)
    perform(award.case, "return_for_correction", funding.office["officer"])
    dearer = {**LINES[1], "quantity": "3"}
    fill(award, funding.head, lines=[dearer], answer="已删去设备，增加一期")
    assert content_of(award.case, funding.office["officer"]).total_fen == TOTAL_FEN
    assert content_of(award.case, funding.editor).total_fen == 24_000_000
    act = applications.resubmit(award.case, funding.head)
    award.refresh_from_db()
    assert (act.reason, award.requested_fen, award.data["answer"]) == ("已删去设备，增加一期", 24_000_000, "")
    assert list(award.case.use_plan_lines.values_list("key", "amount_fen")) == [("a2", 24_000_000)]


def test_second_application_in_the_cycle_waits_for_the_decision_on_the_first():
    funding = Funding()
    award = started(funding)
    with pytest.raises(Blocked, match=award.case.number):
        started(funding)
    move(award.case, "declined")
    assert started(funding).case.number != award.case.number


def test_granted_award_does_not_bar_another_application():
    funding = Funding()
    active_award(funding)
    assert started(funding).case.state == "draft"


def test_cycle_that_is_closed_to_applications_is_not_offered():
    funding = Funding(cycle={"state": "closed"})
    assert applications.open_cycles(funding.base) == []
    with pytest.raises(Blocked, match="现在不接受本基地申请"):
        started(funding)


def test_cycle_of_another_authority_is_not_offered():
    funding, other = Funding(), Funding()
    assert applications.open_cycles(funding.base) == [funding.cycle]
    with pytest.raises(Blocked):
        applications.start_application(funding.base, other.cycle, funding.editor)


def test_stranger_does_not_apply_for_the_base():
    funding, other = Funding(), Funding()
    with pytest.raises(NotPermitted):
        applications.start_application(funding.base, funding.cycle, other.editor)
    with pytest.raises(NotPermitted):
        applications.start_application(funding.base, funding.cycle, funding.office["officer"])


@pytest.mark.parametrize(("jurisdiction", "gives"), [("shanghai", True), ("national", False), ("zibo", False)])
def test_awards_are_offered_where_the_text_has_them(jurisdiction, gives):
    assert applications.gives_awards(Supervision(jurisdiction).base) is gives


def test_room_counts_what_others_awards_of_the_base_were_granted_net_of_what_was_released():
    funding = Funding()
    granted = active_award(funding)
    granted.released_fen = 1_000_001
    granted.save()
    funding.cycle.refresh_from_db()
    award = started(funding)
    room = applications.room_of(award)
    assert room.granted_before_fen == 46_000_003 - 1_000_001
    assert room.cap_left_fen == 500_000_000 - 45_000_002
    assert room.cycle_left_fen == 1_000_000_000 - 46_000_003
    assert applications.room_warnings(room, room.cap_left_fen) == []
    assert applications.room_warnings(room, room.cap_left_fen + 1) == [
        "申请金额比本周期内本基地还可资助的上限多 0.01元；超出部分原则上不予资助，除非另有批准（第三十二条）。"
    ]


def test_stale_window_overwrites_nothing():
    funding = Funding()
    award = started(funding)
    fill(award, funding.editor, **typed())
    from apps.subsidies.services import content_draft

    with pytest.raises(DraftConflict) as conflict:
        content_draft.save_values(award, {"title": "旧窗口"}, 0, funding.editor)
    assert conflict.value.current.data["title"] == "能力建设"


def test_sent_application_is_locked():
    funding = Funding()
    award = sent(funding)
    with pytest.raises(WrongState, match="内容已锁定"):
        fill(award, funding.editor, title="改名")


def test_content_as_sent_is_checked_before_experts_get_it():
    funding = Funding()
    good = make_award(funding, state="submitted")
    assert content_problems(good.case) == []
    bad = make_award(funding, state="submitted", targets=())
    assert [one.message for one in content_problems(bad.case)] == [
        "绩效计划：请至少填写一项可衡量的绩效指标（第三十六条）。"
    ]


def test_withdrawn_application_leaves_room_for_another():
    funding = Funding()
    award = sent(funding)
    perform(award.case, "withdraw", funding.head, reason="改年再报")
    assert started(funding).pk != award.pk


def test_rehearsal_base_applies_in_rehearsal_cycles_only():
    funding = Funding()
    make_cycle(funding, title="另一周期")
    Case.objects.filter(pk=funding.cycle.pk).update(is_sandbox=True)
    assert [one.title for one in applications.open_cycles(funding.base)] == ["另一周期"]
