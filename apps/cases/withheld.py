"""Files of a draft: one side fills it in, and the other reads them only once a step has sent them.

Business apps register which steps send the files of which place; a file that was taken back before is never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.models import Act, Attachment, Case


@dataclass(frozen=True)
class Sending:
    """``steps`` send the files of ``kind`` whose purpose begins with ``purpose``; the institution's or an office's."""

    kind: str
    purpose: str
    steps: tuple[str, ...]
    by_institution: bool


_sendings: list[Sending] = []


def register_sending(kind: str, purpose: str, *steps: str, by_institution: bool = True) -> None:
    """Hold back the files of ``kind`` filed under ``purpose`` from the other side until one of ``steps`` sends them."""
    _sendings.append(Sending(kind, purpose, steps, by_institution))


def open_to(files: QuerySet[Attachment], actor: Actor | None) -> QuerySet[Attachment]:
    """``files`` without those that somebody else has not sent yet."""
    own = Q(case__institution_id=actor.organisation.pk if actor is not None else None)
    for sending in _sendings:
        held = Q(case__kind=sending.kind, purpose__startswith=sending.purpose) & ~_sent(sending.steps)
        files = files.exclude(held & (~own if sending.by_institution else own))
    return files


def sent_of(case: Case) -> QuerySet[Attachment]:
    """The files of ``case`` that its institution has sent: what the others read while it is being corrected."""
    files = Attachment.objects.filter(case=case)
    for sending in _of(case.kind):
        files = files.exclude(Q(purpose__startswith=sending.purpose) & ~_sent(sending.steps))
    return files


def _of(kind: str) -> Iterable[Sending]:
    return (one for one in _sendings if one.kind == kind and one.by_institution)


def _sent(steps: tuple[str, ...]) -> Q:
    with scopes_disabled():  # the files around it are scoped; a second join to the case would only cost time
        acts = Act.objects.filter(case_id=OuterRef("case_id"), name__in=steps, at__gte=OuterRef("uploaded_at"))
    return Q(Exists(acts.filter(at__lte=Coalesce(OuterRef("removed_at"), F("at")))))
