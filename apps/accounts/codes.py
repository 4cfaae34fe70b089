"""Check digits and formats of the national codes: GB 32100 and GB/T 2260."""

import re

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_DIVISION = re.compile(r"[1-9]\d{5}")


def check_character(first_seventeen: str) -> str:
    """The eighteenth character of a unified social credit code (GB 32100-2015), from its first seventeen."""
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def is_credit_code(code: str) -> bool:
    """Whether ``code`` has the form and check digit of GB 32100-2015."""
    return bool(_CODE.fullmatch(code)) and check_character(code[:17]) == code[17]


def is_division(code: str) -> bool:
    """Whether ``code`` has the form of a county-level or higher GB/T 2260 code."""
    return bool(_DIVISION.fullmatch(code))
