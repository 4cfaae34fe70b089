"""What must hold of the code as a whole, read from its text and syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from apps.jurisdictions.rulebooks import registry

ROOT = settings.BASE_DIR
MOST_LINES = 400
ENGINE = "apps/cases/workflow/engine.py"
PLACES = {
    code: (code, *names)
    for code, names in {
        "national": (),
        "shanghai": ("上海", "沪人社"),
        "sichuan": ("四川", "川人社"),
        "weihai": ("威海", "威人社"),
        "zibo": ("淄博", "淄人社"),
    }.items()
}
LEVEL_OF_A_BASE = {"apps/bases/services/register.py"}
"""Where the word of the first jurisdiction's code means a level of base, as in the facts' vocabulary."""


def sources(*folders: str, suffix: str = ".py") -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob(f"*{suffix}"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules() -> list[Path]:
    return [path for path in sources("apps", "config", "scripts") if "/migrations/" not in name_of(path)]


def test_the_list_of_places_is_that_of_the_registry():
    assert sorted(PLACES) == sorted(registry.jurisdictions())


def test_no_jurisdiction_is_named_outside_the_rulebooks():
    found = []
    texts = [path for path in modules() if not name_of(path).startswith("apps/jurisdictions/rulebooks/")]
    for path in [*texts, *sources("templates", suffix=".html"), *sources("static", suffix=".js")]:
        text = path.read_text("utf-8")
        for code, *words in PLACES.values():
            if code == "national" and name_of(path) in LEVEL_OF_A_BASE:
                continue
            if re.search(rf"[\"'`]{code}(_\d+|_draft)?[\"'`]", text):
                found.append(f"{name_of(path)}: {code}")
            found += [f"{name_of(path)}: {word}" for word in words if word in text]
    assert not found, "\n".join(found)


def test_no_module_is_longer_than_four_hundred_lines():
    long = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


STATE_FREE_MODELS = {
    "BankLine",
    "Clock",
    "OutboxEntry",
    "PanelMember",
    "RecordImport",
    "outbox",
    "clock",
    "member",
    "entry",
    "open_line",
}
"""Things with a state of their own that is no case's."""


def _state_writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and target of every assignment to ``….state`` and every call that passes ``state=`` to a write."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for one in ast.walk(target):
                    if isinstance(one, ast.Attribute) and one.attr == "state" and isinstance(one.ctx, ast.Store):
                        yield one.lineno, ast.unparse(one.value)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            writes = called.rsplit(".", 1)[-1] in {"update", "create", "get_or_create", "update_or_create", "Case"}
            if called == "setattr" and len(node.args) > 1 and "state" in ast.unparse(node.args[1]):
                yield node.lineno, ast.unparse(node.args[0])
            if writes and any(keyword.arg == "state" for keyword in node.keywords):
                yield node.lineno, called


def test_nothing_but_the_engine_writes_the_state_of_a_case():
    found = []
    for path in modules():
        if name_of(path) == ENGINE:
            continue
        for line, target in _state_writes(ast.parse(path.read_text("utf-8"))):
            if not STATE_FREE_MODELS & set(re.split(r"\W+", target)):
                found.append(f"{name_of(path)}:{line} {target}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("case.state = 'admitted'", 1),
        ("Case.objects.filter(pk=1).update(state='admitted')", 1),
        ("setattr(case, 'state', 'admitted')", 1),
        ("case.state == 'admitted'", 0),
        ("Case.objects.filter(state='admitted')", 0),
    ],
)
def test_the_search_for_writes_finds_them(code: str, writes: int):
    assert len(list(_state_writes(ast.parse(code)))) == writes


def test_no_signal_handler_stands_between_a_step_and_its_act():
    found = [
        name_of(path)
        for path in modules()
        if re.search(r"\b(pre|post)_(save|delete|init)\b|m2m_changed", path.read_text("utf-8"))
    ]
    assert found == []


def test_no_template_carries_script_or_style_of_its_own():
    found = []
    for path in sources("templates", suffix=".html"):
        text = path.read_text("utf-8")
        if name_of(path).startswith("templates/documents/"):
            continue  # drawn to paper by the document renderer, never sent to a browser
        for pattern in (
            r"<style\b",
            r"<script(?![^>]*\bsrc=)",
            r"\sstyle=",
            r"\son[a-z]+=\"",
            r"javascript:",
            r"hx-on",
        ):
            found += [f"{name_of(path)}: {match.group()}" for match in re.finditer(pattern, text, re.IGNORECASE)]
    assert not found, "\n".join(found)


def _public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_every_service_and_selector_says_what_it_does():
    """A step registered for the plain page and a query of one line may speak for themselves."""
    found = []
    for path in modules():
        if "/services/" not in name_of(path) and path.name not in ("services.py", "selectors.py"):
            continue
        for function in _public_functions(path):
            short = len(function.body) == 1
            if not short and ast.get_docstring(function) is None:
                found.append(f"{name_of(path)}:{function.lineno} {function.name}")
    assert not found, "\n".join(found)
