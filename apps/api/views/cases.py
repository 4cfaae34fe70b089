"""The cases of the person signed in, through the same selectors as the pages; read only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.base import ActingView
from apps.api.parameters import Choice, PagedQuery
from apps.api.serializers.cases import CaseDetailSerializer, CaseSerializer
from apps.api.serializers.common import page_of
from apps.cases import listing, selectors
from apps.cases.enums import CaseKind, ClockState
from apps.cases.forms import CaseFilterForm, state_choices
from apps.cases.presenting import MOST_ACTS
from apps.cases.web import case_or_404


class CasesQuery(PagedQuery):
    view = Choice(
        choices=tuple(code for code, _ in CaseFilterForm.VIEWS if code),
        required=False,
        help_text="todo我的待办、waiting等待他人、closed已办结；默认为全部",
    )
    kind = Choice(choices=tuple(CaseKind.values), required=False, help_text="业务")
    state = serializers.CharField(required=False, max_length=40, help_text="状态")
    due = Choice(
        choices=tuple(code for code, _ in CaseFilterForm.DUE if code),
        required=False,
        help_text="overdue已逾期、week七日内到期、set有期限",
    )
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="编号、事项或单位")
    sort = Choice(choices=tuple(listing.SORTS), required=False, help_text="排序，默认为-opened；我的待办默认为due")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        known = [code for code, _ in state_choices(attrs.get("kind", ""))]
        if "state" in attrs and attrs["state"] not in known:
            raise serializers.ValidationError({"state": f"应为{'、'.join(known)}之一"})
        return attrs


FILTERS = ("view", "kind", "state", "due", "q")


class CaseList(ActingView):
    query = CasesQuery

    @extend_schema(
        operation_id="cases_list",
        parameters=[CasesQuery],
        responses=page_of("CasePage", CaseSerializer),
        summary="本单位的办件",
        description="与办件页面范围相同：本单位参与的办件；评审专家为被指派的办件。",
        tags=["cases"],
    )
    def get(self, request: Request) -> Response:
        given = self.parameters()
        values = {name: given[name] for name in FILTERS if given.get(name)}
        sort = given.get("sort", "due" if values.get("view") == "todo" else "")
        return self.paged(listing.cases_page(self.actor, values, sort, given.get("page", 1)), CaseSerializer)


class CaseDetail(ActingView):
    @extend_schema(
        responses=CaseDetailSerializer,
        summary="一个办件及其办理记录、时限和文书",
        description=f"办理记录按先后排列，至多为最近{MOST_ACTS}条；内部记录只给认定机关。",
        tags=["cases"],
    )
    def get(self, request: Request, number: str) -> Response:
        self.parameters()
        case = case_or_404(request._request, number)
        acts = list(selectors.timeline(case, self.actor).order_by("-seq")[: MOST_ACTS + 1])
        context = {
            "request": request,
            "acts": acts[MOST_ACTS - 1 :: -1] if len(acts) > MOST_ACTS else acts[::-1],
            "acts_truncated": len(acts) > MOST_ACTS,
            "clocks": selectors.clocks_of(case).exclude(state=ClockState.CANCELLED),
            "documents": selectors.documents_of(case, self.actor).select_related("issuer", "addressee"),
        }
        return Response(CaseDetailSerializer(case, context=context).data)
