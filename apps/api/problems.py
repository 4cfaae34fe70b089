"""Errors as problem details (RFC 9457): one shape for every refusal, in Chinese, naming the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from apps.jurisdictions.rulebooks.errors import InputError, UnknownJurisdiction

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """A kind of refusal: its code is the fragment of its address, ``detail`` what is said when nothing better is."""

    code: str
    status: int
    title: str
    detail: str


TYPES: dict[str, ProblemType] = {
    kind.code: kind
    for kind in (
        ProblemType("invalid-input", 400, "输入有误", "所给的值不符合要求，errors 逐项说明是哪一项、应填什么。"),
        ProblemType("malformed-body", 400, "请求体不是JSON", "请求体应为UTF-8编码的JSON，不得嵌套过深。"),
        ProblemType("not-signed-in", 401, "尚未登录", "请先在平台登录，再以同一会话访问。"),
        ProblemType("not-permitted", 403, "无权访问", "您当前的单位或身份不能访问此项内容。"),
        ProblemType("not-found", 404, "没有找到", "没有这一项内容，或者您无权查看。"),
        ProblemType("method-not-allowed", 405, "不支持这一请求方法", "此地址可用的方法见响应头 Allow。"),
        ProblemType("not-acceptable", 406, "没有所要的格式", "接口只提供 application/json。"),
        ProblemType("too-large", 413, "请求过大", "请求超出大小或份数的上限，请分批提交。"),
        ProblemType("unsupported-media-type", 415, "不支持这一内容类型", "请求体应为 application/json。"),
        ProblemType("too-many-requests", 429, "请求过于频繁", "请按响应头 Retry-After 所示的秒数等待后再试。"),
        ProblemType("refused", 400, "请求未被接受", "请求未被接受。"),
    )
}
_BY_STATUS = {
    401: "not-signed-in",
    403: "not-permitted",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
}


class Refused(exceptions.APIException):
    """A refusal of one of TYPES; ``errors`` name the fields, see :func:`error`."""

    def __init__(self, code: str, detail: str = "", errors: Iterable[dict[str, Any]] = ()) -> None:
        kind = TYPES[code]
        super().__init__(detail or kind.detail)
        self.kind = kind
        self.status_code = kind.status
        self.errors = list(errors)


def error(field: str, message: str, place: str, position: int | None = None) -> dict[str, Any]:
    """One entry of ``errors``: ``place`` is ``query``, ``path`` or ``body``; ``position`` counts from zero."""
    return {"field": field, "in": place, "position": position, "message": message}


def invalid(errors: Iterable[dict[str, Any]]) -> Refused:
    """The refusal of input whose ``errors`` are listed; the first one is repeated as the detail."""
    listed = list(errors)
    first = listed[0]
    where = "" if first["position"] is None else f"第{first['position'] + 1}份，"
    return Refused("invalid-input", f"{where}{first['field']}：{first['message']}", listed)


def from_rules(cause: InputError, place: str) -> Refused:
    """The refusal for an error of the rules layer, found in ``place``."""
    if isinstance(cause, UnknownJurisdiction):
        return Refused("not-found", cause.expected, [error("jurisdiction", cause.expected, "path")])
    return invalid([error(cause.field.removeprefix("--"), cause.expected, place, cause.position)])


def problem_response(cause: Exception, context: dict[str, Any]) -> Response | None:
    """The framework's handler of exceptions: headers as it sets them, the body as problem details.

    None for anything that is no refusal: then it is a fault, and Django reports it.
    """
    from rest_framework.views import exception_handler  # views read the settings that name this module

    if isinstance(cause, Http404):
        cause = Refused("not-found")
    elif isinstance(cause, PermissionDenied):
        cause = Refused("not-permitted")
    response = exception_handler(cause, context)
    if response is None:
        return None
    kind = _type_of(cause, response.status_code)
    response.data = {
        "type": f"{settings.PUBLIC_BASE_URL}{reverse('api:problems')}#{kind.code}",
        "title": kind.title,
        "status": response.status_code,
        "detail": _detail_of(cause, kind),
        "instance": context["request"].path,
        "errors": getattr(cause, "errors", []),
    }
    response.content_type = MEDIA_TYPE
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), MEDIA_TYPE  # whatever the view renders
    return response


def _type_of(cause: Exception, status: int) -> ProblemType:
    if isinstance(cause, Refused):
        return cause.kind
    if isinstance(cause, exceptions.ParseError):
        return TYPES["malformed-body"]
    return TYPES[_BY_STATUS.get(status, "refused")]


def _detail_of(cause: Exception, kind: ProblemType) -> str:
    """What the refusal says of itself; the framework's own phrases give way to ours."""
    if isinstance(cause, exceptions.Throttled) and cause.wait is not None:
        return f"请求过于频繁，请在{int(cause.wait) + 1}秒后再试。"
    if isinstance(cause, (Refused, exceptions.PermissionDenied)):
        return str(cause.detail)
    return kind.detail
