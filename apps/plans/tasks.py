"""Long work on records: lists read, certificates drawn. Each task may be run twice, and a broken one is taken up again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task
from django_scopes import scope

from apps.cases import outbox, schedule
from apps.jurisdictions.rulebooks import registry
from apps.plans.services import certificate_pdf, imports


@shared_task
def run_import(pk: int) -> None:
    """Read and import one list of trainees."""
    with scope(jurisdiction=registry.jurisdictions()):
        imports.run(pk)


@shared_task
def draw_certificates(pk: int) -> None:
    """Draw the next part of a batch and queue the rest, so that other work gets its turn."""
    with scope(jurisdiction=registry.jurisdictions()):
        finished = certificate_pdf.draw_next(pk)
    if not finished:
        draw_certificates.apply_async(args=[pk], ignore_result=True)


@outbox.on("record_import")
def _queue_import(payload: dict[str, Any]) -> None:
    run_import.apply_async(args=[payload["import"]], retry=False, ignore_result=True)


@outbox.on("draw_certificates")
def _queue_certificates(payload: dict[str, Any]) -> None:
    draw_certificates.apply_async(args=[payload["batch"]], retry=False, ignore_result=True)


@schedule.sweep
def take_up_what_was_left(now: dt.datetime) -> None:
    """Queue again what was interrupted: a list half read has entered nothing, a part half drawn is drawn anew."""
    for pk in imports.stalled(now).values_list("pk", flat=True)[:100]:
        run_import.apply_async(args=[pk], retry=False, ignore_result=True)
    for pk in certificate_pdf.unfinished(now).values_list("pk", flat=True)[:100]:
        draw_certificates.apply_async(args=[pk], retry=False, ignore_result=True)
