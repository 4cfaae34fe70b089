"""What each text asks before training is held in a base's name, and what follows where it is missing."""

import datetime as dt

import pytest
import time_machine

from apps.accounts.enums import Role
from apps.cases.models import Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.plans.roads import authorisation_of
from apps.plans.services import project_closing, project_consent, project_filing, projects
from apps.plans.services.project_pages import differences
from tests.factories import member
from tests.plans.projects.scene import Scene, fresh

pytestmark = pytest.mark.django_db
BEFORE = dt.datetime(2026, 2, 2, 2, 0, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 3, 20, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def before_the_class():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.mark.parametrize(
    ("jurisdiction", "planned_filed", "planned_unfiled", "ad_hoc"),
    [
        ("national", "none", "consent", "consent"),
        ("shanghai", "none", "none", "none"),
        ("sichuan", "none", "filing", "filing"),
        ("weihai", "filing", "filing", "filing"),
        ("zibo", "none", "consent", "consent"),
    ],
)
def test_what_a_project_needs_follows_its_text_and_its_plan(jurisdiction, planned_filed, planned_unfiled, ad_hoc):
    scene = Scene(jurisdiction, is_sandbox=True)
    filed = scene.project(scene.planned("filed"), name="一")
    unfiled = scene.project(scene.planned("draft", version=2), name="二")
    outside, own = scene.project(name="三"), scene.project(name="四", in_base_name=False)
    asked = [str(authorisation_of(fresh(one).case)) for one in (filed, unfiled, outside, own)]
    assert asked == [planned_filed, planned_unfiled, ad_hoc, "none"]


def test_planned_class_is_authorised_by_its_filed_plan():
    scene = Scene("zibo")
    planned = scene.planned("filed")
    project = scene.sent(scene.project(planned))
    assert project.case.state == "ready"
    assert project.authorised_by_id == planned.plan.pk
    assert project.authorised_on == dt.date(2025, 12, 20)
    assert projects.certificates_allowed(project) == []


def test_plan_agreed_to_by_the_unit_but_not_yet_filed_covers_its_class():
    scene = Scene("zibo")
    planned = scene.planned("filing")
    planned.plan.unit_conclusion = "agreed"
    planned.plan.save()
    assert scene.sent(scene.project(planned)).case.state == "ready"


def test_later_filed_plan_without_the_project_covers_it_no_more():
    scene = Scene("zibo")
    project = scene.project(scene.planned("filed"))
    scene.planned("filed", version=2, key="another")
    assert authorisation_of(fresh(project).case) == "consent"


def test_plan_filed_after_the_class_opened_does_not_cover_it():
    scene = Scene("zibo")
    project = scene.project(scene.planned("filed", filed_on=dt.date(2026, 3, 17)))
    assert authorisation_of(fresh(project).case) == "consent"


def test_consent_is_drafted_by_one_and_signed_by_another():
    scene = Scene("zibo")
    both = member(scene.unit, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)
    project = scene.sent(scene.project())
    project_consent.propose_opinion(project.case, both, "agreed", "")
    with pytest.raises(NotPermitted) as refused:
        project_consent.sign_opinion(project.case, both)
    assert refused.value.problems[0].code == "separation_of_duties"
    project_consent.sign_opinion(project.case, scene.unit_head)
    project = fresh(project)
    assert (project.case.state, project.authorised_by_id) == ("ready", project.pk)
    assert project.authorised_on == dt.date(2026, 2, 2)
    opinion = Document.objects.get(case=project.case)
    assert (opinion.kind, opinion.issuer, opinion.addressee) == ("project_opinion", scene.unit, scene.institution)
    assert "第十八条" in str(opinion.content["legal_basis"])


def test_refusal_states_its_reasons_and_ends_the_project():
    scene = Scene("zibo")
    project = scene.sent(scene.project())
    with pytest.raises(Blocked) as blocked:
        project_consent.propose_opinion(project.case, scene.unit_officer, "refused", "  ")
    assert blocked.value.problems[0].code == "opinion_missing"
    project_consent.propose_opinion(project.case, scene.unit_officer, "refused", "与本基地领域不符。")
    project_consent.sign_opinion(project.case, scene.unit_head)
    project = fresh(project)
    assert (project.case.state, project.authorised_by_id) == ("refused", None)
    refusal = Document.objects.get(case=project.case)
    assert "与本基地领域不符。" in str(refusal.content)
    assert "不是认定机关的决定" in refusal.remedies


def test_refusal_is_not_signed_under_a_text_that_is_not_in_force():
    scene = Scene("zibo", is_sandbox=False)
    project = scene.sent(scene.project())
    project_consent.propose_opinion(project.case, scene.unit_officer, "refused", "不符。")
    type(project.case).objects.filter(pk=project.pk).update(rulebook_key="weihai_2019")
    project.case.refresh_from_db()
    with pytest.raises(Blocked) as blocked:
        project_consent.sign_opinion(project.case, scene.unit_head)
    assert "not_in_force" in {one.code for one in blocked.value.problems}


def test_consent_asked_after_the_opening_is_refused_with_the_article():
    scene = Scene("national")
    project = scene.project()
    with time_machine.travel(AFTER), pytest.raises(Blocked) as blocked:
        project_filing.send(project.case, scene.head)
    assert [(one.code, one.articles) for one in blocked.value.problems] == [("opened_already", ("24",))]


def test_plan_filed_while_the_unit_examines_leaves_the_steps_open():
    scene = Scene("zibo")
    planned = scene.planned("unit_review")
    project = scene.sent(scene.project(planned))
    type(project.case).objects.filter(pk=planned.plan.pk).update(state="filed")
    project_consent.propose_opinion(project.case, scene.unit_officer, "agreed", "")
    project_consent.sign_opinion(project.case, scene.unit_head)
    assert fresh(project).case.state == "ready"


def test_project_sent_back_goes_to_the_unit_again():
    scene = Scene("zibo")
    project = scene.sent(scene.project())
    project_filing.return_project(project.case, scene.unit_officer, "请写明地点。")
    project = fresh(project)
    assert (project.case.state, project.return_text) == ("returned", "请写明地点。")
    projects.edit_project(project.case, scene.editor, scene.values(place="实训楼 201"))
    project = scene.sent(project)
    assert (project.case.state, project.place, project.return_text) == ("unit_review", "实训楼 201", "")


def test_project_sent_back_and_made_own_training_can_be_confirmed():
    scene = Scene("zibo")
    project = scene.sent(scene.project())
    project_filing.return_project(project.case, scene.unit_officer, "不宜用基地名义。")
    projects.edit_project(project.case, scene.editor, scene.values(in_base_name=False))
    assert scene.sent(fresh(project)).case.state == "ready"


def test_turn_goes_to_the_unit_that_manages_the_base_when_it_is_sent():
    scene, other = Scene("zibo"), Scene("zibo")
    project = scene.project()
    scene.base.managing_unit = other.unit
    scene.base.save()
    project = scene.sent(project)
    assert project.case.turn_organisation == other.unit
    assert not project.case.parties.filter(organisation=scene.unit).exists()


@pytest.mark.parametrize(
    ("jurisdiction", "articles"),
    [("national", ("24",)), ("sichuan", ("21",)), ("weihai", ("16", "17")), ("zibo", ("18",))],
)
def test_class_held_without_what_the_text_asks_issues_no_certificate(jurisdiction, articles):
    scene = Scene(jurisdiction, is_sandbox=True)
    project = scene.project()
    with time_machine.travel(AFTER):
        project_closing.close_class(
            project.case, scene.head, held_persons=38, result="已办。", effect="", reason="当时未及报送。"
        )
    project = fresh(project)
    assert (project.case.state, project.held_persons, project.authorised_by) == ("held", 38, None)
    problem = projects.certificates_allowed(project)[0]
    assert (problem.code, problem.articles) == ("unauthorised", articles)
    parties = project.case.parties.filter(active=True).values_list("organisation", flat=True)
    assert set(parties) == {scene.institution.pk, scene.unit.pk, scene.authority.pk}


def test_own_training_issues_no_certificate_and_stays_the_institutions():
    scene = Scene("shanghai")
    project = scene.sent(scene.project(in_base_name=False))
    assert [one.code for one in projects.certificates_allowed(project)] == ["own_training"]
    parties = project.case.parties.filter(active=True).values_list("organisation", flat=True)
    assert list(parties) == [scene.institution.pk]


def test_where_the_text_asks_nothing_a_confirmed_class_may_issue_certificates():
    scene = Scene("shanghai")
    draft = scene.project()
    assert [one.code for one in projects.certificates_allowed(fresh(draft))] == ["not_authorised"]
    assert projects.certificates_allowed(scene.sent(draft)) == []


def test_revoked_base_issues_no_certificates():
    scene = Scene("shanghai")
    project = scene.sent(scene.project())
    project.base.status = "revoked"
    assert [one.code for one in projects.certificates_allowed(project)] == ["base_ended"]


def test_class_that_needs_nothing_is_not_closed_as_unauthorised():
    scene = Scene("shanghai")
    project = scene.project()
    with time_machine.travel(AFTER), pytest.raises(WrongState):
        project_closing.close_class(project.case, scene.head, held_persons=3, result="办", effect="", reason="漏报")


def test_managing_unit_sees_a_project_only_once_it_is_sent():
    scene = Scene("zibo")
    project = scene.project()
    assert not project.case.parties.get(organisation=scene.unit).active
    assert not project.case.parties.get(organisation=scene.authority).active
    assert scene.sent(project).case.parties.get(organisation=scene.unit).active


def test_strangers_and_ended_bases_open_no_project():
    scene, other = Scene("zibo"), Scene("zibo")
    with pytest.raises(NotPermitted):
        projects.create_project(scene.base, other.editor, scene.values())
    with pytest.raises(Blocked) as blocked:
        projects.create_project(scene.base, scene.editor, scene.values(), other.planned())
    assert blocked.value.problems[0].code == "planned_foreign"
    scene.base.status = "revoked"
    scene.base.save()
    with pytest.raises(Blocked) as blocked:
        scene.project()
    assert blocked.value.problems[0].code == "base_ended"


def test_form_sent_twice_opens_one_project():
    scene = Scene("zibo")
    scene.project()
    with pytest.raises(Blocked) as blocked:
        scene.project()
    assert blocked.value.problems[0].code == "project_exists"


def test_edit_over_somebody_elses_change_is_refused_and_changes_nothing():
    scene = Scene("zibo")
    project = scene.project()
    seen = project.case.version
    projects.edit_project(project.case, scene.editor, scene.values(place="一号楼"), seen)
    with pytest.raises(projects.ProjectChanged):
        projects.edit_project(project.case, scene.head, scene.values(place="二号楼"), seen)
    assert fresh(project).place == "一号楼"


def test_particulars_that_do_not_add_up_are_told_together():
    scene = Scene("zibo")
    project = scene.project(
        scene.planned("filed"),
        place=" ",
        persons=0,
        value_tenths=250,
        starts_on=dt.date(2027, 3, 1),
        ends_on=dt.date(2028, 4, 1),
    )
    codes = [one.code for one in projects.project_problems(fresh(project))]
    assert codes == ["place_missing", "persons_missing", "value_too_high", "too_long", "other_year"]


def test_class_opened_for_changes_loses_its_consent_until_it_is_given_again():
    scene = Scene("zibo")
    project = scene.sent(scene.project())
    project_consent.propose_opinion(project.case, scene.unit_officer, "agreed", "")
    project_consent.sign_opinion(project.case, scene.unit_head)
    projects.amend_project(project.case, scene.head, "场地有变。")
    project = fresh(project)
    assert (project.case.state, project.authorised_by, project.authorised_on) == ("returned", None, None)
    assert [one.code for one in projects.certificates_allowed(project)] == ["not_authorised"]
    assert scene.sent(project).case.state == "unit_review"


def test_class_that_is_over_is_not_opened_for_changes():
    scene = Scene("shanghai")
    project = scene.sent(scene.project())
    with time_machine.travel(AFTER), pytest.raises(Blocked) as blocked:
        projects.amend_project(project.case, scene.head, "改期。")
    assert blocked.value.problems[0].code == "class_over"


def test_differences_from_the_plan_are_told():
    scene = Scene("zibo")
    planned = scene.planned("filed")
    assert differences(fresh(scene.project(planned))) == []
    changed = scene.project(planned, name="另一个班", persons=80)
    assert differences(fresh(changed)) == [
        {"label": "项目名称", "before": "新材料应用班", "after": "另一个班"},
        {"label": "人数", "before": "40", "after": "80"},
    ]
