"""The earlier round and everything that follows from it, day by day."""

from __future__ import annotations

import datetime as dt

from apps.bases.models import Base
from apps.portal.demo.agenda import Agenda, Line
from apps.portal.demo.clock import StoryClock
from apps.portal.demo.life import changes, funding, inspections, plans, sanctions, training
from apps.portal.demo.life.people import Life, member_of, parts_of
from apps.portal.demo.people import Cast
from apps.portal.demo.story import EARLIER_NUMBERS, Story


def life_days(cast: Cast, agenda: Agenda, today: dt.date) -> Line:
    """The round of the year before, then the life of the bases it recognised, as lines of ``agenda``."""
    life = Life(cast, agenda, today)
    yield from recognise(life)
    live(life)


def recognise(life: Life) -> Line:
    """The round of the year before: every base of the life enters the register."""
    cast, parts = life.cast, parts_of(life.cast)
    story = Story(cast, cast.office, life.clock, life.today, first=EARLIER_NUMBERS)
    yield from story.earlier_days(len(parts))
    for part, applicant in zip(parts, story.people, strict=True):
        base = Base.objects.get(institution=applicant.editor.organisation)
        life.members.append(member_of(base, part))


def live(life: Life) -> None:
    """Add the lines of the bases' life to the agenda."""
    plans.add_plan_lines(life)
    training.add_training_lines(life)
    inspections.add_inspection_lines(life)
    sanctions.add_sanction_lines(life)
    changes.add_change_lines(life)
    funding.add_funding_lines(life)


def play_life(cast: Cast, clock: StoryClock, today: dt.date) -> Life:
    """Play the earlier round and the life of its bases alone; the clock stands at ``today`` afterwards."""
    life = Life(cast, Agenda(clock), today)
    life.agenda.add(recognise(life))
    life.agenda.run()
    live(life)
    life.agenda.run()
    clock.go_to(today)
    return life
