"""Every rulebook there is. A module of this package that defines RULEBOOK is one; nothing else need know of it."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import import_module
from itertools import combinations

from .errors import UnknownJurisdiction, UnknownRulebook, printable
from .rulebook import Rulebook, evaluate_many

__all__ = ["all", "by_key", "evaluate_many", "governing", "jurisdictions", "readers_of", "rulebook", "versions"]

_LEVELS = ("national", "provincial", "municipal")


@cache
def all() -> tuple[Rulebook, ...]:
    """Return every rulebook: national first, then by province, then by city; versions of one by date.

    Raises ValueError if two versions would be in force on one day, or a module's name is not its rulebook's key.
    """
    found = []
    package = import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        candidate = getattr(import_module(f"{__package__}.{module.name}"), "RULEBOOK", None)
        if isinstance(candidate, Rulebook):
            if candidate.key != module.name:
                raise ValueError(f"{module.name} defines a rulebook with the key {candidate.key}")
            found.append(candidate)
    check_no_overlap(found)
    return tuple(sorted(found, key=lambda one: (_LEVELS.index(one.level), one.jurisdiction, one.in_force.first_day)))


def check_no_overlap(rulebooks: Sequence[Rulebook]) -> None:
    """Raise ValueError if two texts of one jurisdiction would be in force on one day."""
    for one, other in combinations(rulebooks, 2):
        if one.jurisdiction == other.jurisdiction and one.in_force.overlaps(other.in_force):
            raise ValueError(f"{one.key} and {other.key} are in force on the same day")


@cache
def jurisdictions() -> tuple[str, ...]:
    """Return the jurisdictions in their fixed order."""
    return tuple(dict.fromkeys(one.jurisdiction for one in all()))


def versions(jurisdiction: str) -> tuple[Rulebook, ...]:
    """Return every version of a jurisdiction's text. Raises UnknownJurisdiction."""
    found = tuple(one for one in all() if one.jurisdiction == jurisdiction)
    if not found:
        shown = printable(jurisdiction)
        raise UnknownJurisdiction("JURISDICTION", f"没有{shown}这个管理范围，应为{'、'.join(jurisdictions())}之一")
    return found


def governing(candidates: Sequence[Rulebook], on: date) -> Rulebook:
    """Pick the version that governs on a day: in force, else the last to lapse, else a draft, else the next to come."""
    in_force = [one for one in candidates if one.status(on) == "in_force"]
    lapsed = [one for one in candidates if one.status(on) == "lapsed"]
    drafts = [one for one in candidates if one.draft]
    if in_force:
        return in_force[0]
    if lapsed:
        return max(lapsed, key=lambda one: one.in_force.last_day)
    if drafts:
        return drafts[-1]
    return min(candidates, key=lambda one: one.in_force.first_day)


def rulebook(jurisdiction: str, on: date) -> Rulebook:
    """Return the rulebook that governs on a day, also where it has lapsed or is a draft. Raises UnknownJurisdiction."""
    return governing(versions(jurisdiction), on)


def by_key(key: str) -> Rulebook:
    """Return the rulebook whose module has that name. Raises UnknownRulebook."""
    for one in all():
        if one.key == key:
            return one
    raise UnknownRulebook(key)


@cache
def readers_of(fact: str) -> tuple[str, ...]:
    """Return the jurisdictions whose conditions, preferences or road read a fact."""
    return tuple(name for name in jurisdictions() if any(fact in facts_read_by(one) for one in versions(name)))


def facts_read_by(one: Rulebook) -> frozenset[str]:
    """Return the facts a rulebook reads."""
    read = {fact for condition in one.conditions for fact in condition.facts}
    read.update(fact for preference in one.preferences for fact in preference.facts)
    if any(preference.base_level for preference in one.preferences):
        read.add("base_level")
    if one.road.direct_application is not None:
        read.add("existing_bases")
    return frozenset(read)
