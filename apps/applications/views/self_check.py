"""资格自测: the public page on which anybody checks an institution against every text at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.applications.forms.self_check import SelfCheckForm
from apps.applications.services.comparison import compare
from apps.jurisdictions.rulebooks.errors import InputError


@require_safe
def self_check(request: HttpRequest) -> HttpResponse:
    """Questions, and below them the answer in each jurisdiction side by side. Answers stand in the address."""
    asked = bool(request.GET)
    form = SelfCheckForm(request.GET if asked else None)
    context: dict[str, Any] = {"heading": "资格自测", "form": form, "groups": list(form.groups()), "asked": asked}
    status = 200
    if asked:
        valid = form.is_valid()
        try:
            columns, rows = compare(form.facts(), timezone.localdate())
        except InputError as error:
            form.add_error(None, str(error))
        else:
            context.update(columns=columns, rows=rows)
        status = 200 if valid else 422
    return render(request, "applications/form/self_check.html", context, status=status)
