"""What the rules take as facts, and how they refuse the rest: naming the field and what was expected."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.jurisdictions.rulebooks import facts, registry
from apps.jurisdictions.rulebooks.errors import InputError
from apps.jurisdictions.rulebooks.rulebook import evaluate_many

ON = date(2026, 3, 2)
COUNTS = [one.key for one in facts.SCHEMA if one.kind in ("count", "money")]
BOOLEANS = [one.key for one in facts.SCHEMA if one.kind == "boolean"]
CHOICES = [one.key for one in facts.SCHEMA if one.kind == "choice"]


def refused(given: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        facts.validate(given)
    return caught.value


def test_schema_has_exactly_the_keys_of_the_interface() -> None:
    assert [one.key for one in facts.SCHEMA] == [
        "institution_type",
        "enterprise_scale",
        "base_level",
        "independent_legal_person",
        "registered_division",
        "training_qualification",
        "full_time_teachers",
        "part_time_teachers",
        "policy_research_staff",
        "online_teaching_staff",
        "faculty_conduct_pledge",
        "management_body",
        "full_time_managers",
        "part_time_managers",
        "management_systems",
        "matching_funds_fen",
        "fixed_classrooms",
        "teaching_equipment",
        "library_materials",
        "specialised_field",
        "practice_site",
        "remote_equipment",
        "training_platform",
        "online_interaction",
        "annual_trainees",
        "annual_attendances",
        "training_projects_held",
        "credit_violations",
        "training_violations",
        "prior_fraud",
        "prior_revocations",
        "existing_bases",
        "knowledge_renewal_years",
    ]


def test_choices_are_exactly_the_codes_of_the_interface() -> None:
    codes = {key: [code for code, _ in facts.field(key).choices] for key in [*CHOICES, "management_systems"]}
    assert codes == {
        "institution_type": [
            "university",
            "research_institute",
            "training_provider",
            "association",
            "enterprise",
            "enterprise_group",
            "other_social_organization",
        ],
        "enterprise_scale": ["large", "medium", "small", "micro"],
        "base_level": ["provincial", "regional", "industry"],
        "practice_site": ["own", "partner", "none"],
        "training_platform": ["running", "planned", "none"],
        "management_systems": [
            "teaching_organization",
            "trainee_assessment",
            "teaching_research",
            "training_registration",
            "training_funds",
            "logistics",
            "effect_evaluation",
            "follow_up_feedback",
        ],
    }


def test_register_facts_are_not_declared_by_the_applicant() -> None:
    assert [one.key for one in facts.SCHEMA if not one.declared] == [
        "prior_fraud",
        "prior_revocations",
        "existing_bases",
        "knowledge_renewal_years",
    ]


def test_unknown_key_is_refused_and_named() -> None:
    assert str(refused({"anual_trainees": 5})) == "anual_trainees：不是规定的事实名称"


def test_unknown_key_with_control_characters_stays_on_one_line() -> None:
    assert str(refused({"a\nb\u2028c": 1})) == r"a\nb\u2028c：不是规定的事实名称"
    assert str(refused({"x" * 99: 1})) == f"{'x' * 60}…：不是规定的事实名称"
    assert str(refused({5: 1})) == "5：不是规定的事实名称"


@pytest.mark.parametrize("given", [None, [], "facts", 1, True])
def test_facts_that_are_no_object_are_refused(given: Any) -> None:
    assert refused(given).field == "facts"


@pytest.mark.parametrize("key", COUNTS)
@pytest.mark.parametrize("value", [-1, 1.0, True, "5", None, [], float("nan"), 2**53])
def test_count_that_is_no_whole_number_from_zero_is_refused(key: str, value: Any) -> None:
    assert str(refused({key: value})) == f"{key}：应为0至9007199254740991的整数"


@pytest.mark.parametrize("key", COUNTS)
@pytest.mark.parametrize("value", [0, 1, 2**53 - 1])
def test_count_from_zero_to_the_largest_is_taken(key: str, value: int) -> None:
    assert facts.validate({key: value}) == {key: value}


@pytest.mark.parametrize("key", BOOLEANS)
@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_yes_or_no_that_is_neither_is_refused(key: str, value: Any) -> None:
    assert str(refused({key: value})) == f"{key}：应为true或false"


@pytest.mark.parametrize("key", BOOLEANS)
def test_yes_and_no_are_taken(key: str) -> None:
    assert facts.validate({key: True}) == {key: True}
    assert facts.validate({key: False}) == {key: False}


@pytest.mark.parametrize("key", CHOICES)
@pytest.mark.parametrize("value", ["", "other", 1, None, ["large"]])
def test_unknown_code_is_refused_with_the_known_ones(key: str, value: Any) -> None:
    codes = "、".join(code for code, _ in facts.field(key).choices)
    assert str(refused({key: value})) == f"{key}：应为{codes}之一"


@pytest.mark.parametrize("key", CHOICES)
def test_every_known_code_is_taken(key: str) -> None:
    for code, _ in facts.field(key).choices:
        assert facts.validate({key: code}) == {key: code}


@pytest.mark.parametrize("value", ["51010", "5101044", "51010x", "", 510104, "990000", "５１０１０４", "510104\n"])
def test_division_that_is_no_code_is_refused(value: Any) -> None:
    assert refused({"registered_division": value}).field == "registered_division"


@pytest.mark.parametrize("value", ["110000", "370303", "510104", "659001", "820000"])
def test_division_code_is_taken(value: str) -> None:
    assert facts.validate({"registered_division": value}) == {"registered_division": value}


def test_systems_are_ordered_and_a_repetition_counts_once() -> None:
    given = ["logistics", "teaching_organization", "logistics"]
    assert facts.validate({"management_systems": given})["management_systems"] == (
        "teaching_organization",
        "logistics",
    )
    assert facts.validate({"management_systems": ()}) == {"management_systems": ()}


def test_unknown_system_is_refused_with_its_place() -> None:
    assert refused({"management_systems": ["logistics", "other"]}).field == "management_systems[1]"
    assert refused({"management_systems": [["logistics"]]}).field == "management_systems[0]"
    assert refused({"management_systems": "logistics"}).field == "management_systems"
    assert "应为列表" in refused({"management_systems": {}}).expected


def test_records_are_taken_with_their_dates() -> None:
    checked = facts.validate(
        {
            "prior_fraud": [{"jurisdiction": "zibo", "date": "2024-02-29"}],
            "prior_revocations": [{"date": date(2024, 3, 1), "jurisdiction": "weihai", "level": "municipal"}],
            "existing_bases": [{"level": "industry", "division": "510000"}],
        }
    )
    assert checked == {
        "prior_fraud": ({"jurisdiction": "zibo", "date": date(2024, 2, 29)},),
        "prior_revocations": ({"jurisdiction": "weihai", "level": "municipal", "date": date(2024, 3, 1)},),
        "existing_bases": ({"level": "industry", "division": "510000"},),
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"prior_fraud": {}}, "prior_fraud"),
        ({"prior_fraud": "x"}, "prior_fraud"),
        ({"prior_fraud": ["zibo"]}, "prior_fraud[0]"),
        ({"prior_fraud": [{"jurisdiction": "zibo"}]}, "prior_fraud[0].date"),
        ({"prior_fraud": [{"date": "2024-01-01"}]}, "prior_fraud[0].jurisdiction"),
        ({"prior_fraud": [{"jurisdiction": "beijing", "date": "2024-01-01"}]}, "prior_fraud[0].jurisdiction"),
        ({"prior_fraud": [{"jurisdiction": 7, "date": "2024-01-01"}]}, "prior_fraud[0].jurisdiction"),
        ({"prior_fraud": [{"jurisdiction": "zibo", "date": "2024-01-01", "level": "x"}]}, "prior_fraud[0].level"),
        ({"prior_fraud": [{"jurisdiction": "zibo", "date": "2024-01-01", 3: "x"}]}, "prior_fraud[0].3"),
        ({"prior_revocations": [{"jurisdiction": "zibo", "level": "x", "date": "2024-01-01"}]}, "prior_revocations[0].level"),
        ({"existing_bases": [{"level": "national", "division": "510000"}, {"level": "national", "division": 5}]}, "existing_bases[1].division"),
    ],
)  # fmt: skip
def test_record_that_is_wrong_is_refused_with_its_place(given: Any, field: str) -> None:
    assert refused(given).field == field


@pytest.mark.parametrize(
    "value",
    ["2024-02-30", "20240101", "2024-1-1", "2024-W01-1", "2024-01-01T00:00", "", None, 20240101, "２０２４-01-01"],
)
def test_date_that_is_not_written_in_full_is_refused(value: Any) -> None:
    error = refused({"prior_fraud": [{"jurisdiction": "zibo", "date": value}]})
    assert str(error) == "prior_fraud[0].date：应为日期，写作YYYY-MM-DD"


def test_date_with_a_time_is_refused() -> None:
    with pytest.raises(InputError):
        facts.parse_date("day", datetime(2024, 1, 1))  # noqa: DTZ001  a naive time is what must be refused


def test_error_in_a_batch_names_its_position() -> None:
    zibo = registry.by_key("zibo_2025")
    answers = evaluate_many(zibo, [{}, {"annual_trainees": 500}, {"annual_trainees": -1}], ON)
    assert next(answers).outcome == "incomplete"
    assert next(answers).findings[-1].actual == 500
    with pytest.raises(InputError) as caught:
        next(answers)
    assert caught.value.position == 2
    assert caught.value.field == "annual_trainees"
    assert str(caught.value) == "第3份[2] annual_trainees：应为0至9007199254740991的整数"


def test_batch_is_read_one_by_one() -> None:
    taken: list[int] = []

    def applications() -> Any:
        for number in range(1000):
            taken.append(number)
            yield {"annual_trainees": number}

    answers = evaluate_many(registry.by_key("zibo_2025"), applications(), ON)
    assert taken == []
    next(answers)
    assert taken == [0]


def test_batch_may_assume_the_text_in_force() -> None:
    weihai = registry.by_key("weihai_2019")
    assert next(evaluate_many(weihai, [{}], ON)).outcome == "not_in_force"
    assumed = next(evaluate_many(weihai, [{}], ON, assume_in_force=True))
    assert (assumed.outcome, assumed.status) == ("incomplete", "lapsed")


def test_facts_given_are_not_changed() -> None:
    given: dict[str, Any] = {
        "prior_fraud": [{"jurisdiction": "national", "date": "2027-01-01"}],
        "prior_revocations": [],
    }
    registry.by_key("national_2013").evaluate(given, ON)
    assert given == {"prior_fraud": [{"jurisdiction": "national", "date": "2027-01-01"}], "prior_revocations": []}


def test_applies_to_names_the_jurisdictions_that_read_a_fact() -> None:
    read = {one.key: one.applies_to for one in facts.SCHEMA}
    everywhere = ("national", "shanghai", "sichuan", "weihai", "zibo")
    assert read["institution_type"] == everywhere
    assert read["enterprise_scale"] == ("national", "sichuan", "weihai")
    assert read["base_level"] == ("sichuan",)
    assert read["registered_division"] == ("sichuan",)
    assert read["annual_trainees"] == ("national", "sichuan", "zibo")
    assert read["annual_attendances"] == ("shanghai",)
    assert read["remote_equipment"] == ("national", "shanghai", "sichuan", "zibo")
    assert read["part_time_managers"] == ("national", "shanghai", "weihai", "zibo")
    assert read["prior_fraud"] == ("national", "shanghai", "sichuan")
    assert read["existing_bases"] == ("national", "sichuan", "zibo")
    assert read["knowledge_renewal_years"] == ("shanghai",)
    assert read["matching_funds_fen"] == everywhere
    assert all(read.values())


def test_field_described_for_the_api() -> None:
    assert facts.field("base_level").as_dict() == {
        "key": "base_level",
        "kind": "choice",
        "label": "申报级别",
        "section": "particulars",
        "unit": "",
        "help": "不填按省级",
        "choices": [
            {"code": "provincial", "label": "省级"},
            {"code": "regional", "label": "区域性"},
            {"code": "industry", "label": "行业性"},
        ],
        "fields": [],
        "declared": True,
        "applies_to": ["sichuan"],
    }
    described = facts.field("existing_bases").as_dict()
    assert [one["key"] for one in described["fields"]] == ["level", "division"]
    assert "applies_to" not in described["fields"][0]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([one.key for one in facts.SCHEMA]), anything, max_size=4))
def test_any_value_is_answered_or_refused_by_name(given_facts: dict[str, Any]) -> None:
    for rulebook in registry.all():
        try:
            answer = rulebook.evaluate(given_facts, ON, assume_in_force=True)
        except InputError as error:
            assert error.field.split("[")[0].split(".")[0] in given_facts
            assert "\n" not in str(error)
        else:
            assert answer.outcome in ("ineligible", "incomplete")


def test_every_section_of_the_form_has_a_label() -> None:
    assert set(facts.SECTION_LABELS) == {one.section for one in facts.SCHEMA}


def test_division_begins_with_the_code_of_a_province() -> None:
    taken = []
    for number in range(100):
        try:
            facts.validate({"registered_division": f"{number:02d}0000"})
        except InputError:
            continue
        taken.append(number)
    north_to_east = [11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37]
    south_to_west = [41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82]
    assert taken == north_to_east + south_to_west


def test_sections_of_the_form() -> None:
    sections: dict[str, list[str]] = {}
    for one in facts.SCHEMA:
        sections.setdefault(one.section, []).append(one.key)
    assert {section: len(keys) for section, keys in sections.items()} == {
        "particulars": 6,
        "faculty": 5,
        "management": 4,
        "funds": 1,
        "facilities": 5,
        "remote_education": 3,
        "training": 3,
        "record": 6,
    }
    assert {inner.section for one in facts.SCHEMA for inner in one.fields} == {"record"}
    assert {one.key: one.unit for one in facts.SCHEMA if one.kind in ("count", "money")} == {
        "full_time_teachers": "人",
        "part_time_teachers": "人",
        "policy_research_staff": "人",
        "online_teaching_staff": "人",
        "full_time_managers": "人",
        "part_time_managers": "人",
        "matching_funds_fen": "分",
        "fixed_classrooms": "间",
        "annual_trainees": "名",
        "annual_attendances": "人次",
        "training_projects_held": "项",
        "credit_violations": "条",
        "training_violations": "条",
        "knowledge_renewal_years": "年",
    }
