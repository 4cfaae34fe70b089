"""Identity documents: checked, sealed, recognised again by a keyed digest, and masked wherever they are shown."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import os
import re
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from apps.plans.enums import IdentityKind

_PROVINCE_CODES = (
    range(11, 16),
    range(21, 24),
    range(31, 38),
    range(41, 47),
    range(50, 55),
    range(61, 66),
    (71,),
    range(81, 84),
)
PROVINCES = frozenset(str(code) for codes in _PROVINCE_CODES for code in codes)
EARLIEST_BIRTH = dt.date(1900, 1, 1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_OTHERS: dict[str, tuple[re.Pattern[str], str]] = {
    IdentityKind.PASSPORT: (re.compile(r"[A-Z0-9]{5,15}"), "护照号码应为 5 至 15 位字母和数字。"),
    IdentityKind.HONG_KONG_MACAO: (
        re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
        "港澳居民来往内地通行证号码应为 H 或 M 加 8 位数字。",
    ),
    IdentityKind.TAIWAN: (re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"), "台湾居民来往大陆通行证号码应为 8 位数字。"),
}
_FULL_WIDTH = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
_NONCE = 12


class IdentityInvalid(ValueError):
    """The number is none of its kind; the message, in Chinese, says what is wrong and never repeats the number."""


def cleaned(kind: str, raw: str, today: dt.date) -> str:
    """The number of a document of ``kind`` as it is kept: half-width, upper case, without spaces.

    A resident's number (GB 11643) must have 18 places, a division that exists, a birth date no later than ``today``
    and the right check character. Raises IdentityInvalid.
    """
    number = re.sub(r"[\s-]", "", raw.translate(_FULL_WIDTH)).upper()
    if kind == IdentityKind.RESIDENT:
        _check_resident(number, today)
    else:
        pattern, message = _OTHERS[kind]
        if not pattern.fullmatch(number):
            raise IdentityInvalid(message)
    return number


def _check_resident(number: str, today: dt.date) -> None:
    if not _RESIDENT.fullmatch(number):
        raise IdentityInvalid(f"居民身份证号码应为 18 位，前 17 位是数字；现有 {len(number)} 位。")
    if number[:2] not in PROVINCES or number[2:6] == "0000":
        raise IdentityInvalid("居民身份证号码的地区代码不存在。")
    try:
        birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdentityInvalid("居民身份证号码中的出生日期不存在。") from None
    if not EARLIEST_BIRTH <= birth <= today:
        raise IdentityInvalid("居民身份证号码中的出生日期不在合理范围内。")
    if check_character(number[:17]) != number[17]:
        raise IdentityInvalid("居民身份证号码的校验码不符，请核对是否抄错。")


def check_character(digits: str) -> str:
    """The 18th place of a resident's number for its first 17 (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def masked(number: str) -> str:
    """What pages show: three places before and two after for long numbers, fewer for short ones; never the birth date."""
    before, after = (3, 2) if len(number) >= 15 else (1, 2)
    hidden = len(number) - before - after
    return number[:before] + "*" * hidden + number[-after:] if hidden > 0 else "*" * len(number)


def digest(kind: str, number: str) -> str:
    """The keyed digest by which equal documents are found: without the key nobody can try numbers out."""
    return hmac.new(_digest_key(), f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()


def seal(number: str) -> str:
    """The number encrypted with the first key configured."""
    return seal_bytes(number.encode()).decode()


def unseal(sealed: str) -> str:
    """The number again, by whichever configured key sealed it. Raises LookupError where that key is gone."""
    return unseal_bytes(sealed.encode()).decode()


def seal_bytes(content: bytes) -> bytes:
    """Any content encrypted with the first key: name of the key, dot, text-safe nonce and ciphertext."""
    name, key = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE)
    return name.encode() + b"." + base64.b64encode(nonce + key.encrypt(nonce, content, None))


def unseal_bytes(sealed: bytes) -> bytes:
    """What :func:`seal_bytes` sealed. Raises LookupError where the key is not configured or the content altered."""
    name, _, body = sealed.partition(b".")
    key = _keys().get(name.decode("ascii", "replace"))
    if key is None:
        raise LookupError("the key that sealed this is not configured")
    raw = base64.b64decode(body)
    try:
        return key.decrypt(raw[:_NONCE], raw[_NONCE:], None)
    except InvalidTag:
        raise LookupError("the sealed content has been altered") from None


def is_sealed_with_first_key(sealed: str) -> bool:
    """Whether nothing is left to do after keys were rotated."""
    return sealed.partition(".")[0] == next(iter(_keys()))


def _secrets() -> tuple[str, ...]:
    given = tuple(part.strip() for part in settings.FIELD_ENCRYPTION_KEY.split(",") if part.strip())
    return given or (settings.SECRET_KEY,)


def _keys() -> dict[str, AESGCM]:
    return _derived_keys(_secrets())


@lru_cache(maxsize=8)
def _derived_keys(secrets: tuple[str, ...]) -> dict[str, AESGCM]:
    derived = [_derive(secret, b"portal: fields sealed") for secret in secrets]
    return {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in derived}


def _digest_key() -> bytes:
    # The last of the keys, which is the oldest: digests must stay comparable when a new key is put before it.
    return _derived_digest_key(getattr(settings, "IDENTITY_DIGEST_KEY", "") or _secrets()[-1])


@lru_cache(maxsize=8)
def _derived_digest_key(secret: str) -> bytes:
    return _derive(secret, b"portal: identity digests")


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
