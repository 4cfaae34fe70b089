"""A trainee's records across bases, found by the full number, for those who are entitled; every search is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.selectors import visible_bases
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.plans.models import TraineeRecord, TraineeSearch
from apps.plans.services import identity

SEARCHERS = (
    Role.INSTITUTION_EDITOR,
    Role.INSTITUTION_HEAD,
    Role.AUTHORITY_OFFICER,
    Role.AUTHORITY_REVIEWER,
    Role.AUTHORITY_HEAD,
)
MOST_SHOWN = 200


def search_trainee(actor: Actor, kind: str, number: str, reason: str) -> list[TraineeRecord]:
    """The records of the person with this document, newest first: an authority's at the bases it recognised or, where
    it is the highest, of the jurisdiction; an institution's at its own bases. At most MOST_SHOWN.

    The search is recorded, also where nothing is found. Raises IdentityInvalid for what is no number, NotPermitted,
    Blocked without a reason.
    """
    kinds = (OrganisationKind.AUTHORITY, OrganisationKind.INSTITUTION)
    if not actor.has(*SEARCHERS) or actor.organisation.kind not in kinds:
        raise NotPermitted(Problem("not_permitted", "查询学员记录限认定机关和举办单位的工作人员。"))
    if not reason.strip():
        raise Blocked(Problem("reason_missing", "请写明查询事由，事由将被记录。", where="reason"))
    cleaned = identity.cleaned(kind, number, timezone.localdate())
    key = identity.digest(kind, cleaned)
    bases = visible_bases(actor).order_by().select_related(None)
    with transaction.atomic():
        records = TraineeRecord.objects.filter(identity_key=key, base__in=bases.values("pk"))
        found = list(
            records.select_related("base", "project__case", "jurisdiction").order_by(
                "-year", "-project__starts_on", "-pk"
            )[:MOST_SHOWN]
        )
        _record_search(actor, bases.values_list("jurisdiction_id", flat=True).distinct(), key, cleaned, reason, found)
    return found


def _record_search(
    actor: Actor, searched: Iterable[str], key: str, number: str, reason: str, found: list[TraineeRecord]
) -> None:
    hits = Counter(record.jurisdiction_id for record in found)
    own = actor.organisation.jurisdiction_id
    looked_through = {own} if own else set(searched)
    TraineeSearch.objects.bulk_create(
        TraineeSearch(
            jurisdiction_id=jurisdiction,
            identity_key=key,
            identity_masked=identity.masked(number),
            found=hits[jurisdiction],
            user=actor.user,
            organisation=actor.organisation,
            reason=reason.strip()[:200],
        )
        for jurisdiction in sorted(looked_through)
    )
