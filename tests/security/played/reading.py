"""Which case a planted word belongs to, so that a reader's finds can be held against the cases it takes part in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import Organisation, User
from apps.applications.models import Application, PublicNotice, Round
from apps.bases.models import Base, BaseEvent
from apps.cases.models import Case, CaseParty, Document
from apps.jurisdictions.models import RulebookExtension
from apps.plans.models import FeeItem
from tests.security.played.browsing import signed_in
from tests.security.played.canaries import Canaries, Page, Place, read_everything
from tests.security.played.url_table import URLS
from tests.security.played.world import Tenant, World

CASE_OF = {
    "Act": "case_id",
    "AnnualPlan": "pk",
    "Attachment": "case_id",
    "BaseWithdrawal": "pk",
    "Campaign": "pk",
    "Case": "pk",
    "CertificateBatch": "project_id",
    "Clock": "case_id",
    "Document": "case_id",
    "IdentityView": "project_id",
    "Inspection": "pk",
    "InspectionItem": "inspection_id",
    "ParticularsChange": "pk",
    "ParticularsChangeItem": "change_id",
    "PlanExecution": "plan_id",
    "PlanReturnItem": "plan_id",
    "PlannedProject": "plan_id",
    "RecordImport": "project_id",
    "Rectification": "pk",
    "RectificationItem": "rectification_id",
    "Restoration": "pk",
    "Revocation": "pk",
    "SettledCase": "revocation_id",
    "TraineeRecord": "project_id",
    "TrainingProject": "pk",
    "VisitEntry": "inspection_id",
}
"""Model → the column that names its case."""
LIFE = (
    "annual_plan", "training_project", "campaign", "inspection", "rectification", "revocation", "restoration",
    "particulars_change", "base_withdrawal",
)  # fmt: skip


class CasesOfPlaces:
    """Looks the case of a place up, each model's rows once."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Any, int]] = {}
        self.kinds = dict(Case.objects.values_list("pk", "kind"))
        self.states = dict(Case.objects.values_list("pk", "state"))
        self.models = {model.__name__: model for model in apps.get_models() if model.__name__ in CASE_OF}

    def of(self, place: Place) -> int | None:
        """The key of the case of the life after recognition the place belongs to; None for everything else."""
        name = place.field.split(".")[0]
        if name not in CASE_OF:
            return None
        if name not in self.rows:
            self.rows[name] = dict(self.models[name]._base_manager.values_list("pk", CASE_OF[name]))
        case = self.rows[name].get(place.pk)
        return case if self.kinds.get(case) in LIFE else None

    def foreign(self, found: Iterable[Place], open_cases: set[int]) -> Iterator[Place]:
        """What belongs to a case that is not among ``open_cases``."""
        for place in found:
            case = self.of(place)
            if case is not None and case not in open_cases:
                yield place

    def in_state(self, place: Place, kind: str, states: Iterable[str]) -> bool:
        case = self.of(place)
        return case is not None and self.kinds[case] == kind and self.states[case] in states


def open_to(organisation: Organisation) -> set[int]:
    """The cases in which the organisation has an active part."""
    return set(CaseParty.objects.filter(organisation=organisation, active=True).values_list("case_id", flat=True))


def met(pages: Iterable[Page], canaries: Canaries) -> dict[Place, str]:
    """Every planted place whose word was read, with one address where it was."""
    return {place: page.address for page in pages for place in canaries.found_in(page.text)}


OF_A_KIND = 2
"""How many cases of one kind and state are asked for by their addresses; the rest is met by following links."""


def addresses(tenant: Tenant) -> tuple[str, ...]:
    """Every address of the table for the tenant's objects, and the pages of its cases of every kind and state."""
    listed = [reverse(name, kwargs=row.args(tenant)) for name, row in URLS.items() if name != "account_logout"]
    taken: Counter[tuple[str, str]] = Counter()
    rows = Case.objects.filter(jurisdiction=tenant.code).order_by("pk").values_list("number", "kind", "state")
    for number, kind, state in rows:
        taken[kind, state] += 1
        if taken[kind, state] > OF_A_KIND:
            continue
        listed += [reverse("cases:detail", args=[number]), reverse("api:case", args=[number])]
        listed.append(reverse("applications:form_readonly", args=[number]))
    return tuple(listed)


def read_as(world: World, user: User | None, each: int = 3) -> list[Page]:
    return read_everything(signed_in(user), addresses(world.owner), each=each)


# What anybody may read: what was published, and nothing else.

PUBLISHED_FIELDS = {
    "Base": {
        "name",
        "institution_name",
        "field",
        "managing_unit_title",
        "contact_phone",
        "plaque_text",
        "former_names",
        "affiliation",
    },
    "FeeItem": {"name", "authority_name", "authority_document"},
    "BaseEvent": {"label", "note"},
    "Document": {"title", "number", "content", "addressee_name"},
    "PublicNotice": {"title", "text", "contact", "entries_frozen"},
    "Round": {"title", "fields_wanted", "guidance", "rubric"},
    "RulebookExtension": {"document_number"},
    "Organisation": {"name"},
}


def published(world: World) -> set[Place]:
    code = world.owner.code
    shown = {"case__jurisdiction": code, "case__state__in": ["published", "closed", "finished"]}
    bases = Base.objects.filter(jurisdiction=code)
    notices = PublicNotice.objects.filter(**shown)
    listed = Application.objects.filter(notice_entries__notice__in=notices)
    rows = {
        "Base": bases,
        "BaseEvent": BaseEvent.objects.filter(base__in=bases),
        "FeeItem": FeeItem.objects.filter(base__in=bases),
        "Document": Document.objects.filter(jurisdiction=code, is_public=True),
        "PublicNotice": notices,
        "Round": Round.objects.filter(**shown),
        "RulebookExtension": RulebookExtension.objects.exclude(confirmed_at=None),
        "Organisation": Organisation.objects.filter(
            Q(pk=world.owner.authority.pk)
            | Q(bases__in=bases)
            | Q(managed_bases__in=bases)
            | Q(cases_as_institution__application__in=listed)
        ),
    }
    return {
        Place(f"{model}.{field}", pk)
        for model, found in rows.items()
        for pk in found.values_list("pk", flat=True)
        for field in PUBLISHED_FIELDS[model]
    }


def accounts_of_institutions() -> set[Place]:
    """Institutions belong to no jurisdiction; whoever opens accounts finds them all by name."""
    institutions = Organisation.objects.filter(kind="institution")
    return {Place("Organisation.name", pk) for pk in institutions.values_list("pk", flat=True)}


def leaks(found: dict[Place, str], allowed: set[Place]) -> str:
    return "\n".join(sorted(f"{place} at {found[place]}" for place in found.keys() - allowed))
