"""Where a step is taken: a page of its own, or the plain confirmation page; and the service that takes it.

Business apps register both, so that the case page, the confirmation page and (later) the API offer every kind of
case alike and never call perform() past the service that issues the step's documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case

Service = Callable[[Case, Actor, str], Act]
Context = Callable[[Case, "Actor | None"], dict[str, Any]]


@dataclass(frozen=True)
class Summary:
    """The part of the case page that shows what this kind of case is about."""

    template: str
    context: Context


_services: dict[tuple[str, str], Service] = {}
_pages: dict[tuple[str, str], str] = {}
_summaries: dict[str, Summary] = {}


def register_service(kind: str, step: str) -> Callable[[Service], Service]:
    """Register ``service(case, actor, reason)`` as the way to take ``step`` when nothing but a reason is asked."""

    def decorate(service: Service) -> Service:
        _services[kind, step] = service
        return service

    return decorate


def register_plain(kind: str, *steps: str) -> None:
    """Register ``steps`` that change nothing but the state: the confirmation page takes them as they are."""
    from apps.cases.workflow.engine import perform

    for step in steps:

        def service(case: Case, actor: Actor, reason: str, step: str = step) -> Act:
            return perform(case, step, actor, reason=reason)

        register_service(kind, step)(service)


def register_page(kind: str, step: str, url_name: str) -> None:
    """Register the page (URL name, reversed with ``number=case.number``) on which ``step`` is prepared and taken."""
    _pages[kind, step] = url_name


def register_summary(kind: str, template: str, context: Context) -> None:
    """Register the template and its context that the case page shows for ``kind``."""
    _summaries[kind] = Summary(template, context)


def service_for(kind: str, step: str) -> Service | None:
    return _services.get((kind, step))


def page_for(kind: str, step: str) -> str | None:
    return _pages.get((kind, step))


def summary_for(kind: str) -> Summary | None:
    return _summaries.get(kind)
