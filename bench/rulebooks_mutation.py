"""Mutation testing of the rulebooks: change one thing, run their tests, and count the changes no test notices.

    .venv/bin/python bench/rulebooks_mutation.py [--sample 400] [--seed 1] [--only weihai_2019 money]

Unlike tools that change function bodies alone, this also changes the literal data of the regulations: numbers, codes,
article references, yes and no, members of lists. Left alone are docstrings, annotations and decorators, and the
Chinese prose of the regulation modules, the fact labels and the help texts; every message of the vocabulary is changed like code.
Nothing is written to disk: a mutated module is compiled in memory in a process of its own.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import inspect
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import chinese_calendar  # noqa: F401  loaded once here rather than in every process
import hypothesis  # noqa: F401
import pytest
import yaml  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "apps.jurisdictions.rulebooks"
SOURCES = ROOT / "apps/jurisdictions/rulebooks"
TESTS = "tests/jurisdictions/rulebooks"
PROSE_LEFT_ALONE = {"cli", "facts"} | {path.stem for path in SOURCES.glob("*_[12d]*.py") if path.stem != "json_input"}
SLOW = "not any_value_is_answered and not tranches_always_add_up"
SECONDS = 120
GOAL = 95.0

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.Pow: ast.Mult,
}


class Mutant(NamedTuple):
    """One change: the module, the line, what was changed, and the place of the node and variant in the tree."""

    module: str
    line: int
    change: str
    node: int
    variant: int


def mutated_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that may be changed, in a fixed order: no docstring, annotation, decorator or type alias."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            skipped.update(id(child) for child in ast.iter_child_nodes(node))
            continue
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            skipped.add(id(body[0]))
        for name in ("annotation", "returns", "decorator_list"):
            value = getattr(node, name, None)
            skipped.update(id(one) for one in (value if isinstance(value, list) else [value]) if one is not None)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            skipped.add(id(node.value))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            skipped.add(id(node.value))
        if id(node) not in skipped:
            yield node


def variants(node: ast.AST, *, prose: bool) -> list[tuple[str, ast.AST]]:
    """Return the changes of one node as (description, changed copy)."""
    changed = copy.deepcopy(node)
    match changed:
        case ast.Constant(value=bool(value)):
            changed.value = not value
            return [(f"{value} -> {not value}", changed)]
        case ast.Constant(value=int(value)):
            changed.value = value + 1
            return [(f"{value} -> {value + 1}", changed)]
        case ast.Constant(value=str(value)) if value and (prose or value.isascii()):
            changed.value = f"{value}X"
            return [(f"{value[:30]!r} -> ...X", changed)]
        case ast.Compare(ops=[operator]) if type(operator) in COMPARISONS:
            changed.ops = [COMPARISONS[type(operator)]()]
            return [(f"{type(operator).__name__} -> {type(changed.ops[0]).__name__}", changed)]
        case ast.BoolOp():
            changed.op = ast.Or() if isinstance(changed.op, ast.And) else ast.And()
            return [("and <-> or", changed)]
        case ast.BinOp() if type(changed.op) in OPERATORS:
            changed.op = OPERATORS[type(changed.op)]()
            return [(f"operator -> {type(changed.op).__name__}", changed)]
        case ast.UnaryOp(op=ast.Not()):
            return [("not dropped", changed.operand)]
        case ast.If() | ast.IfExp():
            changed.test = ast.UnaryOp(ast.Not(), changed.test)
            return [("condition negated", changed)]
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            changed.value = ast.Constant(None)
            return [("returns None", changed)]
        case ast.Tuple(elts=[_, *_], ctx=ast.Load()) if all(isinstance(one, ast.Constant) for one in changed.elts):
            changed.elts = changed.elts[1:]
            return [("first member dropped", changed)]
    return []


def mutants_of(module: str) -> list[Mutant]:
    """Return every mutant of a module."""
    tree = ast.parse((SOURCES / f"{module}.py").read_text(encoding="utf-8"))
    prose = module not in PROSE_LEFT_ALONE
    return [
        Mutant(module, getattr(node, "lineno", 0), change, number, variant)
        for number, node in enumerate(mutated_nodes(tree))
        for variant, (change, _) in enumerate(variants(node, prose=prose))
    ]


def compiled(mutant: Mutant) -> Any:
    """Return the code of the mutated module."""
    path = SOURCES / f"{mutant.module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    target = list(mutated_nodes(tree))[mutant.node]
    replacement = variants(target, prose=True)[mutant.variant][1]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return replacement if node is target else self.generic_visit(node)

    return compile(ast.fix_missing_locations(Replace().visit(tree)), str(path), "exec")


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Load the mutated code in place of the module."""

    def __init__(self, name: str, code: Any) -> None:
        self.name, self.code = name, code

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> Any:
        """Answer for the mutated module alone."""
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutated code."""
        module.__file__ = str(SOURCES / f"{self.name.rpartition('.')[2]}.py")
        exec(self.code, module.__dict__)


def survives(mutant: Mutant | None) -> bool:
    """Tell whether every test passes with the mutant in place (None: with no mutant). A test that hangs has failed.

    The tests are first called directly, which is quick and settles nearly every mutant; those left go through pytest.
    """
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    if mutant is not None:
        sys.meta_path.insert(0, Loader(f"{PACKAGE}.{mutant.module}", compiled(mutant)))
    try:
        for path in sorted(Path(TESTS).glob("test_*.py")):
            call_tests(importlib.import_module(f"{TESTS.replace('/', '.')}.{path.stem}"))
    except BaseException:
        return False
    for name in [name for name in sys.modules if name.startswith(("apps.", "tests."))]:
        del sys.modules[name]
    options = ["-x", "-q", "-c", os.devnull, "--rootdir=.", f"--confcutdir={TESTS}", "-k", SLOW]
    plugins = [option for name in ("django", "cacheprovider", "xdist", "randomly") for option in ("-p", f"no:{name}")]
    return pytest.main([*options, *plugins, TESTS]) == 0


def call_tests(module: ModuleType) -> None:
    """Call every test of a module that needs no fixture, with each of its parameter sets."""
    for name, test in vars(module).items():
        if not name.startswith("test_") or hasattr(test, "hypothesis"):
            continue
        sets: list[dict[str, Any]] = [{}]
        for mark in getattr(test, "pytestmark", []):
            if mark.name == "parametrize":
                names = mark.args[0] if isinstance(mark.args[0], (tuple, list)) else mark.args[0].split(",")
                sets = [
                    one | dict(zip(names, values, strict=True)) for one in sets for values in value_sets(mark, names)
                ]
        if set(inspect.signature(test).parameters) <= set(sets[0]):
            for one in sets:
                test(**one)


def value_sets(mark: Any, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the values of a parametrize mark as tuples."""
    raw = [getattr(one, "values", one) if not isinstance(one, dict) else one for one in mark.args[1]]
    return [one if len(names) > 1 else (one[0] if isinstance(one, tuple) and len(one) == 1 else one,) for one in raw]


def tried(mutant: Mutant | None) -> bool:
    """Try a mutant in a process of its own and tell whether it survived."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.alarm(SECONDS)
        os._exit(0 if survives(mutant) else 1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def main() -> int:
    """Print the survivors and the score; exit 1 below the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="try this many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="modules to mutate")
    given = parser.parse_args()
    modules = given.only or sorted(path.stem for path in SOURCES.glob("*.py") if path.stem != "__init__")
    every = [mutant for module in modules for mutant in mutants_of(module)]
    chosen = random.Random(given.seed).sample(every, given.sample) if given.sample else every
    if not tried(None):
        print("the tests fail without any mutant")
        return 1
    began, survivors = time.monotonic(), []
    with multiprocessing.Pool(given.processes) as pool:
        for mutant, survived in zip(chosen, pool.imap(partial(tried), chosen, chunksize=4), strict=True):
            if survived:
                survivors.append(mutant)
                print(f"survived  {mutant.module}.py:{mutant.line}  {mutant.change}", flush=True)
    score = 100 * (1 - len(survivors) / len(chosen))
    print(
        f"{len(chosen) - len(survivors)} of {len(chosen)} mutants killed ({score:.1f} %), "
        f"drawn from {len(every)}, in {time.monotonic() - began:.0f} s"
    )
    return int(score < GOAL)


if __name__ == "__main__":
    sys.exit(main())
