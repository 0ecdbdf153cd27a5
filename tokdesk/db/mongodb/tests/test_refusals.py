"""What MongoDB cannot do or hold is said in Django's words, and never done half."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DataError, NotSupportedError, connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from companies.models import Company
from conftest import World
from tokdesk.common.models import RateCounter

pytestmark = [pytest.mark.mongod, pytest.mark.django_db(transaction=True)]


def test_a_value_of_another_row_is_not_updated_to(acme: World) -> None:
    names = ContentType.objects.filter(pk=OuterRef("content_type")).values("model")

    with pytest.raises(NotSupportedError, match="no subquery in update"):
        Permission.objects.update(name=Subquery(names))


@pytest.mark.usefixtures("permissions")
def test_slices_are_kept_or_refused() -> None:
    first = Permission.objects.order_by("pk").values("pk")[:1]
    of_each = Permission.objects.filter(group=OuterRef("pk")).order_by("pk").values("pk")[:1]

    assert Permission.objects.filter(pk__in=first).count() == 1
    assert Permission.objects.exclude(pk__in=first).count() == 2
    with pytest.raises(NotSupportedError, match="sliced subquery"):
        list(Group.objects.filter(permissions__in=of_each))
    with pytest.raises(NotSupportedError, match="distinct"):
        list(Permission.objects.order_by("codename").distinct("codename"))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(2**63, id="a number of more than 64 bits"),
        pytest.param("x" * (17 << 20), id="more than the driver sends"),
        pytest.param("x" * ((16 << 20) + 1000), id="more than a document holds"),
        pytest.param({"a\x00b": 1}, id="a name with an end in it"),
    ],
)
def test_what_mongodb_cannot_hold_is_a_data_error(acme: World, value: object) -> None:
    with pytest.raises(DataError):
        Company.objects.update(settings={"value": value})

    assert Company.objects.get().settings == acme.company.settings
    assert connection.is_usable()


def test_a_new_row_with_too_large_a_number_is_a_data_error() -> None:
    with pytest.raises(DataError):
        RateCounter.objects.create(key="a", count=2**63, expires_at=timezone.now())
