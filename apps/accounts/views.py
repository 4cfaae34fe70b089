"""Choosing the organisation acted for, and the members of an organisation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.middleware import SESSION_KEY


@login_required
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Act from now on for the organisation of the person's own membership ``membership``, and go to its dashboard."""
    chosen = request.POST.get("membership", "")
    membership = next((row for row in request.memberships if str(row.pk) == chosen), None)
    if membership is None:
        messages.error(request, "您没有在这个单位任职，办理单位没有变更。")
    else:
        request.session[SESSION_KEY] = membership.organisation_id
        messages.success(request, f"现在以{membership.organisation.name}的名义办理业务。")
    return redirect("portal:dashboard")
