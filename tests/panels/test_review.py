"""From the convening to the signed resolution: declarations, recusal, blind scores, votes and the conclusion."""

import datetime as dt

import pytest
import time_machine

from apps.accounts.enums import Role
from apps.applications.services import submission
from apps.cases import selectors
from apps.cases.attachments import AttachmentRefused, attach
from apps.cases.models import Act, Case, Clock, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.panels.models import PanelItem, Resolution, ScoreSheet, SiteVisit
from apps.panels.services import declaring, own_review, panels, resolutions, review_steps, scoring, seating, visits
from apps.panels.sitting import Sitting
from tests.factories import AuthorityFactory, member
from tests.panels.factories import DRAFT, Stage, admitted, expert, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    return AuthorityFactory()


def codes(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def readable(actor, case) -> bool:
    return selectors.readable_cases(actor).filter(pk=case.pk).exists()


# --- convening -----------------------------------------------------------------------------------------------------


def test_convening_gives_the_applications_to_the_panel(authority):
    stage = Stage(authority, applications=2).convened()
    assert stage.case.state == "convened"
    assert [one.case.state for one in stage.applications] == ["in_review", "in_review"]
    act = Act.objects.get(case=stage.subject, name="assign_panel")
    assert act.data == {"panel": stage.case.number}
    assert act.articles == ["9(3)"]


def test_convening_names_everything_that_is_missing(authority):
    stage = Stage(authority, experts=3)
    seating.appoint(stage.case, stage.officer, stage.experts[0], "合适")
    with pytest.raises(Blocked) as refused:
        panels.convene(stage.case, stage.officer)
    assert codes(refused) == ["seats_empty", "chair_missing", "below_quorum"]
    assert Case.objects.get(pk=stage.application.pk).state == "admitted"


def test_staff_of_the_authority_cannot_sit(authority):
    stage = Stage(authority).seat()
    stage.experts[1].user.memberships.create(organisation=authority, role=Role.AUTHORITY_REVIEWER)
    with pytest.raises(Blocked) as refused:
        panels.convene(stage.case, stage.officer)
    assert codes(refused) == ["member_is_staff"]


def test_withdrawn_application_blocks_nobody(authority):
    stage = Stage(authority, applications=2).seat()
    Case.objects.filter(pk=stage.applications[1].pk).update(state="withdrawn")
    panels.convene(stage.case, stage.officer)
    assert [one.pk for one in Sitting(stage.panel).subjects] == [stage.application.pk]


# --- declarations and recusal --------------------------------------------------------------------------------------


def test_file_is_closed_before_the_declaration_and_open_after(authority):
    stage = Stage(authority).convened()
    evidence = attach(stage.subject, photo(), "evidence:faculty", None)
    actor = stage.actor(0)
    assert not readable(actor, stage.subject)
    assert readable(actor, stage.case)
    declaring.declare(stage.case, actor, stage.subject, has_conflict=False)
    assert readable(actor, stage.subject)
    assert list(selectors.readable_attachments(actor).values_list("pk", flat=True)) == [evidence.pk]


def test_declared_conflict_closes_the_file_for_good(authority):
    stage = Stage(authority, applications=2).convened()
    actor = stage.actor(0)
    attach(stage.subject, photo(), "evidence:faculty", None)
    declaring.declare(stage.case, actor, stage.subject, has_conflict=False)
    declaring.declare(stage.case, actor, stage.subject, has_conflict=True, text="近亲属任职于该单位")
    declaring.declare(stage.case, actor, stage.subjects[1], has_conflict=False)
    assert not readable(actor, stage.subject)
    assert readable(actor, stage.subjects[1])
    assert not selectors.readable_attachments(actor).exists()
    with pytest.raises(Blocked) as refused:
        declaring.declare(stage.case, actor, stage.subject, has_conflict=False)
    assert codes(refused) == ["recusal_stands"]


def test_conflict_needs_its_circumstances(authority):
    stage = Stage(authority).convened()
    with pytest.raises(Blocked) as refused:
        declaring.declare(stage.case, stage.actor(0), stage.subject, has_conflict=True, text=" ")
    assert codes(refused) == ["circumstances_missing"]


def test_found_conflict_keeps_the_file_closed_whatever_is_declared(authority):
    stage = Stage(authority, experts=3)
    tied = expert(authority, employer=stage.subject.institution)
    stage.experts[2] = tied
    stage.convened()
    declaring.declare(stage.case, stage.actor(2), stage.subject, has_conflict=False)
    assert not readable(stage.actor(2), stage.subject)


def test_stranger_and_replaced_member_cannot_declare(authority):
    stage = Stage(authority).convened()
    stranger = expert(authority)
    with pytest.raises(NotPermitted):
        declaring.declare(stage.case, member(authority, Role.EXPERT), stage.subject, has_conflict=False)
    actor = stage.actor(1)
    seating.replace(stage.case, stage.officer, stage.member(1), "因病不能参加")
    with pytest.raises(NotPermitted):
        declaring.declare(stage.case, actor, stage.subject, has_conflict=False)
    assert not readable(actor, stage.case)
    assert stranger.pk


def test_conflict_that_arises_later_closes_the_file_and_counts_the_quorum_again(authority):
    stage = Stage(authority, experts=3, quorum=3).declared()
    institution = stage.subject.institution
    stage.experts[2].user.memberships.create(organisation=institution, role=Role.INSTITUTION_EDITOR)
    with pytest.raises(Blocked) as refused:
        panels.open_scoring(stage.case, stage.officer)
    assert codes(refused) == ["below_quorum"]
    assert refused.value.problems[0].message == (
        f"“{stage.subject.title}”有 1 位专家回避，可参加评审的仅 2 人，少于规定的 3 人。请抽取或指定替补专家。"
    )
    assert refused.value.problems[0].articles == ("9(3)",)


def test_quorum_is_counted_again_and_a_substitute_mends_it(authority):
    stage = Stage(authority, experts=3, quorum=3).convened()
    for position in range(2):
        declaring.declare(stage.case, stage.actor(position), stage.subject, has_conflict=False)
    declaring.declare(stage.case, stage.actor(2), stage.subject, has_conflict=True, text="同学关系")
    with pytest.raises(Blocked) as refused:
        panels.open_scoring(stage.case, stage.officer)
    assert codes(refused) == ["below_quorum"]
    stage.experts.append(expert(authority))
    draw = seating.draw(stage.case, stage.officer, 1)
    assert draw.result == [stage.experts[3].pk]
    with pytest.raises(Blocked) as refused:
        panels.open_scoring(stage.case, stage.officer)
    assert codes(refused) == ["undeclared"]
    declaring.declare(stage.case, stage.actor(3), stage.subject, has_conflict=False)
    panels.open_scoring(stage.case, stage.officer)
    assert stage.case.state == "scoring"


# --- scores --------------------------------------------------------------------------------------------------------


def test_scoring_starts_its_clock_and_closing_ends_it(authority):
    stage = Stage(authority)
    stage.panel.scoring_due = dt.date(2030, 1, 31)
    stage.panel.save()
    stage.scoring()
    clock = Clock.objects.get(case=stage.case, code="scoring")
    assert (clock.basis, clock.state, clock.due_at.isoformat()) == ("officer", "running", "2030-01-31T16:00:00+00:00")
    for position in range(3):
        stage.hand_in(position)
    panels.close_scoring(stage.case, stage.officer)
    clock.refresh_from_db()
    assert clock.state == "met"


def test_draft_keeps_what_was_typed_even_where_it_cannot_count(authority):
    stage = Stage(authority).scoring()
    sheet = scoring.save_draft(stage.case, stage.actor(0), stage.subject, {"points-faculty": "四十"}, 0)
    assert (sheet.version, sheet.draft, sheet.submitted_at) == (1, {"points-faculty": "四十"}, None)


def test_second_window_overwrites_nothing(authority):
    stage = Stage(authority).scoring()
    scoring.save_draft(stage.case, stage.actor(0), stage.subject, {"overall": "甲"}, 0)
    with pytest.raises(scoring.StaleSheet) as stale:
        scoring.save_draft(stage.case, stage.actor(0), stage.subject, {"overall": "乙"}, 0)
    assert (stale.value.sheet.version, stale.value.sheet.draft) == (1, {"overall": "甲"})


def test_incomplete_sheet_is_refused_item_by_item_and_stays_open(authority):
    stage = Stage(authority).scoring()
    draft = {"points-faculty": "41", "points-management": "12.5", "verdict-experience": "unclear"}
    scoring.save_draft(stage.case, stage.actor(0), stage.subject, draft, 0)
    with pytest.raises(Blocked) as refused:
        scoring.submit_scores(stage.case, stage.actor(0), stage.subject)
    assert [(problem.where, problem.message) for problem in refused.value.problems] == [
        ("points-faculty", "“师资队伍”应为 0 至 40 的整数分。"),
        ("points-management", "“管理制度”应为 0 至 30 的整数分。"),
        ("points-facilities", "“设施条件”尚未评分。"),
        ("text-experience", "“培训经验”判断为不充分或尚难判断的，请写明理由。"),
        ("overall", "请填写总体意见。"),
    ]
    assert ScoreSheet.objects.get().submitted_at is None


def test_conditions_left_to_experts_need_a_verdict(authority):
    stage = Stage(authority).scoring()
    scoring.save_draft(stage.case, stage.actor(0), stage.subject, {**DRAFT, "verdict-experience": ""}, 0)
    with pytest.raises(Blocked) as refused:
        scoring.submit_scores(stage.case, stage.actor(0), stage.subject)
    assert [problem.where for problem in refused.value.problems] == ["verdict-experience"]


def test_handed_in_sheet_is_sealed_and_unchangeable(authority):
    stage = Stage(authority).scoring()
    stage.hand_in(0)
    sheet = ScoreSheet.objects.get()
    assert (sheet.total, sheet.overall, len(sheet.sha256)) == (80, "总体较好", 64)
    assert list(sheet.scores.values_list("code", "points")) == [
        ("faculty", 35),
        ("management", 25),
        ("facilities", 20),
    ]
    assert list(sheet.comments.values_list("condition", "verdict", "text")) == [
        ("experience", "sufficient", "项目成系列")
    ]
    act = Act.objects.get(case=stage.case, name="submit_scores")
    assert act.data == {"subject": stage.subject.number, "sheet_sha256": sheet.sha256}
    with pytest.raises(Blocked) as refused:
        scoring.submit_scores(stage.case, stage.actor(0), stage.subject)
    assert codes(refused) == ["sheet_submitted"]
    with pytest.raises(Blocked) as refused:
        scoring.save_draft(stage.case, stage.actor(0), stage.subject, {}, sheet.version)
    assert codes(refused) == ["sheet_submitted"]


def test_recused_expert_scores_nothing(authority):
    stage = Stage(authority, experts=4, quorum=3).convened()
    for position in range(3):
        declaring.declare(stage.case, stage.actor(position), stage.subject, has_conflict=False)
    declaring.declare(stage.case, stage.actor(3), stage.subject, has_conflict=True, text="师生关系")
    panels.open_scoring(stage.case, stage.officer)
    with pytest.raises(NotPermitted):
        scoring.save_draft(stage.case, stage.actor(3), stage.subject, DRAFT, 0)
    with pytest.raises(NotPermitted):
        scoring.submit_scores(stage.case, stage.actor(3), stage.subject)
    assert not ScoreSheet.objects.exists()


def test_scores_before_the_opening_are_refused(authority):
    stage = Stage(authority).declared()
    scoring.save_draft(stage.case, stage.actor(0), stage.subject, DRAFT, 0)
    with pytest.raises(WrongState):
        scoring.submit_scores(stage.case, stage.actor(0), stage.subject)


def test_officer_closes_only_when_all_are_in_and_the_chair_earlier_with_a_quorum(authority):
    stage = Stage(authority).scoring()
    stage.hand_in(0)
    with pytest.raises(Blocked) as refused:
        panels.close_scoring(stage.case, stage.officer)
    assert codes(refused) == ["scores_outstanding", "scores_below_quorum"]
    with pytest.raises(Blocked) as refused:
        panels.close_scoring_early(stage.case, stage.actor(0), "赶时间")
    assert codes(refused) == ["scores_below_quorum"]
    stage.hand_in(1)
    with pytest.raises(Blocked) as refused:
        panels.close_scoring_early(stage.case, stage.actor(1), "赶时间")
    assert codes(refused) == ["not_chair"]
    panels.close_scoring_early(stage.case, stage.actor(0), "一位专家因公出国")
    assert stage.case.state == "closed"


# --- visits and steps ----------------------------------------------------------------------------------------------


def test_visit_is_recorded_with_photos_the_applicant_cannot_see(authority):
    stage = Stage(authority).scoring()
    visits.record_visit(
        stage.case,
        stage.officer,
        stage.subject,
        visited_on=dt.date(2026, 3, 1),
        place="主校区",
        members=[stage.member(0), stage.member(1)],
        record="教室与机房属实",
        photos=[photo()],
    )
    visit = SiteVisit.objects.get()
    assert list(stage.case.attachments.values_list("purpose", flat=True)) == [f"visit:{visit.pk}"]
    applicant = member(stage.subject.institution, Role.INSTITUTION_HEAD)
    assert readable(applicant, stage.subject)
    assert not selectors.readable_attachments(applicant).exists()
    step = stage.application.review_steps.get()
    assert (step.duty, step.done_on) == ("visit", dt.date(2026, 3, 1))
    assert step.participants == "、".join(stage.experts[n].user.name for n in (0, 1))


def test_recused_expert_does_not_visit(authority):
    stage = Stage(authority, experts=4).convened()
    declaring.declare(stage.case, stage.actor(3), stage.subject, has_conflict=True, text="师生关系")
    with pytest.raises(Blocked) as refused:
        visits.record_visit(
            stage.case,
            stage.officer,
            stage.subject,
            visited_on=dt.date(2026, 3, 1),
            place="主校区",
            members=[stage.member(3)],
            record="属实",
        )
    assert codes(refused) == ["visitor_recused"]
    assert not SiteVisit.objects.exists()


def test_photo_that_is_none_leaves_no_visit(authority):
    stage = Stage(authority).scoring()
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(AttachmentRefused):
        visits.record_visit(
            stage.case,
            stage.officer,
            stage.subject,
            visited_on=dt.date(2026, 3, 1),
            place="主校区",
            members=[stage.member(0)],
            record="属实",
            photos=[SimpleUploadedFile("photo.png", b"<script>")],
        )
    assert not SiteVisit.objects.exists()


@time_machine.travel(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC), tick=False)
def test_review_step_is_one_the_text_has_with_a_record_and_no_future_date(authority):
    stage = Stage(authority).convened()
    with pytest.raises(Blocked) as refused:
        review_steps.record_review_step(stage.subject, stage.officer, "vote", done_on=dt.date(2026, 3, 11), record=" ")
    assert codes(refused) == ["duty_unknown", "record_missing", "date_future"]
    review_steps.record_review_step(
        stage.subject, stage.officer, "argue", done_on=dt.date(2026, 3, 10), record="逐项论证"
    )
    assert stage.application.review_steps.get().record == "逐项论证"
    assert Act.objects.get(case=stage.subject, name="record_review_step").is_internal


# --- resolution ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "sheets", "hundredths"), [(239, 3, 7967), (240, 3, 8000), (1, 8, 13), (1, 16, 6), (0, 1, 0)]
)
def test_average_is_exact_to_the_hundredth(points, sheets, hundredths):
    assert resolutions.average_hundredths(points, sheets) == hundredths


@pytest.mark.parametrize(
    ("points", "sheets", "votes_for", "cast", "passed"),
    [
        (180, 3, 2, 3, True),
        (179, 3, 3, 3, False),
        (180, 3, 1, 3, False),
        (240, 4, 2, 4, False),
        (240, 4, 3, 4, True),
        (0, 0, 3, 3, False),
    ],
)
def test_passes_with_the_average_and_more_than_half_of_the_votes(points, sheets, votes_for, cast, passed):
    assert resolutions.has_passed(points, sheets, 60, votes_for, cast) is passed


def test_rounded_average_does_not_pass_what_the_points_do_not():
    points, sheets = 59999, 1000
    assert resolutions.average_hundredths(points, sheets) == 6000
    assert not resolutions.has_passed(points, sheets, 60, 3, 3)


def test_votes_fit_the_members_who_may_judge(authority):
    stage = Stage(authority, experts=3).closed()
    with pytest.raises(Blocked) as refused:
        resolutions.record_resolution(
            stage.case, stage.officer, stage.subject, votes_for=3, votes_against=1, votes_abstain=0, reasons=""
        )
    assert codes(refused) == ["votes_too_many", "reasons_missing"]
    with pytest.raises(Blocked) as refused:
        resolutions.record_resolution(
            stage.case, stage.officer, stage.subject, votes_for=1, votes_against=0, votes_abstain=0, reasons="好"
        )
    assert codes(refused) == ["votes_below_quorum"]


def test_only_the_chair_signs_and_only_what_is_complete(authority):
    stage = Stage(authority).closed()
    with pytest.raises(Blocked) as refused:
        resolutions.sign_resolution(stage.case, stage.actor(0))
    assert codes(refused) == ["resolution_missing", "minutes_missing"]
    with pytest.raises(Blocked) as refused:
        resolutions.sign_resolution(stage.case, stage.actor(1))
    assert "not_chair" in codes(refused)
    with pytest.raises(NotPermitted):
        resolutions.sign_resolution(stage.case, stage.officer)


def test_signed_resolution_is_one_document_and_closes_every_file(authority):
    stage = Stage(authority, applications=2).resolved()
    document = Document.objects.get(case=stage.case)
    assert (document.kind, document.issuer, document.is_public) == ("panel_resolution", authority, False)
    assert document.legal_basis == ["9(3)"]
    text = str(document.content)
    assert all(one.case.institution.name in text for one in stage.applications)
    assert "80.00" in text
    assert not readable(stage.actor(0), stage.subject)
    assert not readable(stage.actor(0), stage.case)
    assert stage.case.closed_at is not None


def test_document_tells_who_was_recused_and_why(authority):
    stage = Stage(authority, experts=4, quorum=3).convened()
    for position in range(3):
        declaring.declare(stage.case, stage.actor(position), stage.subject, has_conflict=False)
    declaring.declare(stage.case, stage.actor(3), stage.subject, has_conflict=True, text="师生关系")
    panels.open_scoring(stage.case, stage.officer)
    for position in range(3):
        stage.hand_in(position)
    panels.close_scoring(stage.case, stage.officer)
    resolutions.record_resolution(
        stage.case, stage.officer, stage.subject, votes_for=3, votes_against=0, votes_abstain=0, reasons="好"
    )
    resolutions.file_minutes(stage.case, stage.officer, photo())
    resolutions.sign_resolution(stage.case, stage.actor(0))
    text = str(Document.objects.get(case=stage.case).content)
    assert f"{stage.experts[3].user.name}（本人申明）回避" in text


def test_review_is_concluded_as_the_resolution_says(authority):
    stage = Stage(authority, applications=2).closed()
    for application, votes in zip(stage.applications, [(3, 0), (1, 2)], strict=True):
        resolutions.record_resolution(
            stage.case,
            stage.officer,
            application.case,
            votes_for=votes[0],
            votes_against=votes[1],
            votes_abstain=0,
            reasons="见纪要",
        )
    resolutions.file_minutes(stage.case, stage.officer, photo())
    stage.steps_recorded()
    acts, problems = resolutions.conclude_all(stage.case, stage.officer)
    assert acts == []
    assert {problem.code for problem in problems} == {"panel_unresolved"}
    resolutions.sign_resolution(stage.case, stage.actor(0))
    acts, problems = resolutions.conclude_all(stage.case, stage.officer)
    assert (len(acts), problems) == (2, [])
    for application in stage.applications:
        application.refresh_from_db()
    assert [one.review_passed for one in stage.applications] == [True, False]
    assert set(Case.objects.filter(application__in=stage.applications).values_list("state", flat=True)) == {"reviewed"}


def test_review_is_not_concluded_while_a_step_of_the_text_is_unrecorded(authority):
    stage = Stage(authority).resolved()
    acts, problems = resolutions.conclude_all(stage.case, stage.officer)
    assert acts == []
    assert [problem.code for problem in problems] == ["review_step_missing"] * 4
    assert Case.objects.get(pk=stage.application.pk).state == "in_review"


def test_dissolved_panel_gives_its_applications_back(authority):
    stage = Stage(authority).scoring()
    panels.dissolve(stage.case, stage.officer, "多数专家不能到场")
    assert stage.case.state == "dissolved"
    assert Case.objects.get(pk=stage.application.pk).state == "admitted"
    assert not PanelItem.objects.filter(is_active=True).exists()
    assert not readable(stage.actor(0), stage.subject)
    again = panels.open_panel(stage.officer, stage.round.case, [stage.subject], size=3, quorum=2)
    assert again.case.title.endswith("（第 2 组）")


def test_withdrawn_application_closes_to_the_experts(authority):
    stage = Stage(authority, applications=2).declared()
    applicant = member(stage.subject.institution, Role.INSTITUTION_HEAD)
    stage.reload()
    assert readable(stage.actor(0), stage.subject)
    submission.withdraw(stage.subject, applicant, "机构合并")
    assert not readable(stage.actor(0), stage.subject)
    assert readable(stage.actor(0), stage.subjects[1])


def test_released_application_leaves_the_panel_and_its_experts(authority):
    stage = Stage(authority, applications=2).declared()
    stage.reload()
    panels.release_subject(stage.subject, stage.officer, "改由下一组评审")
    assert stage.subject.state == "admitted"
    assert not readable(stage.actor(0), stage.subject)
    assert [one.pk for one in Sitting(stage.panel).subjects] == [stage.applications[1].pk]
    again = panels.open_panel(stage.officer, stage.round.case, [stage.subject], size=3, quorum=2)
    assert again.pk != stage.panel.pk


# --- the authority's own review ------------------------------------------------------------------------------------


@pytest.fixture
def sichuan():
    authority = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    officer = member(authority, Role.AUTHORITY_OFFICER)
    from tests.factories import make_round

    application = admitted(make_round(authority, state="closed", is_sandbox=True), rulebook_key="sichuan_draft")
    return officer, application


def test_own_review_where_the_text_leaves_experts_open(sichuan):
    officer, application = sichuan
    with pytest.raises(Blocked) as refused:
        own_review.conclude_own_review(application.case, officer, passed=True, reasons="条件具备")
    assert codes(refused) == ["review_step_missing"] * 4
    application.refresh_from_db()
    assert application.review_passed is None
    for duty in ("examine", "argue", "visit", "review"):
        review_steps.record_review_step(application.case, officer, duty, done_on=dt.date(2026, 3, 2), record="完成")
    with pytest.raises(Blocked) as refused:
        own_review.conclude_own_review(application.case, officer, passed=True, reasons=" ")
    assert codes(refused) == ["reasons_missing"]
    act = own_review.conclude_own_review(application.case, officer, passed=False, reasons="师资不足")
    application.refresh_from_db()
    assert (application.review_passed, application.case.state) == (False, "reviewed")
    assert (act.reason, act.articles) == ("师资不足", ["10(2)"])


def test_own_review_is_refused_where_the_text_requires_experts(authority):
    stage = Stage(authority)
    with pytest.raises(WrongState):
        own_review.conclude_own_review(stage.subject, stage.officer, passed=True, reasons="条件具备")
    stage.application.refresh_from_db()
    assert stage.application.review_passed is None
    assert not Resolution.objects.exists()
