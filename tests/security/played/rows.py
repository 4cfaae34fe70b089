"""What a row of the address table is, and who is meant by the words in it.

``opens`` are the roles that get a page (or are sent on to one); everybody else who is signed in gets 403 or 404, and
a visitor is sent to sign in. An object's own people are meant: holders of the role in an organisation that takes part
in the case. ``POST`` rows answer no GET at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.accounts.enums import CASE_STAFF_ROLES, MANAGER_ROLES, Role
from apps.bases.models import Base
from apps.cases.models import Case
from tests.security.played.world import Tenant

EVERYBODY = frozenset({"visitor", "without membership", *Role.values})
SIGNED_IN = EVERYBODY - {"visitor"}
ACTING = frozenset(Role.values)
STAFF = CASE_STAFF_ROLES
INSTITUTION = frozenset({Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD})
INSTITUTION_HEAD = frozenset({Role.INSTITUTION_HEAD})
DEPARTMENT = frozenset({Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD})
DEPARTMENT_OFFICER = frozenset({Role.DEPARTMENT_OFFICER})
DEPARTMENT_HEAD = frozenset({Role.DEPARTMENT_HEAD})
OFFICER = frozenset({Role.AUTHORITY_OFFICER})
HEAD = frozenset({Role.AUTHORITY_HEAD})
LEGAL = frozenset({Role.LEGAL_OFFICER})
EXPERT = frozenset({Role.EXPERT})
OFFICE = OFFICER | HEAD | LEGAL | {Role.AUTHORITY_REVIEWER}
AUTHORITY = OFFICE | {Role.FINANCE_OFFICER}
MANAGERS = MANAGER_ROLES
OWN_MANAGERS = frozenset({Role.AUTHORITY_HEAD, Role.SECURITY_ADMIN})
SECURITY = frozenset({Role.SECURITY_ADMIN})


@dataclass(frozen=True)
class Row:
    """One address. ``case`` names whose people are 'its own'; ``object_args`` are the arguments that name an object."""

    opens: frozenset[str]
    args: Callable[[Tenant], dict[str, Any]] = lambda tenant: {}
    case: Callable[[Tenant], Case | None] = lambda tenant: None
    methods: str = "GET POST"
    public_object: bool = False

    def names_object(self, tenant: Tenant) -> bool:
        return bool(self.args(tenant)) and not self.public_object


def numbered(state: str, opens: frozenset[str], kind: str = "application", **more: Any) -> Row:
    """A page of the case that stands in ``state``, by its number."""
    methods = more.pop("methods", "GET POST")

    def case(tenant: Tenant) -> Case:
        return tenant.case(state, kind)

    def args(tenant: Tenant) -> dict[str, Any]:
        found = {name: value(tenant) if callable(value) else value for name, value in more.items()}
        return {"number": case(tenant).number, **found}

    return Row(opens, args, case, methods)


def of_base(opens: frozenset[str], methods: str = "GET POST", status: str = "active", **more: Any) -> Row:
    """A page about the earliest base in ``status``, by the base's number; its own people are its institution's."""

    def base(tenant: Tenant) -> Base:
        return tenant.base_in(status)

    def args(tenant: Tenant) -> dict[str, Any]:
        found = {name: value(tenant) if callable(value) else value for name, value in more.items()}
        return {"number": base(tenant).number, **found}

    return Row(opens, args, lambda tenant: base(tenant).cases.filter(kind="annual_plan").earliest("pk"), methods)


def published(find: Callable[[Tenant], dict[str, Any]]) -> Row:
    return Row(EVERYBODY, find, methods="GET", public_object=True)


PUBLIC = Row(EVERYBODY, methods="GET")
PUBLIC_FORM = Row(EVERYBODY)
