"""One size's pages, asked in turn in a process of their own: what :mod:`bench.pages` compares.

Reads lines from standard input; to each it answers with one line of JSON: ``count`` with the queries and bytes of
every page, ``round`` with the seconds each took once, floor and pages in a new random order every time; ``cpu`` likewise with the
seconds of processor time, which a busy machine does not distort but which leave out the work of a database server.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import django


@dataclass(frozen=True)
class Asked:
    """A page: who asks for it (a session key, empty for a visitor) and the floor it stands on."""

    name: str
    url: str
    session: str
    floor: str


def main() -> None:
    """Answer until standard input ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    from django.core.wsgi import get_wsgi_application

    site, asked = get_wsgi_application(), pages()
    answers = {
        "count": lambda: count(site, asked),
        "round": lambda: one_round(site, asked, time.perf_counter),
        "cpu": lambda: one_round(site, asked, time.process_time),
    }
    for line in sys.stdin:
        print(json.dumps(answers[line.strip()]()), flush=True)


def pages() -> list[Asked]:
    """The floors and the pages, for an authority, a department and an institution with much to do."""
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
            "officer": _session(authority, "authority_officer"),
            "department": _session(department, "department_officer"),
            "institution": _session(institution, "institution_head"),
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
        ("queue, search by name", "/cases/?q=" + _quoted("青云"), "officer", "cases"),
        ("queue, page 8", "/cases/?page=8", "officer", "cases"),
        ("queue of the institution", "/cases/", "institution", "cases"),
        ("intake queue", "/applications/intake/", "officer", "cases"),
        ("recommendation queue", "/applications/recommendations/", "department", "cases"),
        ("case page, intake", f"/cases/{cases[0].number}/", "officer", "cases"),
        ("case page, decision", f"/cases/{cases[1].number}/", "officer", "cases"),
        ("case page, recognised", f"/cases/{closed.number}/", "officer", "cases"),
        ("register", "/bases/", "", "bases"),
        ("register, filtered", "/bases/?level=provincial&status=active", "", "bases"),
        ("register, search by name", "/bases/?q=" + _quoted("青云"), "", "bases"),
        ("register, rare name", "/bases/?q=" + _quoted("第7分部"), "", "bases"),
        ("register, nothing found", "/bases/?q=" + _quoted("查无此名"), "", "bases"),
        ("register, sorted by name", "/bases/?sort=name", "", "bases"),
    ]
    return [Asked(name, url, sessions[person], floor) for name, url, person, floor in found]


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def _session(organisation: Any, role: str) -> str:
    from django.conf import settings
    from django.test import Client

    from apps.accounts.models import User

    person = User.objects.filter(memberships__organisation=organisation, memberships__role=role).order_by("pk")[0]
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def ask(site: Any, page: Asked) -> bytes:
    """The page's body, through the WSGI application and its whole middleware. Raises RuntimeError unless it is 200."""
    path, _, query = page.url.partition("?")
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "bench.invalid",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": f"sessionid={page.session}" if page.session else "",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    response = site(environ, lambda line, headers: status.append(line))
    body = b"".join(response)
    response.close()
    if status != ["200 OK"]:
        raise RuntimeError(f"{page.url}: {status}")
    return body


def count(site: Any, asked: list[Asked]) -> list[dict[str, Any]]:
    """Every page with its number of queries and bytes; also warms caches of templates and addresses."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = []
    for page in asked:
        ask(site, page)
        with CaptureQueriesContext(connection) as queries:
            body = ask(site, page)
        sql = [query["sql"] for query in queries.captured_queries if not query["sql"].startswith(("PRAGMA", "BEGIN"))]
        rows = body.count(b"<tr") + body.count(b'class="todo-title"')
        found.append({**asdict(page), "queries": len(sql), "bytes": len(body), "rows": rows, "sql": sql})
    return found


def one_round(site: Any, asked: list[Asked], clock: Callable[[], float]) -> dict[str, float]:
    """Seconds of every page, asked once each in a random order."""
    taken = {}
    for page in random.sample(asked, len(asked)):
        started = clock()
        ask(site, page)
        taken[page.name] = clock() - started
    return taken


if __name__ == "__main__":
    main()
