"""Departments as platform staff see them: looked at alone, as they are the company's own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import Department
from tokdesk.common.admin_base import NOTHING, ReadOnlyAdmin, badge, moment, person_text


@admin.register(Department)
class DepartmentAdmin(ReadOnlyAdmin):
    view_code = "company:view"
    list_display = ("title", "company_name", "head_name", "members", "default", "created")
    list_filter = ("is_default",)
    search_fields = ("name", "company__name", "=company__slug")
    search_help_text = gettext_lazy("Name, or name or address of the company")
    ordering = ("company__name", "name_key", "id")
    fields = (
        "title",
        "company_name",
        "head_name",
        "members",
        "default",
        "about",
        "created",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = Department.objects.all().with_details()
        return rows.select_related("company", "head")  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("name"), ordering="name_key")
    def title(self, department: Department) -> SafeString:
        return person_text(department.name)

    @admin.display(description=gettext_lazy("company"), ordering="company__name")
    def company_name(self, department: Department) -> SafeString:
        return person_text(department.company.name)

    @admin.display(description=gettext_lazy("head"))
    def head_name(self, department: Department) -> Any:
        return person_text(department.head.name) if department.head else NOTHING

    @admin.display(description=gettext_lazy("members"), ordering="member_count")
    def members(self, department: Any) -> int:
        return int(department.member_count)

    @admin.display(description=gettext_lazy("default"), ordering="is_default")
    def default(self, department: Department) -> Any:
        return badge(_("Default"), "quiet") if department.is_default else NOTHING

    @admin.display(description=gettext_lazy("description"))
    def about(self, department: Department) -> Any:
        return person_text(department.description) if department.description else NOTHING

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, department: Department) -> str:
        return moment(department.created_at)
