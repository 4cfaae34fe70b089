"""What every address of the API shares: who asks, how often, and what is said when it is refused."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_scopes import scope
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.accounts.actors import Actor
from apps.accounts.decorators import NO_MEMBERSHIP
from apps.api.parameters import NoQuery, read_query
from apps.api.problems import Refused
from apps.cases.paging import PAGE_SIZE, Page
from apps.jurisdictions.rulebooks import registry


class IsActing(BasePermission):
    """A signed-in person who acts for an organisation."""

    message = NO_MEMBERSHIP

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(request.user, "must_change_password", False):
            self.message = "您使用的是初始密码，请先在平台修改密码。"
        return request.user.is_authenticated and actor_of(request) is not None


def actor_of(request: Request) -> Actor | None:
    """Who acts, as the middleware found."""
    actor: Actor | None = request._request.actor  # type: ignore[attr-defined]
    return actor


class ApiView(APIView):
    """Base of every view; ``query`` declares the parameters it takes, and no other is accepted."""

    http_method_names = [name for name in APIView.http_method_names if name != "options"]
    query: ClassVar[type[Serializer[Any]]] = NoQuery

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if any("\x00" in value for value in kwargs.values()):  # no name holds it, and PostgreSQL takes none
            raise Refused("not-found")

    def parameters(self) -> dict[str, Any]:
        return read_query(self.request, self.query)

    def body(self) -> Any:
        """The JSON sent. Raises a refusal where there is none."""
        if self.request.stream is None:
            raise Refused("malformed-body", "缺少请求体：应为JSON，并在Content-Length中给出长度。")
        return self.request.data

    def paged(self, page: Page, serializer: type[Serializer[Any]]) -> Response:
        """One page of a list with links to the next and the one before."""
        return Response(
            {
                "count": page.total,
                "count_capped": page.total_capped,
                "page": page.number,
                "page_size": PAGE_SIZE,
                "next": self._link(page.next_page_number) if page.has_next else None,
                "previous": self._link(page.previous_page_number) if page.has_previous else None,
                "results": serializer(page.rows, many=True, context={"request": self.request}).data,
            }
        )

    def _link(self, number: int) -> str:
        query = self.request.query_params.copy()
        query["page"] = str(number)
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")


class PublicView(ApiView):
    """What anyone may read. It answers everyone alike: signing in for one jurisdiction hides nothing public."""

    permission_classes = [AllowAny]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with scope(jurisdiction=registry.jurisdictions()):
            return super().dispatch(request, *args, **kwargs)


class ActingView(ApiView):
    """What a person may read for the organisation acted for."""

    permission_classes = [IsActing]

    @property
    def actor(self) -> Actor:
        actor = actor_of(self.request)
        if actor is None:
            raise Refused("not-permitted")
        return actor

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response
