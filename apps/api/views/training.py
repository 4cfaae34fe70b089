"""Trainees of a project, reported by the institution's own system: all rows or none, the same rows twice without effect."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.base import ActingView
from apps.api.problems import Refused, error, invalid
from apps.api.serializers.training import MOST_ROWS, ReportedSerializer, TraineesSerializer
from apps.cases.enums import CaseKind
from apps.cases.web import case_or_404
from apps.cases.workflow import NotPermitted, WorkflowError
from apps.plans.services import for_api

MOST_ERRORS = 1000


class ProjectRecords(ActingView):
    @extend_schema(
        operation_id="training_records_report",
        request=TraineesSerializer,
        responses=ReportedSerializer,
        summary="报送一个培训项目的学员",
        description=(
            f"由举办单位报送，一次至多{MOST_ROWS}人。有一人不符合要求时全部不登记，errors 的 position 从零起指明是第几人。"
            "已登记而未发证的按所报更新；同样内容再报一次没有任何改动。"
        ),
        tags=["cases"],
    )
    def post(self, request: Request, number: str) -> Response:
        self.parameters()
        case = case_or_404(request._request, number, CaseKind.TRAINING_PROJECT)
        try:
            for_api.check_may_enter(case, self.actor)  # before what was sent is read at all
            rows = _rows(self.body())
            done = for_api.enter_rows(case, self.actor, rows, for_api.BY_API)
        except for_api.RowsRefused as refused:
            errors = [
                error(for_api.FIELD_OF.get(one.column, "records"), one.message, "body", one.row - 1)
                for one in refused.errors[:MOST_ERRORS]
            ]
            raise invalid(errors) from None
        except NotPermitted as refused:
            raise Refused("not-permitted", str(refused)) from None
        except WorkflowError as refused:
            raise Refused("refused", str(refused)) from None
        return Response(ReportedSerializer(done).data)


def _rows(body: Any) -> list[dict[str, str]]:
    """The rows as text, or a refusal that names every row whose shape is wrong."""
    if not isinstance(body, dict) or set(body) != {"records"} or not isinstance(body["records"], list):
        raise invalid([error("records", "应为对象，其中 records 是学员的数组", "body")])
    records = body["records"]
    if not records:
        raise invalid([error("records", "没有学员", "body")])
    if len(records) > MOST_ROWS:
        raise Refused("too-large", f"一次至多 {MOST_ROWS} 人，所报 {len(records)} 人，请分批报送。")
    errors = [one for position, row in enumerate(records) for one in _shape_errors(position, row)]
    if errors:
        raise invalid(errors[:MOST_ERRORS])
    return [{name: _text(row.get(name)) for name in for_api.FIELDS} for row in records]


def _shape_errors(position: int, row: Any) -> list[dict[str, Any]]:
    if not isinstance(row, dict):
        return [error("records", "应为对象", "body", position)]
    if all(not _text(value).strip() for value in row.values()):
        return [error("records", "没有填写", "body", position)]
    unknown = [error(name[:64], "没有这一项", "body", position) for name in row if name not in for_api.FIELDS]
    return unknown + [
        error(name, "应为文字" if name != "value" else "应为文字或数", "body", position)
        for name, value in row.items()
        if name in for_api.FIELDS and not _is_cell(name, value)
    ]


def _is_cell(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return value is None or isinstance(value, str) or (name == "value" and isinstance(value, int | float))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
