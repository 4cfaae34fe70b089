"""Request bodies: strict JSON of bounded size."""

from __future__ import annotations

from typing import Any, BinaryIO

from rest_framework.parsers import BaseParser

from apps.api.problems import Refused, error
from apps.jurisdictions.rulebooks import json_input
from apps.jurisdictions.rulebooks.errors import InputError

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes: a full batch of applications with every fact filled in is about half of it."""


class StrictJSONParser(BaseParser):
    """JSON as the rules command reads it: no NaN, no key twice, no nesting beyond the reader's stack."""

    media_type = "application/json"

    def parse(self, stream: BinaryIO, media_type: str | None = None, parser_context: Any = None) -> Any:
        content = stream.read(LARGEST_BODY + 1)
        if len(content) > LARGEST_BODY:
            raise Refused("too-large", f"请求体应不超过{LARGEST_BODY // (1024 * 1024)} MiB，请分批提交。")
        try:
            return json_input.load(content, "body")
        except InputError as cause:
            raise Refused(
                "malformed-body", f"{cause.field}：{cause.expected}", [error(cause.field, cause.expected, "body")]
            ) from None
