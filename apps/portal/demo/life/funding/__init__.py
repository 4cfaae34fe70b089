"""Public money in the demo: cycles with awards in every stage where the text has them, plans audited where it has those."""

from apps.portal.demo.life.funding.cycles import add_cycle_lines
from apps.portal.demo.life.funding.special import add_special_lines
from apps.portal.demo.life.people import Life

__all__ = ["add_funding_lines"]


def add_funding_lines(life: Life) -> None:
    """What the jurisdiction's text says of money, played; nothing where it says nothing."""
    funding = life.rules.funding
    if funding is None:
        return
    if funding.scheme is not None:
        add_cycle_lines(life)
    else:
        add_special_lines(life)
