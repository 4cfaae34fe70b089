"""The application form filled in by typing, section by section."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from apps.applications.services import filling
from apps.jurisdictions.rulebooks.roads import RecommendationStage
from apps.portal.demo.answers import answers
from apps.portal.demo.steps import Applicant
from tests.browser.roads.people import PDF, Person
from tests.browser.roads.scene import Scene

TEACHER_COLUMNS = ("name", "kind", "title", "employer", "field", "education")
KIND_LABELS = {"full_time": "专职", "part_time": "兼职"}


def fill_by_typing(scene: Scene, applicant: Applicant) -> None:
    """Every section of the form, from the editor's to-do to the overview that says nothing is missing."""
    person, number = scene.at(applicant.editor), applicant.case.number
    told = answers(applicant.application, applicant.kind, scene.cast.fixture["fields"][0])
    told["units"] = chosen_units(applicant)
    person.open_todo(number)
    person.follow("填写申报表")
    for section in filling.sections_of(applicant.application):
        person.follow(person.page.locator(f'nav a[href$="/{number}/{section.code}/"]'))
        if section.code == "evidence":
            upload_evidence(person, applicant)
        else:
            type_section(person, number, section.code, told[section.code])
    person.follow(person.page.get_by_role("link", name="申报表总览"))
    person.reads("各部分均已填完。请单位负责人核对并提交。")


def chosen_units(applicant: Applicant) -> dict[str, str]:
    """The first department of the list for each stage of the road."""
    form = filling.load_form(applicant.application)
    names = {"examination": "examiner", "recommendation": "recommender"}

    def first(stage: RecommendationStage) -> str:
        return str(form.context.units(stage)[0].pk)

    return {names[stage.code]: first(stage) for stage in form.context.rulebook.road.recommendation}


def type_section(person: Person, number: str, code: str, told: dict[str, Any]) -> None:
    for name, value in told.items():
        if name == "teachers":
            paste_teachers(person, value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            type_rows(person, name, value)
    for name, value in told.items():
        if value in ("", None) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            continue
        if person.page.locator(f'[name="{name}"]').count():
            person.put(name, value)
    person.press("保存")
    person.reads("已保存。")
    assert person.page.locator(".field-error:visible").all_inner_texts() == []


def type_rows(person: Person, table: str, rows: list[dict[str, str]]) -> None:
    grid = person.page.locator(f'[data-grid-prefix="{table}"]')
    for index, row in enumerate(rows):
        if not person.page.locator(f'[name="{table}-{index}-{next(iter(row))}"]').count():
            grid.get_by_role("button", name="添加一行").click()
        for column, value in row.items():
            person.put(f"{table}-{index}-{column}", value)


def paste_teachers(person: Person, rows: list[dict[str, str]]) -> None:
    """The list of teachers as it is copied from a spreadsheet."""
    lines = ["\t".join(KIND_LABELS.get(row[column], row[column]) for column in TEACHER_COLUMNS) for row in rows]
    person.follow("从 Excel 导入或粘贴")
    person.put("text", "\n".join(lines))
    person.press("核对并导入")
    expect(person.page.locator('[name="teachers-TOTAL_FORMS"]')).to_have_value(str(len(rows)))


def upload_evidence(person: Person, applicant: Applicant) -> None:
    for condition in filling.application_rulebook(applicant.application).conditions:
        if condition.for_experts:
            part = person.page.locator(f"#id_{condition.code}")
            file = {"name": f"{condition.title}证明.pdf", "mimeType": "application/pdf", "buffer": PDF}
            part.locator("input[type=file]").set_input_files(file)
            person.press(part.get_by_role("button", name="上传"))
            expect(person.page.locator(f"#id_{condition.code} ul.files")).to_contain_text(f"{condition.title}证明.pdf")
