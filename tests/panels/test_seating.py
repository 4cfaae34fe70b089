"""Drawing, appointing and replacing experts, and the conflicts that are found by themselves."""

import hashlib

import pytest

from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.cases.models import Act
from apps.cases.workflow import Blocked, NotPermitted
from apps.panels import draws
from apps.panels.models import ConflictFinding, PanelMember
from apps.panels.services import panels, seating
from apps.panels.sitting import Sitting
from tests.factories import AuthorityFactory, DepartmentFactory, InstitutionFactory, make_round, member
from tests.panels.factories import Stage, admitted, expert

pytestmark = pytest.mark.django_db
SEED = "00112233445566778899aabbccddeeff"


@pytest.fixture
def authority():
    return AuthorityFactory()


def test_seed_gives_the_same_order_whatever_the_order_of_the_pool():
    order = draws.redraw(SEED, range(1, 11), 4)
    assert order == [9, 6, 10, 7]
    assert draws.redraw(SEED, reversed(range(1, 11)), 4) == order
    assert draws.redraw("ff" * 16, range(1, 11), 4) != order


def test_order_is_that_of_plain_sha256():
    by_hand = sorted(range(1, 11), key=lambda n: hashlib.sha256(f"{SEED}:{n}".encode()).hexdigest())
    assert draws.redraw(SEED, range(1, 11), 10) == by_hand


def test_pool_too_small_or_named_twice_is_an_error():
    with pytest.raises(ValueError, match="2 experts, 3 are asked for"):
        draws.redraw(SEED, [1, 2], 3)
    with pytest.raises(ValueError, match="twice"):
        draws.redraw(SEED, [1, 1], 1)


def test_draw_is_recorded_and_can_be_repeated_from_the_record(authority):
    stage = Stage(authority, experts=5)
    draw = seating.draw(stage.case, stage.officer, 3, seed=SEED)
    assert draw.pool == [profile.pk for profile in stage.experts]
    assert draw.result == draws.redraw(SEED, draw.pool, 3)
    assert draw.pool_sha256 == draws.pool_sha256(draw.pool_details)
    seated = PanelMember.objects.filter(panel=stage.panel).order_by("pk")
    assert [(one.expert_id, one.source) for one in seated] == [(number, "draw") for number in draw.result]
    act = Act.objects.get(case=stage.case, name="draw")
    assert act.data == {
        "algorithm": "sha256-order-1",
        "seed": SEED,
        "pool_sha256": draw.pool_sha256,
        "result": draw.result,
    }
    assert act.is_internal


def test_draw_without_a_seed_takes_a_new_one_each_time(authority):
    stage = Stage(authority, experts=5)
    first = seating.draw(stage.case, stage.officer, 1)
    second = seating.draw(stage.case, stage.officer, 1)
    assert len(first.seed) == 32
    assert first.seed != second.seed


def test_draw_leaves_out_inactive_foreign_conflicting_and_staff_and_says_why(authority):
    stage = Stage(authority, experts=2)
    expert(authority, is_active=False)
    expert(AuthorityFactory())
    tied = expert(authority, employer=stage.subject.institution)
    staff = expert(authority)
    Membership.objects.create(user=staff.user, organisation=authority, role=Role.AUTHORITY_REVIEWER)
    other_field = expert(authority, fields=["医药卫生"])
    pool = seating.pool_for(stage.panel, fields=["信息技术"])
    assert [one.pk for one in pool.eligible] == [one.pk for one in stage.experts]
    assert [(one.pk, why) for one, why in pool.excluded] == [
        (tied.pk, f"工作单位或任职单位为申报单位{stage.subject.institution.name}"),
        (staff.pk, "本机关办理人员，不参加评审"),
        (other_field.pk, "专业领域不在所选范围"),
    ]


def test_draw_from_too_small_a_pool_is_refused_and_seats_nobody(authority):
    stage = Stage(authority, experts=3)
    expert_gone = stage.experts[0]
    expert_gone.is_active = False
    expert_gone.save()
    with pytest.raises(Blocked) as refused:
        seating.draw(stage.case, stage.officer, 3)
    assert [problem.code for problem in refused.value.problems] == ["pool_too_small"]
    assert not PanelMember.objects.filter(panel=stage.panel).exists()


def test_more_than_the_seats_cannot_be_drawn(authority):
    stage = Stage(authority, experts=3)
    with pytest.raises(Blocked) as refused:
        seating.draw(stage.case, stage.officer, 4)
    assert refused.value.problems[0].message == "应有专家 3 人，现有 0 人，至多再增加 3 人。"


def test_appointment_needs_a_reason_and_an_officer(authority):
    stage = Stage(authority)
    with pytest.raises(Blocked) as refused:
        seating.appoint(stage.case, stage.officer, stage.experts[0], " ")
    assert refused.value.problems[0].code == "reason_missing"
    with pytest.raises(NotPermitted):
        seating.appoint(stage.case, member(authority, Role.AUTHORITY_HEAD), stage.experts[0], "合适")
    assert not PanelMember.objects.filter(panel=stage.panel).exists()


def test_expert_of_another_pool_cannot_be_appointed(authority):
    stage = Stage(authority)
    with pytest.raises(Blocked) as refused:
        seating.appoint(stage.case, stage.officer, expert(AuthorityFactory()), "合适")
    assert refused.value.problems[0].code == "expert_unavailable"


def conflicts(panel):
    rows = ConflictFinding.objects.filter(member__panel=panel).order_by("pk")
    return [(row.member.expert_id, row.subject_id, row.kind) for row in rows]


@pytest.mark.parametrize("tie", ["organisation", "code", "name", "role"])
def test_same_employer_is_found_by_organisation_code_name_or_role(authority, tie):
    stage = Stage(authority)
    institution = stage.subject.institution
    values = {
        "organisation": {"employer": institution},
        "code": {"employer_code": institution.credit_code},
        "name": {"employer_name": f" {institution.name} "},
        "role": {},
    }[tie]
    tied = expert(authority, **values)
    if tie == "role":
        Membership.objects.create(user=tied.user, organisation=institution, role=Role.INSTITUTION_EDITOR)
    seating.appoint(stage.case, stage.officer, tied, "领域急需")
    assert conflicts(stage.panel) == [(tied.pk, stage.application.pk, "same_employer")]


def test_ended_role_is_no_conflict(authority):
    stage = Stage(authority)
    free = expert(authority)
    Membership.objects.create(
        user=free.user,
        organisation=stage.subject.institution,
        role=Role.INSTITUTION_EDITOR,
        is_active=False,
    )
    seating.appoint(stage.case, stage.officer, free, "领域急需")
    assert conflicts(stage.panel) == []


def test_recommending_department_is_a_conflict(authority):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rnd = make_round(authority, state="closed")
    department = DepartmentFactory()
    application = admitted(rnd, recommender=department)
    panel = panels.open_panel(officer, rnd.case, [application.case], size=1, quorum=1)
    tied = expert(authority, employer_name=department.name)
    seating.appoint(panel.case, officer, tied, "领域急需")
    assert conflicts(panel) == [(tied.pk, application.pk, "recommender")]


def test_teacher_on_the_applicants_list_is_a_conflict_for_that_application_only(authority):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rnd = make_round(authority, state="closed")
    first = admitted(rnd, teachers=[("王 小明", "某大学"), ("李四", "")])
    second = admitted(rnd, InstitutionFactory())
    panel = panels.open_panel(officer, rnd.case, [first.case, second.case], size=1, quorum=1)
    teacher = expert(authority, name="王小明")
    seating.appoint(panel.case, officer, teacher, "领域急需")
    finding = ConflictFinding.objects.get()
    assert (finding.kind, finding.subject_id) == ("teacher", first.pk)
    assert finding.detail == "申报单位教师名单中有同名人员王 小明（所填单位：某大学）"
    sitting = Sitting(panel)
    assert [len(sitting.able(one.case)) for one in (first, second)] == [0, 1]


def test_namesake_is_put_aside_with_a_reason_and_an_employer_never(authority):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rnd = make_round(authority, state="closed")
    application = admitted(rnd, teachers=[("王小明", "某大学")])
    panel = panels.open_panel(officer, rnd.case, [application.case], size=1, quorum=1)
    both = expert(authority, name="王小明", employer=application.case.institution)
    seating.appoint(panel.case, officer, both, "领域急需")
    namesake = ConflictFinding.objects.get(kind="teacher")
    with pytest.raises(Blocked):
        seating.set_aside_conflict(panel.case, officer, namesake, "")
    seating.set_aside_conflict(panel.case, officer, namesake, "身份证号不同，并非同一人")
    namesake.refresh_from_db()
    assert namesake.set_aside_reason == "身份证号不同，并非同一人"
    with pytest.raises(Blocked) as refused:
        seating.set_aside_conflict(panel.case, officer, ConflictFinding.objects.get(kind="same_employer"), "已核实")
    assert refused.value.problems[0].code == "conflict_stands"


def test_conflict_is_found_again_when_the_teachers_change(authority):
    stage = Stage(authority).seat()
    assert conflicts(stage.panel) == []
    name = stage.experts[1].user.name
    stage.application.sections.filter(code="faculty").update(data={"teachers": [{"name": name, "employer": ""}]})
    seating.find_conflicts(stage.panel)
    assert conflicts(stage.panel) == [(stage.experts[1].pk, stage.application.pk, "teacher")]
    stage.application.sections.filter(code="faculty").update(data={"teachers": []})
    seating.find_conflicts(stage.panel)
    assert conflicts(stage.panel) == []


def test_application_sits_on_one_panel_only(authority):
    stage = Stage(authority)
    with pytest.raises(Blocked) as refused:
        panels.open_panel(stage.officer, stage.round.case, [stage.subject], size=3, quorum=2)
    assert refused.value.problems[0].code == "subject_taken"


@pytest.mark.parametrize(
    ("size", "quorum", "code"),
    [
        (3, 1, "quorum_invalid"),
        (3, 4, "quorum_invalid"),
        (0, 0, "size_invalid"),
        (32, 20, "size_invalid"),
        (4, 2, "quorum_invalid"),
    ],
)
def test_quorum_is_more_than_half_and_no_more_than_all(authority, size, quorum, code):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rnd = make_round(authority, state="closed")
    with pytest.raises(Blocked) as refused:
        panels.open_panel(officer, rnd.case, [], size=size, quorum=quorum)
    assert refused.value.problems[0].code == code


def test_officer_of_another_authority_opens_no_panel(authority):
    rnd = make_round(authority, state="closed")
    with pytest.raises(NotPermitted):
        panels.open_panel(member(AuthorityFactory(), Role.AUTHORITY_OFFICER), rnd.case, [], size=3, quorum=2)
