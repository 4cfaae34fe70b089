"""What becomes of a base after its recognition, played through the services in one jurisdiction."""

from apps.portal.demo.life.days import life_days, live, play_life
from apps.portal.demo.life.people import Life, Member

__all__ = ["Life", "Member", "life_days", "live", "play_life"]
