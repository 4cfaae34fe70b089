"""What verification says of something that is not in order."""

from __future__ import annotations

from dataclasses import dataclass

from apps.jurisdictions.rulebooks.money import yuan


@dataclass(frozen=True)
class Finding:
    """``code`` for programs, ``message`` in Chinese for people; ``award`` is the number of the award's case, if one's."""

    code: str
    message: str
    award: str = ""


def signed_yuan(fen: int) -> str:
    """As yuan(), for a sum that may be below nothing."""
    return yuan(fen) if fen >= 0 else f"-{yuan(-fen)}"


def differs(what: str, fen: int, other: str, other_fen: int) -> str:
    """Two readings of one sum that do not agree."""
    return f"{what}{signed_yuan(fen)}，{other}{signed_yuan(other_fen)}"
