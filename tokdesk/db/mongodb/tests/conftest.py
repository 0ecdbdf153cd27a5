"""The official backend beside ours, on a database of its own."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections


@pytest.fixture(autouse=True)
def _on_mongodb(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("mongod") and connection.vendor != "mongodb":
        pytest.fail("Needs MongoDB: make test, or DATABASE_URL=mongodb://.../?replicaSet=...")


@pytest.fixture
def permissions(transactional_db: None) -> list[Permission]:
    """Rows of an app of Django's own, which have whole numbers for keys and stand in groups."""
    kind = ContentType.objects.create(app_label="test", model="thing")
    return [
        Permission.objects.create(content_type=kind, codename=name, name=name) for name in "abc"
    ]


@pytest.fixture
def official(transactional_db: None) -> Iterator[str]:
    """The alias of a database that the official backend speaks to."""
    ours = connections["default"].settings_dict
    name = f"{ours['NAME']}_official"
    connections.databases["official"] = {
        **ours,
        "ENGINE": "django_mongodb_backend",
        "NAME": name,
    }
    theirs = connections["official"]
    # By itself: test cases let nobody open a connection that they do not know.
    theirs.connect()
    yield "official"
    theirs.connection.drop_database(name)
    theirs.close_pool()
    del connections["official"]
    del connections.databases["official"]
