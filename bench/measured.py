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
from dataclasses import asdict
from io import BytesIO
from typing import Any

import django

from bench.asked import Asked


def main() -> None:
    """Answer until standard input ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    from django.core.wsgi import get_wsgi_application

    site, asked = get_wsgi_application(), pages(sys.argv[1] if len(sys.argv) > 1 else "road")
    answers = {
        "count": lambda: count(site, asked),
        "round": lambda: one_round(site, asked, time.perf_counter),
        "cpu": lambda: one_round(site, asked, time.process_time),
    }
    for line in sys.stdin:
        print(json.dumps(answers[line.strip()]()), flush=True)


def pages(world: str) -> list[Asked]:
    """The pages of one of the worlds that :mod:`bench.generate` makes: road, life or money."""
    from bench import life_pages, money_pages, road_pages

    return {"road": road_pages, "life": life_pages, "money": money_pages}[world].pages()


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
