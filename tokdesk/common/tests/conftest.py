"""The small API and its callers."""

from collections.abc import Callable
from typing import Any

import pytest

from tokdesk.common.testing import ApiClient
from tokdesk.common.tests.small_api import AUTHENTICATORS


@pytest.fixture
def api(settings: Any) -> Callable[..., ApiClient]:
    """Makes a client of the small API: by role, or nobody."""
    settings.ROOT_URLCONF = "tokdesk.common.tests.small_api"
    settings.ACTOR_AUTHENTICATORS = AUTHENTICATORS
    return ApiClient
