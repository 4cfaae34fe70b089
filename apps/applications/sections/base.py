"""What a section of the application form is: its questions, its tables, and what they say in the rulebook's words.

A section is declared once; the page, the completeness, the facts, the read-only view and the printed form all come
from the declaration. Raw input is kept as typed: ``data`` maps a field to its text (a list of texts for several
choices, a bool for a tick), and a table to its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict

from apps.accounts.models import Organisation
from apps.cases.tables import Checked, Table
from apps.jurisdictions.rulebooks.roads import RecommendationStage
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.rulebooks.vocabulary import Condition

Data = Mapping[str, Any]
SHOWN_ROW_ERRORS = 20


@dataclass(frozen=True)
class FormContext:
    """What the questions depend on. ``last_year`` is the last full calendar year before the round opens.

    ``units`` lists the departments that may take a stage, ``register`` the register's facts, ``direct_open`` whether
    they allow a direct application, ``evidence`` the codes of the conditions that have a file; each is asked once,
    and only when needed.
    """

    rulebook: Rulebook
    level: str
    last_year: int
    fields_wanted: tuple[str, ...]
    institution: Organisation
    facts_read: frozenset[str]
    units: Callable[[RecommendationStage], list[Organisation]]
    register: Callable[[], dict[str, Any]]
    direct_open: Callable[[], bool]
    evidence: Callable[[], frozenset[str]]

    @property
    def years(self) -> tuple[int, int, int]:
        """The three full years the form asks about, the latest first."""
        return self.last_year, self.last_year - 1, self.last_year - 2

    @cached_property
    def articles_of_fact(self) -> dict[str, tuple[str, ...]]:
        """The articles that ask for each fact."""
        found: dict[str, tuple[str, ...]] = {}
        for condition in self.rulebook.conditions:
            for fact in condition.facts:
                known = found.get(fact, ())
                found[fact] = known + tuple(article for article in condition.articles if article not in known)
        return found


class SectionForm(forms.Form):
    """The questions of a section that are not in a table."""

    use_required_attribute = False
    error_css_class = "has-error"

    def __init__(self, data: QueryDict | None = None, *, context: FormContext) -> None:
        super().__init__(data, label_suffix="")
        self.context = context
        for name, field in list(self.fields.items()):
            fact = getattr(field, "fact", None)
            if fact and not field.always and fact not in context.facts_read:  # type: ignore[attr-defined]
                del self.fields[name]
        self.adapt()

    def adapt(self) -> None:
        """Fit the questions to the context (choices, years)."""

    def require(self, name: str, message: str = "尚未填写。") -> None:
        """Count an empty field as missing because of another answer."""
        if name in self.fields and name not in self.errors and self.cleaned_data.get(name) in (None, "", []):
            self.add_error(name, forms.ValidationError(message, code="required"))


@dataclass(frozen=True)
class Gap:
    """Something missing or wrong in a section; ``field`` is a field's or a table's name."""

    field: str
    label: str
    message: str
    missing: bool
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A count derived from a table, shown to the person who fills it in."""

    label: str
    value: int
    unit: str = ""
    note: str = ""


class Section:
    """A section. Subclasses set the attributes and, where tables give facts, :meth:`table_facts`."""

    code = ""
    title = ""
    lead = ""
    rule_section = ""
    form_class: type[SectionForm] = SectionForm

    def applies(self, context: FormContext) -> bool:
        """Whether the text asks for this section at all."""
        return True

    def tables(self, context: FormContext) -> tuple[Table, ...]:
        return ()

    def conditions(self, context: FormContext) -> tuple[Condition, ...]:
        """The conditions of the rulebook that this section answers."""
        return tuple(one for one in context.rulebook.conditions if one.section == self.rule_section)

    def table_facts(self, filled: Filled) -> dict[str, Any]:
        return {}

    def figures(self, filled: Filled) -> list[Figure]:
        return []

    def cross_checks(self, filled: Filled) -> list[Gap]:
        """What does not fit together between the answers and the tables."""
        return []

    def parse(self, post: QueryDict, stored: Data, context: FormContext) -> dict[str, Any]:
        """The section's data after ``post``; what the page did not carry stays as stored."""
        data = dict(stored)
        for name, field in self.form_class(context=context).fields.items():
            if isinstance(field, forms.BooleanField):
                data[name] = name in post
            elif isinstance(field, forms.MultipleChoiceField):
                data[name] = [value.replace("\x00", "") for value in post.getlist(name)]
            elif name in post:
                data[name] = post[name].replace("\x00", "").replace("\r\n", "\n")
        for table in self.tables(context):
            rows = table.parse(post)
            if rows is not None:
                data[table.code] = rows
        return data

    def fill(self, data: Data, context: FormContext) -> Filled:
        return Filled(self, dict(data), context)


class Filled:
    """A section with what was typed into it: bound form, checked tables, facts, gaps and completeness."""

    def __init__(self, section: Section, data: dict[str, Any], context: FormContext) -> None:
        self.section = section
        self.data = data
        self.context = context

    @property
    def code(self) -> str:
        return self.section.code

    @cached_property
    def form(self) -> SectionForm:
        return self.section.form_class(as_querydict(self.data), context=self.context)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        return self.section.tables(self.context)

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        """The valid answers, also when others are not."""
        self.form.is_valid()
        return self.form.cleaned_data

    @cached_property
    def checked(self) -> dict[str, Checked]:
        return {table.code: table.check(self.rows(table.code)) for table in self.tables}

    def rows(self, code: str) -> list[dict[str, str]]:
        """The raw rows of a table."""
        return list(self.data.get(code) or [])

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the section says in the rulebook's vocabulary; what is not answered is left out."""
        facts = {}
        for name, field in self.form.fields.items():
            fact, value = getattr(field, "fact", None), self.cleaned.get(name)
            if fact and value not in (None, "", []):
                facts[fact] = value
        return facts | self.section.table_facts(self)

    @property
    def figures(self) -> list[Figure]:
        return self.section.figures(self)

    @cached_property
    def gaps(self) -> list[Gap]:
        """Everything missing or wrong, in the order of the page."""
        found = list(self._form_gaps())
        for table in self.tables:
            found.extend(self._table_gaps(table))
        return found + self.section.cross_checks(self)

    def _form_gaps(self) -> Iterable[Gap]:
        for name, errors in self.form.errors.as_data().items():
            field = self.form.fields.get(name)
            label = str(field.label) if field else self.section.title
            for error in errors:
                missing = error.code == "required"
                message = f"“{label}”尚未填写。" if missing else f"“{label}”：{error.messages[0]}"
                yield Gap(name, label, message, missing, self.articles(name))

    def _table_gaps(self, table: Table) -> Iterable[Gap]:
        checked = self.checked[table.code]
        if table.required and not checked.filled:
            yield Gap(table.code, table.title, f"“{table.title}”至少填写一行。", True, self.articles(table.code))
        for error in checked.errors[:SHOWN_ROW_ERRORS]:
            yield Gap(table.code, table.title, str(error), False, self.articles(table.code))
        if len(checked.errors) > SHOWN_ROW_ERRORS:
            rest = len(checked.errors) - SHOWN_ROW_ERRORS
            yield Gap(table.code, table.title, f"“{table.title}”另有 {rest} 处错误。", False)

    def articles(self, name: str) -> tuple[str, ...]:
        """The articles that ask for a field or a table."""
        field = self.form.fields.get(name)
        fact = getattr(field, "fact", None)
        if fact:
            return self.context.articles_of_fact.get(fact, ())
        if field is None or getattr(field, "answers_section", False):
            return tuple(dict.fromkeys(a for one in self.section.conditions(self.context) for a in one.articles))
        return ()

    @property
    def errors(self) -> list[Gap]:
        return [gap for gap in self.gaps if not gap.missing]

    @property
    def required(self) -> int:
        fields = [name for name, field in self.form.fields.items() if field.required]
        asked = {*fields, *(table.code for table in self.tables if table.required)}
        return len(asked | {gap.field for gap in self.gaps if gap.missing})

    @property
    def missing(self) -> int:
        return len({gap.field for gap in self.gaps if gap.missing})

    @property
    def touched(self) -> bool:
        return any(bool(value) for value in self.data.values())

    @property
    def status(self) -> str:
        """complete, errors, partial or empty: the words of the section navigation."""
        if self.errors:
            return "errors"
        if not self.missing:
            return "complete"
        return "partial" if self.touched else "empty"

    def state(self) -> dict[str, Any]:
        """Completeness as the page's script and navigation take it."""
        return {
            "status": self.status,
            "errors": len(self.errors),
            "filled": self.required - self.missing,
            "required": self.required,
        }

    def live_errors(self) -> dict[str, list[str]]:
        """Field or table → what is wrong with what was typed; what is merely missing is not nagged about."""
        found: dict[str, list[str]] = {}
        for gap in self.errors:
            if gap.field in self.form.fields:
                found.setdefault(gap.field, []).append(gap.message.removeprefix(f"“{gap.label}”："))
            else:
                found.setdefault(gap.field, []).append(gap.message)
        return found

    def shown_form(self, *, show_missing: bool) -> SectionForm:
        """The form to draw: what is merely missing is pointed out only when asked for."""
        form = self.section.form_class(as_querydict(self.data), context=self.context)
        form.full_clean()
        if not show_missing:
            wrong = {gap.field for gap in self.errors}
            for name in [name for name in form.errors if name not in wrong]:
                del form.errors[name]
        for gap in self.section.cross_checks(self):
            if gap.field in form.fields and gap.field not in form.errors:
                form.add_error(gap.field, gap.message.removeprefix(f"“{gap.label}”："))
        return form

    def as_post(self) -> dict[str, Any]:
        """The data as the page would submit it, for a writer who has to choose between two versions."""
        values: dict[str, Any] = {
            name: self.data.get(name, [] if isinstance(field, forms.MultipleChoiceField) else "")
            for name, field in self.form.fields.items()
        }
        for table in self.tables:
            values.update(table.as_post(self.rows(table.code)))
        return values


def as_querydict(data: Data) -> QueryDict:
    """Stored answers as a submitted form; tables are left out."""
    query = QueryDict(mutable=True)
    for name, value in data.items():
        if isinstance(value, bool):
            if value:
                query[name] = "on"
        elif isinstance(value, list):
            if all(isinstance(item, str) for item in value):
                query.setlist(name, value)
        elif value is not None:
            query[name] = str(value)
    return query
