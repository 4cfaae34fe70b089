"""Invented organisations and people; every account has the same password, hashed once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from apps.accounts.actors import Actor, actor_for
from apps.accounts.codes import check_character
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation, User

PASSWORD = "jidi-yanshi-2026"
FIXTURES = settings.BASE_DIR / "fixtures" / "demo"
EXPERTS = 9


def read_fixture(name: str) -> dict[str, Any]:
    """The demo's data file ``name`` (a jurisdiction's code, or 'names')."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    return found


def credit_code(category: str, division: str, number: int) -> str:
    """A valid unified social credit code whose organisation part is all zeros but the running number."""
    first = f"{category}{division}{number:09d}"
    return first + check_character(first)


@dataclass
class Cast:
    """Who plays in one jurisdiction. ``office`` are the authority's people by role."""

    code: str
    position: int
    fixture: dict[str, Any]
    password: str
    names: dict[str, Any] = field(default_factory=lambda: read_fixture("names"))
    serial: int = 0

    def organisation(self, kind: str, name: str, category: str = "11", **values: Any) -> Organisation:
        self.serial += 1
        values.setdefault("division", self.fixture["division"])
        code = credit_code(category, self.fixture["division"], (self.position + 1) * 10_000 + self.serial)
        jurisdiction = None if kind == OrganisationKind.INSTITUTION else self.code
        return Organisation.objects.create(
            kind=kind,
            name=name,
            credit_code=code,
            jurisdiction_id=jurisdiction,
            address="演示路 1 号",
            phone="000-00000000",
            **values,
        )

    def person(self, organisation: Organisation, username: str, *roles: str) -> Actor:
        """A person with an invented name holding ``roles``."""
        self.serial += 1
        surnames, given = self.names["surnames"], self.names["given"]
        name = surnames[self.serial % len(surnames)] + given[self.serial // len(surnames) % len(given)]
        user = User.objects.create(
            username=f"{self.code}_{username}",
            name=name,
            password=self.password,
            email=f"{self.code}_{username}@example.org",
        )
        Membership.objects.bulk_create(Membership(user=user, organisation=organisation, role=role) for role in roles)
        return actor_for(user, organisation)

    @cached_property
    def authority(self) -> Organisation:
        told = self.fixture["authority"]
        return self.organisation(
            OrganisationKind.AUTHORITY,
            told["name"],
            levels=told["levels"],
            document_mark=told["mark"],
            document_code=told["code"],
        )

    @cached_property
    def office(self) -> dict[str, Actor]:
        roles = {
            "officer": Role.AUTHORITY_OFFICER,
            "reviewer": Role.AUTHORITY_REVIEWER,
            "head": Role.AUTHORITY_HEAD,
            "legal": Role.LEGAL_OFFICER,
            "finance": Role.FINANCE_OFFICER,
            "sysadmin": Role.SYSTEM_ADMIN,
            "secadmin": Role.SECURITY_ADMIN,
            "audit": Role.AUDIT_ADMIN,
        }
        return {name: self.person(self.authority, name, role) for name, role in roles.items()}

    @cached_property
    def lower_offices(self) -> list[dict[str, Actor]]:
        offices = []
        for number, told in enumerate(self.fixture["lower"], 1):
            organisation = self.organisation(
                OrganisationKind.AUTHORITY,
                told["name"],
                levels=told["levels"],
                document_mark=told["mark"],
                document_code=told["code"],
                superior=self.authority,
            )
            roles = {
                "officer": Role.AUTHORITY_OFFICER,
                "reviewer": Role.AUTHORITY_REVIEWER,
                "head": Role.AUTHORITY_HEAD,
            }
            offices.append(
                {name: self.person(organisation, f"lower{number}_{name}", role) for name, role in roles.items()}
            )
        return offices

    @cached_property
    def departments(self) -> list[tuple[Actor, Actor]]:
        """Officer and head of every department on the authority's list, in the fixture's order."""
        staff = []
        for number, told in enumerate(self.fixture["departments"], 1):
            organisation = self.organisation(
                OrganisationKind.DEPARTMENT,
                told["name"],
                recommender_types=told["types"],
                rank=told["rank"],
                document_mark=told["name"],
                document_code=told["code"],
            )
            staff.append(
                (
                    self.person(organisation, f"dept{number}_officer", Role.DEPARTMENT_OFFICER),
                    self.person(organisation, f"dept{number}_head", Role.DEPARTMENT_HEAD),
                )
            )
        return staff

    @cached_property
    def assistant(self) -> Actor | None:
        told = self.fixture["association"]
        if told is None:
            return None
        association = self.organisation(
            OrganisationKind.ASSOCIATION,
            told["name"],
            "51",
            may_assist=told["may_assist"],
            superior=self.authority,
        )
        return self.person(association, "assistant", Role.SERVICE_ASSISTANT)

    @cached_property
    def supervisors(self) -> list[Actor]:
        """People of the third party that looks after public money, where the fixture names one."""
        told = self.fixture.get("supervisor")
        if told is None:
            return []
        agency = self.organisation(OrganisationKind.SUPERVISOR, told["name"], "91", superior=self.authority)
        return [self.person(agency, f"supervisor{number}", Role.FUND_SUPERVISOR) for number in (1, 2)]

    def institution(self, number: int, account: str = "") -> tuple[Actor, Actor, str]:
        """Editor and head of the institution ``number``, and its type in the rulebooks' vocabulary.

        ``account`` is what their user names begin with, by default the institution's number.
        """
        account = account or f"inst{number + 1}"
        places, suffixes = self.names["institutions"], self.names["suffixes"]
        suffix, kind = suffixes[number % len(suffixes)]
        place = places[(number + self.position * 7) % len(places)]
        organisation = self.organisation(OrganisationKind.INSTITUTION, f"演示{place}{suffix}", "12")
        return (
            self.person(organisation, f"{account}_editor", Role.INSTITUTION_EDITOR),
            self.person(organisation, f"{account}_head", Role.INSTITUTION_HEAD),
            kind,
        )


def shared_password() -> str:
    """The demo password as stored; hashing once keeps the demo quick."""
    return make_password(PASSWORD)
