"""REST of departments and of the people in them."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import Person
from accounts.models import Membership
from departments.api.serializers import (
    Archive,
    DepartmentBrief,
    DepartmentInput,
    DepartmentOutput,
    DepartmentPatch,
    NewMember,
)
from departments.doors import archived_department
from departments.models import Department
from departments.querysets import matching, working_in
from departments.services import (
    add_department_member,
    archive_department,
    create_department,
    remove_department_member,
    update_department,
)
from tokdesk.common.api.filters import text_filter
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.errors import NotFound
from tokdesk.common.roles import Role

FOR_ITS_READER = PolymorphicProxySerializer(
    component_name="Department",
    serializers=[DepartmentOutput, DepartmentBrief],
    resource_type_field_name=None,
)


@extend_schema(tags=["departments"])
@extend_schema_view(
    list=extend_schema(responses=FOR_ITS_READER), retrieve=extend_schema(responses=FOR_ITS_READER)
)
class DepartmentViewSet(BaseViewSet):
    """Departments: whole for staff; customers learn what they need to choose one."""

    serializer_class = DepartmentOutput
    permission_codes: ClassVar = {
        "list": "department:view",
        "retrieve": "department:view",
        "create": "department:create",
        "partial_update": "department:update",
        "archive": "department:archive",
    }
    inputs: ClassVar = {
        "create": DepartmentInput,
        "partial_update": DepartmentPatch,
        "archive": Archive,
    }
    filters: ClassVar = {"q": text_filter(matching)}
    ordering_fields: ClassVar = {"name": "name_key", "created_at": "created_at"}
    default_ordering = "name"

    def get_queryset(self) -> QuerySet[Any]:
        return Department.objects.visible_to(self.actor).with_details()

    def create(self, request: Request) -> Response:
        made = create_department(actor=self.actor, **self.read())
        return self.answer(self.find(made.pk))

    def partial_update(self, request: Request, pk: str) -> Response:
        department = self.get_object()
        changes, expected = self.read_changes()
        update_department(
            actor=self.actor, department=department, changes=changes, expected=expected
        )
        return self.answer(self.find(department.pk))

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        department = self.get_object()
        return self.answer(
            archive_department(actor=self.actor, department=department, **self.read())
        )

    def render_replay(self, object_id: UUID | None) -> Response:
        if self.operation != "archive" or object_id is None:
            return super().render_replay(object_id)
        archived = archived_department(self.actor, object_id)
        if archived is None:
            raise NotFound
        return self.answer(archived)

    def output_serializer(self) -> Any:
        return DepartmentBrief if self.actor.role == Role.USER else DepartmentOutput


@extend_schema(tags=["departments"])
class DepartmentMemberViewSet(BaseViewSet):
    """The active staff who are placed in a department."""

    serializer_class = Person
    permission_codes: ClassVar = {
        "list": "member:view",
        "create": "department:update",
        "destroy": "department:update",
    }
    inputs: ClassVar = {"create": NewMember}
    ordering_fields: ClassVar = {"name": "name"}
    default_ordering = "name"

    def get_queryset(self) -> QuerySet[Any]:
        return working_in(Membership.objects.visible_to(self.actor), self.department())

    def list(self, request: Request, pk: UUID) -> Response:
        return self.page(self.get_queryset())

    @extend_schema(responses={200: Person, 201: Person})
    def create(self, request: Request, pk: UUID) -> Response:
        """Place a person; 200 where the person was placed already."""
        placement = add_department_member(
            actor=self.actor, department=self.department(), **self.read()
        )
        return self.answer(placement.member, status=201 if placement.is_new else 200)

    def destroy(self, request: Request, pk: UUID, member_id: UUID) -> Response:
        department = self.department()
        member = Membership.objects.visible_to(self.actor).filter(pk=member_id).first()
        if member is None:
            raise NotFound
        remove_department_member(actor=self.actor, department=department, member=member)
        return self.no_content()

    def department(self) -> Department:
        found: Department | None = (
            Department.objects.visible_to(self.actor).filter(pk=self.kwargs["pk"]).first()
        )
        if found is None:
            raise NotFound
        return found
