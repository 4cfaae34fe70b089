"""The pages of the road to recognition, for an authority, a department and an institution with much to do."""

from __future__ import annotations

from bench.asked import Asked, quoted, session


def pages() -> list[Asked]:
    """The floors and the pages of a database that :func:`bench.generate.fill` has filled."""
    from django.db.models import Count
    from django_scopes import scopes_disabled

    from apps.accounts.models import Organisation
    from apps.cases.models import Case

    with scopes_disabled():
        authority = Organisation.objects.filter(kind="authority", name__startswith="基准").order_by("pk")[0]
        institution = Organisation.objects.filter(kind="institution", name__endswith="第1分部").order_by("pk")[0]
        departments = Organisation.objects.filter(kind="department", name__startswith="基准")
        department = departments.annotate(waiting=Count("cases_in_turn")).order_by("-waiting")[0]
        waiting = Case.objects.filter(turn_organisation=authority, kind="application")
        cases = [waiting.filter(state=state).order_by("pk")[0] for state in ("intake", "decision_reviewed")]
        closed = Case.objects.filter(authority=authority, state="recognised").order_by("pk")[0]
        sessions = {
            "officer": session(authority, "authority_officer"),
            "department": session(department, "department_officer"),
            "institution": session(institution, "institution_head"),
            "": "",
        }
    found = [
        ("floor: cases", "/bench/cases/", "officer", ""),
        ("barest: cases", "/bench/cases/barest/", "officer", ""),
        ("floor: bases", "/bench/bases/", "", ""),
        ("barest: bases", "/bench/bases/barest/", "", ""),
        ("dashboard, authority officer", "/dashboard/", "officer", "cases"),
        ("dashboard, department officer", "/dashboard/", "department", "cases"),
        ("dashboard, institution head", "/dashboard/", "institution", "cases"),
        ("queue, all, newest first", "/cases/", "officer", "cases"),
        ("queue, one state", "/cases/?kind=application&state=recognised", "officer", "cases"),
        ("queue, to do, soonest due", "/cases/?view=todo", "officer", "cases"),
        ("queue, sorted by due day", "/cases/?sort=due", "officer", "cases"),
        ("queue, search by name", "/cases/?q=" + quoted("青云"), "officer", "cases"),
        ("queue, page 8", "/cases/?page=8", "officer", "cases"),
        ("queue of the institution", "/cases/", "institution", "cases"),
        ("intake queue", "/applications/intake/", "officer", "cases"),
        ("recommendation queue", "/applications/recommendations/", "department", "cases"),
        ("case page, intake", f"/cases/{cases[0].number}/", "officer", "cases"),
        ("case page, decision", f"/cases/{cases[1].number}/", "officer", "cases"),
        ("case page, recognised", f"/cases/{closed.number}/", "officer", "cases"),
        ("register", "/bases/", "", "bases"),
        ("register, filtered", "/bases/?level=provincial&status=active", "", "bases"),
        ("register, search by name", "/bases/?q=" + quoted("青云"), "", "bases"),
        ("register, rare name", "/bases/?q=" + quoted("第7分部"), "", "bases"),
        ("register, nothing found", "/bases/?q=" + quoted("查无此名"), "", "bases"),
        ("register, sorted by name", "/bases/?sort=name", "", "bases"),
    ]
    return [Asked(name, url, sessions[person], floor) for name, url, person, floor in found]
