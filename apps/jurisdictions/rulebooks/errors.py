"""The errors the rules layer raises. Every message is one line of Chinese that may be shown to a user."""

from __future__ import annotations

_SHOWN = 60


def printable(value: str, longest: int = _SHOWN) -> str:
    """Return text typed by someone so that it fits in one line of a message: control characters escaped, cut short."""
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in value
    )
    return shown if len(shown) <= longest else shown[:longest] + "…"


class RulesError(ValueError):
    """Anything the rules layer refuses."""


class InputError(RulesError):
    """A value given to the rules that they cannot take.

    `field` names the value ("annual_trainees", "prior_fraud[0].date", "--start"), `expected` says in Chinese what
    was asked for, `position` is the zero-based place in a batch, or None.
    """

    def __init__(self, field: str, expected: str, position: int | None = None) -> None:
        super().__init__(field, expected, position)
        self.field = field
        self.expected = expected
        self.position = position

    def __str__(self) -> str:
        place = "" if self.position is None else f"第{self.position + 1}份[{self.position}] "
        return f"{place}{self.field}：{self.expected}"

    def at(self, position: int) -> InputError:
        """Return the same error with its zero-based place in the batch."""
        return InputError(self.field, self.expected, position)


class CalendarDataMissing(InputError):
    """The calendar holds no State Council announcement for `year`, so a working day cannot be told from a rest day."""

    def __init__(self, year: int) -> None:
        super().__init__("calendar", f"日历中没有{year}年的放假安排，导入国务院办公厅当年通知后才能推算工作日")
        self.year = year


class UnknownJurisdiction(InputError):
    """No rulebook belongs to a jurisdiction of that name."""


class UnknownRulebook(RulesError, KeyError):
    """No rulebook module has that key."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        return f"没有名为{printable(self.key)}的规则"
