"""After a new key was put first: the numbers sealed with older ones are sealed anew."""

from __future__ import annotations

from django.db import transaction
from django_scopes import scopes_disabled

from apps.plans.models import TraineeRecord
from apps.plans.services import identity
from apps.plans.services.bulk import chunks

RESEALED_AT_ONCE = 1000


def reseal() -> int:
    """Seal every number that an older key sealed with the first key, and return how many. May be interrupted.

    Digests do not change with it: they hang on the oldest key, or on one of their own.
    """
    resealed = 0
    with scopes_disabled():
        keys = TraineeRecord.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)
        for chunk in chunks(keys, RESEALED_AT_ONCE):
            with transaction.atomic():
                records = list(TraineeRecord.objects.filter(pk__in=chunk).only("identity_sealed"))
                old = [one for one in records if not identity.is_sealed_with_first_key(one.identity_sealed)]
                for record in old:
                    record.identity_sealed = identity.seal(identity.unseal(record.identity_sealed))
                TraineeRecord.objects.bulk_update(old, ["identity_sealed"], batch_size=250)
                resealed += len(old)
    return resealed
