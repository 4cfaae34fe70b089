"""Choosing the organisation acted for, and the people and organisations an administrator looks after."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors, services
from apps.accounts.decorators import requires_role
from apps.accounts.enums import ADMIN_ROLES, MANAGER_ROLES, OrganisationKind, Role
from apps.accounts.forms import MemberForm, OrganisationForm, PersonForm
from apps.accounts.middleware import SESSION_KEY
from apps.accounts.models import Membership, Organisation, User
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.facts import BASE_LEVELS

PAGE_SIZE = 25
manager = requires_role(*sorted(MANAGER_ROLES))


def closed(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """An account page the portal has no use for: nobody registers an address or resets a password by mail."""
    raise Http404


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


@manager
@require_GET
def members(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The people of an organisation the actor looks after: roles now and before."""
    organisation = _managed(request, pk)
    people: dict[int, dict[str, Any]] = {}
    for row in selectors.memberships_of_organisation(organisation):
        person = people.setdefault(row.user_id, {"user": row.user, "current": [], "ended": []})
        person["current" if row.is_active else "ended"].append(row)
    context = {
        "heading": "人员与身份",
        "organisation": organisation,
        "people": sorted(people.values(), key=lambda person: not person["current"]),
        "admin_roles": ADMIN_ROLES,
    }
    return render(request, "accounts/members.html", context)


@manager
@never_cache
@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role; a new account's temporary password is shown once."""
    organisation = _managed(request, pk)
    form = MemberForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.add_member(request.actor, organisation, **form.cleaned_data)
        except services.Refused as error:
            form.refuse(error)
        else:
            if opened.password:
                return _show_password(request, opened.membership.user, opened.password, organisation)
            messages.success(request, f"{opened.membership.user.name}已有{opened.membership.get_role_display()}身份。")
            return redirect("accounts:members_of", pk=organisation.pk)
    context = {"heading": "增加人员", "organisation": organisation, "form": form}
    return render(request, "accounts/member_form.html", context, status=422 if form.errors else 200)


@manager
@require_POST
def membership_end(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """End one role of a person."""
    organisation = _managed(request, pk)
    membership = get_object_or_404(Membership, pk=membership_pk, organisation=organisation, is_active=True)
    try:
        services.end_role(request.actor, membership)
    except services.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已终止{membership.user.name}的{membership.get_role_display()}身份。")
    return redirect("accounts:members_of", pk=organisation.pk)


@manager
@never_cache
@require_http_methods(["GET", "POST"])
def member_deactivate(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """Let go of a colleague who leaves, after saying what that means."""
    organisation, user = _member(request, pk, user_pk)
    problem = ""
    if request.method == "POST":
        try:
            services.deactivate(request.actor, organisation, user)
        except services.Refused as error:
            problem = str(error)
        else:
            messages.success(request, f"已停用{user.name}在本单位的全部身份，其经办的事项仍由本单位办理。")
            return redirect("accounts:members_of", pk=organisation.pk)
    context = {"heading": f"停用{user.name}", "organisation": organisation, "person": user, "problem": problem}
    return render(request, "accounts/deactivate.html", context, status=409 if problem else 200)


@manager
@never_cache
@require_POST
def member_reset(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """Give a colleague a new temporary password, shown once."""
    organisation, user = _member(request, pk, user_pk)
    try:
        password = services.reset_password(request.actor, organisation, user)
    except services.Refused as error:
        messages.error(request, str(error))
        return redirect("accounts:members_of", pk=organisation.pk)
    return _show_password(request, user, password, organisation)


@requires_role(Role.SECURITY_ADMIN)
@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations the security administrator's authority has entered, and every institution."""
    text = request.GET.get("q", "").strip()[:100]
    found = selectors.listed_organisations(request.actor, text)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    managed = set(selectors.managed_organisations(request.actor).values_list("pk", flat=True))
    context = {"heading": "单位开户", "page": page, "q": text, "managed": managed}
    return render(request, "accounts/organisations.html", context)


@requires_role(Role.SECURITY_ADMIN)
@never_cache
@require_http_methods(["GET", "POST"])
def organisation_create(request: HttpRequest) -> HttpResponse:
    """Enter an organisation with its first person."""
    data = request.POST if request.method == "POST" else None
    form = OrganisationForm(data, levels=_levels(request.actor.organisation))
    person = PersonForm(data, prefix="person")
    if request.method == "POST" and form.is_valid() & person.is_valid():
        try:
            opened = services.open_organisation(request.actor, form.save(commit=False), **person.cleaned_data)
        except services.Refused as error:
            person.refuse(error)
        except IntegrityError:
            form.add_error("credit_code", "这个统一社会信用代码已经开户，请在列表中查找。")
        else:
            return _show_password(
                request, opened.membership.user, opened.password or "", opened.membership.organisation
            )
    context = {"heading": "单位开户", "form": form, "person": person}
    status = 422 if form.errors or person.errors else 200
    return render(request, "accounts/organisation_form.html", context, status=status)


@requires_role(Role.SECURITY_ADMIN)
@never_cache
@require_http_methods(["GET", "POST"])
def organisation_appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an institution that nobody leads a new first person."""
    organisation = get_object_or_404(Organisation, pk=pk, kind=OrganisationKind.INSTITUTION)
    person = PersonForm(request.POST or None)
    if request.method == "POST" and person.is_valid():
        try:
            opened = services.appoint_first_person(request.actor, organisation, **person.cleaned_data)
        except services.Refused as error:
            person.refuse(error)
        else:
            return _show_password(request, opened.membership.user, opened.password or "", organisation)
    context = {"heading": "指定单位负责人", "organisation": organisation, "form": person}
    return render(request, "accounts/member_form.html", context, status=422 if person.errors else 200)


def _levels(organisation: Organisation) -> list[tuple[str, str]]:
    """The levels of base of the jurisdiction's text, with their names."""
    rulebook = rulebooks.rulebook(organisation.jurisdiction_id or "", timezone.localdate())
    return [(level, BASE_LEVELS.get(level, level)) for level in rulebook.road.levels]


def _managed(request: HttpRequest, pk: int | None) -> Organisation:
    managed = selectors.managed_organisations(request.actor)
    return get_object_or_404(managed, pk=request.actor.organisation.pk if pk is None else pk)


def _member(request: HttpRequest, pk: int, user_pk: int) -> tuple[Organisation, User]:
    organisation = _managed(request, pk)
    people = User.objects.filter(memberships__organisation=organisation, memberships__is_active=True).distinct()
    return organisation, get_object_or_404(people, pk=user_pk)


def _show_password(request: HttpRequest, user: User, password: str, organisation: Organisation) -> HttpResponse:
    context = {"heading": "初始密码", "person": user, "password": password, "organisation": organisation}
    return render(request, "accounts/password_once.html", context)
