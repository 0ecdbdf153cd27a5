"""REST routes of departments."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

import tokdesk.common.api.routing  # noqa: F401  # the `id` converter
from departments.api.views import DepartmentMemberViewSet, DepartmentViewSet

router = SimpleRouter()
router.register("departments", DepartmentViewSet, basename="department")

urlpatterns = [
    path(
        "departments/<id:pk>/members/",
        DepartmentMemberViewSet.as_view({"get": "list", "post": "create"}),
        name="department-member-list",
    ),
    path(
        "departments/<id:pk>/members/<id:member_id>/",
        DepartmentMemberViewSet.as_view({"delete": "destroy"}),
        name="department-member-detail",
    ),
    path("", include(router.urls)),
]
