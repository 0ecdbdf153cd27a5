"""On other databases the backend may be imported, and changes nothing."""

from importlib import import_module

import pytest
from django.db import models
from django.test.utils import isolate_apps


@pytest.mark.contract
@isolate_apps("companies")
def test_models_keep_their_keys_and_their_moments() -> None:
    import_module("tokdesk.db.mongodb.base")

    class Sample(models.Model):  # noqa: DJ008
        at = models.DateTimeField()

        class Meta:
            app_label = "companies"

    assert Sample._meta.pk.column == "id"
    assert type(Sample.__dict__["at"]) is models.DateTimeField.descriptor_class
    assert models.DateTimeField.descriptor_class.__module__ == "django.db.models.query_utils"
