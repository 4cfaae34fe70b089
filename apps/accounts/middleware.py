"""The acting organisation on the request, its scope around every query, and its pages kept out of every cache."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django_scopes import scope

from apps.accounts.actors import actor_from, memberships_of
from apps.jurisdictions.rulebooks import registry

SESSION_KEY = "acting_organisation"


class PrivatePagesMiddleware:
    """What a signed-in person is shown stays in no cache, neither a proxy's nor that of a browser others use too.

    A response that says itself how it may be kept, such as a published document, is left as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class ActingOrganisationMiddleware:
    """Sets ``request.actor`` (None when nobody acts) and ``request.memberships``, and opens the scope.

    A person who has not yet changed a temporary password acts for nobody.
    Visitors read across jurisdictions, but public selectors narrow them to what is published.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None
        request.memberships = []
        if request.user.is_authenticated and not request.user.must_change_password:
            request.memberships = memberships_of(request.user)
            request.actor = actor_from(request.user, request.memberships, request.session.get(SESSION_KEY))
        jurisdictions = request.actor.scope if request.actor else registry.jurisdictions()
        with scope(jurisdiction=jurisdictions):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
            return response
