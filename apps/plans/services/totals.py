"""Totals of a base's training in a year: moved together with the records, and proven equal to a recount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django_scopes import scopes_disabled

from apps.plans.enums import Outcome, SubjectKind
from apps.plans.models import TraineeYear, TrainingProject, TrainingTotal
from apps.plans.services.bulk import chunks, insert_many

CHUNK = 5000
SUMS = (
    "attendances",
    "persons",
    "public_attendances",
    "professional_attendances",
    "passed",
    "value_tenths",
    "certificates",
)
_COUNTED = """
    SELECT jurisdiction_id, base_id, year, count(*) AS attendances, count(DISTINCT identity_key) AS persons,
        sum(CASE WHEN subject_kind = 'public' THEN 1 ELSE 0 END) AS public_attendances,
        sum(CASE WHEN subject_kind = 'professional' THEN 1 ELSE 0 END) AS professional_attendances,
        sum(CASE WHEN outcome = 'passed' THEN 1 ELSE 0 END) AS passed,
        sum(CASE WHEN outcome = 'passed' THEN value_tenths ELSE 0 END) AS value_tenths,
        sum(CASE WHEN certificate_number <> '' THEN 1 ELSE 0 END) AS certificates
    FROM plans_traineerecord GROUP BY jurisdiction_id, base_id, year
"""
_YEARS = "SELECT base_id, year, identity_key, count(*) FROM plans_traineerecord GROUP BY base_id, year, identity_key"
_KEPT_YEARS = "SELECT base_id, year, identity_key, records FROM plans_traineeyear"
_PROJECTS = """
    SELECT project_id, count(*), sum(CASE WHEN outcome = 'passed' THEN 1 ELSE 0 END),
        sum(CASE WHEN certificate_number <> '' THEN 1 ELSE 0 END)
    FROM plans_traineerecord GROUP BY project_id
"""
_KEPT_PROJECTS = """
    SELECT case_id, record_count, passed_count, certificate_count FROM plans_trainingproject
    WHERE record_count <> 0 OR passed_count <> 0 OR certificate_count <> 0
"""


@dataclass
class Movement:
    """What a change of a project's records does to its totals; ``gained`` and ``lost`` are identity digests."""

    attendances: int = 0
    public_attendances: int = 0
    professional_attendances: int = 0
    passed: int = 0
    value_tenths: int = 0
    certificates: int = 0
    gained: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def count(self, subject_kind: str, outcome: str, value_tenths: int, sign: int = 1) -> None:
        """Count one record, or with ``sign`` -1 count it no more."""
        self.attendances += sign
        self.public_attendances += sign * (subject_kind == SubjectKind.PUBLIC)
        self.professional_attendances += sign * (subject_kind == SubjectKind.PROFESSIONAL)
        if outcome == Outcome.PASSED:
            self.passed += sign
            self.value_tenths += sign * value_tenths


@dataclass(frozen=True)
class Difference:
    """Totals kept that differ from the count: ``what`` says of which base and year, or project."""

    what: str
    kept: str
    counted: str


def move(project: TrainingProject, movement: Movement) -> None:
    """Move the totals of the project, its base and year. Call inside the transaction that changed the records.

    The row of the base and year is locked first, so that two projects of one base take their turns: whether a person
    is new to the year cannot be decided by two at once.
    """
    total = _locked_total(project)
    persons = _gain(project, movement.gained) - _lose(project, movement.lost)
    with scopes_disabled():
        TrainingTotal.objects.filter(pk=total.pk).update(
            attendances=F("attendances") + movement.attendances,
            persons=F("persons") + persons,
            public_attendances=F("public_attendances") + movement.public_attendances,
            professional_attendances=F("professional_attendances") + movement.professional_attendances,
            passed=F("passed") + movement.passed,
            value_tenths=F("value_tenths") + movement.value_tenths,
            certificates=F("certificates") + movement.certificates,
        )
        TrainingProject.objects.filter(pk=project.pk).update(
            record_count=F("record_count") + movement.attendances,
            passed_count=F("passed_count") + movement.passed,
            certificate_count=F("certificate_count") + movement.certificates,
        )


def tenths_text(tenths: int) -> str:
    """Tenths as people write them: 24, 15.5."""
    whole, part = divmod(tenths, 10)
    return f"{whole}.{part}" if part else str(whole)


def differences() -> list[Difference]:
    """Where the totals kept differ from a recount of every record, over all jurisdictions. Reads everything."""
    return [*_total_differences(), *_year_differences(), *_project_differences()]


def repair() -> None:
    """Count everything anew and keep that, in one transaction; nobody enters records meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE plans_traineerecord IN SHARE MODE")
        cursor.execute("DELETE FROM plans_traineeyear")
        cursor.execute(f"INSERT INTO plans_traineeyear (base_id, year, identity_key, records) {_YEARS}")
        cursor.execute("DELETE FROM plans_trainingtotal")
        names = f"jurisdiction_id, base_id, year, {', '.join(SUMS)}"
        cursor.execute(f"INSERT INTO plans_trainingtotal ({names}) {_COUNTED}")
        cursor.execute("UPDATE plans_trainingproject SET record_count = 0, passed_count = 0, certificate_count = 0")
        cursor.execute(
            "UPDATE plans_trainingproject SET record_count = found.records, passed_count = found.passed,"
            " certificate_count = found.certificates FROM (SELECT project_id, count(*) AS records,"
            " sum(CASE WHEN outcome = 'passed' THEN 1 ELSE 0 END) AS passed,"
            " sum(CASE WHEN certificate_number <> '' THEN 1 ELSE 0 END) AS certificates"
            " FROM plans_traineerecord GROUP BY project_id) AS found WHERE case_id = found.project_id"
        )


def _locked_total(project: TrainingProject) -> TrainingTotal:
    key = {"base_id": project.base_id, "year": project.year}
    with scopes_disabled():
        total, _ = TrainingTotal.objects.get_or_create(
            **key, defaults={"jurisdiction_id": project.case.jurisdiction_id}
        )
        if connection.features.has_select_for_update:
            return TrainingTotal.objects.select_for_update().get(pk=total.pk)
        return total


def _gain(project: TrainingProject, keys: Sequence[str]) -> int:
    """Count the persons' records in the year and return how many of them are new to it."""
    new = 0
    for chunk in chunks(keys, CHUNK):
        with scopes_disabled():
            years = TraineeYear.objects.filter(base_id=project.base_id, year=project.year, identity_key__in=chunk)
            known = set(years.values_list("identity_key", flat=True))
            if known:
                years.update(records=F("records") + 1)
            insert_many(
                TraineeYear,
                ("base_id", "year", "identity_key", "records"),
                ((project.base_id, project.year, key, 1) for key in chunk if key not in known),
            )
        new += len(chunk) - len(known)
    return new


def _lose(project: TrainingProject, keys: Sequence[str]) -> int:
    """Count the persons' records down and return how many of them were trained no more in the year."""
    gone = 0
    for chunk in chunks(keys, CHUNK):
        with scopes_disabled():
            years = TraineeYear.objects.filter(base_id=project.base_id, year=project.year, identity_key__in=chunk)
            years.update(records=F("records") - 1)
            gone += years.filter(records=0).delete()[0]
    return gone


def _total_differences() -> list[Difference]:
    counted = {(row[1], row[2]): tuple(int(value) for value in row[3:]) for row in _fetched(_COUNTED)}
    names = ", ".join(SUMS)
    rows = _fetched(f"SELECT base_id, year, {names} FROM plans_trainingtotal")
    kept = {(row[0], row[1]): tuple(int(value) for value in row[2:]) for row in rows}
    nothing = (0,) * len(SUMS)
    return [
        Difference(f"base {base} year {year}", _said(SUMS, before), _said(SUMS, after))
        for base, year in sorted(counted.keys() | kept.keys())
        if (before := kept.get((base, year), nothing)) != (after := counted.get((base, year), nothing))
    ]


def _year_differences() -> list[Difference]:
    """Distinct persons, compared inside the database: there are millions of them."""
    lacking = f"SELECT base_id, year, count(*) FROM ({_YEARS} EXCEPT {_KEPT_YEARS}) AS odd GROUP BY base_id, year"
    surplus = f"SELECT base_id, year, count(*) FROM ({_KEPT_YEARS} EXCEPT {_YEARS}) AS odd GROUP BY base_id, year"
    found = [
        Difference(f"base {base} year {year} persons", "missing or different", f"{count} persons")
        for base, year, count in _fetched(lacking)
    ]
    return found + [
        Difference(f"base {base} year {year} persons", f"{count} persons", "not there or different")
        for base, year, count in _fetched(surplus)
    ]


def _project_differences() -> list[Difference]:
    counted = {row[0]: tuple(int(value) for value in row[1:]) for row in _fetched(_PROJECTS)}
    kept = {row[0]: tuple(int(value) for value in row[1:]) for row in _fetched(_KEPT_PROJECTS)}
    names = ("records", "passed", "certificates")
    return [
        Difference(f"project {pk}", _said(names, kept.get(pk, (0, 0, 0))), _said(names, counted.get(pk, (0, 0, 0))))
        for pk in sorted(counted.keys() | kept.keys())
        if kept.get(pk) != counted.get(pk)
    ]


def _said(names: Sequence[str], values: Sequence[int]) -> str:
    return " ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))


def _fetched(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
