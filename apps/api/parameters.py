"""Query parameters, read strictly: one that is unknown, repeated or odd is refused by its name."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.problems import error, invalid
from apps.cases.paging import MOST_PAGES
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.errors import InputError
from apps.jurisdictions.rulebooks.facts import parse_date

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_TRUTH = {"true": True, "false": False}


@extend_schema_field(OpenApiTypes.DATE)
class DateParameter(serializers.Field):
    """A day written YYYY-MM-DD and in no other way."""

    def to_internal_value(self, data: Any) -> dt.date:
        try:
            return parse_date(self.field_name, data)
        except InputError as cause:
            raise serializers.ValidationError(cause.expected) from None


class WholeParameter(serializers.IntegerField):
    """A whole number in plain digits."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not _WHOLE.fullmatch(data):
            raise serializers.ValidationError("应为整数")
        return int(data)


@extend_schema_field(OpenApiTypes.BOOL)
class TruthParameter(serializers.Field):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if data not in _TRUTH:
            raise serializers.ValidationError("应为true或false")
        return _TRUTH[data]


class Choice(serializers.ChoiceField):
    """One of the codes listed; the refusal lists them."""

    def to_internal_value(self, data: Any) -> str:
        if data not in self.choices:
            raise serializers.ValidationError(f"应为{'、'.join(self.choices)}之一")
        return str(data)


def jurisdiction_choice() -> Choice:
    return Choice(choices=registry.jurisdictions(), required=False, help_text="管理范围")


class NoQuery(serializers.Serializer[Any]):
    """An address that takes no parameters."""


class PagedQuery(serializers.Serializer[Any]):
    page = WholeParameter(
        required=False,
        min_value=1,
        max_value=MOST_PAGES,
        error_messages={"min_value": "应不小于1", "max_value": f"应不大于{MOST_PAGES}"},
        help_text=f"页码，从1到{MOST_PAGES}",
    )


def read_query(request: Request, query: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The parameters as ``query`` declares them. Raises a refusal that lists every one that is wrong."""
    declared = query().fields
    given = request.query_params
    errors = [error(name, "没有这个参数", "query") for name in given if name not in declared]
    errors += [error(name, "只应给出一次", "query") for name in given if len(given.getlist(name)) > 1]
    reader = query(data={name: given[name] for name in given})
    if not reader.is_valid():
        errors += [error(name, str(messages[0]), "query") for name, messages in reader.errors.items()]
    if errors:
        raise invalid(errors)
    return dict(reader.validated_data)
