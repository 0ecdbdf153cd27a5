"""A small API over one table, so that the edge is tested without any app."""

from collections.abc import Callable
from typing import Any, NoReturn
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.api.authentication import enforce_csrf
from tokdesk.common.api.fields import (
    AddressField,
    LineField,
    StrictBooleanField,
    StrictIntegerField,
    StrictUUIDField,
    TextField,
    VisibleField,
)
from tokdesk.common.api.filters import boolean_filter, choice_filter, time_filter, uuid_filter
from tokdesk.common.api.permissions import PUBLIC
from tokdesk.common.api.serializers import StrictSerializer
from tokdesk.common.api.views import BaseAPIView
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import Denied, Unauthenticated
from tokdesk.common.models import RateCounter
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import open_company

ACME = UUID("00000000-0000-7000-8000-00000000000a")
MEMBER = UUID("00000000-0000-7000-8000-00000000000b")
AUTHENTICATORS = ["tokdesk.common.tests.small_api.known_actor"]


def known_actor(request: HttpRequest) -> Actor | None:
    """`Bearer <role>` is a member with that role; `Bearer dead` a credential that died."""
    _scheme, _space, name = request.headers.get("Authorization", "").partition(" ")
    if name == "dead":
        raise Unauthenticated("session_ended")
    if name == "cookie":
        enforce_csrf(request)
    if name == "platform":
        return Actor(ActorKind.PLATFORM, role=Role.SUPER_ADMIN, user_id=MEMBER)
    if not name:
        return None
    return Actor(ActorKind.MEMBER, role=name, member_id=MEMBER, company_id=ACME)


def make_counter(*, key: str, count: int) -> RateCounter:
    def work() -> RateCounter:
        return RateCounter.objects.create(key=key, count=count, expires_at=timezone.now())

    return run_in_transaction(work)


def refuse() -> NoReturn:
    raise Denied


def touch_counter(counter: RateCounter) -> RateCounter:
    def work() -> RateCounter:
        counter.count += 1
        counter.save(update_fields=["count"])
        return counter

    return run_in_transaction(work)


class CounterOutput(serializers.Serializer[RateCounter]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    count = serializers.IntegerField()


class CounterInput(StrictSerializer):
    key = LineField(max_length=10)
    count = StrictIntegerField(min_value=0, default=0)


class CounterViewSet(BaseViewSet):
    """Counters."""

    permission_codes = {
        "list": None,
        "retrieve": None,
        "create": None,
        "configure": "company:configure",
        "touch": None,
        "pair": None,
        "refuse": None,
    }
    idempotent = {"create": True, "touch": True, "pair": True, "refuse": True, "configure": False}
    inputs = {"create": CounterInput}
    serializer_class = CounterOutput
    ordering_fields = {"created_at": "created_at", "key": "key", "count": "count"}
    filters = {
        "count": choice_filter(["1", "2"], "count"),
        "many": boolean_filter("count__gt"),
        "since": time_filter("created_at__gte"),
        "ref": uuid_filter("pk"),
    }

    def get_queryset(self) -> Any:
        return RateCounter.objects.all()

    def create(self, request: Any) -> Response:
        return self.answer(make_counter(**self.read()))

    @action(detail=False, methods=["post"])
    def configure(self, request: Any) -> Response:
        return self.no_content()

    @action(detail=False, methods=["post"])
    def pair(self, request: Any) -> Response:
        first = make_counter(key="first", count=0)
        make_counter(key="second", count=0)
        return self.answer(first)

    @action(detail=False, methods=["post"])
    def refuse(self, request: Any) -> Response:
        try:
            run_in_transaction(refuse)
        finally:
            make_counter(key="noted", count=0)

    @action(detail=True, methods=["post"])
    def touch(self, request: Any, pk: str) -> Response:
        return self.answer(touch_counter(self.get_object()))


class PersonInput(StrictSerializer):
    name = LineField(max_length=5)
    email = AddressField()


class EverythingInput(StrictSerializer):
    text = TextField(max_length=5, required=False)
    number = StrictIntegerField(required=False)
    switch = StrictBooleanField(required=False)
    ref = StrictUUIDField(required=False)
    counter = VisibleField(lambda actor: RateCounter.objects.all(), required=False)
    admin = PersonInput(required=False)
    people = PersonInput(many=True, required=False)
    names = serializers.ListField(child=LineField(), required=False)
    version = StrictIntegerField(required=False)


class EchoView(BaseAPIView):
    """Answers what was read of the body."""

    permission_codes = {"post": PUBLIC}
    inputs = {"post": EverythingInput}

    def post(self, request: Any) -> Response:
        data = self.read()
        return Response({name: str(value) for name, value in data.items()})


class VersionView(BaseAPIView):
    """Answers the version that the caller saw."""

    permission_codes = {"patch": None}
    inputs = {"patch": EverythingInput}

    def patch(self, request: Any) -> Response:
        response = Response({"expected": self.expected_version(self.read())})
        response["ETag"] = '"7"'
        return response


class LateField(serializers.Field[Any, Any, Any, Any]):
    def to_representation(self, value: Any) -> str:
        return str(open_company())


class ScopeOutput(serializers.Serializer[Any]):
    company = LateField(source="*")


class ScopeView(BaseAPIView):
    """Tells which company is open while it works; `?crash=true` breaks inside it."""

    permission_codes = {"get": None, "post": PUBLIC}
    query_parameters = {"get": {"crash"}}
    outputs = {"get": ScopeOutput, "post": ScopeOutput}

    def get(self, request: Any) -> Response:
        if "crash" in request.query_params:
            raise RuntimeError(_("inside"))
        return self.answer(object())

    def post(self, request: Any) -> Response:
        return self.answer(object())


class RaiseView(BaseAPIView):
    """Raises what the test put into `error`."""

    permission_codes = {"get": PUBLIC}
    error: Callable[[], BaseException]

    def get(self, request: Any) -> Response:
        raise RaiseView.error()


class PlatformView(BaseAPIView):
    permission_codes = {"get": "company:list"}
    needs_company = False

    def get(self, request: Any) -> Response:
        return self.no_content()


class OwnCompanyView(BaseAPIView):
    permission_codes = {"get": "company:view"}

    def get(self, request: Any) -> Response:
        return self.no_content()


@require_GET
def plain_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


router = SimpleRouter()
router.register("counters", CounterViewSet, basename="counter")

api_urls = [
    path("", include(router.urls)),
    path("echo/", EchoView.as_view()),
    path("version/", VersionView.as_view()),
    path("scope/", ScopeView.as_view()),
    path("raise/", RaiseView.as_view()),
    path("platform/", PlatformView.as_view()),
    path("company/", OwnCompanyView.as_view()),
    path("plain/", plain_page),
]
urlpatterns = [path("api/v1/", include(api_urls)), path("page/", plain_page)]
