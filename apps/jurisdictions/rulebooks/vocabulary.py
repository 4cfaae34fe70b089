"""The words in which a rulebook states its conditions.

Each function takes what one article asks and returns a Condition. A Condition assesses checked facts and returns a
Finding, or None where the article asks nothing of this applicant. A fact that is missing makes a finding `unknown`
only where the answer depends on it: teachers of one kind are enough whatever the number of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import facts as known_facts
from .citations import cite
from .facts import Facts, Section
from .findings import Finding, Result
from .money import yuan

LARGE_ENTERPRISES = ("large", "medium")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of recognition.

    `summary` puts the article in our own words, `section` is the part of the application form that answers it,
    `facts` are the keys it reads. `for_experts` is True where declared evidence is left to the panel's judgement.
    """

    code: str
    articles: tuple[str, ...]
    title: str
    summary: str
    section: Section
    facts: tuple[str, ...]
    assess: Callable[[Facts], Finding | None]
    for_experts: bool = False


def at_least(
    code: str,
    *,
    minimum: int,
    article: str,
    fact: str | None = None,
    title: str = "",
    summary: str = "",
    base_level: str | None = None,
) -> Condition:
    """Ask for a count of at least `minimum`, in the unit of the fact itself; the fact has the finding's name.

    With `fact` it is another one. With `base_level` it is asked only of those who apply for that level (left out:
    provincial).
    """
    fact = fact or code
    described = known_facts.field(fact)
    label, unit, where = described.label, described.unit, cite(article)
    title, summary = title or label, summary or f"{label}至少{minimum}{unit}"
    asked = f"{where}要求不少于{minimum}{unit}"
    read = (fact,) if base_level is None else ("base_level", fact)

    def assess(facts: Facts) -> Finding | None:
        if base_level is not None and facts.get("base_level", "provincial") != base_level:
            return None
        actual = facts.get(fact)
        if actual is None:
            return Finding(code, (article,), "unknown", None, minimum, f"未填{label}，{asked}。")
        if actual < minimum:
            message = f"{label}{actual}{unit}，{asked}，尚缺{minimum - actual}{unit}。"
            return Finding(code, (article,), "not_met", actual, minimum, message)
        return Finding(code, (article,), "met", actual, minimum, f"{label}{actual}{unit}，{asked}，已达到。")

    return Condition(code, (article,), title, summary, described.section, read, assess)


def funds_provided(code: str, *, article: str, title: str, summary: str, fact: str = "matching_funds_fen") -> Condition:
    """Ask that funds be provided, in fen, where the text names no sum: anything above zero."""
    label, asked = known_facts.field(fact).label, f"{cite(article)}要求安排配套经费，未规定数额"

    def assess(facts: Facts) -> Finding:
        actual = facts.get(fact)
        if actual is None:
            return Finding(code, (article,), "unknown", None, 1, f"未填{label}，{asked}。")
        if actual == 0:
            return Finding(code, (article,), "not_met", 0, 1, f"{label}为0元，{asked}。")
        return Finding(code, (article,), "met", actual, 1, f"{label}{yuan(actual)}，{asked}，已符合。")

    return Condition(code, (article,), title, summary, known_facts.field(fact).section, (fact,), assess)


def no_record(code: str, *, fact: str, article: str, title: str, summary: str) -> Condition:
    """Ask that a count of records be zero."""
    described = known_facts.field(fact)
    label, unit, where = described.label, described.unit, cite(article)
    asked = f"{where}要求没有此类记录"

    def assess(facts: Facts) -> Finding:
        actual = facts.get(fact)
        if actual is None:
            return Finding(code, (article,), "unknown", None, 0, f"未填{label}，{asked}。")
        if actual > 0:
            return Finding(code, (article,), "not_met", actual, 0, f"有{label}{actual}{unit}，{asked}。")
        return Finding(code, (article,), "met", actual, 0, f"没有{label}，{asked}，已符合。")

    return Condition(code, (article,), title, summary, described.section, (fact,), assess)


def holds(code: str, *, article: str, summary: str, fact: str | None = None, title: str = "") -> Condition:
    """Ask that a yes-or-no fact be yes; it has the finding's name, or is `fact`."""
    fact = fact or code
    described = known_facts.field(fact)
    title = title or described.label
    where = cite(article)
    asked = f"{where}要求具备"
    messages: dict[bool | None, tuple[Result, str]] = {
        None: ("unknown", f"未填{described.label}，{asked}。"),
        False: ("not_met", f"没有{described.label}，{asked}。"),
        True: ("met", f"有{described.label}，{asked}，已符合。"),
    }

    def assess(facts: Facts) -> Finding:
        actual = facts.get(fact)
        result, message = messages[actual]
        return Finding(code, (article,), result, actual, True, message)

    return Condition(code, (article,), title, summary, described.section, (fact,), assess)


def any_number_of(
    code: str, *, facts: tuple[str, ...], article: str, title: str, summary: str, for_experts: bool = False
) -> Condition:
    """Ask for at least one in all of several counts, as a text does that names no number.

    With `for_experts` the numbers alone do not settle it: whether they suffice is the panel's judgement.
    """
    described = [known_facts.field(fact) for fact in facts]
    label = "、".join(one.label for one in described)
    unit, where = described[0].unit, cite(article)
    asked = f"{where}对数量未作规定，至少要有1{unit}"
    enough: Result = "for_experts" if for_experts else "met"
    judged = f"是否满足{where}的要求由专家评判" if for_experts else f"{asked}，已符合"

    def assess(known: Facts) -> Finding:
        counts = [known.get(fact) for fact in facts]
        actual = sum(count for count in counts if count is not None)
        if actual > 0:
            return Finding(code, (article,), enough, actual, 1, f"{label}共{actual}{unit}，{judged}。")
        if None in counts:
            return Finding(code, (article,), "unknown", None, 1, f"未填齐{label}，{asked}。")
        return Finding(code, (article,), "not_met", 0, 1, f"{label}共0{unit}，{asked}。")

    return Condition(code, (article,), title, summary, described[0].section, facts, assess, for_experts)


def one_of(
    code: str, *, types: Sequence[str], article: str, title: str, summary: str, large_enterprises: bool = False
) -> Condition:
    """Ask for a type of institution that the text lists as those who may apply; every other is excluded.

    With `large_enterprises` an enterprise must be large or medium, and a group counts as large.
    """
    return _institution_type(code, types, article, title, summary, large_enterprises, outside="not_met")


def mainly_from(
    code: str, *, types: Sequence[str], article: str, title: str, summary: str, large_enterprises: bool = False
) -> Condition:
    """State the types of institution a text mainly selects from; any other is left to the experts, not excluded."""
    return _institution_type(code, types, article, title, summary, large_enterprises, outside="for_experts")


def _institution_type(
    code: str, types: Sequence[str], article: str, title: str, summary: str, large_enterprises: bool, outside: Result
) -> Condition:
    listed, where = tuple(types), cite(article)
    names = known_facts.INSTITUTION_TYPES
    scales = known_facts.ENTERPRISE_SCALES
    scope = "、".join(
        f"大中型{names[one]}" if one == "enterprise" and large_enterprises else names[one] for one in listed
    )
    asked = f"{where}所列为{scope}"
    beyond = "，不在所列范围，由专家评判" if outside == "for_experts" else "，不在可以申报的范围"

    def finding(result: Result, actual: str | None, message: str) -> Finding:
        return Finding(code, (article,), result, actual, listed, message)

    def assess(facts: Facts) -> Finding:
        kind = facts.get("institution_type")
        if kind is None:
            return finding("unknown", None, f"未填单位类型，{asked}。")
        scaled = kind == "enterprise" and large_enterprises
        if not scaled:
            name = names[kind]
            if kind in listed:
                return finding("met", kind, f"单位类型为{name}，{asked}，已符合。")
            return finding(outside, kind, f"单位类型为{name}，{asked}{beyond}。")
        scale = facts.get("enterprise_scale")
        if scale is None:
            return finding("unknown", kind, f"单位类型为企业，未填企业规模，{asked}。")
        if scale in LARGE_ENTERPRISES:
            return finding("met", kind, f"单位类型为{scales[scale]}企业，{asked}，已符合。")
        return finding(outside, kind, f"单位类型为{scales[scale]}企业，{asked}{beyond}。")

    read = ("institution_type", "enterprise_scale") if large_enterprises else ("institution_type",)
    return Condition(code, (article,), title, summary, "particulars", read, assess, outside == "for_experts")


def registered_within(code: str, *, prefix: str, place: str, article: str, title: str, summary: str) -> Condition:
    """Ask that the institution be registered in a place, told by the first digits of its GB/T 2260 code."""
    asked = f"{cite(article)}要求在{place}依法登记"

    def assess(facts: Facts) -> Finding:
        actual = facts.get("registered_division")
        if actual is None:
            return Finding(code, (article,), "unknown", None, prefix, f"未填登记地区划代码，{asked}。")
        result: Result = "met" if actual.startswith(prefix) else "not_met"
        verdict = "已符合" if result == "met" else "不在该范围"
        return Finding(code, (article,), result, actual, prefix, f"登记地区划代码{actual}，{asked}，{verdict}。")

    return Condition(code, (article,), title, summary, "particulars", ("registered_division",), assess)


def systems_in_place(code: str, *, systems: Sequence[str], article: str, title: str, summary: str) -> Condition:
    """Ask for every written management system that the text itself lists."""
    order = tuple(known_facts.MANAGEMENT_SYSTEMS)
    required = tuple(one for one in order if one in systems)
    labels = known_facts.MANAGEMENT_SYSTEMS
    asked = f"{cite(article)}要求{len(required)}项制度"

    def assess(facts: Facts) -> Finding:
        actual = facts.get("management_systems")
        if actual is None:
            return Finding(code, (article,), "unknown", None, required, f"未填成文管理制度，{asked}。")
        missing = [labels[one] for one in required if one not in actual]
        if missing:
            message = f"缺少{'、'.join(missing)}制度，{asked}。"
            return Finding(code, (article,), "not_met", actual, required, message)
        return Finding(code, (article,), "met", actual, required, f"所要求的制度均已成文，{asked}，已符合。")

    return Condition(code, (article,), title, summary, "management", ("management_systems",), assess)


def requires_all(
    code: str, *, parts: Mapping[str, Any], article: str, title: str, summary: str, section: Section
) -> Condition:
    """Ask for several things together: fact → least count, True, or a tuple of codes of which one will do."""
    required = {fact: list(wanted) if isinstance(wanted, tuple) else wanted for fact, wanted in parts.items()}
    tests = [(fact, wanted, known_facts.field(fact).label) for fact, wanted in parts.items()]
    asked = f"{cite(article)}要求同时具备{'、'.join(label for _, _, label in tests)}"

    def assess(facts: Facts) -> Finding:
        actual = {fact: facts.get(fact) for fact in parts}
        lacking, unfilled = [], []
        for fact, wanted, label in tests:
            value = actual[fact]
            if value is None:
                unfilled.append(label)
            elif not _suffices(value, wanted):
                lacking.append(label)
        if lacking:
            return Finding(code, (article,), "not_met", actual, required, f"缺少{'、'.join(lacking)}，{asked}。")
        if unfilled:
            return Finding(code, (article,), "unknown", actual, required, f"未填{'、'.join(unfilled)}，{asked}。")
        return Finding(code, (article,), "met", actual, required, f"各项齐备，{asked}，已符合。")

    return Condition(code, (article,), title, summary, section, tuple(parts), assess)


def _suffices(value: Any, wanted: Any) -> bool:
    if wanted is True:
        return value is True
    if isinstance(wanted, tuple):
        return value in wanted
    return bool(value >= wanted)


def practice_site_in_specialised_field(code: str, *, article: str, title: str, summary: str) -> Condition:
    """Ask for a site or a partner for practical training, only in a field that needs one."""
    required = ("own", "partner")
    asked = f"{cite(article)}对专业性强的领域要求有实训场所或实训合作单位"

    def assess(facts: Facts) -> Finding | None:
        specialised, site = facts.get("specialised_field"), facts.get("practice_site")
        if specialised is False:
            return None
        if site in required:
            return Finding(
                code, (article,), "met", site, required, f"{known_facts.PRACTICE_SITES[site]}，{asked}，已符合。"
            )
        if specialised is None:
            return Finding(code, (article,), "unknown", site, required, f"未填是否属于需要实训的领域，{asked}。")
        if site is None:
            return Finding(code, (article,), "unknown", None, required, f"未填实训场所或实训合作单位，{asked}。")
        return Finding(code, (article,), "not_met", site, required, f"没有实训场所或实训合作单位，{asked}。")

    return Condition(code, (article,), title, summary, "facilities", ("specialised_field", "practice_site"), assess)


def never_again(
    code: str,
    *,
    jurisdiction: str,
    levels: Iterable[str],
    article: str,
    title: str,
    summary: str,
    anywhere: bool = False,
) -> Condition:
    """Bar an institution for good after fraud in an application or a revocation; the bar has no end date.

    Fraud counts where it was found in an application to `jurisdiction`. A revocation counts at the `levels` the text
    speaks of, by that jurisdiction, or by whomever with `anywhere`, where the level alone says whose base it was.
    """
    reach = frozenset(levels)
    asked = f"{cite(article)}规定申报中弄虚作假或被取消资格的不再受理"

    def assess(facts: Facts) -> Finding:
        frauds, revocations = facts.get("prior_fraud"), facts.get("prior_revocations")
        barring = [_ground("fraud", one) for one in frauds or () if one["jurisdiction"] == jurisdiction]
        barring += [
            _ground("revocation", one)
            for one in revocations or ()
            if one["level"] in reach and (anywhere or one["jurisdiction"] == jurisdiction)
        ]
        if barring:
            listed = "、".join(_describe(one) for one in barring)
            return Finding(code, (article,), "not_met", barring, [], f"有{listed}的记录，{asked}。")
        if frauds is None or revocations is None:
            return Finding(code, (article,), "unknown", None, [], f"未查明以往申报和基地记录，{asked}。")
        return Finding(code, (article,), "met", [], [], f"没有应不予受理的记录，{asked}，不受限制。")

    return Condition(code, (article,), title, summary, "record", ("prior_fraud", "prior_revocations"), assess)


def _ground(ground: str, record: Mapping[str, Any]) -> dict[str, str]:
    return {"ground": ground, **record, "date": record["date"].isoformat()}


def _describe(ground: Mapping[str, str]) -> str:
    if ground["ground"] == "fraud":
        return f"{ground['date']}认定申报弄虚作假"
    return f"{ground['date']}取消{known_facts.BASE_LEVELS[ground['level']]}基地资格"


@dataclass(frozen=True, slots=True)
class Preference:
    """A preference the text gives in selection; never a condition of eligibility.

    `applies` returns whether it holds, None where the fact is not known; `base_level` limits it to those who apply
    for that level (left out: provincial). `convention` says what the product had to settle itself, if anything.
    """

    code: str
    article: str
    title: str
    summary: str
    facts: tuple[str, ...]
    applies: Callable[[Facts], bool | None]
    base_level: str | None = None
    convention: str = ""


def years_of(fact: str, minimum: int) -> Callable[[Facts], bool | None]:
    """Prefer those with at least `minimum` years of something."""

    def applies(facts: Facts) -> bool | None:
        years = facts.get(fact)
        return None if years is None else bool(years >= minimum)

    return applies


def holds_base(
    levels: Iterable[str], *, prefix: str = "", whole_city: Iterable[str] = ()
) -> Callable[[Facts], bool | None]:
    """Prefer those that hold a base at one of the `levels`, in a division whose code begins with `prefix`.

    A base at a level in `whole_city` counts only if its code is that of a whole city or prefecture (ends in 00).
    """
    wanted, whole = frozenset(levels), frozenset(whole_city)

    def applies(facts: Facts) -> bool | None:
        bases = facts.get("existing_bases")
        if bases is None:
            return None
        return any(
            base["division"].startswith(prefix)
            and (base["level"] in wanted or (base["level"] in whole and base["division"].endswith("00")))
            for base in bases
        )

    return applies
