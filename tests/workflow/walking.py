"""A walk: random people attempt random steps of whatever business a scene has, and every time all of it is checked.

A scene is one jurisdiction with a base, everybody who might lay hands on its cases, and a service for every step.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Callable
from random import Random
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.actors import Actor, actor_for
from apps.accounts.enums import Role
from apps.accounts.models import Membership, Organisation
from apps.cases.models import Act, Case
from apps.cases.workflow import WorkflowError, workflow_for
from apps.cases.workflow.engine import perform, road_of
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks import registry
from tests.factories import AuthorityFactory, DepartmentFactory, OrganisationFactory, Supervision, member
from tests.workflow.invariants import Law, check_case, check_numbers, fingerprint

Attempt = Callable[[Case, Actor, int], Any]
Opening = Callable[[Actor, int], Any]
REFUSALS = (WorkflowError, ObjectDoesNotExist, ValidationError)
WHOLE_OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)


class Scene:
    """A base and its people. ``laws`` say what holds of each kind of case; ``attempts`` and ``openings`` are services.

    ``standing`` of a text that is not in force: 'rehearsal'; 'extended', where the authority has recorded that it
    goes on; 'lapsed', walked for real all the same, so that nothing adverse may happen.
    """

    kinds: tuple[str, ...] = ()
    adverse: frozenset[str] = frozenset()
    walks = 5
    attempts_a_walk = 110

    def __init__(self, jurisdiction: str, travel: Callable[[dt.datetime], Any], standing: str) -> None:
        self.jurisdiction, self.travel, self.lapsed = jurisdiction, travel, standing == "lapsed"
        self.here = Supervision(jurisdiction, is_sandbox=standing == "rehearsal")
        if standing == "extended":
            extend(self.here)
        self.base, self.authority = self.here.base, self.here.authority
        self.superior: Organisation | None = None
        self.people = [*self._own(), *self._mixed(), *self._others()]
        self.laws: dict[str, Law] = self.make_laws()
        self.prepare()

    def make_laws(self) -> dict[str, Law]:
        raise NotImplementedError

    def prepare(self) -> None:
        """What a scene adds before anybody walks."""

    def begin(self, number: int) -> None:
        """Bring the scene to where walk ``number`` begins: deep states are few steps away from some beginnings."""

    def openings(self) -> dict[str, Opening]:
        return {}

    def attempts(self, kind: str) -> dict[str, Attempt]:
        raise NotImplementedError

    def sweeps(self) -> list[Callable[[dt.datetime], None]]:
        return []

    def check(self, case: Case | None) -> None:
        """What holds beyond the single case."""

    def _own(self) -> list[Actor]:
        here = self.here
        return [here.editor, here.head, here.unit_officer, here.unit_head, *here.office.values()]

    def _mixed(self) -> list[Actor]:
        """People who hold several roles in one organisation, and one who stands on both sides."""
        here, unit = self.here, self.here.unit
        both_sides = here.unit_officer.user
        Membership.objects.create(user=both_sides, organisation=self.authority, role=Role.AUTHORITY_HEAD)
        return [
            member(here.institution, Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD),
            member(unit, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD),
            member(unit, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD),
            member(self.authority, *WHOLE_OFFICE),
            member(self.authority, *WHOLE_OFFICE),
            actor_for(both_sides, self.authority),
        ]

    def _others(self) -> list[Actor]:
        """People who have no part in anything here: other organisations of the same and of another jurisdiction."""
        code = self.jurisdiction
        rival = OrganisationFactory()
        another_unit = DepartmentFactory(jurisdiction_id=code)
        lower = AuthorityFactory(jurisdiction_id=code, superior=self.authority, levels=["regional"])
        association = OrganisationFactory(
            kind="association", jurisdiction_id=code, superior=self.authority, may_assist=True
        )
        foreign = AuthorityFactory(jurisdiction_id="national" if code == "zibo" else "zibo")
        return [
            member(rival, Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD),
            member(another_unit, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD),
            member(lower, *WHOLE_OFFICE),
            member(association, Role.SERVICE_ASSISTANT),
            member(foreign, *WHOLE_OFFICE),
            member(self.authority, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
            member(self.authority, Role.FINANCE_OFFICER),
        ]

    def cases(self) -> list[Case]:
        return list(Case.objects.filter(base=self.base, kind__in=self.kinds).order_by("pk"))

    def watched(self) -> list[Case]:
        """Every case of the scene, those included in which nobody attempts anything but what a step of another does."""
        return self.cases()


def extend(here: Supervision) -> None:
    """The authority has recorded, and its head confirmed, that the text goes on."""
    RulebookExtension.objects.create(
        rulebook_key=registry.rulebook(here.base.jurisdiction_id, timezone.localdate()).key,
        jurisdiction_id=here.base.jurisdiction_id,
        kind=RulebookExtension.Kind.EXTENSION,
        document_number="测人社发〔2025〕9号",
        document_date=dt.date(2025, 1, 2),
        effective_from=dt.date(2025, 1, 2),
        recorded_by=here.office["legal"].user,
        recorded_for=here.authority,
        confirmed_by=here.office["head"].user,
        confirmed_at=timezone.now(),
    )


class Walk:
    """One walk through a scene. ``reached`` gathers kind:state of everything that was passed."""

    def __init__(self, scene: Scene, random: Random) -> None:
        self.scene, self.random = scene, random
        self.reached: set[str] = set()
        self.checked: dict[int, int] = {}

    def go(self, attempts: int) -> set[str]:
        for turn in range(attempts):
            self._something(turn)
        check_numbers()
        return self.reached

    def _something(self, turn: int) -> None:
        cases = self.scene.cases()
        running = [case for case in cases if case.closed_at is None]
        kind = self.random.random()
        if not cases or kind < (0.12 if running else 0.6):
            self._open()
        elif kind < 0.2:
            self._probe(self.random.choice(cases))
        elif kind < 0.28:
            self._let_time_pass()
        else:
            weighed = running * 4 + cases if running else cases
            self._step(self.random.choice(weighed))

    def _open(self) -> None:
        openings = self.scene.openings()
        if not openings:
            return
        name = self.random.choice(sorted(openings))
        able = self._able(name) if self.random.random() < 0.8 else self.scene.people
        actor, choice = self.random.choice(able or self.scene.people), self.random.randrange(60)
        count = Case.objects.count()
        moved = tried(lambda: openings[name](actor, choice))
        assert moved or Case.objects.count() == count
        self._check_all()

    def _able(self, opening: str) -> list[Actor]:
        law = self.scene.laws.get(opening.split(":")[0])
        roles = frozenset().union(*(who.roles for who in law.who["open"])) if law else frozenset()
        own = {self.scene.here.institution.pk, self.scene.here.unit.pk, self.scene.authority.pk}
        return [one for one in self.scene.people if one.has(*roles) and one.organisation.pk in own]

    def _step(self, case: Case) -> None:
        """Somebody attempts a step: mostly one that the state has, by somebody who might; often neither."""
        case.refresh_from_db()
        before, scene = fingerprint(case), self.scene
        attempts = scene.attempts(case.kind)
        workflow = workflow_for(case.kind)
        here = [step for step in workflow.steps_from(case.state, case, road_of(case)) if step.name in attempts]
        if not here or self.random.random() < 0.1:
            name, able = self.random.choice(sorted(attempts)), []
        else:
            leaving = [one for one in here if one.target and one.name not in ("drop", "cancel")]
            step = self.random.choice(leaving if leaving and self.random.random() < 0.7 else here)
            name = step.name
            able = [one for one in scene.people if one.has(*step.by.roles) and one.organisation.pk in self._sides(case)]
        actor = self.random.choice(able if able and self.random.random() < 0.8 else scene.people)
        moved = tried(lambda: attempts[name](case, actor, self.random.randrange(60)))
        self._after(case, moved, before)

    def _sides(self, case: Case) -> set[int]:
        return set(case.parties.values_list("organisation_id", flat=True))

    def _probe(self, case: Case) -> None:
        """The bare engine, without the service: whatever it lets through must be allowed; then it is undone."""
        case.refresh_from_db()
        workflow, law = workflow_for(case.kind), self.scene.laws[case.kind]
        name = self.random.choice(sorted({one.name for one in workflow.transitions}))
        actor = self.random.choice([None, *self.scene.people])
        with transaction.atomic():
            if tried(lambda: perform(case, name, actor, reason="理由")):
                assert name in law.clock if actor is None else name in law.who
                check_case(case, law)
            transaction.set_rollback(True)
        case.refresh_from_db()

    def _let_time_pass(self) -> None:
        now = timezone.now() + dt.timedelta(days=self.random.choice([1, 1, 3, 8, 21]))
        self.scene.travel(now)
        for sweep in self.scene.sweeps():
            sweep(now)
        self._check_all()

    def _after(self, case: Case, moved: bool, before: tuple[str, int, int]) -> None:
        if not moved:
            assert fingerprint(case) == before
            return
        assert before[0] not in workflow_for(case.kind).final or fingerprint(case) == before
        self._check_all()

    def _check_all(self) -> None:
        """Every case that has changed since it was last checked, and the base they are about."""
        for case in self.scene.watched():
            if self.checked.get(case.pk) != case.version:
                self.reached.add(f"{case.kind}:{case.state}")
                check_case(case, self.scene.laws[case.kind])
                self.scene.check(case)
                self.checked[case.pk] = case.version
        self.scene.check(None)
        if self.scene.lapsed:
            taken = set(Act.objects.filter(case__in=self.scene.watched()).values_list("name", flat=True))
            assert not taken & self.scene.adverse, "an adverse act under a text that is not in force"


def tried(attempt: Callable[[], Any]) -> bool:
    """Whether the attempt went through; a refusal leaves nothing behind."""
    with contextlib.suppress(*REFUSALS), transaction.atomic():
        attempt()
        return True
    return False


def walks(scene: Scene, start: str, *, count: int, attempts: int) -> set[str]:
    """Walk ``count`` times, each from the same beginning and undone; what all of them reached."""
    reached: set[str] = set()
    begin, numbers = dt.datetime.fromisoformat(start), itertools.count()

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(min_value=0, max_value=2**32))
    def walk(seed: int) -> None:
        scene.travel(begin)
        with transaction.atomic():
            scene.begin(next(numbers))
            reached.update(Walk(scene, Random(seed)).go(attempts))
            transaction.set_rollback(True)
        scene.base.refresh_from_db()

    walk()
    return reached
