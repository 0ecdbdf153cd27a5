"""A list view of conversations with nested serializers and select_related, and nothing else."""

from django.urls import path
from rest_framework import generics, serializers

from accounts.models import Membership
from conversations.models import Conversation
from departments.models import Department


class Person(serializers.ModelSerializer):
    class Meta:
        model = Membership
        fields = ("id", "name", "role")


class DepartmentName(serializers.ModelSerializer):
    class Meta:
        model = Department
        fields = ("id", "name")


class Row(serializers.ModelSerializer):
    customer = Person()
    assignee = Person()
    department = DepartmentName()

    class Meta:
        model = Conversation
        fields = (
            *("id", "number", "kind", "subject", "status", "priority", "channel", "tags"),
            *("customer", "assignee", "department", "preview", "last_activity_at"),
            *("waiting_since", "snoozed_until", "last_seq", "version"),
        )


class PlainList(generics.ListAPIView):
    serializer_class = Row

    def get_queryset(self):
        rows = Conversation.unscoped.filter(is_deleted=False, is_archived=False)
        return rows.select_related("customer", "assignee", "department")


urlpatterns = [path("conversations/", PlainList.as_view())]
