"""Single steps of the demo's story: each takes an application one step on, as the person whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import Conclusion, Verdict
from apps.applications.models import Application, Round
from apps.applications.services import checks, evidence, filling, intake, recommendation, recommenders, submission
from apps.applications.services.returns import Item
from apps.cases.models import Case
from apps.cases.workflow.engine import road_of
from apps.portal.demo.answers import answers, evidence_file
from apps.portal.demo.people import Cast


@dataclass
class Applicant:
    """An application in the story, with the people who look after it. ``goal`` is the state it shall end in."""

    goal: str
    editor: Actor
    head: Actor
    kind: str
    application: Application

    @property
    def case(self) -> Case:
        return Case.objects.select_related("institution", "authority", "jurisdiction").get(pk=self.application.pk)

    @property
    def occasion(self) -> Case:
        """The case of the round that the application is for."""
        return Case.objects.get(pk=self.application.round_id)

    @property
    def state(self) -> str:
        return self.case.state


def start(cast: Cast, rnd: Round, number: int, goal: str, account: str = "") -> Applicant:
    """A new institution opens an application in ``rnd``."""
    editor, head, kind = cast.institution(number, account)
    return Applicant(goal, editor, head, kind, filling.start_application(rnd, editor))


def fill_in(cast: Cast, applicant: Applicant, number: int, *, only: tuple[str, ...] = ()) -> None:
    """Fill in the whole form, or the sections ``only``, with the evidence the text asks for."""
    application = applicant.application
    fields = cast.fixture["fields"]
    _choose_units(application, number)
    told = answers(application, applicant.kind, fields[number % len(fields)], size=number)
    for section in filling.sections_of(application):
        if section.code in told and (not only or section.code in only):
            form = filling.load_form(application)
            version = form.version(section.code)
            filling.save_section(application, section.code, told[section.code], version, applicant.editor)
    if not only:
        for condition in filling.application_rulebook(application).conditions:
            if condition.for_experts:
                file = evidence_file(f"{condition.title}证明.pdf")
                evidence.add_evidence(application, condition.code, file, applicant.editor)


def _choose_units(application: Application, number: int) -> None:
    road = road_of(application.case)
    for position, stage in enumerate(road.recommendation):
        units = recommenders.eligible_units(application.case.jurisdiction_id, stage, road)
        setattr(application, recommenders.UNIT_FIELDS[stage.code], units[(number + position) % len(units)])


def submit(applicant: Applicant) -> None:
    submission.submit(applicant.case, applicant.head)


def resubmit(applicant: Applicant, section: str) -> None:
    """Change the returned section and send the form back."""
    form = filling.load_form(Application.objects.select_related("case", "round").get(pk=applicant.application.pk))
    data = {**form.data(section), "faculty_overview": "已补充师资名单的聘任文件和任教记录。"}
    filling.save_section(form.application, section, data, form.version(section), applicant.editor)
    submission.resubmit(applicant.case, applicant.head)


def staff_in_turn(cast: Cast, case: Case) -> tuple[Actor, Actor]:
    """Officer and head of the department whose turn it is."""
    return next(
        (officer, head) for officer, head in cast.departments if officer.organisation.pk == case.turn_organisation_id
    )


def check_items(cast: Cast, applicant: Applicant, *, doubt: str = "") -> None:
    """A verdict on every condition; ``doubt`` names one that is doubted."""
    case = applicant.case
    officer, _ = staff_in_turn(cast, case)
    for item in checks.items_of(case.application, checks.stage_of(case)):
        doubted = item.code == doubt
        note = "聘任文件不全，请评审时重点核实。" if doubted else ""
        checks.record_check(case, officer, item.code, Verdict.DOUBT if doubted else Verdict.AGREE, note)


def propose_opinion(cast: Cast, applicant: Applicant, *, agree: bool = True) -> None:
    case = applicant.case
    officer, _ = staff_in_turn(cast, case)
    values: dict[str, Any] = {
        "conclusion": Conclusion.POSITIVE if agree else Conclusion.NEGATIVE,
        "text": "经审核，申报材料真实完整，符合申报条件，同意上报。"
        if agree
        else "近三年培训规模与申报不符，不予推荐。",
    }
    if recommendation.road_stage(case).site_recheck:
        values["recheck"] = recommendation.recheck_values(
            timezone.localdate(), "演示核查组两人", "教室、设备、师资名册与申报一致。"
        )
    recommendation.propose_opinion(case, officer, values)


def sign_opinion(cast: Cast, applicant: Applicant, *, agree: bool = True) -> None:
    case = applicant.case
    _, head = staff_in_turn(cast, case)
    (recommendation.sign_agreement if agree else recommendation.sign_disagreement)(case, head)


def return_to_applicant(cast: Cast, applicant: Applicant) -> None:
    case = applicant.case
    officer, _ = staff_in_turn(cast, case)
    item = Item("faculty", "兼职教师的聘任文件缺少第 3 至 5 人，请补充说明。")
    recommendation.return_to_applicant(case, officer, [item])


def through_departments(cast: Cast, applicant: Applicant, *, doubt: str = "") -> None:
    """Examine and recommend until the file reaches the authority."""
    while applicant.case.state in ("examining", "recommending"):
        check_items(cast, applicant, doubt=doubt)
        propose_opinion(cast, applicant)
        sign_opinion(cast, applicant)


def ask_for_correction(officer: Actor, applicant: Applicant) -> None:
    items = [Item("faculty", "师资名单中 2 人缺少职称信息，请补正。"), Item("funds", "请补充配套经费的预算依据。")]
    intake.request_correction(applicant.case, officer, items, days=15, unit=intake.NATURAL_DAYS)
