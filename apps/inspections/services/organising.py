"""Who may arrange which kind of inspection, at which bases, and who then inspects: as each text has it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Organisation
from apps.bases.models import Base
from apps.bases.selectors import LIVE
from apps.cases.workflow.engine import rules_of
from apps.inspections.enums import CampaignKind, Selection
from apps.inspections.models import Campaign
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.rulebooks.supervision import Provision

ORGANISING_ROLES = (Role.AUTHORITY_OFFICER, Role.DEPARTMENT_OFFICER)


@dataclass(frozen=True)
class Offer:
    """One kind of inspection for one organisation: the provision it rests on, and ``refusal`` why not (empty: may)."""

    kind: str
    provision: Provision | None
    refusal: str = ""

    @property
    def label(self) -> str:
        return str(CampaignKind(self.kind).label)

    @property
    def allowed(self) -> bool:
        return not self.refusal

    @property
    def articles(self) -> tuple[str, ...]:
        return (self.provision.article,) if self.provision else ()


def provision_of(rulebook: Rulebook, kind: str) -> Provision | None:
    """What the text says of inspections of ``kind``; None where it does not know them."""
    inspection = rulebook.inspection
    provisions = {
        CampaignKind.REGULAR: inspection.conducted_by,
        CampaignKind.EVALUATION: inspection.evaluated_by,
        CampaignKind.SPOT_CHECK: inspection.spot_checks,
    }
    return provisions[CampaignKind(kind)]


def offers_to(organisation: Organisation) -> list[Offer]:
    """Every kind of inspection, and whether ``organisation`` may arrange it under the text that governs today."""
    if organisation.jurisdiction_id is None:
        return []
    rulebook = rulebooks.rulebook(organisation.jurisdiction_id, timezone.localdate())
    return [offer(rulebook, organisation, kind) for kind in CampaignKind.values]


def offer(rulebook: Rulebook, organisation: Organisation, kind: str) -> Offer:
    """Whether ``organisation`` may arrange an inspection of ``kind``, and if not, why."""
    provision = provision_of(rulebook, kind)
    if provision is None:
        return Offer(kind, None, f"本管辖的办法没有规定{CampaignKind(kind).label}。")
    if organisation.kind == OrganisationKind.AUTHORITY:
        return Offer(kind, provision, _refusal_to_authority(organisation, kind))
    if organisation.kind == OrganisationKind.DEPARTMENT:
        return Offer(kind, provision, _refusal_to_department(rulebook, organisation, kind))
    return Offer(kind, provision, "检查由管理单位或综合管理部门组织。")


def _refusal_to_authority(authority: Organisation, kind: str) -> str:
    if kind == CampaignKind.EVALUATION and authority.superior_id is not None:
        return "检查评估由上级综合管理部门组织。"
    return ""


def _refusal_to_department(rulebook: Rulebook, department: Organisation, kind: str) -> str:
    if kind != CampaignKind.REGULAR:
        return f"{CampaignKind(kind).label}由综合管理部门组织。"
    if rulebook.inspection.inspector == "commissioned":
        return "检查考核由综合管理部门会同指导单位委托有关部门进行，由综合管理部门组织。"
    if rulebook.inspection.inspector != "managing_unit":
        return "检查考核由批准设立基地的部门组织。"
    if not Base.objects.filter(managing_unit=department, status__in=LIVE).exists():
        return "本单位目前没有管理的基地。"
    return ""


def may_organise(actor: Actor | None) -> bool:
    """Whether the person has the role to arrange inspections at all."""
    return actor is not None and actor.has(*ORGANISING_ROLES)


def commissionable(jurisdiction: str) -> QuerySet[Organisation]:
    """The departments of the jurisdiction that can be commissioned to inspect."""
    return Organisation.objects.filter(
        kind=OrganisationKind.DEPARTMENT, jurisdiction_id=jurisdiction, is_active=True
    ).order_by("name", "pk")


def commissions(rulebook: Rulebook, kind: str) -> bool:
    """Whether somebody has to be commissioned for this kind of inspection."""
    return kind == CampaignKind.REGULAR and rulebook.inspection.inspector == "commissioned"


def candidates(
    organiser: Organisation, rulebook: Rulebook, kind: str, *, sandbox: bool, units: list[int] | None = None
) -> QuerySet[Base]:
    """The live bases an inspection may choose from, by number.

    A managing unit's are those it manages; an authority's those it recognised and, where nobody is above it, all of
    the jurisdiction. Where managing units inspect, a base that has none is left out. ``units`` narrows to theirs.
    """
    bases = Base.objects.filter(
        jurisdiction_id=organiser.jurisdiction_id, status__in=LIVE, is_sandbox=sandbox
    ).select_related("institution", "managing_unit", "authority")
    if organiser.kind == OrganisationKind.DEPARTMENT:
        bases = bases.filter(managing_unit=organiser)
    elif organiser.superior_id is not None:
        bases = bases.filter(authority=organiser)
    if managing_units_inspect(rulebook, kind):
        bases = bases.filter(managing_unit__isnull=False)
    if units:
        bases = bases.filter(managing_unit_id__in=units)
    return bases.order_by("number")


def reach(campaign: Campaign) -> QuerySet[Base]:
    """The bases the campaign may choose from, by number; narrowed to the chosen managing units where some are."""
    units = campaign.units if campaign.selection in (Selection.BY_UNIT, Selection.DRAW) else None
    return candidates(
        campaign.organiser, rules_of(campaign.case), campaign.kind, sandbox=campaign.case.is_sandbox, units=units
    )


def without_inspector(organiser: Organisation, rulebook: Rulebook, kind: str, *, sandbox: bool) -> int:
    """How many live bases no inspection of ``kind`` can reach because they have no managing unit."""
    if not managing_units_inspect(rulebook, kind) or organiser.kind != OrganisationKind.AUTHORITY:
        return 0
    bases = Base.objects.filter(
        jurisdiction_id=organiser.jurisdiction_id, status__in=LIVE, is_sandbox=sandbox, managing_unit__isnull=True
    )
    return (bases if organiser.superior_id is None else bases.filter(authority=organiser)).count()


def managing_units_inspect(rulebook: Rulebook, kind: str) -> bool:
    """Whether each base's managing unit makes this kind of inspection."""
    return kind == CampaignKind.REGULAR and rulebook.inspection.inspector == "managing_unit"


def inspector_of(campaign: Campaign, base: Base, rulebook: Rulebook) -> Organisation:
    """Who inspects ``base`` in ``campaign``: its managing unit, the commissioned department, the authority that
    recognised it, or for evaluations and spot checks the authority that arranges them.
    """
    if campaign.kind != CampaignKind.REGULAR:
        return campaign.organiser
    if rulebook.inspection.inspector == "managing_unit" and base.managing_unit is not None:
        return base.managing_unit
    if rulebook.inspection.inspector == "commissioned" and campaign.commissioned is not None:
        return campaign.commissioned
    return base.authority
